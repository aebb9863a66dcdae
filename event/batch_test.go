package event_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heliograph/event"
)

// Whatever is handed over: calls are within the limits, in order, and each event
// is told what its own call said; one bad event spoils no other.
func TestDeliverKeepsLimitsAndSpoilsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := event.Limits{Events: rapid.IntRange(1, 5).Draw(t, "events"), Bytes: 40, Each: 20, Frame: 2, Span: 10 * time.Second}
		start := time.Unix(1_700_000_000, 0)
		var list []event.Delivery
		for i, size := range rapid.SliceOf(rapid.IntRange(0, 25)).Draw(t, "sizes") {
			start = start.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "gap")) * time.Second)
			list = append(list, event.Delivery{ID: fmt.Sprint(i), At: start, Record: bytes.Repeat([]byte("x"), size)})
		}
		bad := rapid.SliceOfN(rapid.Bool(), len(list), len(list)).Draw(t, "bad")
		place := func(d event.Delivery) (i int) { _, _ = fmt.Sscan(d.ID, &i); return i }
		taken, last := map[string]bool{}, -1
		errs := limits.Deliver(list, func(batch []event.Delivery) ([]error, error) {
			size := 0
			for _, d := range batch {
				size += len(d.Record) + limits.Frame
			}
			if len(batch) == 0 || len(batch) > limits.Events || size > limits.Bytes || batch[len(batch)-1].At.Sub(batch[0].At) > limits.Span {
				t.Fatalf("a call with %d events, %d bytes", len(batch), size)
			}
			for _, d := range batch {
				if bad[place(d)] {
					return nil, &event.Refusal{Err: errors.New("bad")}
				}
			}
			for _, d := range batch {
				if place(d) <= last {
					t.Fatalf("%s after %d", d.ID, last)
				}
				taken[d.ID], last = true, place(d)
			}
			return make([]error, len(batch)), nil
		})
		if len(errs) != len(list) {
			t.Fatalf("%d errors of %d events", len(errs), len(list))
		}
		for i, d := range list {
			refused := bad[i] || len(d.Record) > limits.Each
			if taken[d.ID] == refused || (errs[i] != nil) != refused {
				t.Errorf("event %d: %v, taken %v", i, errs[i], taken[d.ID])
			}
		}
	})
}

func TestACallThatFailedFailsAllOfIt(t *testing.T) {
	down := errors.New("down")
	limits := event.Limits{Events: 2, Bytes: 100, Each: 100}
	calls := 0
	errs := limits.Deliver(make([]event.Delivery, 3), func(batch []event.Delivery) ([]error, error) {
		calls++
		if calls == 1 {
			return nil, down
		}
		return make([]error, len(batch)), nil
	})
	if calls != 2 || !errors.Is(errs[0], down) || !errors.Is(errs[1], down) || errs[2] != nil {
		t.Errorf("%d calls, %v", calls, errs)
	}
}
