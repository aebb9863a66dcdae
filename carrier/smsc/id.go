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
	IDFoldCase      IDType = "fold_case"       // opaque, upper and lower case aside
	IDNoDashes      IDType = "no_dashes"       // opaque, dashes and case aside
	IDDecimal       IDType = "decimal"         // decimal in both, leading zeros aside
	IDHex           IDType = "hex"             // hexadecimal in both, case and leading zeros aside
	IDHexInResponse IDType = "hex_in_response" // the answer hexadecimal, the receipt decimal
	IDHexInReceipt  IDType = "hex_in_receipt"  // the other way round
	// IDLearn is IDSame until the traffic shows that it is one of the others.
	IDLearn IDType = "learn"
)

// fromResponse normalises the id of a submit_sm_resp. What is normalised already
// it leaves as it is, as fromReceipt does.
func (t IDType) fromResponse(id string) string {
	switch t {
	case IDHexInResponse:
		return prefixed(id, 16)
	case IDHexInReceipt:
		return prefixed(id, 10)
	}
	return t.inBoth(id)
}

// fromReceipt normalises the id of a receipt.
func (t IDType) fromReceipt(id string) string {
	switch t {
	case IDHexInReceipt:
		return prefixed(id, 16)
	case IDHexInResponse:
		return prefixed(id, 10)
	}
	return t.inBoth(id)
}

// inBoth is for forms that read the ids of responses and receipts alike.
func (t IDType) inBoth(id string) string {
	switch t {
	case IDFoldCase:
		return strings.ToLower(id)
	case IDNoDashes:
		return strings.ToLower(strings.ReplaceAll(id, "-", ""))
	case IDDecimal:
		return unpadded(id, 10)
	case IDHex:
		return unpadded(id, 16)
	}
	return id
}

// unpadded is a number in lower case without leading zeros.
func unpadded(id string, base int) string {
	if !isNumber(id, base) {
		return id
	}
	bare := strings.TrimLeft(id, "0")
	if bare == "" {
		bare = "0"
	}
	return strings.ToLower(bare)
}

// prefixed is a number in lower-case hexadecimal after "0x", which no number of an
// SMSC begins with: so it is not read a second time.
func prefixed(id string, base int) string {
	if !isNumber(id, base) {
		return id
	}
	n, ok := new(big.Int).SetString(id, base)
	if !ok {
		return id
	}
	return "0x" + n.Text(16)
}

func isNumber(id string, base int) bool {
	allowed := "0123456789abcdefABCDEF"
	if base == 10 {
		allowed = allowed[:10]
	}
	return id != "" && strings.Trim(id, allowed) == ""
}
