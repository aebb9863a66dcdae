package app

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/message/route"
	"heliograph/operator"
)

// fleet tells the operator of the carriers in use and does with them what he asks.
type fleet struct {
	*App
	receipts *receiptCounts
	tracer   *smsc.Tracer

	inUse atomic.Pointer[[]*link]
	set   sync.Map // throughput by the operator, int by name
}

func newFleet(a *App) *fleet {
	f := &fleet{App: a, tracer: smsc.NewTracer(a.options.Now)}
	f.receipts = &receiptCounts{Store: a.store, log: a.options.Log, now: a.options.Now, explained: f.explained}
	a.store.OnAdopted(f.receipts.adopted)
	return f
}

// explained says whether a carrier itself tells why its receipts match nothing.
func (f *fleet) explained(carrier string) bool {
	l := f.link(carrier)
	return l != nil && paced(l).IDTrouble() != ""
}

// pauseAsBefore pauses the carriers that were when the server stopped.
func (f *fleet) pauseAsBefore(ctx context.Context) error {
	links := slices.Clone(f.road.links)
	f.inUse.Store(&links)
	list, err := f.store.PausedCarriers(ctx)
	for _, p := range list {
		f.road.dispatcher.Pause(p.Carrier)
		f.options.Log.WarnContext(ctx, "a carrier is paused: messages wait until it is resumed, or they expire",
			"carrier", p.Carrier, "since", p.Since, "reason", p.Reason)
	}
	return err
}

// reloaded takes the links of a new configuration, and gives up the throughputs
// that the operator has set. It says which those were.
func (f *fleet) reloaded(links []*link) (changes []string) {
	f.inUse.Store(&links)
	for _, l := range links {
		if _, was := f.set.LoadAndDelete(l.configured.Name); was {
			paced(l).SetThroughput(l.configured.Throughput)
			changes = append(changes, "carrier "+l.configured.Name+": throughput as configured")
		}
	}
	return changes
}

// link finds a carrier in use.
func (f *fleet) link(name string) *link {
	links := *f.inUse.Load()
	i := slices.IndexFunc(links, func(l *link) bool { return l.configured.Name == name })
	if i < 0 {
		return nil
	}
	return links[i]
}

// paced is the carrier of a link: all are of this kind.
func paced(l *link) *smsc.Carrier { return l.Carrier.(*smsc.Carrier) }

// Carriers tells of all.
func (f *fleet) Carriers(ctx context.Context) ([]operator.Carrier, error) {
	queued, err := f.store.QueuedByCarrier(ctx)
	if err != nil {
		return nil, err
	}
	paused, err := f.store.PausedCarriers(ctx)
	if err != nil {
		return nil, err
	}
	pauses := map[string]*operator.Pause{}
	for _, p := range paused {
		pauses[p.Carrier] = &operator.Pause{Since: p.Since, AccessKeyID: p.AccessKeyID, Reason: p.Reason}
	}
	var list []operator.Carrier
	for _, l := range *f.inUse.Load() {
		name := l.configured.Name
		list = append(list, f.shown(l, queued[name], pauses[name]))
		delete(queued, name)
	}
	for _, name := range slices.Sorted(maps.Keys(queued)) {
		list = append(list, operator.Missing(name, queued[name], pauses[name]))
	}
	return list, nil
}

// shown is what there is to know of a carrier.
func (f *fleet) shown(l *link, queued int, pause *operator.Pause) operator.Carrier {
	name, c := l.configured.Name, paced(l)
	standing, pace := f.road.dispatcher.Standing(name), c.Pace()
	o := operator.Carrier{
		Name: name, Type: l.configured.Type, Paused: pause, InFlight: standing.InFlight, InMemory: standing.Waiting,
		OnDisk:     max(0, queued-standing.InFlight-standing.Waiting),
		Throughput: pace.Throughput, Configured: l.configured.Throughput,
	}
	form, learnt := c.IDs()
	o.IDs = form
	if learnt {
		o.IDs += " (learnt)"
	}
	o.Matched, o.Unmatched, o.Repeated = f.receipts.of(name)
	for _, b := range c.Status().Binds {
		o.Binds = append(o.Binds, operator.Bind{
			Address: b.Address, Mode: shownMode(b), State: string(b.State), Since: b.Since, Trouble: b.Trouble, TroubleAt: b.TroubleAt,
			NextAttempt: b.NextAttempt, Window: b.Window, Unanswered: b.InFlight,
		})
	}
	facts := operator.Facts{IDTrouble: c.IDTrouble(), Slowed: pace.Slowed, ThrottledUntil: pace.Until, Now: f.options.Now()}
	for _, b := range f.road.dispatcher.Binding(name) {
		facts.Limits = append(facts.Limits, b.Limiter)
	}
	for _, r := range c.Refusals() {
		facts.Refusals = append(facts.Refusals, operator.Refusal{Code: r.Code, Count: r.Count, Last: r.Last, Advice: r.Advice})
	}
	o.Delivery = f.deliveries(name)
	o = o.Judged(facts)
	o.Problems = append(o.Problems, f.undelivered(name)...)
	return o
}

