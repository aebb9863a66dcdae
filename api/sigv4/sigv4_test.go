package sigv4

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

type secrets map[string]string

func (s secrets) Secret(_ context.Context, id string) (string, bool, error) {
	secret, ok := s[id]
	return secret, ok, nil
}

func verifier() *Verifier {
	return &Verifier{Secrets: secrets{"AKIDEXAMPLE": "secret", "test": "test"}, Now: func() time.Time { return noon }}
}

const body = `{"PoolId":"pool-1"}`

func unsigned() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Host = "sms-voice.eu-west-1.example"
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2.DeletePool")
	return r
}

func signedWith(t testing.TB, c Credentials, at time.Time) *http.Request {
	r := unsigned()
	if err := Sign(r, []byte(body), c, "eu-west-1", at); err != nil {
		t.Fatal(err)
	}
	return r
}

var key = Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}

// rewrite replaces text in the Authorization header.
func rewrite(old, new string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
	}
}

// signOnly signs again with only some of the headers.
func signOnly(t *testing.T, names ...string) func(*http.Request) {
	return func(r *http.Request) {
		kept := r.Header.Clone()
		for name := range r.Header {
			if !slices.Contains(names, strings.ToLower(name)) {
				r.Header.Del(name)
			}
		}
		if err := Sign(r, []byte(body), key, "eu-west-1", noon); err != nil {
			t.Fatal(err)
		}
		for name, values := range kept {
			if r.Header.Get(name) == "" {
				r.Header[name] = values
			}
		}
	}
}

