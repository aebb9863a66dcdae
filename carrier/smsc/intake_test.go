package smsc

import (
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

func receiptTLVs(id string, state uint8) smpp.TLVs {
	var t smpp.TLVs
	t.AddText(smpp.TagReceiptedMessageID, id)
	t.AddUint8(smpp.TagMessageState, state)
	return t
}

// answerTo sends a request of the SMSC and waits for the carrier's answer.
func answerTo(r *rig, c *smpptest.Conn, p smpp.PDU) smpp.Status {
	sequence := c.Send(p)
	for got := range r.smsc.Requests {
		if answer, ok := got.PDU.(smpp.Response); ok && got.Header.Sequence == sequence {
			return answer.CommandStatus()
		}
	}
	panic("unreachable: Requests is never closed")
}

// Proves(receipt): parameters go before the text, which gives what they lack.
func TestReceiptsAreReadInEveryForm(t *testing.T) {
	text := "id:1a sub:001 dlvrd:001 submit date:2611230102 done date:2611230103 stat:UNDELIV err:027 text:hi"
	withError := append(receiptTLVs("2b", 5), smpp.TLV{Tag: smpp.TagNetworkErrorCode, Value: []byte{3, 0, 27}})
	wide, err := gsm.Encode(text, gsm.UCS2)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		pdu  smpp.PDU
		want carrier.Receipt
	}{
		"text":           {&smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte(text)}, carrier.Receipt{MessageID: "1a", State: carrier.Undeliverable, Code: "027"}},
		"UCS2 text":      {&smpp.DeliverSM{ESMClass: 4, DataCoding: 8, ShortMessage: wide}, carrier.Receipt{MessageID: "1a", State: carrier.Undeliverable, Code: "027"}},
		"TLVs":           {&smpp.DeliverSM{ESMClass: 4, TLVs: withError}, carrier.Receipt{MessageID: "2b", State: carrier.Undeliverable, Code: "27"}},
		"TLVs over text": {&smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte(text), TLVs: receiptTLVs("2b", 2)}, carrier.Receipt{MessageID: "2b", State: carrier.Delivered, Code: "027"}},
		"TLVs, no class": {&smpp.DeliverSM{TLVs: receiptTLVs("2b", 2)}, carrier.Receipt{MessageID: "2b", State: carrier.Delivered}},
		"data_sm":        {&smpp.DataSM{ESMClass: 4, TLVs: receiptTLVs("3c", 3)}, carrier.Receipt{MessageID: "3c", State: carrier.Expired}},
		"payload": {&smpp.DeliverSM{ESMClass: 4, TLVs: smpp.TLVs{{Tag: smpp.TagMessagePayload, Value: []byte("id:9 stat:DELIVRD err:000")}}},
			carrier.Receipt{MessageID: "9", State: carrier.Delivered}},
		"other type bits": {&smpp.DeliverSM{ESMClass: 8, ShortMessage: []byte("stat:REJECTD id:9")}, carrier.Receipt{MessageID: "9", State: carrier.RejectedState}},
		"intermediate":    {&smpp.DeliverSM{ESMClass: 0x20, ShortMessage: []byte("id:9 stat:UNDELIV")}, carrier.Receipt{MessageID: "9", State: carrier.Enroute}},
		"enroute":         {&smpp.DeliverSM{ESMClass: 4, TLVs: receiptTLVs("9", 1)}, carrier.Receipt{MessageID: "9", State: carrier.Enroute}},
		"accepted":        {&smpp.DeliverSM{ESMClass: 4, TLVs: receiptTLVs("9", 6)}, carrier.Receipt{MessageID: "9", State: carrier.Accepted}},
		"deleted":         {&smpp.DeliverSM{ESMClass: 4, TLVs: receiptTLVs("9", 4)}, carrier.Receipt{MessageID: "9", State: carrier.Deleted}},
		"unknown":         {&smpp.DeliverSM{ESMClass: 4, TLVs: receiptTLVs("9", 99)}, carrier.Receipt{MessageID: "9", State: carrier.StateUnknown}},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{}, nil)
			if status := answerTo(r, <-r.smsc.Binds, c.pdu); status != smpp.StatusOK {
				t.Error(status)
			}
			c.want.Carrier, c.want.At = "acme", time.Now()
			got := <-r.kept.receipts
			got.DoneAt = time.Time{}
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// Proves(receipt): deliver_sm is answered only after it is stored, and refused where that fails, so that it comes again.
func TestReceiptIsAnsweredOnlyWhenItIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		r.kept.fail = errDisk
		for _, p := range []smpp.PDU{&smpp.DeliverSM{ESMClass: 4, TLVs: receiptTLVs("1", 2)}, &smpp.DeliverSM{}, &smpp.DataSM{}} {
			if status := answerTo(r, c, p); status != smpp.StatusXTAppn {
				t.Errorf("%T: %v", p, status)
			}
		}
	})
}

