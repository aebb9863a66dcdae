package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/carrier"
	"heliograph/event"
	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
	"heliograph/resource/keyword"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
)

const (
	person = "+14255550123"
	line   = "phone-00000000000000000000000000000001"
)

// part is what a handset sent, on disk.
func part(t *testing.T, f *fixture, text string) message.Inbound {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	in := message.Inbound{ID: id, Scope: shop, Carrier: "acme", From: person, To: "+12065550142", At: noon,
		Segment: gsm.Segment{Data: []byte(text)}}
	must(t, f.PutInbound(t.Context(), in))
	return in
}

// said is what follows from a part, so far nothing.
func said(in message.Inbound) message.Conclusion {
	return message.Conclusion{At: noon.Add(time.Second), Number: line, Text: message.Text{
		ID: in.ID, Scope: in.Scope, Carrier: in.Carrier, From: in.From, To: in.To, Body: string(in.Segment.Data), Parts: []message.ID{in.ID}, At: in.At}}
}

// reply is a message from the line to the person.
func reply(t *testing.T, confirms bool) *message.Message {
	t.Helper()
	m := newMessage(t, 1)
	m.Scope, m.To, m.ConfigurationSet, m.OptOutList, m.Confirmation = shop, person, "", resource.DefaultOptOutList, confirms
	m.Origin = message.Origin{Kind: carrier.LongCode, Identity: line, Wire: "+12065550142"}
	return m
}

// listed says whether the person is on the list Default, and by whose will.
func listed(t *testing.T, f *fixture) string {
	t.Helper()
	found, err := f.OptedOutNumbers(t.Context(), shop, resource.DefaultOptOutList, []string{person})
	must(t, err)
	if len(found) == 0 {
		return "no"
	}
	return fmt.Sprint("by end user ", found[0].ByEndUser)
}

func concluded(t *testing.T, f *fixture, c message.Conclusion, want bool) {
	t.Helper()
	replied, err := f.Conclude(t.Context(), c)
	must(t, err)
	if replied != want {
		t.Errorf("%q is answered: %v", c.Text.Body, replied)
	}
	if c.Reply != nil {
		if _, found, err := f.Message(t.Context(), c.Reply.ID); err != nil || found != want {
			t.Errorf("%q: the reply is on disk: %v, %v", c.Text.Body, found, err)
		}
	}
}

// testTextIsConcludedOnce opts out, tells the channel and answers in one commit,
// and a repetition changes nothing.
func testTextIsConcludedOnce(t *testing.T, f *fixture) {
	in := part(t, f, "Stop")
	c := said(in)
	c.Keyword, c.OptOut, c.Channel, c.Payload = "STOP", resource.DefaultOptOutList, topicA, `{"messageBody":"Stop"}`
	c.Reply, c.BodyHash = reply(t, true), 1<<63+7
	concluded(t, f, c, true)
	again := c
	again.Reply = reply(t, true)
	concluded(t, f, again, false)
	if got := listed(t, f); got != "by end user true" {
		t.Errorf("on the list: %s", got)
	}
	entries, err := f.Outbox(t.Context(), event.Key{Target: event.Target{Scope: shop, ARN: topicA}}, 10)
	must(t, err)
	if len(entries) != 1 || entries[0].Payload != c.Payload || entries[0].Event.MessageID != in.ID || entries[0].Type != "" || entries[0].Destination != "" {
		t.Errorf("the channel hears %+v", entries)
	}
	select {
	case <-f.EventsWait():
	default:
		t.Error("nobody is told that an event waits")
	}
	kept, err := f.KeptInbound(t.Context())
	must(t, err)
	if len(kept) != 1 || !kept[0].Done {
		t.Errorf("kept %+v", kept)
	}
	past, err := f.AutomaticReplies(t.Context(), shop, line, person, noon.Add(-time.Hour))
	must(t, err)
	if want := []message.Answered{{At: c.Reply.AcceptedAt, BodyHash: c.BodyHash}}; !reflect.DeepEqual(past, want) {
		t.Errorf("replies %+v, want %+v", past, want)
	}
	several := part(t, f, "a part")
	several.ID, several.Segment.UDH = uuid.New(), []byte{5, 0, 3, 1, 2, 1}
	must(t, f.PutInbound(t.Context(), several))
	concluded(t, f, said(several), false)
	must(t, f.PurgeInbound(t.Context(), noon, noon.Add(time.Minute)))
	if kept, err := f.KeptInbound(t.Context()); err != nil || len(kept) != 2 || kept[0].ID != in.ID || kept[1].Done {
		t.Errorf("texts are kept longer than parts: %+v, %v", kept, err)
	}
	several.ID = uuid.New()
	must(t, f.PutInbound(t.Context(), several))
	concluded(t, f, said(several), false)
	must(t, f.PurgeInbound(t.Context(), noon.Add(time.Minute), noon))
	if kept, err := f.KeptInbound(t.Context()); err != nil || len(kept) != 2 {
		t.Errorf("kept for a while: %+v, %v", kept, err)
	}
	must(t, f.PurgeInbound(t.Context(), noon.Add(time.Minute), noon.Add(time.Minute)))
	if kept, err := f.KeptInbound(t.Context()); err != nil || len(kept) != 1 || kept[0].Done {
		t.Errorf("kept after a purge: %+v, %v", kept, err)
	}
}

