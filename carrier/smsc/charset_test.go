package smsc

import (
	"testing"

	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

func TestTextsOfEveryDataCodingAreRead(t *testing.T) {
	for _, c := range []struct {
		coding smpp.DataCoding
		octets string
		want   string
	}{
		{0, "\x00\x1be", "@€"},
		{1, "plain", "plain"},
		{3, "caf\xe9", "café"},
		{5, "\x93\xfa\x96{", "日本"},
		{6, "\xbf\xe0\xd8\xd2\xd5\xe2", "Привет"},
		{7, "\xf9\xec\xe5\xed", "שלום"},
		{8, "\x20\xac\xd8\x3d\xde\x00", "€😀"},
		{10, "\x1b$BF|\x1b(B", "日"},
		{14, "\xc7\xd1", "한"},
		{0xF0, "\x00", "@"},
		{0xF5, "\xe9", "é"},
		{0x18, "\x00\xe9", "é"},
	} {
		d := delivered{coding: c.coding, body: []byte(c.octets)}
		if got := gsm.Join([]gsm.Segment{d.inbound(&Addressing{}, &Text{}).Segment}); got != c.want {
			t.Errorf("data_coding %d: %q, want %q", c.coding, got, c.want)
		}
	}
}

func TestPlaceOfAPartIsKept(t *testing.T) {
	var sar smpp.TLVs
	sar.AddUint16(smpp.TagSarMsgRefNum, 0x0102)
	sar.AddUint8(smpp.TagSarTotalSegments, 3)
	sar.AddUint8(smpp.TagSarSegmentSeqnum, 2)
	for _, c := range []struct {
		name string
		d    delivered
		want gsm.Concat
	}{
		{"parameters", delivered{body: []byte("a"), tlvs: sar}, gsm.Concat{Ref: 0x0102, Wide: true, Total: 3, Seq: 2}},
		{"8-bit reference", delivered{class: smpp.ESMUDHI, body: []byte("\x05\x00\x03\x07\x02\x01a")}, gsm.Concat{Ref: 7, Total: 2, Seq: 1}},
		{"16-bit reference before parameters", delivered{class: smpp.ESMUDHI, body: []byte("\x06\x08\x04\x01\x07\x02\x01a"), tlvs: sar}, gsm.Concat{Ref: 0x0107, Wide: true, Total: 2, Seq: 1}},
		{"parameters beside a shift table", delivered{class: smpp.ESMUDHI, body: []byte("\x03\x24\x01\x01a"), tlvs: sar}, gsm.Concat{Ref: 0x0102, Wide: true, Total: 3, Seq: 2}},
	} {
		s := c.d.inbound(&Addressing{}, &Text{}).Segment
		header, rest, err := gsm.ParseUDH(append(s.UDH, "x"...))
		if err != nil || header.Concat == nil || *header.Concat != c.want || string(rest) != "x" || string(s.Data) != "a" {
			t.Errorf("%s: %+v, %v, text %q", c.name, header.Concat, err, s.Data)
		}
	}
}
