package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestMain lets the test binary be the sink, as the command is, and a gateway.
func TestMain(m *testing.M) {
	var run func() error
	switch {
	case len(os.Args) == 2 && os.Args[1] == sinkCommand:
		run = func() error { return runSink(os.Stdin, os.Stdout) }
	case len(os.Args) > 2 && os.Args[1] == "serve":
		run = func() error { return runStandIn(os.Args[2:]) }
	default:
		os.Exit(m.Run())
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestLimitDeliversEveryMessageWithReceipt(t *testing.T) {
	s := settings{dir: t.TempDir(), only: "limit", rounds: 2, messages: 300, callers: 8, binds: 2, window: 4, patience: time.Minute}
	got, err := compare(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.limit) != s.rounds || len(got.product) != 0 {
		t.Fatalf("%d rounds of the limit and %d of the product, want %d and 0", len(got.limit), len(got.product), s.rounds)
	}
	for i, r := range got.limit {
		if r.rate <= 0 || r.p50 <= 0 || r.p99 < r.p50 || r.duplicates != 0 || r.refused != 0 {
			t.Errorf("round %d: %+v", i, r)
		}
	}
	if left, err := os.ReadDir(s.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSinkTellsCountsWhenTheCallerGivesUp(t *testing.T) {
	s, err := startSink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	gaveUp := errors.New("gave up")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gaveUp)
	if got, err := s.await(ctx, 5); !errors.Is(err, gaveUp) || got != (counts{}) {
		t.Errorf("await: %+v, %v", got, err)
	}
	if got, err := s.await(t.Context(), 0); err != nil || got != (counts{}) {
		t.Errorf("await after that: %+v, %v", got, err)
	}
}

// script is a caller that fails at one number.
type script struct {
	sent  map[int]bool
	fails int
}

var errScript = errors.New("refused")

func (s *script) send(_ context.Context, number int) error {
	if number == s.fails {
		return errScript
	}
	s.sent[number] = true
	return nil
}

func TestDriveSendsEveryNumberOnce(t *testing.T) {
	one, two := &script{sent: map[int]bool{}}, &script{sent: map[int]bool{}}
	took, err := drive(t.Context(), []caller{one, two}, 100, 50)
	if err != nil || len(took) != 50 {
		t.Fatalf("%d durations, %v", len(took), err)
	}
	for number := 100; number < 150; number++ {
		if one.sent[number] == two.sent[number] {
			t.Errorf("number %d: sent by both or by none", number)
		}
	}
}

func TestDriveEndsAtTheFirstFailure(t *testing.T) {
	c := &script{sent: map[int]bool{}, fails: 3}
	if _, err := drive(t.Context(), []caller{c}, 0, 50); !errors.Is(err, errScript) {
		t.Errorf("error %v", err)
	}
	if len(c.sent) != 3 {
		t.Errorf("%d sent, want 3", len(c.sent))
	}
}
