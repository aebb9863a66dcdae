package smsc

import (
	"math/big"
	"strings"
)

// IDType is how an SMSC writes message ids. Some write a number one way in the
// answer to submit_sm and another way in the receipt.
type IDType string

// The ways to write ids; "" is IDSame. Ids that are not numbers in the base of
// their place are taken as they are, whatever the setting: stripping zeros from an
// id such as 0e999f21-… loses its receipt.
const (
	IDSame          IDType = "same"            // opaque, the receipt repeats the answer's text
	IDHexInResponse IDType = "hex_in_response" // the answer hexadecimal, the receipt decimal
	IDHexInReceipt  IDType = "hex_in_receipt"  // the other way round
	IDHex           IDType = "hex"             // hexadecimal in both, case and leading zeros aside
	IDDecimal       IDType = "decimal"         // decimal in both, leading zeros aside
)

// fromResponse normalises the id of a submit_sm_resp.
func (t IDType) fromResponse(id string) string {
	switch t {
	case IDHexInResponse, IDHex:
		return normal(id, 16)
	case IDHexInReceipt, IDDecimal:
		return normal(id, 10)
	}
	return id
}

// fromReceipt normalises the id of a receipt.
func (t IDType) fromReceipt(id string) string {
	switch t {
	case IDHexInReceipt, IDHex:
		return normal(id, 16)
	case IDHexInResponse, IDDecimal:
		return normal(id, 10)
	}
	return id
}

// normal is a number in lower-case hexadecimal without leading zeros.
func normal(id string, base int) string {
	allowed := "0123456789abcdefABCDEF"
	if base == 10 {
		allowed = allowed[:10]
	}
	if id == "" || strings.Trim(id, allowed) != "" {
		return id
	}
	n, ok := new(big.Int).SetString(id, base)
	if !ok {
		return id
	}
	return n.Text(16)
}
