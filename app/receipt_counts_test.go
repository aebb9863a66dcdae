package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"heliograph/message"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(receipt): through the real server: receipts that come before the answers to their messages are counted as matched, and are no sign of a wrong id base.
func TestEarlyReceiptsAreNoSignOfAWrongIDBase(t *testing.T) {
	said := &lines{}
	t.Setenv("CARRIER_PASSWORD", "secret")
	peer := smpptest.Start(nil)
	t.Cleanup(peer.Close)
	peer.Always(smpp.CommandSubmitSM, smpptest.Do(smpptest.Receipt{}.Send, smpptest.After(100*time.Millisecond, smpptest.Accept)))
	_, change := stepped() // early is early however long the answers take
	r := run(t, t.TempDir(), configured(t, "carriers:\n"+line("acme", peer, ", msg_id_type: same")), func(o *Options) {
		change(o)
		o.Log = slog.New(slog.NewTextHandler(said, nil))
	})
	for i := range 10 {
		r.send(fmt.Sprint("text ", i))
	}
	c := r.until("acme", func(c map[string]any) bool {
		if strings.Contains(fmt.Sprint(c["problems"]), "name no message") {
			t.Fatalf("problems: %v", c["problems"])
		}
		return c["receiptsMatched"] == 10.0
	})
	if c["receiptsUnmatched"] != 0.0 || len(c["problems"].([]any)) != 0 || said.with("receipt") != 0 {
		t.Errorf("%v unmatched, problems %v, log:\n%s", c["receiptsUnmatched"], c["problems"], said)
	}
}

// Proves(receipt): through the real server: receipts that come twice, or after the final state, are counted and shown.
func TestRepeatedReceiptsAreCounted(t *testing.T) {
	peer := saying(t, map[string][]string{"hello": {"=a", "id:a stat:UNDELIV err:001", "id:a stat:UNDELIV err:001", "id:a stat:DELIVRD", "id:nobody stat:DELIVRD"}})
	r := runFile(t, "carriers:\n"+line("acme", peer, ""))
	r.ended(r.text("hello")["id"].(string))
	answered(t, peer, 4)
	r.until("acme", func(c map[string]any) bool {
		return c["receiptsMatched"] == 1.0 && c["receiptsRepeated"] == 2.0 && c["receiptsUnmatched"] == 1.0
	})
}

// found answers each receipt with the next match.
type found []message.Match

func (f *found) Receipt(context.Context, message.Receipt) (message.Match, error) {
	next := (*f)[0]
	*f = (*f)[1:]
	return next, nil
}

func (f *found) Submitted(context.Context, message.Submission) error { return nil }

func TestReceiptsCountAsUnmatchedWhenTheyStaySo(t *testing.T) {
	now, said := time.Unix(0, 0), &lines{}
	explained := true
	c := &receiptCounts{
		Store: &found{0, 0, 0, 0, 0, 0, 0, message.Matched, message.Repeated, message.Repeated},
		log:   slog.New(slog.NewTextHandler(said, nil)), now: func() time.Time { return now },
		explained: func(string) bool { return explained },
	}
	counted := func(when string, want ...int64) {
		t.Helper()
		if m, u, r := c.of("acme"); fmt.Sprint([]int64{m, u, r}) != fmt.Sprint(want) {
			t.Errorf("%s: %d matched, %d unmatched, %d repeated; want %v", when, m, u, r, want)
		}
	}
	for range 10 {
		_, _ = c.Receipt(t.Context(), message.Receipt{Carrier: "acme"})
	}
	counted("at once", 1, 0, 2)
	c.adopted("acme", 2)
	now = now.Add(earlyFor)
	counted("after a while", 3, 5, 2)
	if said.with("most receipts") != 0 {
		t.Error("what the carrier explains is said again")
	}
	c.adopted("acme", 3)
	counted("when more were adopted late", 6, 2, 2)

	explained = false
	c.Store = &found{0, 0, 0, 0}
	for range 4 {
		_, _ = c.Receipt(t.Context(), message.Receipt{Carrier: "other"})
	}
	for range 2 {
		now = now.Add(earlyFor)
		if _, u, _ := c.of("other"); u != 4 || said.with("most receipts") != 1 {
			t.Errorf("%d unmatched, said %d times", u, said.with("most receipts"))
		}
	}
}
