package gsm

const (
	septetBits = 7
	octetBits  = 8
	// padding fills seven bits that are left over.
	padding = '\r'
)

// AppendPacked appends septets packed into octets, the first one in the lowest
// bits (3GPP TS 23.038 §6.1.2.1). header is the length in octets of the user
// data header before them, or 0: fill bits then take the text to the next septet
// boundary (3GPP TS 23.040 §9.2.3.24). Seven bits that are left over at the end
// hold a carriage return (3GPP TS 23.038 §6.1.2.3.1): a receiver that knows the
// number of octets alone would read zeros as one more "@".
func AppendPacked(dst, septets []byte, header int) []byte {
	var bits uint
	held := fillBits(header)
	for _, s := range septets {
		bits |= uint(s&0x7F) << held
		for held += septetBits; held >= octetBits; held -= octetBits {
			dst = append(dst, byte(bits))
			bits >>= octetBits
		}
	}
	if held == octetBits-septetBits {
		bits |= padding << held
	}
	if held > 0 {
		dst = append(dst, byte(bits))
	}
	return dst
}

// Unpack returns the septets of packed octets, one an octet. header is as for
// AppendPacked. A carriage return in the last seven bits is taken for padding
// where it can be.
func Unpack(packed []byte, header int) []byte {
	fill := fillBits(header)
	room := len(packed)*octetBits - int(fill)
	septets := make([]byte, 0, max(room, 0)/septetBits)
	var bits, held uint
	for i, b := range packed {
		bits |= uint(b) << held
		held += octetBits
		if i == 0 {
			bits >>= fill
			held -= fill
		}
		for ; held >= septetBits; held -= septetBits {
			septets = append(septets, byte(bits&0x7F))
			bits >>= septetBits
		}
	}
	if n := len(septets); n > 0 && room%septetBits == 0 && septets[n-1] == padding {
		septets = septets[:n-1]
	}
	return septets
}

// fillBits are the bits between a header and the next septet boundary.
func fillBits(header int) uint {
	return uint((septetBits - header*octetBits%septetBits) % septetBits)
}
