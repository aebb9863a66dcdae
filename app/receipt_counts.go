package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"heliograph/message"
	"heliograph/message/receipt"
	"heliograph/operator"
)

// receiptCounts counts the receipts of each carrier by what they found on record.
type receiptCounts struct {
	receipt.Store
	log       *slog.Logger
	now       func() time.Time
	explained func(carrier string) bool // why they match nothing is told already
	byCarrier sync.Map                  // *receiptCount by name
}

const (
	// earlyFor is how long a receipt that matched nothing may be one that came
	// before the answer to its submission.
	earlyFor = 3 * time.Second
	// earlyKept bounds those; what comes beyond counts at once.
	earlyKept = 10_000
)

type receiptCount struct {
	mu                           sync.Mutex
	matched, unmatched, repeated int64
	early                        []time.Time // of receipts that may still find their message, in order
	told                         bool
}

// Receipt records a receipt and counts it. When most of a carrier's match nothing
// it says so, once.
func (c *receiptCounts) Receipt(ctx context.Context, r message.Receipt) (message.Match, error) {
	found, err := c.Store.Receipt(ctx, r)
	if err != nil {
		return found, err
	}
	n := c.count(r.Carrier)
	n.note(found, c.now())
	c.warn(r.Carrier, n)
	return found, nil
}

// count is that of a carrier.
func (c *receiptCounts) count(carrier string) *receiptCount {
	n, known := c.byCarrier.Load(carrier)
	if !known {
		n, _ = c.byCarrier.LoadOrStore(carrier, &receiptCount{})
	}
	return n.(*receiptCount)
}

// adopted is told of receipts that found their message later.
func (c *receiptCounts) adopted(carrier string, receipts int) { c.count(carrier).adopt(receipts) }

// of is what a carrier's receipts found.
func (c *receiptCounts) of(carrier string) (matched, unmatched, repeated int64) {
	n := c.count(carrier)
	n.settle(c.now())
	c.warn(carrier, n)
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.matched, n.unmatched, n.repeated
}

// warn says once that most receipts match nothing, unless the carrier says why.
func (c *receiptCounts) warn(carrier string, n *receiptCount) {
	n.mu.Lock()
	matched, unmatched := n.matched, n.unmatched
	say := !n.told && operator.Unmatching(matched, unmatched)
	n.told = n.told || say
	n.mu.Unlock()
	if say && !c.explained(carrier) {
		c.log.Warn("most receipts name no message that was sent here", "carrier", carrier,
			"unmatched", unmatched, "matched", matched, "advice", operator.UnmatchedAdvice)
	}
}

func (n *receiptCount) note(found message.Match, now time.Time) {
	n.settle(now)
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case found == message.Matched:
		n.matched++
	case found == message.Repeated:
		n.repeated++
	case len(n.early) < earlyKept:
		n.early = append(n.early, now)
	default:
		n.unmatched++
	}
}

// settle counts as unmatched what has found no message in time.
func (n *receiptCount) settle(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for len(n.early) > 0 && now.Sub(n.early[0]) >= earlyFor {
		n.early = n.early[1:]
		n.unmatched++
	}
}

// adopt counts receipts as matched, the latest of those that were not.
func (n *receiptCount) adopt(receipts int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.matched += int64(receipts)
	early := min(receipts, len(n.early))
	n.early = n.early[:len(n.early)-early]
	n.unmatched = max(0, n.unmatched-int64(receipts-early))
}
