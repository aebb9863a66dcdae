package smsc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(wire): sender IDs go as 5/0, short codes as 3/0, numbers as 1/1.
func TestSenderHasTheTypeOfItsKind(t *testing.T) {
	cases := []struct {
		from string
		kind carrier.AddressKind
		want smpp.Address
	}{
		{"SENDER", carrier.Alphanumeric, smpp.Address{TON: 5, NPI: 0, Addr: "SENDER"}},
		{"+12065550142", carrier.LongCode, smpp.Address{TON: 1, NPI: 1, Addr: "12065550142"}},
		{"+18005550142", carrier.TollFree, smpp.Address{TON: 1, NPI: 1, Addr: "18005550142"}},
		{"+12065550143", carrier.TenDLC, smpp.Address{TON: 1, NPI: 1, Addr: "12065550143"}},
		{"+14254147755", carrier.Simulator, smpp.Address{TON: 1, NPI: 1, Addr: "14254147755"}},
		{"72345", carrier.ShortCode, smpp.Address{TON: 3, NPI: 0, Addr: "72345"}},
		{"+447700900001", carrier.Unknown, smpp.Address{TON: 1, NPI: 1, Addr: "447700900001"}},
		{"NOTICE", carrier.Unknown, smpp.Address{Addr: "NOTICE"}},
	}
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		for _, c := range cases {
			p := part()
			p.From, p.FromKind = c.from, c.kind
			r.submit(t, p)
			m := received[*smpp.SubmitSM](r)
			if m.Source != c.want || m.Destination != (smpp.Address{TON: 1, NPI: 1, Addr: "919812345678"}) {
				t.Errorf("%s: from %+v to %+v", c.from, m.Source, m.Destination)
			}
		}
	})
}

// Proves(wire): a part with a user data header bears esm_class 0x40.
func TestLongTextTravelsByUserDataHeader(t *testing.T) {
	cases := map[string]struct {
		text   string
		coding smpp.DataCoding
	}{
		"GSM":  {strings.Repeat("hello {you} ", 30), smpp.CodingDefault},
		"UCS2": {strings.Repeat("नमस्ते ", 30), smpp.CodingUCS2},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{}, nil)
			segments := gsm.Split(c.text, 7, gsm.Reference8)
			var got []gsm.Segment
			for i, s := range segments {
				p := part()
				p.Segment, p.Number, p.Total = s, i+1, len(segments)
				r.submit(t, p)
				m := received[*smpp.SubmitSM](r)
				if m.ESMClass != smpp.ESMUDHI || m.DataCoding != c.coding || m.RegisteredDelivery != smpp.FinalReceipt {
					t.Errorf("part %d: %+v", i+1, m)
				}
				header := m.ShortMessage[:len(s.UDH)]
				got = append(got, gsm.Segment{Encoding: s.Encoding, UDH: header, Data: m.ShortMessage[len(header):]})
			}
			if text, err := gsm.Reassemble(got); err != nil || text != c.text {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

// Proves(wire): a text of one part has no user data header.
func TestShortTextHasNoHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		r.submit(t, part())
		m := received[*smpp.SubmitSM](r)
		if m.ESMClass != 0 || m.DataCoding != 0 || string(m.ShortMessage) != "hello" {
			t.Errorf("%+v", m)
		}
	})
}

