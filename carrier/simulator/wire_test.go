package simulator_test

import (
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/carrier/simulator"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

func TestEveryKindOfBindIsTaken(t *testing.T) {
	f := newFixture(t)
	for _, mode := range []smpp.BindMode{smpp.Receiver, smpp.Transmitter, smpp.Transceiver} {
		t.Run(mode.String(), func(t *testing.T) {
			c := f.dial(t, mode, "any")
			if err := c.EnquireLink(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := c.Submit(t.Context(), text(alphanumeric("SENDER"), french, "hi", ""))
			if refused := errors.Is(err, smpp.ErrState); refused != (mode == smpp.Receiver) {
				t.Errorf("submit: %v", err)
			}
		})
	}
}

func TestOnlyConfiguredLoginsBind(t *testing.T) {
	f := newFixture(t, func(s *simulator.Settings) { s.Logins = []simulator.Login{{"esme", "secret"}, {"esme2", "other"}} })
	for _, c := range []struct {
		system, password string
		want             smpp.Status
	}{
		{"esme", "secret", smpp.StatusOK},
		{"esme2", "other", smpp.StatusOK},
		{"esme", "wrong", smpp.StatusInvPaswd},
		{"esme", "", smpp.StatusInvPaswd},
		{"nobody", "secret", smpp.StatusInvSysID},
	} {
		_, err := f.tryDial(t, &smpp.Bind{Mode: smpp.Transceiver, SystemID: c.system, Password: c.password})
		var got smpp.Status
		if errors.As(err, &got); got != c.want {
			t.Errorf("%s: got %v, want %v", c.system, err, c.want)
		}
	}
}

// TestGatewaysLoginIsItsOwn: with any login taken, nobody else gets the
// gateway's receipts or claims to bring a customer's message.
func TestGatewaysLoginIsItsOwn(t *testing.T) {
	f := newFixture(t, func(s *simulator.Settings) { s.Gateway, s.GatewayPassword = "own", "secret" })
	for password, want := range map[string]smpp.Status{"secret": smpp.StatusOK, "wrong": smpp.StatusInvPaswd, "": smpp.StatusInvPaswd} {
		_, err := f.tryDial(t, &smpp.Bind{Mode: smpp.Transceiver, SystemID: "own", Password: password})
		var got smpp.Status
		if errors.As(err, &got); got != want {
			t.Errorf("password %q: got %v, want %v", password, err, want)
		}
	}
	f.dial(t, smpp.Transmitter, "other").submit(t, text(alphanumeric("SHOP"), french, "not the shop's", shopMessage))
	f.dial(t, smpp.Transmitter, "own").submit(t, text(alphanumeric("SHOP"), french, "the shop's", shopMessage))
	list, err := f.settings.Store.HandsetMessages(t.Context(), simulator.Query{Account: shop})
	if err != nil || len(list) != 1 || list[0].Body != "the shop's" {
		t.Errorf("the shop's messages: %+v, %v", list, err)
	}
}

// TestThrottledRuleHoldsUpNobodyElse: the gateway pauses for ESME_RTHROTTLED with
// all that it sends, a single client with its own texts alone.
func TestThrottledRuleHoldsUpNobodyElse(t *testing.T) {
	f := newFixture(t, func(s *simulator.Settings) { s.Gateway, s.GatewayPassword = "own", "secret" })
	for _, owner := range []string{shop, "000000000000"} {
		f.setRules(t, owner, simulator.Rule{Prefix: "+33", Outcome: simulator.Throttled})
	}
	for system, want := range map[string]smpp.Status{"own": smpp.StatusXTAppn, "other": smpp.StatusThrottled} {
		_, err := f.dial(t, smpp.Transmitter, system).Submit(t.Context(), text(alphanumeric("SHOP"), french, "hi", shopMessage))
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", system, err, want)
		}
	}
}

// texts that lie across the borders of parts.
func longBodies() map[string]string {
	return map[string]string{
		"GSM":               strings.Repeat("0123456789", 40),
		"GSM euro on cut":   strings.Repeat("x", 152) + "€" + strings.Repeat("y", 200),
		"UCS2":              strings.Repeat("привет ", 30),
		"UCS2 emoji on cut": strings.Repeat("ж", 66) + "😀" + strings.Repeat("ы", 70),
	}
}

// inParts writes a text as submit_sm of one way.
func inParts(way, body string, messageID string) []*smpp.SubmitSM {
	var list []*smpp.SubmitSM
	width := gsm.Reference8
	if way == "udh16" {
		width = gsm.Reference16
	}
	segments := gsm.Split(body, 0x1234, width)
	for i, s := range segments {
		p := text(alphanumeric("SENDER"), french, string(s.Data), messageID)
		switch way {
		case "sar":
			p.TLVs.AddUint16(smpp.TagSarMsgRefNum, 0x1234)
			p.TLVs.AddUint8(smpp.TagSarTotalSegments, uint8(len(segments)))
			p.TLVs.AddUint8(smpp.TagSarSegmentSeqnum, uint8(i+1))
		default:
			p.ESMClass, p.ShortMessage = smpp.ESMUDHI, append(slices.Clone(s.UDH), s.Data...)
		}
		if s.Encoding == gsm.UCS2 {
			p.DataCoding = smpp.CodingUCS2
		}
		list = append(list, p)
	}
	return list
}

func TestLongTextsAreShownWholeInEveryWayAndOrder(t *testing.T) {
	orders := map[string]func([]*smpp.SubmitSM) []*smpp.SubmitSM{
		"in order": func(l []*smpp.SubmitSM) []*smpp.SubmitSM { return l },
		"reversed": func(l []*smpp.SubmitSM) []*smpp.SubmitSM { slices.Reverse(l); return l },
		"each twice": func(l []*smpp.SubmitSM) (twice []*smpp.SubmitSM) {
			for _, p := range l {
				twice = append(twice, p, p)
			}
			return twice
		},
		"all twice": func(l []*smpp.SubmitSM) []*smpp.SubmitSM { return append(l, l...) },
	}
	for name, body := range longBodies() {
		for _, way := range []string{"udh8", "udh16", "sar"} {
			for order, arrange := range orders {
				for client, id := range map[string]string{"gateway": shopMessage, "foreign": ""} {
					t.Run(strings.Join([]string{name, way, order, client}, "/"), func(t *testing.T) {
						f := newFixture(t)
						c := f.dial(t, smpp.Transmitter, "esme")
						parts := inParts(way, body, id)
						total := len(parts)
						for _, p := range arrange(parts) {
							c.submit(t, p)
						}
						m := f.only(t, french)
						if m.Body != body || m.Parts != total || m.Encoding != gsm.Detect(body).String() || m.MessageID != id {
							t.Errorf("got %d %s parts, id %q: %q", m.Parts, m.Encoding, m.MessageID, m.Body)
						}
					})
				}
			}
		}
	}
}

func TestMessagePayloadIsOneMessageOfManyParts(t *testing.T) {
	for name, body := range longBodies() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c := f.dial(t, smpp.Transceiver, "esme")
			p := text(alphanumeric("SENDER"), french, "", "")
			encoded, err := gsm.Encode(body, gsm.Detect(body))
			if err != nil {
				t.Fatal(err)
			}
			if gsm.Detect(body) == gsm.UCS2 {
				p.DataCoding = smpp.CodingUCS2
			}
			p.TLVs.Add(smpp.TagMessagePayload, encoded)
			c.submit(t, p)
			if m := f.only(t, french); m.Body != body || m.Parts < 2 {
				t.Errorf("got %d parts: %q", m.Parts, m.Body)
			}
			c.receives(t)
			c.receivesNothing(t)
		})
	}
}

