package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/audit"
	"heliograph/country"
	"heliograph/event"
	"heliograph/event/outbox"
)

// Journal keeps events, those that were handed over as well.
type Journal interface {
	// Events gives events by time, from a mark on.
	Events(ctx context.Context, from event.Mark, s event.Search) ([]event.Event, error)
	// Lags are how many events wait for each target, and since when.
	Lags(ctx context.Context) ([]event.Lag, error)
	// DeadEvents are what targets did not get, after a key.
	DeadEvents(ctx context.Context, after event.Key, limit int) ([]event.Dead, error)
	// Replay sends dead events on their way again: all of an ARN, "" = of every one.
	Replay(ctx context.Context, arn string) (int, error)
}

// Events are what customers' programs are told, and how that goes.
type Events struct {
	Journal  Journal
	Teller   event.Teller
	Troubles func() []outbox.Trouble // of targets now
	Hurry    func()                  // has what rests tried now; nil = nothing does
}

type eventsShown struct {
	Events []eventShown `json:"events"`
	Next   string       `json:"next,omitempty"` // for `after`, to go on
}

type eventShown struct {
	ID               string          `json:"id"` // the same however often it was handed over
	Account          string          `json:"account"`
	Region           string          `json:"region"`
	ConfigurationSet string          `json:"configurationSet,omitempty"`
	MessageID        string          `json:"messageId"`
	Type             string          `json:"type"` // INBOUND for what a handset sent
	At               time.Time       `json:"at"`
	Masked           bool            `json:"masked"`           // the person's number is, and text and context are left out
	Record           json.RawMessage `json:"record,omitempty"` // as it is published; left out where the message is gone
}

type lagsShown struct {
	Targets []lagShown `json:"targets"`
}

type lagShown struct {
	Target  string    `json:"target"` // ARN
	Account string    `json:"account"`
	Region  string    `json:"region"`
	Waiting int       `json:"waiting"` // events
	Since   time.Time `json:"since"`   // when the oldest of them happened
	Lag     string    `json:"lag"`     // how long ago that is
	Trouble string    `json:"trouble,omitempty"`
}

type deadShown struct {
	Events []deadEventShown `json:"events"`
	Next   string           `json:"next,omitempty"` // for `after`, to go on
}

type deadEventShown struct {
	Target      string    `json:"target"` // ARN
	Account     string    `json:"account"`
	Region      string    `json:"region"`
	MessageID   string    `json:"messageId"`
	Type        string    `json:"type"`
	Destination string    `json:"eventDestination,omitempty"`
	At          time.Time `json:"at"`
	DeadAt      time.Time `json:"deadAt"`
	Cause       string    `json:"cause"`
}

type replayAsked struct {
	Target string `json:"target,omitempty"` // ARN; "" = all
}

type replayShown struct {
	Replayed int `json:"replayed"`
}

func (p Parts) eventRoutes() []endpoint {
	return []endpoint{{
		method: http.MethodGet, path: "/events", id: "listEvents", status: http.StatusOK,
		summary: "What customers' programs were told, by time. Numbers of other accounts' messages are masked and texts left out unless a reason is given.",
		action:  "ReadEvents", query: eventParameters(), tells: eventsShown{}, serve: p.listEvents,
	}, {
		method: http.MethodGet, path: "/events/targets", id: "listEventTargets", status: http.StatusOK,
		summary: "The targets that events wait for: how many, since when, and what the target says.",
		tells:   lagsShown{}, serve: p.listTargets,
	}, {
		method: http.MethodGet, path: "/events/dead", id: "listDeadEvents", status: http.StatusOK,
		summary: "Events that their targets did not get: refused for good, or tried for a day.",
		query: []parameter{
			{name: "limit", kind: "integer", summary: "at most so many, 1 to 1000; 100 unless told"},
			{name: "after", kind: "string", summary: "an earlier answer's next: go on from there"},
		},
		tells: deadShown{}, serve: p.listDead,
	}, {
		method: http.MethodPost, path: "/events/replay", id: "replayEvents", status: http.StatusOK,
		summary: "Sends dead events on their way again.", action: "ReplayEvents",
		asks: replayAsked{}, tells: replayShown{}, serve: p.replay,
	}}
}

