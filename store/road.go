package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/configset"
)

// roadKept bounds the messages in memory, and the carriers' ids; others are
// read when news of them comes.
const roadKept = 100_000

// road is the writer's memory of messages under way. What happens to a message
// is decided here, in Go, by message.State.After and message.Fold; the
// database gets the outcome. So the usual message costs no read: its life is
// known from its acceptance, its carrier's id from its submission.
//
// Only the writer's goroutine uses a road. When a transaction fails, all of it
// is forgotten and read again from the database, which is always enough.
type road struct {
	lives   map[message.ID]*life
	seats   map[carrierID]seatOf
	orphans map[carrierID][]message.Receipt // nil = not read yet
	gone    gone
	sets    map[setKey][]configset.Destination
	fast    *fast // for the look-up that every message costs
	sent    *lastSent

	step stepRows
}

// life is what the road knows of a message.
type life struct {
	id      message.ID
	carrier string
	country string
	scope   resource.Scope
	set     string // configuration set, "" = none
	told    int    // place of its latest event
	toldAt  int64  // when that happened
	// failed is how it failed first, Queued = it has not: other parts that fail
	// otherwise change nothing of what was told.
	failed message.State
	state  message.State
	code   string
	parts  []message.Part

	touched bool   // in this step
	news    []bool // by part, in this step
}

func newRoad(f *fast) *road {
	return &road{lives: map[message.ID]*life{}, seats: map[carrierID]seatOf{}, fast: f, sent: newLastSent()}
}

// reset forgets everything after a failed transaction.
func (r *road) reset() {
	clear(r.lives)
	clear(r.seats)
	r.orphans, r.sets = nil, nil
	r.step.clear()
}

// take decides what the step's news mean and leaves the rows to write. News of
// a message come in the order of its road.
func (r *road) take(ctx context.Context, conn querier, step []*write) error {
	r.step.clear()
	for _, one := range step {
		if one.change == nil { // what a change was refused for, it was told
			one.refused, one.matched = nil, message.Unmatched
		}
	}
	if err := r.readOrphans(ctx, conn); err != nil {
		return err
	}
	if err := r.takeAccepted(ctx, conn, step); err != nil {
		return err
	}
	for _, one := range step {
		if one.submission != nil {
			if err := r.takeSubmission(ctx, conn, one); err != nil {
				return err
			}
		}
	}
	if err := r.takeReroutes(ctx, conn, step); err != nil {
		return err
	}
	for _, one := range step {
		if one.ending != nil {
			if err := r.takeEnding(ctx, conn, one); err != nil {
				return err
			}
		}
	}
	for _, one := range step {
		if one.receipt != nil {
			if err := r.takeReceipt(ctx, conn, one); err != nil {
				return err
			}
		}
	}
	r.takeSettlements(step)
	if err := r.takeEvents(ctx, conn); err != nil {
		return err
	}
	r.finish()
	return nil
}

func (r *road) takeSubmission(ctx context.Context, q querier, one *write) error {
	s := one.submission
	if err := r.recount(ctx, q, s.ID, s.Parts); err != nil {
		return err
	}
	l, p, err := r.part(ctx, q, one, s.ID, s.Part)
	if err != nil || p == nil {
		return err
	}
	if s.Late {
		if p.State != message.Unknown && p.State != message.Expired || p.CarrierMessageID != "" {
			return nil // it is sent again, or its receipts find it already
		}
		s.Attempts = p.Attempts
	}
	if !p.SubmittedAt.IsZero() && p.CarrierMessageID != s.CarrierMessageID {
		r.unseat(l.awaits(p))
	}
	key := awaitedAs(s.Carrier, s.CarrierMessageID, seatOf{s.ID, s.Part})
	if err := r.displace(ctx, q, key, seatOf{s.ID, s.Part}, s.At); err != nil {
		return err
	}
	l.carrier = s.Carrier
	p.State = p.State.After(message.Submitted)
	p.CarrierMessageID, p.Attempts, p.SubmittedAt = s.CarrierMessageID, s.Attempts, s.At
	r.tell(l, millis(s.At))
	if s.Final {
		r.hear(l, p, message.Receipt{State: message.Successful, At: s.At})
	}
	r.touch(l, p)
	r.settle(l, p)
	early := r.orphans[key]
	if len(early) == 0 {
		return nil
	}
	for _, receipt := range early {
		r.hearReceipt(l, p, receipt)
	}
	delete(r.orphans, key)
	r.step.adopted = append(r.step.adopted, key.carrier, key.id)
	r.step.found[key.carrier] += len(early)
	return nil
}

// recount gives a message as many parts as it has on the wire. That is known when
// the carrier takes the first.
func (r *road) recount(ctx context.Context, q querier, id message.ID, parts int) error {
	l, err := r.life(ctx, q, id)
	if err != nil || l == nil || parts == 0 || parts == len(l.parts) {
		return err
	}
	old, news := l.parts, l.news
	l.parts, l.news = newParts(parts), make([]bool, parts)
	copy(l.parts, old)
	copy(l.news, news)
	r.step.wires = append(r.step.wires, int64(parts), id[:])
	return nil
}

