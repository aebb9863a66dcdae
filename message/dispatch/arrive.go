package dispatch

import "heliograph/message"

// expecting does what gives a message to a lane. Nobody reads it from disk there
// until it has arrived: a page that was read before it left the lane the last time
// would bring it as it was then. One that has not left the lane yet, although it is
// on disk as another's, would be taken for that which arrives: ErrUnderWay.
func (l *lane) expecting(id message.ID, do func() error) error {
	if l == nil {
		return do()
	}
	if !l.expect(id) {
		return ErrUnderWay
	}
	err := do()
	if err != nil {
		l.expectNoMore(id)
	}
	return err
}

func (l *lane) expect(id message.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.here(id) {
		return false
	}
	l.coming[id] = struct{}{}
	return true
}

// expectNoMore is of a message that does not come. It may be the lane's already.
func (l *lane) expectNoMore(id message.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.coming, id)
	l.missed(nil, id) // whoever reads the disk has passed it over
	l.hasRoom()
}

// arrive takes a message that another carrier gave up.
func (d *Dispatcher) arrive(m *message.Message) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if l := d.lanes[m.Carrier]; l != nil {
		l.arrived(m)
	}
}

// arrived takes a message that the lane expects, and that may have left it before. A
// lane that came meanwhile expects nothing, and may have read it from disk.
func (l *lane) arrived(m *message.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, coming := l.coming[m.ID]; coming {
		delete(l.coming, m.ID)
		delete(l.left, m.ID)
	}
	l.receive(m)
}
