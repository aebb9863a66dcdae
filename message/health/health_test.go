package health_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"heliograph/message"
	"heliograph/message/health"
	"heliograph/message/route"
	"heliograph/resource/origination"
)

var rules = health.Rules{Minimum: 20, Window: 15 * time.Minute, Ratio: 0.5, Latency: time.Minute}

// world is a clock and a monitor.
type world struct {
	*health.Monitor
	now  time.Time
	sent int
}

func newWorld(r health.Rules) *world {
	w := &world{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	w.Monitor = &health.Monitor{Rules: func() (health.Rules, bool) { return r, true }, Now: func() time.Time { return w.now }}
	return w
}

// submit hands a message to a carrier and gives the id that its receipt bears.
func (w *world) submit(carrier, iso string, origin message.Origin) string {
	w.sent++
	id := fmt.Sprint(w.sent)
	m := &message.Message{ID: uuid.Must(uuid.NewV7()), Country: iso, Origin: origin}
	w.Submitted(m, message.Submission{ID: m.ID, Part: 1, Parts: 1, Carrier: carrier, CarrierMessageID: id})
	return id
}

func (w *world) receipt(carrier, id string, s message.State) {
	w.Receipt(message.Receipt{Carrier: carrier, CarrierMessageID: id, State: s})
}

// Proves(route): health: what is well is told of too: messages judged and arrived, and how long receipts take.
func TestWhatIsWellIsToldWithItsLatency(t *testing.T) {
	w := newWorld(rules)
	for n := range 10 {
		id := w.submit("a", "FR", message.Origin{})
		w.now = w.now.Add(3 * time.Second)
		state := message.Delivered
		if n == 9 {
			state = message.Unknown
		}
		w.receipt("a", id, state)
	}
	w.submit("a", "FR", message.Origin{})
	want := health.Standing{Name: "a", Country: "FR", Judged: 10, Arrived: 9, Waiting: 1, Well: true, Latency: 3 * time.Second}
	if list := w.Carriers().List(); len(list) != 1 || list[0] != want {
		t.Errorf("%+v, want %+v", list, want)
	}
}

// Proves(route): the silent outage: a carrier that takes all and delivers nothing to a country is passed over there, and gets its traffic back.
func TestSilentOutageTurnsTrafficToAnotherCarrierAndBack(t *testing.T) {
	w := newWorld(rules)
	c := &route.Carriers{
		All:    []route.Carrier{{Name: "a"}, {Name: "b"}},
		Routes: []route.Route{{Groups: [][]route.Weighted{{{Carrier: "a", Weight: 1}}, {{Carrier: "b", Weight: 1}}}}},
	}
	r := route.Router{Carriers: func() *route.Carriers { return c }, Delivery: w.Carriers(), Senders: w.Identities()}
	var turned []string
	w.Turned = func(identity bool, s health.Standing) {
		turned = append(turned, fmt.Sprint(identity, s.Name, s.Country, s.Well))
	}
	dead := false // a takes everything and delivers nothing
	count := map[string]int{}
	phase := func(name string, messages int, check func() bool) {
		t.Helper()
		clear(count)
		for n := range messages {
			w.now = w.now.Add(time.Second)
			d, err := r.Choose(message.Request{
				Named: message.Named{Text: "Any"}, To: "+33700000000", Country: "FR", Draw: uint64(w.sent),
			}, &origination.View{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			count[d.Carrier]++
			id := w.submit(d.Carrier, "FR", d.Origin)
			if !dead || d.Carrier == "b" {
				w.receipt(d.Carrier, id, message.Delivered)
			}
			if check != nil && check() {
				t.Logf("%s: after %d messages, %v", name, n+1, count)
				return
			}
		}
		if check != nil {
			t.Fatalf("%s: never, %v; %+v", name, count, w.Carriers().List())
		}
	}
	phase("well", 200, nil)
	if count["a"] != 200 {
		t.Fatalf("well: %v", count)
	}
	dead = true
	phase("outage is noticed", 1000, func() bool { return !w.Carriers().Well("a", "FR") })
	if !w.Carriers().Well("a", "DE") || !w.Carriers().Well("b", "FR") {
		t.Error("another country or carrier is not well")
	}
	phase("outage", 1000, nil)
	if share := count["a"]; share < 10 || share > 60 {
		t.Errorf("during the outage: %v; a is to get one in fifty, and one a while", count)
	}
	dead = false
	phase("recovery is noticed", 2000, func() bool { return w.Carriers().Well("a", "FR") })
	phase("well again", 100, nil)
	if count["a"] != 100 {
		t.Errorf("after recovery: %v", count)
	}
	if got := fmt.Sprint(turned); got != "[falseaFRfalse falseaFRtrue]" {
		t.Errorf("told of %s", got)
	}
}

// Proves(route): health: fewer messages than the minimum sample say nothing.
func TestTooFewMessagesSayNothing(t *testing.T) {
	w := newWorld(rules)
	for range rules.Minimum - 1 {
		w.submit("a", "FR", message.Origin{})
	}
	w.now = w.now.Add(rules.Latency)
	if !w.Carriers().Well("a", "FR") {
		t.Errorf("judged by %+v", w.Carriers().List())
	}
	w.submit("a", "FR", message.Origin{})
	if w.now = w.now.Add(rules.Latency); w.Carriers().Well("a", "FR") {
		t.Errorf("not judged by %+v", w.Carriers().List())
	}
}

// Proves(route): health: what is older than the window is forgotten.
func TestWhatIsOlderThanTheWindowIsForgotten(t *testing.T) {
	w := newWorld(rules)
	for range 3 {
		for range rules.Minimum - 1 {
			w.submit("a", "FR", message.Origin{})
		}
		w.now = w.now.Add(rules.Latency)
		if !w.Carriers().Well("a", "FR") {
			t.Fatalf("judged by %+v", w.Carriers().List())
		}
		w.now = w.now.Add(rules.Window + rules.Window/10)
	}
}

// Proves(route): health: a receipt later than `receipt_latency` counts as missing.
func TestLateReceiptsCountAsMissing(t *testing.T) {
	w := newWorld(rules)
	var ids []string
	for range rules.Minimum {
		ids = append(ids, w.submit("a", "FR", message.Origin{}))
	}
	w.now = w.now.Add(rules.Latency)
	for _, id := range ids {
		w.receipt("a", id, message.Delivered)
	}
	if w.Carriers().Well("a", "FR") {
		t.Errorf("judged by %+v", w.Carriers().List())
	}
}

// What a receipt says of the carrier and of the sender that it had.
// Proves(route): health: receipts judge the carrier, or the pool member, by what they say.
func TestReceiptsJudgeCarrierAndSenderEachForItsOwn(t *testing.T) {
	origin := message.Origin{Identity: "SENDER", Pool: "pool-1"}
	for _, c := range []struct {
		state           message.State
		carrier, sender bool
	}{
		{state: message.Delivered, carrier: true, sender: true},
		{state: message.Invalid, carrier: true, sender: true},
		{state: message.Unreachable, carrier: true, sender: true},
		{state: message.Blocked, carrier: true, sender: true},
		{state: message.CarrierBlocked, carrier: true},
		{state: message.Spam, carrier: true},
		{state: message.CarrierUnreachable},
		{state: message.Unknown},
		{state: message.Expired},
	} {
		w := newWorld(rules)
		for range rules.Minimum {
			id := w.submit("a", "FR", origin)
			w.receipt("a", id, message.Submitted) // an intermediate one says nothing
			w.receipt("a", id, c.state)
		}
		if w.Carriers().Well("a", "FR") != c.carrier || w.Identities().Well("SENDER", "FR") != c.sender {
			t.Errorf("%s: carrier %+v, sender %+v", c.state, w.Carriers().List(), w.Identities().List())
		}
	}
	w := newWorld(rules)
	for range rules.Minimum {
		w.receipt("a", w.submit("a", "FR", message.Origin{Identity: "SENDER"}), message.Unknown)
	}
	if !w.Identities().Well("SENDER", "FR") || w.Identities().List() != nil {
		t.Error("an identity outside of any pool is judged")
	}
}

func TestOneReceiptOfAnyPartJudgesTheMessage(t *testing.T) {
	for answered := 1; answered <= 3; answered++ {
		w := newWorld(rules)
		for n := range rules.Minimum {
			m := &message.Message{ID: uuid.Must(uuid.NewV7()), Country: "FR"}
			for part := 1; part <= 3; part++ {
				id := fmt.Sprint(n, ".", part)
				w.Submitted(m, message.Submission{ID: m.ID, Part: part, Parts: 3, Carrier: "a", CarrierMessageID: id})
				if part == answered {
					w.receipt("a", id, message.Delivered)
				}
			}
		}
		w.now = w.now.Add(2 * rules.Latency)
		if list := w.Carriers().List(); len(list) != 1 || list[0].Judged != rules.Minimum || list[0].Arrived != rules.Minimum || list[0].Waiting != 0 {
			t.Errorf("part %d answered: %+v", answered, list)
		}
	}
}

// Proves(route): health: without `health:` nothing is judged, nor a carrier without receipts.
func TestNothingIsFollowedWithoutRulesOrReceipts(t *testing.T) {
	w := newWorld(rules)
	for n := range rules.Minimum {
		w.Submitted(&message.Message{Country: "FR"}, message.Submission{
			Part: 1, Parts: 1, Carrier: "mute", CarrierMessageID: fmt.Sprint(n), Final: true,
		})
	}
	w.now = w.now.Add(rules.Latency)
	if w.Carriers().List() != nil {
		t.Errorf("a carrier without receipts is followed: %+v", w.Carriers().List())
	}
	w.Rules = func() (health.Rules, bool) { return health.Rules{}, false }
	w.submit("a", "FR", message.Origin{})
	if w.Carriers().List() != nil || !w.Carriers().Well("a", "FR") || w.Carriers().Probe("a", "FR", 0) {
		t.Error("something is judged without rules")
	}
}

func TestReceiptsThatComeBeforeTheirSubmissionCount(t *testing.T) {
	w := newWorld(rules)
	for range rules.Minimum {
		for n := range 50 {
			w.receipt("a", fmt.Sprint(w.sent+n+1), message.Delivered)
		}
		for range 50 {
			w.submit("a", "FR", message.Origin{})
		}
	}
	if list := w.Carriers().List(); list[0].Judged != 50*rules.Minimum || list[0].Arrived != list[0].Judged || list[0].Waiting != 0 {
		t.Errorf("%+v", list)
	}
}

func TestNoMoreThanASampleIsHeldInMemory(t *testing.T) {
	w := newWorld(rules)
	for range 20_000 {
		w.submit("a", "FR", message.Origin{})
	}
	if list := w.Carriers().List(); list[0].Waiting != 4096 {
		t.Errorf("%+v", list)
	}
}

// Whatever happened before: once everything arrives again, a carrier that gets
// only its probes is well within a bounded number of messages, and the counts
// agree with what was sent.
// Proves(route): health: whatever came before, a carrier that delivers again is well again within a bounded number of messages.
func TestRecoveryAlwaysShows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := health.Rules{
			Minimum: rapid.IntRange(1, 200).Draw(rt, "minimum"), Window: time.Duration(rapid.IntRange(1, 60).Draw(rt, "window")) * time.Minute,
			Ratio: rapid.Float64Range(0.01, 1).Draw(rt, "ratio"), Latency: time.Duration(rapid.IntRange(1, 600).Draw(rt, "latency")) * time.Second,
		}
		w := newWorld(r)
		states := rapid.SampledFrom([]message.State{message.Delivered, message.Unknown, message.Queued})
		for range rapid.IntRange(0, 600).Draw(rt, "messages") {
			id := w.submit("a", "FR", message.Origin{})
			if s := states.Draw(rt, "state"); s != message.Queued {
				w.receipt("a", id, s)
			}
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "pause")) * time.Second)
		}
		for n := range 20_000 {
			if list := w.Carriers().List(); len(list) == 1 && (list[0].Waiting < 0 || list[0].Arrived < 0 || list[0].Judged < list[0].Arrived) {
				rt.Fatalf("counts %+v", list)
			}
			if w.Carriers().Well("a", "FR") && n > 3*r.Minimum {
				return
			}
			if w.Carriers().Well("a", "FR") || w.Carriers().Probe("a", "FR", uint64(n)) {
				w.receipt("a", w.submit("a", "FR", message.Origin{}), message.Delivered)
			}
			w.now = w.now.Add(time.Second)
		}
		rt.Fatalf("never well again: %+v", w.Carriers().List())
	})
}

func BenchmarkMonitor(b *testing.B) {
	w := newWorld(rules)
	m := &message.Message{ID: uuid.Must(uuid.NewV7()), Country: "FR"}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		id := fmt.Sprint(n)
		w.Carriers().Well("a", "FR")
		w.Submitted(m, message.Submission{ID: m.ID, Part: 1, Parts: 1, Carrier: "a", CarrierMessageID: id})
		w.receipt("a", id, message.Delivered)
	}
}
