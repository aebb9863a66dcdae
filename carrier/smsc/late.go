package smsc

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// lateKept bounds the parts whose response may still come.
const lateKept = 10_000

// late are the parts whose response did not come in time. It may come later, on
// the same session: then the part is not sent a second time.
type late struct {
	log *slog.Logger

	some   atomic.Bool // there may be an entry
	strays atomic.Int64
	mu     sync.Mutex
	asked  map[question]partKey
	told   map[partKey]string // ids as they came
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

func (l *late) doubt(q question, part partKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.asked) >= lateKept || l.asked == nil {
		l.asked, l.told = map[question]partKey{}, map[partKey]string{}
	}
	l.asked[q] = part
	l.some.Store(true)
}

// settled forgets a part that is in doubt no more.
func (l *late) settled(part partKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.told, part)
	for q, other := range l.asked {
		if other == part {
			delete(l.asked, q)
		}
	}
	l.some.Store(len(l.asked)+len(l.told) > 0)
}

// adopt gives the id of a part that turned out to be taken after all.
func (l *late) adopt(p carrier.Part) (id string, taken bool) {
	if !l.some.Load() {
		return "", false
	}
	l.mu.Lock()
	id, taken = l.told[keyOf(p)]
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
	part, waits := l.asked[q]
	if waits {
		delete(l.asked, q)
		l.told[part] = id
	}
	return waits
}

// Strays is how many responses came after their timer, or to nothing that was
// asked, a generic_nack with sequence number 0 among them.
func (c *Carrier) Strays() int64 { return c.late.strays.Load() }
