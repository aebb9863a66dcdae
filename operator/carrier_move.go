package operator

import "net/http"

// Moved is what a step of a move did.
type Moved struct {
	Moved int    `json:"moved"` // messages
	Left  []Left `json:"left"`
	// Next is after of the next step; left out when the whole queue was gone
	// through.
	Next string `json:"next,omitempty"`
}

// Left is how many messages stay where they are, and why.
type Left struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

type moveAsked struct {
	To    string `json:"to"`              // the carrier that gets the messages
	Limit int    `json:"limit,omitempty"` // messages gone through, 1 to 1000; 1000 unless told
	After string `json:"after,omitempty"` // an earlier answer's next
}

// mostMoved bounds what a step of a move goes through.
const mostMoved = 1000

// moveQueue gives another carrier what waits for one, a step at a time.
func (p Parts) moveQueue(r *http.Request) (any, error) {
	asks := moveAsked{}
	r, err := read(r, &asks)
	if err != nil {
		return nil, err
	}
	if asks.Limit == 0 {
		asks.Limit = mostMoved
	}
	if asks.Limit < 1 || asks.Limit > mostMoved {
		return nil, invalid("limit is 1 to 1000 messages")
	}
	from, err := p.carrierNamed(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	to, err := p.carrierNamed(r.Context(), asks.To)
	if err != nil {
		return nil, err
	}
	if why := immovable(from, to); why != "" {
		return nil, conflict(why)
	}
	moved, err := p.Queue.MoveQueue(r.Context(), from.Name, to.Name, asks.Limit, asks.After)
	if err != nil {
		return nil, err
	}
	if moved.Left == nil {
		moved.Left = []Left{}
	}
	if moved.Moved == 0 {
		return moved, nil // a step that changed nothing leaves no line
	}
	return moved, p.note(r, "carrier/"+from.Name, "carrier/"+to.Name)
}

// immovable says why a queue cannot go from one carrier to another.
func immovable(from, to Carrier) string {
	switch {
	case from.Name == to.Name:
		return "the messages wait for " + from.Name + " already"
	case to.State == CarrierNotConfigured:
		return "carrier " + to.Name + " is not configured: nothing goes over it"
	case from.Type != "" && (from.Type == simulatorType) != (to.Type == simulatorType):
		return "what is for the simulator never goes over a carrier, nor the other way round"
	}
	return ""
}

// simulatorType is the type of simulated carriers.
const simulatorType = "simulator"

// ErrAfter says that a step of a move does not go on from an earlier one.
var ErrAfter = invalid("after is the next of an earlier answer")
