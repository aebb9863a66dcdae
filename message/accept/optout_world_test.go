package accept_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/dispatch"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// The opt-out lists of the world.
const (
	team = "team" // the pool's at first, and so its number's
	own  = "own"  // of the number in no pool at first
)

// What a handset sees as the sender.
const (
	inPool = "+12065550101"
	alone  = "+12065550102"
	sender = "Sender"
)

// door is a way in which a message may come to somebody.
type door struct {
	name     string
	identity string   // of the request, "" = the account's choice
	to       string   // prefix of the recipients' numbers
	from     []string // what it may be sent from
}

// doors are all that lead to a handset. What answers a keyword is one more.
var doors = []door{
	{"number", second, "+1206555010", []string{alone}},
	{"number of a pool", number, "+1206555010", []string{inPool}},
	{"pool", pool, "+1206555010", []string{inPool}},
	{"sender ID", "Sender", "+91981234567", []string{sender}},
	{"default", "", "+1206555010", []string{inPool, alone}},
}

// person is a recipient and a list that they may be on.
type person struct{ list, to string }

// world is a gateway on a database that another node has open too, with two
// carriers, inside a synctest bubble.
type world struct {
	t          *testing.T
	path       string
	nodes      [2]*store.DB // the first one has the dispatcher
	dispatcher *dispatch.Dispatcher
	services   [2]*accept.Service
	cleaners   [2]*store.Janitor
	networks   map[string]*moody

	// handing is held for reading while a part is handed over, from the question
	// to the wire, and for writing when an opt-out was answered: what is on the
	// wire by then may be there.
	handing    sync.RWMutex
	out        map[person]bool     // as answered
	lists      map[string]string   // that hold for what is sent from something
	there      map[string]bool     // the lists that there are
	barred     map[message.ID]bool // waited when a list went that its recipient was on
	sent       []message.ID
	afterwards message.ID // sent when a list was made again, if anything was
	changed    bool       // the other node keeps what it knew of numbers and pools
}

// moody is a carrier that takes parts, or does not.
type moody struct {
	*world
	name string

	mu     sync.Mutex
	mood   string // "", "throttled", "failing", "one" (takes one part, then fails), "down"
	held   bool
	off    bool // the server stops
	change chan struct{}
}

func (m *moody) Name() string                { return m.name }
func (m *moody) Slots() int                  { return 2 }
func (m *moody) Start(context.Context) error { return nil }
func (m *moody) Stop(context.Context) error  { return nil }

func (m *moody) Bound() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mood == "down" {
		return 0
	}
	return 1
}

func (m *moody) Hold(held bool) { m.set(func() { m.held = held }) }

func (m *moody) set(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
	close(m.change)
	m.change = make(chan struct{})
}

