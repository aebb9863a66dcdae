package app

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/protocol/smpp"
)

// outgoing sets how a carrier takes messages. Errors are of what the file's check
// lets through.
func outgoing(settings *smsc.Settings, c config.Carrier) (err error) {
	settings.Text = carrierText(c)
	settings.ValidityMin = time.Duration(c.ValidityMin)
	settings.DLTChain = c.DLTChain
	for _, t := range c.TLVs {
		settings.TLVs = append(settings.TLVs, smsc.TLV{
			Tag: uint16(t.Tag), Field: t.Field, Value: t.Value, Type: smsc.TLVType(t.Type),
			MaxLength: t.MaxLength, Required: t.Required, Countries: t.Countries,
		})
	}
	if p := c.Priority; p != nil {
		settings.Priority = smsc.Priority{Transactional: uint8(p.Transactional), Promotional: uint8(p.Promotional)}
	}
	if c.Addressing != nil {
		settings.Addressing, err = addressing(*c.Addressing)
	}
	if err != nil {
		return fmt.Errorf("carrier %s: %w", c.Name, err)
	}
	return nil
}

// carrierText is how a carrier takes texts.
func carrierText(c config.Carrier) smsc.Text {
	text := smsc.Text{Concatenation: smsc.Concatenation(c.Concatenation)}
	if c.Concatenation == "" && c.Reference == 16 {
		text.Concatenation = smsc.ConcatenationUDH16
	}
	if t := c.Text; t != nil {
		text.Alphabet, text.Packed, text.Missing = smsc.Alphabet(t.Alphabet), t.Packed, t.Missing
		text.UCS2Coding = smpp.DataCoding(t.UCS2Coding)
	}
	return text
}

// addressing is how a carrier wants addresses written.
func addressing(c config.CarrierAddressing) (smsc.Addressing, error) {
	a := smsc.Addressing{
		SourceFormat: smsc.AddressFormat(c.SourceFormat), DestinationFormat: smsc.AddressFormat(c.DestinationFormat),
	}
	var source config.SourceNumbering
	if c.Source != nil {
		source = *c.Source
	}
	err := errors.Join(
		numbering(&a.Alphanumeric, source.Alphanumeric), numbering(&a.ShortCode, source.ShortCode),
		numbering(&a.Number, source.Number), numbering(&a.To, c.Destination),
	)
	for _, r := range c.Rewrite {
		match, wrong := regexp.Compile(r.Match)
		err = errors.Join(err, wrong)
		a.Rewrites = append(a.Rewrites, smsc.Rewrite{
			On: smsc.End(r.On), Inbound: r.Way == "in", Match: match, Replace: r.Replace,
		})
	}
	return a, err
}

// numbering reads TON/NPI; "" leaves the usual one.
func numbering(into **smsc.Numbering, text string) error {
	if text == "" {
		return nil
	}
	n, err := smsc.ParseNumbering(text)
	*into = &n
	return err
}
