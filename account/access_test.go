package account

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/aws-http-auth/credentials"
	aws "github.com/aws/smithy-go/aws-http-auth/sigv4"

	"heliograph/api"
	"heliograph/api/sigv4"
)

// peopled is a directory with a root key of the operator, one of a customer,
// and a key that is no root key.
func peopled(t *testing.T, dev bool) *Directory {
	t.Helper()
	d := NewDirectory(newMemory(), ring(t, 1), dev, noon)
	for _, id := range []string{Operator, "111122223333"} {
		if err := d.PutAccount(t.Context(), Account{ID: id, Tier: Production}); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []Key{
		{ID: "OPERATOR", Account: Operator, Secret: "o-secret", Root: true},
		{ID: "CUSTOMER", Account: "111122223333", Secret: "c-secret", Root: true},
		{ID: "METRICS", Account: Operator, Secret: "m-secret"},
		{ID: "LIMITED", Account: "111122223333", Secret: "l-secret"},
		{ID: "ORPHAN", Account: "999999999999", Secret: "x-secret", Root: true},
	} {
		if err := d.PutKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestBasicAuthLetsRootKeysIn(t *testing.T) {
	for _, c := range []struct {
		name, id, secret string
		dev              bool
		want             int
		operatorWant     int
		metricsWant      int
	}{
		{"operator", "OPERATOR", "o-secret", false, 200, 200, 200},
		{"customer", "CUSTOMER", "c-secret", false, 200, 403, 403},
		{"wrong secret", "OPERATOR", "c-secret", false, 401, 401, 401},
		{"no secret", "OPERATOR", "", false, 401, 401, 401},
		{"unknown key", "NIX", "o-secret", false, 401, 401, 401},
		{"unknown key without a secret", "NIX", "", false, 401, 401, 401},
		{"not a root key", "METRICS", "m-secret", false, 401, 401, 200},
		{"a customer's key that is no root key", "LIMITED", "l-secret", false, 401, 401, 403},
		{"nobody", "", "", false, 401, 401, 401},
		{"key of no account", "ORPHAN", "x-secret", false, 500, 500, 500},
		{"dev's operator", "test", "test", true, 200, 200, 200},
		{"dev's account", "222233334444", "test", true, 200, 403, 403},
		{"dev's key in serve", "test", "test", false, 401, 401, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := peopled(t, c.dev)
			show := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a, ok := FromContext(r.Context())
				if !ok {
					t.Error("no account in the context")
				}
				_, _ = io.WriteString(w, a.ID)
			})
			mux := http.NewServeMux()
			mux.Handle("/any", d.BasicAuth(show))
			mux.Handle("/operator", d.OperatorAuth(show))
			mux.Handle("/metrics", d.MetricsAuth(show))
			server := httptest.NewServer(mux)
			defer server.Close()
			for path, want := range map[string]int{"/any": c.want, "/operator": c.operatorWant, "/metrics": c.metricsWant} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if c.id != "" {
					r.SetBasicAuth(c.id, c.secret)
				}
				answer(t, r, want)
			}
		})
	}
}

// answer sends a request and checks its status and the form of a refusal.
func answer(t *testing.T, r *http.Request, want int) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		t.Fatalf("%s: status %d, want %d", r.URL.Path, res.StatusCode, want)
	}
	if asks := res.Header.Get("WWW-Authenticate") != ""; asks != (want == 401) {
		t.Errorf("%s: WWW-Authenticate present: %v", r.URL.Path, asks)
	}
	if want == 200 {
		return
	}
	var body struct{ Error string }
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || body.Error == "" {
		t.Errorf("%s: error body %+v, %v", r.URL.Path, body, err)
	}
}

func TestAuthenticateNamesTheCaller(t *testing.T) {
	for _, c := range []struct {
		name, id, secret, token string
		dev                     bool
		want                    string // account, or exception
	}{
		{"customer", "CUSTOMER", "c-secret", "", false, "111122223333"},
		{"wrong secret", "CUSTOMER", "o-secret", "", false, api.InvalidSignatureException},
		{"unknown key", "NIX", "o-secret", "", false, api.UnrecognizedClientException},
		{"session token", "CUSTOMER", "c-secret", "old", false, api.UnrecognizedClientException},
		{"session token of a stored key in dev", "CUSTOMER", "c-secret", "old", true, api.UnrecognizedClientException},
		{"session token of dev's key", "test", "test", "old", true, Operator},
		{"dev's account", "222233334444", "test", "", true, "222233334444"},
		{"not a root key", "METRICS", "m-secret", "", false, api.AccessDeniedException},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := peopled(t, c.dev)
			body := `{}`
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:7788/", strings.NewReader(body))
			r.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2.DescribePools")
			sign(t, r, body, credentials.Credentials{AccessKeyID: c.id, SecretAccessKey: c.secret, SessionToken: c.token})
			caller, err := NewAuthenticator(d, noon).Authenticate(t.Context(), r, []byte(body))
			got := caller.Account
			if err != nil {
				got = exception(t, err)
			}
			if got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
			if err == nil && (caller.Region != "eu-west-3" || caller.AccessKeyID != c.id) {
				t.Errorf("caller = %+v", caller)
			}
			if _, made, _ := d.Account(t.Context(), c.want); err == nil && !made {
				t.Error("the caller's account does not exist")
			}
		})
	}
}

func sign(t *testing.T, r *http.Request, body string, c credentials.Credentials) {
	t.Helper()
	err := aws.New().SignRequest(&aws.SignRequestInput{
		Request: r, PayloadHash: payloadHash(body), Credentials: c, Service: "sms-voice", Region: "eu-west-3", Time: noon(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("X-Amz-Date") != noon().Format("20060102T150405Z") {
		t.Fatal("signed for another time than " + noon().Format(time.RFC3339))
	}
}

func payloadHash(body string) []byte {
	sum := sha256.Sum256([]byte(body))
	return sum[:]
}

// exception is the name of the error that the API answers.
func exception(t *testing.T, err error) string {
	t.Helper()
	var signature *sigv4.Error
	if errors.As(err, &signature) {
		return signature.Exception
	}
	var denied *api.Error
	if !errors.As(err, &denied) {
		t.Fatal(err)
	}
	return denied.Exception
}