// Proves(wire): DLT: entity and template travel as the TLVs that the settings name, to their countries alone.
func TestParametersTravelAsTLVsWhereTheSettingsWantThem(t *testing.T) {
	settings := Settings{MessageIDTLV: true, TLVs: []TLV{
		{Tag: 0x1400, Field: "IN_ENTITY_ID", Type: OctetString, Countries: []string{"IN"}},
		{Tag: 0x1401, Field: "IN_TEMPLATE_ID", Type: COctetString},
	}}
	cases := map[string]struct {
		settings Settings
		country  string
		values   map[string]string
		want     map[smpp.Tag]string
	}{
		"India":         {settings, "IN", part().Parameters, map[smpp.Tag]string{0x1400: "1101", 0x1401: "1107\x00", 0x1500: "0193-id"}},
		"other country": {settings, "SG", part().Parameters, map[smpp.Tag]string{0x1401: "1107\x00", 0x1500: "0193-id"}},
		"no parameters": {settings, "IN", nil, map[smpp.Tag]string{0x1500: "0193-id"}},
		"no settings":   {Settings{}, "IN", part().Parameters, map[smpp.Tag]string{}},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, c.settings, nil)
			p := part()
			p.Country, p.Parameters = c.country, c.values
			r.submit(t, p)
			got := map[smpp.Tag]string{}
			for _, tlv := range received[*smpp.SubmitSM](r).TLVs {
				got[tlv.Tag] = string(tlv.Value)
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// Proves(wire): validity format absolute, relative or none, and it is what is left of the time to live.
func TestValidityIsWhatIsLeftOfTheTimeToLive(t *testing.T) {
	// A bubble's clock starts at midnight UTC, 1 January 2000.
	cases := map[ValidityFormat]string{
		"":               "000000010000000R",
		ValidityRelative: "000000010000000R",
		ValidityAbsolute: "000101010000000+",
		ValidityNone:     "",
	}
	for format, want := range cases {
		inBubble(t, string(format), func(t *testing.T) {
			r := start(t, Settings{Validity: format}, nil)
			r.submit(t, part())
			if m := received[*smpp.SubmitSM](r); m.ValidityPeriod != want {
				t.Errorf("%q, want %q", m.ValidityPeriod, want)
			}
		})
	}
	inBubble(t, "after a wait", func(t *testing.T) {
		r := start(t, Settings{Throughput: 1}, nil)
		r.submit(t, part())
		received[*smpp.SubmitSM](r)
		r.submit(t, part()) // waits a second for its turn
		if m := received[*smpp.SubmitSM](r); m.ValidityPeriod != "000000005959000R" {
			t.Error(m.ValidityPeriod)
		}
	})
}

// Proves(bind): the response timer, a lost connection and an unreadable stream leave a part in doubt.
func TestAnswerThatDoesNotComeLeavesThePartInDoubt(t *testing.T) {
	cases := map[string]func(c *smpptest.Conn, sequence uint32, m *smpp.SubmitSM){
		"connection lost": func(c *smpptest.Conn, _ uint32, _ *smpp.SubmitSM) { c.Close() },
		"no answer":       func(*smpptest.Conn, uint32, *smpp.SubmitSM) {},
		"bad length":      func(c *smpptest.Conn, _ uint32, _ *smpp.SubmitSM) { c.Raw([]byte{0, 0, 0, 1}) },
	}
	for name, answer := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{}, func(s *smpptest.SMSC) { s.OnSubmit = answer })
			_, err := r.Submit(t.Context(), part())
			var lost *carrier.Error
			if !errors.As(err, &lost) || lost.Failure != carrier.InDoubt {
				t.Error(err)
			}
		})
	}
	inBubble(t, "caller's time is over", func(t *testing.T) {
		r := start(t, Settings{}, func(s *smpptest.SMSC) { s.OnSubmit = cases["no answer"] })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := r.Submit(ctx, part())
		var lost *carrier.Error
		if !errors.As(err, &lost) || lost.Failure != carrier.InDoubt {
			t.Error(err)
		}
	})
}

func TestPartThatWasNotHandedOverEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := func(*smpptest.Conn, *smpp.Bind) smpp.Status { return smpp.StatusInvPaswd }
		r := start(t, Settings{}, func(s *smpptest.SMSC) { s.OnBind = refuse })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := r.Submit(ctx, part())
		var refused *carrier.Error
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &refused) {
			t.Error(err)
		}
	})
}

// Proves(wire): a field that does not fit its octets is an invalid message, and is not sent.
func TestFieldThatDoesNotFitIsAnInvalidMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		p := part()
		p.From = strings.Repeat("A", 30)
		_, err := r.Submit(t.Context(), p)
		var refused *carrier.Error
		if !errors.As(err, &refused) || refused.Failure != carrier.InvalidMessage {
			t.Error(err)
		}
		if strings.Contains(err.Error(), p.From) {
			t.Errorf("the sender is in %q", err)
		}
	})
}

// Proves(limit): throughput is the carrier's, over all its binds, in message parts per second.
func TestThroughputIsTheCarriersOverAllBinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Binds: 3, Throughput: 10}, nil)
		synctest.Wait()
		began := time.Now()
		for range 51 {
			r.submit(t, part())
		}
		// The first leaves at once, the others a tenth of a second apart.
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("51 parts at 10 a second took %v", took)
		}
	})
}

