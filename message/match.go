package message

// Match is what a receipt found on record.
type Match uint8

// What a receipt can find.
const (
	Unmatched Match = iota // no submission bears its id: it is kept until one does
	Matched                // its part, or the part's message
	Repeated               // what is known: it was told before, or after the last word
)
