package smpp

import "strings"

// MessageState is a message_state (SMPP 3.4 §5.2.28).
type MessageState uint8

// The states; SCHEDULED and SKIPPED are SMPP 5.0's, which peers send at 3.4 too.
const (
	StateScheduled     MessageState = 0
	StateEnroute       MessageState = 1
	StateDelivered     MessageState = 2
	StateExpired       MessageState = 3
	StateDeleted       MessageState = 4
	StateUndeliverable MessageState = 5
	StateAccepted      MessageState = 6
	StateUnknown       MessageState = 7
	StateRejected      MessageState = 8
	StateSkipped       MessageState = 9
)

// String is the state's name in the specification; a value that it does not have
// is UNKNOWN.
func (s MessageState) String() string {
	names := [...]string{"SCHEDULED", "ENROUTE", "DELIVERED", "EXPIRED", "DELETED",
		"UNDELIVERABLE", "ACCEPTED", "UNKNOWN", "REJECTED", "SKIPPED"}
	if int(s) >= len(names) {
		return "UNKNOWN"
	}
	return names[s]
}

// Stat is the state's seven-letter form in the text of a receipt (Appendix B).
func (s MessageState) Stat() string {
	stats := [...]string{"ENROUTE", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
		"UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"}
	if int(s) >= len(stats) {
		return "UNKNOWN"
	}
	return stats[s]
}

// ParseStat reads the stat of a receipt's text: the words of Appendix B, those
// that peers use instead, and the number of the state. Anything else is
// StateUnknown and not ok.
func ParseStat(stat string) (state MessageState, ok bool) {
	if bare := strings.TrimLeft(stat, "0"); bare != "" {
		stat = bare // numbers are written with zeros too
	}
	switch strings.ToUpper(stat) {
	case "ENROUTE", "BUFFERED", "1":
		return StateEnroute, true
	case "DELIVRD", "DELIVERED", "2":
		return StateDelivered, true
	case "EXPIRED", "3":
		return StateExpired, true
	case "DELETED", "4":
		return StateDeleted, true
	case "UNDELIV", "UNDELIVERABLE", "FAILED", "5":
		return StateUndeliverable, true
	case "ACCEPTD", "ACCEPTED", "6":
		return StateAccepted, true
	case "UNKNOWN", "7":
		return StateUnknown, true
	case "REJECTD", "REJECTED", "8":
		return StateRejected, true
	case "SKIPPED", "9":
		return StateSkipped, true
	case "SCHEDULED", "0":
		return StateScheduled, true
	}
	return StateUnknown, false
}
