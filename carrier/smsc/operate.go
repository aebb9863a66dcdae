package smsc

import "heliograph/carrier"

var _ carrier.Holder = (*Carrier)(nil)

// Hold makes parts that wait for a session come back with carrier.ErrHeld while
// there is none, until it is called with false.
func (c *Carrier) Hold(held bool) {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	c.pool.held = held
	c.pool.wake()
}

// SetThroughput changes the pace, in message parts per second of all binds
// together, until the carrier is made anew; 0 means none. Parts that have their
// turn already keep it.
func (c *Carrier) SetThroughput(partsPerSecond int) { c.pace.setThroughput(partsPerSecond) }
