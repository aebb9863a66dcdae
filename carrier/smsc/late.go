package smsc

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

const (
	// lateKept bounds the parts whose response may still come, and those whose
	// response did.
	lateKept = 10_000
	// earlyKept bounds the responses that nobody has waited for yet.
	earlyKept = 256
)

// late are the parts whose response did not come in time. It may come later, on
// the same session: then the part is not sent a second time.
type late struct {
	log *slog.Logger

	some   atomic.Bool // there may be an entry
	strays atomic.Int64
	mu     sync.Mutex
	asked  fifo[question, partKey]
	of     map[partKey][]question // asked the other way round
	told   fifo[partKey, string]  // ids as they came
	early  fifo[question, string] // came before doubt had noted the question

	news chan lateAnswer // for intake.reportLate; what there is no room for goes unreported
}

// lateAnswer is the id of a part whose response came after its timer.
type lateAnswer struct {
	part partKey
	id   string // as it came
	at   time.Time
}

func newLate(log *slog.Logger) *late {
	l := &late{log: log, of: map[partKey][]question{}, news: make(chan lateAnswer, earlyKept)}
	l.asked.limit, l.told.limit, l.early.limit = lateKept, lateKept, earlyKept
	return l
}

// question is a request of a session.
type question struct {
	session  *smpp.Session
	sequence uint32
}

// partKey is a part of a message.
type partKey struct {
	message string
	number  int
}

func keyOf(p carrier.Part) partKey { return partKey{p.MessageID, p.Number} }

// note remembers a part whose response timer ran out, and forgets one that was
// answered.
func (l *late) note(s *smpp.Session, p carrier.Part, err error) {
	var unanswered *smpp.Unanswered
	if errors.As(err, &unanswered) {
		l.doubt(question{s, unanswered.Sequence}, keyOf(p))
		return
	}
	if err == nil && l.some.Load() {
		l.settled(keyOf(p))
	}
}

// doubt remembers a question. Its answer may have come meanwhile: between the
// timer and this there was nobody to take it.
func (l *late) doubt(q question, part partKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.some.Store(true)
	if id, came := l.early.get(q); came {
		l.early.remove(q)
		l.tellPart(part, id)
		return
	}
	if gone, full := l.asked.put(q, part); full {
		l.forget(gone)
	}
	l.of[part] = append(l.of[part], q)
}

// settled forgets a part that is in doubt no more.
func (l *late) settled(part partKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told.remove(part)
	for _, q := range l.of[part] {
		l.asked.remove(q)
	}
	delete(l.of, part)
	l.look()
}

// ended forgets the questions of a session, which are not answered any more.
func (l *late) ended(s *smpp.Session) {
	if !l.some.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for q := range l.asked.values {
		if q.session == s {
			l.forget(q)
		}
	}
	l.look()
}

// forget takes a question out; l.mu is held.
func (l *late) forget(q question) {
	part := l.asked.values[q]
	l.asked.remove(q)
	l.of[part] = slices.DeleteFunc(l.of[part], func(other question) bool { return other == q })
	if len(l.of[part]) == 0 {
		delete(l.of, part)
	}
}

// look says to those who submit whether there is something to find; l.mu is held.
func (l *late) look() { l.some.Store(l.asked.len()+l.told.len() > 0) }

// adopt gives the id of a part that turned out to be taken after all.
func (l *late) adopt(p carrier.Part) (id string, taken bool) {
	if !l.some.Load() {
		return "", false
	}
	l.mu.Lock()
	id, taken = l.told.get(keyOf(p))
	l.mu.Unlock()
	if taken {
		l.settled(keyOf(p))
	}
	return id, taken
}

// stray takes a response that nobody waits for (smpp.Config.Stray). It is logged
// now and then, not in a flood.
func (l *late) stray(s *smpp.Session, sequence uint32, r smpp.Response) {
	adopted := false
	if answer, ok := r.(*smpp.SubmitSMResp); ok && answer.Status == smpp.StatusOK {
		adopted = l.tell(question{s, sequence}, answer.MessageID)
	}
	if n := l.strays.Add(1); n&(n-1) == 0 {
		l.log.Warn("the SMSC answers too late, or what was not asked", "pdu", r.CommandID(), "status", r.CommandStatus(),
			"sequence", sequence, "used", adopted, "times", n)
	}
}

func (l *late) tell(q question, id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	part, waits := l.asked.get(q)
	if !waits {
		if gone, full := l.early.put(q, id); full {
			l.early.remove(gone)
		}
		return false
	}
	l.forget(q)
	l.tellPart(part, id)
	return true
}

// tellPart keeps the id of a part that was taken; l.mu is held.
func (l *late) tellPart(part partKey, id string) {
	if gone, full := l.told.put(part, id); full {
		l.told.remove(gone)
	}
	select {
	case l.news <- lateAnswer{part, id, time.Now()}:
	default:
	}
}

// lateAfter is how long after its coming a late response is reported: what became of
// its part is on record by then.
const lateAfter = 2 * time.Second

// reportLate tells of late responses, until ctx ends: their parts may have ended without
// them, and receipts bear their ids.
func (i *intake) reportLate(ctx context.Context, news <-chan lateAnswer) {
	for {
		select {
		case a := <-news:
			if !sleep(ctx, time.Until(a.at.Add(lateAfter))) {
				return
			}
			i.recordLate(ctx, a)
		case <-ctx.Done():
			return
		}
	}
}

func (i *intake) recordLate(ctx context.Context, a lateAnswer) {
	err := i.reports.Late(ctx, carrier.Late{
		Carrier: i.settings.Name, Of: a.part.message, Part: a.part.number, MessageID: i.ids.response(a.id), At: i.settings.Now(),
	})
	if err != nil && ctx.Err() == nil {
		i.settings.Log.Error("a late response cannot be kept; receipts of its part will match nothing", "error", err)
	}
}

// Strays is how many responses came after their timer, or to nothing that was
// asked, a generic_nack with sequence number 0 among them.
func (c *Carrier) Strays() int64 { return c.late.strays.Load() }
