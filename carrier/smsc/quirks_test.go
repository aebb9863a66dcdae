package smsc

import (
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// receiptText is a receipt by its text alone.
func receiptText(text string) *smpp.DeliverSM {
	return &smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte(text)}
}

// Every way to write a receipt that carriers are known for, over the wire.
// Proves(receipt): detection by the type bits of esm_class, any of them, by parameters, or by the text, by setting.
// Proves(receipt): an id that is in the text alone or in a parameter alone.
// Proves(receipt): an opaque id keeps its zeros.
// Proves(receipt): keys in any order and case; sub, dlvrd or text missing.
// Proves(receipt): done dates of 10, 12 and 14 digits, swapped with the submit date, and in the time zone of the settings.
// Proves(receipt): err that is decimal, hexadecimal or a word, of 1 to 5 characters.
// Proves(receipt): the error map of the settings.
// Proves(receipt): ACCEPTD as an intermediate, or as the final success, by setting.
// Proves(receipt): ENROUTE and the class of an intermediate notification are not the last word.
// Proves(receipt): texts in UCS-2, with NULs, on several lines, URL-encoded, in message_payload or in data_sm.
// Proves(receipt): source and destination swapped or not.
// Proves(receipt): a form of the carrier's own is read by named groups.
// Proves(receipt): receipts that speak for the message, by setting.
func TestReceiptQuirks(t *testing.T) {
	kolkata := time.FixedZone("", 5*3600+1800)
	at := func(text string) time.Time {
		d, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	wide, err := gsm.Encode("id:7 stat:DELIVRD err:000", gsm.UCS2)
	if err != nil {
		t.Fatal(err)
	}
	swapped := receiptText("id:7 stat:DELIVRD")
	swapped.Source, swapped.Destination = smpp.Address{TON: 5, Addr: "SENDER"}, smpp.Address{TON: 1, NPI: 1, Addr: "919812345678"}
	straight := receiptText("id:7 stat:DELIVRD")
	straight.Source, straight.Destination = swapped.Destination, swapped.Source
	both := receiptText("id: sub:001 stat:EXPIRED err:027")
	both.TLVs = smpp.TLVs{{Tag: smpp.TagReceiptedMessageID, Value: []byte("7\x00")}}
	delivered := carrier.Receipt{MessageID: "7", State: carrier.Delivered}
	cases := map[string]struct {
		receipts Receipts
		pdu      smpp.PDU
		want     carrier.Receipt
	}{
		"id in text alone":               {pdu: receiptText("id:7 stat:DELIVRD"), want: delivered},
		"id in TLV alone":                {pdu: both, want: carrier.Receipt{MessageID: "7", State: carrier.Expired, Code: "027"}},
		"id TLV without NUL":             {pdu: &smpp.DeliverSM{ESMClass: 4, TLVs: smpp.TLVs{{Tag: smpp.TagReceiptedMessageID, Value: []byte("7")}, {Tag: smpp.TagMessageState, Value: []byte{2}}}}, want: delivered},
		"state in TLV alone":             {pdu: &smpp.DeliverSM{ESMClass: 4, ShortMessage: []byte("id:7"), TLVs: smpp.TLVs{{Tag: smpp.TagMessageState, Value: []byte{2}}}}, want: delivered},
		"opaque id keeps its zeros":      {pdu: receiptText("id:0e999f21-77aa stat:DELIVRD"), want: carrier.Receipt{MessageID: "0e999f21-77aa", State: carrier.Delivered}},
		"order and case of keys":         {pdu: receiptText("STAT:DELIVRD Err:000 ID:7"), want: delivered},
		"no sub, dlvrd, text":            {pdu: receiptText("id:7 stat:DELIVRD err:000"), want: delivered},
		"done date of 10 digits":         {pdu: receiptText("id:7 done date:2611230103 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, DoneAt: at("2026-11-23 01:03:00")}},
		"done date of 12 digits":         {pdu: receiptText("id:7 done date:261123010304 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, DoneAt: at("2026-11-23 01:03:04")}},
		"done date of 14 digits":         {pdu: receiptText("id:7 done date:20261123010304 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, DoneAt: at("2026-11-23 01:03:04")}},
		"dates swapped":                  {pdu: receiptText("id:7 submit date:2611230104 done date:2611230103 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, DoneAt: at("2026-11-23 01:04:00")}},
		"date that is none":              {pdu: receiptText("id:7 done date:0000000000 stat:DELIVRD"), want: delivered},
		"local time zone":                {receipts: Receipts{Zone: kolkata}, pdu: receiptText("id:7 done date:2611230630 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, DoneAt: at("2026-11-23 01:00:00")}},
		"err hexadecimal":                {pdu: receiptText("id:7 stat:UNDELIV err:1F"), want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Code: "1F"}},
		"err a word":                     {pdu: receiptText("id:7 stat:UNDELIV err:NOROU"), want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Code: "NOROU"}},
		"err of one digit":               {pdu: receiptText("id:7 stat:UNDELIV err:6"), want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Code: "6"}},
		"err by the carrier's map":       {receipts: Receipts{Errors: map[string]string{"1F": "SPAM"}}, pdu: receiptText("id:7 stat:UNDELIV err:01f"), want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Code: "01f", Verdict: "SPAM"}},
		"err 000 by the map":             {receipts: Receipts{Errors: map[string]string{"": "UNREACHABLE"}}, pdu: receiptText("id:7 stat:UNDELIV err:000"), want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Verdict: "UNREACHABLE"}},
		"map leaves what was delivered":  {receipts: Receipts{Errors: map[string]string{"1F": "SPAM"}}, pdu: receiptText("id:7 stat:DELIVRD err:1F"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, Code: "1F"}},
		"ACCEPTD is intermediate":        {pdu: receiptText("id:7 stat:ACCEPTD"), want: carrier.Receipt{MessageID: "7", State: carrier.Accepted}},
		"ACCEPTD is final success":       {receipts: Receipts{AcceptedIsFinal: true}, pdu: receiptText("id:7 stat:ACCEPTD"), want: carrier.Receipt{MessageID: "7", State: carrier.Accepted, Verdict: "SUCCESSFUL"}},
		"ENROUTE is no last word":        {pdu: receiptText("id:7 stat:ENROUTE"), want: carrier.Receipt{MessageID: "7", State: carrier.Enroute}},
		"intermediate class":             {pdu: &smpp.DeliverSM{ESMClass: 0x20, ShortMessage: []byte("id:7 stat:DELIVRD")}, want: carrier.Receipt{MessageID: "7", State: carrier.Enroute}},
		"class of an acknowledgement":    {pdu: &smpp.DeliverSM{ESMClass: 0x08, ShortMessage: []byte("id:7 stat:DELIVRD")}, want: delivered},
		"class of a user acknowledgment": {pdu: &smpp.DeliverSM{ESMClass: 0x10, ShortMessage: []byte("id:7 stat:DELIVRD")}, want: delivered},
		"UCS-2":                          {pdu: &smpp.DeliverSM{ESMClass: 4, DataCoding: 8, ShortMessage: wide}, want: delivered},
		"UCS-2 that says it is GSM":      {pdu: &smpp.DeliverSM{ESMClass: 4, ShortMessage: wide}, want: delivered},
		"NULs":                           {pdu: receiptText("\x00id:7 stat:DELIVRD\x00\x00"), want: delivered},
		"lines":                          {pdu: receiptText("id:7\nsub:001\r\nstat:DELIVRD\n"), want: delivered},
		"URL-encoded":                    {pdu: receiptText("id%3A7%20stat%3ADELIVRD%20err%3A000"), want: delivered},
		"in message_payload":             {pdu: &smpp.DeliverSM{ESMClass: 4, TLVs: smpp.TLVs{{Tag: smpp.TagMessagePayload, Value: []byte("id:7 stat:DELIVRD")}}}, want: delivered},
		"in data_sm":                     {pdu: &smpp.DataSM{ESMClass: 4, TLVs: smpp.TLVs{{Tag: smpp.TagMessagePayload, Value: []byte("id:7 stat:DELIVRD")}}}, want: delivered},
		"addresses as they were":         {pdu: swapped, want: delivered},
		"addresses swapped":              {pdu: straight, want: delivered},
		"class 0 with id and state":      {pdu: &smpp.DeliverSM{TLVs: receiptTLVs("7", 2)}, want: delivered},
		"class 0 with id, by setting":    {receipts: Receipts{Detection: DetectTLV}, pdu: &smpp.DeliverSM{ShortMessage: []byte("stat:DELIVRD"), TLVs: smpp.TLVs{{Tag: smpp.TagReceiptedMessageID, Value: []byte("7\x00")}}}, want: delivered},
		"class 0 with text, by setting":  {receipts: Receipts{Detection: DetectText}, pdu: &smpp.DeliverSM{ShortMessage: []byte("id:7 stat:DELIVRD")}, want: delivered},
		"for the whole message":          {receipts: Receipts{PerMessage: true}, pdu: receiptText("id:7 stat:DELIVRD"), want: carrier.Receipt{MessageID: "7", State: carrier.Delivered, Whole: true}},
		"list by commas": {receipts: Receipts{Pattern: regexp.MustCompile(`^(?P<stat>\d\d),(?P<id>\w+),(?P<err>\w*),(?P<done>\d*)`)},
			pdu:  receiptText("05,7,1B,2611230103"),
			want: carrier.Receipt{MessageID: "7", State: carrier.Undeliverable, Code: "1B", DoneAt: at("2026-11-23 01:03:00")}},
		"list by commas, class 0": {receipts: Receipts{Detection: DetectText, Pattern: regexp.MustCompile(`^(?P<stat>\d),(?P<id>\w+)$`)},
			pdu: &smpp.DeliverSM{ShortMessage: []byte("2,7")}, want: delivered},
		"the book's form beside the pattern": {receipts: Receipts{Pattern: regexp.MustCompile(`^(?P<stat>\d\d),(?P<id>\w+)`)}, pdu: receiptText("id:7 stat:DELIVRD"), want: delivered},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{Receipts: c.receipts}, nil)
			if status := answerTo(r, <-r.smsc.Binds, c.pdu); status != smpp.StatusOK {
				t.Error(status)
			}
			got := <-r.kept.receipts
			if !got.DoneAt.Equal(c.want.DoneAt) || !got.At.Equal(time.Now()) {
				t.Errorf("done at %v, want %v; came at %v", got.DoneAt, c.want.DoneAt, got.At)
			}
			c.want.Carrier, c.want.At, c.want.DoneAt, got.DoneAt = "acme", got.At, time.Time{}, time.Time{}
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// Proves(receipt): each word for stat that is in use, and numbers.
func TestReceiptStatWords(t *testing.T) {
	for stat, want := range map[string]carrier.ReceiptState{
		"ENROUTE": carrier.Enroute, "BUFFERED": carrier.Enroute, "SCHEDULED": carrier.Enroute, "1": carrier.Enroute,
		"DELIVRD": carrier.Delivered, "DELIVERED": carrier.Delivered, "delivrd": carrier.Delivered, "2": carrier.Delivered, "002": carrier.Delivered,
		"EXPIRED": carrier.Expired, "3": carrier.Expired, "DELETED": carrier.Deleted, "4": carrier.Deleted,
		"UNDELIV": carrier.Undeliverable, "UNDELIVERABLE": carrier.Undeliverable, "FAILED": carrier.Undeliverable, "SKIPPED": carrier.Undeliverable, "5": carrier.Undeliverable,
		"ACCEPTD": carrier.Accepted, "ACCEPTED": carrier.Accepted, "6": carrier.Accepted,
		"UNKNOWN": carrier.StateUnknown, "7": carrier.StateUnknown, "WHATEVER": carrier.StateUnknown,
		"REJECTD": carrier.RejectedState, "REJECTED": carrier.RejectedState, "8": carrier.RejectedState,
	} {
		d := delivered{class: 4, body: []byte("id:7 stat:" + stat)}
		if got, _ := d.receipt(&Receipts{}); got.State != want {
			t.Errorf("%s is %s, want %s", stat, got.State, want)
		}
	}
}

// Proves(receipt): on another bind than the message went by, and before the submit_sm_resp.
func TestReceiptOnAnotherBindAndBeforeTheResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conns := make(chan *smpptest.Conn, 2)
		r := start(t, Settings{Binds: 2}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
				for range 2 {
					if other := <-conns; other != c {
						other.Send(receiptText("id:early stat:DELIVRD"))
					}
				}
				c.Send(receiptText("id:early stat:DELIVRD"))
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "early"})
			}
		})
		for range 2 {
			conns <- <-r.smsc.Binds
		}
		synctest.Wait()
		id := r.submit(t, part())
		for range 2 { // on the other bind, then on its own, and both before the response
			if got := <-r.kept.receipts; got.MessageID != id {
				t.Errorf("receipt for %q, response gave %q", got.MessageID, id)
			}
		}
	})
}

