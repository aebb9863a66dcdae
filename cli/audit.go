package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// AuditOptions are the flags of `heliograph audit`. Empty means any.
type AuditOptions struct {
	Account string // twelve digits
	Action  string
	Since   string // as moment reads it
	Limit   int
	Output  string
}

// auditEntry is what a table shows of a change.
type auditEntry struct {
	At          time.Time `json:"at"`
	Account     string    `json:"account"`
	Region      string    `json:"region"`
	AccessKeyID string    `json:"accessKeyId"`
	Origin      string    `json:"origin"`
	Action      string    `json:"action"`
	Targets     []string  `json:"targets"`
	Reason      string    `json:"reason"`
}

// Audit lists who changed what, newest first.
func Audit(ctx context.Context, env Environment, options AuditOptions) error {
	if options.Limit < 1 {
		return Usagef("--limit %d: at least 1", options.Limit)
	}
	since, err := moment("since", options.Since, time.Now())
	if err != nil {
		return err
	}
	query := url.Values{}
	for name, value := range map[string]string{"account": options.Account, "action": options.Action} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	rows, more, err := c.collect(ctx, list{path: "/operator/v1/audit", rows: "entries", cursor: "before"}, query, options.Limit)
	if err != nil {
		return err
	}
	if options.Output == JSON {
		return printValue(env.Stdout, map[string]any{"entries": rows})
	}
	entries, err := decodeAll[auditEntry](rows)
	if err != nil {
		return err
	}
	return listAudit(env, options, entries, more)
}

func listAudit(env Environment, options AuditOptions, entries []auditEntry, more bool) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintf(env.Stderr, "No such changes since %s; --since 30d looks further back.\n", options.Since)
		return err
	}
	rows := make([][]string, 0, len(entries))
	for _, e := range entries {
		rows = append(rows, []string{
			local(e.At, dateAndClock), dash(e.Account), dash(e.Region), e.Origin, dash(e.AccessKeyID), e.Action, targets(e.Targets),
		})
		if e.Reason != "" {
			rows = append(rows, []string{"│ " + strings.Join(bodyLines(e.Reason), " ")})
		}
	}
	if err := table(env.Stdout, []string{"AT", "ACCOUNT", "REGION", "ORIGIN", "KEY", "ACTION", "TARGETS"}, rows); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(env.Stderr, "There are more: --limit %d shows them; --output json also shows parameters.\n", 10*options.Limit)
	}
	return nil
}

// targetsShown is how many a line of the table names.
const targetsShown = 3

// targets names what was changed, or the first few of many.
func targets(names []string) string {
	if len(names) > targetsShown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:targetsShown], " "), len(names)-targetsShown)
	}
	return dash(strings.Join(names, " "))
}
