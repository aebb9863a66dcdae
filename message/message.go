package message

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/resource"
)

// ID is a message id: a UUIDv7, a UUID to callers and time-ordered for the
// store.
type ID = uuid.UUID

// Message is one accepted text and all that is known of it.
type Message struct {
	ID       ID
	Scope    resource.Scope
	Origin   Origin
	To       string // E.164 with +
	Country  string // ISO 3166-1 alpha-2 of To
	Type     api.MessageType
	Carrier  string // the chosen carrier's name
	Body     string
	Encoding gsm.Encoding
	Parts    int // as the service counts them, which is what callers see and pay
	// WireParts are the parts that the carrier took the text in, where its alphabet
	// or its concatenation makes others; 0 = as many as Parts, or none taken yet.
	WireParts int
	// Reference of concatenated parts (3GPP TS 23.040 §9.2.3.24.1), taken per
	// message so that a part sent again bears the same one.
	Reference        uint16
	Price            MicroUSD // of the whole message
	ConfigurationSet string   // name, "" = none
	Context          map[string]string
	Parameters       map[string]string // DestinationCountryParameters
	Feedback         bool
	OptOutList       string // name of the list that the recipient must not be on, "" = Default
	// Confirmation is the one text that may go to somebody who opted out: it says
	// that they did.
	Confirmation bool
	InvocationID string // of the caller's SDK, to recognise its retries
	RequestHash  uint64 // of the request's parameters, beside InvocationID
	Why          Why
	AcceptedAt   time.Time
	ExpiresAt    time.Time

	// FeedbackStatus is what the caller said of it, "" = nothing yet.
	FeedbackStatus api.MessageFeedbackStatus

	// Network is the recipient's, mobile country and network code (ITU-T E.212),
	// as a receipt told; "" = none did.
	Network string

	State   State // a fold over the parts
	Code    string
	EndedAt time.Time // zero until final
	PartLog []Part    // one entry a part on the wire, in order
}

// OnWire is how many parts the text travels in.
func (m *Message) OnWire() int {
	if m.WireParts > 0 {
		return m.WireParts
	}
	return m.Parts
}

// MicroUSD is a sum in millionths of a US dollar.
type MicroUSD int64

// Origin is what a message comes from.
type Origin struct {
	Kind     carrier.AddressKind
	Identity string // a phone number's id, a sender ID's text in upper case, or "" for what nobody owns
	Wire     string // what the wire carries and the handset shows
	Pool     string // id of the pool it was chosen from, "" = none
}

// Part is what became of one message part.
type Part struct {
	Number           int // 1-based
	State            State
	Code             string // the carrier's code or our own reason, "" = none
	CarrierMessageID string
	Attempts         int
	SubmittedAt      time.Time // when the carrier took it
	EndedAt          time.Time
	// DoneAt is when it ended by the network's clock, as its receipt says; zero
	// when it says nothing.
	DoneAt time.Time
}

// Submission is a part that a carrier took.
type Submission struct {
	ID               ID
	Part             int // 1-based
	Parts            int // of the message on the wire, 0 = as counted
	Carrier          string
	CarrierMessageID string // "" when the carrier gave none: no receipt will match
	Attempts         int
	At               time.Time
	Final            bool // the carrier gives no receipts: the part is Successful
	// Late is of a part that was in doubt: it counts where the part has ended without
	// word, so that its receipts find it.
	Late bool
}

// Ending is a part, or with Part 0 every part that is not final, that ended
// without a receipt: refused, expired, given up.
type Ending struct {
	ID       ID
	Part     int
	State    State
	Code     string
	Attempts int
	At       time.Time
	// Untaken ends it only while no part was taken, and while it waits for that
	// carrier: else the store answers ErrTaken. "" = whatever was.
	Untaken string
}

// Reroute gives a message to another carrier, from which no part was taken.
type Reroute struct {
	ID       ID
	From, To string // names of carriers
	Wire     string // what the wire carries there as the sender
	Why      *Why   // with what led to it; nil leaves the message's as it is
}

// ErrTaken is the store's answer where a message is to be cancelled or to go over
// another carrier: a part of it was taken, it has ended, or it waits for
// another carrier than was thought.
var ErrTaken = errors.New("message: it does not wait for this carrier any more")

// Receipt is a delivery receipt, translated to a state.
type Receipt struct {
	Carrier          string
	CarrierMessageID string
	State            State // Submitted for an intermediate notification
	Code             string
	At               time.Time // of its arrival
	DoneAt           time.Time // by the network's clock, zero when it does not say
	Network          string    // the recipient's mobile country and network code, "" when it does not say
	Whole            bool      // it speaks for all parts of the message that were submitted
}
