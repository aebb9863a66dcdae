package dispatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

// disk is a store in memory that keeps to the state machine.
type disk struct {
	mu       sync.Mutex
	messages map[message.ID]*message.Message
	full     bool // every write fails
	purged   []time.Time
	out      map[string]bool // who opted out, by number
	unread   bool            // the lists cannot be read
}

func (d *disk) OptedOut(_ context.Context, m *message.Message) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.unread {
		return false, errors.New("no database")
	}
	return d.out[m.To] && !m.Confirmation, nil
}

func (d *disk) optOut(number string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.out == nil {
		d.out = map[string]bool{}
	}
	d.out[number] = true
}

func (d *disk) accept(m *message.Message) *message.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := *m
	kept.PartLog = make([]message.Part, m.Parts)
	for i := range kept.PartLog {
		kept.PartLog[i].Number = i + 1
	}
	d.messages[m.ID] = &kept
	return m
}

func (d *disk) change(id message.ID, part int, do func(*message.Part)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return errors.New("disk full")
	}
	m := d.messages[id]
	states := make([]message.State, len(m.PartLog))
	for i := range m.PartLog {
		if p := &m.PartLog[i]; part == p.Number || part == 0 && !p.State.Final() {
			do(p)
		}
		states[i] = m.PartLog[i].State
	}
	m.State = message.Fold(states)
	return nil
}

func (d *disk) Submitted(_ context.Context, s message.Submission) error {
	d.recount(s)
	return d.change(s.ID, s.Part, func(p *message.Part) {
		p.State, p.CarrierMessageID, p.Attempts, p.SubmittedAt = p.State.After(message.Submitted), s.CarrierMessageID, s.Attempts, s.At
	})
}

// recount has as many parts as the carrier was given.
func (d *disk) recount(s message.Submission) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.messages[s.ID]
	for len(m.PartLog) < s.Parts {
		m.PartLog = append(m.PartLog, message.Part{Number: len(m.PartLog) + 1})
	}
	m.PartLog = m.PartLog[:s.Parts]
}

func (d *disk) Ended(_ context.Context, e message.Ending) error {
	if e.Untaken != "" && !d.untaken(e.ID, e.Untaken) {
		return message.ErrTaken
	}
	return d.change(e.ID, e.Part, func(p *message.Part) {
		p.State, p.Code, p.EndedAt = p.State.After(e.State), e.Code, e.At
	})
}

func (d *disk) QueuedMessages(_ context.Context, name string, after message.ID, limit int) ([]*message.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []*message.Message
	for id, m := range d.messages {
		if m.State == message.Queued && m.Carrier == name && bytes.Compare(id[:], after[:]) > 0 {
			read := *m
			read.PartLog = slices.Clone(m.PartLog)
			list = append(list, &read)
		}
	}
	slices.SortFunc(list, func(a, b *message.Message) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return list[:min(limit, len(list))], nil
}

func (d *disk) AwaitingReceipt(_ context.Context, before time.Time, limit int) (ids []message.ID, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, m := range d.messages {
		if m.State == message.Submitted && m.PartLog[0].SubmittedAt.Before(before) && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (d *disk) PurgeOrphans(_ context.Context, before time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.purged = append(d.purged, before)
	return nil
}

func (d *disk) QueuedByCarrier(context.Context) (map[string]int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := map[string]int{}
	for _, m := range d.messages {
		counts[m.Carrier]++
	}
	return counts, nil
}

func (d *disk) ExpiredMessages(ctx context.Context, name string, now time.Time, limit int) (list []*message.Message, err error) {
	queued, err := d.QueuedMessages(ctx, name, message.ID{}, math.MaxInt)
	for _, m := range queued {
		if !m.ExpiresAt.After(now) && len(list) < limit {
			list = append(list, m)
		}
	}
	return list, err
}

func (d *disk) state(id message.ID) message.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.messages[id].State
}

func (d *disk) parts(id message.ID) []message.Part {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.messages[id].PartLog)
}

// network is a carrier that answers as a test says.
type network struct {
	slots  int
	wire   gsm.Wire
	answer func(ctx context.Context, p carrier.Part) error // nil = taken

	mu   sync.Mutex
	seen []carrier.Part
	at   []time.Time
}

func (n *network) Name() string                { return "acme" }
func (n *network) Slots() int                  { return max(1, n.slots) }
func (n *network) Start(context.Context) error { return nil }
func (n *network) Stop(context.Context) error  { return nil }

func (n *network) Submit(ctx context.Context, p carrier.Part) (string, error) {
	if err := p.Cleared(ctx); err != nil {
		return "", err
	}
	n.mu.Lock()
	n.seen, n.at = append(n.seen, p), append(n.at, time.Now())
	count := len(n.seen)
	n.mu.Unlock()
	if n.answer != nil {
		if err := n.answer(ctx, p); err != nil {
			return "", err
		}
	}
	return fmt.Sprint("c", count), nil
}

func (n *network) submissions() []carrier.Part {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.seen)
}

// down is a carrier without a connection.
func down(ctx context.Context, _ carrier.Part) error {
	<-ctx.Done()
	return ctx.Err()
}

// bench is a dispatcher on a disk and a network, inside a synctest bubble.
type bench struct {
	*Dispatcher
	disk *disk
	net  *network
}

func newBench(net *network, memory int) *bench {
	return restarted(&disk{messages: map[message.ID]*message.Message{}}, net, memory)
}

func restarted(d *disk, net *network, memory int) *bench {
	return &bench{disk: d, net: net, Dispatcher: New(Settings{
		Store: d, Backlog: d, Links: []Link{{Carrier: net, Wire: net.wire}}, Memory: memory,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now,
	})}
}

func (b *bench) start(t *testing.T) {
	t.Helper()
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // the first reading of the disk is over
}

func (b *bench) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 2 {
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
}

// accept puts a text on disk and hands it over.
func (b *bench) accept(t *testing.T, change ...func(*message.Message)) message.ID {
	t.Helper()
	m := text(t, change...)
	b.Enqueue(b.disk.accept(m))
	return m.ID
}

func text(t *testing.T, change ...func(*message.Message)) *message.Message {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	m := &message.Message{
		ID: id, Origin: message.Origin{Kind: carrier.Alphanumeric, Wire: "Shop"}, To: "+33700000000", Country: "FR",
		Type: api.MessageTypeTransactional, Carrier: "acme", Body: "Hello", AcceptedAt: time.Now(), ExpiresAt: time.Now().Add(72 * time.Hour),
	}
	for _, c := range change {
		c(m)
	}
	_, _, m.Parts = gsm.Count(m.Body)
	return m
}

func lives(d time.Duration) func(*message.Message) {
	return func(m *message.Message) { m.ExpiresAt = time.Now().Add(d) }
}

func long(m *message.Message) { m.Body = strings.Repeat("0123456789", 40) } // three parts

// elapse lets the bubble's time go by.
func elapse(d time.Duration) { <-time.After(d) }
