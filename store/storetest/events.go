package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/event"
	"heliograph/message"
	"heliograph/resource/configset"
)

const (
	topicA = "arn:aws:sns:us-east-1:000000000000:a"
	topicB = "arn:aws:sns:us-east-1:000000000000:b"
)

// watch makes the configuration set that messages of the suite name, with a
// destination for all events and one for wantsDeliveries.
func watch(t *testing.T, f *fixture, destinations ...configset.Destination) {
	t.Helper()
	m := newMessage(t, 1)
	view, err := f.ConfigurationSets(t.Context(), m.Scope)
	must(t, err)
	must(t, f.ChangeConfigurationSets(t.Context(), configset.Change{Scope: m.Scope, Revision: view.Revision,
		Put: []configset.Set{{Name: m.ConfigurationSet, Destinations: destinations, CreatedAt: noon}}}))
}

var (
	wantsAll        = configset.Destination{Name: "all", Enabled: true, Kind: configset.SNS, ARN: topicA, Types: []api.EventType{api.EventTypeAll}}
	wantsDeliveries = configset.Destination{Name: "good", Enabled: true, Kind: configset.SNS, ARN: topicB, Types: []api.EventType{api.EventTypeTextDelivered}}
)

// waiting are the types of a message's events that wait for a topic.
func waiting(t *testing.T, f *fixture, m *message.Message, topic string) string {
	t.Helper()
	list, err := f.Outbox(t.Context(), event.Key{Target: event.Target{Scope: m.Scope, ARN: topic}}, 1000)
	must(t, err)
	var types []string
	for _, e := range list {
		if e.Event.MessageID == m.ID {
			types = append(types, e.Type)
		}
	}
	return strings.Join(types, " ")
}

func wantWaiting(t *testing.T, f *fixture, m *message.Message, topic, want string) {
	t.Helper()
	if got := waiting(t, f, m, topic); got != want {
		t.Errorf("for %s wait %q, want %q", topic, got, want)
	}
}

func testEventsOfOnePart(t *testing.T, f *fixture) {
	watch(t, f, wantsAll, wantsDeliveries)
	m := accepted(t, f, 1)
	wantWaiting(t, f, m, topicA, "TEXT_QUEUED")
	submit(t, f, m, 1, "c1")
	f.DB = f.start(t) // the rest is known from the database alone
	receive(t, f, m, "c1", message.Delivered, message.Matched)
	receive(t, f, m, "c1", message.Delivered, message.Repeated)
	wantWaiting(t, f, m, topicA, "TEXT_QUEUED TEXT_SUCCESSFUL TEXT_DELIVERED")
	wantWaiting(t, f, m, topicB, "TEXT_DELIVERED")
	list, err := f.Outbox(t.Context(), event.Key{Target: event.Target{Scope: m.Scope, ARN: topicB}}, 10)
	must(t, err)
	if e := list[0]; e.Message == nil || e.Message.ID != m.ID || e.Destination != "good" || !e.At.Equal(later(noon.Add(time.Minute), m.AcceptedAt)) || e.ConfigurationSet != m.ConfigurationSet {
		t.Errorf("entry %+v", e)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// testEventsAreToldInTimesOrder has a receipt overtake the response.
func testEventsAreToldInTimesOrder(t *testing.T, f *fixture) {
	watch(t, f, wantsAll)
	for _, restart := range []bool{false, true} {
		m := accepted(t, f, 2)
		submit(t, f, m, 1, "early"+m.ID.String())
		if restart {
			f.DB = f.start(t)
		}
		must(t, f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: 2, Parts: 2, Carrier: m.Carrier, CarrierMessageID: "x", At: m.AcceptedAt.Add(-time.Hour)}))
		list, err := f.MessageEvents(t.Context(), m.ID)
		must(t, err)
		for i, e := range list[1:] {
			if e.At.Before(list[i].At) {
				t.Errorf("%s is told to have happened at %v, before %s at %v", e.Type, e.At, list[i].Type, list[i].At)
			}
		}
	}
}

