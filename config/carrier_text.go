package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heliograph/protocol/gsm"
)

// CarrierText is how a carrier encodes texts.
type CarrierText struct {
	// What the SMSC takes data_coding 0 for (SMPP 3.4 §5.2.19): gsm7 (3GPP TS 23.038 §6.2.1), latin1, ascii or utf8. A text with a character that latin1 or ascii lacks goes as UCS-2 there; price, parts and encoding stay those of the API's own count.
	Alphabet string `yaml:"alphabet" rule:"oneof=gsm7|latin1|ascii|utf8 default=gsm7"`
	// Eight septets in seven octets instead of one an octet. For alphabet gsm7.
	Packed bool `yaml:"packed"`
	// Characters of the GSM alphabet that the SMSC does not know, such as "€Δ". A text with one of them goes as UCS-2 there.
	Missing string `yaml:"missing" rule:"is=gsm"`
	// data_coding of a text in UCS-2, where it is not the usual one.
	UCS2Coding int `yaml:"ucs2_coding" rule:"min=1 max=255 default=8"`
}

// CarrierAddressing is how a carrier wants addresses written.
type CarrierAddressing struct {
	// Type of number and numbering plan of senders.
	Source *SourceNumbering `yaml:"source"`
	// TON/NPI of destinations. Absent means 1/1, with destination_format national 2/1.
	Destination string `yaml:"destination" rule:"is=numbering"`
	// How a sender's number is written: plain (33612345678), plus (+33612345678), "00" (0033612345678, in quotes) or national (612345678).
	SourceFormat string `yaml:"source_format" rule:"oneof=plain|plus|00|national default=plain"`
	// The same for destinations.
	DestinationFormat string `yaml:"destination_format" rule:"oneof=plain|plus|00|national default=plain"`
	// Changes of addresses as they stand on the wire, in order, each on what the one before left.
	Rewrite []Rewrite `yaml:"rewrite"`
}

// SourceNumbering is TON/NPI of the kinds of sender, in decimal digits (SMPP 3.4 §5.2.5, §5.2.6).
type SourceNumbering struct {
	// Of sender IDs. Absent means 5/0.
	Alphanumeric string `yaml:"alphanumeric" rule:"is=numbering"`
	// Of short codes. Absent means 3/0.
	ShortCode string `yaml:"short_code" rule:"is=numbering"`
	// Of other numbers. Absent means 1/1, with source_format national 2/1.
	Number string `yaml:"number" rule:"is=numbering"`
}

// Rewrite changes an address where a regular expression matches.
type Rewrite struct {
	// Which address of the PDU.
	On string `yaml:"on" rule:"required oneof=source|destination"`
	// Messages to the SMSC, after the address is formatted, or from it, before the address is read.
	Way string `yaml:"way" rule:"required oneof=out|in"`
	// Regular expression (RE2).
	Match string `yaml:"match" rule:"required is=regexp"`
	// What stands in the place of what matches; $1 is a group. Absent takes it out.
	Replace string `yaml:"replace"`
}

// Priority is priority_flag by message type (SMPP 3.4 §5.2.14).
type Priority struct {
	// Of transactional messages.
	Transactional int `yaml:"transactional" rule:"min=0 max=3 default=0"`
	// Of promotional messages.
	Promotional int `yaml:"promotional" rule:"min=0 max=3 default=0"`
}

// ownTags are message_payload and the sar parameters (SMPP 3.4 §5.3.2.22 to
// §5.3.2.24, §5.3.2.32), which carry the text: a second one would garble it.
var ownTags = []int{0x0424, 0x020C, 0x020E, 0x020F}

// chainHash is the field of a TLV that is computed from the DLT identifiers.
const chainHash = "DLT_CHAIN_HASH"

// outgoing checks what the keys of a carrier's messages say of each other.
func (d *decoder) outgoing(c *Carrier, at string) {
	if t := c.Text; t != nil && t.Packed && t.Alphabet != "gsm7" {
		d.fail(at+".text.packed", "only septets of the alphabet gsm7 can be packed")
	}
	if d.has(at+".reference") && d.has(at+".concatenation") {
		d.fail(at+".reference", "concatenation says it already: give one of the two")
	}
	if c.InterfaceVersion == 33 && (c.Concatenation == "sar" || c.Concatenation == "payload") {
		d.fail(at+".concatenation", "needs optional parameters, which interface_version 33 does not have")
	}
	for i, t := range c.TLVs {
		d.tlv(c, t, fmt.Sprintf("%s.tlvs[%d]", at, i))
	}
}

func (d *decoder) tlv(c *Carrier, t TLV, at string) {
	switch {
	case slices.Contains(ownTags, t.Tag):
		d.fail(at+".tag", "0x%04X is the text's own, see concatenation", t.Tag)
	case (t.Field == "") == (t.Value == ""):
		d.fail(at, "give either field or value")
	case t.Field == chainHash && len(c.DLTChain) == 0:
		d.fail(at+".field", "is computed from dlt_chain, which is missing")
	case t.MaxLength > 0 && len(t.Value) > t.MaxLength:
		d.fail(at+".value", "is longer than max_length")
	}
}

// withChainHash adds the TLV that India's operators take the chain hash in, unless
// the file has one.
func (c *Carrier) withChainHash() {
	if len(c.DLTChain) == 0 || slices.ContainsFunc(c.TLVs, func(t TLV) bool { return t.Field == chainHash }) {
		return
	}
	c.TLVs = append(slices.Clone(c.TLVs), TLV{Tag: 0x1402, Field: chainHash, Type: "octet_string", Countries: []string{"IN"}})
}

// isGSM checks characters of the default alphabet.
func isGSM(s string) error {
	for _, r := range s {
		if gsm.Detect(string(r)) != gsm.GSM7 {
			return fmt.Errorf("%q is not in the GSM alphabet: texts with it go as UCS-2 anyway", r)
		}
	}
	return nil
}

// isNumbering checks a type of number and a numbering plan.
func isNumbering(s string) error {
	if !regexp.MustCompile(`^[0-9]{1,2}/[0-9]{1,2}$`).MatchString(s) {
		return fmt.Errorf("%q is not TON/NPI, such as 5/0", s)
	}
	return nil
}

func isRegexp(s string) error {
	if _, err := regexp.Compile(s); err != nil {
		return fmt.Errorf("is no regular expression: %w", err)
	}
	return nil
}

// isDLT checks an identifier of India's registry: the hash is over identifiers
// joined by commas.
func isDLT(s string) error {
	if len(s) > 30 || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return errors.New("a DLT identifier is at most 30 letters and digits")
	}
	return nil
}
