package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/message"
)

// newMessage is a message with an id of its own.
func newMessage(t *testing.T, parts int) *message.Message {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	return Message(id, parts)
}

func accepted(t *testing.T, f *fixture, parts int) *message.Message {
	t.Helper()
	m := newMessage(t, parts)
	must(t, f.Accept(t.Context(), m))
	return m
}

func submit(t *testing.T, f *fixture, m *message.Message, part int, carrierID string) {
	t.Helper()
	must(t, f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: part, Parts: m.Parts, Carrier: m.Carrier,
		CarrierMessageID: carrierID, Attempts: 1, At: noon}))
}

func receive(t *testing.T, f *fixture, m *message.Message, carrierID string, state message.State, found message.Match) {
	t.Helper()
	got, err := f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: carrierID, State: state,
		Code: "c" + state.String(), At: noon.Add(time.Minute)})
	must(t, err)
	if got != found {
		t.Errorf("receipt %s of %q found %d, want %d", state, carrierID, got, found)
	}
}

func stored(t *testing.T, f *fixture, id message.ID) *message.Message {
	t.Helper()
	m, found, err := f.Message(t.Context(), id)
	must(t, err)
	if !found {
		t.Fatalf("message %s is not there", id)
	}
	return m
}

func wantState(t *testing.T, f *fixture, m *message.Message, want message.State) {
	t.Helper()
	if got := stored(t, f, m.ID); got.State != want {
		t.Errorf("state %s, want %s", got.State, want)
	}
}

func testMessageComesBackWhole(t *testing.T, f *fixture) {
	for _, parts := range []int{1, 3} {
		m := accepted(t, f, parts)
		want := *m
		want.PartLog = make([]message.Part, parts)
		for i := range want.PartLog {
			want.PartLog[i].Number = i + 1
		}
		if got := stored(t, f, m.ID); !reflect.DeepEqual(got, &want) {
			t.Errorf("message of %d parts\n%+v, want\n%+v", parts, got, &want)
		}
	}
	plain := newMessage(t, 1)
	plain.Context, plain.Parameters = nil, nil
	must(t, f.Accept(t.Context(), plain))
	if got := stored(t, f, plain.ID); got.Context != nil || got.Parameters != nil {
		t.Errorf("empty maps came back as %v, %v", got.Context, got.Parameters)
	}
	if _, found, err := f.Message(t.Context(), uuid.New()); found || err != nil {
		t.Errorf("unknown message: %v, %v", found, err)
	}
}

func testLifeOfOnePart(t *testing.T, f *fixture) {
	m := accepted(t, f, 1)
	submit(t, f, m, 1, "c1")
	got := stored(t, f, m.ID)
	want := message.Part{Number: 1, State: message.Submitted, CarrierMessageID: "c1", Attempts: 1, SubmittedAt: noon}
	if got.State != message.Submitted || !reflect.DeepEqual(got.PartLog, []message.Part{want}) {
		t.Errorf("submitted: %+v", got)
	}
	receive(t, f, m, "c1", message.Submitted, message.Matched)
	wantState(t, f, m, message.Submitted)
	receive(t, f, m, "c1", message.Delivered, message.Matched)
	got = stored(t, f, m.ID)
	want.State, want.Code, want.EndedAt = message.Delivered, "cDELIVERED", noon.Add(time.Minute)
	if got.State != message.Delivered || !got.EndedAt.Equal(want.EndedAt) || !reflect.DeepEqual(got.PartLog, []message.Part{want}) {
		t.Errorf("delivered: %+v", got)
	}
	receive(t, f, m, "c1", message.Unreachable, message.Repeated)
	wantState(t, f, m, message.Delivered)
	receive(t, f, &message.Message{Carrier: "other"}, "c1", message.Delivered, message.Unmatched)
}

func testCarrierIDGivenAgain(t *testing.T, f *fixture) {
	first, second := accepted(t, f, 1), accepted(t, f, 2)
	submit(t, f, first, 1, "1")
	submit(t, f, first, 1, "1") // the same part again
	wantState(t, f, first, message.Submitted)
	submit(t, f, second, 1, "1")
	submit(t, f, second, 2, "2")
	wantState(t, f, first, message.Unknown)
	receive(t, f, second, "1", message.Delivered, message.Matched)
	receive(t, f, second, "2", message.Delivered, message.Matched)
	wantState(t, f, first, message.Unknown)
	wantState(t, f, second, message.Delivered)
}

