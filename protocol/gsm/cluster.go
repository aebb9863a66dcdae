package gsm

import (
	"unicode"
	"unicode/utf8"
)

const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
)

// joined says whether two neighbours are seen as one character. It is the part
// of Unicode's UAX #29 that matters at the end of a message part: combining
// marks, variation selectors, emoji with modifiers, tags and joiners. Hangul
// jamo and Indic conjuncts may be parted.
func joined(before, after rune) bool {
	switch {
	case before == '\r' && after == '\n':
		return true
	case after < 0x300 && before != zeroWidthJoiner:
		return false
	case before == zeroWidthJoiner, after == zeroWidthJoiner, after == zeroWidthNonJoiner:
		return true
	case after >= 0x1F3FB && after <= 0x1F3FF: // emoji modifiers
		return true
	case after >= 0xE0020 && after <= 0xE007F: // tags
		return true
	}
	return unicode.Is(unicode.M, after) // variation selectors are marks too
}

// withinFlag says whether after is the second half of a flag, which is a pair
// of regional indicators. text starts with a whole character.
func withinFlag(text string, after rune) bool {
	if !regionalIndicator(after) {
		return false
	}
	run := 0
	for text != "" {
		r, size := utf8.DecodeLastRuneInString(text)
		if !regionalIndicator(r) {
			break
		}
		run++
		text = text[:len(text)-size]
	}
	return run%2 == 1
}

func regionalIndicator(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
