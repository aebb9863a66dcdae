package storetest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
	"heliograph/store"
)

// RunHandsets runs the suite of what the simulated carrier keeps.
func RunHandsets(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *fixture){
		"HandsetMessagesComeBackWhole":    testHandsetMessagesComeBackWhole,
		"HandsetMessagesAreChosen":        testHandsetMessagesAreChosen,
		"HandsetBacklogSurvivesRestart":   testHandsetBacklogSurvivesRestart,
		"HandsetIDsNeverComeTwice":        testHandsetIDsNeverComeTwice,
		"OldestHandsetMessagesMakeRoom":   testOldestHandsetMessagesMakeRoom,
		"SettledDeliveriesAreForgotten":   testSettledDeliveriesAreForgotten,
		"HandsetPartIsReplaced":           testHandsetPartIsReplaced,
		"HandsetsAreListedByAccount":      testHandsetsAreListedByAccount,
		"ManyHandsetRowsFitIntoOneChange": testManyHandsetRowsFitIntoOneChange,
	} {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, open)) })
	}
}

var _ simulator.Store = (*store.DB)(nil)

func moment(s int) time.Time { return time.Date(2026, 3, 1, 12, 0, s, 5e6, time.UTC) }

func shownOn(handset, account, body string) *simulator.Message {
	return &simulator.Message{
		Account: account, Handset: handset, Direction: simulator.ToHandset, From: "SENDER", To: handset,
		FromKind: carrier.Alphanumeric, Body: body, Encoding: "GSM", Parts: 1, ReceivedAt: moment(1),
		TLVs: map[string]string{}, System: "heliograph",
	}
}

func save(t *testing.T, f *fixture, changes ...*simulator.Change) {
	t.Helper()
	must(t, f.SaveHandsets(t.Context(), changes))
}

