package app

import (
	"context"
	"fmt"
	"sync"

	"heliograph/account"
	"heliograph/api"
	"heliograph/audit"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// seedCandidates are the numbers that `dev` gives out first: fictitious ones of
// the North American plan, 555-0100 to 555-0199.
const (
	seedNumber     = "+120655501%02d"
	seedFirst      = 42
	seedCandidates = 100
)

// seedScope gives the operator's account what `dev` promises in each Region: a
// US number, a pool with it, and the registered sender ID SENDER for India. A
// scope is seeded once, also when the data folder lives on.
func (a *App) seedScope(ctx context.Context, scope resource.Scope) error {
	if !a.options.Seed || scope.Account != account.Operator || a.seeded.has(scope) {
		return nil
	}
	a.seeded.making.Lock()
	defer a.seeded.making.Unlock()
	if err := a.seedOnce(ctx, scope); err != nil {
		return err
	}
	a.seeded.done.Store(scope, true)
	return nil
}

// seeded are the scopes that were seeded, for a quick look.
type seeded struct {
	making sync.Mutex
	done   sync.Map // of resource.Scope
}

func (s *seeded) has(scope resource.Scope) bool {
	_, ok := s.done.Load(scope)
	return ok
}

// again has the scope seeded at the next look at it, after a reset.
func (s *seeded) again(scope resource.Scope) { s.done.Delete(scope) }

// seedLine is what is noted when a scope was seeded.
func seedLine(scope resource.Scope) string { return "dev " + scope.Account + " " + scope.Region }

func (a *App) seedOnce(ctx context.Context, scope resource.Scope) error {
	key := seedLine(scope)
	applied, err := a.store.AppliedLines(ctx)
	if err != nil || applied[key] {
		return err
	}
	number, err := a.freeSeedNumber(ctx)
	if err != nil {
		return err
	}
	ctx = audit.With(ctx, audit.Entry{Origin: audit.File, Action: "Seed"})
	return a.store.ChangeIdentities(ctx, a.seed(scope, number, key))
}

func (a *App) freeSeedNumber(ctx context.Context) (string, error) {
	candidates := make([]string, seedCandidates)
	for i := range candidates {
		candidates[i] = fmt.Sprintf(seedNumber, (seedFirst+i)%seedCandidates)
	}
	leased, err := a.store.Leased(ctx, candidates)
	if err != nil {
		return "", err
	}
	for _, number := range candidates {
		if _, taken := leased[number]; !taken {
			return number, nil
		}
	}
	return "", fmt.Errorf("all %d numbers that dev gives out are leased: use a Region that was used before", seedCandidates)
}

func (a *App) seed(scope resource.Scope, e164, key string) origination.Change {
	now := a.options.Now()
	settings := origination.Settings{OptOutList: resource.DefaultOptOutList}
	sms := []api.NumberCapability{api.NumberCapabilitySms}
	pool := origination.Pool{
		ID: resource.NewID("pool-"), MessageType: api.MessageTypeTransactional, Status: api.PoolStatusActive,
		Settings: settings, CreatedAt: now,
	}
	number := origination.PhoneNumber{
		ID: resource.NewID("phone-"), Number: e164, ISOCountryCode: "US", Type: api.NumberTypeLongCode,
		MessageType: api.MessageTypeTransactional, Capabilities: sms, Status: api.NumberStatusActive,
		MonthlyPrice: "1.00", Settings: settings, PoolID: pool.ID, Fictitious: true, CreatedAt: now,
	}
	pool.Members = []origination.Member{{PhoneNumberID: number.ID, ISOCountryCode: "US", JoinedAt: now}}
	sender := origination.SenderID{
		Text: "SENDER", Spelling: "SENDER", ISOCountryCode: "IN", Registered: true, CreatedAt: now,
		MessageTypes: []api.MessageType{api.MessageTypeTransactional, api.MessageTypePromotional},
	}
	return origination.Change{
		Scope: scope, Override: true, Applied: []string{key},
		PutNumbers: []origination.PhoneNumber{number}, PutSenders: []origination.SenderID{sender}, PutPools: []origination.Pool{pool},
		Lease: []origination.Stock{{
			Number: e164, ISOCountryCode: "US", Type: number.Type, MessageType: number.MessageType,
			Capabilities: sms, MonthlyPrice: number.MonthlyPrice, Fictitious: true,
		}},
	}
}

// devScope is where `dev` shows what there is.
func devScope() resource.Scope { return resource.Scope{Account: account.Operator, Region: "us-east-1"} }