func TestVerifyRefusesEveryFlaw(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	drop := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	again := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Add(name, r.Header.Get(name)) }
	}
	cases := []struct {
		name, exception, says string
		change                func(*http.Request)
	}{
		{"no header", MissingAuthenticationToken, "", drop("Authorization")},
		{"two headers", IncompleteSignature, "", again("Authorization")},
		{"empty header", IncompleteSignature, "", set("Authorization", "")},
		{"basic scheme", IncompleteSignature, "", set("Authorization", "Basic dGVzdDp0ZXN0")},
		{"asymmetric scheme", IncompleteSignature, "", rewrite("AWS4-HMAC", "AWS4-ECDSA-P256")},
		{"scheme alone", IncompleteSignature, "", set("Authorization", "AWS4-HMAC-SHA256")},
		{"oversized header", IncompleteSignature, "too long", rewrite("Signature=", "Signature="+strings.Repeat("a", maxAuthorization))},
		{"no credential", IncompleteSignature, "", rewrite("Credential", "Credentials")},
		{"credential twice", IncompleteSignature, "", rewrite("Credential=", "Credential=a/b, Credential=")},
		{"credential of four parts", IncompleteSignature, "", rewrite("/aws4_request", "")},
		{"credential of six parts", IncompleteSignature, "", rewrite("/aws4_request", "/aws4_request/x")},
		{"empty key", IncompleteSignature, "", rewrite("AKIDEXAMPLE", "")},
		{"key with a blank", IncompleteSignature, "", rewrite("AKIDEXAMPLE", "AKID EXAMPLE")},
		{"key too long", IncompleteSignature, "", rewrite("AKIDEXAMPLE", strings.Repeat("A", maxKeyID+1))},
		{"day malformed", IncompleteSignature, "", rewrite("20260131", "2026-01-31")},
		{"region malformed", IncompleteSignature, "", rewrite("eu-west-1", "EU West")},
		{"region empty", IncompleteSignature, "", rewrite("eu-west-1", "")},
		{"no signed headers", IncompleteSignature, "SignedHeaders", rewrite("SignedHeaders=content-type;host;x-amz-date;x-amz-target, ", "")},
		{"signed headers empty", IncompleteSignature, "SignedHeaders", rewrite("content-type;host;x-amz-date;x-amz-target", "")},
		{"signed headers out of order", IncompleteSignature, "", rewrite("content-type;host", "host;content-type")},
		{"signed header twice", IncompleteSignature, "", rewrite("host;", "host;host;")},
		{"signed header in upper case", IncompleteSignature, "", rewrite("host;", "Host;")},
		{"no signature", IncompleteSignature, "", rewrite("Signature=", "Sig=")},
		{"signature too short", IncompleteSignature, "", rewrite("Signature=", "Signature=a, Signature=")},
		{"signature no hex", IncompleteSignature, "", func(r *http.Request) {
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-1]+"g")
		}},
		{"unknown part", IncompleteSignature, "", rewrite("Signature=", "Extra=1, Signature=")},
		{"no date", IncompleteSignature, "'X-Amz-Date'", drop("X-Amz-Date")},
		{"date twice", IncompleteSignature, "", again("X-Amz-Date")},
		{"date malformed", IncompleteSignature, "", set("X-Amz-Date", "2026-01-31T12:00:00Z")},
		{"date with a fraction", IncompleteSignature, "", set("X-Amz-Date", "20260131T120000.5Z")},
		{"unknown key", UnrecognizedClient, "", rewrite("AKIDEXAMPLE", "AKIDUNKNOWN")},
		{"key of somebody else", InvalidSignature, "does not match", rewrite("AKIDEXAMPLE", "test")},
		{"signature changed", InvalidSignature, "does not match", func(r *http.Request) {
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-64]+strings.Repeat("0", 64))
		}},
		{"wrong service", InvalidSignature, "correct service", rewrite("/sms-voice/", "/sns/")},
		{"wrong terminator", InvalidSignature, "terminator", rewrite("aws4_request", "aws5_request")},
		{"region changed", InvalidSignature, "does not match", rewrite("eu-west-1", "eu-west-2")},
		{"scope of another day", InvalidSignature, "scope", rewrite("20260131", "20260130")},
		{"time changed", InvalidSignature, "does not match", set("X-Amz-Date", "20260131T120001Z")},
		{"host changed", InvalidSignature, "does not match", func(r *http.Request) { r.Host = "other.example" }},
		{"target changed", InvalidSignature, "does not match", set("X-Amz-Target", "PinpointSMSVoiceV2.DeleteKeyword")},
		{"target twice", InvalidSignature, "does not match", again("X-Amz-Target")},
		{"content type changed", InvalidSignature, "does not match", set("Content-Type", "text/plain")},
		{"signed header gone", InvalidSignature, "does not match", drop("Content-Type")},
		{"method changed", InvalidSignature, "does not match", func(r *http.Request) { r.Method = http.MethodPut }},
		{"path changed", InvalidSignature, "does not match", func(r *http.Request) { r.URL.Path = "/x" }},
		{"query added", InvalidSignature, "does not match", func(r *http.Request) { r.URL.RawQuery = "a=b" }},
		{"unsigned host", InvalidSignature, "'Host'", rewrite("host;", "")},
		{"unsigned target", InvalidSignature, "'X-Amz-Target'", signOnly(t, "content-type")},
		{"body hash stated wrong", InvalidSignature, "X-Amz-Content-Sha256", set("X-Amz-Content-Sha256", strings.Repeat("0", 64))},
		{"body unsigned", InvalidSignature, "X-Amz-Content-Sha256", set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := signedWith(t, key, noon)
			c.change(r)
			_, err := verifier().Verify(t.Context(), r, []byte(body))
			expect(t, err, c.exception, c.says)
		})
	}
}

func expect(t *testing.T, err error, exception, says string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, exception)
	}
	if e.Exception != exception || !strings.Contains(e.Error(), says) {
		t.Errorf("%s: %s; want %s: …%s…", e.Exception, e, exception, says)
	}
}

func TestVerifyRefusesAnotherBody(t *testing.T) {
	_, err := verifier().Verify(t.Context(), signedWith(t, key, noon), []byte(`{"PoolId":"pool-2"}`))
	expect(t, err, InvalidSignature, "does not match")
}

func TestVerifyRefusesTheWrongSecret(t *testing.T) {
	r := signedWith(t, Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "Secret"}, noon)
	_, err := verifier().Verify(t.Context(), r, []byte(body))
	expect(t, err, InvalidSignature, "does not match")
}

