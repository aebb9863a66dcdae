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

// Differs(PutKeyword): a text that begins with a word that opts out does so also where a longer keyword, which would do
// something else, begins with that word: with STOP ALL as a keyword, "stop all" opts out and gets STOP's message. Only under
// self-managed opt-outs does the longer keyword win. What the service does there is not published.

// hear finds what a text sets off: the longest word that it begins with. A word
// that opts out does so whatever else a keyword would do, unless the customer
// manages opt-outs.
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
		wins := best.action != api.KeywordActionOptOut || len(word) >= len(best.word)
		if wins && e.begins(said, word, api.KeywordActionOptOut) {
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

// begins says whether a text begins with a word; both are folded. A word that
// opts out is heard through what phones and people put around it.
func (e *ears) begins(said, word string, action api.KeywordAction) bool {
	if action != api.KeywordActionOptOut {
		return starts(said, word, ties, false)
	}
	return starts(said, word, ties, e.whole) || starts(bare(said), bare(word), apostrophes, e.whole)
}

// What ties a letter or a digit to the word in front of it, as in "END-USER" and
// "CAN'T".
const (
	apostrophes = "'’"
	ties        = "-_" + apostrophes
)

// starts says whether a text begins with a word, or whole: says nothing else.
func starts(said, word, ties string, whole bool) bool {
	rest, ok := strings.CutPrefix(said, word)
	if !ok || word == "" {
		return false
	}
	if whole {
		return strings.TrimFunc(rest, func(r rune) bool { return !wordy(r) }) == ""
	}
	return ended(rest, ties)
}

// ended says whether a word ends where rest begins: what follows is no letter or
// digit, nor what ties one to it.
func ended(rest, ties string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if wordy(r) {
		return rest == ""
	}
	if !strings.ContainsRune(ties, r) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest[size:])
	return !wordy(next) || rest[size:] == ""
}

// bare is a folded text from its first letter or digit on, without accents and
// what is not seen, such as joiners and soft hyphens, and with one kind of dash.
func bare(folded string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Cc), accent(r):
			return -1
		case unicode.Is(unicode.Pd, r):
			return '-'
		}
		return r
	}, norm.NFD.String(folded))
	return strings.TrimLeftFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// accent says whether a character is an accent of Latin, Greek or Cyrillic
// letters. Marks of other scripts are vowels.
func accent(r rune) bool { return r >= 0x300 && r <= 0x36F }

// wordy says whether a character is part of a word. What is no character is not:
// a text that a network damaged behind STOP still begins with it.
func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// fold is a text as texts and keywords are compared.
func fold(text string) string { return keyword.Fold(text) }

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
