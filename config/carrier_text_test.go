package config

import (
	"fmt"
	"strings"
	"testing"
)

// outgoing is a carrier with these lines more.
func outgoing(lines string) string {
	return "carriers:\n  - name: acme\n    type: smpp\n    address: smsc.acme.example:2775\n    system_id: h\n    password: ${ACME_PASSWORD}\n" + lines
}

// Proves(wire): every setting of what goes out is read.
func TestOutgoingKeysAreRead(t *testing.T) {
	f, err := read(t, outgoing(`
    text: { alphabet: latin1, missing: "€Δ", ucs2_coding: 0x18 }
    concatenation: sar
    addressing:
      source: { alphanumeric: "5/1", short_code: "6/0", number: "2/8" }
      destination: "0/1"
      source_format: national
      destination_format: "00"
      rewrite:
        - { on: source, way: in, match: "^0", replace: "+33" }
        - { on: destination, way: out, match: "^00" }
    priority: { transactional: 2 }
    dlt_chain: ["1701", "1702"]
    validity_min: 1m
    tlvs:
      - { tag: 0x1400, field: IN_ENTITY_ID, required: true, max_length: 30 }
      - { tag: 0x1501, value: web }
`))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Carriers[0]
	if got := fmt.Sprintf("%+v %+v %+v %s", *c.Text, *c.Priority, c.TLVs, c.Concatenation); got !=
		"{Alphabet:latin1 Packed:false Missing:€Δ UCS2Coding:24} {Transactional:2 Promotional:0} "+
			"[{Tag:5120 Field:IN_ENTITY_ID Value: Type:octet_string MaxLength:30 Required:true Countries:[]} "+
			"{Tag:5377 Field: Value:web Type:octet_string MaxLength:0 Required:false Countries:[]} "+
			"{Tag:5122 Field:DLT_CHAIN_HASH Value: Type:octet_string MaxLength:0 Required:false Countries:[IN]}] sar" {
		t.Error(got)
	}
	a := *c.Addressing
	if got := fmt.Sprintf("%+v %s %s %s %+v", *a.Source, a.Destination, a.SourceFormat, a.DestinationFormat, a.Rewrite); got !=
		"{Alphanumeric:5/1 ShortCode:6/0 Number:2/8} 0/1 national 00 "+
			"[{On:source Way:in Match:^0 Replace:+33} {On:destination Way:out Match:^00 Replace:}]" {
		t.Error(got)
	}
}

func TestOutgoingKeysHaveTheirDefaults(t *testing.T) {
	f, err := read(t, outgoing("    text: { packed: true }\n    addressing: { destination: 1/1 }\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Carriers[0]
	if got := fmt.Sprintf("%+v %+v", *c.Text, *c.Addressing); got !=
		"{Alphabet:gsm7 Packed:true Missing: UCS2Coding:8} {Source:<nil> Destination:1/1 SourceFormat:plain DestinationFormat:plain Rewrite:[]}" {
		t.Error(got)
	}
}

func TestChainHashOfTheFileIsNotAddedAgain(t *testing.T) {
	f, err := read(t, outgoing("    dlt_chain: [\"1701\"]\n    tlvs: [{ tag: 0x2000, field: DLT_CHAIN_HASH, type: c_octet_string }]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if tlvs := f.Carriers[0].TLVs; len(tlvs) != 1 || tlvs[0].Tag != 0x2000 {
		t.Errorf("%+v", tlvs)
	}
}

// Proves(wire): settings of what goes out that cannot be are refused with line and field.
func TestOutgoingKeysAreRefused(t *testing.T) {
	for lines, want := range map[string]string{
		"    text: { alphabet: ebcdic }\n":                                             "carriers[0].text.alphabet: \"ebcdic\" is not one of",
		"    text: { alphabet: latin1, packed: true }\n":                               "carriers[0].text.packed: only septets",
		"    text: { missing: \"€ş\" }\n":                                              "'ş' is not in the GSM alphabet",
		"    text: { ucs2_coding: 256 }\n":                                             "256 is more than 255",
		"    concatenation: udh\n":                                                     "carriers[0].concatenation: \"udh\" is not one of",
		"    concatenation: sar\n    reference: 8\n":                                   "carriers[0].reference: concatenation says it already",
		"    addressing: { destination: \"1\" }\n":                                     "\"1\" is not TON/NPI",
		"    addressing: { source_format: 00 }\n":                                      "text that looks so needs quotes",
		"    addressing: { rewrite: [{ on: source, way: out, match: \"(\" }] }\n":      "is no regular expression",
		"    addressing: { rewrite: [{ on: both, way: out, match: x }] }\n":            "\"both\" is not one of source, destination",
		"    priority: { promotional: 4 }\n":                                           "4 is more than 3",
		"    tlvs: [{ tag: 0x0424, value: x }]\n":                                      "carriers[0].tlvs[0].tag: 0x0424 is the text's own, see concatenation",
		"    tlvs: [{ tag: 0x020E, value: x }]\n":                                      "carriers[0].tlvs[0].tag: 0x020E is the text's own, see concatenation",
		"    tlvs: [{ tag: 0x1400 }]\n":                                                "carriers[0].tlvs[0]: give either field or value",
		"    tlvs: [{ tag: 0x1400, field: IN_ENTITY_ID, value: x }]\n":                 "carriers[0].tlvs[0]: give either field or value",
		"    tlvs: [{ tag: 0x1400, value: long, max_length: 3 }]\n":                    "carriers[0].tlvs[0].value: is longer than max_length",
		"    tlvs: [{ tag: 0x1402, field: DLT_CHAIN_HASH }]\n":                         "is computed from dlt_chain",
		"    dlt_chain: [\"1,2\"]\n":                                                   "carriers[0].dlt_chain[0]: a DLT identifier",
		"    validity_min: -1m\n":                                                      "carriers[0].validity_min",
		"  - { name: b, type: simulator, text: { packed: true }, validity_min: 1m }\n": "carriers[1].text: is for carriers of type smpp",
		"  - { name: b, type: simulator, addressing: { source_format: plus } }\n":      "carriers[1].addressing: is for carriers of type smpp",
		"    interface_version: 33\n    concatenation: payload\n":                      "carriers[0].concatenation: needs optional parameters",
		"    interface_version: 33\n    concatenation: sar\n":                          "carriers[0].concatenation: needs optional parameters",
	} {
		_, err := read(t, outgoing(lines))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", lines, err, want)
		}
	}
}
