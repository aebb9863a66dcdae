package api

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// many stands for "no upper bound".
const many = int(^uint(0) >> 1)

// pattern is a regular expression of the model that is a plain sequence of
// character classes, where taking as much as possible at each step is right.
// Matching it is one walk over the string.
type pattern []class

// class is a set of characters and how often it stands. The ASCII part is a
// set of bits: low holds 0 to 63, high 64 to 127.
type class struct {
	low, high uint64
	beyond    bool // every character beyond ASCII belongs to it
	min, max  int
}

func (c *class) has(b byte) bool {
	if b < 64 {
		return c.low>>b&1 == 1
	}
	return c.high>>(b-64)&1 == 1
}

// MatchString says whether the whole string matches.
func (p pattern) MatchString(s string) bool {
	i := 0
	for k := range p {
		c, n := &p[k], 0
		for n < c.max && i < len(s) {
			if s[i] >= utf8.RuneSelf {
				if !c.beyond {
					break
				}
				_, size := utf8.DecodeRuneInString(s[i:])
				i += size
			} else if c.has(s[i]) {
				i++
			} else {
				break
			}
			n++
		}
		if n < c.min {
			return false
		}
	}
	return i == len(s)
}

// whole compiles a pattern that is no plain sequence.
func whole(expression string) *regexp.Regexp {
	return regexp.MustCompile(`\A(?:` + expression + `)\z`)
}

// length says what is wrong with the number of characters of s, if anything.
func length(s string, least, most int) string {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		return "must have " + strconv.Itoa(least) + " to " + strconv.Itoa(most) + " characters"
	}
	return ""
}

// blanks are the characters that \s stands for in the model's patterns.
const blanks = " \t\n\v\f\r"

// The patterns with a look-around, which Go's regexp package cannot compile.
// Those of message bodies forbid a text of blanks alone; that of a context
// value forbids a blank at either end.

func isContextValue(s string) bool {
	return s != "" && !strings.ContainsRune(blanks, rune(s[0])) && !strings.ContainsRune(blanks, rune(s[len(s)-1]))
}

func isKeywordMessage(s string) bool { return !onlyBlanks(s) }

func isRcsFallbackMessageBody(s string) bool { return !onlyBlanks(s) }

func isRcsTextBody(s string) bool { return !onlyBlanks(s) }

func isTextMessageBody(s string) bool { return !onlyBlanks(s) }

func isVoiceMessageBody(s string) bool { return !onlyBlanks(s) }

func onlyBlanks(s string) bool { return strings.Trim(s, blanks) == "" }
