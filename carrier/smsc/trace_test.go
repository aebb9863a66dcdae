package smsc

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// traced is what a tracer has seen, a line each.
func traced(t *testing.T, tracer *Tracer) []string {
	t.Helper()
	found, ok := tracer.Trace(0)
	if !ok {
		t.Fatal("there is no trace")
	}
	var lines []string
	for _, p := range found.PDUs {
		arrow := "<- "
		if p.Sent {
			arrow = "-> "
		}
		lines = append(lines, arrow+p.Text)
	}
	return lines
}

// Proves(limit): the PDU trace is of one number, without texts and without other numbers.
func TestTraceShowsThePDUsOfOneNumberWithoutTextsAndOtherNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracer := NewTracer(time.Now)
		r := start(t, Settings{
			Trace: tracer,
			TLVs:  []TLV{{Tag: 0x1400, Field: "IN_ENTITY_ID"}},
		}, refusing(smpp.StatusOK, smpp.StatusInvSrcAdr))
		r.submit(t, part()) // before the trace
		if err := tracer.Start("+919812345678", 5*time.Minute, 0); err != nil {
			t.Fatal(err)
		}
		other := part()
		other.To = "+919800000000"
		if _, err := r.Submit(t.Context(), other); err == nil {
			t.Error("not refused as scripted")
		}
		long := part()
		long.From, long.FromKind = "+12065550142", carrier.LongCode
		long.Segment = gsm.Segment{UDH: []byte{5, 0, 3, 7, 2, 1}, Data: []byte("the secret text")}
		r.submit(t, long)
		conn := <-r.smsc.Binds
		conn.Send(&smpp.DeliverSM{
			Source: smpp.Address{TON: 1, NPI: 1, Addr: "919812345678"}, Destination: smpp.Address{TON: 1, NPI: 1, Addr: "12065550142"},
			ESMClass: 4, ShortMessage: []byte("id:1 sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:the secret text"),
		})
		<-r.kept.receipts
		conn.Send(&smpp.DeliverSM{
			Source: smpp.Address{TON: 1, NPI: 1, Addr: "919800000000"}, Destination: smpp.Address{TON: 1, NPI: 1, Addr: "12065550142"},
			ShortMessage: []byte("not traced"),
		})
		<-r.kept.inbounds
		synctest.Wait()
		lines := traced(t, tracer)
		all := strings.Join(lines, "\n")
		if len(lines) != 4 {
			t.Fatalf("%d PDUs:\n%s", len(lines), all)
		}
		for i, want := range []string{
			`-> submit_sm source_addr=1/1:"12065****42" destination_addr=1/1:"919812345678" esm_class=0x40`,
			`<- submit_sm_resp command_status=ESME_ROK message_id="1"`,
			`<- deliver_sm source_addr=1/1:"919812345678" destination_addr=1/1:"12065****42" esm_class=0x04`,
			`-> deliver_sm_resp command_status=ESME_ROK`,
		} {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("PDU %d is\n%s, want\n%s", i+1, lines[i], want)
			}
		}
		for _, want := range []string{"udh=050003070201", "tlv_1400=(4 octets)", `receipt{id="1" stat="DELIVRD" err="000"}`, "sm_length=21"} {
			if !strings.Contains(all, want) {
				t.Errorf("no %s in\n%s", want, all)
			}
		}
		for _, secret := range []string{"secret", "2065550142", "1101", "9800000000"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s stands in\n%s", secret, all)
			}
		}
	})
}

