package smpp

import (
	"bytes"
	"testing"
)

func FuzzReadPDU(f *testing.F) {
	for _, p := range samples() {
		b, err := AppendPDU(nil, 1, p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, p, err := ReadPDU(bytes.NewReader(b))
		if err != nil {
			return
		}
		written, err := AppendPDU(nil, h.Sequence, p)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", p, err)
		}
		_, again, err := DecodePDU(written)
		if err != nil {
			t.Fatalf("%x was written and cannot be read: %v", written, err)
		}
		twice, err := AppendPDU(nil, h.Sequence, again)
		if err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("%x became %x (%v)", written, twice, err)
		}
	})
}

func FuzzReceiptText(f *testing.F) {
	f.Add([]byte("id:1a2b sub:001 dlvrd:001 submit date:2611230102 done date:2611230102 stat:DELIVRD err:000 text:hi"))
	f.Add([]byte("stat:EXPIRED id: text:id:\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseReceipt(text, nil)
		if err == nil && r.ID == "" && r.Stat == "" {
			t.Fatal("a receipt without id and state")
		}
	})
}

func FuzzTLV(f *testing.F) {
	f.Add([]byte{0x14, 0, 0, 1, 'x', 0x13, 0x0C, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := decoder{rest: b}
		var got TLVs
		d.tlvs(&got)
		if d.field != "" {
			return
		}
		var e encoder
		e.tlvs(got)
		if !bytes.Equal(e.b, b) {
			t.Fatalf("%x became %x", b, e.b)
		}
	})
}
