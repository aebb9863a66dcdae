package operator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"heliograph/country"
	"heliograph/message"
)

// rowsLookedAt bounds what one search looks at: what is left is looked at when
// the operator asks to go on.
const rowsLookedAt = 200_000

// searchedBack is how far back a search looks when it is not told.
const searchedBack = "24h"

type messagesShown struct {
	Messages     []messageShown `json:"messages"`
	Next         string         `json:"next,omitempty"` // for `after`, to go on
	LookedBackTo time.Time      `json:"lookedBackTo"`   // what was accepted before was not looked at
}

func searchParameters() []parameter {
	return []parameter{
		{name: "to", kind: "string", summary: "the destination, E.164 with +"},
		{name: "state", kind: "string", summary: "where the message stands", values: message.StateNames()},
		{name: "account", kind: "string", summary: "twelve digits"},
		{name: "region", kind: "string", summary: "such as us-east-1"},
		{name: "since", kind: "string", summary: "accepted then or later: RFC 3339, or a duration such as 24h: that long ago; 24h unless told"},
		{name: "until", kind: "string", summary: "accepted before: RFC 3339, or a duration"},
		{name: "limit", kind: "integer", summary: "at most so many, 1 to 1000; 50 unless told"},
		{name: "after", kind: "string", summary: "an earlier answer's next: go on from there"},
		reasonParameter(),
	}
}

// searchMessages answers the messages that the operator looks for.
func (p Parts) searchMessages(r *http.Request) (any, error) {
	query := r.URL.Query()
	if query.Get("since") == "" {
		query.Set("since", searchedBack)
	}
	asked := asked{query, p.Now, nil}
	reason, search := asked.reason(), asked.search()
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	found, err := p.Messages.SearchMessages(r.Context(), search)
	if err != nil {
		return nil, err
	}
	if err := p.noteLook(r, reason, search.Account, search.Region, asked.parameters(), found.Messages); err != nil {
		return nil, err
	}
	answer := messagesShown{Messages: make([]messageShown, len(found.Messages)), LookedBackTo: found.Back.UTC()}
	for i, m := range found.Messages {
		answer.Messages[i] = p.show(m, reason == "")
	}
	if found.Next != (message.ID{}) {
		answer.Next = found.Next.String()
	}
	return answer, nil
}

// search reads what is looked for.
func (a *asked) search() message.Search {
	s := message.Search{
		To: a.text("to"), Account: a.text("account"), Region: a.text("region"), State: a.state(),
		Since: a.moment("since"), Until: a.moment("until"), Limit: a.limit(messagesDefault), Rows: rowsLookedAt,
	}
	if s.To != "" && (s.To[0] != '+' || strings.Trim(s.To[1:], "0123456789") != "") {
		a.refuse("to is a number such as +12065550142, its plus sign written %2B")
	}
	if text := a.text("after"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			a.refuse("after is the next of an earlier answer")
		}
		s.After = id
	}
	return s
}

// state reads a state's name, nil = not given.
func (a *asked) state() *message.State {
	name := a.text("state")
	if name == "" {
		return nil
	}
	state, ok := message.StateNamed(name)
	if !ok {
		a.refuse("state is one of " + strings.Join(message.StateNames(), ", "))
	}
	return &state
}

// parameters are the query as the audit keeps it.
func (a *asked) parameters() string {
	kept := map[string]string{}
	for name := range a.Values {
		switch name {
		case "reason":
		case "to":
			kept[name] = country.Mask(a.text(name))
		default:
			kept[name] = a.text(name)
		}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(text)
}
