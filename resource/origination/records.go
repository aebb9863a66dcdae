package origination

import (
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Provision says that an identity is provisioned on a carrier, and under which
// spelling its network knows it.
type Provision struct {
	Carrier string `json:"carrier"`
	As      string `json:"as,omitempty"` // what the wire carries there; "" = the identity itself
}

// PhoneNumber is a number leased to a scope.
type PhoneNumber struct {
	ID                 string // "phone-" and 32 hexadecimal digits
	Number             string // E.164 with +, or a short code's digits
	ISOCountryCode     string
	Type               api.NumberType
	MessageType        api.MessageType
	Capabilities       []api.NumberCapability
	Status             api.NumberStatus
	MonthlyPrice       string // US dollars, e.g. "1.00"
	Settings           Settings
	International      bool
	DeletionProtection bool
	PoolID             string // "" = in no pool
	RegistrationID     string
	Fictitious         bool        // from the ranges that belong to nobody, not from the operator's inventory
	Withdrawn          bool        // no longer in the operator's inventory
	Provisions         []Provision // carriers it is provisioned on; empty = all
	Tags               []resource.Tag
	CreatedAt          time.Time
}

// Settings are what a number, or a pool for its members, does with inbound
// messages and opt-outs.
type Settings struct {
	TwoWay            bool
	TwoWayChannelARN  string
	TwoWayChannelRole string
	SelfManagedOptOut bool
	OptOutList        string // a list's name
}

// SenderID is an alphanumeric sender of a scope for one country.
type SenderID struct {
	Text               string // upper case: the key, with the country
	Spelling           string // as first given: what the wire carries
	ISOCountryCode     string
	MessageTypes       []api.MessageType
	Registered         bool
	RegistrationID     string
	DeletionProtection bool
	Provisions         []Provision // carriers it is provisioned on; empty = all
	Tags               []resource.Tag
	CreatedAt          time.Time
}

// Pool is a set of origination identities that send as one.
type Pool struct {
	ID                 string // "pool-" and 32 hexadecimal digits
	MessageType        api.MessageType
	Status             api.PoolStatus
	Settings           Settings
	SharedRoutes       bool
	DeletionProtection bool
	Members            []Member
	Tags               []resource.Tag
	CreatedAt          time.Time
}

// Member is an identity's seat in a pool: a number, or a sender ID with its
// country. Exactly one of PhoneNumberID and SenderID is set.
type Member struct {
	PhoneNumberID  string
	SenderID       string // upper case
	ISOCountryCode string
	JoinedAt       time.Time
}

// View is all that a scope holds at one revision, immutable: rules and routing
// read it, changes name its revision. Slices are ordered by creation.
type View struct {
	Scope    resource.Scope
	Revision resource.Revision
	Numbers  []PhoneNumber
	Senders  []SenderID
	Pools    []Pool
	OptOuts  []string // names of the scope's opt-out lists
}
