package smpp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files again")

// samples has one of every PDU, named as its golden file.
func samples() map[string]PDU {
	phone := Address{TONInternational, NPIISDN, "12065550142"}
	sender := Address{TONAlphanumeric, NPIUnknown, "SENDER"}
	receipt := "id:1a2b sub:001 dlvrd:001 submit date:2611230102 done date:2611230103 stat:DELIVRD err:000 text:hello"
	return map[string]PDU{
		"bind_receiver":         &Bind{Mode: Receiver, SystemID: "gateway", Password: "secret08", SystemType: "VMA", InterfaceVersion: 0x34},
		"bind_transmitter":      &Bind{Mode: Transmitter, SystemID: "gateway", Password: "secret08", InterfaceVersion: 0x34},
		"bind_transceiver":      &Bind{Mode: Transceiver, SystemID: "gateway", Password: "secret08", InterfaceVersion: 0x34, AddressTON: 1, AddressNPI: 1, AddressRange: "^1206"},
		"bind_transceiver_resp": &BindResp{Mode: Transceiver, SystemID: "smsc", TLVs: TLVs{{TagSCInterfaceVersion, []byte{0x34}}}},
		"bind_receiver_refused": &BindResp{Mode: Receiver, Status: StatusInvPaswd},
		"outbind":               &Outbind{SystemID: "smsc", Password: "secret08"},
		"unbind":                &Unbind{},
		"unbind_resp":           &UnbindResp{},
		"enquire_link":          &EnquireLink{},
		"enquire_link_resp":     &EnquireLinkResp{},
		"generic_nack":          &GenericNack{Status: StatusInvCmdID},
		"submit_sm": &SubmitSM{ServiceType: "CMT", Source: sender, Destination: phone, Priority: 1,
			ValidityPeriod: "000000010000000R", RegisteredDelivery: FinalReceipt, ShortMessage: []byte("hello"),
			TLVs: TLVs{{0x1400, []byte("110")}, {TagAlertOnDelivery, []byte{}}}},
		"submit_sm_udh": &SubmitSM{Source: sender, Destination: phone, ESMClass: ESMUDHI, DataCoding: CodingUCS2,
			ScheduleDeliveryTime: "261123010203400+", ShortMessage: []byte{5, 0, 3, 7, 2, 1, 0x09, 0x28}},
		"submit_sm_resp":      &SubmitSMResp{MessageID: "1a2b"},
		"submit_sm_throttled": &SubmitSMResp{Status: StatusThrottled},
		"deliver_sm": &DeliverSM{Source: phone, Destination: sender, ESMClass: ESMDeliveryReceipt,
			ShortMessage: []byte(receipt), TLVs: TLVs{{TagReceiptedMessageID, []byte("1a2b\x00")}, {TagMessageState, []byte{2}}, {TagNetworkErrorCode, []byte{3, 0, 0}}}},
		"deliver_sm_resp": &DeliverSMResp{},
		"data_sm": &DataSM{Source: phone, Destination: sender, RegisteredDelivery: FinalReceipt,
			TLVs: TLVs{{TagMessagePayload, []byte("payload")}}},
		"data_sm_resp":    &DataSMResp{MessageID: "1a2c"},
		"query_sm":        &QuerySM{MessageID: "1a2b", Source: sender},
		"query_sm_resp":   &QuerySMResp{MessageID: "1a2b", FinalDate: "261123010203400+", State: StateDelivered},
		"cancel_sm":       &CancelSM{MessageID: "1a2b", Source: sender, Destination: phone},
		"cancel_sm_resp":  &CancelSMResp{Status: StatusCancelFail},
		"replace_sm":      &ReplaceSM{MessageID: "1a2b", Source: sender, RegisteredDelivery: FinalReceipt, ShortMessage: []byte("other")},
		"replace_sm_resp": &ReplaceSMResp{},
		"alert_notification": &AlertNotification{Source: phone, ESME: Address{Addr: "gateway"},
			TLVs: TLVs{{TagMsAvailabilityStatus, []byte{0}}}},
	}
}

