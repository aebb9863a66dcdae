package smsc

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// notebook is a Memory.
type notebook struct {
	mu    sync.Mutex
	form  string
	times int
	keys  map[string]string // what it makes of ids that wait
	fail  error
}

func (n *notebook) LearntIDs(context.Context, string) (string, error) { return n.form, n.fail }

func (n *notebook) LearnIDs(_ context.Context, _, form string, response, receipt func(string) string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		return n.fail
	}
	n.form, n.times = form, n.times+1
	n.keys = map[string]string{"response 00FF": response("00FF"), "receipt 255": receipt("255"), "again": response(response("00FF"))}
	return nil
}

func (n *notebook) read() (times int, keys map[string]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.times, n.keys
}

// answering gives the ids of a list, one a part.
func answering(ids []string) func(*smpptest.SMSC) {
	next := make(chan string, len(ids))
	for _, id := range ids {
		next <- id
	}
	return func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			c.Reply(sequence, &smpp.SubmitSMResp{MessageID: <-next})
		}
	}
}

func deliver(t *testing.T, r *rig, c *smpptest.Conn, id string) {
	t.Helper()
	if status := answerTo(r, c, &smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte("id:" + id + " stat:DELIVRD")}); status != smpp.StatusOK {
		t.Errorf("receipt for %q is answered %v", id, status)
	}
	synctest.Wait()
}

// Proves(receipt): id base, padding, case and dashes are learnt from the traffic when not set, and shown.
func TestIDFormIsLearntFromTheTraffic(t *testing.T) {
	cases := map[string]struct {
		responses, receipts []string
		want                IDType
	}{
		"nothing to learn":       {[]string{"a1", "a2", "a3", "a4"}, []string{"a1", "a2", "a3", "a4"}, IDSame},
		"hex in response":        {[]string{"00FF", "0100", "0101", "0102"}, []string{"255", "256", "257", "258"}, IDHexInResponse},
		"hex in receipt":         {[]string{"255", "256", "257", "258"}, []string{"ff", "100", "101", "102"}, IDHexInReceipt},
		"padded in receipt":      {[]string{"71", "72", "73", "74"}, []string{"0000000071", "0000000072", "0000000073", "0000000074"}, IDDecimal},
		"hex, zeros stripped":    {[]string{"00FA", "00FB", "00FC", "00FD"}, []string{"fa", "fb", "fc", "fd"}, IDHex},
		"case":                   {[]string{"0Ax", "0Bx", "0Cx", "0Dx"}, []string{"0aX", "0bX", "0cX", "0dX"}, IDFoldCase},
		"case of hex alone":      {[]string{"0AF1", "0BF2", "0CF3", "0DF4"}, []string{"0af1", "0bf2", "0cf3", "0df4"}, IDFoldCase},
		"dashes":                 {[]string{"0e-99", "0e-98", "0e-97", "0e-96"}, []string{"0e99", "0e98", "0e97", "0e96"}, IDNoDashes},
		"two are not enough":     {[]string{"71", "72", "x3", "x4"}, []string{"071", "072", "x3", "x4"}, IDSame},
		"one id over and over":   {[]string{"71", "x2", "x3", "x4"}, []string{"071", "0071", "00071", "000071"}, IDSame},
		"letters keep zeros":     {[]string{"0e99z", "0e98z", "0e97z", "0e96z"}, []string{"e99z", "e98z", "e97z", "e96z"}, IDSame},
		"receipts of others":     {[]string{"71", "72", "73", "74"}, []string{"5001", "5002", "5003", "5004"}, IDSame},
		"padding of numbers too": {[]string{"0071", "0072", "0073", "00AB"}, []string{"71", "72", "73", "00AB"}, IDDecimal},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			memory := &notebook{}
			r := start(t, Settings{IDs: IDLearn, Memory: memory}, answering(c.responses))
			conn := <-r.smsc.Binds
			for i, id := range c.responses {
				if got := r.submit(t, part()); i < 2 && got != id {
					t.Errorf("%q became %q before anything was learnt", id, got)
				}
			}
			for _, id := range c.receipts {
				deliver(t, r, conn, id)
			}
			form, learnt := r.IDs()
			if form != string(c.want) || learnt != (c.want != IDSame) {
				t.Errorf("%s, learnt: %v, want %s", form, learnt, c.want)
			}
			if learnt && (memory.form != form || memory.times != 1) {
				t.Errorf("kept %q %d times", memory.form, memory.times)
			}
		})
	}
}

// Proves(receipt): what was learnt is used at once, and for receipts that came before.
func TestLearntIDFormIsUsedAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := &notebook{}
		r := start(t, Settings{IDs: IDLearn, Memory: memory}, answering([]string{"00FF", "0100", "0101", "0102"}))
		c := <-r.smsc.Binds
		for range 3 {
			r.submit(t, part())
		}
		for _, id := range []string{"255", "256", "257"} {
			deliver(t, r, c, id)
			<-r.kept.receipts
		}
		id := r.submit(t, part())
		deliver(t, r, c, "258")
		if got := <-r.kept.receipts; got.MessageID != id {
			t.Errorf("receipt for %q, response gave %q", got.MessageID, id)
		}
		if _, keys := memory.read(); keys["response 00FF"] != keys["receipt 255"] || keys["again"] != keys["receipt 255"] {
			t.Errorf("what waits becomes %v", keys)
		}
		// What was on its way then is gone through without a further receipt.
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if times, _ := memory.read(); times != 1+len(settlePauses) {
			t.Errorf("what was on its way is gone through %d times", times-1)
		}
	})
}