// shownMode is a bind's mode, and whether it is there for need alone.
func shownMode(b smsc.BindStatus) string {
	if b.Standby {
		return b.Mode + ", standby"
	}
	return b.Mode
}

// PauseCarrier pauses a carrier once that is on record.
func (f *fleet) PauseCarrier(ctx context.Context, name, by, reason string) error {
	err := f.store.PauseCarrier(ctx, dispatch.Paused{Carrier: name, Since: f.options.Now(), AccessKeyID: by, Reason: reason})
	if err == nil {
		f.road.dispatcher.Pause(name)
	}
	return err
}

// ResumeCarrier resumes a carrier once that is on record.
func (f *fleet) ResumeCarrier(ctx context.Context, name string) error {
	err := f.store.ResumeCarrier(ctx, name)
	if err == nil {
		f.road.dispatcher.Resume(name)
	}
	return err
}

// SetThroughput changes a carrier's pace.
func (f *fleet) SetThroughput(name string, partsPerSecond int) bool {
	l := f.link(name)
	if l == nil {
		return false
	}
	f.set.Store(name, partsPerSecond)
	paced(l).SetThroughput(partsPerSecond)
	return true
}

// InFlight is how many messages of a carrier are taken up.
func (f *fleet) InFlight(carrier string) int { return f.road.dispatcher.Standing(carrier).InFlight }

// Cancel ends a message that waits.
func (f *fleet) Cancel(ctx context.Context, id message.ID, carrier string) error {
	return f.road.dispatcher.Cancel(ctx, id, carrier)
}

// MoveQueue gives another carrier what waits for one and may go there.
func (f *fleet) MoveQueue(ctx context.Context, from, to string, limit int, after string) (operator.Moved, error) {
	start := message.ID{}
	if after != "" {
		var err error
		if start, err = uuid.Parse(after); err != nil {
			return operator.Moved{}, operator.ErrAfter
		}
	}
	done, err := f.road.dispatcher.Move(ctx, dispatch.MoveStep{
		From: from, To: to, After: start, Limit: limit, Fit: f.fits(to),
	})
	moved := operator.Moved{Moved: done.Moved}
	for _, reason := range slices.Sorted(maps.Keys(done.Left)) {
		moved.Left = append(moved.Left, operator.Left{Reason: reason, Count: done.Left[reason]})
	}
	if done.More {
		moved.Next = done.Next.String()
	}
	if err != nil && done.Moved > 0 {
		f.options.Log.ErrorContext(ctx, "the move of a queue ended early", "from", from, "to", to, "moved", done.Moved, "error", err)
	}
	return moved, err
}

// fits says whether messages may go over a carrier, by the rules that choose one
// for a new message: as if a route led to that carrier alone.
func (f *fleet) fits(to string) func(context.Context, *message.Message) (hop message.Hop, reason string) {
	routes := *f.force.Load().routes
	routes.Routes = []route.Route{{Groups: [][]route.Weighted{{{Carrier: to}}}}}
	router := route.Router{Carriers: func() *route.Carriers { return &routes }}
	return func(ctx context.Context, m *message.Message) (message.Hop, string) {
		if f.isSimulated(to) { // both lead to centres of our own, which know every sender
			return message.Hop{Wire: m.Origin.Wire, Spelling: m.Why.Spelling}, ""
		}
		view, err := f.identities.Identities(ctx, m.Scope)
		if err != nil {
			return message.Hop{}, "what its account holds cannot be read"
		}
		hop, ok := router.Next(m, nil, view)
		if !ok {
			return message.Hop{}, "its sender is not provisioned on carrier " + to
		}
		return hop, ""
	}
}

func (f *fleet) isSimulated(name string) bool {
	l := f.link(name)
	return l != nil && l.configured.Type == config.Simulator
}
