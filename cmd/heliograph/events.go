package main

import (
	"context"

	"heliograph/cli"
)

// eventsCommand is about what customers' programs are told.
type eventsCommand struct {
	Show    showEventsCommand   `cmd:"" default:"withargs" help:"Show what customers' programs were told, and follow what comes (the default)." example:"heliograph events --follow"`
	Targets eventTargetsCommand `cmd:"" help:"Tell which targets events wait for: how many, since when, and what the target says." example:"heliograph events targets"`
	Dead    deadEventsCommand   `cmd:"" help:"List events that their targets did not get." example:"heliograph events dead"`
	Replay  replayCommand       `cmd:"" help:"Send dead events on their way again." example:"heliograph events replay arn:aws:sns:us-east-1:111122223333:receipts"`
}

type showEventsCommand struct {
	Account string `placeholder:"ID" help:"Of this account."`
	Message string `placeholder:"ID" help:"Of this message."`
	Since   string `placeholder:"TIME" help:"Since: how long ago (24h, 7d), a date, or a time; 1h unless told, all of a message."`
	Follow  bool   `short:"f" help:"Go on with what comes, until Ctrl-C."`
	Reason  string `placeholder:"TEXT" help:"Show numbers and texts of other accounts; your reason and your key are kept in the audit."`
	Output  string `enum:"table,json" default:"table" help:"A line for people, or json: the record as it is published, one a line."`
}

// Help stands below the flags.
func (showEventsCommand) Help() string {
	return `Oldest first: events of messages whose configuration set has event destinations, and what handsets
sent to numbers with a two-way channel, whether their targets have them yet or not. Examples:

    heliograph events --follow
    heliograph events --message 01a20b82-3d8c-7a62-b949-7dec392307f1 --output json`
}

// Run shows.
func (c showEventsCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Events(ctx, env, cli.EventsOptions{
		Account: c.Account, Message: c.Message, Since: c.Since, Follow: c.Follow, Reason: c.Reason, Output: c.Output,
	})
}

type eventTargetsCommand struct {
	Output string `enum:"table,json" default:"table" help:"A table, or json."`
}

// Run lists.
func (c eventTargetsCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.EventTargets(ctx, env, c.Output)
}

type deadEventsCommand struct {
	Limit  int    `default:"50" help:"At most so many."`
	Output string `enum:"table,json" default:"table" help:"A table, or json."`
}

// Run lists.
func (c deadEventsCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.DeadEvents(ctx, env, c.Limit, c.Output)
}

type replayCommand struct {
	Target string `arg:"" optional:"" help:"The target's ARN; all dead events unless given."`
}

// Help stands below the flags.
func (replayCommand) Help() string {
	return `An event that is replayed comes after later ones of its message. Example:

    heliograph events replay arn:aws:sns:us-east-1:111122223333:receipts`
}

// Run replays.
func (c replayCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ReplayEvents(ctx, env, c.Target)
}
