package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MessagesOptions are the flags of `heliograph messages`. Empty means any.
type MessagesOptions struct {
	ID           string // one message instead of a list
	To           string // E.164
	State        string
	Account      string // twelve digits
	Region       string
	Since, Until string // as moment reads them
	Limit        int
	Reason       string // shows number and text; kept in the audit
	Output       string
}

// shownMessage is what the operator API tells of a message.
type shownMessage struct {
	ID               string            `json:"id"`
	Account          string            `json:"account"`
	Region           string            `json:"region"`
	From             string            `json:"from"`
	FromKind         string            `json:"fromKind"`
	Identity         string            `json:"originationIdentity,omitempty"`
	Pool             string            `json:"poolId,omitempty"`
	To               string            `json:"to"`
	Body             string            `json:"body,omitempty"`
	Country          string            `json:"country"`
	Network          string            `json:"network"`
	Carrier          string            `json:"carrier"`
	MessageType      string            `json:"messageType"`
	State            string            `json:"state"`
	Code             string            `json:"code,omitempty"`
	Encoding         string            `json:"encoding"`
	Parts            []shownPart       `json:"parts"`
	Price            string            `json:"price"`
	ConfigurationSet string            `json:"configurationSet,omitempty"`
	Context          map[string]string `json:"context,omitempty"`
	Parameters       map[string]string `json:"parameters,omitempty"` // of the destination's country
	Feedback         string            `json:"feedback"`
	AcceptedAt       time.Time         `json:"acceptedAt"`
	ExpiresAt        time.Time         `json:"expiresAt"`
	EndedAt          time.Time         `json:"endedAt,omitzero"`
	Why              []string          `json:"why"`
}

type shownPart struct {
	Number           int       `json:"number"`
	State            string    `json:"state"`
	Code             string    `json:"code,omitempty"`
	CarrierMessageID string    `json:"carrierMessageId,omitempty"`
	Attempts         int       `json:"attempts"`
	SubmittedAt      time.Time `json:"submittedAt,omitzero"`
	EndedAt          time.Time `json:"endedAt,omitzero"`
}

// Messages lists messages, newest first, or shows one with its parts and why
// it went as it went.
func Messages(ctx context.Context, env Environment, options MessagesOptions) error {
	if options.To != "" && !numberPattern.MatchString(options.To) {
		return Usagef("--to %s is no phone number such as +12065550199", options.To)
	}
	if options.Limit < 1 {
		return Usagef("--limit %d: at least 1", options.Limit)
	}
	if options.To != "" {
		options.To = "+" + strings.TrimPrefix(options.To, "+")
	}
	query, err := options.query(time.Now())
	if err != nil {
		return err
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	if options.ID != "" {
		return c.oneMessage(ctx, env, options)
	}
	rows, more, err := c.collect(ctx, list{path: "/operator/v1/messages", rows: "messages", cursor: "after"}, query, options.Limit)
	if err != nil {
		return err
	}
	if options.Output == JSON {
		return printValue(env.Stdout, map[string]any{"messages": rows})
	}
	found, err := decodeAll[shownMessage](rows)
	if err != nil {
		return err
	}
	return listMessages(env, options, found, more)
}

// query asks the operator API for what the flags say.
func (o MessagesOptions) query(now time.Time) (url.Values, error) {
	query := url.Values{}
	for name, value := range map[string]string{"to": o.To, "state": strings.ToUpper(o.State), "account": o.Account, "region": o.Region, "reason": o.Reason} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, value := range map[string]string{"since": o.Since, "until": o.Until} {
		at, err := moment(name, value, now)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			query.Set(name, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return query, nil
}

func listMessages(env Environment, options MessagesOptions, found []shownMessage, more bool) error {
	if len(found) == 0 {
		since := cmp.Or(options.Since, "24h") // as the server has it
		_, err := fmt.Fprintf(env.Stderr, "No such messages since %s; --since 30d looks further back.\n", since)
		return err
	}
	rows := make([][]string, 0, len(found))
	for _, m := range found {
		rows = append(rows, []string{
			local(m.AcceptedAt, dateAndClock), m.State, dash(m.From), m.To, m.Country, strconv.Itoa(len(m.Parts)), m.Price, m.ID,
		})
		if options.Reason == "" {
			continue
		}
		for _, line := range bodyLines(m.Body) {
			rows = append(rows, []string{"│ " + line})
		}
	}
	if err := table(env.Stdout, []string{"ACCEPTED", "STATE", "FROM", "TO", "COUNTRY", "PARTS", "PRICE", "ID"}, rows); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(env.Stderr, "There are more: --limit %d, or --until an earlier time.\n", 10*options.Limit)
	}
	return sayMasked(env, options.Reason)
}

// sayMasked tells how to see what is hidden.
func sayMasked(env Environment, reason string) error {
	if reason != "" {
		return nil
	}
	_, err := fmt.Fprintln(env.Stderr, `Numbers are masked and texts left out; --reason "…" shows both and is kept in the audit.`)
	return err
}

func (c *console) oneMessage(ctx context.Context, env Environment, options MessagesOptions) error {
	path := "/operator/v1/messages/" + url.PathEscape(options.ID)
	if options.Reason != "" {
		path += "?" + url.Values{"reason": {options.Reason}}.Encode()
	}
	whole := json.RawMessage{}
	if err := c.do(ctx, http.MethodGet, path, nil, &whole); err != nil {
		return err
	}
	if options.Output == JSON {
		return printJSON(env.Stdout, whole)
	}
	m := shownMessage{}
	if err := json.Unmarshal(whole, &m); err != nil {
		return err
	}
	if err := showWhole(env.Stdout, m, options.Reason != ""); err != nil {
		return err
	}
	return sayMasked(env, options.Reason)
}
