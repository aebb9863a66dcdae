package inbound

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"heliograph/api"
	"heliograph/resource/keyword"
)

// match is what a text begins with, and what that sets off.
type match struct {
	word   string // "" = nothing
	action api.KeywordAction
	answer string // "" = none
	own    bool   // the customer put it there
}

// ears are what listens on a number: its keywords, and words that opt out.
type ears struct {
	keywords []keyword.Keyword
	optOuts  []string // upper case
	whole    bool     // a word opts out only where the text says nothing else
	self     bool     // the customer manages opt-outs
}

// hear finds what a text sets off: the longest word that it begins with. A word
// that opts out does so whatever a keyword of the same text would do, unless the
// customer manages opt-outs.
func (e *ears) hear(text string) match {
	said := fold(text)
	best := match{}
	for _, k := range e.keywords {
		word := fold(k.Text)
		if len(word) <= len(best.word) || !e.begins(said, word, k.Action) {
			continue
		}
		best = match{word: word, action: k.Action, answer: k.Message, own: k.Text != keyword.Help && k.Text != keyword.Stop}
	}
	if e.self {
		return best
	}
	for _, word := range e.optOuts {
		if len(word) >= len(best.word) && e.begins(said, word, api.KeywordActionOptOut) {
			best = e.optOut(word, best)
		}
	}
	return best
}

// optOut is what a word that opts out sets off: with the answer of a keyword of
// the same text that opts out too, else with STOP's.
func (e *ears) optOut(word string, same match) match {
	if same.word == word && same.action == api.KeywordActionOptOut {
		return same
	}
	m := match{word: word, action: api.KeywordActionOptOut}
	for _, k := range e.keywords {
		if k.Text == keyword.Stop {
			m.answer = k.Message
		}
	}
	return m
}

// begins says whether a text begins with a word; both are folded.
func (e *ears) begins(said, word string, action api.KeywordAction) bool {
	rest, ok := strings.CutPrefix(said, word)
	if !ok || word == "" {
		return false
	}
	if e.whole && action == api.KeywordActionOptOut {
		return strings.TrimFunc(rest, func(r rune) bool { return !wordy(r) }) == ""
	}
	return ended(rest)
}

// ended says whether a word ends where rest begins: what follows is no letter or
// digit, nor what ties one to it, as in "END-USER" or "CAN'T".
func ended(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if wordy(r) {
		return rest == ""
	}
	if !strings.ContainsRune("-_'’", r) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest[size:])
	return !wordy(next) || rest[size:] == ""
}

// wordy says whether a character is part of a word. What is no character is not:
// a text that a network damaged behind STOP still begins with it.
func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// fold is a text as texts and keywords are compared: compatible forms, such as
// those of full width, are one, as are cases and blanks.
func fold(text string) string {
	return keyword.Fold(norm.NFKC.String(text))
}

// optOutWords are all that opt out.
func (r Rules) optOutWords() []string {
	words := OptOutWords()
	for _, word := range r.OptOutWords {
		if folded := fold(word); folded != "" && !slices.Contains(words, folded) {
			words = append(words, folded)
		}
	}
	return words
}