// testManyTextsArePurged has more than one transaction deletes.
func testManyTextsArePurged(t *testing.T, f *fixture) {
	c := said(part(t, f, "hello"))
	for range 1200 {
		in := message.Inbound{ID: uuid.New(), Scope: shop, Carrier: "acme", From: person, To: "+12065550142", At: noon,
			Segment: gsm.Segment{Data: []byte("x")}}
		must(t, f.PutInbound(t.Context(), in))
		c.Text.Parts = append(c.Text.Parts, in.ID)
	}
	concluded(t, f, c, false)
	must(t, f.PurgeInbound(t.Context(), noon.Add(time.Minute), noon))
	if kept, err := f.KeptInbound(t.Context()); err != nil || len(kept) != 0 {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}

// testRefusedReplyLeavesTheRest has the spend limit and the opt-out list refuse
// the reply: what else follows from the text is written.
func testRefusedReplyLeavesTheRest(t *testing.T, f *fixture) {
	limit := int64(0)
	must(t, f.PutAccount(t.Context(), account.Account{ID: shop.Account, Tier: account.Production, TextSpendLimit: &limit}))
	c := said(part(t, f, "stop"))
	c.OptOut, c.Reply = resource.DefaultOptOutList, reply(t, true)
	c.Reply.Price = 1
	concluded(t, f, c, false)
	if got := listed(t, f); got != "by end user true" {
		t.Errorf("the spend limit kept the person off the list: %s", got)
	}
	c = said(part(t, f, "help"))
	c.Channel, c.Payload, c.Reply = topicB, "{}", reply(t, false)
	concluded(t, f, c, false) // they opted out
	if entries, err := f.Outbox(t.Context(), event.Key{Target: event.Target{Scope: shop, ARN: topicB}}, 10); err != nil || len(entries) != 1 {
		t.Errorf("the channel hears %+v, %v", entries, err)
	}
	if past, err := f.AutomaticReplies(t.Context(), shop, line, person, noon.Add(-24*time.Hour)); err != nil || len(past) != 0 {
		t.Errorf("replies that did not go: %v, %v", past, err)
	}
}

// testOptOutIsConfirmedOnce says it once, to who did it by themselves, and once
// more after an opt-in.
func testOptOutIsConfirmedOnce(t *testing.T, f *fixture) {
	stop := func(want bool) {
		t.Helper()
		c := said(part(t, f, "stop"))
		c.OptOut, c.Reply = resource.DefaultOptOutList, reply(t, true)
		concluded(t, f, c, want)
	}
	_, err := f.PutOptedOut(t.Context(), shop, resource.DefaultOptOutList, optout.Entry{Number: person, At: noon})
	must(t, err)
	stop(true) // the customer had put them there
	stop(false)
	c := said(part(t, f, "join"))
	c.OptIn, c.Reply = resource.DefaultOptOutList, reply(t, false)
	concluded(t, f, c, true)
	if got := listed(t, f); got != "no" {
		t.Errorf("after the opt-in: %s", got)
	}
	stop(true)
}

// testLastMessageIsFound finds it in memory and, after a restart, among the
// newest rows.
func testLastMessageIsFound(t *testing.T, f *fixture) {
	db := f.DB
	last := func(want message.ID) {
		t.Helper()
		got, found, err := db.LastMessage(t.Context(), shop, line, person)
		must(t, err)
		if found != (want != message.ID{}) || got != want {
			t.Errorf("found %v %s, want %s", found, got, want)
		}
	}
	last(message.ID{})
	first, second := reply(t, false), reply(t, false)
	must(t, f.Accept(t.Context(), first))
	last(first.ID)
	must(t, f.Accept(t.Context(), second))
	elsewhere, others := reply(t, false), reply(t, false)
	elsewhere.To, others.Origin.Identity = "+14255550199", "phone-2"
	must(t, f.Accept(t.Context(), elsewhere))
	must(t, f.Accept(t.Context(), others))
	last(second.ID)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	must(t, f.Stop(ctx))
	db = f.start(t)
	last(second.ID)
}

func testKeywordsComeBackWhole(t *testing.T, f *fixture) {
	put := []keyword.Keyword{
		{Identity: line, Text: "STOP", Message: "Bye.", Action: "OPT_OUT", CreatedAt: noon},
		{Identity: line, Text: "A B", Message: "Yes.", Action: "OPT_IN", CreatedAt: noon.Add(time.Second)},
	}
	must(t, f.ChangeKeywords(t.Context(), keyword.Change{Scope: shop, Put: put}))
	view := func(want ...keyword.Keyword) {
		t.Helper()
		got, err := f.Keywords(t.Context(), shop)
		must(t, err)
		if len(got.Keywords)+len(want) > 0 && !reflect.DeepEqual(got.Keywords, want) {
			t.Errorf("keywords\n%+v, want\n%+v", got.Keywords, want)
		}
	}
	view(put...)
	number := origination.PhoneNumber{ID: line, Number: "+12065550142", CreatedAt: noon}
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 1, PutNumbers: []origination.PhoneNumber{number},
		PutPools: []origination.Pool{{ID: "pool-1", CreatedAt: noon}}, CopyKeywords: []origination.KeywordCopy{{From: line, To: "pool-1"}}}))
	copied := []keyword.Keyword{put[0], put[0], put[1], put[1]}
	copied[1].Identity, copied[3].Identity = "pool-1", "pool-1"
	view(copied...)
	must(t, f.ChangeKeywords(t.Context(), keyword.Change{Scope: shop, Revision: 2, Drop: []keyword.Key{{Identity: "pool-1", Text: "STOP"}}}))
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 3, DropNumbers: []string{line}}))
	view(copied[3])
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 4, DropPools: []string{"pool-1"}}))
	view()
}