func TestEveryPDUHasItsGoldenOctets(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			got, err := AppendPDU(nil, 0x01020304, p)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "pdu", name+".hex")
			if *update {
				if err := os.WriteFile(file, []byte(hex.Dump(got)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if hex.Dump(got) != string(want) {
				t.Errorf("octets are\n%swant\n%s", hex.Dump(got), want)
			}
		})
	}
}

func TestEveryPDUIsReadAsItWasWritten(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			b, err := AppendPDU(nil, 7, p)
			if err != nil {
				t.Fatal(err)
			}
			h, got, err := ReadPDU(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if h.ID != p.CommandID() || h.Sequence != 7 || int(h.Length) != len(b) {
				t.Errorf("header is %+v", h)
			}
			again, err := AppendPDU(nil, 7, got)
			if err != nil || !bytes.Equal(again, b) {
				t.Errorf("read %#v, written again it is %x, was %x (%v)", got, again, b, err)
			}
			if reflect.TypeOf(got) != reflect.TypeOf(p) {
				t.Errorf("read a %T", got)
			}
		})
	}
}

func TestSubmitRoundTripKeepsEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(limit int, name string) string {
			return rapid.StringMatching(`[A-Za-z0-9+]{0,`+limitText(limit)+`}`).Draw(t, name)
		}
		m := &SubmitSM{
			ServiceType:  text(5, "service"),
			Source:       Address{TON(rapid.Byte().Draw(t, "ton")), NPI(rapid.Byte().Draw(t, "npi")), text(20, "from")},
			Destination:  Address{TONInternational, NPIISDN, text(20, "to")},
			ESMClass:     ESMClass(rapid.Byte().Draw(t, "class")),
			DataCoding:   DataCoding(rapid.Byte().Draw(t, "coding")),
			ShortMessage: rapid.SliceOfN(rapid.Byte(), 0, MaxShortMessage).Draw(t, "text"),
		}
		for range rapid.IntRange(0, 4).Draw(t, "tlvs") {
			m.TLVs.Add(Tag(rapid.Uint16().Draw(t, "tag")), rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "value"))
		}
		b, err := AppendPDU(nil, 1, m)
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := DecodePDU(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.(*SubmitSM).Clone(), m.Clone()) {
			t.Fatalf("read %+v, wrote %+v", got, m)
		}
	})
}

func limitText(n int) string { return map[int]string{5: "5", 20: "20"}[n] }