// Proves(wire): registered_delivery asks for no receipt where the carrier gives none.
func TestNoReceiptsAreAskedForWhereThereAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Receipts: Receipts{None: true}}, nil)
		r.submit(t, part())
		if m := received[*smpp.SubmitSM](r); m.RegisteredDelivery != 0 {
			t.Errorf("registered_delivery %d", m.RegisteredDelivery)
		}
	})
}

// Proves(receipt): ROK with an empty message id, or 0, is taken, and is not matched.
func TestResponseWithoutAnIDIsTaken(t *testing.T) {
	for _, id := range []string{"", "0", "0000000000"} {
		inBubble(t, id, func(t *testing.T) {
			r := start(t, Settings{IDs: IDLearn}, answering([]string{id, id}))
			for range 2 {
				if got := r.submit(t, part()); got != "" {
					t.Errorf("id %q", got)
				}
			}
		})
	}
}

// Proves(receipt): a pattern gives no id that is not there.
func TestPatternOfReceiptsNeverGivesAnIDThatIsNotThere(t *testing.T) {
	s := Receipts{Pattern: regexp.MustCompile(`^(?P<stat>\d\d),(?P<id>\w*)$`)}
	d := delivered{class: 4, body: []byte("02,")}
	if _, id := d.receipt(&s); id != "" {
		t.Errorf("id %q", id)
	}
}

func FuzzReceiptPattern(f *testing.F) {
	f.Add([]byte("05,7,1B,2611230103"))
	f.Add([]byte("id%3A7%20stat%3ADELIVRD"))
	s := Receipts{Pattern: regexp.MustCompile(`^(?P<stat>\d*),(?P<id>\w+),(?P<err>\w*),(?P<done>\d*)`), Detection: DetectText}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := delivered{body: body}
		r, id := d.receipt(&s)
		if d.isReceipt(&s) && id == "" {
			t.Errorf("a receipt without an id: %+v", r)
		}
	})
}
