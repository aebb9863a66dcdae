package smsc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// TLVType is the form of a parameter's value (SMPP 3.4 §3.1).
type TLVType string

// The forms of a value; "" is OctetString.
const (
	OctetString  TLVType = "octet_string"
	COctetString TLVType = "c_octet_string" // with a NUL at the end
)

// FieldChainHash is the Field of a parameter that proves to India's operators who
// passed a message on: SHA-256 over the identifiers in their registry (DLT) from
// the sender's to the last one's, joined by commas, as 64 lower-case hexadecimal
// digits.
const FieldChainHash = "DLT_CHAIN_HASH"

// fieldEntity is the DestinationCountryParameter that the chain begins with.
const fieldEntity = "IN_ENTITY_ID"

// TLV is an optional parameter of submit_sm: a DestinationCountryParameter, a chain
// hash or a constant.
type TLV struct {
	Tag       uint16
	Field     string // key of the parameter, or FieldChainHash
	Value     string // the constant; Field is "" then
	Type      TLVType
	MaxLength int      // octets without the NUL; 0 means any
	Required  bool     // a part without it is not submitted
	Countries []string // ISO 3166-1 alpha-2 of the destination; none means all
}

// TagMessageID is the vendor TLV by which a simulated carrier learns the API's
// message id.
const TagMessageID smpp.Tag = 0x1500

// parameters are the TLVs that the settings want for the part's country. The error
// is a *carrier.Error for a part that lacks one or has one that is too long.
func (s *Settings) parameters(p carrier.Part) (tlvs smpp.TLVs, err error) {
	for i := range s.TLVs {
		t := &s.TLVs[i]
		if len(t.Countries) > 0 && !slices.Contains(t.Countries, p.Country) {
			continue
		}
		value, given := s.value(t, p)
		switch {
		case !given && !t.Required:
			continue
		case !given:
			return nil, unfit(t, "REQUIRED")
		case t.MaxLength > 0 && len(value) > t.MaxLength:
			return nil, unfit(t, "TOO_LONG")
		case t.Type == COctetString:
			tlvs.AddText(smpp.Tag(t.Tag), value)
		default:
			tlvs.Add(smpp.Tag(t.Tag), []byte(value))
		}
	}
	if s.MessageIDTLV {
		tlvs.Add(TagMessageID, []byte(p.MessageID))
	}
	return tlvs, nil
}

// unfit says what is wrong with a part: IN_ENTITY_ID_REQUIRED, for example.
func unfit(t *TLV, fault string) error {
	field := t.Field
	if field == FieldChainHash {
		field = fieldEntity // the one that the message brings along
	}
	return &carrier.Error{
		Failure: carrier.InvalidMessage, Code: field + "_" + fault,
		Err: fmt.Errorf("the carrier wants TLV 0x%04X", t.Tag),
	}
}

func (s *Settings) value(t *TLV, p carrier.Part) (value string, given bool) {
	switch t.Field {
	case "":
		return t.Value, true
	case FieldChainHash:
		entity := p.Parameters[fieldEntity]
		return chainHash(entity, s.DLTChain), entity != ""
	}
	value, given = p.Parameters[t.Field]
	return value, given
}

func chainHash(entity string, chain []string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{entity}, chain...), ",")))
	return hex.EncodeToString(sum[:])
}