// Proves(receipt): one without any id is answered OK, and told.
func TestReceiptWithoutAnIDIsAcknowledgedAndDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		if status := answerTo(r, <-r.smsc.Binds, &smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte("delivered!")}); status != smpp.StatusOK {
			t.Error(status)
		}
		if len(r.kept.receipts)+len(r.kept.inbounds) != 0 {
			t.Error("something was handed up")
		}
	})
}

// Proves(receipt): it bears the id of the response in every base of the settings.
func TestReceiptHasTheIDOfTheResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{IDs: IDHexInResponse}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "00FF"})
			}
		})
		id := r.submit(t, part())
		c := <-r.smsc.Binds
		if status := answerTo(r, c, &smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte("id:0000000255 stat:DELIVRD")}); status != smpp.StatusOK {
			t.Errorf("answered %v", status)
		}
		if got := <-r.kept.receipts; got.MessageID != id {
			t.Errorf("%q, want %q", got.MessageID, id)
		}
	})
}

// Proves(receipt): a text of a handset in the form of a receipt is none, unless the settings go by the text.
func TestForgedReceiptTextIsAnOrdinaryText(t *testing.T) {
	forged := &smpp.DeliverSM{ShortMessage: []byte("id:1 stat:DELIVRD")}
	inBubble(t, "default", func(t *testing.T) {
		r := start(t, Settings{}, nil)
		if status := answerTo(r, <-r.smsc.Binds, forged); status != smpp.StatusOK {
			t.Errorf("answered %v", status)
		}
		<-r.kept.inbounds
	})
	inBubble(t, "SMSC that does not mark receipts", func(t *testing.T) {
		r := start(t, Settings{Receipts: Receipts{Detection: DetectText}}, nil)
		c := <-r.smsc.Binds
		if status := answerTo(r, c, forged); status != smpp.StatusOK {
			t.Errorf("answered %v", status)
		}
		<-r.kept.receipts
		if status := answerTo(r, c, &smpp.DeliverSM{ShortMessage: []byte("hello")}); status != smpp.StatusOK {
			t.Errorf("answered %v", status)
		}
		<-r.kept.inbounds
	})
}