func eventParameters() []parameter {
	return []parameter{
		{name: "account", kind: "string", summary: "twelve digits"},
		{name: "message", kind: "string", summary: "of this message"},
		{name: "since", kind: "string", summary: "RFC 3339, or a duration such as 24h: that long ago; 24h unless told, or unless a message is named"},
		{name: "limit", kind: "integer", summary: "at most so many, 1 to 1000; 100 unless told"},
		{name: "after", kind: "string", summary: "an earlier answer's next: go on from there"},
		reasonParameter(),
	}
}

// listEvents answers the journal.
func (p Parts) listEvents(r *http.Request) (any, error) {
	query := r.URL.Query()
	if query.Get("since") == "" && query.Get("message") == "" {
		query.Set("since", searchedBack)
	}
	asked := asked{query, p.Now, nil}
	reason, from, search := asked.reason(), asked.mark(), asked.events()
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	found, err := p.Events.Journal.Events(r.Context(), from, search)
	if err != nil {
		return nil, err
	}
	if err := p.noteEvents(r, reason, search.Account, asked.parameters(), found); err != nil {
		return nil, err
	}
	answer := eventsShown{Events: make([]eventShown, len(found))}
	for i, e := range found {
		if answer.Events[i], err = p.showEvent(r.Context(), e, reason == ""); err != nil {
			return nil, err
		}
		answer.Next = markOf(e)
	}
	return answer, nil
}

// noteEvents puts on record that somebody looks at other accounts' events.
func (p Parts) noteEvents(r *http.Request, reason, owner, parameters string, found []event.Event) error {
	entry, _ := audit.From(r.Context())
	entry.Account, entry.Reason, entry.Parameters = owner, reason, parameters
	for _, e := range found {
		if e.Scope.Account != account.Operator {
			entry.Targets = append(entry.Targets, "message/"+e.MessageID.String())
		}
	}
	if entry.Targets = slices.Compact(entry.Targets); reason == "" || len(entry.Targets) == 0 {
		return nil
	}
	return p.Audit.Audit(r.Context(), entry)
}

// showEvent is an event as the operator sees it. What is the operator's own is
// shown whole.
func (p Parts) showEvent(ctx context.Context, e event.Event, masked bool) (eventShown, error) {
	shown := eventShown{
		ID: e.ID(), Account: e.Scope.Account, Region: e.Scope.Region, ConfigurationSet: e.ConfigurationSet,
		MessageID: e.MessageID.String(), Type: e.Type, At: e.At, Masked: masked && e.Scope.Account != account.Operator,
	}
	if e.Payload != "" {
		shown.Type = event.Inbound
	}
	if shown.Masked {
		e = masks(e)
	}
	record, err := p.Events.Teller.Record(ctx, e)
	if gone := (*event.Refusal)(nil); errors.As(err, &gone) {
		return shown, nil
	}
	shown.Record = record
	return shown, err
}

// masks is an event without what tells of the person, and what was said.
func masks(e event.Event) event.Event {
	if e.Message != nil {
		m := *e.Message
		m.To, m.Context = country.Mask(m.To), nil
		e.Message = &m
	}
	if e.Payload != "" {
		e.Payload = maskPayload(e.Payload)
	}
	return e
}

// shownOfTexts are the members of what is told of a handset's text that tell
// nothing of the person.
var shownOfTexts = [...]string{"destinationNumber", "messageKeyword", "inboundMessageId", "previousPublishedMessageId"}

func maskPayload(text string) string {
	record, masked := map[string]string{}, map[string]string{}
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return "{}"
	}
	masked["originationNumber"] = country.Mask(record["originationNumber"])
	for _, member := range shownOfTexts {
		if value, has := record[member]; has {
			masked[member] = value
		}
	}
	shown, err := json.Marshal(masked)
	if err != nil {
		return "{}"
	}
	return string(shown)
}

