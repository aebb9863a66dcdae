package smsc

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// recorder keeps what is logged from Info on, without attributes but the trouble.
type recorder struct {
	mu    sync.Mutex
	lines []string    // "LEVEL message: trouble"
	said  chan string // gets them too, when not nil
}

func (r *recorder) logger() *slog.Logger { return slog.New(r) }

func (r *recorder) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (r *recorder) WithAttrs([]slog.Attr) slog.Handler           { return r }
func (r *recorder) WithGroup(string) slog.Handler                { return r }

func (r *recorder) Handle(_ context.Context, record slog.Record) error {
	line := record.Level.String() + " " + record.Message
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "trouble" {
			line += ": " + a.Value.String()
		}
		return true
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	if r.said != nil {
		r.said <- line
	}
	return nil
}

// count is how many lines contain a text.
func (r *recorder) count(text string) int {
	n := 0
	for _, line := range r.all() {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// atLeastWarn are the lines of warnings and errors.
func (r *recorder) atLeastWarn() []string {
	var lines []string
	for _, line := range r.all() {
		if !strings.HasPrefix(line, "INFO") && !strings.HasPrefix(line, "DEBUG") {
			lines = append(lines, line)
		}
	}
	return lines
}
