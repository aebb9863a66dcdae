package compat

import (
	"bytes"
	"strings"
	"sync"
	"testing"
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

// difference shows lines that are missing (-), too many (+) or in both, by the
// longest common subsequence.
func difference(want, got []string) string {
	common := make([][]int, len(want)+1) // of want[i:] and got[j:]
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	text, i, j := &strings.Builder{}, 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			text.WriteString("  " + want[i] + "\n")
			i, j = i+1, j+1
		case i < len(want) && (j == len(got) || common[i+1][j] >= common[i][j+1]):
			text.WriteString("- " + want[i] + "\n")
			i++
		default:
			text.WriteString("+ " + got[j] + "\n")
			j++
		}
	}
	return text.String()
}

func TestDifferenceShowsMissingAndAddedLines(t *testing.T) {
	got := difference([]string{"a", "b", "c", "d"}, []string{"a", "c", "x", "d"})
	if got != "  a\n- b\n  c\n+ x\n  d\n" {
		t.Errorf("%q", got)
	}
}
