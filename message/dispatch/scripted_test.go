package dispatch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// scripted is a carrier of any name that pauses, loses its connection and
// refuses as a test says.
type scripted struct {
	name   string
	slots  int
	answer func(p carrier.Part) error // nil = taken

	mu     sync.Mutex
	up     bool
	held   bool
	change chan struct{} // closed when up or held changes
	paused time.Time
	seen   []carrier.Part // all that was handed over
	taken  []carrier.Part
}

func newScripted(name string, slots int) *scripted {
	return &scripted{name: name, slots: slots, up: true, change: make(chan struct{})}
}

func (s *scripted) Name() string                { return s.name }
func (s *scripted) Slots() int                  { return s.slots }
func (s *scripted) Start(context.Context) error { return nil }
func (s *scripted) Stop(context.Context) error  { return nil }

func (s *scripted) Bound() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up {
		return 1
	}
	return 0
}

func (s *scripted) Hold(held bool) { s.set(func() { s.held = held }) }

func (s *scripted) connect(up bool) { s.set(func() { s.up = up }) }

func (s *scripted) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	close(s.change)
	s.change = make(chan struct{})
}

func (s *scripted) PausedUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused
}

func (s *scripted) pause(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = time.Now().Add(d)
}

// connected waits for the connection as a carrier does.
func (s *scripted) connected(ctx context.Context) error {
	for {
		s.mu.Lock()
		up, held, change := s.up, s.held, s.change
		s.mu.Unlock()
		if up {
			return nil
		}
		if held {
			return carrier.ErrHeld
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *scripted) Submit(ctx context.Context, p carrier.Part) (string, error) {
	if err := s.connected(ctx); err != nil {
		return "", err
	}
	if s.PausedUntil().After(time.Now()) {
		return "", &carrier.Error{Failure: carrier.Throttled}
	}
	if err := p.Cleared(ctx); err != nil {
		return "", err
	}
	s.mu.Lock()
	s.seen = append(s.seen, p)
	s.mu.Unlock()
	if s.answer != nil {
		if err := s.answer(p); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, p)
	return fmt.Sprint(s.name, len(s.taken)), nil
}

// handed are the parts that were handed over, as message id and number.
func (s *scripted) handed() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.seen {
		list = append(list, fmt.Sprint(p.MessageID, " ", p.Number))
	}
	return list
}

func (s *scripted) took() []carrier.Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

func (d *disk) Explain(_ context.Context, id message.ID, why message.Why) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages[id].Why = why
	return nil
}

func (d *disk) why(id message.ID) message.Why {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.messages[id].Why
}
