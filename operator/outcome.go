package operator

import (
	"fmt"
	"strings"
	"time"

	"heliograph/message"
)

// outcome says where a message stands and what brought it there.
func outcome(m *message.Message) []string {
	lines := []string{standing(m)}
	if n, part := deciding(m); len(m.PartLog) > 1 && part.State.Failed() {
		lines = append(lines, fmt.Sprintf("Part %d of %d decided this; parts after one that was refused are not sent.", n, len(m.PartLog)))
	}
	if m.OnWire() != m.Parts {
		lines = append(lines, fmt.Sprintf("It was counted and priced as %s; the carrier takes it in %d.", counted(m.Parts), m.OnWire()))
	}
	for _, part := range m.PartLog {
		if part.Attempts > 1 {
			lines = append(lines, fmt.Sprintf("Part %d was handed to the carrier %d times: attempts that fail for a while are repeated.", part.Number, part.Attempts))
		}
	}
	if meaning := ofCode(m.Code); m.Code != "" && meaning != ours {
		lines = append(lines, "The code that came with it is "+m.Code+": "+meaning+".")
	}
	return lines
}

func counted(n int) string {
	if n == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", n)
}

// deciding is the part that a message's state is taken from: the first failed
// one, else the first that is not final.
func deciding(m *message.Message) (number int, part message.Part) {
	for _, p := range m.PartLog {
		if p.State == m.State {
			return p.Number, p
		}
	}
	return 1, message.Part{}
}

// standing is the sentence for a message's state.
func standing(m *message.Message) string {
	_, part := deciding(m)
	by := "carrier " + m.Carrier
	switch m.State {
	case message.Queued:
		return "It waits to be handed to " + by + ", at most until " + clock(m.ExpiresAt) + "."
	case message.Submitted:
		return upper(by) + " has taken it; the receipt that says whether it reached the handset has not come yet."
	case message.Successful:
		return upper(by) + " has taken it, and gives no receipts: whether it reached the handset is not known."
	case message.Delivered:
		return "It reached the handset, as " + by + " reported."
	case message.Expired:
		return expired(m, by, part)
	case message.Unknown:
		return untold(m, by)
	case message.CarrierUnreachable:
		if part.SubmittedAt.IsZero() {
			return "It could not be handed to " + by + ", which failed again and again until the message's time was over at " + clock(m.ExpiresAt) + "."
		}
		return "The recipient's network failed, as " + by + " reported."
	}
	return refused(m, by, !part.SubmittedAt.IsZero())
}

// expired says whose hands a message was in when its time was over.
func expired(m *message.Message, by string, part message.Part) string {
	switch {
	case !part.SubmittedAt.IsZero():
		return upper(by) + " took it and could not deliver it before its time was over."
	case m.Code == "QUIET_HOURS":
		return "It was not sent: quiet hours held it until its time was over at " + clock(m.ExpiresAt) + "."
	case m.Code == "ESME_RTHROTTLED" || m.Code == "ESME_RMSGQFUL":
		return "It was not sent: " + by + " took no more messages at that rate until the message's time was over at " + clock(m.ExpiresAt) + "."
	}
	return "It was not sent: its turn with " + by + " did not come before its time was over at " + clock(m.ExpiresAt) + "."
}

// untold says why nobody knows what became of a message.
func untold(m *message.Message, by string) string {
	switch {
	case m.Code == "CANCELLED":
		return "It was not sent: the operator cancelled it while it waited for " + by + "; the audit says who did, and why."
	case m.Code == message.TriedInDoubt:
		return upper(by) + " did not answer a part that it may have taken; it was not sent again, as in_doubt of the carrier's entry in the configuration file wants: whether it reached the handset is not known."
	case m.Code == "NO_RECEIPT":
		return upper(by) + " took it, but no receipt came within 72 hours: whether it reached the handset is not known."
	case strings.HasPrefix(m.Code, "ESME_"):
		return upper(by) + " refused it for a setting of the connection: compare the carrier's entry in the configuration file with what the carrier asks for."
	}
	return upper(by) + " reported that it was not delivered, and did not say why."
}

// refused says who refused a message, and for what.
func refused(m *message.Message, by string, taken bool) string {
	who := upper(by) + " refused it"
	if taken {
		who = upper(by) + " took it, but it was not delivered"
	}
	switch m.State {
	case message.Invalid:
		return who + ": no phone can be reached under the number."
	case message.InvalidMessage:
		return unfit(m.Code, who)
	case message.Unreachable:
		return who + ": the handset could not be reached; it was switched off, out of coverage, busy or full."
	case message.Blocked:
		if m.Code == message.CodeOptedOut {
			return "It was stopped: the recipient is on the opt-out list " + m.List() + ", and was put there before " + by + " had all of it."
		}
		return who + ": the recipient, or the recipient's network, bars such messages."
	case message.CarrierBlocked:
		if strings.HasPrefix(m.Code, "ESME_RINVSRC") {
			return who + ": it does not allow this sender."
		}
		return who + " for good: the sender or the text is not allowed there, and it did not say which."
	case message.Spam:
		return who + ": it was judged to be spam."
	}
	return who + "."
}

