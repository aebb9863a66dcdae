package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/event"
	"heliograph/event/outbox"
	"heliograph/message"
	"heliograph/resource/configset"
	"heliograph/store"
	"heliograph/store/sqlite"
	"heliograph/store/storetest"
)

// house is a store with a configuration set whose events go to topics, and a
// pump that hands them to scripted sinks.
type house struct {
	*store.DB
	t     *testing.T
	dir   string
	sinks map[string]*sink // by topic
	pump  *outbox.Pump
}

func topic(name string) string { return "arn:aws:sns:us-east-1:000000000000:" + name }

func open(t *testing.T, topics ...string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), sinks: map[string]*sink{}}
	h.start()
	set := configset.Set{Name: "set", CreatedAt: time.Now()}
	for _, name := range topics {
		h.sinks[topic(name)] = &sink{size: event.Capacity{Batch: 10, Calls: 2}, took: map[string]int{}}
		set.Destinations = append(set.Destinations, configset.Destination{
			Name: name, Enabled: true, Kind: configset.SNS, ARN: topic(name), Types: []api.EventType{api.EventTypeAll},
		})
	}
	scope := newText().Scope
	view, err := h.ConfigurationSets(t.Context(), scope)
	must(t, err)
	must(t, h.ChangeConfigurationSets(t.Context(), configset.Change{Scope: scope, Revision: view.Revision, Put: []configset.Set{set}}))
	return h
}

// start opens the store and runs a pump on it.
func (h *house) start() {
	h.t.Helper()
	db, err := sqlite.Open(h.dir + "/test.db")
	must(h.t, err)
	must(h.t, db.Start(h.t.Context()))
	h.DB = db
	h.pump = outbox.New(outbox.Settings{
		Store: db, Log: slog.New(slog.NewTextHandler(h.t.Output(), nil)), Now: time.Now,
		Sink: func(t event.Target) event.Sink {
			if s := h.sinks[t.ARN]; s != nil {
				return s
			}
			return nil
		},
		Record: func(_ context.Context, e event.Event) ([]byte, error) { return []byte(e.ID()), nil },
	})
	h.pump.Start()
}

// stop ends the pump and the store.
func (h *house) stop() {
	h.t.Helper()
	must(h.t, h.pump.Stop(context.Background()))
	must(h.t, h.DB.Stop(context.Background()))
}

// send accepts a message that is taken and delivered at once, which makes three
// events, and gives its id.
func (h *house) send() message.ID {
	h.t.Helper()
	m := newText()
	ctx := h.t.Context()
	now := m.AcceptedAt.Add(time.Millisecond)
	must(h.t, h.Accept(ctx, m))
	must(h.t, h.Submitted(ctx, message.Submission{ID: m.ID, Part: 1, Parts: 1, Carrier: m.Carrier, CarrierMessageID: m.ID.String(), At: now}))
	_, err := h.Receipt(ctx, message.Receipt{Carrier: m.Carrier, CarrierMessageID: m.ID.String(), State: message.Delivered, At: now.Add(time.Millisecond)})
	must(h.t, err)
	return m.ID
}

// newText is a message that is accepted now, by the clock of the bubble: ids take
// their time from all tests of the process.
func newText() *message.Message { return textOf(uuid.Must(uuid.NewV7())) }