func testEventsOfSeveralParts(t *testing.T, f *fixture) {
	watch(t, f, wantsAll)
	m := accepted(t, f, 3)
	submit(t, f, m, 1, "p1")
	submit(t, f, m, 2, "p2")
	wantWaiting(t, f, m, topicA, "TEXT_QUEUED TEXT_PENDING")
	submit(t, f, m, 3, "p3")
	receive(t, f, m, "p2", message.Blocked, message.Matched)
	receive(t, f, m, "p1", message.Spam, message.Matched) // the message has failed already
	receive(t, f, m, "p3", message.Delivered, message.Matched)
	wantWaiting(t, f, m, topicA, "TEXT_QUEUED TEXT_PENDING TEXT_SUCCESSFUL TEXT_BLOCKED")
	wantState(t, f, m, message.Blocked)
}

func testEventsOfEnds(t *testing.T, f *fixture) {
	watch(t, f, wantsAll)
	refused := accepted(t, f, 2)
	must(t, f.Ended(t.Context(), message.Ending{ID: refused.ID, State: message.InvalidMessage, At: noon}))
	wantWaiting(t, f, refused, topicA, "TEXT_QUEUED TEXT_INVALID_MESSAGE")
	late := accepted(t, f, 1)
	submit(t, f, late, 1, "late")
	must(t, f.Ended(t.Context(), message.Ending{ID: late.ID, State: message.Unknown, At: noon}))
	receive(t, f, late, "late", message.Delivered, message.Matched)
	wantWaiting(t, f, late, topicA, "TEXT_QUEUED TEXT_SUCCESSFUL TEXT_UNKNOWN TEXT_DELIVERED")
	final := accepted(t, f, 1)
	must(t, f.Submitted(t.Context(), message.Submission{ID: final.ID, Part: 1, Carrier: final.Carrier, At: noon, Final: true}))
	wantWaiting(t, f, final, topicA, "TEXT_QUEUED TEXT_SUCCESSFUL")
}

func testEventsFollowTheSet(t *testing.T, f *fixture) {
	m := accepted(t, f, 1) // before there is a set
	watch(t, f, wantsAll)
	submit(t, f, m, 1, "c1")
	wantWaiting(t, f, m, topicA, "TEXT_SUCCESSFUL")
	off := wantsAll
	off.Enabled = false
	watch(t, f, off, wantsDeliveries)
	receive(t, f, m, "c1", message.Delivered, message.Matched)
	wantWaiting(t, f, m, topicA, "TEXT_SUCCESSFUL")
	wantWaiting(t, f, m, topicB, "TEXT_DELIVERED")
	plain := newMessage(t, 1)
	plain.ConfigurationSet = ""
	must(t, f.Accept(t.Context(), plain))
	wantWaiting(t, f, plain, topicA, "")
	if list, err := f.MessageEvents(t.Context(), plain.ID); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func testSettledEventsLeaveAndDeadOnesComeBack(t *testing.T, f *fixture) {
	watch(t, f, wantsAll, wantsDeliveries)
	m := accepted(t, f, 1)
	submit(t, f, m, 1, "c1")
	receive(t, f, m, "c1", message.Delivered, message.Matched)
	target := event.Target{Scope: m.Scope, ARN: topicA}
	list, err := f.Outbox(t.Context(), event.Key{Target: target}, 2)
	must(t, err)
	must(t, f.Settle(t.Context(), []event.Settlement{{Key: list[0].Key}, {Key: list[1].Key, Cause: "403", At: noon}}))
	wantWaiting(t, f, m, topicA, "TEXT_DELIVERED")
	wantWaiting(t, f, m, topicB, "TEXT_DELIVERED")
	rest, err := f.Outbox(t.Context(), list[1].Key, 2)
	must(t, err)
	if len(rest) != 1 || rest[0].Type != "TEXT_DELIVERED" {
		t.Errorf("after the second: %+v", rest)
	}
	dead, err := f.DeadEvents(t.Context(), event.Key{}, 10)
	must(t, err)
	if len(dead) != 1 || dead[0].Cause != "403" || dead[0].Type != "TEXT_SUCCESSFUL" || dead[0].Key != list[1].Key || !dead[0].DeadAt.Equal(noon) {
		t.Errorf("dead %+v", dead)
	}
	for i, want := range []int{1, 0} {
		if n, err := f.Replay(t.Context(), topicA); err != nil || n != want {
			t.Errorf("replay %d: %d, %v", i, n, err)
		}
	}
	wantWaiting(t, f, m, topicA, "TEXT_SUCCESSFUL TEXT_DELIVERED")
	lags, err := f.Lags(t.Context())
	must(t, err)
	if len(lags) != 2 || lags[0].Waiting != 2 || !lags[0].Since.Equal(m.AcceptedAt) || lags[1].Waiting != 1 {
		t.Errorf("lags %+v", lags)
	}
	targets, err := f.Targets(t.Context())
	must(t, err)
	if !slices.Equal(targets, []event.Target{target, {Scope: m.Scope, ARN: topicB}}) {
		t.Errorf("targets %+v", targets)
	}
}

func testJournalIsReadByTime(t *testing.T, f *fixture) {
	watch(t, f, wantsAll)
	for i := range 3 {
		m := accepted(t, f, 1)
		submit(t, f, m, 1, fmt.Sprint("j", i))
	}
	var mark event.Mark
	var seen []string
	for {
		list, err := f.Events(t.Context(), mark, event.Search{Limit: 2})
		must(t, err)
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			seen = append(seen, e.Type)
			if e.Message == nil {
				t.Errorf("%+v has no message", e)
			}
		}
		last := list[len(list)-1]
		mark = event.Mark{At: last.At, MessageID: last.MessageID, Place: last.Place}
	}
	if len(seen) != 6 {
		t.Errorf("seen %v", seen)
	}
	if list, err := f.Events(t.Context(), event.Mark{}, event.Search{Account: "999999999999", Limit: 2}); err != nil || len(list) != 0 {
		t.Errorf("of nobody: %v, %v", list, err)
	}
}