// Proves(wire): texts from handsets by data_coding, user data header and sar parameters.
func TestTextsFromHandsetsAreHandedUpAsTheyCame(t *testing.T) {
	phone := smpp.Address{TON: 1, NPI: 1, Addr: "12065550142"}
	code := smpp.Address{TON: 3, Addr: "72345"}
	var sar smpp.TLVs
	sar.AddUint16(smpp.TagSarMsgRefNum, 0x0102)
	sar.AddUint8(smpp.TagSarTotalSegments, 2)
	sar.AddUint8(smpp.TagSarSegmentSeqnum, 1)
	header := []byte{5, 0, 3, 7, 2, 1}
	cases := map[string]struct {
		pdu  *smpp.DeliverSM
		text string
		udh  string
	}{
		"GSM":        {&smpp.DeliverSM{ShortMessage: []byte("a\x00b")}, "a@b", ""},
		"UCS2":       {&smpp.DeliverSM{DataCoding: 8, ShortMessage: []byte{0x09, 0x28}}, "न", ""},
		"UCS2 class": {&smpp.DeliverSM{DataCoding: 0x18, ShortMessage: []byte{0x09, 0x28}}, "न", ""},
		"Latin-1":    {&smpp.DeliverSM{DataCoding: 3, ShortMessage: []byte("caf\xe9")}, "café", ""},
		"ASCII":      {&smpp.DeliverSM{DataCoding: 1, ShortMessage: []byte("a@b")}, "a@b", ""},
		"payload":    {&smpp.DeliverSM{TLVs: smpp.TLVs{{Tag: smpp.TagMessagePayload, Value: []byte("hi")}}}, "hi", ""},
		"header":     {&smpp.DeliverSM{ESMClass: 0x40, ShortMessage: append(header, "hi"...)}, "hi", string(header)},
		"bad header": {&smpp.DeliverSM{ESMClass: 0x40, ShortMessage: []byte("hi")}, "hi", ""},
		"sar":        {&smpp.DeliverSM{ShortMessage: []byte("hi"), TLVs: sar}, "hi", "\x06\x08\x04\x01\x02\x02\x01"},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{}, nil)
			c.pdu.Source, c.pdu.Destination = phone, code
			if status := answerTo(r, <-r.smsc.Binds, c.pdu); status != smpp.StatusOK {
				t.Error(status)
			}
			got := <-r.kept.inbounds
			if text := gsm.Decode(got.Segment.Data, got.Segment.Encoding); text != c.text || string(got.Segment.UDH) != c.udh {
				t.Errorf("%q with header %x", text, got.Segment.UDH)
			}
			if got.From != "+12065550142" || got.To != "72345" || got.Carrier != "acme" || !got.At.Equal(time.Now()) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Proves(wire): addresses of texts from handsets become E.164 by their type of number.
func TestAddressesAreWrittenAsTheProductDoes(t *testing.T) {
	cases := map[string]smpp.Address{
		"+12065550142": {TON: 1, Addr: "12065550142"},
		"+447700900":   {TON: 1, Addr: "00447700900"},
		"+919812345":   {TON: 0, Addr: "+919812345"},
		"+91981234567": {TON: 0, Addr: "91981234567"},
		"07700900001":  {TON: 0, Addr: "07700900001"},
		"2065550142":   {TON: 2, Addr: "2065550142"},
		"72345":        {TON: 1 + 2, Addr: "72345"},
		"SENDER":       {TON: 5, Addr: "SENDER"},
		"":             {TON: 1},
	}
	for want, a := range cases {
		if got := number(a); got != want {
			t.Errorf("%+v is %q, want %q", a, got, want)
		}
	}
}

// Proves(wire): what type of number the sender of a text has is handed on.
func TestTypeOfNumberOfASenderIsHandedOn(t *testing.T) {
	for want, cases := range map[carrier.Form][]smpp.Address{
		carrier.FormUnknown:       {{TON: 0, Addr: "20123456"}, {TON: 0, Addr: "4520123456"}, {TON: 4, Addr: "123456"}},
		carrier.FormInternational: {{TON: 1, Addr: "4520123456"}, {TON: 0, Addr: "+4520123456"}, {TON: 2, Addr: "+4520123456"}},
		carrier.FormNational:      {{TON: 2, Addr: "20123456"}},
		carrier.FormShort:         {{TON: 3, Addr: "1999"}, {TON: 6, Addr: "20123456"}},
		carrier.FormName:          {{TON: 5, Addr: "+Promo"}},
	} {
		for _, from := range cases {
			d := delivered{from: from}
			if got := d.inbound(&Addressing{}, &Text{}); got.FromForm != want {
				t.Errorf("%+v is %d, want %d", from, got.FromForm, want)
			}
		}
	}
}

// Proves(wire): rewrite rules hold for texts from handsets.
func TestAddressesOfTextsAreRewrittenOnTheWayIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Addressing: Addressing{Rewrites: []Rewrite{
			{On: Source, Inbound: true, Match: regexp.MustCompile(`^0([1-9])`), Replace: "+33$1"},
			{On: Destination, Inbound: true, Match: regexp.MustCompile(`^00`), Replace: "+"},
		}}}, nil)
		text := &smpp.DeliverSM{
			Source: smpp.Address{TON: 2, Addr: "0612345678"}, Destination: smpp.Address{Addr: "0033755512345"}, ShortMessage: []byte("hi"),
		}
		if status := answerTo(r, <-r.smsc.Binds, text); status != smpp.StatusOK {
			t.Error(status)
		}
		if got := <-r.kept.inbounds; got.From != "+33612345678" || got.To != "+33755512345" {
			t.Errorf("from %s to %s", got.From, got.To)
		}
	})
}

