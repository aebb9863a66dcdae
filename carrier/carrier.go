// Package carrier is the contract between the gateway and whatever takes its
// messages to handsets: an SMSC over SMPP, the simulated carrier, and kinds to
// come. A carrier says whether a failed submission may be tried again; the
// dispatcher alone decides when. The package holds types only: no protocol, no
// goroutine.
package carrier

import (
	"context"
	"errors"
	"time"

	"heliograph/protocol/gsm"
)

// AddressKind is what kind of address a sender is; a carrier derives type of
// number and numbering plan from it (SMPP 3.4 §5.2.5, §5.2.6).
type AddressKind string

// The kinds of sender, named as the simulated handset shows them.
const (
	Alphanumeric AddressKind = "ALPHANUMERIC"
	LongCode     AddressKind = "LONG_CODE"
	ShortCode    AddressKind = "SHORT_CODE"
	TollFree     AddressKind = "TOLL_FREE"
	TenDLC       AddressKind = "TEN_DLC"
	Simulator    AddressKind = "SIMULATOR"
	Unknown      AddressKind = "UNKNOWN"
)

// Part is one message part on its way to a handset: at most 140 octets of user
// data (3GPP TS 23.040 §9.2.3.24).
type Part struct {
	MessageID   string // the API's message id, lower-case UUID
	Number      int    // 1-based
	Total       int
	From        string // as the handset is to show it: sender ID text, E.164 with +, or short code
	FromKind    AddressKind
	To          string // E.164 with +
	Country     string // ISO 3166-1 alpha-2 of To
	Segment     gsm.Segment
	ValidFor    time.Duration     // remaining time to live at submission
	Parameters  map[string]string // DestinationCountryParameters, for the carrier's TLV settings
	Promotional bool
	// Clear is asked right before the part is handed over, when nothing is waited for
	// any more: its error keeps the part back and is Submit's answer. Nil = nothing
	// is asked.
	Clear func(ctx context.Context) error
}

// Cleared asks Clear.
func (p *Part) Cleared(ctx context.Context) error {
	if p.Clear == nil {
		return nil
	}
	return p.Clear(ctx)
}

// Carrier takes message parts. Implementations own their connections.
type Carrier interface {
	// Name is the carrier's name in the configuration.
	Name() string
	// Slots is how many parts may be in flight at once: binds × window.
	Slots() int
	// Submit hands one part over and waits for the carrier's answer. It waits
	// for a connection, for throughput and for a free window slot, bounded by
	// ctx, but not for the end of a pause (Pausing), and asks the part's Clear right
	// before it hands the part over: a carrier that takes a part unasked is
	// paused. It returns the carrier's id
	// for the part, which receipts bear, or *Error, or ctx's error when nothing
	// was handed over before ctx ended.
	Submit(ctx context.Context, p Part) (messageID string, err error)
	// Start connects in the background; it does not wait for a bind.
	Start(ctx context.Context) error
	// Stop submits nothing more, waits for answers under way, unbinds.
	Stop(ctx context.Context) error
}

// Failure is why a carrier did not take a part; the dispatcher turns it into
// retry, pause or a final state.
type Failure string

// Failures that may be tried again, the first four; two that another carrier may
// not meet; and those that no carrier helps against.
const (
	Throttled         Failure = "THROTTLED"          // tried again after a pause of the whole carrier; without a Code it was not handed over
	QueueFull         Failure = "QUEUE_FULL"         // tried again after a while, others meanwhile
	Transient         Failure = "TRANSIENT"          // tried again with back-off
	InDoubt           Failure = "IN_DOUBT"           // written, connection lost or no answer: tried again, may arrive twice
	QuotaUsed         Failure = "QUOTA"              // the account's credit or quota is used up: another carrier, or tried again until there is more
	Elsewhere         Failure = "ELSEWHERE"          // not taken for a reason of the carrier's own: another one may
	InvalidNumber     Failure = "INVALID"            // the destination is no number
	SenderRefused     Failure = "CARRIER_BLOCKED"    // the sender is not allowed there
	InvalidMessage    Failure = "INVALID_MESSAGE"    // the content or an option is refused
	Rejected          Failure = "REJECTED"           // refused for good, reason not told
	ConfigurationFail Failure = "CONFIGURATION_FAIL" // the carrier's settings are wrong: UNKNOWN and an alarm
)

