package smsc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// drawnText has characters of every kind that counts, cuts or encodes differently.
func drawnText() *rapid.Generator[string] {
	kinds := []string{
		"abc XYZ 0189 @$_!?.,", "äöüÄÖÜñàèéùìòÇØøÅåÆæßÉ¡¿£¥§¤", "ΔΦΓΛΩΠΨΣΘΞ", "^{}\\[~]|€", "çşğı’“中日한кг", "😀🚀𝄞",
	}
	return rapid.Custom(func(t *rapid.T) string {
		set := ""
		for i, kind := range kinds {
			if i == 0 || rapid.Bool().Draw(t, "kind") {
				set += kind
			}
		}
		run := rapid.StringOfN(rapid.SampledFrom([]rune(set)), 1, 180, -1).Draw(t, "run")
		return strings.Repeat(run, rapid.IntRange(1, 5).Draw(t, "times"))
	})
}

// centre puts parts together as the SMSC would that the settings are for.
type centre struct {
	text Text
	got  []*smpp.SubmitSM
}

// parts are the texts of what came, each decoded by itself.
func (c *centre) parts(t fataler) []string {
	var texts []string
	for i, m := range c.got {
		body, header := m.Body(), 0
		if m.ESMClass.UDHI() {
			udh, rest, err := gsm.ParseUDH(body)
			if err != nil || udh.Concat == nil || int(udh.Concat.Seq) != i+1 || int(udh.Concat.Total) != len(c.got) {
				t.Fatalf("part %d: header % x, %v", i+1, body[:8], err)
			}
			header = len(body) - len(rest)
			body = rest
		} else if c.text.Concatenation == ConcatenationSAR && len(c.got) > 1 {
			total, _ := m.TLVs.Uint8(smpp.TagSarTotalSegments)
			seq, _ := m.TLVs.Uint8(smpp.TagSarSegmentSeqnum)
			if _, ok := m.TLVs.Uint16(smpp.TagSarMsgRefNum); !ok || int(total) != len(c.got) || int(seq) != i+1 {
				t.Fatalf("part %d: segment %d of %d", i+1, seq, total)
			}
			header = 6 // the SMSC makes one
		}
		texts = append(texts, c.decode(t, m, body, header))
	}
	return texts
}

type fataler interface{ Fatalf(string, ...any) }

// decode reads a part and checks that it fits the radio interface, unless the SMSC
// cuts the text itself.
func (c *centre) decode(t fataler, m *smpp.SubmitSM, body []byte, header int) string {
	ucs2 := smpp.CodingUCS2
	if c.text.UCS2Coding != 0 {
		ucs2 = c.text.UCS2Coding
	}
	var text string
	octets := len(body)
	switch {
	case m.DataCoding == ucs2:
		units := make([]uint16, len(body)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(body[2*i:])
		}
		text = string(utf16.Decode(units))
	case m.DataCoding != smpp.CodingDefault:
		t.Fatalf("data_coding %d", m.DataCoding)
	default:
		text = c.fromDefault(t, body, header)
		septets, err := gsm.Encode(text, gsm.GSM7)
		if err != nil {
			t.Fatalf("%v", err)
		}
		octets = (len(septets)*7 + 7) / 8
	}
	if c.text.Concatenation != ConcatenationPayload && header+octets > 140 {
		t.Fatalf("a part of %d octets", header+octets)
	}
	return text
}

func (c *centre) fromDefault(t fataler, body []byte, header int) string {
	switch c.text.Alphabet {
	case AlphabetUTF8:
		return string(body)
	case AlphabetLatin1, AlphabetASCII:
		var text strings.Builder
		for _, b := range body {
			if rune(b) > c.text.Alphabet.last() {
				t.Fatalf("octet %x in %s", b, c.text.Alphabet)
			}
			text.WriteRune(rune(b))
		}
		return text.String()
	}
	if c.text.Packed {
		if c.text.Concatenation == ConcatenationSAR {
			header = 0 // none was there to leave bits for
		}
		body = gsm.Unpack(body, header)
	}
	if n := len(body); n > 0 && body[n-1] == 0x1B {
		t.Fatalf("a part ends within an escape sequence: % x", body)
	}
	return gsm.Decode(body, gsm.GSM7)
}