// Proves(receipt): ids in hexadecimal in the response and decimal in the receipt, or the other way round, are the same by setting.
// Proves(receipt): leading zeros that differ are stripped of ids that are numbers alone.
// Proves(receipt): dashes that are stripped, and case that differs, by setting.
func TestMessageIDsAreComparable(t *testing.T) {
	cases := []struct {
		kind              IDType
		response, receipt string
		same              bool
	}{
		{IDSame, "0e999f21-77aa", "0e999f21-77aa", true},
		{IDSame, "1A", "1a", false},
		{IDSame, "007", "7", false},
		{"", "ab", "ab", true},
		{IDFoldCase, "AbC-1", "aBc-1", true},
		{IDNoDashes, "0e99-9f21", "0e999f21", true},
		{IDHexInResponse, "1A2B", "6699", true},
		{IDHexInResponse, "ff", "0000000255", true},
		{IDHexInReceipt, "0000000255", "FF", true},
		{IDHexInReceipt, "123456789012345678901234567890", "18EE90FF6C373E0EE4E3F0AD2", true},
		{IDHex, "00AB", "ab", true},
		{IDDecimal, "007", "7", true},
		{IDDecimal, "0e999f21", "e999f21", false},
		{IDHexInResponse, "", "", true},
	}
	for _, c := range cases {
		a, b := c.kind.fromResponse(c.response), c.kind.fromReceipt(c.receipt)
		if (a == b) != c.same {
			t.Errorf("%q: %q is %q, %q is %q", c.kind, c.response, a, c.receipt, b)
		}
	}
}

func TestSubmitOverLoopback(t *testing.T) {
	smsc := smpptest.Start(nil)
	defer smsc.Close()
	c := New(Settings{Name: "acme", Address: smsc.Addr, SystemID: "gateway", Binds: 2, Window: 5}, newKept())
	if c.Name() != "acme" || c.Slots() != 10 {
		t.Errorf("%s has %d slots", c.Name(), c.Slots())
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := make(chan string, 100)
	for range cap(ids) {
		go func() {
			id, err := c.Submit(t.Context(), part())
			if err != nil {
				t.Error(err)
			}
			ids <- id
		}()
	}
	seen := map[string]bool{}
	for range cap(ids) {
		seen[<-ids] = true
	}
	if len(seen) != cap(ids) {
		t.Errorf("%d different ids", len(seen))
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if smsc.Open() != 0 && c.Bound() != 0 {
		t.Error("sessions are open")
	}
}

func BenchmarkSubmit(b *testing.B) {
	server := &smpp.Server{Config: smpp.Config{Handler: smpp.HandlerFunc(func(_ context.Context, _ smpp.PDU, r smpp.Reply) {
		if r.With(&smpp.SubmitSMResp{MessageID: "1"}) != nil {
			b.Error("no answer")
		}
	})}}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	c := New(Settings{Address: server.Addr().String(), SystemID: "bench", Binds: 2, Window: 50}, newKept())
	if err := c.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	p := part()
	p.Segment.Data = bytes.Repeat([]byte("x"), 100)
	b.SetParallelism(50)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Submit(context.Background(), p); err != nil {
				b.Error(fmt.Errorf("submit: %w", err))
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
	if err := errors.Join(c.Stop(context.Background()), server.Stop(context.Background())); err != nil {
		b.Error(err)
	}
}

// TestPartIsAskedForBeforeItGoes says so of every way in which a part may be taken:
// a session's, another's after the first was lost, and an answer that came late.
func TestPartIsAskedForBeforeItGoes(t *testing.T) {
	errKept := errors.New("the recipient opted out")
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ResponseTimeout: time.Second}, silent)
		asked, before := 0, -1
		p := part()
		p.Clear = func(context.Context) error {
			asked, before = asked+1, len(r.smsc.Requests)
			return errKept
		}
		drain(r)
		if _, err := r.Submit(t.Context(), p); !errors.Is(err, errKept) || asked != 1 || before != 0 {
			t.Errorf("asked %d times, with %d requests on the wire: %v", asked, before, err)
		}
		if n := len(r.smsc.Requests); n != 0 {
			t.Errorf("%d requests of a part that was kept back", n)
		}
		p.Clear = func(context.Context) error { asked++; return nil }
		request := inDoubt(t, r, p)
		request.Conn.Reply(request.Header.Sequence, &smpp.SubmitSMResp{MessageID: "late"})
		synctest.Wait()
		p.Clear = func(context.Context) error { asked++; return errKept }
		if id, err := r.Submit(t.Context(), p); id != "late" || err != nil || asked != 3 {
			t.Errorf("asked %d times: %q, %v", asked, id, err)
		}
	})
}

// drain forgets the requests of the bind.
func drain(r *rig) {
	synctest.Wait()
	for len(r.smsc.Requests) > 0 {
		<-r.smsc.Requests
	}
}
