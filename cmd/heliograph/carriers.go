package main

import (
	"context"
	"time"

	"heliograph/cli"
)

// carriersCommand is about the carriers in use.
type carriersCommand struct {
	Show       showCarriersCommand `cmd:"" default:"withargs" help:"Tell of all carriers, or of one: binds, queue, throughput, and what is wrong (the default)." example:"heliograph carriers acme"`
	Pause      pauseCommand        `cmd:"" help:"Take up no more messages of a carrier, also after a restart, until it is resumed." example:"heliograph carriers pause acme --reason \"maintenance until 4\""`
	Resume     resumeCommand       `cmd:"" help:"Take messages of a paused carrier up again." example:"heliograph carriers resume acme"`
	Drain      drainCommand        `cmd:"" help:"Pause a carrier and wait until nothing is in flight." example:"heliograph carriers drain acme --wait 5m"`
	Move       moveCommand         `cmd:"" help:"Give another carrier the messages that wait for one." example:"heliograph carriers move acme --to other"`
	Throughput throughputCommand   `cmd:"" help:"Change a carrier's throughput until the next reload or restart." example:"heliograph carriers throughput acme 20"`
}

type showCarriersCommand struct {
	Name   string `arg:"" optional:"" help:"The carrier's name in the configuration file: tells more of that one."`
	Output string `enum:"table,json" default:"table" help:"A table, or json."`
}

// Run shows.
func (c showCarriersCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Carriers(ctx, env, c.Name, c.Output)
}

type pauseCommand struct {
	Name   string `arg:"" help:"The carrier's name."`
	Reason string `placeholder:"TEXT" help:"Shown to the others, and kept in the audit."`
}

// Help stands below the flags.
func (pauseCommand) Help() string {
	return `What is in flight ends. What waits does so, in memory and on disk, until its time to live is over.
A message that waits for a connection is taken back. Example:

    heliograph carriers pause acme --reason "maintenance until 4"`
}

// Run pauses.
func (c pauseCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.PauseCarrier(ctx, env, c.Name, c.Reason)
}

type resumeCommand struct {
	Name string `arg:"" help:"The carrier's name."`
}

// Run resumes.
func (c resumeCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ResumeCarrier(ctx, env, c.Name)
}

type drainCommand struct {
	Name   string        `arg:"" help:"The carrier's name."`
	Wait   time.Duration `help:"Wait this long for what is in flight."`
	Reason string        `placeholder:"TEXT" help:"Shown to the others, and kept in the audit."`
}

// Help stands below the flags.
func (drainCommand) Help() string {
	return `Tells how many messages are in flight until none is; the status is 1 where some still are at the end.
The carrier stays paused. Example:

    heliograph carriers drain acme --wait 5m && heliograph carriers move acme --to other`
}

// Run drains.
func (c drainCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Drain(ctx, env, c.Name, c.Reason, c.Wait)
}

type moveCommand struct {
	Name string `arg:"" help:"The carrier whose queue it is; it may be gone from the configuration file."`
	To   string `required:"" placeholder:"NAME" help:"The carrier that gets the messages."`
}

// Help stands below the flags.
func (moveCommand) Help() string {
	return `Messages go whose sender is provisioned on the other carrier and of which no part was taken; it tells how
many stay, and why. Pause the carrier first: a message that is being handed over stays. Example:

    heliograph carriers move acme --to other`
}

// Run moves.
func (c moveCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Move(ctx, env, c.Name, c.To)
}

type throughputCommand struct {
	Name           string `arg:"" help:"The carrier's name."`
	PartsPerSecond int    `arg:"" help:"Message parts per second; 0 = no limit."`
}

// Run changes the throughput.
func (c throughputCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.SetThroughput(ctx, env, c.Name, c.PartsPerSecond)
}

type cancelCommand struct {
	ID     string `arg:"" help:"The message's id."`
	Reason string `required:"" placeholder:"TEXT" help:"Why; kept in the audit."`
}

// Help stands below the flags.
func (cancelCommand) Help() string {
	return `Only while no carrier has taken a part of it. It ends as UNKNOWN with the code CANCELLED. Example:

    heliograph cancel 01a20b82-3d8c-7a62-b949-7dec392307f1 --reason "sent to the wrong people"`
}

// Run cancels.
func (c cancelCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Cancel(ctx, env, c.ID, c.Reason)
}

type traceCommand struct {
	Number string        `arg:"" help:"The number, as in +12065550142, or a short code."`
	For    time.Duration `default:"5m" help:"So long, at most 1h."`
	Most   int           `default:"1000" help:"At most so many PDUs."`
	Reason string        `required:"" placeholder:"TEXT" help:"Why; kept in the audit."`
}

// Help stands below the flags.
func (traceCommand) Help() string {
	return `A line for each PDU, of all carriers, to or from the number. Texts, passwords and other numbers are left out. Example:

    heliograph trace +12065550142 --for 5m --reason "ticket 4711"`
}

// Run traces.
func (c traceCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Trace(ctx, env, cli.TraceOptions{Number: c.Number, For: c.For, Most: c.Most, Reason: c.Reason})
}
