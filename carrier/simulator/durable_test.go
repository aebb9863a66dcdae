package simulator_test

import (
	"strings"
	"testing"
	"time"

	"heliograph/carrier/simulator"
	"heliograph/protocol/smpp"
)

func TestRestartKeepsMessagesReceiptsAndRules(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Prefix: "+337", Outcome: simulator.Blocked})
	id := f.dial(t, smpp.Transmitter, "esme").submit(t, text(alphanumeric("SENDER"), french, "x", ""))
	f.restart(t)
	if m := f.only(t, french); m.Body != "x" {
		t.Errorf("got %q", m.Body)
	}
	other := f.dial(t, smpp.Receiver, "other")
	c := f.dial(t, smpp.Receiver, "esme")
	if got, _ := c.receives(t).TLVs.Text(smpp.TagReceiptedMessageID); got != id {
		t.Errorf("receipt of %q, want %q", got, id)
	}
	other.receivesNothing(t)
	f.restart(t)
	if n := f.disk.open(); n != 0 {
		t.Errorf("%d deliveries are left after their answer", n)
	}
	c = f.dial(t, smpp.Transceiver, "esme")
	c.receivesNothing(t)
	c.submit(t, text(alphanumeric("SENDER"), "+33712345678", "x", ""))
	if r := c.receives(t); !strings.Contains(string(r.ShortMessage), "UNDELIV") {
		t.Errorf("the rules are gone: %q", r.ShortMessage)
	}
}

func TestReceiptsGoToAnyReceiverOfTheLogin(t *testing.T) {
	f := newFixture(t)
	sender := f.dial(t, smpp.Transmitter, "esme")
	receiver := f.dial(t, smpp.Receiver, "esme")
	sender.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
	receiver.receives(t)
	sender.receivesNothing(t)
}

func TestReceiptThatIsNotTakenComesAgain(t *testing.T) {
	f := newFixture(t, func(s *simulator.Settings) { s.Now = time.Now })
	c := f.dial(t, smpp.Transceiver, "esme")
	for range 5 { // for longer than the test takes
		c.status <- smpp.StatusXTAppn
	}
	c.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
	first := c.receives(t)
	if f.disk.open() != 1 {
		t.Error("it is off the disk already")
	}
	if again := c.receives(t); string(again.ShortMessage) != string(first.ShortMessage) {
		t.Errorf("got %q after %q", again.ShortMessage, first.ShortMessage)
	}
}

func TestReceiptDelayIsKept(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Prefix: "+336", Outcome: simulator.Delivered, ReceiptDelay: simulator.Delay(time.Hour)})
	c := f.dial(t, smpp.Transceiver, "esme")
	id := c.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
	f.only(t, french)
	c.receivesNothing(t)
	f.restart(t)
	c = f.dial(t, smpp.Transceiver, "esme")
	f.clock.advance(time.Hour - time.Millisecond)
	c.submit(t, text(alphanumeric("SENDER"), "+33712345678", "x", ""))
	c.receives(t)
	c.receivesNothing(t)
	f.clock.advance(time.Millisecond)
	c.submit(t, text(alphanumeric("SENDER"), "+33712345678", "x", ""))
	took := map[string]time.Duration{}
	for range 2 {
		r, err := smpp.ParseReceipt(c.receives(t).ShortMessage, nil)
		if err != nil {
			t.Fatal(err)
		}
		took[r.ID] = r.DoneDate.Sub(r.SubmitDate)
	}
	if took[id] != time.Hour {
		t.Errorf("got %v, want an hour for %s", took, id)
	}
}

func TestPartSentAgainIsShownOnce(t *testing.T) {
	long := strings.Repeat("0123456789", 40)
	tests := map[string][]*smpp.SubmitSM{
		"short text of the gateway": {text(alphanumeric("SENDER"), french, "x", shopMessage)},
		"long text of the gateway":  inParts("udh8", long, shopMessage),
		"foreign long text":         inParts("sar", long, ""),
	}
	for name, parts := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c := f.dial(t, smpp.Transceiver, "esme")
			sent := map[string]bool{}
			for round := range 3 {
				for _, p := range parts {
					sent[c.submit(t, p)] = true
				}
				if round == 1 {
					f.restart(t)
					c = f.dial(t, smpp.Transceiver, "esme")
				}
			}
			f.only(t, french)
			if len(sent) != 3*len(parts) {
				t.Errorf("%d ids for %d answers", len(sent), 3*len(parts))
			}
		})
	}
}

// A crash between two parts: the first is on disk, whoever sends the second.
func TestHalfATextSurvivesRestart(t *testing.T) {
	for client, id := range map[string]string{"gateway": shopMessage, "foreign": ""} {
		t.Run(client, func(t *testing.T) {
			f := newFixture(t)
			body := strings.Repeat("0123456789", 40)
			for i, p := range inParts("udh8", body, id) {
				f.dial(t, smpp.Transmitter, "esme").submit(t, p)
				if i < 2 && len(f.screen(t, french)) != 0 {
					t.Error("half a text is shown")
				}
				f.restart(t)
			}
			if m := f.only(t, french); m.Body != body || m.Parts != 3 {
				t.Errorf("got %d parts %q", m.Parts, m.Body)
			}
		})
	}
}

func TestSameReferenceIsANewTextWhenItsOctetsDiffer(t *testing.T) {
	f := newFixture(t)
	c := f.dial(t, smpp.Transmitter, "esme")
	bodies := []string{strings.Repeat("a", 200), strings.Repeat("b", 200), strings.Repeat("a", 200)}
	for _, body := range bodies {
		for _, p := range inParts("udh8", body, "") {
			c.submit(t, p)
		}
	}
	var got []string
	for _, m := range f.screen(t, french) {
		got = append(got, m.Body)
	}
	if strings.Join(got, "|") != strings.Join(bodies, "|") {
		t.Errorf("got %q", got)
	}
}

func TestForeignTextsMayRepeatThemselves(t *testing.T) {
	f := newFixture(t)
	c := f.dial(t, smpp.Transmitter, "esme")
	long := inParts("udh8", strings.Repeat("a", 200), "")
	for range 2 {
		c.submit(t, text(alphanumeric("SENDER"), french, "YES", ""))
		for _, p := range long {
			c.submit(t, p)
		}
		f.clock.advance(3 * time.Minute)
	}
	if n := len(f.screen(t, french)); n != 4 {
		t.Errorf("handset shows %d messages, want 4", n)
	}
	f.restart(t)
	c = f.dial(t, smpp.Transmitter, "esme")
	c.submit(t, long[0])
	c.submit(t, long[1])
	if n := len(f.screen(t, french)); n != 5 {
		t.Errorf("handset shows %d messages after the restart, want 5", n)
	}
}

func TestFailedOutcomeOfALongTextGivesAReceiptPerPart(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, shop, simulator.Rule{Outcome: simulator.Undeliverable})
	c := f.dial(t, smpp.Transceiver, "esme")
	parts := inParts("udh8", strings.Repeat("a", 400), shopMessage)
	want := map[string]bool{}
	for _, p := range parts {
		want[c.submit(t, p)] = true
	}
	for range parts {
		id, _ := c.receives(t).TLVs.Text(smpp.TagReceiptedMessageID)
		if !want[id] {
			t.Errorf("receipt of %q", id)
		}
		delete(want, id)
	}
	if len(f.screen(t, french)) != 0 {
		t.Error("it is shown")
	}
}
