package fault

import (
	"slices"
	"sync"
)

// Book holds the faults of all accounts. Its methods may be called at the same
// time.
type Book struct {
	facts facts

	mu        sync.Mutex
	byAccount map[string][]Fault
}

// NewBook makes a Book without a fault.
func NewBook() *Book {
	return &Book{facts: newFacts(), byAccount: map[string][]Fault{}}
}

// Set replaces the faults of an account, all of them or, where one is wrong,
// none. The error says in a plain sentence which one is wrong and why.
func (b *Book) Set(account string, faults []Fault) error {
	whole, err := b.facts.complete(faults)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(account, whole)
	return nil
}

// Get returns the faults of an account that calls have yet to meet, in order,
// with the counts that are left and with what Set filled in.
func (b *Book) Get(account string) []Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Fault{}, b.byAccount[account]...)
}

// Next takes the fault that the account's call of an operation meets; false
// where there is none.
func (b *Book) Next(account, operation string) (Fault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.byAccount[account]
	i := slices.IndexFunc(list, func(f Fault) bool { return f.Operation == operation })
	if i < 0 {
		return Fault{}, false
	}
	list[i].Count--
	met := list[i]
	if met.Count == 0 {
		b.keep(account, slices.Delete(list, i, i+1))
	}
	return met, true
}

// keep forgets accounts that have nothing.
func (b *Book) keep(account string, faults []Fault) {
	if len(faults) == 0 {
		delete(b.byAccount, account)
		return
	}
	b.byAccount[account] = faults
}
