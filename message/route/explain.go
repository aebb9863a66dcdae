package route

import (
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
	if len(w.Candidates) == 0 {
		lines = append(lines, "It was taken: "+won(w.Chosen)+".")
	}
	for _, p := range w.Routes {
		lines = append(lines, "Carrier "+p.Carrier+" was passed over: "+passedOver(p.Code)+".")
	}
	return lines
}

func named(c message.Considered) string {
	return string(c.Kind) + " " + c.Identity
}

func asked(code string) string {
	switch code {
	case namedNumber:
		return "The caller named a phone number."
	case namedPool:
		return "The caller named a pool."
	case namedSender:
		return "The caller named a sender ID."
	case namedARN:
		return "The caller named a sender ID by its ARN."
	}
	return "The caller named no identity: whatever the account holds stood for choice."
}

func typed(code string) string {
	switch code {
	case byRequest:
		return "The message type is the request's."
	case bySet:
		return "The message type is the configuration set's default."
	}
	return "The message type is the identity's, TRANSACTIONAL where it leaves both open."
}

func won(code string) string {
	switch code {
	case wonNamed:
		return "the caller named it and it reaches the destination"
	case wonOnly:
		return "nothing else fits"
	case wonRank:
		return "its kind comes first in the order of choice"
	case wonSticky:
		return "the destination got a message from it within 25 hours"
	case wonDraw:
		return "drawn among equals"
	case wonDefault:
		return "it is the configuration set's default sender ID, and no number or registered sender ID fits"
	case wonShared:
		return "it is shared, and nothing of the account's own fits"
	}
	return code
}

func passedOver(code string) string {
	switch code {
	case inactive:
		return "it is not ACTIVE"
	case noSMS:
		return "it lacks the SMS capability"
	case otherType:
		return "it is for another message type"
	case otherCountry:
		return "it is a sender ID for another country"
	case noReach:
		return "numbers of its kind do not reach the destination's country"
	case inboundOnly:
		return "long codes of this country receive only"
	case simulatorOnly:
		return "it sends to the simulator destinations of its own country only"
	case noSenderIDs:
		return "networks of the destination's country carry no sender IDs"
	case notRegistered:
		return "the destination's country wants sender IDs registered, and it is not"
	case notProvisioned:
		return "the identity is not provisioned there"
	case lowerRank:
		return "a kind that comes before it fits"
	case equalRank:
		return "an equal was taken"
	}
	return code
}
