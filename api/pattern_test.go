package api

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A generated matcher must say what the regular expression says.
func TestPatternsMatchAsTheirRegularExpressions(t *testing.T) {
	cases := []struct {
		expression string
		p          pattern
	}{
		{`\+?[1-9][0-9]{1,18}`, patternPhoneNumber},
		{`[0-9]{0,2}\.[0-9]{1,5}`, patternMaxPrice},
		{`[ \S]+`, patternKeyword},
		{`\S+`, patternContextKey},
		{`[A-Za-z0-9_:/-]*`, patternPoolIdOrArn},
		{`[A-Z]{2}`, patternIsoCountryCode},
		{`arn:\S+`, patternIamRoleArn},
		{`s3://([a-z0-9\.-]{3,63})/(.+)`, patternMediaUrlValue},
		{`.*`, patternTagValue},
		{`\+[({\s\[]?[1-9][0-9(){}\s\[\],.-]{1,38}`, patternCarrierLookupInputPhoneNumberType},
	}
	for _, c := range cases {
		want := regexp.MustCompile(`\A(?:` + strings.ReplaceAll(c.expression, `\s`, ` \t\n\f\r`) + `)\z`)
		if strings.Contains(c.expression, `\S`) || !strings.Contains(c.expression, `\s`) {
			want = regexp.MustCompile(`\A(?:` + c.expression + `)\z`)
		}
		near := rapid.StringMatching(c.expression)
		odd := rapid.StringOf(rapid.SampledFrom([]rune("+1 9aZ.\n\té_:/-(){}[],\u2028")))
		rapid.Check(t, func(t *rapid.T) {
			s := rapid.OneOf(near, odd, rapid.Custom(func(t *rapid.T) string { return near.Draw(t, "near") + odd.Draw(t, "tail") })).Draw(t, "s")
			if got := c.p.MatchString(s); got != want.MatchString(s) {
				t.Fatalf("%s on %q: %v", c.expression, s, got)
			}
		})
	}
}

func TestLookAroundPatterns(t *testing.T) {
	cases := []struct {
		s             string
		body, context bool
	}{
		{"", false, false}, {" ", false, false}, {"\n", false, false}, {"a", true, true}, {" a", true, false},
		{"a ", true, false}, {"a b", true, true}, {"a\n", true, false}, {"\u00a0", true, true}, {"é", true, true}, {"a\nb", true, true},
	}
	for _, c := range cases {
		if isTextMessageBody(c.s) != c.body || isContextValue(c.s) != c.context {
			t.Errorf("%q: body %v, context value %v", c.s, isTextMessageBody(c.s), isContextValue(c.s))
		}
	}
}

func TestTimestampIsSecondsWithMilliseconds(t *testing.T) {
	at := At(time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC))
	text, err := at.MarshalJSON()
	if err != nil || string(text) != "1767323045.678" {
		t.Fatalf("%s, %v", text, err)
	}
	var back Timestamp
	if err := back.UnmarshalJSON(text); err != nil || !back.Equal(at.Time) {
		t.Errorf("%v, %v", back, err)
	}
	for _, bad := range []string{`"2026-01-02"`, `1e300`, `-1e300`, `x`} {
		if new(Timestamp).UnmarshalJSON([]byte(bad)) == nil {
			t.Errorf("accepted %s", bad)
		}
	}
}