// Proves(wire): texts of one handset stay in order.
func TestTextsOfOneHandsetStayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		const texts = 50
		for i := range texts {
			c.Send(&smpp.DeliverSM{Source: smpp.Address{TON: 1, Addr: "12065550142"}, ShortMessage: []byte{byte('A' + i%26)}})
		}
		for i := range texts {
			if got := <-r.kept.inbounds; got.Segment.Data[0] != byte('A'+i%26) {
				t.Fatalf("text %d is %q", i, got.Segment.Data)
			}
		}
	})
}

// Proves(wire): a request that an ESME has no use for is refused, and the session stays.
func TestRequestOfNoUseIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		c.Send(&smpp.AlertNotification{})
		if status := answerTo(r, c, &smpp.QuerySM{MessageID: "1"}); status != smpp.StatusInvBndSts {
			t.Error(status)
		}
	})
}

// FuzzDelivered reads what an SMSC delivers with every setting that has a say.
func FuzzDelivered(f *testing.F) {
	const custom = `^(?P<stat>\d+),(?P<id>\w*),(?P<err>\w*),(?P<done>\d*),(?P<mccmnc>\d*)`
	f.Add(byte(4), byte(0), []byte("id:1 stat:DELIVRD"), []byte{}, byte(0), byte(0), "")
	f.Add(byte(0x40), byte(8), []byte{5, 0, 3, 7, 2, 1, 9}, []byte{}, byte(1), byte(1), "")
	f.Add(byte(0), byte(0), []byte("02,7f,1B,2611230103,20801"), []byte{}, byte(2), byte(2), custom)
	f.Add(byte(0), byte(3), []byte("a long text"), []byte{0x02, 0x0C, 2, 0, 9, 0x02, 0x0E, 1, 2, 0x02, 0x0F, 1, 1}, byte(0), byte(3), custom)
	f.Add(byte(0x24), byte(0), []byte{}, []byte{0x00, 0x1E, 3, '7', 'f', 0, 0x04, 0x27, 1, 2, 0x04, 0x23, 3, 3, 0, 27}, byte(1), byte(4), "")
	f.Fuzz(func(t *testing.T, class, coding byte, body, parameters []byte, detection, alphabet byte, pattern string) {
		receipts := Receipts{Detection: [...]Detection{DetectClass, DetectTLV, DetectText}[detection%3], NetworkTLV: 0x1402}
		if own, err := regexp.Compile(pattern); err == nil && pattern != "" && len(pattern) < 200 {
			receipts.Pattern = own
		}
		text := [...]Text{{}, {Packed: true}, {Alphabet: AlphabetLatin1}, {Alphabet: AlphabetASCII}, {Alphabet: AlphabetUTF8}}[alphabet%5]
		d := delivered{class: smpp.ESMClass(class), coding: smpp.DataCoding(coding), body: body, tlvs: tlvsOf(parameters)}
		if d.isReceipt(&receipts) {
			r, id := d.receipt(&receipts)
			if id != strings.TrimSpace(id) || len(body) == 0 && len(d.tlvs) == 0 && id != "" || r.State == "" {
				t.Errorf("a receipt of %q, state %q", id, r.State)
			}
			if r.Network != "" && !isNetwork(r.Network) {
				t.Errorf("network %q", r.Network)
			}
		}
		in := d.inbound(&Addressing{}, &text)
		read := gsm.Decode(in.Segment.Data, in.Segment.Encoding)
		clear(body) // the session's reader does as it likes with it
		if again := gsm.Decode(in.Segment.Data, in.Segment.Encoding); again != read {
			t.Errorf("%q became %q", read, again)
		}
		if len(in.Segment.UDH) > 0 {
			if _, _, err := gsm.ParseUDH(in.Segment.UDH); err != nil {
				t.Errorf("header %x: %v", in.Segment.UDH, err)
			}
		}
	})
}

// tlvsOf reads octets as parameters: a tag of two octets, a length of one, a value.
func tlvsOf(octets []byte) (list smpp.TLVs) {
	for len(octets) > 3 {
		end := min(3+int(octets[2]), len(octets))
		list.Add(smpp.Tag(binary.BigEndian.Uint16(octets)), octets[3:end])
		octets = octets[end:]
	}
	return list
}
