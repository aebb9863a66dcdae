package simulator_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
)

// disk is a simulator.Store in memory that outlives the centres of a test.
type disk struct {
	mu         sync.Mutex
	messages   []simulator.Message
	parts      map[string]simulator.Part
	deliveries []*simulator.Delivery
	rules      map[string][]simulator.Rule
	lastID     int64
	saves      int
	broken     atomic.Bool
	gate       chan struct{} // closed to let saves pass; nil = they pass
	entered    chan struct{} // a token when a save has come to the gate
	read       func()        // called by the next reading of messages
}

func newDisk() *disk {
	return &disk{parts: map[string]simulator.Part{}, rules: map[string][]simulator.Rule{}, entered: make(chan struct{}, 100)}
}

// hold lets no save pass before release.
func (d *disk) hold() (release func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	gate := make(chan struct{})
	d.gate = gate
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.gate = nil
		close(gate)
	}
}

var errBroken = errors.New("disk is broken")

func (d *disk) SaveHandsets(_ context.Context, changes []*simulator.Change) error {
	d.mu.Lock()
	gate := d.gate
	d.mu.Unlock()
	if gate != nil {
		d.entered <- struct{}{}
		<-gate
	}
	if d.broken.Load() {
		return errBroken
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.saves++
	for _, c := range changes {
		for key := range d.parts {
			if c.Forget != "" && strings.HasPrefix(key, c.Forget+"#") {
				delete(d.parts, key)
			}
		}
		if c.Part != nil {
			d.parts[c.Part.Key+"#"+string(rune(c.Part.Number))] = *c.Part
		}
		d.lastID++
		if c.Message != nil {
			c.Message.ID = d.lastID
			d.messages = append(d.messages, *c.Message)
		}
		for _, one := range c.Deliveries {
			d.lastID++
			one.ID = d.lastID
			kept := simulator.Delivery{ID: one.ID, SMSC: one.SMSC, System: one.System, DueAt: one.DueAt, PDU: one.PDU}
			d.deliveries = append(d.deliveries, &kept)
		}
	}
	return nil
}

func (d *disk) SettleHandsets(_ context.Context, smsc string, ids []int64, staleBefore time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deliveries = slices.DeleteFunc(d.deliveries, func(one *simulator.Delivery) bool { return slices.Contains(ids, one.ID) })
	for key, p := range d.parts {
		if p.SMSC == smsc && p.At.Before(staleBefore) {
			delete(d.parts, key)
		}
	}
	return nil
}

func (d *disk) HandsetBacklog(_ context.Context, smsc string) (left simulator.Backlog, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.parts {
		left.Parts = append(left.Parts, p)
	}
	for _, one := range d.deliveries {
		if one.SMSC == smsc {
			left.Deliveries = append(left.Deliveries, &simulator.Delivery{
				ID: one.ID, SMSC: one.SMSC, System: one.System, DueAt: one.DueAt, PDU: one.PDU,
			})
		}
	}
	for _, m := range d.messages {
		left.Shown = append(left.Shown, m.MessageID)
	}
	left.Rules = d.rules
	return left, nil
}

func (d *disk) SaveHandsetRules(_ context.Context, account string, rules []simulator.Rule) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rules[account] = rules
	return nil
}

func (d *disk) Handsets(_ context.Context, account string) ([]simulator.Handset, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []simulator.Handset
	for _, m := range d.messages {
		if account != "" && m.Account != account {
			continue
		}
		i := slices.IndexFunc(list, func(h simulator.Handset) bool { return h.Number == m.Handset })
		if i < 0 {
			i, list = len(list), append(list, simulator.Handset{Number: m.Handset})
		}
		list[i].Messages++
		list[i].LastMessageAt = m.ReceivedAt
	}
	slices.SortFunc(list, func(a, b simulator.Handset) int { return strings.Compare(a.Number, b.Number) })
	return list, nil
}

// onRead calls f when messages are read next.
func (d *disk) onRead(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read = f
}

func (d *disk) HandsetMessages(_ context.Context, q simulator.Query) ([]simulator.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.read != nil {
		d.read()
		d.read = nil
	}
	var list []simulator.Message
	for _, m := range d.messages {
		if m.ID > q.After && in(q.Account, m.Account) && in(q.Handset, m.Handset) && in(q.From, m.From) &&
			in(string(q.Direction), string(m.Direction)) {
			list = append(list, m)
		}
	}
	if q.Newest {
		slices.Reverse(list)
	}
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list, nil
}

func in(wanted, value string) bool { return wanted == "" || wanted == value }

func (d *disk) ClearHandsets(_ context.Context, account, number string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages = slices.DeleteFunc(d.messages, func(m simulator.Message) bool {
		return in(account, m.Account) && in(number, m.Handset)
	})
	return nil
}

func (d *disk) commits() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.saves
}

func (d *disk) open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.deliveries)
}

// register is a simulator.Directory of fixed entries.
type register struct {
	accounts map[string]string              // message id → account
	senders  map[string]bool                // "account/text/country"
	numbers  map[string]carrier.AddressKind // number → kind
	holders  map[string]string              // number → account
	err      error
}

func (r *register) MessageAccount(_ context.Context, id string) (string, error) {
	return r.accounts[id], r.err
}

func (r *register) SenderRegistered(_ context.Context, account, text, country string) (bool, error) {
	return r.senders[account+"/"+text+"/"+country], r.err
}

func (r *register) NumberKind(_ context.Context, number string) (carrier.AddressKind, string, error) {
	return r.numbers[number], r.holders[number], r.err
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