func textOf(id message.ID) *message.Message {
	m := storetest.Message(id, 1)
	m.AcceptedAt = time.Now()
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sink takes events as a script says.
type sink struct {
	mu   sync.Mutex
	size event.Capacity
	// says is what becomes of a delivery, nil = it is taken.
	says  func(d event.Delivery) error
	slow  time.Duration
	calls int
	under int
	most  int // calls at the same time
	log   []string
	took  map[string]int // by id
}

func (s *sink) Capacity() event.Capacity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

func (s *sink) Reachable(context.Context) error { return nil }

func (s *sink) Deliver(ctx context.Context, list []event.Delivery) []error {
	s.mu.Lock()
	s.calls++
	s.under++
	s.most = max(s.most, s.under)
	says, slow := s.says, s.slow
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under--
	errs := make([]error, len(list))
	for i, d := range list {
		if says != nil {
			errs[i] = says(d)
		}
		if errs[i] == nil {
			s.log = append(s.log, d.ID)
			s.took[d.ID]++
		}
	}
	return errs
}

func (s *sink) script(says func(event.Delivery) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.says = says
}

// takes sets what the sink takes at a time, and for how long it has each call.
func (s *sink) takes(size event.Capacity, slow time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size, s.slow = size, slow
}

// seen are the types of a message's events that the sink took, in order.
func (s *sink) seen(id message.ID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var types []string
	for _, name := range s.log {
		if kind, ok := strings.CutPrefix(name, id.String()+"/TEXT_"); ok {
			types = append(types, kind)
		}
	}
	return strings.Join(types, " ")
}

func (s *sink) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.log)
}

const whole = "QUEUED SUCCESSFUL DELIVERED"

// inBubble runs a test on a clock of its own.
func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// settle waits until nothing is under way.
func settle() { synctest.Wait() }

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestEventsOfAMessageComeInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		ids := []message.ID{h.send(), h.send(), h.send()}
		settle()
		for _, id := range ids {
			if got := h.sinks[topic("a")].seen(id); got != whole {
				t.Errorf("%s saw %q", id, got)
			}
		}
		h.wantNothingWaits()
	})
}

func (h *house) wantNothingWaits() {
	h.t.Helper()
	lags, err := h.Lags(h.t.Context())
	must(h.t, err)
	if len(lags) > 0 {
		h.t.Errorf("still waiting: %+v", lags)
	}
}

func TestDeadTargetDelaysNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "dead", "well")
		defer h.stop()
		dead, well := h.sinks[topic("dead")], h.sinks[topic("well")]
		dead.script(func(event.Delivery) error { return errors.New("connection refused") })
		var ids []message.ID
		for range 50 {
			ids = append(ids, h.send())
		}
		settle()
		if well.total() != 150 || dead.total() != 0 {
			t.Errorf("well took %d, dead %d", well.total(), dead.total())
		}
		if list := h.pump.Troubles(); len(list) != 1 || list[0].Target.ARN != topic("dead") || !strings.Contains(list[0].Said, "connection refused") {
			t.Errorf("troubles %+v", list)
		}
		pass(time.Hour)
		if calls := dead.calls; calls > 60 {
			t.Errorf("the dead target was called %d times in an hour", calls)
		}
		dead.script(nil)
		pass(10 * time.Minute)
		for _, id := range ids {
			if got := dead.seen(id); got != whole {
				t.Errorf("%s saw %q", id, got)
			}
		}
		if len(h.pump.Troubles()) != 0 {
			t.Error("the trouble stays")
		}
		h.wantNothingWaits()
	})
}

func TestSlowTargetDelaysNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "slow", "well")
		defer h.stop()
		slow, well := h.sinks[topic("slow")], h.sinks[topic("well")]
		slow.takes(slow.Capacity(), 20*time.Second)
		for range 30 {
			h.send()
		}
		pass(time.Second)
		if well.total() != 90 {
			t.Errorf("well took %d", well.total())
		}
		pass(5 * time.Minute)
		if slow.total() != 90 || slow.most != 2 {
			t.Errorf("slow took %d by %d calls at a time", slow.total(), slow.most)
		}
	})
}

func TestEventThatTheTargetCannotStandRestsAlone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.takes(event.Capacity{Batch: 1, Calls: 1}, 0)
		var poisoned string
		a.script(func(d event.Delivery) error {
			if strings.HasPrefix(d.ID, poisoned) {
				return errors.New("500")
			}
			return nil
		})
		first := uuid.Must(uuid.NewV7())
		poisoned = first.String()
		must(t, h.Accept(t.Context(), textOf(first)))
		settle()
		for range 20 {
			id := h.send()
			settle()
			if got := a.seen(id); got != whole {
				t.Fatalf("%s saw %q", id, got)
			}
		}
		a.script(nil)
		pass(10 * time.Minute)
		if got := a.seen(first); got != "QUEUED" {
			t.Errorf("the poisoned one saw %q", got)
		}
	})
}

