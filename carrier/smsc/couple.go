package smsc

import (
	"slices"
	"sync"

	"heliograph/protocol/smpp"
)

// couple is one bind as configured: a transceiver, or a transmitter and its
// receiver. It holds those of its lines in the pool that parts may take now.
type couple struct {
	pool  *pool
	alone bool // sends without a receiver

	mu        sync.Mutex
	receivers int
	senders   []*line
}

// enter takes a bound session up. While a login is changed there may be two.
func (c *couple) enter(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.mode == smpp.Receiver {
		c.receivers++
		if c.receivers == 1 && !c.alone {
			c.each(c.pool.add)
		}
		return
	}
	c.senders = append(c.senders, l)
	if c.alone || c.receivers > 0 {
		c.pool.add(l)
	}
}

// exit takes a session out that is to get no more parts.
func (c *couple) exit(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.mode == smpp.Receiver {
		c.receivers--
		if c.receivers == 0 && !c.alone {
			c.each(c.pool.remove)
		}
		return
	}
	c.senders = slices.DeleteFunc(c.senders, func(s *line) bool { return s == l })
	c.pool.remove(l)
}

func (c *couple) each(do func(*line)) {
	for _, l := range c.senders {
		do(l)
	}
}

// sole says whether parts would find no session without this couple's.
func (c *couple) sole() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	return len(c.pool.lines) > 0 && !slices.ContainsFunc(c.pool.lines, func(l *line) bool { return !slices.Contains(c.senders, l) })
}
