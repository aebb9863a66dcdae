package message

import "heliograph/carrier"

// Why is the record of how a message got its origin and its carrier, kept as
// short codes and rendered in words when read.
type Why struct {
	Asked      string       `json:"a,omitempty"` // the form of identity that the caller named
	TypeFrom   string       `json:"t,omitempty"` // where the message type came from
	Candidates []Considered `json:"c,omitempty"`
	Chosen     string       `json:"o,omitempty"` // code of why the chosen one won
	Routes     []Passed     `json:"r,omitempty"` // carriers that were passed over
	Route      int          `json:"l,omitempty"` // line of the route in the configuration file, 0 = none
	Taken      string       `json:"k,omitempty"` // code of what the carrier was taken for, "" = the first that could be
	// Tried are carriers that it waited for or was refused by, in order.
	Tried []Tried `json:"d,omitempty"`
	// Spelling is the identity's own, kept where it has no record (a sender
	// that nobody holds, or a shared one) and the carrier's wire shows another.
	Spelling string `json:"s,omitempty"`
}

// Considered is an origination identity that stood for choice.
type Considered struct {
	Identity string              `json:"i"`
	Kind     carrier.AddressKind `json:"k"`
	Code     string              `json:"w,omitempty"` // why it was passed over; "" = chosen
}

// Passed is a carrier that was passed over.
type Passed struct {
	Carrier string `json:"n"`
	Code    string `json:"w"`
}
