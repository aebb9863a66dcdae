package message

import (
	"maps"
	"os"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func states() []State {
	all := make([]State, len(names))
	for i := range all {
		all[i] = State(i)
	}
	return all
}

func TestDrawingShowsEveryChangeOfState(t *testing.T) {
	page, err := os.ReadFile("../docs/message-states.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, edge := range regexp.MustCompile(`(?m)^\s+([A-Z_]+ --> [A-Z_]+)`).FindAllStringSubmatch(string(page), -1) {
		drawn[edge[1]] = true
	}
	real := map[string]bool{}
	for _, s := range states() {
		for _, news := range states() {
			if next := s.After(news); next != s {
				real[s.String()+" --> "+next.String()] = true
			}
		}
	}
	if !maps.Equal(drawn, real) {
		t.Errorf("drawn %v,\nthe machine has %v", drawn, real)
	}
}

func TestStatesSettleInWhateverOrderNewsComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Queued
		for _, news := range rapid.SliceOf(rapid.SampledFrom(states())).Draw(t, "news") {
			next := s.After(news)
			if next.After(news) != next {
				t.Fatalf("%s twice after %s does not settle", news, s)
			}
			if next == Queued && s != Queued || s.Final() && !next.Final() {
				t.Fatalf("%s goes back to %s", s, next)
			}
			if s == Delivered && next != Delivered || s.Failed() && next != s && next != Delivered {
				t.Fatalf("%s becomes %s", s, next)
			}
			s = next
		}
	})
}

func TestFoldFollowsItsParts(t *testing.T) {
	some := rapid.SliceOfN(rapid.SampledFrom(states()), 1, 10)
	rapid.Check(t, func(t *rapid.T) {
		parts := some.Draw(t, "parts")
		count := map[State]int{}
		first := Queued
		for _, s := range parts {
			if s.Failed() && !first.Failed() {
				first = s
			}
			count[s]++
		}
		var want State
		switch {
		case first.Failed():
			want = first
		case count[Queued] > 0:
			want = Queued
		case count[Submitted] > 0:
			want = Submitted
		case count[Successful] > 0:
			want = Successful
		default:
			want = Delivered
		}
		if got := Fold(parts); got != want {
			t.Fatalf("Fold(%v) = %s, want %s", parts, got, want)
		}
	})
}

func TestUnknownStateNumberHasAName(t *testing.T) {
	if got := State(200).String(); got != "UNKNOWN" {
		t.Errorf("State(200) = %q", got)
	}
}
