package operator

import (
	"strings"
	"time"

	"heliograph/api"
	"heliograph/config"
	"heliograph/resource/origination"
)

// stockOf is a line of numbers as the inventory keeps it.
func stockOf(n config.Number) origination.Stock {
	s := origination.Stock{
		Number: n.Number, ISOCountryCode: n.Country, Type: api.NumberType(n.Type),
		MessageType: api.MessageType(n.MessageType), MonthlyPrice: n.MonthlyPrice, Provisions: provisionsOf(n.Carriers),
	}
	for _, c := range n.Capabilities {
		s.Capabilities = append(s.Capabilities, api.NumberCapability(c))
	}
	return s
}

func provisionsOf(list []config.Provision) []origination.Provision {
	var provisions []origination.Provision
	for _, p := range list {
		provisions = append(provisions, origination.Provision{Carrier: p.Name, As: p.As})
	}
	return provisions
}

// senderOf is a sender ID as a scope keeps it. Of one that the scope has
// already, what is the customer's own stays: protection, tags, age.
func senderOf(v *origination.View, line config.SenderID, now time.Time) origination.SenderID {
	s, ok := v.Sender(line.SenderID, line.Country)
	if !ok {
		s = origination.SenderID{Text: strings.ToUpper(line.SenderID), ISOCountryCode: line.Country, CreatedAt: now}
	}
	s.Spelling, s.Registered, s.Provisions, s.MessageTypes = line.SenderID, line.Registered, provisionsOf(line.Carriers), nil
	for _, t := range line.MessageTypes {
		s.MessageTypes = append(s.MessageTypes, api.MessageType(t))
	}
	return s
}
