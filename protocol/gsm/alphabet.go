package gsm

// escape announces a character of the extension table (3GPP TS 23.038
// §6.2.1.1).
const escape = 0x1B

// defaultAlphabet is the table of 3GPP TS 23.038 §6.2.1. A receiver that does
// not know the escape shows a space for it. Position 0x09 is the capital Ç.
var defaultAlphabet = [128]rune{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// extended returns the character of the extension table at a code, 0 where
// there is none (3GPP TS 23.038 §6.2.1.1).
func extended(code byte) rune {
	switch code {
	case 0x0A:
		return '\f'
	case 0x14:
		return '^'
	case 0x28:
		return '{'
	case 0x29:
		return '}'
	case 0x2F:
		return '\\'
	case 0x3C:
		return '['
	case 0x3D:
		return '~'
	case 0x3E:
		return ']'
	case 0x40:
		return '|'
	case euroCode:
		return euro
	}
	return 0
}

// The euro sign alone lies beyond the range of codes.
const (
	euro     = '€'
	euroCode = 0x65
)

// A code is 0 for a character that is in neither table. Otherwise it holds
// the septet and says that it is one, and whether an escape goes first.
const (
	extensionBit         = 9
	inAlphabet    uint16 = 1 << 8
	withExtension uint16 = 1 << extensionBit
)

// codes holds the codes of the characters up to Ω, the last of the default
// alphabet in Unicode's order.
var codes = invert()

func invert() (t ['Ω' + 1]uint16) {
	for code := range byte(128) {
		if r := extended(code); r != 0 && r != euro {
			t[r] = uint16(code) | inAlphabet | withExtension
		}
		if code != escape {
			t[defaultAlphabet[code]] = uint16(code) | inAlphabet
		}
	}
	return t
}

func codeOf(r rune) uint16 {
	if uint32(r) < uint32(len(codes)) {
		return codes[r]
	}
	if r == euro {
		return euroCode | inAlphabet | withExtension
	}
	return 0
}
