package smpp

import (
	"bytes"
	"testing"
)

func TestTLVsKeepOrderUnknownAndEmptyOnes(t *testing.T) {
	var sent TLVs
	sent.AddUint16(TagSarMsgRefNum, 0x1234)
	sent.Add(0x14FF, []byte("unknown"))
	sent.Add(TagAlertOnDelivery, nil)
	sent.AddText(TagReceiptedMessageID, "1a2b")
	sent.AddUint8(TagMessageState, 2)
	sent.Add(TagNetworkErrorCode, []byte{3, 1, 4})
	var e encoder
	e.tlvs(sent)
	d := decoder{rest: e.b}
	var got TLVs
	d.tlvs(&got)
	if d.field != "" || len(got) != len(sent) {
		t.Fatalf("%d parameters, %q is wrong", len(got), d.field)
	}
	for i := range sent {
		if got[i].Tag != sent[i].Tag || !bytes.Equal(got[i].Value, sent[i].Value) {
			t.Errorf("parameter %d is %x, want %x", i, got[i], sent[i])
		}
	}
	if v, ok := got.Uint16(TagSarMsgRefNum); v != 0x1234 || !ok {
		t.Error("sar_msg_ref_num", v, ok)
	}
	if v, ok := got.Uint8(TagMessageState); v != 2 || !ok {
		t.Error("message_state", v, ok)
	}
	if v, ok := got.Text(TagReceiptedMessageID); v != "1a2b" || !ok {
		t.Error("receipted_message_id", v, ok)
	}
	if v, ok := got.NetworkError(); v != (NetworkError{3, 0x104}) || !ok {
		t.Error("network_error_code", v, ok)
	}
	if _, ok := got.Get(TagAlertOnDelivery); !ok {
		t.Error("a parameter without value is not there")
	}
	if _, ok := got.Uint8(TagSarMsgRefNum); ok {
		t.Error("two octets were read as one")
	}
}

func TestCloneOwnsItsOctets(t *testing.T) {
	m := SubmitSM{ShortMessage: []byte("abc"), TLVs: TLVs{{1, []byte("x")}}}
	c := m.Clone()
	m.ShortMessage[0], m.TLVs[0].Value[0] = 'z', 'z'
	if string(c.ShortMessage) != "abc" || string(c.TLVs[0].Value) != "x" {
		t.Errorf("%s, %s", c.ShortMessage, c.TLVs[0].Value)
	}
}
