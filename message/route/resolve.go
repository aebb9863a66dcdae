package route

import (
	"strings"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// member is the member of a request that names the identity.
const member = "OriginationIdentity"

// What the ids of identities start with: 32 hexadecimal digits follow, and such
// text is never a sender ID.
const (
	numberID = "phone-"
	poolID   = "pool-"
	agentID  = "rcs-"
)

// Resolve finds the identity that a caller named: a number with or without its
// plus sign, a short code, the id or ARN of a number or pool, a sender ID in
// any case, or its ARN; "" gives the zero value. Text that nobody holds but
// that can be a sender ID is one. Errors are the API's: not found,
// INVALID_ARN, RESOURCE_NOT_ACTIVE.
func (r Router) Resolve(identity string, v *origination.View) (message.Named, error) {
	switch {
	case identity == "":
		return message.Named{}, nil
	case resource.IsARN(identity):
		return resolveARN(identity, v)
	case resource.IsID(numberID, identity):
		return resolveNumber(numberByID(v, identity), identity)
	case resource.IsID(poolID, identity):
		return resolvePool(v, identity)
	case resource.IsID(agentID, identity):
		return message.Named{}, notFound(api.ResourceTypeRcsAgent, identity)
	}
	if n := numberByDigits(v, identity); n != nil {
		return resolveNumber(n, identity)
	}
	return resolveText(v, identity)
}

func resolveARN(text string, v *origination.View) (message.Named, error) {
	a, ok := resource.ParseARN(text)
	if !ok {
		return message.Named{}, invalidARN()
	}
	kind := api.ResourceType(a.Kind)
	tail, err := v.Scope.Resolve(kind, member, text)
	if err != nil {
		return message.Named{}, err
	}
	switch kind {
	case api.ResourceTypePhoneNumber:
		return resolveNumber(numberByID(v, tail), tail)
	case api.ResourceTypePool:
		return resolvePool(v, tail)
	case api.ResourceTypeSenderId:
		return resolveSenderARN(v, tail)
	case api.ResourceTypeRcsAgent:
		return message.Named{}, notFound(kind, tail)
	}
	return message.Named{}, invalidARN()
}

func resolveNumber(n *origination.PhoneNumber, named string) (message.Named, error) {
	if n == nil {
		return message.Named{}, notFound(api.ResourceTypePhoneNumber, named)
	}
	if n.Status != api.NumberStatusActive {
		return message.Named{}, notActive(api.ResourceTypePhoneNumber, n.ID)
	}
	return message.Named{Number: n}, nil
}

func resolvePool(v *origination.View, id string) (message.Named, error) {
	for i := range v.Pools {
		p := &v.Pools[i]
		if !strings.EqualFold(p.ID, id) {
			continue
		}
		if p.Status != api.PoolStatusActive {
			return message.Named{}, notActive(api.ResourceTypePool, p.ID)
		}
		return message.Named{Pool: p}, nil
	}
	return message.Named{}, notFound(api.ResourceTypePool, id)
}

// resolveSenderARN reads TEXT/COUNTRY.
func resolveSenderARN(v *origination.View, tail string) (message.Named, error) {
	text, iso, _ := strings.Cut(tail, "/")
	s := sender(v, text, strings.ToUpper(iso))
	if s == nil {
		return message.Named{}, notFound(api.ResourceTypeSenderId, tail)
	}
	return message.Named{Text: s.Spelling, Sender: s}, nil
}

// resolveText takes text for a sender ID, whether or not it is held: what its
// destination makes of it is decided later. All digits are a sender ID only
// where one is held (India's promotional headers), else a number that nobody
// holds.
func resolveText(v *origination.View, text string) (message.Named, error) {
	for i := range v.Senders {
		if strings.EqualFold(v.Senders[i].Text, text) {
			return message.Named{Text: text}, nil
		}
	}
	if strings.Trim(text, "+0123456789") == "" {
		return message.Named{}, notFound(api.ResourceTypePhoneNumber, text)
	}
	if !canBeSenderID(text) {
		return message.Named{}, notFound(api.ResourceTypeSenderId, text)
	}
	return message.Named{Text: text}, nil
}

// canBeSenderID is the shape of the API's SenderId: 1 to 11 letters, digits,
// dashes and underscores, which is also what an address of 11 septets holds
// (3GPP TS 23.040 §9.1.2.5).
func canBeSenderID(text string) bool {
	const longest = 11
	if len(text) > longest {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

func numberByID(v *origination.View, id string) *origination.PhoneNumber {
	for i := range v.Numbers {
		if strings.EqualFold(v.Numbers[i].ID, id) {
			return &v.Numbers[i]
		}
	}
	return nil
}

func numberByDigits(v *origination.View, text string) *origination.PhoneNumber {
	digits := strings.TrimPrefix(text, "+")
	for i := range v.Numbers {
		if strings.TrimPrefix(v.Numbers[i].Number, "+") == digits {
			return &v.Numbers[i]
		}
	}
	return nil
}

// sender finds the sender ID that a scope holds for a country, in any case.
func sender(v *origination.View, text, iso string) *origination.SenderID {
	for i := range v.Senders {
		s := &v.Senders[i]
		if s.ISOCountryCode == iso && strings.EqualFold(s.Text, text) {
			return s
		}
	}
	return nil
}

func invalidARN() error {
	return api.Invalid(api.ValidationExceptionReasonInvalidArn,
		"Give the ARN of a phone number, a sender ID or a pool of this account and Region.", member)
}

func notFound(kind api.ResourceType, id string) error {
	return api.NotFound(kind, id, "Name an origination identity that this account holds in this Region.")
}

func notActive(kind api.ResourceType, id string) error {
	return api.Conflict(api.ConflictExceptionReasonResourceNotActive, kind, id, "Wait until its status is ACTIVE.")
}
