package origination

import (
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// Prefixes of ids. Text that is a prefix and 32 hexadecimal digits is always
// an id, never a sender ID.
const (
	NumberPrefix = "phone-"
	PoolPrefix   = "pool-"
	agentPrefix  = "rcs-"
)

// NumberByID finds a number by its id.
func (v *View) NumberByID(id string) (PhoneNumber, bool) {
	return find(v.Numbers, func(n *PhoneNumber) bool { return n.ID == id })
}

// NumberByE164 finds a number by its digits, with or without a plus sign.
func (v *View) NumberByE164(text string) (PhoneNumber, bool) {
	digits := strings.TrimPrefix(text, "+")
	return find(v.Numbers, func(n *PhoneNumber) bool { return strings.TrimPrefix(n.Number, "+") == digits })
}

// Number finds a number by its id, its ARN or its digits.
func (v *View) Number(text string) (PhoneNumber, bool) {
	if id, ok := v.tail(api.ResourceTypePhoneNumber, text); ok {
		return v.NumberByID(id)
	}
	if n, ok := v.NumberByID(text); ok {
		return n, true
	}
	return v.NumberByE164(text)
}

// Sender finds a sender ID of a country by its text, in any case.
func (v *View) Sender(text, isoCountryCode string) (SenderID, bool) {
	upper := strings.ToUpper(text)
	return find(v.Senders, func(s *SenderID) bool { return s.Text == upper && s.ISOCountryCode == isoCountryCode })
}

// PoolByID finds a pool by its id.
func (v *View) PoolByID(id string) (Pool, bool) {
	return find(v.Pools, func(p *Pool) bool { return p.ID == id })
}

// Pool finds a pool by its id or ARN.
func (v *View) Pool(text string) (Pool, bool) {
	if id, ok := v.tail(api.ResourceTypePool, text); ok {
		return v.PoolByID(id)
	}
	return v.PoolByID(text)
}

// Identity is a number or a sender ID with the settings that hold for it now.
// Exactly one of Number and Sender is set.
type Identity struct {
	Number   *PhoneNumber
	Sender   *SenderID
	Settings Settings
}

// Members are a pool's identities in the order in which they joined. The
// pool's settings hold for all of them; their own return when they leave.
func (v *View) Members(p Pool) []Identity {
	members := make([]Identity, 0, len(p.Members))
	for _, m := range p.Members {
		if n, ok := v.NumberByID(m.PhoneNumberID); ok {
			members = append(members, Identity{Number: &n, Settings: p.Settings})
		} else if s, ok := v.Sender(m.SenderID, m.ISOCountryCode); ok {
			members = append(members, Identity{Sender: &s, Settings: p.Settings})
		}
	}
	return members
}

// SettingsOf are what holds for a number now: its pool's settings while it is
// in one, else its own.
func (v *View) SettingsOf(n PhoneNumber) Settings {
	if p, ok := v.PoolByID(n.PoolID); ok && n.PoolID != "" {
		return p.Settings
	}
	return n.Settings
}

// HasOptOutList says whether the scope has an opt-out list of the name.
func (v *View) HasOptOutList(name string) bool {
	return name == resource.DefaultOptOutList || slices.Contains(v.OptOuts, name)
}

// ARN of the number, the sender ID and the pool.
func (v *View) numberARN(id string) string {
	return v.Scope.ARN(string(api.ResourceTypePhoneNumber), id)
}

func (v *View) senderARN(k SenderKey) string {
	return v.Scope.ARN(string(api.ResourceTypeSenderId), k.tail())
}

func (v *View) poolARN(id string) string {
	return v.Scope.ARN(string(api.ResourceTypePool), id)
}

// tail is the id in an ARN of the kind and of this scope.
func (v *View) tail(kind api.ResourceType, text string) (string, bool) {
	if !resource.IsARN(text) {
		return "", false
	}
	id, err := v.Scope.Resolve(kind, "", text)
	return id, err == nil
}

// Key names a sender ID within its scope.
func (s SenderID) Key() SenderKey { return SenderKey{s.Text, s.ISOCountryCode} }

// tail is what names a sender ID in ARNs and errors.
func (k SenderKey) tail() string { return k.Text + "/" + k.ISOCountryCode }

func find[T any](all []T, is func(*T) bool) (T, bool) {
	for i := range all {
		if is(&all[i]) {
			return all[i], true
		}
	}
	var none T
	return none, false
}