func TestVerifyAllowsFiveMinutesOfSkew(t *testing.T) {
	cases := []struct {
		offset time.Duration
		says   string
	}{
		{-Skew, ""}, {Skew, ""}, {0, ""},
		{-Skew - time.Second, "Signature expired"}, {Skew + time.Second, "Signature not yet current"},
		{-24 * time.Hour, "Signature expired"}, {24 * time.Hour, "Signature not yet current"},
	}
	for _, c := range cases {
		_, err := verifier().Verify(t.Context(), signedWith(t, key, noon.Add(c.offset)), []byte(body))
		if c.says != "" {
			expect(t, err, InvalidSignature, c.says)
		} else if err != nil {
			t.Errorf("%v: %v", c.offset, err)
		}
	}
}

func TestVerifyReportsWhoSigned(t *testing.T) {
	cases := []struct {
		name   string
		key    Credentials
		change func(*http.Request)
		want   Identity
	}{
		{"plain", key, func(*http.Request) {}, Identity{"AKIDEXAMPLE", "eu-west-1", ""}},
		{"session token", Credentials{"test", "test", "token"}, func(*http.Request) {}, Identity{"test", "eu-west-1", "token"}},
		{"no blank after commas", key, rewrite(", Sig", ",Sig"), Identity{"AKIDEXAMPLE", "eu-west-1", ""}},
		{"headers that are not signed", key, func(r *http.Request) { r.Header.Set("User-Agent", "x") }, Identity{"AKIDEXAMPLE", "eu-west-1", ""}},
		{"runs of blanks", key, func(r *http.Request) {
			r.Header.Set("X-Amz-Note", "a b")
			if err := Sign(r, []byte(body), key, "eu-west-1", noon); err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Amz-Note", "a   b")
		}, Identity{"AKIDEXAMPLE", "eu-west-1", ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := signedWith(t, c.key, noon)
			c.change(r)
			got, err := verifier().Verify(t.Context(), r, []byte(body))
			if err != nil || got != c.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A signature that botocore 1.43.11 made with the same key, so that the
// verifier is not only held against our own signing.
func TestVerifyAcceptsASignatureOfBotocore(t *testing.T) {
	r := unsigned()
	r.Host = "sms-voice.eu-west-1.amazonaws.com"
	r.Header.Set("User-Agent", "Boto3/1.43.11")
	r.Header.Set("X-Amz-Date", "20260131T120000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/eu-west-1/sms-voice/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-date;x-amz-target, "+
		"Signature=dedece29e67aa2809d409c2b51c8723053dedeea355c2e9dc8cdeb6a4fb2bdb4")
	if _, err := verifier().Verify(t.Context(), r, []byte(body)); err != nil {
		t.Error(err)
	}
}

func TestVerifyAcceptsDateInPlaceOfXAmzDate(t *testing.T) {
	r := signedWith(t, key, noon)
	r.Header.Set("Date", noon.Format(http.TimeFormat))
	r.Header.Del("X-Amz-Date")
	if _, err := verifier().Verify(t.Context(), r, []byte(body)); err != nil {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Secret(context.Context, string) (string, bool, error) {
	return "", false, errors.New("database is away")
}

func TestVerifyPassesOnFailuresOfTheSecretSource(t *testing.T) {
	v := &Verifier{Secrets: broken{}, Now: func() time.Time { return noon }}
	_, err := v.Verify(t.Context(), signedWith(t, key, noon), []byte(body))
	var e *Error
	if err == nil || errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add(signedWith(f, key, noon).Header.Get("Authorization"))
	f.Add("AWS4-HMAC-SHA256 Credential=/////,SignedHeaders=;,Signature=")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := parseAuthorization(header)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Exception != IncompleteSignature {
				t.Fatalf("%v", err)
			}
			return
		}
		if a.accessKeyID == "" || a.region == "" || len(a.signature) != 64 || len(a.signed) == 0 {
			t.Fatalf("%q gave %+v", header, a)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	r, v := signedWith(b, key, noon), verifier()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(b.Context(), r, []byte(body)); err != nil {
			b.Fatal(err)
		}
	}
}
