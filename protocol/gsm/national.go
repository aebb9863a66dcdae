package gsm

import "unicode/utf8"

// shift is what a user data header says of the alphabet: the languages of the
// single and of the locking shift table (3GPP TS 23.038 §6.2.1.2.4), 0 = the
// default ones.
type shift struct{ single, locking uint8 }

// lockingTable is a language's table in place of the default alphabet, "" where
// it has none.
func lockingTable(language uint8) string {
	switch language {
	case 1:
		return turkishLocking
	case 3:
		return portugueseLocking
	case 4:
		return bengaliLocking
	case 5:
		return gujaratiLocking
	case 6:
		return hindiLocking
	case 7:
		return kannadaLocking
	case 8:
		return malayalamLocking
	case 9:
		return oriyaLocking
	case 10:
		return punjabiLocking
	case 11:
		return tamilLocking
	case 12:
		return teluguLocking
	case 13:
		return urduLocking
	}
	return ""
}

// singleTable is a language's table in place of the extension table, "" where it
// has none.
func singleTable(language uint8) string {
	switch language {
	case 1:
		return turkishSingle
	case 2:
		return spanishSingle
	case 3:
		return portugueseSingle
	case 4:
		return bengaliSingle
	case 5:
		return gujaratiSingle
	case 6:
		return hindiSingle
	case 7:
		return kannadaSingle
	case 8:
		return malayalamSingle
	case 9:
		return oriyaSingle
	case 10:
		return punjabiSingle
	case 11:
		return tamilSingle
	case 12:
		return teluguSingle
	case 13:
		return urduSingle
	}
	return ""
}

// alphabet is the tables that septets are read with.
type alphabet struct {
	plain   [128]rune
	escaped func(code byte) rune // 0 = no character
}

// alphabet gives the tables of a shift; a language that has none, or is not
// known, leaves the default.
func (s shift) alphabet() alphabet {
	a := alphabet{plain: defaultAlphabet, escaped: extended}
	if table := lockingTable(s.locking); table != "" {
		code := 0
		for _, r := range table {
			a.plain[code] = r
			code++
		}
	}
	if table := singleTable(s.single); table != "" {
		a.escaped = func(code byte) rune { return paired(table, code) }
	}
	return a
}

// paired finds a character in a single shift table.
func paired(table string, code byte) rune {
	for i := 0; i < len(table); {
		r, size := utf8.DecodeRuneInString(table[i+1:])
		if table[i] == code {
			return r
		}
		i += 1 + size
	}
	return 0
}