func TestRefusedRequestMayBeAnsweredWithoutBody(t *testing.T) {
	frame, err := AppendPDU(nil, 1, &SubmitSMResp{Status: StatusThrottled})
	if err != nil || len(frame) != HeaderLen {
		t.Fatalf("%d octets, %v", len(frame), err)
	}
	_, p, err := DecodePDU(frame)
	if err != nil || p.(*SubmitSMResp).Status != StatusThrottled {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestValueThatDoesNotFitIsRefusedBeforeItIsWritten(t *testing.T) {
	long := func(n int) string { return strings.Repeat("1", n) }
	cases := map[string]PDU{
		"source_addr":      &SubmitSM{Source: Address{Addr: long(21)}},
		"destination_addr": &SubmitSM{Destination: Address{Addr: "1\x002"}},
		"service_type":     &SubmitSM{ServiceType: "CMTCMT"},
		"sm_length":        &SubmitSM{ShortMessage: make([]byte, 255)},
		"validity_period":  &SubmitSM{ValidityPeriod: long(17)},
		"system_id":        &Bind{Mode: Receiver, SystemID: long(16)},
		"system_type":      &Bind{Mode: Receiver, SystemType: long(13)},
		"address_range":    &Bind{Mode: Receiver, AddressRange: long(41)},
		"message_id":       &QuerySM{MessageID: long(65)},
		"command_id":       &Bind{},
		"command_length":   &DataSM{TLVs: TLVs{{1, make([]byte, 0xFFFF)}, {2, make([]byte, 0xFFFF)}}},
		"optional":         &DataSM{TLVs: TLVs{{1, make([]byte, 0x10000)}}},
	}
	for field, p := range cases {
		b, err := AppendPDU([]byte("before"), 1, p)
		if !errors.Is(err, ErrField) || !strings.Contains(err.Error(), field) || string(b) != "before" {
			t.Errorf("%s: %q, %v", field, b, err)
		}
	}
}

func TestMalformedBodyNamesFieldAndStatus(t *testing.T) {
	frame := func(id CommandID, body string) []byte {
		b, err := AppendPDU(nil, 9, &Unbind{})
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, body...)
		b[3], b[4], b[6], b[7] = byte(len(b)), byte(id>>24), byte(id>>8), byte(id)
		return b
	}
	head := "\x00\x01\x011\x00\x01\x012\x00"
	cases := []struct {
		name   string
		frame  []byte
		status Status
		field  string
	}{
		{"empty", frame(CommandSubmitSM, ""), StatusInvCmdLen, "service_type"},
		{"cut", frame(CommandSubmitSM, head), StatusInvCmdLen, "esm_class"},
		{"address", frame(CommandSubmitSM, "\x00\x01\x01123456789012345678901\x00"), StatusInvSrcAdr, "source_addr"},
		{"sm_length", frame(CommandSubmitSM, head+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff"), StatusInvMsgLen, "sm_length"},
		{"text", frame(CommandSubmitSM, head+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05hi"), StatusInvMsgLen, "short_message"},
		{"tlv", frame(CommandSubmitSM, head+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x09x"), StatusInvOptParStream, "optional parameters"},
		{"half tlv", frame(CommandSubmitSM, head+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00"), StatusInvOptParStream, "optional parameters"},
		{"unknown", frame(0x21, ""), StatusInvCmdID, "command_id"},
	}
	for _, c := range cases {
		_, _, err := DecodePDU(c.frame)
		var bad *DecodeError
		if !errors.As(err, &bad) || bad.Status != c.status || bad.Field != c.field || bad.Fatal {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestBadLengthIsRefusedBeforeAnythingIsAllocated(t *testing.T) {
	for _, length := range []string{"\x00\x00\x00\x0f", "\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x00\x02\x00\x00"} {
		_, _, err := ReadPDU(strings.NewReader(length + "\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01"))
		var bad *DecodeError
		if !errors.As(err, &bad) || !bad.Fatal || bad.Status != StatusInvCmdLen {
			t.Errorf("%x: %v", length, err)
		}
	}
}

func TestReusedStructReadsWithoutAllocation(t *testing.T) {
	frame, err := AppendPDU(nil, 1, sampleSubmit())
	if err != nil {
		t.Fatal(err)
	}
	h, err := ParseHeader(frame)
	if err != nil {
		t.Fatal(err)
	}
	var d decoder
	var m SubmitSM
	allocated := testing.AllocsPerRun(100, func() {
		if err := d.pdu(h, frame[HeaderLen:], &m); err != nil {
			t.Fatal(err)
		}
	})
	if allocated != 0 {
		t.Errorf("%v allocations a PDU", allocated)
	}
}

func TestNamesAreThoseOfTheSpecification(t *testing.T) {
	cases := map[string]string{
		CommandSubmitSM.String():         "submit_sm",
		CommandSubmitSMResp.String():     "submit_sm_resp",
		CommandGenericNack.String():      "generic_nack",
		CommandID(0x21).String():         "command 0x00000021",
		StatusThrottled.String():         "ESME_RTHROTTLED",
		Status(0x400).Error():            "ESME status 0x00000400",
		StateDelivered.String():          "DELIVERED",
		StateUndeliverable.Stat():        "UNDELIV",
		MessageState(77).String():        "UNKNOWN",
		BoundTRX.String():                "BOUND_TRX",
		(&Bind{Mode: Receiver}).String(): `bind_receiver of ""`,
	}
	for got, want := range cases {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
