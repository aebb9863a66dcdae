package main

import (
	"context"

	"heliograph/cli"
)

// routeCommand is about the carriers of messages that are not sent.
type routeCommand struct {
	Explain explainRouteCommand `cmd:"" help:"Tell which sender and carrier a message would get, and why." example:"heliograph route explain --to +33612345678 --from MyBrand"`
}

type explainRouteCommand struct {
	To               string `required:"" placeholder:"NUMBER" help:"The destination, as in +33612345678."`
	From             string `placeholder:"ID" help:"What it is sent from, as in SendTextMessage; unless told, the account's choice."`
	Account          string `placeholder:"ID" help:"The account that sends; unless told, the operator's."`
	Region           string `placeholder:"NAME" help:"The Region that it sends in; unless told, that of the environment or profile."`
	MessageType      string `enum:"TRANSACTIONAL,PROMOTIONAL," default:"" placeholder:"TYPE" help:"TRANSACTIONAL or PROMOTIONAL."`
	ConfigurationSet string `placeholder:"NAME" help:"The configuration set."`
	Body             string `placeholder:"TEXT" help:"A text: tells encoding, parts and price."`
	Output           string `enum:"text,json" default:"text" help:"Text, or json."`
}

// Help stands below the flags.
func (explainRouteCommand) Help() string {
	return `Runs the choice of SendTextMessage without storing or sending anything. A carrier that is not well, and is
tried with a message now and then, is not tried here. Examples:

    heliograph route explain --to +33612345678
    heliograph route explain --to +33612345678 --from MyBrand --account 111122223333 --region eu-west-3 --body "Hello"`
}

// Run explains.
func (c explainRouteCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ExplainRoute(ctx, env, cli.RouteOptions{
		To: c.To, From: c.From, Account: c.Account, Region: c.Region, MessageType: c.MessageType,
		ConfigurationSet: c.ConfigurationSet, Body: c.Body, Output: c.Output,
	})
}