// testOptOutGoesOnTheListOfNow concludes a text by what a number was a moment ago:
// nothing is written, and neither is there where the list is gone.
func testOptOutGoesOnTheListOfNow(t *testing.T, f *fixture) {
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: []optout.List{{Name: "old"}, {Name: "new"}}}))
	number := origination.PhoneNumber{ID: line, Number: "+12065550142", CreatedAt: noon, Settings: origination.Settings{OptOutList: "new"}}
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 1, PutNumbers: []origination.PhoneNumber{number}}))
	c := said(part(t, f, "stop"))
	conclude := func(list string, in bool, want error) {
		t.Helper()
		c.OptOut, c.OptIn, c.Reply = list, "", reply(t, true)
		if in {
			c.OptOut, c.OptIn = "", list
		}
		replied, err := f.Conclude(t.Context(), c)
		if !errors.Is(err, want) || replied != (want == nil) {
			t.Errorf("list %s: replied %v, %v", list, replied, err)
		}
		if _, found, err := f.Message(t.Context(), c.Reply.ID); err != nil || found != (want == nil) {
			t.Errorf("list %s: the reply is on disk: %v, %v", list, found, err)
		}
	}
	conclude("old", false, api.ErrStale)
	conclude("old", true, api.ErrStale)
	if kept, err := f.KeptInbound(t.Context()); err != nil || len(kept) != 1 || kept[0].Done {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if out, err := f.OptedOutNumbers(t.Context(), shop, "old", []string{person}); err != nil || len(out) != 0 {
		t.Errorf("on the old list: %v, %v", out, err)
	}
	conclude("new", false, nil)
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 2, DropNumbers: []string{line}}))
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Revision: 3, Drop: []string{"new"}}))
	c = said(part(t, f, "stop"))
	conclude("new", false, api.ErrStale)
	conclude("old", false, nil) // that of a number that was released
}
