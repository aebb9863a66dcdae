package inbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

const (
	ours    = "+12065550142"
	person  = "+14255550100"
	channel = "arn:aws:sns:us-east-1:111122223333:inbound"
)

var scope = resource.Scope{Account: "111122223333", Region: "us-east-1"}

// disk is what outlasts a stop of the service: all that it needs, in memory.
type disk struct {
	mu       sync.Mutex
	broken   int             // so many changes fail
	purged   []time.Duration // how old what is forgotten is: texts and parts
	cursed   string          // a text that cannot be concluded
	parts    []message.Inbound
	texts    []message.Conclusion // of texts that were concluded
	done     map[message.ID]bool
	listed   map[string]bool // who opted out
	replies  []message.Answered
	sent     []*message.Message
	last     message.ID
	refuses  error // what the replier says
	number   origination.PhoneNumber
	released bool // the number is, right after its texts were kept
	pools    []origination.Pool
	keywords []keyword.Keyword
	told     chan struct{} // after each conclusion; nil = nobody listens
}

func newDisk() *disk {
	return &disk{done: map[message.ID]bool{}, listed: map[string]bool{}, number: origination.PhoneNumber{
		ID: "phone-1", Number: ours, ISOCountryCode: "US", Type: api.NumberTypeLongCode,
		Settings: origination.Settings{OptOutList: resource.DefaultOptOutList}}}
}

var errDisk = errors.New("disk full")

// change does something, unless the disk is broken.
func (d *disk) change(do func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken > 0 {
		d.broken--
		return errDisk
	}
	do()
	return nil
}

// fail lets the next changes fail.
func (d *disk) fail(times int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = times
}

func (d *disk) Leased(_ context.Context, numbers []string) (map[string]resource.Scope, error) {
	if !slices.Contains(numbers, d.number.Number) {
		return nil, nil
	}
	return map[string]resource.Scope{d.number.Number: scope}, nil
}

func (d *disk) PutInbound(_ context.Context, in message.Inbound) error {
	return d.change(func() { d.parts = append(d.parts, in) })
}

func (d *disk) KeptInbound(context.Context) ([]message.Inbound, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := slices.Clone(d.parts)
	for i := range kept {
		kept[i].Done = d.done[kept[i].ID]
	}
	return kept, nil
}

func (d *disk) DropInbound(_ context.Context, id message.ID) error {
	return d.change(func() {
		d.parts = slices.DeleteFunc(d.parts, func(p message.Inbound) bool { return p.ID == id })
	})
}

func (d *disk) PurgeInbound(_ context.Context, texts, parts time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.purged = []time.Duration{time.Since(texts), time.Since(parts)}
	return nil
}

func (d *disk) Identities(context.Context, resource.Scope) (*origination.View, error) {
	if d.released {
		return &origination.View{Scope: scope}, nil
	}
	return &origination.View{Scope: scope, Numbers: []origination.PhoneNumber{d.number}, Pools: d.pools}, nil
}

func (d *disk) Keywords(context.Context, resource.Scope) (*keyword.View, error) {
	return &keyword.View{Scope: scope, Keywords: d.keywords}, nil
}

func (d *disk) Conclude(_ context.Context, c message.Conclusion) (replied bool, err error) {
	d.mu.Lock()
	cursed := d.cursed != "" && c.Text.Body == d.cursed
	d.mu.Unlock()
	if cursed {
		return false, errDisk
	}
	err = d.change(func() {
		if slices.ContainsFunc(d.texts, func(o message.Conclusion) bool { return o.Text.ID == c.Text.ID }) {
			return
		}
		d.texts = append(d.texts, c)
		for _, id := range c.Text.Parts {
			d.done[id] = true
		}
		again := d.listed[c.Text.From]
		switch {
		case c.OptOut != "":
			d.listed[c.Text.From] = true
		case c.OptIn != "":
			delete(d.listed, c.Text.From)
		}
		replied = c.Reply != nil && (c.Reply.Confirmation && !again || !d.listed[c.Text.From])
		if replied {
			d.replies = append([]message.Answered{{At: c.At, BodyHash: c.BodyHash}}, d.replies...)
		}
		if d.told != nil {
			d.told <- struct{}{}
		}
	})
	return replied, err
}

func (d *disk) AutomaticReplies(_ context.Context, _ resource.Scope, _, _ string, since time.Time) ([]message.Answered, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.replies), func(a message.Answered) bool { return a.At.Before(since) }), nil
}

func (d *disk) LastMessage(context.Context, resource.Scope, string, string) (message.ID, bool, error) {
	return d.last, d.last != message.ID{}, nil
}

func (d *disk) Reply(_ context.Context, s resource.Scope, number, to, body string) (*message.Message, error) {
	if d.refuses != nil {
		return nil, d.refuses
	}
	return &message.Message{ID: uuid.Must(uuid.NewV7()), Scope: s, To: to, Body: body, Origin: message.Origin{Identity: number}}, nil
}

func (d *disk) Enqueue(m *message.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, m)
}

// rules are the operator's of these tests.
func rules() Rules {
	return Rules{Texts: keyword.Texts{Help: "Ask us.", Stop: "Bye."}, PartsWait: 10 * time.Minute, RepliesPerHour: 3}
}

// on is a service on a disk.
func on(t *testing.T, d *disk, r Rules) *Service {
	t.Helper()
	return &Service{Leases: d, Parts: d, Views: d, Conversations: d, Replier: d, Queue: d, Rules: func() Rules { return r }, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

func start(t *testing.T, s *Service) {
	t.Helper()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func stop(t *testing.T, s *Service) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// text is a part as a carrier hands it over.
func text(from, body string) carrier.Inbound {
	segment := gsm.Split(body, 1, gsm.Reference8)[0]
	return carrier.Inbound{Carrier: "acme", From: from, To: ours, Segment: segment, At: time.Now()}
}

func give(t *testing.T, s *Service, in carrier.Inbound) {
	t.Helper()
	if err := s.Inbound(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// outcome is what followed from the newest text, in short.
func (d *disk) outcome() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.texts) == 0 {
		return "nothing"
	}
	c := d.texts[len(d.texts)-1]
	var parts []string
	if c.OptOut != "" {
		parts = append(parts, "out of "+c.OptOut)
	}
	if c.OptIn != "" {
		parts = append(parts, "in to "+c.OptIn)
	}
	if c.Channel != "" {
		var n notice
		if err := json.Unmarshal([]byte(c.Payload), &n); err != nil {
			return err.Error()
		}
		parts = append(parts, "told "+n.MessageKeyword)
	}
	if c.Reply != nil {
		parts = append(parts, fmt.Sprintf("answered %q", c.Reply.Body))
	}
	return strings.Join(parts, ", ")
}