func testReceiptBeforeSubmission(t *testing.T, f *fixture) {
	for _, reopen := range []bool{false, true} {
		m, id := accepted(t, f, 1), fmt.Sprint("early", reopen)
		receive(t, f, m, id, message.Submitted, message.Unmatched)
		receive(t, f, m, id, message.Delivered, message.Unmatched)
		receive(t, f, m, id, message.Delivered, message.Repeated)
		if reopen {
			f.DB = f.start(t)
		}
		before := f.adopted.Load()
		submit(t, f, m, 1, id)
		wantState(t, f, m, message.Delivered)
		receive(t, f, m, id, message.Delivered, message.Repeated)
		if n := f.adopted.Load() - before; n != 2 {
			t.Errorf("%d receipts are told to have found their part, want 2", n)
		}
	}
}

// A response that comes when its part has ended without word lets receipts find it;
// one of a part that is still on its way, or has an id, changes nothing.
func testLateAnswer(t *testing.T, f *fixture) {
	late := func(m *message.Message, id string) {
		must(t, f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: 1, Carrier: m.Carrier, CarrierMessageID: id, At: noon, Late: true}))
	}
	m, early, waits := accepted(t, f, 1), accepted(t, f, 1), accepted(t, f, 1)
	for _, one := range []*message.Message{m, early} {
		must(t, f.Ended(t.Context(), message.Ending{ID: one.ID, State: message.Unknown, Code: message.TriedInDoubt, Attempts: 3, At: noon}))
	}
	late(m, "late1")
	late(m, "other")
	late(waits, "late2")
	wantState(t, f, m, message.Unknown)
	wantState(t, f, waits, message.Queued)
	receive(t, f, m, "other", message.Delivered, message.Unmatched)
	receive(t, f, waits, "late2", message.Delivered, message.Unmatched)
	receive(t, f, m, "late1", message.Delivered, message.Matched)
	wantState(t, f, m, message.Delivered)
	if p := stored(t, f, m.ID).PartLog[0]; p.Attempts != 3 || p.CarrierMessageID != "late1" {
		t.Errorf("%+v", p)
	}
	receive(t, f, early, "late3", message.Delivered, message.Unmatched)
	late(early, "late3")
	wantState(t, f, early, message.Delivered)
}

func testOrphansArePurged(t *testing.T, f *fixture) {
	m := accepted(t, f, 1)
	receive(t, f, m, "orphan", message.Delivered, message.Unmatched)
	must(t, f.PurgeOrphans(t.Context(), noon.Add(time.Hour)))
	submit(t, f, m, 1, "orphan")
	wantState(t, f, m, message.Submitted)
}

func testDeliveryAfterExpiry(t *testing.T, f *fixture) {
	for _, reopen := range []bool{false, true} {
		for _, end := range []message.State{message.Expired, message.Unknown} {
			m, id := accepted(t, f, 1), fmt.Sprint("late", reopen, end)
			submit(t, f, m, 1, id)
			must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: end, Code: "TIMEOUT", At: noon}))
			wantState(t, f, m, end)
			if reopen {
				f.DB = f.start(t)
			}
			receive(t, f, m, id, message.Unreachable, message.Repeated)
			wantState(t, f, m, end)
			receive(t, f, m, id, message.Delivered, message.Matched)
			wantState(t, f, m, message.Delivered)
			receive(t, f, m, id, message.Delivered, message.Repeated)
		}
	}
	m := accepted(t, f, 1)
	submit(t, f, m, 1, "too late")
	must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: message.Unknown, At: noon}))
	must(t, f.PurgeOrphans(t.Context(), noon.Add(72*time.Hour+time.Second)))
	receive(t, f, m, "too late", message.Delivered, message.Unmatched)
}