// Proves(receipt): what was learnt outlasts a restart.
func TestLearntIDFormIsTakenUpAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{IDs: IDLearn, Memory: &notebook{form: "hex_in_response"}}, answering([]string{"00FF"}))
		id := r.submit(t, part())
		deliver(t, r, <-r.smsc.Binds, "255")
		if got := <-r.kept.receipts; got.MessageID != id {
			t.Errorf("receipt for %q, response gave %q", got.MessageID, id)
		}
		if form, learnt := r.IDs(); form != "hex_in_response" || !learnt {
			t.Errorf("%s, learnt: %v", form, learnt)
		}
	})
}

func TestIDFormThatCannotBeKeptIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{IDs: IDLearn, Memory: &notebook{fail: errDisk}}, answering([]string{"1a", "1b", "1c"}))
		c := <-r.smsc.Binds
		for range 3 {
			r.submit(t, part())
		}
		for _, id := range []string{"26", "27", "28"} {
			deliver(t, r, c, id)
		}
		if form, learnt := r.IDs(); form != "same" || learnt {
			t.Errorf("%s, learnt: %v", form, learnt)
		}
	})
}

// Proves(receipt): a configured id base that the traffic speaks against is explained once, and not changed.
func TestWrongIDFormIsExplainedOnceAndNotChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log written
		memory := &notebook{}
		r := start(t, Settings{IDs: IDDecimal, Memory: memory, Log: slog.New(slog.NewTextHandler(&log, nil))}, answering([]string{"1a", "1b", "1c", "1d"}))
		c := <-r.smsc.Binds
		for range 4 {
			r.submit(t, part())
		}
		if text := r.IDTrouble(); text != "" {
			t.Errorf("before any receipt: %q", text)
		}
		for _, id := range []string{"26", "27", "28", "29"} {
			deliver(t, r, c, id)
			<-time.After(longestLook)
		}
		if text := r.IDTrouble(); !strings.Contains(text, "msg_id_type: hex_in_response") {
			t.Errorf("%q", text)
		}
		if form, learnt := r.IDs(); form != "decimal" || learnt || memory.times != 0 {
			t.Errorf("%s, learnt: %v", form, learnt)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
			t.Errorf("logged %d times", n)
		}
	})
}

// Proves(receipt): receipts before their responses teach nothing.
func TestReceiptsBeforeTheirResponsesTeachNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{IDs: IDLearn}, answering([]string{"16", "17", "18", "22", "23", "24"}))
		c := <-r.smsc.Binds
		deliver(t, r, c, "16")
		deliver(t, r, c, "17")
		for range 6 {
			r.submit(t, part())
		}
		deliver(t, r, c, "18")
		if form, _ := r.IDs(); form != "same" {
			t.Error(form)
		}
	})
}

// Proves(receipt): ids that match as they are never teach another base.
func TestIDsThatMatchAsTheyAreNeverTeach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		responses := rapid.SliceOfDistinct(rapid.StringMatching(`[0-9a-fA-F-]{1,12}`), func(s string) string { return s }).Draw(t, "responses")
		if form, ok := taught(IDSame, responses, responses, 0); ok {
			t.Fatalf("%v taught %s", responses, form)
		}
	})
}

// Whatever the base, what a carrier writes of one number is one id, and what it
// writes of two are two; and reading an id twice is reading it once.
// Proves(receipt): whatever the base, two ids of a carrier are never taken for one.
func TestIDFormsKeepNumbersApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		pad := strings.Repeat("0", rapid.IntRange(0, 10).Draw(t, "zeros"))
		hex, decimal := fmt.Sprintf("%s%X", pad, a), fmt.Sprintf("%s%d", pad, a)
		if IDHexInResponse.fromResponse(hex) != IDHexInResponse.fromReceipt(decimal) || IDHexInReceipt.fromResponse(decimal) != IDHexInReceipt.fromReceipt(hex) {
			t.Fatalf("%s is not %s", hex, decimal)
		}
		for _, form := range candidates {
			x, y := fmt.Sprint(a), fmt.Sprint(b)
			if a != b && form.fromReceipt(x) == form.fromReceipt(y) {
				t.Fatalf("%s takes %d for %d", form, a, b)
			}
			for _, id := range []string{hex, decimal} {
				if key := form.fromResponse(id); form.fromResponse(key) != key {
					t.Fatalf("%s reads %s as %s and then as %s", form, id, key, form.fromResponse(key))
				}
			}
		}
	})
}

func FuzzIDs(f *testing.F) {
	f.Add("00FF", "255")
	f.Add("0e999f21-77aa", "e999f2177aa")
	f.Fuzz(func(t *testing.T, response, receipt string) {
		for _, form := range candidates {
			key := form.fromResponse(response)
			if again := form.fromResponse(key); again != key {
				t.Errorf("%s: %q, then %q", form, key, again)
			}
			form.fromReceipt(receipt)
		}
		taught(IDSame, []string{response}, []string{receipt}, 0)
	})
}
