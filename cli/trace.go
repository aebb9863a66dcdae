package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// TraceOptions are the flags of `heliograph trace`.
type TraceOptions struct {
	Number string // E.164, or a short code
	For    time.Duration
	Most   int // PDUs
	Reason string
}

// shownTrace is what the operator API tells of a trace.
type shownTrace struct {
	Running bool `json:"running"`
	PDUs    []struct {
		Number  int       `json:"number"`
		At      time.Time `json:"at"`
		Carrier string    `json:"carrier"`
		Sent    bool      `json:"sent"`
		Line    string    `json:"line"`
	} `json:"pdus"`
}

const (
	tracePath = "/operator/v1/trace"
	// traceLook is how often the trace is looked at.
	traceLook = 500 * time.Millisecond
	// traceEnd is how long the end of a trace that was broken off may take.
	traceEnd = 5 * time.Second
)

// Trace shows the PDUs to and from a number as they come, until the time is over
// or enough were seen. When it is broken off, the server's trace ends as well.
func Trace(ctx context.Context, env Environment, options TraceOptions) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	now := shownTrace{}
	asks := map[string]any{"number": options.Number, "for": options.For.String(), "most": options.Most, "reason": options.Reason}
	if err := c.do(ctx, http.MethodPost, tracePath, asks, &now); err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "Tracing for %s; texts and other numbers are left out. Ctrl-C ends it.\n", options.For)
	for last := 0; ; {
		for _, p := range now.PDUs {
			last = p.Number
			fmt.Fprintf(env.Stdout, "%s %s %s %s\n", local(p.At, clock), plain(p.Carrier), direction(p.Sent), plain(p.Line))
		}
		if !now.Running {
			return nil
		}
		if !sleep(ctx, traceLook) {
			return c.endTrace(ctx)
		}
		now = shownTrace{}
		if err := c.do(ctx, http.MethodGet, tracePath+"?after="+strconv.Itoa(last), nil, &now); err != nil {
			if ctx.Err() != nil {
				err = nil // broken off by who typed it
			}
			return errors.Join(err, c.endTrace(ctx))
		}
	}
}

func direction(sent bool) string {
	if sent {
		return "->"
	}
	return "<-"
}

// endTrace ends the server's trace although the command is broken off.
func (c *console) endTrace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceEnd)
	defer cancel()
	return c.do(ctx, http.MethodDelete, tracePath, nil, nil)
}

// sleep is false when ctx ended first.
func sleep(ctx context.Context, period time.Duration) bool {
	timer := time.NewTimer(period)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
