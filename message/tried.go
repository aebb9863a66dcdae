package message

import "slices"

// Codes of Tried beside those of carriers.
const (
	TriedDown    = "DOWN"     // it had no connection
	TriedGone    = "GONE"     // it is no longer configured
	TriedInDoubt = "IN_DOUBT" // it did not answer, and the part was sent again
	TriedMoved   = "MOVED"    // the operator gave its queue to another one
)

// Tried is a carrier that a message waited for or was refused by.
type Tried struct {
	Carrier string `json:"n"`
	Code    string `json:"w"`           // one of the above, or the carrier's code
	Refused bool   `json:"f,omitempty"` // for good: it is not asked again
	Times   int    `json:"x,omitempty"`
}

// With is the record with one more try. The former one is left as it is.
func (w Why) With(t Tried) Why {
	w.Tried = slices.Clone(w.Tried)
	for i := range w.Tried {
		known := &w.Tried[i]
		if known.Carrier == t.Carrier && known.Code == t.Code {
			known.Times++
			known.Refused = known.Refused || t.Refused
			return w
		}
	}
	t.Times = 1
	w.Tried = append(w.Tried, t)
	return w
}

// Left are the carriers that the message went on from; with refused only those
// that are not asked again.
func (w Why) Left(refused bool) (names []string) {
	for _, t := range w.Tried {
		if t.Code != TriedInDoubt && (t.Refused || !refused) {
			names = append(names, t.Carrier)
		}
	}
	return names
}

// Moves is how often the message went on from a carrier by itself.
func (w Why) Moves() (n int) {
	for _, t := range w.Tried {
		if t.Code != TriedInDoubt && t.Code != TriedMoved {
			n += t.Times
		}
	}
	return n
}

// InDoubt says that a carrier may have taken the message without an answer: no
// other one may take it then.
func (w Why) InDoubt(carrier string) bool {
	return slices.ContainsFunc(w.Tried, func(t Tried) bool { return t.Code == TriedInDoubt && t.Carrier == carrier })
}
