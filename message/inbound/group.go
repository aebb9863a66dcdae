package inbound

import (
	"bytes"
	"container/list"
	"time"

	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
)

// groupKey is what the parts of a text have in common.
type groupKey struct {
	scope    resource.Scope
	carrier  string
	from, to string
	ref      uint16
	wide     bool
	total    uint8
}

// group is the parts of a text that came so far.
type group struct {
	key   groupKey
	total int
	parts map[uint8]message.Inbound
	spare []message.Inbound // repetitions
	last  time.Time         // when the last part came, or the server started, or it was concluded
	done  bool              // it is concluded, and kept to tell repetitions
	place *list.Element     // among all groups
}

// placed says where a part belongs; false where it is a whole text.
func placed(part *message.Inbound) (groupKey, uint8, bool) {
	if part.Segment.UDH == nil {
		return groupKey{}, 0, false
	}
	header, _, err := gsm.ParseUDH(part.Segment.UDH)
	if err != nil || header.Concat == nil || header.Concat.Total < 2 {
		return groupKey{}, 0, false
	}
	c := header.Concat
	return groupKey{part.Scope, part.Carrier, part.From, part.To, c.Ref, c.Wide, c.Total}, c.Seq, true
}

func newGroup(key groupKey) *group {
	return &group{key: key, total: int(key.total), parts: map[uint8]message.Inbound{}}
}

// fit is how a part and a group go together.
type fit int

const (
	fits    fit = iota // a part that was missing
	late               // one that was missing when the text was concluded
	repeats            // one that is there
	strange            // one of another text with the same reference
)

// try says how a part goes with the group.
func (g *group) try(seq uint8, part *message.Inbound) fit {
	held, there := g.parts[seq]
	switch {
	case there && sameText(held.Segment, part.Segment):
		return repeats
	case there:
		return strange
	case g.done:
		return late
	}
	return fits
}

func sameText(a, b gsm.Segment) bool {
	return a.Encoding == b.Encoding && bytes.Equal(a.UDH, b.UDH) && bytes.Equal(a.Data, b.Data)
}

func (g *group) holds(seq uint8) bool {
	_, there := g.parts[seq]
	return there
}

func (g *group) whole() bool { return len(g.parts) == g.total }

// text is what came, in order.
func (g *group) text() (t message.Text, begins bool) {
	var order []gsm.Segment
	for seq := 1; seq <= g.total; seq++ {
		part, there := g.parts[uint8(seq)]
		if !there {
			t.Body += gsm.Join(order) // what is left and right of a gap is not one
			order = nil
			continue
		}
		order = append(order, part.Segment)
		t.Parts = append(t.Parts, part.ID)
		if t.ID == (message.ID{}) || bytes.Compare(part.ID[:], t.ID[:]) < 0 {
			t.ID = part.ID
		}
		if part.At.After(t.At) {
			t.At = part.At
		}
		t.Scope, t.Carrier, t.From, t.To = part.Scope, part.Carrier, part.From, part.To
	}
	t.Body += gsm.Join(order)
	t.Missing = g.total - len(g.parts)
	for _, part := range g.spare {
		t.Parts = append(t.Parts, part.ID)
	}
	return t, g.holds(1)
}

// single is the text of a part that is all of it.
func single(part *message.Inbound) message.Text {
	return message.Text{
		ID: part.ID, Scope: part.Scope, Carrier: part.Carrier, From: part.From, To: part.To, At: part.At,
		Body: gsm.Join([]gsm.Segment{part.Segment}), Parts: []message.ID{part.ID},
	}
}