// testEventsTellTheStatesInOrder drives a message by any news in any order, with
// restarts in between: its events are the states that it went through, each once
// and none before one that was told already.
func testEventsTellTheStatesInOrder(t *testing.T, f *fixture) {
	watch(t, f, wantsAll)
	rapid.Check(t, func(r *rapid.T) {
		parts := rapid.IntRange(1, 3).Draw(r, "parts")
		m := accepted(t, f, parts)
		told := []string{"TEXT_QUEUED"}
		for range rapid.IntRange(0, 8).Draw(r, "news") {
			part := rapid.IntRange(1, parts).Draw(r, "part")
			id := fmt.Sprint(m.ID, part)
			switch rapid.IntRange(0, 3).Draw(r, "kind") {
			case 0:
				submit(t, f, m, part, id)
			case 1:
				_, err := f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: id, At: noon,
					State: rapid.SampledFrom([]message.State{message.Submitted, message.Delivered, message.Unknown, message.Blocked}).Draw(r, "said")})
				must(t, err)
			case 2:
				must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, Part: part, State: message.Expired, At: noon}))
			case 3:
				f.DB = f.start(t)
			}
			told = goesOn(r, told, types(t, f, m), stored(t, f, m.ID).State)
		}
	})
}

// types are the types of a message's events, in order.
func types(t *testing.T, f *fixture, m *message.Message) (list []string) {
	t.Helper()
	events, err := f.MessageEvents(t.Context(), m.ID)
	must(t, err)
	for _, e := range events {
		list = append(list, e.Type)
	}
	return list
}

// goesOn checks that a message's events go on from those that were told, and tell
// the state that it is in now.
func goesOn(r *rapid.T, told, now []string, state message.State) []string {
	if len(now) < len(told) || !slices.Equal(now[:len(told)], told) {
		r.Fatalf("events %v became %v", told, now)
	}
	if len(now) != len(slices.Compact(slices.Sorted(slices.Values(now)))) {
		r.Fatalf("an event came twice: %v", now)
	}
	want := "TEXT_" + state.String()
	if state == message.Submitted {
		want = "TEXT_SUCCESSFUL"
	}
	// How it failed is told once; a late delivery alone is told after that.
	if !slices.Contains(now, want) && !(failed(now) && state != message.Delivered) {
		r.Fatalf("%s is not told: %v", want, now)
	}
	return now
}

// failed says whether one of the events is of an end that was no success.
func failed(events []string) bool {
	return slices.ContainsFunc(events, func(e string) bool {
		return e != "TEXT_QUEUED" && e != "TEXT_PENDING" && e != "TEXT_SUCCESSFUL" && e != "TEXT_DELIVERED"
	})
}
