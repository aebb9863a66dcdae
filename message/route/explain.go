package route

import (
	"fmt"

	"heliograph/carrier"
	"heliograph/message"
)

// Explain puts a message's why into plain words, a sentence a line.
func Explain(w message.Why) []string {
	lines := []string{asked(w.Asked), typed(w.TypeFrom)}
	for _, c := range w.Candidates {
		if c.Code == "" {
			lines = append(lines, named(c)+" was chosen: "+won(w.Chosen)+".")
		} else {
			lines = append(lines, named(c)+" was passed over: "+passedOver(c.Code)+".")
		}
	}
	if len(w.Candidates) == 0 && w.Chosen != "" {
		lines = append(lines, "It was taken: "+won(w.Chosen)+".")
	}
	for _, p := range w.Routes {
		lines = append(lines, "Carrier "+p.Carrier+" was passed over: "+carrierPassedOver(p.Code)+".")
	}
	if w.Route > 0 {
		lines = append(lines, fmt.Sprintf("The route in line %d of the configuration file named the carriers.", w.Route))
	}
	switch w.Taken {
	case asProbe:
		lines = append(lines, "The carrier's messages to the country were not reported delivered as they should be: this one was to show whether that is over.")
	case asSpare:
		lines = append(lines, "No carrier of the route was connected and well: the first that could have it was taken all the same.")
	}
	return append(lines, explainTried(w.Tried)...)
}

// named is an identity at the beginning of a sentence.
func named(c message.Considered) string {
	return kindInWords(c.Kind) + " " + c.Identity
}

func kindInWords(kind carrier.AddressKind) string {
	switch kind {
	case carrier.Alphanumeric:
		return "Sender ID"
	case carrier.ShortCode:
		return "Short code"
	case carrier.TenDLC:
		return "10DLC number"
	case carrier.TollFree:
		return "Toll-free number"
	case carrier.LongCode:
		return "Long code"
	case carrier.Simulator:
		return "Simulator number"
	}
	return "Sender"
}

func asked(code string) string {
	switch code {
	case namedNumber:
		return "The request named the phone number to send from."
	case namedPool:
		return "The request named a pool: its members stood for choice."
	case namedSender:
		return "The request named the sender ID to send from."
	case namedARN:
		return "The request named the sender ID to send from, by its ARN."
	}
	return "The request named nothing to send from: all phone numbers and sender IDs of the account stood for choice."
}

func typed(code string) string {
	switch code {
	case byRequest:
		return "The message type is the one in the request."
	case bySet:
		return "The message type is the default of the configuration set, because the request gave none."
	}
	return "The message type is that of what it was sent from, because neither the request nor a configuration set gave one."
}

func won(code string) string {
	switch code {
	case wonNamed:
		return "the request named it, and it can reach the destination"
	case wonOnly:
		return "nothing else could be used"
	case wonRank:
		return "its kind is preferred; the order is short codes, 10DLC numbers, toll-free numbers, long codes, sender IDs"
	case wonSticky:
		return "the recipient got a message from it within the last 25 hours"
	case wonDraw:
		return "several could be used equally well, and it was drawn by lot"
	case wonDefault:
		return "it is the default sender ID of the configuration set, and no phone number or registered sender ID of the account could be used"
	case wonShared:
		return "it is shared by all customers, and nothing of the account's own could be used"
	}
	return code
}

func passedOver(code string) string {
	switch code {
	case inactive:
		return "it is not in service (its status is not ACTIVE)"
	case noSMS:
		return "it cannot send texts (it lacks the SMS capability)"
	case otherType:
		return "it is not for messages of this type (TRANSACTIONAL or PROMOTIONAL)"
	case otherCountry:
		return "it is a sender ID for another country"
	case noReach:
		return "a number of its kind and country cannot reach the destination's country"
	case inboundOnly:
		return "long codes of the destination's country can only receive"
	case simulatorOnly:
		return "it sends to the simulator destinations of its own country only"
	case noSenderIDs:
		return "networks of the destination's country carry no sender IDs"
	case notRegistered:
		return "the destination's country wants sender IDs registered, and this one is not"
	case notProvisioned:
		return "no carrier that serves the destination's country has it set up"
	case noRoute:
		return "no route to the destination is for it and its message type"
	case failing:
		return "what is sent from it to the destination's country is not reported delivered, and another one could be used"
	case lowerRank:
		return "a kind that is preferred to it could be used"
	case equalRank:
		return "it could have been used as well, but another one was taken"
	}
	return code
}

// PassedOver says in words why a carrier was passed over.
func PassedOver(p message.Passed) string { return carrierPassedOver(p.Code) }

func carrierPassedOver(code string) string {
	switch code {
	case notRegistered:
		return "it takes only sender IDs that are registered in the destination's country, and this one is not"
	case notProvisioned:
		return "what the message is sent from is not set up there"
	case down:
		return "it had no connection"
	case unwell:
		return "too few of the messages that it took to the destination's country were reported delivered in time"
	case noStandIn:
		return "a simulated carrier and one that leads to a network do not stand in for each other"
	}
	return passedOver(code)
}
