package smsc

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/protocol/smpp"
)

// Bounds of a trace.
const (
	LongestTrace  = time.Hour
	MostTraced    = 10_000 // PDUs
	tracedFor     = time.Hour
	tracedUnasked = 1000 // PDUs, where it is not said how many
)

// ErrTracing says that another number is being traced.
var ErrTracing = errors.New("smsc: another trace is under way")

// Tracer keeps the PDUs to and from one number, of all carriers that have it in
// their settings: for a bounded time, at most a number of them, in memory alone.
// Texts, passwords and other numbers are not among what it keeps. While it is
// off, a part costs one atomic load.
type Tracer struct {
	now func() time.Time
	on  atomic.Pointer[watch]

	mu   sync.Mutex
	last *watch // the one that is on, or the last that was
}

// NewTracer makes a tracer that is off.
func NewTracer(now func() time.Time) *Tracer { return &Tracer{now: now} }

// Trace is what was asked for and what was seen so far.
type Trace struct {
	Number  string // E.164 with +, or short code
	Begun   time.Time
	Ends    time.Time
	Most    int  // PDUs
	Running bool // neither the time nor the number is reached
	PDUs    []TracedPDU
}

// TracedPDU is one PDU as a line.
type TracedPDU struct {
	Number  int // counts from 1
	At      time.Time
	Carrier string
	Sent    bool // by us, else by the SMSC
	Text    string
}

// watch is one trace.
type watch struct {
	number string // without +
	most   int
	begun  time.Time
	ends   time.Time
	now    func() time.Time

	mu   sync.Mutex
	pdus []TracedPDU
	over bool
}

// Start begins to trace a number for a time, at most LongestTrace, and at most so
// many PDUs; 0 is 1,000. The error is ErrTracing.
func (t *Tracer) Start(number string, period time.Duration, most int) error {
	if most <= 0 {
		most = tracedUnasked
	}
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil && t.last.running(now) {
		return ErrTracing
	}
	t.last = &watch{
		number: strings.TrimPrefix(number, "+"), most: min(most, MostTraced),
		begun: now, ends: now.Add(min(period, LongestTrace)), now: t.now,
	}
	t.on.Store(t.last)
	return nil
}

// Stop ends the trace and forgets it.
func (t *Tracer) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on.Store(nil)
	t.last = nil
}

// Trace is what was traced beyond the PDU after, counted from 1; false where
// there is nothing. What was traced is forgotten an hour after its end.
func (t *Tracer) Trace(after int) (Trace, bool) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.last
	if w == nil {
		return Trace{}, false
	}
	if now.After(w.ends.Add(tracedFor)) {
		t.last = nil
		return Trace{}, false
	}
	running := w.running(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	after = min(max(after, 0), len(w.pdus))
	return Trace{
		Number: w.number, Begun: w.begun, Ends: w.ends, Most: w.most, Running: running,
		PDUs: append([]TracedPDU(nil), w.pdus[after:]...),
	}, true
}

func (w *watch) running(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.over && now.Before(w.ends)
}

// seen gives the trace that a PDU between two numbers belongs to, nil = none.
// The numbers are as the product writes them.
func (t *Tracer) seen(from, to string) *watch {
	if t == nil {
		return nil
	}
	w := t.on.Load()
	if w == nil || strings.TrimPrefix(from, "+") != w.number && strings.TrimPrefix(to, "+") != w.number {
		return nil
	}
	if !w.running(w.now()) {
		t.on.CompareAndSwap(w, nil)
		return nil
	}
	return w
}

// trace keeps what the SMSC delivered when its number is traced.
func (i *intake) trace(d *delivered, request smpp.PDU) *watch {
	if i.settings.Trace == nil || i.settings.Trace.on.Load() == nil {
		return nil
	}
	w := i.settings.Trace.seen(i.settings.Addressing.In(Source, d.from), i.settings.Addressing.In(Destination, d.to))
	w.request(i.settings.Name, false, request)
	return w
}

// add keeps a line.
func (w *watch) add(carrier string, sent bool, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	w.pdus = append(w.pdus, TracedPDU{len(w.pdus) + 1, w.now(), carrier, sent, text})
	w.over = len(w.pdus) >= w.most
}

// request keeps a request.
func (w *watch) request(carrier string, sent bool, p smpp.PDU) {
	if w != nil {
		w.add(carrier, sent, w.line(p))
	}
}

// submitted keeps what became of a submit_sm.
func (w *watch) submitted(carrier string, response *smpp.SubmitSMResp, err error) {
	if w == nil {
		return
	}
	var status smpp.Status
	switch {
	case err == nil:
		w.add(carrier, false, "submit_sm_resp command_status=ESME_ROK message_id="+quoted(response.MessageID))
	case errors.As(err, &status):
		w.add(carrier, false, "submit_sm_resp command_status="+status.String())
	case errors.Is(err, smpp.ErrNoResponse):
		w.add(carrier, false, "no submit_sm_resp came, or the connection was lost before it")
	default:
		w.add(carrier, true, "submit_sm was not sent")
	}
}

// answered keeps the answer to what the SMSC delivered.
func (w *watch) answered(carrier string, status smpp.Status) {
	if w != nil {
		w.add(carrier, true, "deliver_sm_resp command_status="+status.String())
	}
}
