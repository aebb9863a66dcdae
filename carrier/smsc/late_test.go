package smsc

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// silent never answers a submit_sm; the test does.
func silent(s *smpptest.SMSC) {
	s.OnSubmit = func(*smpptest.Conn, uint32, *smpp.SubmitSM) {}
}

// inDoubt submits a part whose response timer runs out, and gives its request.
func inDoubt(t *testing.T, r *rig, p carrier.Part) smpptest.Received {
	t.Helper()
	_, err := r.Submit(t.Context(), p)
	var refused *carrier.Error
	if !errors.As(err, &refused) || refused.Failure != carrier.InDoubt {
		t.Fatalf("no answer came, and Submit said %v", err)
	}
	for got := range r.smsc.Requests {
		if _, ok := got.PDU.(*smpp.SubmitSM); ok {
			return got
		}
	}
	panic("unreachable: Requests is never closed")
}

// Proves(wire): a response that comes after its timer is used instead of sending the part twice.
func TestLateResponseIsUsedInsteadOfSendingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ResponseTimeout: time.Second}, silent)
		request := inDoubt(t, r, part())
		request.Conn.Reply(request.Header.Sequence, &smpp.SubmitSMResp{MessageID: "late"})
		synctest.Wait()
		if l := <-r.kept.lates; l.MessageID != "late" || l.Of != part().MessageID || l.Part != 1 || l.Carrier != "acme" {
			t.Errorf("reported %+v", l)
		}
		if id := r.submit(t, part()); id != "late" {
			t.Errorf("id %q", id)
		}
		if len(r.smsc.Requests) != 0 {
			t.Error("the part was sent twice")
		}
		if r.Strays() != 1 || r.late.some.Load() {
			t.Errorf("%d strays; something is still in doubt: %v", r.Strays(), r.late.some.Load())
		}
	})
}

// Proves(wire): a response that comes after the part was sent again is counted.
func TestLateResponseAfterThePartWasSentAgainIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ResponseTimeout: time.Second, Window: 2}, silent)
		first := inDoubt(t, r, part())
		done := make(chan string, 1)
		go func() { done <- r.submit(t, part()) }()
		second := <-r.smsc.Requests
		second.Conn.Reply(second.Header.Sequence, &smpp.SubmitSMResp{MessageID: "second"})
		if id := <-done; id != "second" {
			t.Errorf("id %q", id)
		}
		first.Conn.Reply(first.Header.Sequence, &smpp.SubmitSMResp{MessageID: "first"})
		synctest.Wait()
		if r.Strays() != 1 || r.late.some.Load() {
			t.Errorf("%d strays; something is still in doubt: %v", r.Strays(), r.late.some.Load())
		}
	})
}

// Proves(wire): a refusal that comes after its timer leaves the part to be sent again.
func TestLateRefusalLeavesThePartToBeSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ResponseTimeout: time.Second}, silent)
		request := inDoubt(t, r, part())
		request.Conn.Reply(request.Header.Sequence, &smpp.SubmitSMResp{Status: smpp.StatusSysErr})
		synctest.Wait()
		inDoubt(t, r, part())
	})
}

// Proves(wire): generic_nack with sequence number 0 ends nothing.
func TestNackWithSequenceZeroEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
				c.Reply(0, &smpp.GenericNack{Status: smpp.StatusInvCmdLen})
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "1"})
			}
		})
		for range 3 {
			if id := r.submit(t, part()); id != "1" {
				t.Errorf("id %q", id)
			}
		}
		if r.Strays() != 3 || r.Bound() != 1 || len(r.smsc.Binds) != 1 {
			t.Errorf("%d strays, %d bound, %d binds", r.Strays(), r.Bound(), len(r.smsc.Binds))
		}
	})
}

// ward is a Quarantine.
type ward struct {
	times map[string]int
	fail  error
}

func (w *ward) Quarantine(_ context.Context, _ string, octets []byte, _ string, _ time.Time) (int, error) {
	if w.fail == nil {
		w.times[string(octets)]++
	}
	return w.times[string(octets)], w.fail
}

// garbled is a deliver_sm whose sm_length is more than there is.
func garbled(sequence byte) []byte {
	return append([]byte{0, 0, 0, 33, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, sequence}, 0, 1, 1, 'a', 0, 1, 1, 'b', 0, 4, 0, 0, 0, 0, 1, 0, 200)
}

// Proves(receipt): a malformed deliver_sm that comes again at every bind is answered and quarantined, and the bind stays.
func TestMalformedDeliveryIsAnsweredAndQuarantinedAtEveryBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &ward{times: map[string]int{}}
		r := start(t, Settings{Quarantine: w}, nil)
		for bind := range byte(3) {
			c := <-r.smsc.Binds
			for _, want := range []smpp.Status{smpp.StatusOK, smpp.StatusXTAppn} {
				w.fail = map[smpp.Status]error{smpp.StatusXTAppn: errDisk}[want]
				c.Raw(garbled(bind + 1))
				if got := received[*smpp.DeliverSMResp](r); got.Status != want {
					t.Errorf("bind %d: answered %v, want %v", bind, got.Status, want)
				}
			}
			if status := answerTo(r, c, receiptText("id:7 stat:DELIVRD")); status != smpp.StatusOK {
				t.Errorf("what comes behind it is answered %v", status)
			}
			if bind < 2 {
				c.Close()
			}
		}
		if len(w.times) != 1 {
			t.Errorf("%d PDUs in quarantine", len(w.times))
		}
		for octets, times := range w.times {
			if times != 3 || octets[12:16] != "\x00\x00\x00\x00" || octets[16:] != string(garbled(1)[16:]) {
				t.Errorf("%x came %d times", octets, times)
			}
		}
	})
}

func TestMalformedSubmitIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		c.Raw([]byte{0, 0, 0, 17, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 'x'})
		if got := received[*smpp.SubmitSMResp](r); got.Status == smpp.StatusOK {
			t.Error("taken")
		}
	})
}

// slow takes a while for each receipt, as a disk does, of many at once.
type slow struct{ *kept }

func (s slow) Receipt(context.Context, carrier.Receipt) error {
	<-time.After(5 * time.Millisecond)
	return nil
}

// What an SMSC held back during an outage comes all at once; messages are taken to
// it all the same, on the same session.
// Proves(receipt): what an SMSC held back during an outage does not starve submits.
func TestFloodOfReceiptsDoesNotStarveSubmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const flood, parts, senders = 20_000, 400, 10
		smsc := smpptest.New(nil)
		r := &rig{New(Settings{
			Name: "acme", SystemID: "us", Password: "secret", Dial: smsc.Dial, Jitter: func() float64 { return 1 },
			Window: senders, IDs: IDLearn,
		}, slow{newKept()}), smsc, nil}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := <-smsc.Binds
		sent := 0 // receipts written to the connection
		var mu sync.Mutex
		var over sync.WaitGroup
		stop := make(chan struct{})
		over.Go(func() {
			for range flood {
				select {
				case <-stop:
					return
				default:
				}
				c.Send(receiptText("id:" + time.Now().String() + " stat:DELIVRD"))
				mu.Lock()
				sent++
				mu.Unlock()
			}
		})
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for range parts / senders {
					r.submit(t, part())
				}
			})
		}
		all.Wait()
		mu.Lock()
		t.Logf("%d parts were taken while %d receipts came", parts, sent)
		if sent == flood {
			t.Errorf("%d parts waited until all %d receipts were through", parts, flood)
		}
		mu.Unlock()
		close(stop)
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		over.Wait()
		smsc.Close()
	})
}