// events reads which events are looked for.
func (a *asked) events() event.Search {
	s := event.Search{Account: a.text("account"), Limit: a.limit(auditDefault)}
	if text := a.text("message"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			a.refuse("message is a UUID, as SendTextMessage answered it")
		}
		s.MessageID = id
	}
	return s
}

// mark reads where a list begins: behind what an earlier answer ended with, or at
// a time.
func (a *asked) mark() event.Mark {
	text := a.text("after")
	if text == "" {
		return event.Mark{At: a.moment("since")}
	}
	at, rest, _ := strings.Cut(text, "_")
	id, place, _ := strings.Cut(rest, "_")
	millis, err := strconv.ParseInt(at, 10, 64)
	known, bad := uuid.Parse(id)
	n, wrong := strconv.Atoi(place)
	if err != nil || bad != nil || wrong != nil {
		a.refuse("after is the next of an earlier answer")
	}
	return event.Mark{At: time.UnixMilli(millis).UTC(), MessageID: known, Place: n}
}

func markOf(e event.Event) string {
	return fmt.Sprintf("%d_%s_%d", e.At.UnixMilli(), e.MessageID, e.Place)
}

// listTargets answers what waits for targets.
func (p Parts) listTargets(r *http.Request) (any, error) {
	lags, err := p.Events.Journal.Lags(r.Context())
	if err != nil {
		return nil, err
	}
	said := map[event.Target]string{}
	for _, t := range p.Events.Troubles() {
		said[t.Target] = t.Said
	}
	answer := lagsShown{Targets: make([]lagShown, len(lags))}
	for i, l := range lags {
		answer.Targets[i] = lagShown{
			Target: l.Target.ARN, Account: l.Target.Scope.Account, Region: l.Target.Scope.Region, Waiting: l.Waiting,
			Since: l.Since, Lag: p.Now().Sub(l.Since).Truncate(time.Second).String(), Trouble: said[l.Target],
		}
	}
	return answer, nil
}

// listDead answers events that are given up.
func (p Parts) listDead(r *http.Request) (any, error) {
	asked := asked{r.URL.Query(), p.Now, nil}
	limit, after := asked.limit(auditDefault), asked.key()
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	list, err := p.Events.Journal.DeadEvents(r.Context(), after, limit)
	if err != nil {
		return nil, err
	}
	answer := deadShown{Events: make([]deadEventShown, len(list))}
	for i, d := range list {
		answer.Events[i] = deadEventShown{
			Target: d.Target.ARN, Account: d.Target.Scope.Account, Region: d.Target.Scope.Region, MessageID: d.MessageID.String(),
			Type: d.Type, Destination: d.Destination, At: d.At, DeadAt: d.DeadAt, Cause: d.Cause,
		}
	}
	if len(list) == limit {
		answer.Next = keyText(list[limit-1].Key)
	}
	return answer, nil
}

// key reads behind which entry a list goes on.
func (a *asked) key() (k event.Key) {
	text := a.text("after")
	if text == "" {
		return k
	}
	parts := strings.SplitN(text, " ", 6)
	if len(parts) != 6 {
		a.refuse("after is the next of an earlier answer")
		return k
	}
	id, err := uuid.Parse(parts[3])
	place, wrong := strconv.Atoi(parts[4])
	if err != nil || wrong != nil {
		a.refuse("after is the next of an earlier answer")
	}
	k.Target.ARN, k.Target.Scope.Account, k.Target.Scope.Region = parts[0], parts[1], parts[2]
	k.MessageID, k.Place, k.Destination = id, place, parts[5]
	return k
}

func keyText(k event.Key) string {
	return fmt.Sprintf("%s %s %s %s %d %s", k.Target.ARN, k.Target.Scope.Account, k.Target.Scope.Region, k.MessageID, k.Place, k.Destination)
}

// replay sends dead events on their way again.
func (p Parts) replay(r *http.Request) (any, error) {
	asks := replayAsked{}
	r, err := read(r, &asks)
	if err != nil {
		return nil, err
	}
	n, err := p.Events.Journal.Replay(r.Context(), asks.Target)
	if p.Events.Hurry != nil {
		p.Events.Hurry()
	}
	return replayShown{Replayed: n}, err
}