func testPartsFold(t *testing.T, f *fixture) {
	m := accepted(t, f, 3)
	submit(t, f, m, 1, "p1")
	submit(t, f, m, 2, "p2")
	wantState(t, f, m, message.Queued)
	receive(t, f, m, "p2", message.Delivered, message.Matched)
	f.DB = f.start(t)
	submit(t, f, m, 3, "p3")
	wantState(t, f, m, message.Submitted)
	receive(t, f, m, "p3", message.Delivered, message.Matched)
	receive(t, f, m, "p1", message.Delivered, message.Matched)
	got := stored(t, f, m.ID)
	if got.State != message.Delivered || got.EndedAt.IsZero() {
		t.Errorf("all delivered: %+v", got)
	}
	for i, p := range got.PartLog {
		if p.Number != i+1 || p.State != message.Delivered || p.CarrierMessageID != fmt.Sprint("p", i+1) {
			t.Errorf("part %d: %+v", i+1, p)
		}
	}
	failing := accepted(t, f, 2)
	submit(t, f, failing, 1, "q1")
	must(t, f.Ended(t.Context(), message.Ending{ID: failing.ID, Part: 2, State: message.CarrierBlocked, Code: "ESME_RINVSRCADR", Attempts: 3, At: noon}))
	got = stored(t, f, failing.ID)
	if got.State != message.CarrierBlocked || got.Code != "ESME_RINVSRCADR" || got.PartLog[1].Attempts != 3 {
		t.Errorf("a failed part: %+v", got)
	}
	receive(t, f, failing, "q1", message.Delivered, message.Matched)
	wantState(t, f, failing, message.CarrierBlocked)
}

func testEndingTakesEveryOpenPart(t *testing.T, f *fixture) {
	m := accepted(t, f, 3)
	submit(t, f, m, 1, "e1")
	receive(t, f, m, "e1", message.Delivered, message.Matched)
	must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: message.Expired, Code: "TTL", At: noon}))
	got := stored(t, f, m.ID)
	if got.State != message.Expired || got.PartLog[0].State != message.Delivered || got.PartLog[2].Code != "TTL" {
		t.Errorf("expired: %+v", got)
	}
	must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: message.Unknown, At: noon}))
	wantState(t, f, m, message.Expired)
}

func testUnknownMessageIsRefused(t *testing.T, f *fixture) {
	if f.Ended(t.Context(), message.Ending{ID: uuid.New(), State: message.Unknown}) == nil {
		t.Error("the ending of an unknown message was taken")
	}
	m := accepted(t, f, 1)
	if f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: 2, Carrier: m.Carrier, CarrierMessageID: "x"}) == nil {
		t.Error("the submission of a part that does not exist was taken")
	}
}

func testQueueSurvivesRestart(t *testing.T, f *fixture) {
	var sent []message.ID
	for range 5 {
		sent = append(sent, accepted(t, f, 2).ID)
	}
	done := accepted(t, f, 1)
	submit(t, f, done, 1, "done")
	submit(t, f, &message.Message{ID: sent[0], Parts: 2, Carrier: "acme"}, 1, "half")
	f.DB = f.start(t)
	first, err := f.QueuedMessages(t.Context(), "acme", message.ID{}, 2)
	must(t, err)
	if len(first) != 2 || first[0].ID != sent[0] || first[0].PartLog[0].State != message.Submitted || first[0].PartLog[1].State != message.Queued {
		t.Fatalf("first of the queue: %+v", first)
	}
	rest, err := f.QueuedMessages(t.Context(), "acme", first[1].ID, 10)
	must(t, err)
	if len(rest) != 3 || rest[2].ID != sent[4] {
		t.Errorf("rest of the queue: %v", rest)
	}
	if other, err := f.QueuedMessages(t.Context(), "other", message.ID{}, 10); err != nil || len(other) != 0 {
		t.Errorf("queue of another carrier: %v, %v", other, err)
	}
}