func concatenations() []Concatenation {
	return []Concatenation{"", ConcatenationUDH8, ConcatenationUDH16, ConcatenationSAR, ConcatenationPayload}
}

// SMPP fields that carry the text, and the three ways to send a long one: what the
// SMSC puts together is the text, in every alphabet and every concatenation.
// Proves(wire): a text arrives whole in every default alphabet (GSM 7-bit, Latin-1, ASCII, UTF-8), packed or not, in every concatenation.
func TestTextArrivesWholeInEveryAlphabetAndConcatenation(t *testing.T) {
	alphabets := map[string]Text{
		"gsm7": {}, "packed": {Packed: true}, "latin1": {Alphabet: AlphabetLatin1}, "ascii": {Alphabet: AlphabetASCII}, "utf8": {Alphabet: AlphabetUTF8},
		"without some": {Missing: "€Δ"}, "another UCS-2": {UCS2Coding: 0x18},
	}
	for name, text := range alphabets {
		for _, way := range concatenations() {
			text.Concatenation = way
			t.Run(fmt.Sprintf("%s %s", name, way), func(t *testing.T) {
				r := start(t, Settings{Text: text}, nil)
				rapid.Check(t, func(rt *rapid.T) {
					body := drawnText().Draw(rt, "text")
					c := centre{text: text}
					segments := text.Wire().Split(body, 0x0107)
					for i, s := range segments {
						p := part()
						p.Segment, p.Number, p.Total = s, i+1, len(segments)
						r.submit(t, p)
						c.got = append(c.got, received[*smpp.SubmitSM](r))
					}
					if got := strings.Join(c.parts(rt), ""); got != body {
						rt.Fatalf("%q became %q", body, got)
					}
				})
			})
		}
	}
}

// Proves(wire): concatenation by a user data header of 8 or 16 bit references, by sar parameters, or whole in message_payload.
func TestLongTextOverConcatenation(t *testing.T) {
	long := strings.Repeat("hello {you} ", 40) // 560 septets
	for way, want := range map[Concatenation]struct {
		pdus  int
		class smpp.ESMClass
		tags  []smpp.Tag
	}{
		ConcatenationUDH8:    {4, smpp.ESMUDHI, nil},
		ConcatenationUDH16:   {4, smpp.ESMUDHI, nil},
		ConcatenationSAR:     {4, 0, []smpp.Tag{smpp.TagSarMsgRefNum, smpp.TagSarTotalSegments, smpp.TagSarSegmentSeqnum}},
		ConcatenationPayload: {1, 0, []smpp.Tag{smpp.TagMessagePayload}},
	} {
		inBubble(t, string(way), func(t *testing.T) {
			text := Text{Concatenation: way}
			r := start(t, Settings{Text: text}, nil)
			segments := text.Wire().Split(long, 7)
			for _, s := range segments {
				p := part()
				p.Segment = s
				r.submit(t, p)
				m := received[*smpp.SubmitSM](r)
				var tags []smpp.Tag
				for _, tlv := range m.TLVs {
					tags = append(tags, tlv.Tag)
				}
				if m.ESMClass != want.class || fmt.Sprint(tags) != fmt.Sprint(want.tags) {
					t.Errorf("esm_class %x, TLVs %x", m.ESMClass, tags)
				}
				if way == ConcatenationPayload && len(m.ShortMessage) != 0 {
					t.Error("short_message and message_payload are both filled")
				}
			}
			if len(segments) != want.pdus {
				t.Errorf("%d PDUs, want %d", len(segments), want.pdus)
			}
		})
	}
}

