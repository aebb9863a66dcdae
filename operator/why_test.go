package operator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

var accepted = time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)

// ended is a message of one part in a state. taken says that the carrier took
// it first.
func ended(state message.State, code string, taken bool) *message.Message {
	m := &message.Message{
		Carrier: "acme", Country: "IN", Parts: 1, State: state, Code: code, AcceptedAt: accepted, ExpiresAt: accepted.Add(72 * time.Hour),
		PartLog: []message.Part{{Number: 1, State: state, Code: code, Attempts: 1}},
	}
	if taken {
		m.PartLog[0].SubmittedAt = accepted.Add(time.Second)
	}
	return m
}

// carried is a message that travels in other parts than were counted.
func carried(m *message.Message, wire int) *message.Message {
	m.Parts, m.WireParts = 1, wire
	return m
}

func parts(m *message.Message, states ...message.State) *message.Message {
	m.PartLog, m.Parts = nil, len(states)
	for i, s := range states {
		m.PartLog = append(m.PartLog, message.Part{Number: i + 1, State: s, Attempts: 1})
	}
	return m
}

// TestOutcomeIsSaidInPlainWords holds for each way that a message can go the
// sentences that an operator reads.
func TestOutcomeIsSaidInPlainWords(t *testing.T) {
	retried := ended(message.Delivered, "", true)
	retried.PartLog[0].Attempts = 3
	for name, c := range map[string]struct {
		m    *message.Message
		want []string
	}{
		"waiting":         {ended(message.Queued, "", false), []string{"It waits to be handed to carrier acme, at most until 2026-06-01 12:00:00 UTC."}},
		"no receipt yet":  {ended(message.Submitted, "", true), []string{"Carrier acme has taken it; the receipt that says whether it reached the handset has not come yet."}},
		"no receipts":     {ended(message.Successful, "", true), []string{"Carrier acme has taken it, and gives no receipts: whether it reached the handset is not known."}},
		"delivered":       {ended(message.Delivered, "", true), []string{"It reached the handset, as carrier acme reported."}},
		"after attempts":  {retried, []string{"It reached the handset, as carrier acme reported.", "Part 1 was handed to the carrier 3 times: attempts that fail for a while are repeated."}},
		"opted out":       {ended(message.Blocked, message.CodeOptedOut, false), []string{"It was stopped: the recipient is on the opt-out list Default, and was put there before carrier acme had all of it."}},
		"no such number":  {ended(message.Invalid, "ESME_RINVDSTADR", false), []string{"Carrier acme refused it: no phone can be reached under the number.", "The code that came with it is ESME_RINVDSTADR: the destination is not valid."}},
		"number unused":   {ended(message.Invalid, "001", true), []string{"Carrier acme took it, but it was not delivered: no phone can be reached under the number.", "The code that came with it is 001: nobody has the number."}},
		"entity missing":  {ended(message.InvalidMessage, "IN_ENTITY_ID_MISSING", false), []string{"It was not sent: a text from a sender ID to India must name the company (entity) that is registered with the Indian networks, and the request's DestinationCountryParameters had no IN_ENTITY_ID."}},
		"template missed": {ended(message.InvalidMessage, "IN_TEMPLATE_ID_MISSING", false), []string{"It was not sent: a text from a sender ID to India must name the text template that is registered with the Indian networks, and the request's DestinationCountryParameters had no IN_TEMPLATE_ID."}},
		"value required":  {ended(message.InvalidMessage, "IN_ENTITY_ID_REQUIRED", false), []string{"It was not sent: the carrier requires IN_ENTITY_ID, and the request's DestinationCountryParameters had none."}},
		"value too long":  {ended(message.InvalidMessage, "IN_ENTITY_ID_TOO_LONG", false), []string{"It was not sent: a value of the request's DestinationCountryParameters is longer than max_length of the carrier's tlvs."}},
		"other parts":     {carried(ended(message.Delivered, "", true), 3), []string{"It reached the handset, as carrier acme reported.", "It was counted and priced as 1 part; the carrier takes it in 3."}},
		"does not split":  {ended(message.InvalidMessage, "NOT_SPLIT", false), []string{"It was not sent: the text does not fit into its number of parts in the form that the carrier takes."}},
		"text refused":    {ended(message.InvalidMessage, "ESME_RINVDCS", false), []string{"Carrier acme refused it: the text or one of its settings is not allowed there.", "The code that came with it is ESME_RINVDCS: the encoding is not valid."}},
		"switched off":    {ended(message.Unreachable, "27", true), []string{"Carrier acme took it, but it was not delivered: the handset could not be reached; it was switched off, out of coverage, busy or full.", "The code that came with it is 27: the handset is not in the network."}},
		"carrier down":    {ended(message.CarrierUnreachable, "ESME_RSYSERR", false), []string{"It could not be handed to carrier acme, which failed again and again until the message's time was over at 2026-06-01 12:00:00 UTC.", "The code that came with it is ESME_RSYSERR: an error in the carrier's system."}},
		"network down":    {ended(message.CarrierUnreachable, "34", true), []string{"The recipient's network failed, as carrier acme reported.", "The code that came with it is 34: an error in the network's system."}},
		"barred":          {ended(message.Blocked, "13", true), []string{"Carrier acme took it, but it was not delivered: the recipient, or the recipient's network, bars such messages.", "The code that came with it is 13: the subscriber's calls and texts are barred."}},
		"sender refused":  {ended(message.CarrierBlocked, "ESME_RINVSRCADR", false), []string{"Carrier acme refused it: it does not allow this sender.", "The code that came with it is ESME_RINVSRCADR: the sender is not valid."}},
		"refused for good": {ended(message.CarrierBlocked, "ESME_0x00000401", false), []string{"Carrier acme refused it for good: the sender or the text is not allowed there, and it did not say which.",
			"The code that came with it is ESME_0x00000401: its meaning is the carrier's own; ask the carrier."}},
		"spam":             {ended(message.Spam, "", true), []string{"Carrier acme took it, but it was not delivered: it was judged to be spam."}},
		"receipt never":    {ended(message.Unknown, "NO_RECEIPT", true), []string{"Carrier acme took it, but no receipt came within 72 hours: whether it reached the handset is not known."}},
		"given up":         {ended(message.Unknown, "IN_DOUBT", false), []string{"Carrier acme did not answer a part that it may have taken; it was not sent again, as in_doubt of the carrier's entry in the configuration file wants: whether it reached the handset is not known."}},
		"quiet hours":      {ended(message.Expired, "QUIET_HOURS", false), []string{"It was not sent: quiet hours held it until its time was over at 2026-06-01 12:00:00 UTC."}},
		"no reason":        {ended(message.Unknown, "", true), []string{"Carrier acme reported that it was not delivered, and did not say why."}},
		"setting":          {ended(message.Unknown, "ESME_RINVSERTYP", false), []string{"Carrier acme refused it for a setting of the connection: compare the carrier's entry in the configuration file with what the carrier asks for.", "The code that came with it is ESME_RINVSERTYP: the service type is not valid."}},
		"throttled":        {ended(message.Expired, "ESME_RTHROTTLED", false), []string{"It was not sent: carrier acme took no more messages at that rate until the message's time was over at 2026-06-01 12:00:00 UTC.", "The code that came with it is ESME_RTHROTTLED: more messages than the carrier allows at a time."}},
		"no turn":          {ended(message.Expired, "", false), []string{"It was not sent: its turn with carrier acme did not come before its time was over at 2026-06-01 12:00:00 UTC."}},
		"carrier gave up":  {ended(message.Expired, "", true), []string{"Carrier acme took it and could not deliver it before its time was over."}},
		"one of the parts": {parts(ended(message.Spam, "", true), message.Delivered, message.Spam, message.Spam), []string{"Carrier acme refused it: it was judged to be spam.", "Part 2 of 3 decided this; parts after one that was refused are not sent."}},
	} {
		if got := outcome(c.m); !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestEveryStateHasItsSentence has no state that is told by its name alone.
func TestEveryStateHasItsSentence(t *testing.T) {
	told := map[string]string{}
	for _, name := range message.StateNames() {
		state, _ := message.StateNamed(name)
		said := standing(ended(state, "", true))
		if other, known := told[said]; known || strings.Contains(said, "it.") && len(said) < 25 {
			t.Errorf("%s is told as %s: %s", name, other, said)
		}
		told[said] = name
	}
}

// TestChoiceIsSaidInPlainWords holds the sentences on how a sender was chosen.
func TestChoiceIsSaidInPlainWords(t *testing.T) {
	considered := func(identity string, kind carrier.AddressKind, code string) message.Considered {
		return message.Considered{Identity: identity, Kind: kind, Code: code}
	}
	for name, c := range map[string]struct {
		why  message.Why
		want []string
	}{
		"named": {message.Why{Asked: "sender", TypeFrom: "request", Chosen: "named"}, []string{
			"The request named the sender ID to send from.", "The message type is the one in the request.",
			"It was taken: the request named it, and it can reach the destination."}},
		"pool": {message.Why{Asked: "pool", TypeFrom: "request", Chosen: "only", Candidates: []message.Considered{
			considered("phone-1", carrier.LongCode, "reach"), considered("SENDER", carrier.Alphanumeric, ""), considered("OTHER", carrier.Alphanumeric, "unregistered")}}, []string{
			"The request named a pool: its members stood for choice.", "The message type is the one in the request.",
			"Long code phone-1 was passed over: a number of its kind and country cannot reach the destination's country.",
			"Sender ID SENDER was chosen: nothing else could be used.",
			"Sender ID OTHER was passed over: the destination's country wants sender IDs registered, and this one is not."}},
		"default sender ID": {message.Why{TypeFrom: "set", Chosen: "default", Candidates: []message.Considered{considered("SHOP", carrier.Alphanumeric, "")}}, []string{
			"The request named nothing to send from: all phone numbers and sender IDs of the account stood for choice.",
			"The message type is the default of the configuration set, because the request gave none.",
			"Sender ID SHOP was chosen: it is the default sender ID of the configuration set, and no phone number or registered sender ID of the account could be used."}},
		"carriers": {message.Why{Asked: "number", TypeFrom: "request", Chosen: "named", Routes: []message.Passed{{Carrier: "acme", Code: "carrier"}, {Carrier: "best", Code: "unregistered"}}}, []string{
			"The request named the phone number to send from.", "The message type is the one in the request.",
			"It was taken: the request named it, and it can reach the destination.",
			"Carrier acme was passed over: what the message is sent from is not set up there.",
			"Carrier best was passed over: it takes only sender IDs that are registered in the destination's country, and this one is not."}},
		"several": {message.Why{Asked: "pool", TypeFrom: "identity", Chosen: "sticky", Candidates: []message.Considered{
			considered("phone-1", carrier.TollFree, ""), considered("phone-2", carrier.TollFree, "equal"), considered("phone-3", carrier.LongCode, "rank"), considered("phone-4", carrier.ShortCode, "status")}}, []string{
			"The request named a pool: its members stood for choice.",
			"The message type is that of what it was sent from, because neither the request nor a configuration set gave one.",
			"Toll-free number phone-1 was chosen: the recipient got a message from it within the last 25 hours.",
			"Toll-free number phone-2 was passed over: it could have been used as well, but another one was taken.",
			"Long code phone-3 was passed over: a kind that is preferred to it could be used.",
			"Short code phone-4 was passed over: it is not in service (its status is not ACTIVE)."}},
	} {
		m := ended(message.Delivered, "", true)
		m.Why = c.why
		if got := why(m)[1:]; !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
