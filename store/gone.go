package store

// gone are the carriers' ids of parts that need no receipt any more, the latest
// 50,000 to 100,000: a receipt that comes for one of them says nothing new. Its
// zero value is empty.
type gone struct {
	young, old map[carrierID]struct{}
}

func (g *gone) note(key carrierID) {
	if len(g.young) >= roadKept/2 {
		g.young, g.old = nil, g.young
	}
	if g.young == nil {
		g.young = map[carrierID]struct{}{}
	}
	g.young[key] = struct{}{}
}

// forget is of an id that a carrier uses again.
func (g *gone) forget(key carrierID) {
	delete(g.young, key)
	delete(g.old, key)
}

func (g *gone) has(key carrierID) bool {
	if _, young := g.young[key]; young {
		return true
	}
	_, old := g.old[key]
	return old
}
