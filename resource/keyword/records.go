package keyword

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"heliograph/api"
	"heliograph/resource"
)

// The keywords that every number and pool has from the start.
const (
	Help = "HELP"
	Stop = "STOP"
)

// Keyword is what one word, or several, at the beginning of a text sets off.
type Keyword struct {
	Identity  string // id of the number or the pool
	Text      string // upper case
	Message   string // the answer
	Action    api.KeywordAction
	CreatedAt time.Time
}

// View is what was put on the numbers and pools of a scope at one revision,
// immutable, ordered by creation. HELP and STOP are in it once somebody changed
// their message.
type View struct {
	Scope    resource.Scope
	Revision resource.Revision
	Keywords []Keyword
}

// Texts are what HELP and STOP answer where nobody changed it.
type Texts struct{ Help, Stop string }

// DefaultTexts are those of an operator who sets none.
func DefaultTexts() Texts {
	return Texts{
		Help: "This number sends automatic messages. Reply STOP to get no more of them.",
		Stop: "You have opted out and will get no more messages from us.",
	}
}

// Of are the keywords of a number or a pool: HELP, STOP, and what was put, by
// creation.
func (v *View) Of(identity string, texts Texts) []Keyword {
	all := []Keyword{
		{Identity: identity, Text: Help, Message: texts.Help, Action: api.KeywordActionAutomaticResponse},
		{Identity: identity, Text: Stop, Message: texts.Stop, Action: api.KeywordActionOptOut},
	}
	for _, k := range v.Keywords {
		switch {
		case k.Identity != identity:
		case k.Text == Help:
			all[0].Message = k.Message
		case k.Text == Stop:
			all[1].Message = k.Message
		default:
			all = append(all, k)
		}
	}
	return all
}

// Changed says whether somebody changed the message of HELP or STOP of a number or
// a pool.
func (v *View) Changed(identity, text string) bool {
	return mandatory(text) && slices.ContainsFunc(v.Keywords, func(k Keyword) bool { return k.Identity == identity && k.Text == text })
}

// Fold is a keyword, or the text that may begin with one, as they are compared:
// in upper case, whatever stands for a blank as one blank, none at the ends, and
// compatible forms, such as those of full width, as one.
func Fold(text string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(text)), " "))
}

// NetworkWords are those that the network answers itself on toll-free numbers of
// the US: what else they would answer cannot be chosen.
func NetworkWords() []string { return []string{Stop, "UNSTOP", "START"} }