func testAwaitingReceiptIsListed(t *testing.T, f *fixture) {
	waiting, over, queued := accepted(t, f, 2), accepted(t, f, 1), accepted(t, f, 1)
	submit(t, f, waiting, 1, "w1")
	submit(t, f, waiting, 2, "w2")
	submit(t, f, over, 1, "o1")
	receive(t, f, over, "o1", message.Delivered, message.Matched)
	ids, err := f.AwaitingReceipt(t.Context(), noon.Add(time.Second), 10)
	must(t, err)
	if len(ids) != 1 || ids[0] != waiting.ID {
		t.Errorf("awaiting %v, want %v and not %v or %v", ids, waiting.ID, over.ID, queued.ID)
	}
	if ids, err := f.AwaitingReceipt(t.Context(), noon, 10); err != nil || len(ids) != 0 {
		t.Errorf("awaiting since before the submission: %v, %v", ids, err)
	}
}

func testRecentInvocationIsFound(t *testing.T, f *fixture) {
	m := accepted(t, f, 1)
	find := func(hash uint64, since time.Time) bool {
		id, found, err := f.RecentInvocation(t.Context(), m.Scope, m.InvocationID, hash, since)
		must(t, err)
		return found && id == m.ID
	}
	if !find(m.RequestHash, m.AcceptedAt.Add(-time.Minute)) {
		t.Error("the same call is not found")
	}
	if find(m.RequestHash+1, m.AcceptedAt.Add(-time.Minute)) {
		t.Error("a call with other parameters is found")
	}
	if find(m.RequestHash, m.AcceptedAt.Add(time.Minute)) {
		t.Error("a call from before the time is found")
	}
	if _, found, err := f.RecentInvocation(t.Context(), shop2, m.InvocationID, m.RequestHash, m.AcceptedAt.Add(-time.Minute)); err != nil || found {
		t.Errorf("found in another scope: %v, %v", found, err)
	}
}

func testSpendLimitHoldsAtOnce(t *testing.T, f *fixture) {
	limit := int64(1)
	must(t, f.PutAccount(t.Context(), account.Account{ID: shop.Account, Tier: account.Production, TextSpendLimit: &limit}))
	const callers = 30
	errs := make(chan error, callers)
	for range callers {
		m := newMessage(t, 1)
		m.Price = 100_000 // ten of them are a dollar
		go func() { errs <- f.Accept(t.Context(), m) }()
	}
	taken := 0
	for range callers {
		err := <-errs
		if err == nil {
			taken++
			continue
		}
		var e *api.Error
		if !errors.As(err, &e) || e.Reason != string(api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText) {
			t.Fatalf("over the limit: %v", err)
		}
	}
	if taken != 10 {
		t.Errorf("%d messages taken, want 10", taken)
	}
	must(t, f.Accept(t.Context(), newMessage(t, 1))) // one that costs nothing
	next := newMessage(t, 1)
	next.Price, next.AcceptedAt = 100_000, next.AcceptedAt.AddDate(0, 1, 0)
	must(t, f.Accept(t.Context(), next))
	next = newMessage(t, 1)
	next.Price, next.Scope = 100_000, shop2
	must(t, f.Accept(t.Context(), next))
}

// testManyMessagesAtOnce takes many messages along the whole road at once, with
// receipts that race with their submissions.
func testManyMessagesAtOnce(t *testing.T, f *fixture) {
	const messages = 300
	var all sync.WaitGroup
	ids := make(chan message.ID, messages)
	for i := range messages {
		m := newMessage(t, 1+i%3)
		all.Go(func() {
			if err := f.Accept(t.Context(), m); err != nil {
				t.Error(err)
				return
			}
			var parts sync.WaitGroup
			for part := 1; part <= m.Parts; part++ {
				id := fmt.Sprint(i, "-", part)
				parts.Go(func() { submit(t, f, m, part, id) })
				parts.Go(func() {
					_, err := f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: id, State: message.Delivered, At: noon})
					if err != nil {
						t.Error(err)
					}
				})
			}
			parts.Wait()
			ids <- m.ID
		})
	}
	all.Wait()
	close(ids)
	f.DB = f.start(t)
	n := 0
	for id := range ids {
		n++
		if m := stored(t, f, id); m.State != message.Delivered {
			t.Errorf("message of %d parts is %s", m.Parts, m.State)
		}
	}
	if n != messages {
		t.Errorf("%d of %d messages", n, messages)
	}
}
