package accept_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/origination"
)

var errDisk = errors.New("disk full")

// slow is a store whose commits take time, as many as are planned; then none.
type slow struct {
	nowhere
	mu       sync.Mutex
	commits  []commit
	messages []*message.Message // on disk
	queued   []message.ID
}

type commit struct {
	takes time.Duration
	fails bool
}

// Accept ignores the end of ctx once the message waits to be written.
func (s *slow) Accept(ctx context.Context, m *message.Message) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	var c commit
	if len(s.commits) > 0 {
		c, s.commits = s.commits[0], s.commits[1:]
	}
	s.mu.Unlock()
	<-time.After(c.takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.fails {
		return errDisk
	}
	s.messages = append(s.messages, m)
	return nil
}

func (s *slow) RecentInvocation(_ context.Context, scope resource.Scope, invocation string, hash uint64, since time.Time) (message.ID, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range slices.Backward(s.messages) {
		if m.Scope == scope && m.InvocationID == invocation && m.RequestHash == hash && !m.AcceptedAt.Before(since) {
			return m.ID, true, nil
		}
	}
	return message.ID{}, false, nil
}

func (s *slow) Enqueue(m *message.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = append(s.queued, m.ID)
}

func slowService(commits ...commit) (*slow, *accept.Service) {
	s := &slow{nowhere: nowhere{view: origination.View{Scope: scope, Senders: []origination.SenderID{
		{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "FR"},
	}}}, commits: commits}
	carriers := &route.Carriers{All: []route.Carrier{{Name: "acme"}}}
	return s, &accept.Service{
		Views: s, Accounts: s, Store: s, Queue: s, Now: time.Now,
		Router: route.Router{Carriers: func() *route.Carriers { return carriers }},
		Price:  func(string) message.MicroUSD { return 0 },
	}
}

// sdkCall is what the attempts of one call have in common.
type sdkCall struct{ account, invocation, body string }

// try makes one attempt and gives the message's id.
func (c sdkCall) try(ctx context.Context, s *accept.Service, number int) (string, error) {
	ctx = api.WithCaller(ctx, api.Caller{Account: c.account, Region: region, InvocationID: c.invocation, Attempt: number})
	out, err := s.SendTextMessage(ctx, &api.SendTextMessageInput{
		DestinationPhoneNumber: "+33700000000", OriginationIdentity: "SENDER", MessageBody: c.body})
	if err != nil {
		return "", err
	}
	return out.MessageId, nil
}

// arrival is an attempt on its way: networks reorder, clients leave.
type arrival struct {
	call   sdkCall
	number int
	at     time.Duration
	leaves time.Duration // after its arrival
}

// Rule(SendTextMessage): the attempts of one SDK call make one message in whatever order and however close they arrive.
// Rule(SendTextMessage): another account or other parameters under one invocation id are another message.
func TestAttemptsOfOneCallMakeOneMessage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var plan []arrival
		for range rapid.IntRange(1, 4).Draw(rt, "calls") {
			call := sdkCall{
				account:    rapid.SampledFrom([]string{owner, sandbox}).Draw(rt, "account"),
				invocation: rapid.SampledFrom([]string{"one", "two"}).Draw(rt, "invocation"),
				body:       rapid.SampledFrom([]string{"Hello", "Bye"}).Draw(rt, "body"),
			}
			if slices.ContainsFunc(plan, func(a arrival) bool { return a.call == call }) {
				continue
			}
			for n := range rapid.IntRange(1, 5).Draw(rt, "attempts") {
				plan = append(plan, arrival{call: call, number: n + 1, at: millis(rt, "at", 40), leaves: millis(rt, "leaves", 60)})
			}
		}
		commits := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) commit {
			return commit{takes: millis(rt, "takes", 30), fails: rapid.IntRange(0, 3).Draw(rt, "fails") == 0}
		}), 0, 8).Draw(rt, "commits")
		var failure error
		synctest.Test(t, func(t *testing.T) { failure = replay(t.Context(), plan, commits) })
		if failure != nil {
			rt.Fatal(failure)
		}
	})
}

func millis(rt *rapid.T, label string, most int) time.Duration {
	return time.Duration(rapid.IntRange(0, most).Draw(rt, label)) * time.Millisecond
}

