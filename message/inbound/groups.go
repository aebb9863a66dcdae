package inbound

import (
	"container/list"
	"slices"
	"time"

	"heliograph/message"
)

// groupsOfTalk is of how many texts of several parts, which one person sends to one
// number, the parts are held at once: who sends parts that never become whole does
// not fill the memory.
const groupsOfTalk = 32

// groups are the texts of several parts that a lane holds. All are waited for
// equally long, so the one that is due first stands first.
type groups struct {
	byKey  map[groupKey]*group
	order  *list.List // of *group, by last
	ofTalk map[talk][]*group
}

func newGroups() groups {
	return groups{byKey: map[groupKey]*group{}, order: list.New(), ofTalk: map[talk][]*group{}}
}

func (k groupKey) talk() talk { return talk{k.carrier, k.from, k.to} }

// open makes a group, in the place of another with its key.
func (gs *groups) open(key groupKey) *group {
	if old := gs.byKey[key]; old != nil {
		gs.forget(old)
	}
	g := newGroup(key)
	g.place = gs.order.PushBack(g)
	gs.byKey[key] = g
	gs.ofTalk[key.talk()] = append(gs.ofTalk[key.talk()], g)
	return g
}

// crowded is the group that has to go before another is opened, nil when there is
// room: of what is there longest, first what is concluded.
func (gs *groups) crowded(key groupKey) *group {
	all := gs.ofTalk[key.talk()]
	if len(all) < groupsOfTalk {
		return nil
	}
	if at := slices.IndexFunc(all, func(g *group) bool { return g.done }); at >= 0 {
		return all[at]
	}
	return all[0]
}

// touch notes that a group is waited for from a time on.
func (gs *groups) touch(g *group, at time.Time) {
	if at.After(g.last) {
		g.last = at
	}
	gs.order.MoveToBack(g.place)
}

func (gs *groups) forget(g *group) {
	delete(gs.byKey, g.key)
	gs.order.Remove(g.place)
	t := g.key.talk()
	left := slices.DeleteFunc(gs.ofTalk[t], func(o *group) bool { return o == g })
	if gs.ofTalk[t] = left; len(left) == 0 {
		delete(gs.ofTalk, t)
	}
}

// first is the group that is due first; nil = there is none.
func (gs *groups) first() *group {
	front := gs.order.Front()
	if front == nil {
		return nil
	}
	return front.Value.(*group)
}

// add puts a part into a group. What is missing is waited for from then on, or
// from the start of the server: the network could not deliver it before.
func (gs *groups) add(g *group, seq uint8, part message.Inbound, start time.Time) {
	g.parts[seq] = part
	gs.touch(g, start)
	gs.touch(g, part.At)
}
