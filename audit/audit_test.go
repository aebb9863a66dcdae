package audit

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTheNewestEntryOfAContextHolds(t *testing.T) {
	ctx := context.Background()
	if _, ok := From(ctx); ok {
		t.Error("an empty context carries an entry")
	}
	ctx = With(With(ctx, Entry{Origin: API, Action: "CreatePool"}), Entry{Origin: File})
	if e, ok := From(ctx); !ok || e.Origin != File || e.Action != "" {
		t.Errorf("got %+v, %v", e, ok)
	}
}

func TestParametersShowNoSecretAndNoBody(t *testing.T) {
	for request, want := range map[string]string{
		`{ "PoolId": "pool-1",  "IsoCountryCode": "IN" }`:     `{"IsoCountryCode":"IN","PoolId":"pool-1"}`,
		`{"MessageBody":"dear customer","To":"x"}`:            `{"MessageBody":"…","To":"x"}`,
		`{"VerificationCode":"123456"}`:                       `{"VerificationCode":"…"}`,
		`{"AttachmentBody":"aGVsbG8=","secretAccessKey":"k"}`: `{"AttachmentBody":"…","secretAccessKey":"…"}`,
		`{}`:      "",
		``:        "",
		`[1,2]`:   "",
		`{"a":`:   "",
		`"text"`:  "",
		`{"a":1}`: `{"a":1}`,
	} {
		if got := Parameters([]byte(request)); got != want {
			t.Errorf("%s: got %s, want %s", request, got, want)
		}
	}
}

func TestLongParametersAreCutWithAMark(t *testing.T) {
	got := Parameters([]byte(`{"Tags":"` + strings.Repeat("é", MaxParameters) + `"}`))
	if len(got) > MaxParameters || !strings.HasSuffix(got, cutMark) || !utf8.ValidString(got) {
		t.Errorf("%d octets, ends %q", len(got), got[len(got)-12:])
	}
}

func FuzzParameters(f *testing.F) {
	f.Add([]byte(`{"PoolId":"pool-1","MessageBody":"x"}`))
	f.Add([]byte(`{"a":"\ud800"}`))
	f.Fuzz(func(t *testing.T, request []byte) {
		if got := Parameters(request); len(got) > MaxParameters || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
	})
}
