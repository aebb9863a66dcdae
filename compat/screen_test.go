package compat

import (
	"bytes"
	"strings"
	"sync"
)

// screen keeps what a program prints, and tells when a line that begins so is
// complete.
type screen struct {
	complete chan struct{}
	begins   string

	mu   sync.Mutex
	seen bytes.Buffer
	told bool
}

func newScreen(begins string) *screen {
	return &screen{complete: make(chan struct{}), begins: begins}
}

// Write takes what is printed.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen.Write(p)
	_, rest, found := strings.Cut(s.seen.String(), s.begins)
	if found && strings.Contains(rest, "\n") && !s.told {
		s.told = true
		close(s.complete)
	}
	return len(p), nil
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}
