package message

import (
	"time"

	"heliograph/api"
	"heliograph/protocol/gsm"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// Named is the origination identity that a caller named, found in what the
// scope holds. At most one of Number, Pool and Text is set; none of them means
// that the caller named nothing.
type Named struct {
	Number *origination.PhoneNumber
	Pool   *origination.Pool
	Text   string                // a sender ID as the caller wrote it
	Sender *origination.SenderID // the one that an ARN names, which fixes its country
}

// Request is what an origin and a carrier are chosen for.
type Request struct {
	Named   Named
	Type    api.MessageType // as the caller gave it, "" = not given
	To      string          // E.164 with +
	Country string          // ISO 3166-1 alpha-2 code of To
	Draw    uint64          // random: decides among identities of equal rank
	// Recall tells which identity of the pool ("" = of no pool) the
	// destination knows already, "" = none. state stands for the pool and its
	// identities: a choice made in another state is forgotten. Nil = none.
	Recall func(pool string, state uint64) (identity string)
	// Trial asks what would be chosen: nothing is sent, and no carrier that is
	// not well is probed.
	Trial bool
}

// Decision is what was chosen.
type Decision struct {
	Origin  Origin
	Type    api.MessageType
	Carrier string // name
	// OptOutList is the name of the list that the recipient must not be on. It is
	// told beside an error too, where what was named has one.
	OptOutList string
	Why        Why
	Equals     bool   // several identities of equal rank stood for choice
	State      uint64 // of the pool and its identities, when Equals
}

// Hop is a carrier that can take a message in the place of another, and how it
// takes it.
type Hop struct {
	Carrier string // name
	Wire    string // what the wire carries there as the sender
	Down    bool   // it has no connection at present: the message would wait there
	// Spelling is what the message's Why keeps from then on (Why.Spelling).
	Spelling string
}

// Sticky is the identity that a destination last got a message from, where
// there was a choice.
type Sticky struct {
	Scope       resource.Scope
	Pool        string // id, "" = chosen from no pool
	Destination string // E.164 with +
	Identity    string
	State       uint64 // of the pool and its identities when it was chosen
	At          time.Time
}

// Inbound is a text from a handset to a number that a scope holds, one part as
// it came.
type Inbound struct {
	ID      ID
	Scope   resource.Scope
	Carrier string // name
	From    string // E.164 with +, or short code
	To      string
	Segment gsm.Segment
	At      time.Time
	Done    bool // it is in a text that was concluded, and kept to tell a repetition
}
