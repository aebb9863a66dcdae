package operator

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"heliograph/audit"
)

// AuditLog is the record of who changed what.
type AuditLog interface {
	// Audit notes what is no change of the database, durably.
	Audit(ctx context.Context, e audit.Entry) error
	// AuditEntries reads lines, newest first.
	AuditEntries(ctx context.Context, q audit.Query) ([]audit.Entry, error)
}

// Bounds of what one request lists.
const (
	auditDefault    = 100
	messagesDefault = 50
	mostListed      = 1000
)

type entriesShown struct {
	Entries []entryShown `json:"entries"`
	Next    int64        `json:"next,omitempty"` // for `before`, to go on
}

type entryShown struct {
	ID          int64     `json:"id"`
	At          time.Time `json:"at"`
	Account     string    `json:"account"`
	Region      string    `json:"region"`
	AccessKeyID string    `json:"accessKeyId"`
	Origin      string    `json:"origin"`
	Action      string    `json:"action"`
	Targets     []string  `json:"targets"`
	Parameters  string    `json:"parameters"`
	Reason      string    `json:"reason"`
	RequestID   string    `json:"requestId"`
}

func auditParameters() []parameter {
	return []parameter{
		{name: "account", kind: "string", summary: "whose things were changed, twelve digits"},
		{name: "action", kind: "string", summary: "an operation's name, or one such as CreateAccessKey"},
		{name: "since", kind: "string", summary: "RFC 3339, or a duration such as 24h: that long ago"},
		{name: "until", kind: "string", summary: "RFC 3339, or a duration such as 1h: that long ago"},
		{name: "limit", kind: "integer", summary: "at most so many, 1 to 1000; 100 unless told"},
		{name: "before", kind: "integer", summary: "an earlier answer's next: go on from there"},
	}
}

// listAudit answers lines of the audit.
func (p Parts) listAudit(r *http.Request) (any, error) {
	asked := asked{r.URL.Query(), p.Now, nil}
	q := audit.Query{
		Account: asked.text("account"), Action: asked.text("action"),
		Since: asked.moment("since"), Until: asked.moment("until"),
		Limit: asked.limit(auditDefault), Before: asked.id("before"),
	}
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	q.Limit++ // one more tells whether to go on
	entries, err := p.Audit.AuditEntries(r.Context(), q)
	if err != nil {
		return nil, err
	}
	answer := entriesShown{Entries: make([]entryShown, 0, len(entries))}
	for i, e := range entries {
		if i == q.Limit-1 {
			answer.Next = entries[i-1].ID
			break
		}
		answer.Entries = append(answer.Entries, showEntry(e))
	}
	return answer, nil
}

func showEntry(e audit.Entry) entryShown {
	if e.Targets == nil {
		e.Targets = []string{}
	}
	return entryShown(e)
}

// id reads a line's id, 0 = not given.
func (a *asked) id(name string) int64 {
	text := a.text(name)
	if text == "" {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		a.refuse(name + " is the next of an earlier answer")
	}
	return id
}