func TestDataSMIsTakenLikeSubmitSM(t *testing.T) {
	f := newFixture(t)
	c := f.dial(t, smpp.Transceiver, "esme")
	p := &smpp.DataSM{Source: alphanumeric("SENDER"), Destination: international(french), RegisteredDelivery: smpp.FinalReceipt}
	p.TLVs.Add(smpp.TagMessagePayload, []byte("by data"))
	resp, err := c.Data(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if m := f.only(t, french); m.Body != "by data" {
		t.Errorf("got %q", m.Body)
	}
	if id, _ := c.receives(t).TLVs.Text(smpp.TagReceiptedMessageID); id != resp.MessageID {
		t.Errorf("receipt of %q, want %q", id, resp.MessageID)
	}
}

func TestDataCodingsAreDecoded(t *testing.T) {
	for _, c := range []struct {
		coding   smpp.DataCoding
		octets   string
		want     string
		encoding string
	}{
		{0x00, "\x00\x02\x1be\x09", "@$€Ç", "GSM"},
		{0x10, "a\x00", "a@", "GSM"},
		{0xF0, "a\x00", "a@", "GSM"},
		{0x01, "a@", "a@", "GSM"},
		{0x03, "\xe9\xfe", "éþ", "UCS2"},
		{0x08, "\x04\x16\xd8\x3d\xde\x00", "Ж😀", "UCS2"},
		{0x18, "\x04\x16", "Ж", "UCS2"},
		{0xE0, "\x04\x16", "Ж", "UCS2"},
		{0xF4, "\xe9", "é", "GSM"},
		{0x08, "\x00\x00\x00A", "\uFFFDA", "UCS2"},
		{0x00, "", "", "GSM"},
	} {
		f := newFixture(t)
		p := text(alphanumeric("SENDER"), french, c.octets, "")
		p.DataCoding = c.coding
		f.dial(t, smpp.Transmitter, "esme").submit(t, p)
		if m := f.only(t, french); m.Body != c.want || m.Encoding != c.encoding || m.Parts != 1 {
			t.Errorf("data_coding %#x: got %s %q in %d", c.coding, m.Encoding, m.Body, m.Parts)
		}
	}
}

func TestMalformedTextsAreRefused(t *testing.T) {
	f := newFixture(t)
	c := f.dial(t, smpp.Transmitter, "esme")
	good := func(change func(*smpp.SubmitSM)) *smpp.SubmitSM {
		p := text(alphanumeric("SENDER"), french, "x", "")
		change(p)
		return p
	}
	for name, one := range map[string]struct {
		p    *smpp.SubmitSM
		want smpp.Status
	}{
		"no source":          {good(func(p *smpp.SubmitSM) { p.Source = smpp.Address{} }), smpp.StatusInvSrcAdr},
		"long sender ID":     {good(func(p *smpp.SubmitSM) { p.Source = alphanumeric("TWELVELETTER") }), smpp.StatusInvSrcAdr},
		"control in sender":  {good(func(p *smpp.SubmitSM) { p.Source = alphanumeric("A\tB") }), smpp.StatusInvSrcAdr},
		"no destination":     {good(func(p *smpp.SubmitSM) { p.Destination.Addr = "" }), smpp.StatusInvDstAdr},
		"short destination":  {good(func(p *smpp.SubmitSM) { p.Destination.Addr = "331" }), smpp.StatusInvDstAdr},
		"named destination":  {good(func(p *smpp.SubmitSM) { p.Destination.Addr = "MUM" }), smpp.StatusInvDstAdr},
		"UDH beyond the end": {good(func(p *smpp.SubmitSM) { p.ESMClass, p.ShortMessage = smpp.ESMUDHI, []byte{9, 0} }), smpp.StatusInvEsmClass},
		"two texts":          {good(func(p *smpp.SubmitSM) { p.TLVs.Add(smpp.TagMessagePayload, []byte("y")) }), smpp.StatusOptParNotAllwd},
	} {
		t.Run(name, func(t *testing.T) { c.refused(t, one.p, one.want) })
	}
	if f.disk.commits() != 0 {
		t.Error("a refused text was written")
	}
}

func TestVendorTLVsAreKeptAsHex(t *testing.T) {
	f := newFixture(t)
	p := text(alphanumeric("SENDER"), "+919812345678", "x", shopMessage)
	p.TLVs.Add(0x1400, []byte("1101"))
	p.TLVs.Add(0x1401, nil)
	p.TLVs.Add(0x3FFF, []byte{0xAB})
	p.TLVs.AddUint16(smpp.TagUserMessageReference, 7)
	f.dial(t, smpp.Transmitter, "esme").submit(t, p)
	got := f.only(t, "+919812345678").TLVs
	if len(got) != 3 || got["1400"] != "31313031" || got["1401"] != "" || got["3fff"] != "ab" {
		t.Errorf("got %v", got)
	}
}

// submit_multi is unknown to the codec too, so it is written as raw octets.
func TestSubmitMultiIsAnUnknownCommand(t *testing.T) {
	f := newFixture(t)
	conn, err := net.Dial("tcp", f.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	bind, err := smpp.AppendPDU(nil, 1, &smpp.Bind{Mode: smpp.Transceiver, SystemID: "raw"})
	if err != nil {
		t.Fatal(err)
	}
	multi := binary.BigEndian.AppendUint32(nil, 17)
	multi = binary.BigEndian.AppendUint32(multi, 0x21)
	multi = append(multi, 0, 0, 0, 0, 0, 0, 0, 2, 0)
	if _, err := conn.Write(append(bind, multi...)); err != nil {
		t.Fatal(err)
	}
	if h, _, err := smpp.ReadPDU(conn); err != nil || h.ID != smpp.CommandBindTransceiverResp || h.Status != smpp.StatusOK {
		t.Fatalf("bind: %+v %v", h, err)
	}
	h, _, err := smpp.ReadPDU(conn)
	if err != nil || h.Status != smpp.StatusInvCmdID || h.Sequence != 2 {
		t.Errorf("submit_multi: %+v %v", h, err)
	}
}

func TestUnsupportedRequestsAreUnknownCommands(t *testing.T) {
	f := newFixture(t)
	_, err := f.dial(t, smpp.Transmitter, "esme").Cancel(t.Context(), &smpp.CancelSM{MessageID: "x"})
	var got smpp.Status
	if !errors.As(err, &got) || got != smpp.StatusInvCmdID {
		t.Errorf("cancel_sm: %v", err)
	}
}

func TestManyWindowsShareCommits(t *testing.T) {
	const texts = 200
	f := newFixture(t)
	release := f.disk.hold()
	var sent sync.WaitGroup
	for range 2 {
		c := f.dial(t, smpp.Transmitter, "esme")
		var begun sync.WaitGroup
		begun.Add(texts / 2)
		for range texts / 2 {
			sent.Go(func() {
				begun.Done()
				if _, err := c.Submit(t.Context(), text(alphanumeric("SENDER"), french, "x", "")); err != nil {
					t.Error(err)
				}
			})
		}
		begun.Wait()
		// The reader went on to this one, so no text blocks it.
		if err := c.EnquireLink(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	release()
	sent.Wait()
	if n := len(f.screen(t, french)); n != texts {
		t.Errorf("handset shows %d of %d", n, texts)
	}
	if n := f.disk.commits(); n > texts/10 {
		t.Errorf("%d commits for %d texts", n, texts)
	}
}

func TestNothingIsAcknowledgedThatIsNotWritten(t *testing.T) {
	f := newFixture(t)
	c := f.dial(t, smpp.Transceiver, "esme")
	parts := inParts("udh8", strings.Repeat("0123456789", 40), shopMessage)
	c.submit(t, parts[0])
	f.disk.broken.Store(true)
	c.refused(t, parts[1], smpp.StatusSysErr)
	c.refused(t, text(alphanumeric("SENDER"), french, "one", bankMessage), smpp.StatusSysErr)
	f.disk.broken.Store(false)
	for _, p := range append(parts[1:], text(alphanumeric("SENDER"), french, "one", bankMessage)) {
		c.submit(t, p)
	}
	if n := len(f.screen(t, french)); n != 2 {
		t.Errorf("handset shows %d messages, want 2", n)
	}
}

func TestDirectoryThatFailsIsATransientError(t *testing.T) {
	f := newFixture(t)
	f.register.err = errors.New("away")
	f.dial(t, smpp.Transmitter, "esme").refused(t, text(international(shopNumber), french, "x", ""), smpp.StatusSysErr)
}

func TestStopAnswersWhatIsUnderWay(t *testing.T) {
	f := newFixture(t)
	release := f.disk.hold()
	c := f.dial(t, smpp.Transmitter, "esme")
	answered := make(chan error, 1)
	go func() {
		_, err := c.Submit(t.Context(), text(alphanumeric("SENDER"), french, "x", ""))
		answered <- err
	}()
	<-f.disk.entered
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stop(t, f.SMSC)
	}()
	release()
	if err := <-answered; err != nil {
		t.Error(err)
	}
	<-stopped
	stop(t, f.SMSC)
}