func bodies(t *testing.T, f *fixture, q simulator.Query) (list []string) {
	t.Helper()
	found, err := f.HandsetMessages(t.Context(), q)
	must(t, err)
	for _, m := range found {
		list = append(list, m.Body)
	}
	return list
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func testHandsetMessagesComeBackWhole(t *testing.T, f *fixture) {
	m := shownOn("+33600000001", "000000000000", "grüß Gott €😀")
	m.MessageID, m.TLVs = "018f0000-0000-7000-8000-000000000001", map[string]string{"1400": "3132", "1401": ""}
	save(t, f, &simulator.Change{Message: m})
	found, err := f.HandsetMessages(t.Context(), simulator.Query{})
	must(t, err)
	same(t, "messages", found, []simulator.Message{*m})
}

func testHandsetMessagesAreChosen(t *testing.T, f *fixture) {
	answer := shownOn("+33600000001", "a", "three")
	answer.Direction, answer.From = simulator.FromHandset, "+33600000001"
	save(t, f,
		&simulator.Change{Message: shownOn("+33600000001", "a", "one")},
		&simulator.Change{Message: shownOn("+33600000002", "b", "two")},
		&simulator.Change{Message: answer})
	for name, c := range map[string]struct {
		q    simulator.Query
		want []string
	}{
		"all":       {simulator.Query{}, []string{"one", "two", "three"}},
		"account":   {simulator.Query{Account: "b"}, []string{"two"}},
		"handset":   {simulator.Query{Handset: "+33600000001"}, []string{"one", "three"}},
		"after":     {simulator.Query{After: 1}, []string{"two", "three"}},
		"from":      {simulator.Query{From: "SENDER"}, []string{"one", "two"}},
		"direction": {simulator.Query{Direction: simulator.FromHandset}, []string{"three"}},
		"newest":    {simulator.Query{Newest: true, Limit: 2}, []string{"three", "two"}},
	} {
		same(t, name, bodies(t, f, c.q), c.want)
	}
	must(t, f.ClearHandsets(t.Context(), "a", "+33600000001"))
	same(t, "after clearing one", bodies(t, f, simulator.Query{}), []string{"two"})
	must(t, f.ClearHandsets(t.Context(), "", ""))
	same(t, "after clearing all", bodies(t, f, simulator.Query{}), []string(nil))
}

func testHandsetBacklogSurvivesRestart(t *testing.T, f *fixture) {
	part := simulator.Part{SMSC: "sim", Key: "k", Number: 2, Total: 3, Coding: 8, Data: []byte{0, 65}, At: moment(2)}
	due := &simulator.Delivery{SMSC: "sim", System: "heliograph", DueAt: moment(9), PDU: []byte{1, 2, 3}}
	m := shownOn("+33600000001", "a", "one")
	m.MessageID = "018f0000-0000-7000-8000-000000000001"
	rules := []simulator.Rule{{Prefix: "+1", Outcome: simulator.Expired, ReceiptDelay: simulator.Delay(time.Second)}}
	save(t, f, &simulator.Change{Part: &part, Message: m, Deliveries: []*simulator.Delivery{due}},
		&simulator.Change{Deliveries: []*simulator.Delivery{{SMSC: "other", System: "x", DueAt: moment(1), PDU: []byte{9}}}})
	must(t, f.SaveHandsetRules(t.Context(), "a", rules))
	must(t, f.Stop(t.Context()))
	left, err := f.start(t).HandsetBacklog(t.Context(), "sim")
	must(t, err)
	same(t, "backlog", left, simulator.Backlog{
		Parts: []simulator.Part{part}, Deliveries: []*simulator.Delivery{due},
		Shown: []string{m.MessageID}, Rules: map[string][]simulator.Rule{"a": rules},
	})
}

func testHandsetIDsNeverComeTwice(t *testing.T, f *fixture) {
	first, second := shownOn("+33600000001", "a", "one"), shownOn("+33600000001", "a", "two")
	save(t, f, &simulator.Change{Message: first})
	must(t, f.ClearHandsets(t.Context(), "", ""))
	save(t, f, &simulator.Change{Message: second})
	if second.ID <= first.ID {
		t.Errorf("id %d follows %d", second.ID, first.ID)
	}
}

func testOldestHandsetMessagesMakeRoom(t *testing.T, f *fixture) {
	const step = 5000
	changes := make([]*simulator.Change, step)
	for total := 0; total < simulator.Kept+step; total += step {
		for i := range changes {
			changes[i] = &simulator.Change{Message: shownOn("+33600000001", "a", "x")}
		}
		save(t, f, changes...)
	}
	list, err := f.Handsets(t.Context(), "")
	must(t, err)
	if len(list) != 1 || list[0].Messages != simulator.Kept {
		t.Errorf("got %v, want %d messages", list, simulator.Kept)
	}
	oldest, err := f.HandsetMessages(t.Context(), simulator.Query{Limit: 1})
	must(t, err)
	same(t, "oldest", oldest[0].ID, int64(step+1))
}

func testSettledDeliveriesAreForgotten(t *testing.T, f *fixture) {
	var deliveries []*simulator.Delivery
	for range 3 {
		deliveries = append(deliveries, &simulator.Delivery{SMSC: "sim", System: "s", DueAt: moment(1), PDU: []byte{1}})
	}
	old := simulator.Part{SMSC: "sim", Key: "old", Number: 1, Total: 2, Data: []byte{1}, At: moment(1)}
	young := simulator.Part{SMSC: "sim", Key: "young", Number: 1, Total: 2, Data: []byte{1}, At: moment(30)}
	save(t, f, &simulator.Change{Deliveries: deliveries, Part: &old}, &simulator.Change{Part: &young})
	must(t, f.SettleHandsets(t.Context(), "sim", []int64{deliveries[0].ID, deliveries[2].ID}, moment(20)))
	left, err := f.HandsetBacklog(t.Context(), "sim")
	must(t, err)
	same(t, "deliveries", left.Deliveries, deliveries[1:2])
	same(t, "parts", left.Parts, []simulator.Part{young})
}

func testHandsetPartIsReplaced(t *testing.T, f *fixture) {
	p := simulator.Part{SMSC: "sim", Key: "k", Number: 1, Total: 2, Data: []byte{}, At: moment(1)}
	other := p
	other.Number, other.Data = 2, []byte{7}
	save(t, f, &simulator.Change{Part: &p}, &simulator.Change{Part: &other})
	p.Data, p.At = []byte{8}, moment(2)
	save(t, f, &simulator.Change{Forget: "k", Part: &p})
	left, err := f.HandsetBacklog(t.Context(), "sim")
	must(t, err)
	same(t, "parts", left.Parts, []simulator.Part{p})
}

func testHandsetsAreListedByAccount(t *testing.T, f *fixture) {
	later := shownOn("+33600000001", "a", "two")
	later.ReceivedAt = moment(7)
	save(t, f,
		&simulator.Change{Message: shownOn("+33600000001", "a", "one")},
		&simulator.Change{Message: later},
		&simulator.Change{Message: shownOn("+1206", "b", "three")})
	want := map[string][]simulator.Handset{
		"":  {{Number: "+1206", Messages: 1, LastMessageAt: moment(1)}, {Number: "+33600000001", Messages: 2, LastMessageAt: moment(7)}},
		"a": {{Number: "+33600000001", Messages: 2, LastMessageAt: moment(7)}},
		"c": nil,
	}
	for _, account := range slices.Sorted(maps.Keys(want)) {
		list, err := f.Handsets(t.Context(), account)
		must(t, err)
		same(t, "handsets of "+account, list, want[account])
	}
}

func testManyHandsetRowsFitIntoOneChange(t *testing.T, f *fixture) {
	var changes []*simulator.Change
	var want []string
	for i := range 257 {
		want = append(want, fmt.Sprint(i))
		changes = append(changes, &simulator.Change{Message: shownOn("+33600000001", "a", fmt.Sprint(i))})
	}
	save(t, f, changes...)
	same(t, "bodies", bodies(t, f, simulator.Query{}), want)
	for i, c := range changes {
		same(t, "id", c.Message.ID, int64(i+1))
	}
}