func (r *road) takeEnding(ctx context.Context, q querier, one *write) error {
	e := one.ending
	l, p, err := r.part(ctx, q, one, e.ID, max(e.Part, 1))
	if err != nil || p == nil {
		return err
	}
	if e.Untaken != "" && (l.carrier != e.Untaken || !l.untaken()) {
		one.refused = message.ErrTaken
		return nil
	}
	for i := range l.parts {
		p := &l.parts[i]
		if p.State.Final() || e.Part != 0 && e.Part != p.Number {
			continue
		}
		if e.Attempts > 0 {
			p.Attempts = e.Attempts
		}
		r.hear(l, p, message.Receipt{State: e.State, Code: e.Code, At: e.At})
	}
	return nil
}

func (r *road) takeReceipt(ctx context.Context, q querier, one *write) error {
	key := carrierID{one.receipt.Carrier, one.receipt.CarrierMessageID}
	seat, found, err := r.seat(ctx, q, key)
	if err != nil {
		return err
	}
	if !found {
		if known := r.orphan(key, *one.receipt); known || r.gone.has(key) {
			one.matched = message.Repeated
		}
		return nil
	}
	l, p, err := r.part(ctx, q, one, seat.id, seat.part)
	if err != nil || p == nil {
		return err
	}
	one.matched = message.Matched
	if p.State.Final() && p.State.After(one.receipt.State) == p.State {
		one.matched = message.Repeated
	}
	r.hearReceipt(l, p, *one.receipt)
	return nil
}

// hearReceipt applies a receipt to its part, or to every part that a carrier took
// where it speaks for the message.
func (r *road) hearReceipt(l *life, p *message.Part, receipt message.Receipt) {
	r.hear(l, p, receipt)
	if receipt.Network != "" {
		r.step.networks = append(r.step.networks, receipt.Network, l.id[:])
	}
	if !receipt.Whole {
		return
	}
	for i := range l.parts {
		if other := &l.parts[i]; !other.SubmittedAt.IsZero() {
			r.hear(l, other, receipt)
		}
	}
}

// hear applies news to a part.
func (r *road) hear(l *life, p *message.Part, news message.Receipt) {
	next := p.State.After(news.State)
	if next == p.State {
		return
	}
	p.State, p.Code = next, news.Code
	l.remember()
	if next.Final() {
		p.EndedAt, p.DoneAt = news.At, news.DoneAt
	}
	r.tell(l, millis(news.At))
	r.touch(l, p)
	r.settle(l, p)
}

// part gives a part of a message, or refuses the write when there is none.
func (r *road) part(ctx context.Context, q querier, one *write, id message.ID, number int) (*life, *message.Part, error) {
	l, err := r.life(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	if l == nil || number < 1 || number > len(l.parts) {
		one.refused = fmt.Errorf("store: no part %d of message %s", number, id)
		return nil, nil, nil
	}
	return l, &l.parts[number-1], nil
}

// life gives what is known of a message, nil when it does not exist.
func (r *road) life(ctx context.Context, q querier, id message.ID) (*life, error) {
	if l := r.lives[id]; l != nil {
		return l, nil
	}
	return r.readLife(ctx, q, id)
}

func (r *road) readLife(ctx context.Context, q querier, id message.ID) (*life, error) {
	m, found, err := first(ctx, q, scanMessage, messageColumns+` WHERE id = $1`, id[:])
	if err != nil || !found {
		return nil, err
	}
	if err := readParts(ctx, q, m); err != nil {
		return nil, err
	}
	l := &life{id: id, carrier: m.Carrier, country: m.Country, scope: m.Scope, set: m.ConfigurationSet, state: m.State, code: m.Code, parts: m.PartLog}
	if m.State.Failed() {
		l.failed = m.State
	}
	if err := l.recall(ctx, q); err != nil {
		return nil, err
	}
	r.lives[id] = l
	r.step.read = append(r.step.read, l)
	return l, nil
}

func (r *road) touch(l *life, p *message.Part) {
	if !l.touched {
		l.touched = true
		l.news = make([]bool, len(l.parts))
		r.step.touched = append(r.step.touched, l)
	}
	l.news[p.Number-1] = true
}

// finish folds the touched messages and forgets those that are over, or that
// there is no room for.
func (r *road) finish() {
	for _, l := range r.step.touched {
		r.step.outcome(l)
		l.touched = false
		if l.over() {
			delete(r.lives, l.id)
		}
	}
	for _, l := range r.step.read {
		if l.over() || len(r.lives) > roadKept {
			delete(r.lives, l.id)
		}
	}
}

// over says that nothing more is expected of any part.
func (l *life) over() bool {
	for i := range l.parts {
		if !l.parts[i].State.Final() {
			return false
		}
	}
	return true
}

// values is a flat list of rows for one statement.
type values = []driver.Value