// Proves(limit): the PDU trace shows no other number, in whatever form the carrier wants it.
func TestTraceMasksEveryOtherNumberByItsRole(t *testing.T) {
	for name, c := range map[string]struct {
		to       string
		format   AddressFormat
		from     string
		kind     carrier.AddressKind
		line     string
		settings Addressing
	}{
		"Norwegian, national": {to: "+4741234567", format: FormatNational, from: "+12065550142", kind: carrier.LongCode,
			line: `source_addr=1/1:"12065550142" destination_addr=2/1:"******67"`},
		"French, national": {to: "+33612345678", format: FormatNational, from: "+12065550142", kind: carrier.LongCode,
			line: `source_addr=1/1:"12065550142" destination_addr=2/1:"*******78"`},
		"international": {to: "+4741234567", from: "+12065550142", kind: carrier.LongCode,
			line: `source_addr=1/1:"12065550142" destination_addr=1/1:"********67"`},
		"with 00": {to: "+4741234567", format: Format00, from: "+12065550142", kind: carrier.LongCode,
			line: `destination_addr=1/1:"00474*****67"`},
		"from a short code": {to: "+12065550142", from: "70707", kind: carrier.ShortCode,
			line: `source_addr=3/0:"70707" destination_addr=1/1:"12065550142"`},
		"from a sender ID of digits": {to: "+12065550142", from: "650001", kind: carrier.Alphanumeric,
			line: `source_addr=5/0:"650001" destination_addr=1/1:"12065550142"`},
		"from a national number": {to: "+12065550142", from: "+4741234567", kind: carrier.LongCode, settings: Addressing{SourceFormat: FormatNational},
			line: `source_addr=2/1:"******67" destination_addr=1/1:"12065550142"`},
	} {
		inBubble(t, name, func(t *testing.T) {
			tracer := NewTracer(time.Now)
			c.settings.DestinationFormat = c.format
			r := start(t, Settings{Trace: tracer, Addressing: c.settings}, nil)
			if err := tracer.Start("+12065550142", time.Minute, 0); err != nil {
				t.Fatal(err)
			}
			p := part()
			p.From, p.FromKind, p.To = c.from, c.kind, c.to
			r.submit(t, p)
			if all := strings.Join(traced(t, tracer), "\n"); !strings.Contains(all, c.line) {
				t.Errorf("no %s in\n%s", c.line, all)
			}
		})
	}
}

// Proves(limit): the PDU trace ends after its time and its number of PDUs.
func TestTraceEndsAfterItsTimeAndItsNumberOfPDUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracer := NewTracer(time.Now)
		r := start(t, Settings{Trace: tracer}, nil)
		if _, ok := tracer.Trace(0); ok {
			t.Error("there is a trace before the first")
		}
		if err := tracer.Start("+919812345678", time.Minute, 3); err != nil {
			t.Fatal(err)
		}
		if err := tracer.Start("+919812345679", time.Minute, 3); !errors.Is(err, ErrTracing) {
			t.Errorf("a second trace: %v", err)
		}
		r.submit(t, part())
		r.submit(t, part())
		if found, _ := tracer.Trace(2); found.Running || len(found.PDUs) != 1 || found.PDUs[0].Number != 3 {
			t.Errorf("after three PDUs: %+v", found)
		}
		if err := tracer.Start("+919812345678", time.Minute, 3); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Minute)
		r.submit(t, part())
		if found, _ := tracer.Trace(0); found.Running || len(found.PDUs) != 0 || tracer.on.Load() != nil {
			t.Errorf("after a minute: %+v", found)
		}
		<-time.After(2 * time.Hour)
		if _, ok := tracer.Trace(0); ok {
			t.Error("a trace is kept for ever")
		}
		if err := tracer.Start("+919812345678", time.Minute, 3); err != nil {
			t.Fatal(err)
		}
		tracer.Stop()
		if _, ok := tracer.Trace(0); ok {
			t.Error("a stopped trace is kept")
		}
	})
}

// Proves(limit): night shift: a paused carrier gives back what waits for a session.
func TestHeldCarrierGivesBackWhatWaitsForASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		r.submit(t, part())
		r.smsc.Close()
		synctest.Wait()
		answer := make(chan error, 1)
		go func() {
			_, err := r.Submit(t.Context(), part())
			answer <- err
		}()
		synctest.Wait()
		r.Hold(true)
		if err := <-answer; !errors.Is(err, carrier.ErrHeld) {
			t.Errorf("held: %v", err)
		}
		r.Hold(false)
	})
}

func FuzzTracedLineIsOneLine(f *testing.F) {
	f.Add("12065550142", []byte("id:1 stat:DELIVRD"), uint8(4), uint16(0x1E), []byte("a\nb"))
	f.Fuzz(func(t *testing.T, addr string, text []byte, class uint8, tag uint16, value []byte) {
		w := &watch{number: "919812345678"}
		line := w.line(&smpp.DeliverSM{
			Source: smpp.Address{Addr: addr}, ESMClass: smpp.ESMClass(class), ShortMessage: text, TLVs: smpp.TLVs{{Tag: smpp.Tag(tag), Value: value}},
		})
		for _, r := range line {
			if r < ' ' || r > '~' {
				t.Fatalf("%q", line)
			}
		}
	})
}