// Error is a part that the carrier did not take.
type Error struct {
	Failure Failure
	// Otherwise is what an Elsewhere means where there is no other carrier; "" is a
	// fault of the network.
	Otherwise Failure
	Code      string // as the carrier gave it, e.g. "ESME_RTHROTTLED"
	Err       error  // what lies beneath, may be nil
}

// Error says what the carrier answered, without the message's text or numbers.
func (e *Error) Error() string {
	text := "carrier: " + string(e.Failure)
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// ErrHeld is Submit's answer where the carrier has no connection while it is
// held (Holder): nothing was handed over.
var ErrHeld = errors.New("carrier: held, and there is no connection")

// Holder is a Carrier that gives back what waits for a connection, instead of
// letting it wait, while it is held.
type Holder interface {
	Hold(held bool)
}

// Pausing is a Carrier that holds still for a while when its network is asked too
// much. What it is given meanwhile it gives back, Throttled and without a Code.
type Pausing interface {
	// PausedUntil is when it goes on; a time in the past when it does not pause.
	PausedUntil() time.Time
}

// ReceiptState is what a delivery receipt says of a part, in SMPP's terms
// (SMPP 3.4 §5.2.28).
type ReceiptState string

// The states that a receipt can bear.
const (
	Enroute       ReceiptState = "ENROUTE"
	Delivered     ReceiptState = "DELIVERED"
	Expired       ReceiptState = "EXPIRED"
	Deleted       ReceiptState = "DELETED"
	Undeliverable ReceiptState = "UNDELIVERABLE"
	Accepted      ReceiptState = "ACCEPTED"
	StateUnknown  ReceiptState = "UNKNOWN"
	RejectedState ReceiptState = "REJECTED"
)

// Receipt is a delivery receipt, already normalised by the carrier.
type Receipt struct {
	Carrier   string // the carrier's name
	MessageID string // the carrier's id for the part, normalised as Submit's answer is
	State     ReceiptState
	Code      string    // network error code as text, "" when none ("000" is dropped)
	At        time.Time // arrival
	DoneAt    time.Time // when it ended by the network's clock, zero when it does not say
	Network   string    // the recipient's mobile country and network code (ITU-T E.212), "" when it does not say
	// Verdict is what the carrier's settings make of State and Code, in the API's
	// words for event types; "" leaves that to their usual meaning.
	Verdict string
	Whole   bool // it speaks for all parts of the message that were submitted
}

// Inbound is a text from a handset, one part as it came.
type Inbound struct {
	Carrier  string
	From     string // E.164 with +, or as the network wrote it
	FromForm Form
	To       string
	Segment  gsm.Segment
	At       time.Time
}

// Form is what the network says that an address is (SMPP 3.4 §5.2.5).
type Form uint8

// The forms of an address.
const (
	FormUnknown       Form = iota // with a plus sign: it is long enough for E.164
	FormInternational             // E.164
	FormNational                  // without the calling code
	FormShort                     // of the network's own: a short code
	FormName                      // alphanumeric
)

// Late is the answer to a part that was in doubt: the carrier did take it.
type Late struct {
	Carrier   string
	Part      int    // its Number
	Of        string // the API's message id
	MessageID string // the carrier's, as Submit's answer would have been
	At        time.Time
}

// Reports takes what comes back from carriers. A nil error means that it is
// durable, and only then does the carrier acknowledge it to the network.
type Reports interface {
	// Late is told of parts that are not sent again, and of some that are.
	Late(ctx context.Context, l Late) error
	Receipt(ctx context.Context, r Receipt) error
	Inbound(ctx context.Context, in Inbound) error
}
