package rate

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNoKeyExceedsItsRateInAnyPeriod takes events at any times and counts those
// of every period between two of them.
// Proves(limit): no key exceeds its rate in any period.
func TestNoKeyExceedsItsRateInAnyPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := rapid.SliceOfN(rapid.IntRange(1, 200), 1, 3).Draw(t, "rates")
		lead := time.Duration(rapid.IntRange(0, 1000).Draw(t, "lead")) * time.Millisecond
		table, now := Table[int]{}, time.Unix(1_800_000_000, 0)
		happened := map[int][]time.Time{}
		for range rapid.IntRange(1, 300).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "wait")) * time.Millisecond)
			var charges []Charge[int]
			for key, r := range rates {
				if rapid.Bool().Draw(t, "counts") {
					charges = append(charges, Charge[int]{key, r, lead})
				}
			}
			held, until := table.Take(now, charges)
			if held >= 0 && !until.After(now) {
				t.Fatalf("held until %v at %v", until, now)
			}
			for _, c := range charges {
				if held < 0 {
					happened[c.Key] = append(happened[c.Key], now)
				}
			}
		}
		for key, r := range rates {
			within(t, happened[key], r, lead)
		}
	})
}

func within(t *rapid.T, at []time.Time, perSecond int, lead time.Duration) {
	burst := max(1, float64(perSecond)*lead.Seconds())
	for i := range at {
		for j := i; j < len(at); j++ {
			most := float64(perSecond)*at[j].Sub(at[i]).Seconds() + burst
			if n := float64(j - i + 1); n > most+0.001 {
				t.Fatalf("%v events in %v at %d per second, want at most %v", n, at[j].Sub(at[i]), perSecond, most)
			}
		}
	}
}

func TestEventIsPossibleWhenItWasSaid(t *testing.T) {
	table, now := Table[string]{}, time.Unix(1_800_000_000, 0)
	charge := []Charge[string]{{"a", 3, 0}, {"b", 2, 0}}
	for n := range 20 {
		held, until := table.Take(now, charge)
		if held < 0 {
			if held, until = table.Take(now, charge); held != 1 {
				t.Fatalf("event %d is held by %d, want the slower one", n, held)
			}
		}
		now = until
	}
	if spent := now.Sub(time.Unix(1_800_000_000, 0)); spent != 10*time.Second {
		t.Errorf("20 events at 2 per second took %v", spent)
	}
}

// Proves(limit): what is held by one limiter is not counted by another.
func TestHeldEventCountsNowhere(t *testing.T) {
	table, now := Table[string]{}, time.Unix(1_800_000_000, 0)
	slow, fast := Charge[string]{"slow", 1, 0}, Charge[string]{"fast", 1, 0}
	table.Take(now, []Charge[string]{slow})
	if held, _ := table.Take(now, []Charge[string]{fast, slow}); held != 1 {
		t.Fatalf("held by %d", held)
	}
	if held, _ := table.Take(now, []Charge[string]{fast}); held != -1 {
		t.Error("an event that did not happen was counted")
	}
}

func TestIdleKeysAreForgotten(t *testing.T) {
	table, now := Table[int]{}, time.Unix(1_800_000_000, 0)
	for key := range 100_000 {
		now = now.Add(time.Millisecond)
		table.Take(now, []Charge[int]{{key, 1, 0}})
	}
	// A thousand of them are within their second at any time.
	if n := len(table.turns); n > 4*fewest {
		t.Errorf("%d keys are remembered", n)
	}
}

// Proves(limit): a clock that is set back holds nobody for more than a second.
func TestClockSetBackHoldsNobodyForLong(t *testing.T) {
	table, now := Table[int]{}, time.Unix(1_800_000_000, 0)
	charge := []Charge[int]{{1, 2, 0}}
	table.Take(now, charge)
	now = now.Add(-24 * time.Hour)
	if _, until := table.Take(now, charge); until.Sub(now) > time.Second {
		t.Errorf("held for %v", until.Sub(now))
	}
}

func BenchmarkTake(b *testing.B) {
	table, now := Table[int]{}, time.Now()
	charges := []Charge[int]{{1, 1000, time.Second}, {2, 1000, time.Second}}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		table.Take(now, charges)
	}
}
