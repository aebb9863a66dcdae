package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"heliograph/message"
)

// testNewsInAnyOrderFollowsTheMachine sends random news of random messages, with
// restarts in between, and compares what is stored with the state machine.
func testNewsInAnyOrderFollowsTheMachine(t *testing.T, f *fixture) {
	finals := []message.State{message.Submitted, message.Delivered, message.Unreachable, message.Blocked, message.Unknown, message.Expired}
	rapid.Check(t, func(r *rapid.T) {
		id, err := uuid.NewV7()
		if err != nil {
			r.Fatal(err)
		}
		m := Message(id, rapid.IntRange(1, 3).Draw(r, "parts"))
		if err := f.Accept(t.Context(), m); err != nil {
			r.Fatal(err)
		}
		expected := newMachine(m.Parts)
		for range rapid.IntRange(1, 12).Draw(r, "news") {
			part := rapid.IntRange(1, m.Parts).Draw(r, "part")
			state := rapid.SampledFrom(finals).Draw(r, "state")
			carrierID := fmt.Sprint(id, part)
			switch rapid.IntRange(0, 9).Draw(r, "kind") {
			case 0, 1, 2:
				if expected.submitted[part-1] {
					continue
				}
				err = f.Submitted(t.Context(), message.Submission{ID: id, Part: part, Parts: m.Parts, Carrier: m.Carrier, CarrierMessageID: carrierID, At: noon})
				expected.submit(part)
			case 3, 4, 5, 6:
				_, err = f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: carrierID, State: state, At: noon})
				expected.receive(part, state)
			case 7, 8:
				all := rapid.Bool().Draw(r, "all")
				err = f.Ended(t.Context(), message.Ending{ID: id, Part: map[bool]int{false: part}[all], State: message.Expired, At: noon})
				expected.end(part, all)
			case 9:
				f.DB = f.start(t)
			}
			if err != nil {
				r.Fatal(err)
			}
		}
		expected.compare(r, stored(t, f, id))
	})
}

// machine is what the parts of a message must be, by the state machine alone.
type machine struct {
	states    []message.State
	submitted []bool
	early     [][]message.State
	failed    message.State // how the message failed first
}

func newMachine(parts int) *machine {
	return &machine{make([]message.State, parts), make([]bool, parts), make([][]message.State, parts), message.Queued}
}

func (m *machine) submit(part int) {
	i := part - 1
	m.submitted[i] = true
	m.states[i] = m.states[i].After(message.Submitted)
	for _, state := range m.early[i] {
		m.set(i, m.states[i].After(state))
	}
}

// set changes a part's state.
func (m *machine) set(i int, state message.State) {
	m.states[i] = state
	if now := message.Fold(m.states); now.Failed() && m.failed == message.Queued {
		m.failed = now
	}
}

// state is the message's: once it has failed, it has failed as it did first.
func (m *machine) state() message.State {
	now := message.Fold(m.states)
	if now.Failed() && len(m.states) > 1 {
		return m.failed
	}
	return now
}

func (m *machine) receive(part int, state message.State) {
	i := part - 1
	if !m.submitted[i] {
		m.early[i] = append(m.early[i], state)
		return
	}
	m.set(i, m.states[i].After(state))
}

func (m *machine) end(part int, all bool) {
	for i := range m.states {
		if !m.states[i].Final() && (all || i == part-1) {
			m.set(i, message.Expired)
		}
	}
}

func (m *machine) compare(r *rapid.T, got *message.Message) {
	var states []message.State
	for _, p := range got.PartLog {
		states = append(states, p.State)
	}
	if !slices.Equal(states, m.states) || got.State != m.state() {
		r.Fatalf("state %s of parts %v, want %s of %v", got.State, states, m.state(), m.states)
	}
}
