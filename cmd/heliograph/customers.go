package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"heliograph/account"
	"heliograph/app"
	"heliograph/cli"
	"heliograph/config"
)

// credentialsCommand is about access keys.
type credentialsCommand struct {
	Create    createKeyCommand `cmd:"" help:"Make an access key of an account; its secret is shown this once." example:"heliograph credentials create --account 111122223333 --output json"`
	List      listKeysCommand  `cmd:"" help:"List an account's access keys, without their secrets." example:"heliograph credentials list --account 111122223333"`
	Revoke    revokeKeyCommand `cmd:"" help:"Revoke an access key: the next request with it is refused." example:"heliograph credentials revoke AKIAIOSFODNN7EXAMPLE --account 111122223333"`
	ResetRoot resetRootCommand `cmd:"" help:"Replace the root keys of account 000000000000, while no server runs on the data folder." example:"heliograph credentials reset-root --data /var/lib/heliograph"`
}

type createKeyCommand struct {
	Account string `required:"" xor:"whose" placeholder:"ID" help:"The account, twelve digits."`
	Metrics bool   `required:"" xor:"whose" help:"A key that reads /metrics of the server alone."`
	Output  string `enum:"env,json" default:"env" help:"Lines for a shell (env), or json."`
}

// Run makes a key.
func (c createKeyCommand) Run(ctx context.Context, env cli.Environment) error {
	if c.Metrics {
		return cli.CreateMetricsKey(ctx, env, c.Output)
	}
	return cli.CreateKey(ctx, env, c.Account, c.Output)
}

type listKeysCommand struct {
	Account string `required:"" placeholder:"ID" help:"The account, twelve digits."`
	Output  string `enum:"table,json" default:"table" help:"A table, or json."`
}

// Run lists keys.
func (c listKeysCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ListKeys(ctx, env, c.Account, c.Output)
}

type revokeKeyCommand struct {
	Key     string `arg:"" name:"key-id" help:"The access key's id."`
	Account string `required:"" placeholder:"ID" help:"The account, twelve digits."`
}

// Run revokes a key.
func (c revokeKeyCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.RevokeKey(ctx, env, c.Account, c.Key)
}

type resetRootCommand struct {
	Data    string `placeholder:"DIR" help:"The server's data folder (HELIOGRAPH_DATA); default ./heliograph-data."`
	KeyFile string `placeholder:"FILE" help:"The server's key file (HELIOGRAPH_KEY_FILE); default DIR/key."`
}

// Run works on the data folder, without a server.
func (c resetRootCommand) Run(ctx context.Context, env cli.Environment) error {
	settings, err := config.Settings{Data: c.Data, KeyFile: c.KeyFile}.Resolve(os.LookupEnv)
	if err != nil {
		return cli.Usagef("%v", err)
	}
	reset, err := app.ResetRoot(ctx, settings, time.Now)
	if err != nil {
		return err
	}
	for _, id := range reset.Removed {
		fmt.Fprintf(env.Stdout, "removed the root key %s\n", id)
	}
	fmt.Fprintf(env.Stdout, "the new root key of account %s, %s, is in %s\n", account.Operator, reset.KeyID, reset.Credentials)
	if root := account.RootFrom(os.LookupEnv); root.ID != "" {
		fmt.Fprintf(env.Stderr, "Note: HELIOGRAPH_ROOT_ACCESS_KEY_ID is set here: a server that starts with it takes that key too (%s).\n", root.ID)
	}
	return nil
}

// provisionCommand is what a provider does for a customer.
type provisionCommand struct {
	SenderID    provisionSenderCommand `cmd:"" name:"sender-id" help:"Put a sender ID into an account and Region." example:"heliograph provision sender-id SENDER --country IN --account 111122223333 --region eu-west-3 --registered --carrier acme"`
	PhoneNumber provisionNumberCommand `cmd:"" name:"phone-number" help:"Lease a number of the inventory to an account and Region." example:"heliograph provision phone-number +12065550142 --account 111122223333 --region eu-west-3"`
}

type holder struct {
	Account string `required:"" placeholder:"ID" help:"The account, twelve digits."`
	Region  string `required:"" placeholder:"NAME" help:"The Region, as in eu-west-3."`
}

type provisionSenderCommand struct {
	SenderID     string `arg:"" name:"sender-id" help:"The sender ID, spelled as carriers have it."`
	Country      string `required:"" placeholder:"CC" help:"The country, two letters, as in IN."`
	holder       `embed:""`
	Registered   bool     `help:"It is registered where the country demands it."`
	MessageTypes []string `placeholder:"TYPE" help:"TRANSACTIONAL, PROMOTIONAL; default both."`
	Carrier      []string `placeholder:"NAME[=AS]" sep:"none" help:"A carrier that knows it, and what it is called there; can be repeated. Default all."`
}

// Run provisions.
func (c provisionSenderCommand) Run(ctx context.Context, env cli.Environment) error {
	carriers, err := cli.ParseCarriers(c.Carrier)
	if err != nil {
		return err
	}
	return cli.ProvisionSender(ctx, env, cli.SenderProvision{
		Account: c.Account, Region: c.Region, SenderID: c.SenderID, Country: strings.ToUpper(c.Country),
		Registered: c.Registered, MessageTypes: c.MessageTypes, Carriers: carriers,
	})
}

type provisionNumberCommand struct {
	Number      string `arg:"" help:"The number, as in +12065550142."`
	holder      `embed:""`
	MessageType string `placeholder:"TYPE" help:"TRANSACTIONAL or PROMOTIONAL; default the inventory's."`
}

// Run provisions.
func (c provisionNumberCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.ProvisionNumber(ctx, env, cli.NumberProvision{
		Account: c.Account, Region: c.Region, Number: c.Number, MessageType: c.MessageType,
	})
}
