package smsc

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"heliograph/carrier"
	"heliograph/country"
	"heliograph/protocol/smpp"
)

// Numbering is a type of number and a numbering plan (SMPP 3.4 §5.2.5, §5.2.6).
type Numbering struct {
	TON smpp.TON
	NPI smpp.NPI
}

// ParseNumbering reads "TON/NPI" in decimal digits, such as "5/0".
func ParseNumbering(text string) (Numbering, error) {
	ton, npi, _ := strings.Cut(text, "/")
	t, err := strconv.ParseUint(ton, 10, 8)
	n, err2 := strconv.ParseUint(npi, 10, 8)
	if err := errors.Join(err, err2); err != nil {
		return Numbering{}, errors.New("smsc: type of number and numbering plan are written as TON/NPI")
	}
	return Numbering{smpp.TON(t), smpp.NPI(n)}, nil
}

// AddressFormat is how a number of E.164 stands on the wire.
type AddressFormat string

// The forms of a number; "" is FormatPlain, the one of the specification.
const (
	FormatPlain    AddressFormat = "plain"    // calling code and number: 33612345678
	FormatPlus     AddressFormat = "plus"     // +33612345678
	Format00       AddressFormat = "00"       // 0033612345678
	FormatNational AddressFormat = "national" // without the calling code: 612345678
)

// End is an address of a PDU: source_addr or destination_addr.
type End string

// The two ends.
const (
	Source      End = "source"
	Destination End = "destination"
)

// Rewrite changes an address where its text on the wire matches. What replaces it
// may name groups ($1), as in regexp.Regexp.ReplaceAllString.
type Rewrite struct {
	On      End
	Inbound bool // on the way in: before the address is read; else on the way out
	Match   *regexp.Regexp
	Replace string
}

// Addressing is how a carrier wants addresses written. The zero value is SMPP's
// usual way.
type Addressing struct {
	// Numberings of the kinds of source, and of destinations. Nil is the usual one:
	// 5/0 for sender IDs, 3/0 for short codes, 1/1 for numbers, and 2/1 for numbers
	// in FormatNational.
	Alphanumeric, ShortCode, Number, To *Numbering
	SourceFormat, DestinationFormat     AddressFormat
	Rewrites                            []Rewrite // in order, each on what the one before left
}

// Out is the source and the destination of a message. A number keeps its numbering
// whatever the rewrites make of it.
func (a *Addressing) Out(from string, kind carrier.AddressKind, to string) (source, destination smpp.Address) {
	source, destination = a.source(from, kind), a.number(to, a.DestinationFormat, a.To)
	if len(a.Rewrites) > 0 {
		source.Addr = a.rewritten(source.Addr, Source, false)
		destination.Addr = a.rewritten(destination.Addr, Destination, false)
	}
	return source, destination
}

// In is an address of what the SMSC delivered as the product writes it: E.164 with
// a plus sign, a short code or a sender ID as it stands.
func (a *Addressing) In(end End, addr smpp.Address) string {
	text, _ := a.in(end, addr)
	return text
}

// in is In, and what the SMSC says that it is.
func (a *Addressing) in(end End, addr smpp.Address) (string, carrier.Form) {
	addr.Addr = a.rewritten(addr.Addr, end, true)
	return number(addr), form(addr)
}

func (a *Addressing) rewritten(addr string, end End, inbound bool) string {
	for i := range a.Rewrites {
		if r := &a.Rewrites[i]; r.On == end && r.Inbound == inbound {
			addr = r.Match.ReplaceAllString(addr, r.Replace)
		}
	}
	return addr
}

func (a *Addressing) source(from string, kind carrier.AddressKind) smpp.Address {
	switch {
	case kind == carrier.Alphanumeric:
		return numbered(a.Alphanumeric, Numbering{smpp.TONAlphanumeric, smpp.NPIUnknown}, from)
	case kind == carrier.ShortCode:
		return numbered(a.ShortCode, Numbering{smpp.TONNetworkSpecific, smpp.NPIUnknown}, from)
	case kind == carrier.Unknown && !strings.HasPrefix(from, "+"):
		return smpp.Address{Addr: from}
	}
	return a.number(from, a.SourceFormat, a.Number)
}

// number writes a number of E.164. One without a calling code of a country keeps it
// in FormatNational too.
func (a *Addressing) number(e164 string, format AddressFormat, configured *Numbering) smpp.Address {
	usual := Numbering{smpp.TONInternational, smpp.NPIISDN}
	addr := strings.TrimPrefix(e164, "+")
	switch format {
	case FormatPlus:
		addr = "+" + addr
	case Format00:
		addr = "00" + addr
	case FormatNational:
		if national, ok := country.National("+" + addr); ok {
			addr, usual.TON = national, smpp.TONNational
		}
	}
	return numbered(configured, usual, addr)
}

func numbered(configured *Numbering, usual Numbering, addr string) smpp.Address {
	if configured != nil {
		usual = *configured
	}
	return smpp.Address{TON: usual.TON, NPI: usual.NPI, Addr: addr}
}
