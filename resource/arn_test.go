package resource

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"heliograph/api"
)

func scope() Scope { return Scope{Account: "000000000000", Region: "us-east-1"} }

// reason is what an error of the API gives as its reason.
func reason(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func TestResolveTakesAnIDANameOrAnARNOfTheKind(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{"pool-1", "pool-1", ""},
		{"arn:aws:sms-voice:us-east-1:000000000000:pool/pool-1", "pool-1", ""},
		{"arn:aws:sms-voice:us-east-1:000000000000:pool/a/b", "a/b", ""},
		{"", "", "MISSING_PARAMETER"},
		{"arn:", "", "INVALID_ARN"},
		{"arn:aws:sns:us-east-1:000000000000:pool/pool-1", "", "INVALID_ARN"},
		{"arn:aws-cn:sms-voice:us-east-1:000000000000:pool/pool-1", "", "INVALID_ARN"},
		{"arn:aws:sms-voice:eu-west-1:000000000000:pool/pool-1", "", "INVALID_ARN"},
		{"arn:aws:sms-voice:us-east-1:111122223333:pool/pool-1", "", "INVALID_ARN"},
		{"arn:aws:sms-voice:us-east-1:000000000000:phone-number/pool-1", "", "INVALID_ARN"},
		{"arn:aws:sms-voice:us-east-1:000000000000:pool/", "", "INVALID_ARN"},
		{"arn:aws:sms-voice:us-east-1:000000000000:pool", "", "INVALID_ARN"},
	} {
		got, err := scope().Resolve(api.ResourceTypePool, "PoolId", c.text)
		if got != c.want || reason(err) != c.reason {
			t.Errorf("Resolve(%q) = %q, %v; want %q, %q", c.text, got, err, c.want, c.reason)
		}
	}
}

func TestIDsAreAPrefixAnd32HexadecimalDigits(t *testing.T) {
	id := NewID("pool-")
	if !IsID("pool-", id) || IsID("phone-", id) {
		t.Errorf("%q is no id of pools", id)
	}
	if id == NewID("pool-") {
		t.Error("two ids are the same")
	}
	for _, no := range []string{"pool-", "pool-1", "pool-" + strings.Repeat("g", 32), "pool-" + strings.Repeat("a", 33), "ACME"} {
		if IsID("pool-", no) {
			t.Errorf("%q passes as an id", no)
		}
	}
	if !IsID("pool-", "pool-"+strings.Repeat("A", 32)) {
		t.Error("an id in upper case does not pass as one")
	}
}

func TestARNsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[a-z0-9-]{1,12}`)
		s := Scope{Account: part.Draw(t, "account"), Region: part.Draw(t, "region")}
		kind, tail := part.Draw(t, "kind"), rapid.StringMatching(`[A-Za-z0-9:/_-]{1,20}`).Draw(t, "tail")
		a, ok := ParseARN(s.ARN(kind, tail))
		if !ok || a != (ARN{"aws", "sms-voice", s.Region, s.Account, kind, tail}) {
			t.Fatalf("%+v, %v", a, ok)
		}
	})
}

func FuzzParseARN(f *testing.F) {
	f.Add("arn:aws:sms-voice:us-east-1:000000000000:pool/pool-1")
	f.Add("arn:::::/")
	f.Fuzz(func(t *testing.T, text string) {
		a, ok := ParseARN(text)
		if ok && "arn:"+a.Partition+":"+a.Service+":"+a.Region+":"+a.Account+":"+a.Kind+"/"+a.Tail != text {
			t.Errorf("ParseARN(%q) = %+v", text, a)
		}
	})
}
