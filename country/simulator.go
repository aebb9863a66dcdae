package country

// Outcome is what becomes of a message to a simulator destination.
type Outcome uint8

// The outcomes of the published simulator destinations.
const (
	// OutcomeSuccess: a success event follows.
	OutcomeSuccess Outcome = iota + 1
	// OutcomeFailure: a failure event follows.
	OutcomeFailure
)

// String returns "success" or "failure".
func (o Outcome) String() string {
	switch o {
	case OutcomeSuccess:
		return "success"
	case OutcomeFailure:
		return "failure"
	}
	return "unknown"
}

type simulated struct {
	iso     string
	outcome Outcome
}

// SimulatorDestination says whether a number (E.164 with its plus sign, as
// Parse gives it) is one of the published simulator destinations, of which
// country, and how a message to it ends.
func SimulatorDestination(e164 string) (iso string, outcome Outcome, ok bool) {
	s, ok := table().simulated[e164]
	return s.iso, s.outcome, ok
}