// TestEventsThatATargetCannotStandHoldUpNoOthers has the oldest of what waits fail
// for ever: whatever follows is taken all the same.
func TestEventsThatATargetCannotStandHoldUpNoOthers(t *testing.T) {
	for _, c := range []struct {
		size     event.Capacity
		poisoned int
	}{
		{event.Capacity{Batch: 1, Calls: 8}, 3}, {event.Capacity{Batch: 1, Calls: 8}, 60}, {event.Capacity{Batch: 10, Calls: 4}, 60},
		{event.Capacity{Batch: 100, Calls: 2}, 120},
	} {
		t.Run(fmt.Sprintf("%d of %d", c.poisoned, c.size.Batch), func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				h := open(t, "a")
				defer h.stop()
				a := h.sinks[topic("a")]
				a.takes(c.size, 0)
				poisoned := map[string]bool{}
				var mu sync.Mutex
				a.script(func(d event.Delivery) error {
					mu.Lock()
					defer mu.Unlock()
					if poisoned[d.MessageID] {
						return errors.New("500")
					}
					return nil
				})
				for range c.poisoned {
					m := newText()
					mu.Lock()
					poisoned[m.ID.String()] = true
					mu.Unlock()
					must(t, h.Accept(t.Context(), m))
				}
				pass(time.Minute)
				for range 100 {
					m := newText()
					must(t, h.Accept(t.Context(), m))
				}
				pass(20 * time.Minute)
				if a.total() != 100 {
					t.Errorf("%d of 100 were taken", a.total())
				}
			})
		})
	}
}

// TestDeadTargetIsNotCalledMoreOftenWhenItsEventsAreGivenUp counts calls by the
// hour for longer than events are tried.
func TestDeadTargetIsNotCalledMoreOftenWhenItsEventsAreGivenUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.script(func(event.Delivery) error { return errors.New("down") })
		for hour := range 30 {
			before := a.calls
			for range 6 {
				must(t, h.Accept(t.Context(), newText()))
				pass(10 * time.Minute)
			}
			if calls := a.calls - before; hour > 1 && calls > 30 {
				t.Errorf("%d calls in hour %d", calls, hour)
			}
			if len(h.pump.Troubles()) != 1 {
				t.Errorf("in hour %d no trouble is told", hour)
			}
		}
	})
}

// TestCallsThatFailTogetherCountAsOne has many calls under way when a target dies:
// it is asked again after a second or so, not after as many doublings.
func TestCallsThatFailTogetherCountAsOne(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.takes(event.Capacity{Batch: 1, Calls: 32}, time.Second)
		a.script(func(event.Delivery) error { return errors.New("killed") })
		for range 40 {
			h.send()
		}
		pass(1500 * time.Millisecond)
		a.script(nil)
		a.takes(a.Capacity(), 0)
		pass(3 * time.Second)
		if a.total() == 0 {
			t.Errorf("nothing was tried again within three seconds")
		}
	})
}

func TestHurryTriesWhatRests(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.script(func(event.Delivery) error { return errors.New("wrong URL") })
		id := h.send()
		pass(2 * time.Hour)
		a.script(nil)
		h.pump.Hurry()
		settle()
		if got := a.seen(id); got != whole {
			t.Errorf("saw %q", got)
		}
	})
}

func TestRefusedAndHopelessEventsAreDeadAndCanBeReplayed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.script(func(d event.Delivery) error {
			if strings.HasSuffix(d.ID, "SUCCESSFUL") {
				return &event.Refusal{Err: errors.New("413 too large")}
			}
			return nil
		})
		id := h.send()
		settle()
		if got := a.seen(id); got != "QUEUED DELIVERED" {
			t.Errorf("saw %q", got)
		}
		h.wantNothingWaits()
		a.script(func(event.Delivery) error { return errors.New("503") })
		old := h.send()
		pass(30 * time.Hour)
		dead, err := h.DeadEvents(t.Context(), event.Key{}, 100)
		must(t, err)
		var causes []string
		for _, d := range dead {
			causes = append(causes, strings.TrimPrefix(d.Type, "TEXT_")+": "+d.Cause)
		}
		if want := []string{"SUCCESSFUL: refused: 413 too large", "QUEUED: 503", "SUCCESSFUL: 503", "DELIVERED: 503"}; !slices.Equal(causes, want) {
			t.Errorf("dead %q, want %q", causes, want)
		}
		a.script(nil)
		n, err := h.Replay(t.Context(), topic("a"))
		must(t, err)
		pass(10 * time.Minute)
		if n != 4 || a.seen(old) != whole {
			t.Errorf("replayed %d, saw %q", n, a.seen(old))
		}
	})
}

func TestTargetThatAsksToWaitIsWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		a := h.sinks[topic("a")]
		a.script(func(event.Delivery) error { return &event.Later{After: 90 * time.Second, Err: errors.New("429")} })
		id := h.send()
		pass(80 * time.Second)
		if a.calls != 1 {
			t.Errorf("%d calls within the time that it asked for", a.calls)
		}
		a.script(nil)
		pass(time.Minute)
		if got := a.seen(id); got != whole {
			t.Errorf("saw %q", got)
		}
	})
}

func TestWhatWaitsSurvivesARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		a := h.sinks[topic("a")]
		a.script(func(event.Delivery) error { return errors.New("down") })
		id := h.send()
		settle()
		h.stop()
		a.script(nil)
		h.start()
		defer h.stop()
		settle()
		if got := a.seen(id); got != whole {
			t.Errorf("saw %q", got)
		}
	})
}

// TestNoEventIsLostAndOrderIsKeptForAnHourOfFaults has a target answer at random,
// fall silent and be killed for an hour while messages go on: at the end it has
// every event, those of one message in the order that they happened.
func TestNoEventIsLostAndOrderIsKeptForAnHourOfFaults(t *testing.T) {
	for name, fault := range map[string]func(n int) error{
		"500 now and then": func(n int) error {
			if n%3 == 0 {
				return errors.New("500")
			}
			return nil
		},
		"429 for minutes": func(n int) error {
			if time.Now().Minute()%10 < 4 {
				return &event.Later{After: 20 * time.Second, Err: errors.New("429")}
			}
			return nil
		},
		"killed every other five minutes": func(n int) error {
			if time.Now().Minute()/5%2 == 0 {
				return errors.New("connection refused")
			}
			return nil
		},
		"garbage in bursts": func(n int) error {
			if n/40%2 == 0 {
				return errors.New("the answer is no JSON")
			}
			return nil
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				h := open(t, "faulty", "well")
				defer h.stop()
				faulty, well := h.sinks[topic("faulty")], h.sinks[topic("well")]
				faulty.takes(event.Capacity{Batch: 3, Calls: 2}, 0)
				n := 0
				faulty.script(func(event.Delivery) error { n++; return fault(n) })
				var ids []message.ID
				for range 120 {
					ids = append(ids, h.send())
					time.Sleep(30 * time.Second)
				}
				settle()
				if well.total() != 3*len(ids) {
					t.Errorf("the other target has %d of %d", well.total(), 3*len(ids))
				}
				faulty.script(nil)
				pass(30 * time.Minute)
				for _, id := range ids {
					if got := faulty.seen(id); got != whole {
						t.Fatalf("%s saw %q", id, got)
					}
				}
				h.wantNothingWaits()
			})
		})
	}
}

func TestTargetWithoutASinkStaysInTheJournal(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := open(t, "a")
		defer h.stop()
		delete(h.sinks, topic("a"))
		id := h.send()
		settle()
		h.wantNothingWaits()
		list, err := h.Events(t.Context(), event.Mark{}, event.Search{Limit: 10})
		must(t, err)
		var seen []string
		for _, e := range list {
			if e.MessageID == id {
				seen = append(seen, strings.TrimPrefix(e.Type, "TEXT_"))
			}
		}
		if got := strings.Join(seen, " "); got != whole {
			t.Errorf("the journal has %q", got)
		}
	})
}