// Proves(wire): packing: an unpacked GSM part with its header is 159 octets, a packed one 140 with fill bits.
func TestUnpackedPartIs159OctetsAndAPackedOne140(t *testing.T) {
	for packed, want := range map[bool]int{false: 159, true: 140} {
		inBubble(t, fmt.Sprint(packed), func(t *testing.T) {
			r := start(t, Settings{Text: Text{Packed: packed}}, nil)
			p := part()
			p.Segment = gsm.Split(strings.Repeat("a", 161), 7, gsm.Reference8)[0]
			r.submit(t, p)
			if n := len(received[*smpp.SubmitSM](r).ShortMessage); n != want {
				t.Errorf("%d octets, want %d", n, want)
			}
		})
	}
}

// Proves(wire): data_coding of each alphabet, also the one of a data coding scheme for UCS-2.
// Proves(wire): a default alphabet that lacks € or Δ: the text goes as UCS-2.
func TestDataCodingOfTheDefaultAlphabet(t *testing.T) {
	for name, c := range map[string]struct {
		text   Text
		body   string
		coding smpp.DataCoding
		want   string
	}{
		"unpacked GSM 7-bit":             {Text{}, "@é€", 0, "\x00\x05\x1be"},
		"packed GSM 7-bit":               {Text{Packed: true}, "hello", 0, "\xe8\x32\x9b\xfd\x06"},
		"Latin-1":                        {Text{Alphabet: AlphabetLatin1}, "@é", 0, "@\xe9"},
		"Latin-1 lacks the euro":         {Text{Alphabet: AlphabetLatin1}, "é€", 8, "\x00\xe9\x20\xac"},
		"ASCII":                          {Text{Alphabet: AlphabetASCII}, "@$_", 0, "@$_"},
		"ASCII lacks accents":            {Text{Alphabet: AlphabetASCII}, "é", 8, "\x00\xe9"},
		"UTF-8":                          {Text{Alphabet: AlphabetUTF8}, "é€", 0, "é€"},
		"a default alphabet without Δ":   {Text{Missing: "€Δ"}, "Δ", 8, "\x03\x94"},
		"a default alphabet without €":   {Text{Missing: "€Δ"}, "5 €", 8, "\x005\x00 \x20\xac"},
		"UCS-2 as a data coding scheme":  {Text{UCS2Coding: 0x18}, "中", 0x18, "\x4e\x2d"},
		"a character in no GSM alphabet": {Text{Alphabet: AlphabetLatin1}, "ç", 8, "\x00\xe7"},
	} {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{Text: c.text}, nil)
			p := part()
			p.Segment = c.text.Wire().Split(c.body, 7)[0]
			r.submit(t, p)
			if m := received[*smpp.SubmitSM](r); m.DataCoding != c.coding || string(m.ShortMessage) != c.want {
				t.Errorf("data_coding %d, % x", m.DataCoding, m.ShortMessage)
			}
		})
	}
}

// Proves(wire): what exceeds short_message goes into message_payload.
func TestUTF8BeyondShortMessageGoesIntoThePayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := Text{Alphabet: AlphabetUTF8}
		r := start(t, Settings{Text: text}, nil)
		p := part()
		p.Segment = text.Wire().Split(strings.Repeat("é", 160), 7)[0]
		r.submit(t, p)
		m := received[*smpp.SubmitSM](r)
		if len(m.ShortMessage) != 0 || string(m.Body()) != strings.Repeat("é", 160) {
			t.Errorf("%q", m.Body())
		}
	})
}

// Proves(wire): priority_flag by message type.
func TestPriorityIsThatOfTheMessageType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Priority: Priority{Transactional: 2, Promotional: 1}}, nil)
		for promotional, want := range map[bool]uint8{false: 2, true: 1} {
			p := part()
			p.Promotional = promotional
			r.submit(t, p)
			if m := received[*smpp.SubmitSM](r); m.Priority != want {
				t.Errorf("priority_flag %d, want %d", m.Priority, want)
			}
		}
	})
}

