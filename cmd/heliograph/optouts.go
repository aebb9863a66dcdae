package main

import (
	"context"

	"heliograph/cli"
)

// optOutsCommand is about the numbers on opt-out lists.
type optOutsCommand struct {
	List   listOptOutsCommand   `cmd:"" help:"Write all numbers on a list, a JSON object a line." example:"heliograph opt-outs list --account 111122223333 --region eu-west-3 --reason \"move to another server\" > numbers.ndjson"`
	Import importOptOutsCommand `cmd:"" help:"Put the numbers of a file on a list: a number, or an object as list writes them, a line." example:"heliograph opt-outs import numbers.ndjson --account 111122223333 --region eu-west-3"`
}

type optOutList struct {
	holder `embed:""`
	List   string `default:"Default" placeholder:"NAME" help:"The list's name; default Default."`
}

func (l optOutList) named() cli.OptOutList {
	return cli.OptOutList{Account: l.Account, Region: l.Region, List: l.List}
}

type listOptOutsCommand struct {
	optOutList `embed:""`
	Reason     string `required:"" placeholder:"TEXT" help:"Why the numbers are to be shown; it is kept in the audit."`
}

// Run lists.
func (c listOptOutsCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ListOptOuts(ctx, env, c.named(), c.Reason)
}

type importOptOutsCommand struct {
	File       string `arg:"" help:"The file."`
	optOutList `embed:""`
}

// Run imports.
func (c importOptOutsCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ImportOptOuts(ctx, env, c.named(), c.File)
}