// ready waits for a connection as a carrier does, and gives the mood.
func (m *moody) ready(ctx context.Context) (string, error) {
	for {
		m.mu.Lock()
		mood, held, off, change := m.mood, m.held, m.off, m.change
		m.mu.Unlock()
		switch {
		case mood != "down":
			return mood, nil
		case off:
			return "", &carrier.Error{Failure: carrier.Transient}
		case held:
			return "", carrier.ErrHeld
		}
		select {
		case <-change:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func (m *moody) Submit(ctx context.Context, p carrier.Part) (string, error) {
	mood, err := m.ready(ctx)
	if err != nil {
		return "", err
	}
	m.handing.RLock()
	err = p.Cleared(ctx)
	if err == nil {
		m.inspect(p)
	}
	m.handing.RUnlock()
	switch {
	case err != nil:
		return "", err
	case mood == "throttled":
		return "", &carrier.Error{Failure: carrier.Throttled, Code: "ESME_RTHROTTLED"}
	case mood == "failing":
		return "", &carrier.Error{Failure: carrier.Transient, Code: "ESME_RSYSERR"}
	case mood == "one":
		m.set(func() {
			if m.mood == "one" { // else it has changed since it was asked for
				m.mood = "failing"
			}
		})
	}
	return fmt.Sprintf("%s-%d", p.MessageID, p.Number), nil
}

// inspect looks at what is handed over, whatever was asked before.
func (m *moody) inspect(p carrier.Part) {
	id := uuid.MustParse(p.MessageID)
	text, _, err := m.nodes[0].Message(context.Background(), id)
	switch {
	case err != nil:
		m.t.Error(err)
	case text.Confirmation:
	case m.out[person{text.List(), p.To}], m.out[person{m.lists[p.From], p.To}], m.barred[id]:
		m.t.Errorf("part %d of a text from %s, of list %s, was handed to %s although the recipient had opted out", p.Number, p.From, text.List(), m.name)
	}
}

// seeded is a database with what every world begins with, as a file's content:
// making it takes longer than a world lasts.
func seeded(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "seeded.db")
	db, err := sqlite.Open(path)
	must(t, err)
	must(t, db.Start(t.Context()))
	seed(t, db)
	must(t, db.Stop(context.Background()))
	file, err := os.ReadFile(path)
	must(t, err)
	return file
}

func newWorld(t *testing.T, seeded []byte) *world {
	w := &world{t: t, path: filepath.Join(t.TempDir(), "heliograph.db"), networks: map[string]*moody{},
		out: map[person]bool{}, barred: map[message.ID]bool{}, there: map[string]bool{resource.DefaultOptOutList: true, team: true, own: true},
		lists: map[string]string{inPool: team, alone: own, sender: resource.DefaultOptOutList}}
	for _, name := range []string{"acme", "spare"} {
		w.networks[name] = &moody{world: w, name: name, change: make(chan struct{})}
	}
	must(t, os.WriteFile(w.path, seeded, 0o600))
	w.start()
	return w
}

// start opens the database as two nodes do, and begins with what is on disk.
func (w *world) start() {
	w.t.Helper()
	carriers := &route.Carriers{All: []route.Carrier{{Name: "acme"}}}
	settings := dispatch.Settings{Rerouter: w, Memory: 3, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now}
	for i := range w.nodes {
		db, err := sqlite.Open(w.path)
		must(w.t, err)
		must(w.t, db.Start(w.t.Context()))
		w.nodes[i] = db
	}
	settings.Store, settings.Backlog = w.nodes[0], w.nodes[0]
	for _, name := range []string{"acme", "spare"} {
		w.networks[name].off, w.networks[name].held = false, false
		settings.Links = append(settings.Links, dispatch.Link{Carrier: w.networks[name]})
	}
	w.dispatcher = dispatch.New(settings)
	must(w.t, w.dispatcher.Start(w.t.Context()))
	for i, db := range w.nodes {
		w.cleaners[i] = &store.Janitor{DB: db, Now: time.Now, Log: settings.Log, Kept: func() store.Kept { return store.Kept{} }}
		w.cleaners[i].Start(w.t.Context())
		w.services[i] = &accept.Service{
			Views: db, Accounts: db, Store: db, Sticky: db, Queue: w.dispatcher, Now: time.Now,
			Router: route.Router{Carriers: func() *route.Carriers { return carriers }},
			Price:  func(string) message.MicroUSD { return 0 },
		}
	}
}

func (w *world) stop() {
	w.t.Helper()
	for _, m := range w.networks {
		m.set(func() { m.off = true })
	}
	must(w.t, w.dispatcher.Stop(context.Background()))
	for i, db := range w.nodes {
		must(w.t, w.cleaners[i].Stop(context.Background()))
		must(w.t, db.Stop(context.Background()))
	}
}

// Next goes from one carrier to the other.
func (w *world) Next(_ context.Context, m *message.Message, tried []string) (message.Hop, bool, error) {
	for name := range w.networks {
		if name != m.Carrier && !slices.Contains(tried, name) {
			return message.Hop{Carrier: name, Wire: m.Origin.Wire}, true, nil
		}
	}
	return message.Hop{}, false, nil
}

func seed(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	must(t, db.PutAccount(ctx, account.Account{ID: owner, Tier: account.Production}))
	must(t, db.ChangeOptOutLists(ctx, optout.Change{Scope: scope, Put: []optout.List{{Name: team}, {Name: own}}}))
	us := func(id, e164, list, pool string) origination.PhoneNumber {
		return origination.PhoneNumber{
			ID: id, Number: e164, ISOCountryCode: "US", Type: api.NumberTypeLongCode, MessageType: api.MessageTypeTransactional,
			Capabilities: []api.NumberCapability{api.NumberCapabilitySms}, Status: api.NumberStatusActive,
			PoolID: pool, Settings: origination.Settings{OptOutList: list, SelfManagedOptOut: true},
		}
	}
	must(t, db.ChangeIdentities(ctx, origination.Change{Scope: scope, Override: true,
		PutNumbers: []origination.PhoneNumber{us(number, inPool, own, pool), us(second, alone, own, "")},
		PutSenders: []origination.SenderID{{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "IN", Registered: true}},
		PutPools: []origination.Pool{{ID: pool, MessageType: api.MessageTypeTransactional, Status: api.PoolStatusActive,
			Settings: origination.Settings{OptOutList: team}, Members: []origination.Member{{PhoneNumberID: number}}}}}))
}

// send goes through a door on a node and compares the answer with who opted out.
func (w *world) send(node int, d door, to string, dryRun bool) {
	w.t.Helper()
	body := "Hello"
	if to[len(to)-1] == '1' {
		body = fmt.Sprintf("%400d", 1) // three parts
	}
	ctx := api.WithCaller(w.t.Context(), api.Caller{Account: owner, Region: region})
	out, err := w.services[node].SendTextMessage(ctx, &api.SendTextMessageInput{
		DestinationPhoneNumber: to, OriginationIdentity: d.identity, MessageBody: body, DryRun: dryRun,
		DestinationCountryParameters: map[api.DestinationCountryParameterKey]string{"IN_ENTITY_ID": "1", "IN_TEMPLATE_ID": "2"},
	})
	barred := 0
	for _, from := range d.from {
		if w.out[person{w.lists[from], to}] {
			barred++
		}
	}
	var refused *api.Error
	optedOut := errors.As(err, &refused) && refused.Reason == string(api.ConflictExceptionReasonDestinationPhoneNumberOptedOut)
	switch {
	case err != nil && !optedOut:
		w.t.Fatal(err)
	case optedOut && barred == 0, !optedOut && barred == len(d.from):
		w.t.Errorf("%s to somebody on the lists of %d of %v: %v", d.name, barred, d.from, err)
	case err == nil && !dryRun:
		w.accepted(uuid.MustParse(out.MessageId))
	}
}

// accepted notes a message, which has to be of its sender's list.
func (w *world) accepted(id message.ID) {
	w.t.Helper()
	w.sent = append(w.sent, id)
	m, _, err := w.nodes[0].Message(w.t.Context(), id)
	must(w.t, err)
	if m.List() != w.lists[m.Origin.Wire] {
		w.t.Errorf("a text from %s is of list %s", m.Origin.Wire, m.List())
	}
}

// says has somebody send a text to a number, which answers; with stop they opt out
// by it.
func (w *world) says(from, to string, stop bool) {
	w.t.Helper()
	id := map[string]string{inPool: number, alone: second}[from]
	answer, err := w.services[0].Reply(w.t.Context(), scope, id, to, "You said it")
	must(w.t, err)
	p := person{w.lists[from], to}
	answer.OptOutList, answer.Confirmation = p.list, stop
	c := message.Conclusion{Number: id, Reply: answer, At: time.Now(), Text: message.Text{
		ID: uuid.Must(uuid.NewV7()), Scope: scope, Carrier: "acme", From: to, To: from, At: time.Now()}}
	if stop {
		c.OptOut = p.list
	}
	replied, err := w.nodes[0].Conclude(w.t.Context(), c)
	must(w.t, err)
	if !stop && replied == w.out[p] {
		w.t.Errorf("somebody who opted out (%v) is answered: %v", w.out[p], replied)
	}
	if replied {
		w.accepted(answer.ID)
		w.dispatcher.Enqueue(answer)
	}
	if stop {
		w.isOut(p)
	}
}

// use gives a number, or the pool of a number, another list.
func (w *world) use(from, list string) {
	w.t.Helper()
	v, err := w.nodes[0].Identities(w.t.Context(), scope)
	must(w.t, err)
	c := origination.Change{Scope: scope, Revision: v.Revision}
	if from == inPool {
		p := v.Pools[0]
		p.Settings.OptOutList = list
		c.PutPools = []origination.Pool{p}
	} else {
		n, _ := v.NumberByE164(from)
		n.Settings.OptOutList = list
		c.PutNumbers = []origination.PhoneNumber{n}
	}
	must(w.t, w.nodes[0].ChangeIdentities(w.t.Context(), c))
	w.handing.Lock()
	defer w.handing.Unlock()
	w.lists[from], w.changed = list, true
}

// toggle deletes a list that is there, once nothing uses it, and makes one that is
// not there.
func (w *world) toggle(list string) {
	w.t.Helper()
	v, err := w.nodes[0].OptOutLists(w.t.Context(), scope)
	must(w.t, err)
	if !w.there[list] {
		w.there[list] = true
		must(w.t, w.nodes[0].ChangeOptOutLists(w.t.Context(), optout.Change{Scope: scope, Revision: v.Revision, Put: []optout.List{{Name: list}}}))
		return
	}
	for from, used := range w.lists {
		if used == list {
			w.use(from, resource.DefaultOptOutList)
		}
	}
	v, err = w.nodes[0].OptOutLists(w.t.Context(), scope)
	must(w.t, err)
	w.handing.Lock()
	for _, id := range w.sent {
		m, _, err := w.nodes[0].Message(w.t.Context(), id)
		must(w.t, err)
		if m.List() == list && w.out[person{list, m.To}] {
			w.barred[id] = true
		}
	}
	maps.DeleteFunc(w.out, func(p person, _ bool) bool { return p.list == list })
	delete(w.there, list)
	w.handing.Unlock()
	must(w.t, w.nodes[0].ChangeOptOutLists(w.t.Context(), optout.Change{Scope: scope, Revision: v.Revision, Drop: []string{list}}))
}

// optOut puts somebody on a list through a node; from its answer on nothing goes.
func (w *world) optOut(node int, p person) {
	w.t.Helper()
	_, err := w.nodes[node].PutOptedOut(w.t.Context(), scope, p.list, optout.Entry{Number: p.to, At: time.Now()})
	must(w.t, err)
	w.isOut(p)
}

func (w *world) isOut(p person) {
	w.handing.Lock()
	defer w.handing.Unlock()
	w.out[p] = true
}

// optIn takes somebody off a list, if they are on it.
func (w *world) optIn(node int, p person) {
	w.t.Helper()
	w.handing.Lock()
	delete(w.out, p)
	w.handing.Unlock()
	_, err := w.nodes[node].DeleteOptedOut(w.t.Context(), scope, p.list, p.to, time.Now(), time.Now())
	if !errors.Is(err, optout.ErrNotOnList) {
		must(w.t, err)
	}
}

// move gives the queue of one carrier to the other.
func (w *world) move(from, to string) {
	w.t.Helper()
	_, err := w.dispatcher.Move(w.t.Context(), dispatch.MoveStep{From: from, To: to, Limit: 100,
		Fit: func(_ context.Context, m *message.Message) (message.Hop, string) {
			return message.Hop{Wire: m.Origin.Wire}, ""
		}})
	must(w.t, err)
}

func (w *world) restart() {
	w.stop()
	w.start()
}

// finish lets everything go and says how each message ended.
func (w *world) finish() {
	w.t.Helper()
	for _, m := range w.networks {
		m.set(func() { m.mood = "" })
	}
	time.Sleep(30 * time.Minute) // of the bubble
	synctest.Wait()
	for _, id := range w.sent {
		m, _, err := w.nodes[0].Message(w.t.Context(), id)
		must(w.t, err)
		switch {
		case m.State == message.Queued:
			w.t.Errorf("a text from %s waits still", m.Origin.Wire)
		case m.State.Failed() && (m.State != message.Blocked || m.Code != message.CodeOptedOut || m.Confirmation):
			w.t.Errorf("a text from %s ended %s %s", m.Origin.Wire, m.State, m.Code)
		}
	}
}
