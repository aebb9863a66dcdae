package smsc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept takes reports as the gateway does, or fails to.
type kept struct {
	receipts chan carrier.Receipt
	inbounds chan carrier.Inbound
	lates    chan carrier.Late
	fail     error
}

func newKept() *kept {
	return &kept{receipts: make(chan carrier.Receipt, 100), inbounds: make(chan carrier.Inbound, 100), lates: make(chan carrier.Late, 100)}
}

func (k *kept) Receipt(_ context.Context, r carrier.Receipt) error {
	if k.fail == nil {
		k.receipts <- r
	}
	return k.fail
}

func (k *kept) Late(_ context.Context, l carrier.Late) error {
	if k.fail == nil {
		k.lates <- l
	}
	return k.fail
}

func (k *kept) Inbound(_ context.Context, in carrier.Inbound) error {
	if k.fail == nil {
		k.inbounds <- in
	}
	return k.fail
}

var errDisk = errors.New("disk is full")

// rig is a started carrier and its scripted SMSC over pipes, for use in a bubble.
// Pauses are as long as they can be: jitter is 1.
type rig struct {
	*Carrier
	smsc *smpptest.SMSC
	kept *kept
}

func start(t *testing.T, s Settings, configure func(*smpptest.SMSC)) *rig {
	t.Helper()
	smsc := smpptest.New(configure)
	s.Name, s.SystemID, s.Password = "acme", "gateway", "secret08"
	s.Dial = smsc.Dial
	s.Jitter = func() float64 { return 1 }
	k := newKept()
	r := &rig{New(s, k), smsc, k}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		smsc.Close()
	})
	return r
}

// inBubble runs a test on a clock of its own.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func part() carrier.Part {
	return carrier.Part{
		MessageID: "0193-id", Number: 1, Total: 1, From: "SENDER", FromKind: carrier.Alphanumeric,
		To: "+919812345678", Country: "IN", ValidFor: time.Hour,
		Segment:    gsm.Segment{Data: []byte("hello")},
		Parameters: map[string]string{"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"},
	}
}

func (r *rig) submit(t *testing.T, p carrier.Part) string {
	t.Helper()
	id, err := r.Submit(t.Context(), p)
	if err != nil {
		t.Error(err)
	}
	return id
}

// received waits for the next PDU of a kind at the SMSC.
func received[P smpp.PDU](r *rig) P {
	for got := range r.smsc.Requests {
		if p, ok := got.PDU.(P); ok {
			return p
		}
	}
	panic("unreachable: Requests is never closed")
}

// refusing answers each submit_sm with the next status.
func refusing(statuses ...smpp.Status) func(*smpptest.SMSC) {
	next := make(chan smpp.Status, len(statuses))
	for _, s := range statuses {
		next <- s
	}
	return func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			select {
			case status := <-next:
				c.Reply(sequence, &smpp.SubmitSMResp{Status: status})
			default:
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "1"})
			}
		}
	}
}

// written is a log that a test reads while others may still write to it.
type written struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
