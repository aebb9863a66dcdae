package dispatch

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

func laneWith(wire gsm.Wire) *lane {
	return newLane(New(Settings{}), Link{Carrier: &network{}, Wire: wire})
}

func TestTextIsCutAsTheCarrierTakesItWhateverWasCounted(t *testing.T) {
	noEuro := func(r rune) bool { return r == '€' }
	euros := strings.Repeat("x", 100) + "€"
	for name, c := range map[string]struct {
		wire          gsm.Wire
		text          string
		counted, want int
	}{
		"8-bit reference":          {gsm.Wire{}, strings.Repeat("x", 306), 2, 2},
		"16-bit reference":         {gsm.Wire{Width: gsm.Reference16}, strings.Repeat("x", 306), 2, 3},
		"alphabet with the euro":   {gsm.Wire{}, euros, 1, 1},
		"alphabet without it":      {gsm.Wire{Lacks: noEuro}, euros, 1, 2},
		"whole text in one":        {gsm.Wire{Whole: true}, strings.Repeat("x", 1530), 10, 1},
		"short text without a cut": {gsm.Wire{Whole: true}, "x", 1, 1},
	} {
		m := &message.Message{ID: uuid.Must(uuid.NewV7()), Body: c.text, Parts: c.counted}
		parts := laneWith(c.wire).split(newJob(m))
		if len(parts) != c.want {
			t.Errorf("%s: %d parts, want %d", name, len(parts), c.want)
		}
		if text, err := gsm.Reassemble(parts); err != nil || text != c.text {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// A restart with another setting finds a message of which a part was taken.
func TestRestOfAMessageKeepsTheCutOfItsFirstPart(t *testing.T) {
	text := strings.Repeat("x", 305) + "€"
	lacks := func(r rune) bool { return r == '€' }
	for name, first := range map[string]gsm.Wire{
		"8-bit": {}, "16-bit": {Width: gsm.Reference16}, "UCS-2": {Lacks: lacks}, "UCS-2, 16-bit": {Width: gsm.Reference16, Lacks: lacks},
	} {
		for _, now := range []gsm.Wire{{}, {Width: gsm.Reference16}, {Lacks: lacks}, {Whole: true}} {
			m := &message.Message{ID: uuid.Must(uuid.NewV7()), Body: text, Parts: 3, Reference: 7}
			taken := first.Split(text, 7)
			m.PartLog = make([]message.Part, len(taken))
			for i := range m.PartLog {
				m.PartLog[i].Number = i + 1
			}
			m.PartLog[0].State = message.Submitted
			if parts := laneWith(now).split(newJob(m)); len(parts) != len(taken) {
				t.Errorf("%s, now %+v: %d parts, want %d", name, now, len(parts), len(taken))
			}
		}
	}
}

func TestReferenceIsTheSameAtEachAttemptAndNeverZero(t *testing.T) {
	m := &message.Message{ID: uuid.UUID{14: 3, 15: 0}}
	if a, b := reference(m), reference(m); a != b || byte(a) == 0 {
		t.Errorf("%d, %d", a, b)
	}
	m.Reference = 9
	if got := reference(m); got != 9 {
		t.Errorf("%d, want the one of the acceptance", got)
	}
}

// What a carrier makes more parts of than were counted, or one, is on record as
// that, and refused from a part on if the carrier refuses that part.
func TestPartsOnTheWireAreOnRecord(t *testing.T) {
	lacks := func(r rune) bool { return r == '€' }
	euros := func(m *message.Message) { m.Body = strings.Repeat("x", 150) + "€" } // one part, or three of UCS-2
	for name, c := range map[string]struct {
		wire    gsm.Wire
		text    func(*message.Message)
		refused int // number of the part
		want    []message.State
	}{
		"more":             {gsm.Wire{Lacks: lacks}, euros, 0, []message.State{message.Submitted, message.Submitted, message.Submitted}},
		"more, second bad": {gsm.Wire{Lacks: lacks}, euros, 2, []message.State{message.Submitted, message.InvalidMessage, message.InvalidMessage}},
		"one":              {gsm.Wire{Whole: true}, long, 0, []message.State{message.Submitted}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{wire: c.wire, answer: func(_ context.Context, p carrier.Part) error {
				if p.Number == c.refused {
					return refusal(carrier.InvalidMessage, "ESME_RINVMSGLEN")
				}
				return nil
			}}, 0)
			b.start(t)
			id := b.accept(t, c.text)
			synctest.Wait()
			var got []message.State
			for _, p := range b.disk.parts(id) {
				got = append(got, p.State)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
			for i, p := range b.net.submissions() {
				if p.Number != i+1 || p.Total != len(c.want) {
					t.Errorf("%s: submission %d is part %d of %d", name, i+1, p.Number, p.Total)
				}
			}
			b.stop(t)
		})
	}
}
