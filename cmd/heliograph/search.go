package main

import (
	"context"

	"heliograph/cli"
)

type messagesCommand struct {
	ID      string `arg:"" optional:"" help:"A message's id: shows that one with its parts, and why it went as it went."`
	To      string `placeholder:"NUMBER" help:"To this number."`
	State   string `placeholder:"STATE" help:"In this state, as in DELIVERED, UNREACHABLE or TTL_EXPIRED."`
	Account string `placeholder:"ID" help:"Of this account."`
	Region  string `placeholder:"NAME" help:"Of this Region."`
	Since   string `default:"24h" help:"Accepted since: how long ago (24h, 7d), a date, or a time."`
	Until   string `placeholder:"TIME" help:"Accepted before; as --since."`
	Limit   int    `default:"50" help:"At most so many."`
	Reason  string `placeholder:"TEXT" help:"Show numbers and texts; your reason and your key are kept in the audit."`
	Output  string `enum:"table,json" default:"table" help:"A table, or json."`
}

// Help stands below the flags.
func (messagesCommand) Help() string {
	return `Newest first. Numbers are masked and texts left out, unless a reason is given. Examples:

    heliograph messages --to +12065550199 --since 7d
    heliograph messages --state UNREACHABLE --account 111122223333 --output json
    heliograph messages 01a20b82-3d8c-7a62-b949-7dec392307f1 --reason "ticket 4711"`
}

// Run lists or shows.
func (c messagesCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Messages(ctx, env, cli.MessagesOptions{
		ID: c.ID, To: c.To, State: c.State, Account: c.Account, Region: c.Region, Since: c.Since, Until: c.Until,
		Limit: c.Limit, Reason: c.Reason, Output: c.Output,
	})
}

type auditCommand struct {
	Account string `placeholder:"ID" help:"What belongs to this account."`
	Action  string `placeholder:"NAME" help:"This action, as in CreatePool or CreateAccessKey."`
	Since   string `default:"24h" help:"Since: how long ago (24h, 7d), a date, or a time."`
	Limit   int    `default:"50" help:"At most so many."`
	Output  string `enum:"table,json" default:"table" help:"A table, or json, which shows parameters and request ids too."`
}

// Help stands below the flags.
func (auditCommand) Help() string {
	return `Newest first. Examples:

    heliograph audit --since 7d
    heliograph audit --account 111122223333 --action CreatePool --output json`
}

// Run lists.
func (c auditCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Audit(ctx, env, cli.AuditOptions{Account: c.Account, Action: c.Action, Since: c.Since, Limit: c.Limit, Output: c.Output})
}

type reloadCommand struct{}

// Help stands below the flags.
func (reloadCommand) Help() string {
	return `Tells what changed. An invalid file is refused with its errors and changes nothing. SIGHUP does the same.
Example:

    heliograph reload`
}

// Run reloads.
func (reloadCommand) Run(ctx context.Context, env cli.Environment) error { return cli.Reload(ctx, env) }
