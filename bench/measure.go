package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// caller sends one message after the other; send returns when the message is
// durably accepted. It is used by one goroutine.
type caller interface {
	send(ctx context.Context, number int) error
}

// result is one round of one side.
type result struct {
	elapsed    time.Duration // from the first call to the last acknowledged receipt
	rate       float64       // messages per second over elapsed
	p50, p99   time.Duration // of the accepting call
	cpu        cpuTimes      // per message
	duplicates int           // submissions beyond one a message
	refused    int           // receipts that were answered with an error and sent again
}

// measurer runs rounds against one sink.
type measurer struct {
	settings settings
	sink     *sink
	sent     int // messages so far: no two rounds send to the same numbers
}

// round sends messages by closed-loop callers and waits for their receipts.
func (m *measurer) round(ctx context.Context, s side, messages int) (result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, m.settings.patience, fmt.Errorf("not over after %v", m.settings.patience))
	defer cancel()
	callers, done, err := s.callers(ctx, m.settings.callers)
	if err != nil {
		return result{}, err
	}
	defer done()
	before, err := m.sink.await(ctx, 0)
	if err != nil {
		return result{}, err
	}
	used, err := cpuOf(s.pid(), m.sink.pid())
	if err != nil {
		return result{}, err
	}
	start := time.Now()
	accepts, err := drive(ctx, callers, m.sent, messages)
	m.sent += messages
	if err != nil {
		return result{}, err
	}
	seen, err := m.sink.await(ctx, before.acknowledged+messages)
	elapsed := time.Since(start)
	seen = seen.since(before)
	if err != nil {
		return result{}, fmt.Errorf("%d messages: %d submitted, %d receipts acknowledged, %d refused: %w",
			messages, seen.submitted, seen.acknowledged, seen.refused, err)
	}
	now, err := cpuOf(s.pid(), m.sink.pid())
	slices.Sort(accepts)
	return result{
		elapsed:    elapsed,
		rate:       float64(messages) / elapsed.Seconds(),
		p50:        percentile(accepts, 50),
		p99:        percentile(accepts, 99),
		cpu:        now.since(used).each(messages),
		duplicates: seen.submitted - messages,
		refused:    seen.refused,
	}, err
}

// drive sends messages first, first+1, … and gives the time that each took to be
// accepted. The first error ends it.
func drive(ctx context.Context, callers []caller, first, messages int) ([]time.Duration, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	took := make([]time.Duration, messages)
	next := atomic.Int64{}
	running := sync.WaitGroup{}
	for _, c := range callers {
		running.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= messages {
					return
				}
				start := time.Now()
				if err := c.send(ctx, first+i); err != nil {
					fail(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	running.Wait()
	return took, context.Cause(ctx)
}

// percentile of sorted durations, one or more, by the nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	rank := (len(sorted)*p + 99) / 100
	return sorted[max(rank, 1)-1]
}