// replay lets the attempts arrive and looks at the messages they made.
func replay(ctx context.Context, plan []arrival, commits []commit) error {
	store, service := slowService(commits...)
	ids := make([]string, len(plan))
	var clients sync.WaitGroup
	for i, a := range plan {
		clients.Go(func() {
			<-time.After(a.at)
			ctx, cancel := context.WithTimeout(ctx, a.leaves)
			defer cancel()
			ids[i], _ = a.call.try(ctx, service, a.number)
		})
	}
	clients.Wait()
	made := map[sdkCall][]string{}
	var disk []message.ID
	for _, m := range store.messages {
		call := sdkCall{m.Scope.Account, m.InvocationID, m.Body}
		made[call] = append(made[call], m.ID.String())
		disk = append(disk, m.ID)
	}
	for i, a := range plan {
		switch of := made[a.call]; {
		case len(of) > 1:
			return fmt.Errorf("%+v made %d messages", a.call, len(of))
		case ids[i] != "" && !slices.Contains(of, ids[i]):
			return fmt.Errorf("%+v answered %s, which is not on disk", a, ids[i])
		}
	}
	if !slices.Equal(disk, store.queued) {
		return fmt.Errorf("on disk %v, queued %v", disk, store.queued)
	}
	return nil
}

// Rule(SendTextMessage): an attempt that arrives while an earlier one waits for its commit gives that one's message.
func TestAttemptWaitsForTheOneUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, service := slowService(commit{takes: time.Second})
		call := sdkCall{owner, "one", "Hello"}
		gone, leave := context.WithCancel(t.Context())
		var first, second string
		var failure error
		var clients sync.WaitGroup
		clients.Go(func() { first, _ = call.try(gone, service, 1) })
		synctest.Wait()
		leave() // the commit still happens
		clients.Go(func() { second, failure = call.try(t.Context(), service, 2) })
		clients.Wait()
		if failure != nil || second == "" || second != first {
			t.Errorf("attempts gave %q and %q, %v", first, second, failure)
		}
		if len(store.messages) != 1 || len(store.queued) != 1 {
			t.Errorf("%d messages on disk, %d queued; want one", len(store.messages), len(store.queued))
		}
	})
}

// An attempt waits no longer than its own client.
func TestWaitingAttemptEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, service := slowService(commit{takes: time.Minute})
		call := sdkCall{owner, "one", "Hello"}
		var first sync.WaitGroup
		first.Go(func() { _, _ = call.try(t.Context(), service, 1) })
		defer first.Wait()
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := call.try(impatient, service, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second attempt ended with %v", err)
		}
	})
}

// Rule(SendTextMessage): a first attempt that its own retry overtook gives the retry's message.
func TestOvertakenFirstAttemptGivesTheMessageOfItsRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, service := slowService()
		call := sdkCall{owner, "one", "Hello"}
		retry, _ := call.try(t.Context(), service, 2)
		if late, err := call.try(t.Context(), service, 1); err != nil || late != retry {
			t.Errorf("the late first attempt gave %s, %v; want %s", late, err, retry)
		}
		<-time.After(15 * time.Minute)
		if again, _ := call.try(t.Context(), service, 1); again == retry {
			t.Error("after 15 minutes the message is still remembered")
		}
		if len(store.messages) != 2 {
			t.Errorf("%d messages, want 2", len(store.messages))
		}
	})
}

// Of very many retries the oldest are forgotten, so that memory stays bounded.
func TestRememberedRetriesAreBounded(t *testing.T) {
	const kept = 10_000
	_, service := slowService()
	ids := make([]string, kept+1)
	for i := range ids {
		ids[i], _ = sdkCall{owner, fmt.Sprint(i), "Hello"}.try(t.Context(), service, 2)
	}
	for _, c := range []struct {
		call int
		want bool
	}{{0, false}, {1, true}, {kept, true}} {
		late, err := sdkCall{owner, fmt.Sprint(c.call), "Hello"}.try(t.Context(), service, 1)
		if err != nil || (late == ids[c.call]) != c.want {
			t.Errorf("call %d: found %v, %v; want %v", c.call, late == ids[c.call], err, c.want)
		}
	}
}
