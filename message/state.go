// Package message holds a message, its parts and their states: types and the
// state machine, no storage and no goroutine. The steps of a message's road
// are packages below it, in the order of the road: accept, route, dispatch,
// receipt; inbound for what handsets send.
package message

// State is where a part, or a message, stands. The numbers are stored.
type State uint8

// The states, in the API's words for event types (TEXT_<state>).
const (
	Queued             State = iota // accepted, on disk, not yet taken by a carrier
	Submitted                       // taken by the carrier, receipt expected
	Successful                      // taken by a carrier that gives no receipts: final
	Delivered                       // on the handset
	Invalid                         // the destination is no number
	InvalidMessage                  // content or parameters refused
	Unreachable                     // the handset could not be reached
	CarrierUnreachable              // a fault of the network that lasted
	Blocked                         // the handset or the network blocks this recipient
	CarrierBlocked                  // the network blocks this sender or content
	Spam                            // judged spam
	Unknown                         // no word of it, or failed without a reason
	Expired                         // its time to live passed
)

// names in the order of the constants, as events and the operator see them.
var names = [...]string{
	"QUEUED", "PENDING", "SUCCESSFUL", "DELIVERED", "INVALID", "INVALID_MESSAGE", "UNREACHABLE",
	"CARRIER_UNREACHABLE", "BLOCKED", "CARRIER_BLOCKED", "SPAM", "UNKNOWN", "TTL_EXPIRED",
}

// String gives the API's name of the state.
func (s State) String() string {
	if int(s) < len(names) {
		return names[s]
	}
	return "UNKNOWN"
}

// Final says that nothing more is expected.
func (s State) Final() bool { return s != Queued && s != Submitted }

// Failed says that the text did not reach the handset and will not.
func (s State) Failed() bool { return s.Final() && s != Successful && s != Delivered }

// After is the state that follows when news comes: the first final state
// stays, except that a delivery overrides Unknown and Expired, which say only
// that nobody told in time; and nothing goes back to Queued.
func (s State) After(news State) State {
	switch {
	case !s.Final():
		if news == Queued {
			return s
		}
		return news
	case (s == Unknown || s == Expired) && news == Delivered:
		return Delivered
	default:
		return s
	}
}

// Fold is a message's state by its parts: failed as soon as one part failed
// (the first of them in part order says how), else queued while any part is,
// else submitted while any is, else successful if any part had no receipt to
// wait for, else delivered.
func Fold(parts []State) State {
	least := Delivered
	for _, s := range parts {
		if s.Failed() {
			return s
		}
		if s < least {
			least = s
		}
	}
	return least
}
