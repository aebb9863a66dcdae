package smpp

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Proves(receipt): the text of Appendix B in every form that carriers give it.
func TestReceiptTextIsReadInEveryForm(t *testing.T) {
	minute := time.Date(2026, 11, 23, 1, 2, 0, 0, time.UTC)
	second := minute.Add(3 * time.Second)
	cases := []struct {
		name, text string
		want       Receipt
	}{
		{"appendix B", "id:1a2b sub:001 dlvrd:001 submit date:2611230102 done date:2611230102 stat:DELIVRD err:000 text:hello you",
			Receipt{"1a2b", "001", "001", minute, minute, "DELIVRD", "000", "hello you"}},
		{"seconds, upper case Text", "id:7 submit date:261123010203 done date:20261123010203 stat:EXPIRED err:1F Text:",
			Receipt{ID: "7", SubmitDate: second, DoneDate: second, Stat: "EXPIRED", Err: "1F"}},
		{"other order", "stat:UNDELIV id:0123 err:NOROUTE", Receipt{ID: "0123", Stat: "UNDELIV", Err: "NOROUTE"}},
		{"state alone", "STAT:REJECTD", Receipt{Stat: "REJECTD"}},
		{"id alone", "id:0e999f21-77aa", Receipt{ID: "0e999f21-77aa"}},
		{"empty id", "id: sub:001 stat:DELIVRD", Receipt{Submitted: "001", Stat: "DELIVRD"}},
		{"space after colon", "id: 12 stat: DELIVRD", Receipt{ID: "12", Stat: "DELIVRD"}},
		{"bad dates", "id:1 submit date:soon done date:9999999999 stat:UNKNOWN", Receipt{ID: "1", Stat: "UNKNOWN"}},
		{"NULs around", "\x00id:1 stat:DELIVRD\x00\x00", Receipt{ID: "1", Stat: "DELIVRD"}},
		{"text with keys in it", "id:1 stat:DELIVRD text:my id:9 stat:EXPIRED", Receipt{ID: "1", Stat: "DELIVRD", Text: "my id:9 stat:EXPIRED"}},
		{"text in the middle", "id:1 text:hello stat:DELIVRD", Receipt{ID: "1", Stat: "DELIVRD", Text: "hello"}},
		{"lines", "id:1\r\nstat:DELIVRD\nerr:000\nfoo", Receipt{ID: "1", Stat: "DELIVRD", Err: "000"}},
		{"commas", "id:1,stat:DELIVRD;err:1F|", Receipt{ID: "1", Stat: "DELIVRD", Err: "1F"}},
		{"URL-encoded", "id%3A1%20stat%3ADELIVRD%20err%3a000", Receipt{ID: "1", Stat: "DELIVRD", Err: "000"}},
		{"URL-encoded with plus", "id:1+sub:001+stat:DELIVRD", Receipt{ID: "1", Submitted: "001", Stat: "DELIVRD"}},
		{"broken URL-encoding", "id:1%3A%zz", Receipt{ID: "1%3A%zz"}},
		{"wide characters", "\x00i\x00d\x00:\x001\x00 \x00s\x00t\x00a\x00t\x00:\x00D\x00E\x00L\x00I\x00V\x00R\x00D", Receipt{ID: "1", Stat: "DELIVRD"}},
		{"swapped dates", "id:1 submit date:261123010203 done date:2611230102", Receipt{ID: "1", SubmitDate: minute, DoneDate: second}},
		{"word that ends as a key", "paid:3 id:1", Receipt{ID: "1"}},
	}
	for _, c := range cases {
		got, err := ParseReceipt([]byte(c.text), nil)
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", c.name, got, err, c.want)
		}
	}
}

func TestReceiptDatesAreReadInTheirZone(t *testing.T) {
	zone := time.FixedZone("IST", 5*3600+1800)
	r, err := ParseReceipt([]byte("id:1 done date:2611230630"), zone)
	if want := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC); err != nil || !r.DoneDate.Equal(want) {
		t.Errorf("%v, %v, want %v", r.DoneDate, err, want)
	}
}

// Proves(receipt): an ordinary text is none.
func TestOrdinaryTextIsNoReceipt(t *testing.T) {
	for _, text := range []string{"", "hello", "paid:3", "text:hi", "id:"} {
		if _, err := ParseReceipt([]byte(text), nil); !errors.Is(err, ErrNotReceipt) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWrittenReceiptIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-Za-z0-9-]{1,20}`)
		r := Receipt{
			ID: word.Draw(t, "id"), Submitted: "001", Delivered: "001",
			SubmitDate: time.Unix(int64(rapid.IntRange(28_000_000, 33_000_000).Draw(t, "minute"))*60, 0).UTC(),
			Stat:       StateDelivered.Stat(), Err: "000", Text: word.Draw(t, "text"),
		}
		r.DoneDate = r.SubmitDate.Add(time.Minute)
		got, err := ParseReceipt(AppendReceipt(nil, r), nil)
		if err != nil || got != r {
			t.Fatalf("%+v, %v, want %+v", got, err, r)
		}
	})
}

func TestStatHasPeersSpellings(t *testing.T) {
	for state := StateEnroute; state <= StateSkipped; state++ {
		for _, text := range []string{state.Stat(), state.String(), string('0' + rune(state))} {
			if got, ok := ParseStat(text); got != state || !ok {
				t.Errorf("%q: %v, %v", text, got, ok)
			}
		}
	}
	if got, ok := ParseStat("delivered"); got != StateDelivered || !ok {
		t.Error("lower case", got, ok)
	}
	if got, ok := ParseStat("FAILED"); got != StateUndeliverable || !ok {
		t.Error("FAILED", got, ok)
	}
	if got, ok := ParseStat("whatever"); got != StateUnknown || ok {
		t.Error("whatever", got, ok)
	}
}
