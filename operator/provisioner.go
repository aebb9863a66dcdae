package operator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/audit"
	"heliograph/config"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// Store keeps identities and the inventory, and which lines were applied.
type Store interface {
	origination.Store
	// AppliedLines are the keys of all lines that were ever applied.
	AppliedLines(ctx context.Context) (map[string]bool, error)
	// PutStock makes the inventory what is given. With withdrawOthers another
	// number leaves, or is marked withdrawn while it is leased.
	PutStock(ctx context.Context, stock []origination.Stock, withdrawOthers bool) error
}

// Accounts finds and writes accounts.
type Accounts interface {
	Account(ctx context.Context, id string) (account.Account, bool, error)
	PutAccount(ctx context.Context, a account.Account) error
}

// Provisioner applies the provisioning lines of a configuration file, each
// once. Regions are whatever callers sign for, so a sender ID of every Region
// cannot be put anywhere in advance: it is put into a scope when the scope is
// first looked at. Therefore the Provisioner stands before the Store, as an
// origination.Store, and everybody reads identities through it. It is safe for
// concurrent use.
type Provisioner struct {
	Store
	accounts Accounts
	now      func() time.Time

	applying sync.Mutex // a line is applied by one caller

	mu       sync.RWMutex
	senders  map[string][]senderLine // by account
	prepared map[resource.Scope]bool
}

// senderLine is a line of sender_ids and its key without the scope.
type senderLine struct {
	line config.SenderID
	hash string
}

// NewProvisioner makes a provisioner without lines.
func NewProvisioner(store Store, accounts Accounts, now func() time.Time) *Provisioner {
	return &Provisioner{Store: store, accounts: accounts, now: now, prepared: map[resource.Scope]bool{}}
}

// Provision applies a file's accounts and numbers now, and its sender IDs to
// each scope when that is next looked at. Lines that were applied before are
// passed over; the inventory is always made what the file says, because
// customers change nothing in it.
func (p *Provisioner) Provision(ctx context.Context, f *config.File) error {
	p.applying.Lock()
	defer p.applying.Unlock()
	applied, err := p.AppliedLines(ctx)
	if err != nil {
		return fmt.Errorf("operator: applied lines: %w", err)
	}
	ctx = byFile(ctx, "ProvisionAccount")
	for _, line := range f.Accounts {
		if err := p.putAccount(ctx, line, applied); err != nil {
			return fmt.Errorf("operator: account %s: %w", line.ID, err)
		}
	}
	stock := make([]origination.Stock, len(f.Numbers))
	for i, n := range f.Numbers {
		stock[i] = stockOf(n)
	}
	if err := p.PutStock(byFile(ctx, "ProvisionInventory"), stock, true); err != nil {
		return fmt.Errorf("operator: inventory: %w", err)
	}
	p.take(f.SenderIDs)
	return nil
}

// byFile gives a context whose changes are the file's doing, whoever's request
// they happen in.
func byFile(ctx context.Context, action string) context.Context {
	return audit.With(ctx, audit.Entry{Origin: audit.File, Action: action})
}

// putAccount applies a line of accounts. The account is written before the line
// is noted: after a crash between the two it is written again, the same.
func (p *Provisioner) putAccount(ctx context.Context, line config.Account, applied map[string]bool) error {
	key := "account " + line.ID + " " + hash(line)
	if applied[key] {
		return nil
	}
	a, ok, err := p.accounts.Account(ctx, line.ID)
	if err != nil {
		return err
	}
	if !ok {
		a.CreatedAt = p.now()
	}
	a.ID, a.Name, a.Tier, a.TextSpendLimit = line.ID, line.Name, account.Tier(line.Tier), line.TextSpendLimitUSD
	if err := p.accounts.PutAccount(ctx, a); err != nil {
		return err
	}
	nowhere := resource.Scope{Account: line.ID}
	return p.ChangeIdentities(ctx, origination.Change{Scope: nowhere, Applied: []string{key}, Override: true})
}

// take makes a file's sender IDs the ones to apply.
func (p *Provisioner) take(lines []config.SenderID) {
	senders := map[string][]senderLine{}
	for _, line := range lines {
		senders[line.Account] = append(senders[line.Account], senderLine{line, hash(line)})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.senders, p.prepared = senders, map[resource.Scope]bool{}
}

// Identities is the view of a scope, after its sender IDs were put there.
func (p *Provisioner) Identities(ctx context.Context, s resource.Scope) (*origination.View, error) {
	if err := p.Prepare(ctx, s); err != nil {
		return nil, err
	}
	return p.Store.Identities(ctx, s)
}

// Prepare puts the file's sender IDs into a scope, unless that was done.
func (p *Provisioner) Prepare(ctx context.Context, s resource.Scope) error {
	if p.ready(s) {
		return nil
	}
	p.applying.Lock()
	defer p.applying.Unlock()
	if p.ready(s) { // by whoever held the lock
		return nil
	}
	if err := p.putSenders(ctx, s); err != nil {
		return fmt.Errorf("operator: sender IDs of account %s in %s: %w", s.Account, s.Region, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prepared[s] = true
	return nil
}

// ready says that nothing is left to be put into a scope. A scope without
// lines is not remembered: nobody's look grows the memory.
func (p *Provisioner) ready(s resource.Scope) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.senders[s.Account]) == 0 || p.prepared[s]
}

// putSenders applies the lines that are meant for a scope and that it has not
// had: all in one change.
func (p *Provisioner) putSenders(ctx context.Context, s resource.Scope) error {
	applied, err := p.AppliedLines(ctx)
	if err != nil {
		return err
	}
	p.mu.RLock()
	lines := p.senders[s.Account]
	p.mu.RUnlock()
	var due []config.SenderID
	var keys []string
	for _, l := range lines {
		key := strings.Join([]string{"sender_id", s.Account, s.Region, l.hash}, " ")
		if (l.line.Region == "" || l.line.Region == s.Region) && !applied[key] {
			due, keys = append(due, l.line), append(keys, key)
		}
	}
	if len(due) == 0 {
		return nil
	}
	return p.change(byFile(ctx, "ProvisionSenderId"), s, func(v *origination.View) (origination.Change, error) {
		c := origination.Change{Applied: keys}
		for _, line := range due {
			c.PutSenders = append(c.PutSenders, senderOf(v, line, p.now()))
		}
		return c, nil
	})
}

// attempts bounds how often a change is tried while others change the scope.
const attempts = 10

// change reads a scope, lets make say what changes, and writes it, again when
// somebody else changed the scope in between.
func (p *Provisioner) change(ctx context.Context, s resource.Scope, make func(*origination.View) (origination.Change, error)) error {
	var err error
	for range attempts {
		var v *origination.View
		if v, err = p.Store.Identities(ctx, s); err != nil {
			return err
		}
		var c origination.Change
		if c, err = make(v); err != nil {
			return err
		}
		c.Scope, c.Revision = s, v.Revision
		if err = p.ChangeIdentities(ctx, c); !errors.Is(err, api.ErrStale) {
			return err
		}
	}
	return err
}

// hash names a line: a changed line is another one. Encoding a struct of texts
// cannot fail, and is the same for the same line however it was laid out.
func hash(line any) string {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
