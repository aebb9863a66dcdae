package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"heliograph/country"
)

// Outcome is what the network makes of a text.
type Outcome string

// The outcomes of rules.
const (
	Delivered     Outcome = "DELIVERED"     // shown, receipt DELIVRD
	Undeliverable Outcome = "UNDELIVERABLE" // not shown, receipt UNDELIV: the subscriber is absent
	Expired       Outcome = "EXPIRED"       // not shown, receipt EXPIRED
	Rejected      Outcome = "REJECTED"      // refused at submit, for good
	Throttled     Outcome = "THROTTLED"     // refused at submit, may be tried again
	NoReceipt     Outcome = "NO_RECEIPT"    // shown, nothing comes back
	Blocked       Outcome = "BLOCKED"       // not shown, receipt UNDELIV: call barred
)

func (o Outcome) known() bool {
	switch o {
	case Delivered, Undeliverable, Expired, Rejected, Throttled, NoReceipt, Blocked:
		return true
	}
	return false
}

// shows says whether the text reaches the handset.
func (o Outcome) shows() bool { return o == Delivered || o == NoReceipt }

// Delay is a duration that JSON carries in Go's notation: "1m30s".
type Delay time.Duration

// MarshalText writes Go's notation.
func (d Delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads Go's notation.
func (d *Delay) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration such as 5s", text)
	}
	*d = Delay(parsed)
	return nil
}

// Rule says what becomes of texts to numbers that start with Prefix.
type Rule struct {
	Prefix       string  `json:"prefix"` // E.164 with its plus sign, or the start of one; "" = every number
	Outcome      Outcome `json:"outcome"`
	ReceiptDelay Delay   `json:"receiptDelay"` // between submit_sm_resp and the receipt, up to MaxReceiptDelay
}

// Bounds of an account's rules.
const (
	MaxRules        = 1000
	MaxReceiptDelay = 72 * time.Hour // the longest validity that the API gives a text
)

// checkRules says what is wrong with the rules of an account.
func checkRules(rules []Rule) error {
	if len(rules) > MaxRules {
		return fmt.Errorf("there are %d rules; at most %d are kept", len(rules), MaxRules)
	}
	seen := map[string]bool{}
	for _, r := range rules {
		switch {
		case r.Prefix != "" && (r.Prefix[0] != '+' || !digits(r.Prefix[1:])):
			return fmt.Errorf("prefix %q is not the start of an E.164 number such as +1415555", r.Prefix)
		case seen[r.Prefix]:
			return fmt.Errorf("prefix %q has two rules", r.Prefix)
		case !r.Outcome.known():
			return fmt.Errorf("outcome %q of prefix %q is unknown", r.Outcome, r.Prefix)
		case r.ReceiptDelay < 0 || time.Duration(r.ReceiptDelay) > MaxReceiptDelay:
			return fmt.Errorf("receiptDelay of prefix %q is not between 0s and %s", r.Prefix, MaxReceiptDelay)
		}
		seen[r.Prefix] = true
	}
	return nil
}

// ruleBook holds the rules of all accounts in memory.
type ruleBook struct {
	mu        sync.RWMutex
	byAccount map[string][]Rule // as given
	ordered   map[string][]Rule // longest prefix first
}

func (b *ruleBook) set(account string, rules []Rule) {
	ordered := slices.Clone(rules)
	slices.SortStableFunc(ordered, func(x, y Rule) int { return cmp.Compare(len(y.Prefix), len(x.Prefix)) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byAccount == nil {
		b.byAccount, b.ordered = map[string][]Rule{}, map[string][]Rule{}
	}
	b.byAccount[account], b.ordered[account] = slices.Clone(rules), ordered
}

func (b *ruleBook) get(account string) []Rule {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return append([]Rule{}, b.byAccount[account]...)
}

// match finds what becomes of an account's text to a number. A published
// simulator destination counts as a rule for that one number, which a rule of
// the account for the whole number overrides.
func (b *ruleBook) match(account, number string) Rule {
	rule := Rule{Outcome: Delivered}
	b.mu.RLock()
	for _, r := range b.ordered[account] {
		if strings.HasPrefix(number, r.Prefix) {
			rule = r
			break
		}
	}
	b.mu.RUnlock()
	_, published, ok := country.SimulatorDestination(number)
	if !ok || rule.Prefix == number {
		return rule
	}
	if published == country.OutcomeFailure {
		return Rule{Prefix: number, Outcome: Blocked}
	}
	return Rule{Prefix: number, Outcome: Delivered}
}

// digits says whether text is nothing but decimal digits; "" is.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
