package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// side is what is measured: the product or the bare limit.
type side interface {
	// callers are made anew for every round; done gives back what they hold.
	callers(ctx context.Context, n int) (made []caller, done func(), err error)
	// pid is the gateway's process, 0 when the side runs in this one.
	pid() int
	// explain adds what the side knows of a failure.
	explain(err error) error
	stop()
}

// contestant is a side with its results so far.
type contestant struct {
	name    string
	side    side
	results []result
}

// warmUpShare is the part of a round that each side does before its first one:
// sessions are bound and pages mapped, and nothing of it is counted.
const warmUpShare = 10

// compare measures both sides in turn, so that what disturbs the machine for a
// while disturbs both.
func compare(ctx context.Context, s settings) (*report, error) {
	dir, err := workFolder(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sink, err := startSink(ctx)
	if err != nil {
		return nil, err
	}
	defer sink.stop()
	product, limit := &contestant{name: "product"}, &contestant{name: "limit"}
	running := []*contestant{}
	defer func() {
		for _, c := range running {
			c.side.stop()
		}
	}()
	for _, c := range []*contestant{product, limit} {
		if s.only != "" && s.only != c.name {
			continue
		}
		if c.side, err = startSide(ctx, s, c.name, dir, sink.address); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		running = append(running, c)
	}
	if err := alternate(ctx, &measurer{settings: s, sink: sink}, running); err != nil {
		return nil, err
	}
	return &report{settings: s, product: product.results, limit: limit.results}, nil
}

func startSide(ctx context.Context, s settings, name, dir, smsc string) (side, error) {
	if name == "product" {
		return startProduct(ctx, s, dir, smsc)
	}
	return startLimit(ctx, s, dir, smsc)
}

// workFolder makes a temporary folder on the disk to measure.
func workFolder(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(parent, "bench-")
	if err != nil {
		return "", err
	}
	return filepath.Abs(dir)
}

// alternate warms every side up and runs the rounds.
func alternate(ctx context.Context, m *measurer, running []*contestant) error {
	for _, c := range running {
		if _, err := m.round(ctx, c.side, max(m.settings.messages/warmUpShare, 1)); err != nil {
			return fmt.Errorf("%s, warming up: %w", c.name, c.side.explain(err))
		}
	}
	for n := range m.settings.rounds {
		for _, c := range running {
			got, err := m.round(ctx, c.side, m.settings.messages)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", c.name, n+1, c.side.explain(err))
			}
			c.results = append(c.results, got)
			fmt.Fprintf(os.Stderr, "round %d of %d  %-8s %8.0f messages/s in %v\n",
				n+1, m.settings.rounds, c.name, got.rate, got.elapsed.Round(time.Millisecond))
		}
	}
	return nil
}
