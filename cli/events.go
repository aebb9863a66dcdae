package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// EventsOptions are the flags of `heliograph events`. Empty means any.
type EventsOptions struct {
	Account string // twelve digits
	Message string // a message's id
	Since   string // as moment reads it
	Follow  bool
	Reason  string
	Output  string
}

// shownEvent is what the operator API tells of an event.
type shownEvent struct {
	ID      string          `json:"id"`
	Account string          `json:"account"`
	Type    string          `json:"type"`
	At      time.Time       `json:"at"`
	Message string          `json:"messageId"`
	Record  json.RawMessage `json:"record"`
}

// toldOf are the members of a record that a line shows.
type toldOf struct {
	From        string `json:"originationPhoneNumber"`
	To          string `json:"destinationPhoneNumber"`
	Description string `json:"messageStatusDescription"`
	Person      string `json:"originationNumber"`
	Number      string `json:"destinationNumber"`
	Keyword     string `json:"messageKeyword"`
	Body        string `json:"messageBody"`
}

const (
	eventsPath = "/operator/v1/events"
	eventsPage = 1000
	eventsBack = "1h" // unless a message is named
	// followLook is how often the journal is looked at.
	followLook = 500 * time.Millisecond
	// overlap is how far back each look goes again: what happened earlier may be
	// written later.
	overlap = 10 * time.Second
)

// Events shows what customers' programs are told, oldest first, and with Follow
// what comes.
func Events(ctx context.Context, env Environment, options EventsOptions) error {
	if options.Since == "" && options.Message == "" {
		options.Since = eventsBack
	}
	since, err := moment("since", options.Since, time.Now())
	if err != nil {
		return err
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	seen := map[string]time.Time{}
	for {
		asked := time.Now()
		err := c.showEvents(ctx, env, options, since, seen)
		if ctx.Err() != nil && options.Follow {
			return nil // broken off by who typed it
		}
		if err != nil || !options.Follow {
			return err
		}
		since = later(since, asked.Add(-overlap))
		forgetBefore(seen, since)
		if !sleep(ctx, followLook) {
			return nil
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func forgetBefore(seen map[string]time.Time, since time.Time) {
	for id, at := range seen {
		if at.Before(since) {
			delete(seen, id)
		}
	}
}

// showEvents shows those since a time that were not seen.
func (c *console) showEvents(ctx context.Context, env Environment, options EventsOptions, since time.Time, seen map[string]time.Time) error {
	query := url.Values{"limit": {fmt.Sprint(eventsPage)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	for name, value := range map[string]string{"account": options.Account, "message": options.Message, "reason": options.Reason} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for {
		page := struct {
			Events []shownEvent `json:"events"`
			Next   string       `json:"next"`
		}{}
		if err := c.do(ctx, http.MethodGet, eventsPath+"?"+query.Encode(), nil, &page); err != nil {
			return err
		}
		for _, e := range page.Events {
			if _, known := seen[e.ID]; known {
				continue
			}
			seen[e.ID] = e.At
			if err := printEvent(env, options.Output, e); err != nil {
				return err
			}
		}
		if len(page.Events) < eventsPage {
			return nil
		}
		query.Set("after", page.Next)
	}
}

// printEvent prints a line: with json the record as it is published.
func printEvent(env Environment, output string, e shownEvent) error {
	if output == JSON {
		_, err := fmt.Fprintf(env.Stdout, "%s\n", e.Record)
		return err
	}
	told := toldOf{}
	if len(e.Record) == 0 {
		e.Record = []byte("{}")
	}
	if err := json.Unmarshal(e.Record, &told); err != nil {
		return err
	}
	from, to, says := told.From, told.To, told.Description
	if told.Person != "" {
		from, to, says = told.Person, told.Number, told.Keyword+"  "+told.Body
	}
	_, err := fmt.Fprintf(env.Stdout, "%s  %-20s  %s -> %s  %s  %s\n", local(e.At, clock), e.Type, plain(from), plain(to), e.Message, plain(says))
	return err
}

// EventTargets lists the targets that events wait for.
func EventTargets(ctx context.Context, env Environment, output string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer := struct {
		Targets []struct {
			Target  string `json:"target"`
			Account string `json:"account"`
			Waiting int    `json:"waiting"`
			Lag     string `json:"lag"`
			Trouble string `json:"trouble,omitempty"`
		} `json:"targets"`
	}{}
	if err := c.do(ctx, http.MethodGet, eventsPath+"/targets", nil, &answer); err != nil {
		return err
	}
	if output == JSON {
		return printValue(env.Stdout, answer)
	}
	if len(answer.Targets) == 0 {
		_, err := fmt.Fprintln(env.Stderr, "No events wait: every target has what it is to get.")
		return err
	}
	var rows [][]string
	for _, t := range answer.Targets {
		rows = append(rows, []string{t.Target, t.Account, fmt.Sprint(t.Waiting), t.Lag})
		if t.Trouble != "" {
			rows = append(rows, []string{"│ " + t.Trouble})
		}
	}
	return table(env.Stdout, []string{"TARGET", "ACCOUNT", "WAITING", "LAG"}, rows)
}

// deadEvent is an event that its target did not get.
type deadEvent struct {
	Target  string    `json:"target"`
	Account string    `json:"account"`
	Message string    `json:"messageId"`
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
	DeadAt  time.Time `json:"deadAt"`
	Cause   string    `json:"cause"`
}

// DeadEvents lists events that their targets did not get.
func DeadEvents(ctx context.Context, env Environment, limit int, output string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	found, more, err := c.collect(ctx, list{path: eventsPath + "/dead", rows: "events", cursor: "after"}, url.Values{}, limit)
	if err != nil {
		return err
	}
	if output == JSON {
		return printValue(env.Stdout, map[string]any{"events": found})
	}
	events, err := decodeAll[deadEvent](found)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		_, err := fmt.Fprintln(env.Stderr, "No events are dead.")
		return err
	}
	var rows [][]string
	for _, e := range events {
		rows = append(rows, []string{local(e.DeadAt, dateAndClock), e.Type, e.Message, e.Target}, []string{"│ " + e.Cause})
	}
	if more {
		defer fmt.Fprintf(env.Stderr, "There are more: --limit %d shows them.\n", 10*limit)
	}
	return table(env.Stdout, []string{"DEAD SINCE", "TYPE", "MESSAGE", "TARGET"}, rows)
}

// ReplayEvents sends dead events on their way again.
func ReplayEvents(ctx context.Context, env Environment, target string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer := struct {
		Replayed int `json:"replayed"`
	}{}
	if err := c.do(ctx, http.MethodPost, eventsPath+"/replay", map[string]string{"target": target}, &answer); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "%s on the way again.\n", counted(answer.Replayed, "event"))
	return err
}
