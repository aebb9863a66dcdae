package smpp

// State is the state of a session (SMPP 3.4 §2.2).
//
//	OPEN ──bind──▶ BOUND_TX | BOUND_RX | BOUND_TRX ──unbind──▶ UNBOUND ──▶ CLOSED
type State int32

// The states of a session.
const (
	Open State = iota
	BoundTX
	BoundRX
	BoundTRX
	Unbound
	Closed
)

// String is the state's name in the specification.
func (s State) String() string {
	return [...]string{"OPEN", "BOUND_TX", "BOUND_RX", "BOUND_TRX", "UNBOUND", "CLOSED"}[s]
}

// Bound says whether the session is in one of the three bound states.
func (s State) Bound() bool { return s == BoundTX || s == BoundRX || s == BoundTRX }

// bound is the state that a bind leads to.
func (m BindMode) bound() State {
	switch m {
	case Transmitter:
		return BoundTX
	case Receiver:
		return BoundRX
	}
	return BoundTRX
}

// Role is which end of a session this is.
type Role uint8

// The two ends.
const (
	ESME Role = iota // binds, submits
	SMSC             // is bound to, delivers
)

func (r Role) peer() Role { return SMSC - r }

// may says whether a request may be made by role in state (SMPP 3.4 §2.3).
func may(id CommandID, by Role, in State) bool {
	transmits, receives := in == BoundTX || in == BoundTRX, in == BoundRX || in == BoundTRX
	switch id {
	case CommandEnquireLink, CommandUnbind:
		return in != Closed
	case CommandBindReceiver, CommandBindTransmitter, CommandBindTransceiver:
		return by == ESME && in == Open
	case CommandOutbind:
		return by == SMSC && in == Open
	case CommandSubmitSM, CommandQuerySM, CommandCancelSM, CommandReplaceSM:
		return by == ESME && transmits
	case CommandDeliverSM, CommandAlertNotification:
		return by == SMSC && receives
	case CommandDataSM:
		return by == ESME && transmits || by == SMSC && receives
	}
	return false
}