// unfit says what was wrong with a message itself.
func unfit(code, who string) string {
	const india = "It was not sent: a text from a sender ID to India must name the %s that is registered with the Indian networks, and the request's DestinationCountryParameters had no %s."
	switch code {
	case "IN_ENTITY_ID_MISSING":
		return fmt.Sprintf(india, "company (entity)", "IN_ENTITY_ID")
	case "IN_TEMPLATE_ID_MISSING":
		return fmt.Sprintf(india, "text template", "IN_TEMPLATE_ID")
	case "IN_ENTITY_ID_REQUIRED", "IN_TEMPLATE_ID_REQUIRED":
		return "It was not sent: the carrier requires " + strings.TrimSuffix(code, "_REQUIRED") + ", and the request's DestinationCountryParameters had none."
	case "IN_ENTITY_ID_TOO_LONG", "IN_TEMPLATE_ID_TOO_LONG":
		return "It was not sent: a value of the request's DestinationCountryParameters is longer than max_length of the carrier's tlvs."
	case "NOT_SPLIT":
		return "It was not sent: the text does not fit into its number of parts in the form that the carrier takes."
	}
	return who + ": the text or one of its settings is not allowed there."
}

// ours is the meaning of a code that the sentences have told already.
const ours = "-"

// ofCode says what a code means: the command_status of SMPP 3.4 §5.1.3, or a
// network error code in its usual meaning, that of 3GPP TS 29.002 §17.6.6.
func ofCode(code string) string {
	if meaning, known := meanings[code]; known {
		return meaning
	}
	if meaning, known := meanings[strings.TrimLeft(strings.TrimSpace(code), "0")]; known {
		return meaning
	}
	return "its meaning is the carrier's own; ask the carrier"
}

var meanings = map[string]string{
	"IN_ENTITY_ID_REQUIRED": ours, "IN_TEMPLATE_ID_REQUIRED": ours, "IN_ENTITY_ID_TOO_LONG": ours, "IN_TEMPLATE_ID_TOO_LONG": ours,
	"IN_ENTITY_ID_MISSING": ours, "IN_TEMPLATE_ID_MISSING": ours, "NO_RECEIPT": ours, "CANCELLED": ours, "NOT_SPLIT": ours,
	message.TriedInDoubt: ours, "QUIET_HOURS": ours, message.CodeOptedOut: ours,

	"ESME_RINVMSGLEN": "the text is too long or too short", "ESME_RINVDSTADR": "the destination is not valid",
	"ESME_RINVSRCADR": "the sender is not valid", "ESME_RSYSERR": "an error in the carrier's system",
	"ESME_RMSGQFUL": "the carrier's queue is full", "ESME_RTHROTTLED": "more messages than the carrier allows at a time",
	"ESME_RSUBMITFAIL": "the carrier could not take it", "ESME_RINVSCHED": "the time of delivery is not valid",
	"ESME_RINVEXPIRY": "the time to live is not valid", "ESME_RINVDCS": "the encoding is not valid",
	"ESME_RINVESMCLASS": "the form of the message is not valid", "ESME_RINVSERTYP": "the service type is not valid",
	"ESME_RINVSYSTYP": "the system type is not valid", "ESME_RINVREGDLVFLG": "receipts cannot be asked for this way",
	"ESME_RX_T_APPN": "a fault that passes", "ESME_RX_P_APPN": "a fault that stays", "ESME_RX_R_APPN": "the text is refused",
	"ESME_RMISSINGOPTPARAM": "a field is missing that the carrier asks for", "ESME_RUNKNOWNERR": "an error without a name",
	"ESME_RINVDSTTON": "the destination's type is not valid", "ESME_RINVDSTNPI": "the destination's numbering plan is not valid",
	"ESME_RINVSRCTON": "the sender's type is not valid", "ESME_RINVSRCNPI": "the sender's numbering plan is not valid",

	"1": "nobody has the number", "5": "the network does not know the handset", "9": "the subscriber is not allowed there",
	"11": "the subscriber has no text service", "13": "the subscriber's calls and texts are barred",
	"6": "the handset is not in the network", "27": "the handset is not in the network", "31": "the handset is busy",
	"32": "the handset's memory is full", "21": "the network does not support it", "34": "an error in the network's system",
	"255": "an error of the network",
}

func upper(sentence string) string { return strings.ToUpper(sentence[:1]) + sentence[1:] }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
