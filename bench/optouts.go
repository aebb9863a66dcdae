package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// optOutRounds are the rounds with each list, alternating.
const optOutRounds = 10

var optOutScope = resource.Scope{Account: "111122223333", Region: "eu-west-1"}

// gateway accepts messages in this process, up to the commit.
type gateway struct {
	db      *store.DB
	service *accept.Service
}

// compareOptOuts measures what accepting a message costs when many numbers opted
// out, against a list that is empty.
func compareOptOuts(ctx context.Context, s settings) (err error) {
	dir, err := workFolder(s.dir)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sides := [2]*gateway{}
	for i, numbers := range []int{0, s.optOuts} {
		g, err := openGateway(ctx, filepath.Join(dir, fmt.Sprintf("list-%d.db", i)))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, g.db.Stop(ctx)) }()
		if sides[i] = g; numbers == 0 {
			continue
		}
		begun := time.Now()
		if err := g.fill(ctx, numbers); err != nil {
			return err
		}
		fmt.Printf("\n%d numbers put on a list in %v\n", numbers, time.Since(begun).Round(time.Millisecond))
	}
	for _, s.callers = range s.crowds {
		if err := alternateOptOuts(ctx, s, sides); err != nil {
			return err
		}
	}
	return nil
}

func alternateOptOuts(ctx context.Context, s settings, sides [2]*gateway) error {
	var quotients []result // of time with the full list and with the empty one, as rates
	var rates [2][]result
	for n := range optOutRounds + 1 { // the first is to warm up
		var took [2]time.Duration
		for turn := range sides {
			i := (turn + n) % 2
			begun := time.Now()
			callers := make([]caller, s.callers)
			for c := range callers {
				callers[c] = sides[i]
			}
			if _, err := drive(ctx, callers, n*s.messages, s.messages); err != nil {
				return err
			}
			took[i] = time.Since(begun)
			if n > 0 {
				rates[i] = append(rates[i], result{rate: float64(s.messages) / took[i].Seconds()})
			}
		}
		if n > 0 {
			quotients = append(quotients, result{rate: took[1].Seconds() / took[0].Seconds()})
		}
	}
	low, high := spread(quotients, rate)
	fmt.Printf("%d callers, %d messages a round, %d rounds each, alternating; %s, %d CPUs\n"+
		"accepted a second, medians: %.0f with nobody opted out, %.0f with %d numbers\n"+
		"time of a message against the empty list: median %.3f, %.3f … %.3f\n",
		s.callers, s.messages, optOutRounds, runtime.Version(), runtime.NumCPU(),
		median(rates[0], rate), median(rates[1], rate), s.optOuts, median(quotients, rate), low, high)
	return nil
}

func openGateway(ctx context.Context, path string) (*gateway, error) {
	db, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	carriers := &route.Carriers{All: []route.Carrier{{Name: "acme"}}}
	g := &gateway{db: db, service: &accept.Service{
		Views: db, Accounts: db, Store: db, Sticky: db, Queue: nobody{}, Now: time.Now,
		Router: route.Router{Carriers: func() *route.Carriers { return carriers }},
		Price:  func(string) message.MicroUSD { return 0 },
	}}
	sender := origination.SenderID{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "FR", CreatedAt: time.Now()}
	return g, errors.Join(db.Start(ctx),
		db.PutAccount(ctx, account.Account{ID: optOutScope.Account, Tier: account.Production}),
		db.ChangeIdentities(ctx, origination.Change{Scope: optOutScope, Override: true, PutSenders: []origination.SenderID{sender}}))
}

// nobody takes messages no further.
type nobody struct{}

// Enqueue does nothing.
func (nobody) Enqueue(*message.Message) {}

// fill puts numbers on Default, spread over a country's numbers.
func (g *gateway) fill(ctx context.Context, numbers int) error {
	const together = 1000
	for done := 0; done < numbers; done += together {
		entries := make([]optout.Entry, min(together, numbers-done))
		for i := range entries {
			entries[i] = optout.Entry{Number: mobile(2 * (done + i)), At: time.Now()}
		}
		if err := g.db.ImportOptOuts(ctx, optOutScope, resource.DefaultOptOutList, entries); err != nil {
			return err
		}
	}
	return nil
}

// mobile is the i-th number of a country, far from the one before.
func mobile(i int) string {
	const numbers, stride = 100_000_000, 61_803_399
	return fmt.Sprintf("+336%08d", i*stride%numbers)
}

// send accepts a message to somebody between those who opted out.
func (g *gateway) send(ctx context.Context, number int) error {
	ctx = api.WithCaller(ctx, api.Caller{Account: optOutScope.Account, Region: optOutScope.Region})
	_, err := g.service.SendTextMessage(ctx, &api.SendTextMessageInput{
		DestinationPhoneNumber: mobile(2*number + 1), OriginationIdentity: "SENDER", MessageBody: messageText,
	})
	return err
}