// Proves(wire): a message with less time to live than the SMSC takes is over here.
func TestLessTimeThanTheSMSCTakesIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ValidityMin: time.Minute}, nil)
		p := part()
		p.ValidFor = time.Minute - time.Second
		var refused *carrier.Error
		if _, err := r.Submit(t.Context(), p); !errors.Is(err, errLate) || errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
		p.ValidFor = time.Minute
		r.submit(t, p)
	})
}

// The chain: identifiers of the registry, the sender's first, then each who passes
// the message on.
// Proves(wire): DLT: the chain hash 0x1402 is computed: SHA-256 over the identifiers joined by commas, in lower-case hexadecimal.
func TestChainHashIsOverTheIdentifiersJoinedByCommas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{
			DLTChain: []string{"1702", "1703"},
			TLVs:     []TLV{{Tag: 0x1402, Field: FieldChainHash, Countries: []string{"IN"}}},
		}, nil)
		r.submit(t, part())
		got, _ := received[*smpp.SubmitSM](r).TLVs.Get(0x1402)
		// printf 1101,1702,1703 | sha256sum
		if want := "9ed2f172a87328f082262f01a25ccc562253c3ed4f74d34fda3ce0aa069cd6b7"; string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
		abroad := part()
		abroad.Country = "SG"
		r.submit(t, abroad)
		if tlvs := received[*smpp.SubmitSM](r).TLVs; len(tlvs) != 0 {
			t.Errorf("to another country: %v", tlvs)
		}
	})
}

// Proves(wire): TLVs of the settings are constants, parameters of the message or the chain hash, bounded in length, and required where the settings say so.
func TestParametersAreConstantsBoundedAndRequired(t *testing.T) {
	entity := TLV{Tag: 0x1400, Field: "IN_ENTITY_ID", Required: true, MaxLength: 4}
	for name, c := range map[string]struct {
		tlv    TLV
		values map[string]string
		want   string // the value, or the code of the refusal
	}{
		"constant":             {TLV{Tag: 0x1501, Value: "web"}, nil, "web"},
		"required and there":   {entity, map[string]string{"IN_ENTITY_ID": "1101"}, "1101"},
		"required and missing": {entity, nil, "IN_ENTITY_ID_REQUIRED"},
		"too long":             {entity, map[string]string{"IN_ENTITY_ID": "11012"}, "IN_ENTITY_ID_TOO_LONG"},
		"required chain hash":  {TLV{Tag: 0x1402, Field: FieldChainHash, Required: true}, nil, "IN_ENTITY_ID_REQUIRED"},
	} {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{TLVs: []TLV{c.tlv}}, nil)
			p := part()
			p.Parameters = c.values
			_, err := r.Submit(t.Context(), p)
			var refused *carrier.Error
			if errors.As(err, &refused) {
				if refused.Failure != carrier.InvalidMessage || refused.Code != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
				return
			}
			value, _ := received[*smpp.SubmitSM](r).TLVs.Get(smpp.Tag(c.tlv.Tag))
			if err != nil || string(value) != c.want {
				t.Errorf("%q, %v; want %q", value, err, c.want)
			}
		})
	}
}

// What data_coding 0 means holds for texts from handsets, too.
// Proves(wire): texts from handsets are read in the default alphabet of the carrier.
func TestTextsFromHandsetsAreReadInTheDefaultAlphabet(t *testing.T) {
	for name, c := range map[string]struct {
		text       Text
		body, want string
	}{
		"gsm7":   {Text{}, "\x00\x05\x1be", "@é€"},
		"packed": {Text{Packed: true}, string(gsm.AppendPacked(nil, []byte("\x00\x05\x1be"), 0)), "@é€"},
		"latin1": {Text{Alphabet: AlphabetLatin1}, "@\xe9", "@é"},
		"ascii":  {Text{Alphabet: AlphabetASCII}, "@", "@"},
		"utf8":   {Text{Alphabet: AlphabetUTF8}, "@é€", "@é€"},
	} {
		d := delivered{body: []byte(c.body)}
		s := d.inbound(&Addressing{}, &c.text).Segment
		if got := gsm.Decode(s.Data, s.Encoding); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
