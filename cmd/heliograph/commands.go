package main

import (
	"context"
	"fmt"
	"time"

	"heliograph/api/model"
	"heliograph/cli"
	"heliograph/config"
)

const about = `A self-hosted SMS service whose API is Amazon Pinpoint SMS and Voice v2 (AWS End User Messaging).

Try it: "heliograph dev" in one terminal; in another
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  heliograph api send-text-message --destination-phone-number +12065550199 --message-body Hello
  heliograph handset +12065550199`

// commandLine is what can be typed.
type commandLine struct {
	Dev     devCommand     `cmd:"" help:"Start a server for trying it out, in a temporary folder. Example: heliograph dev -- ./my-tests"`
	Serve   serveCommand   `cmd:"" help:"Start the server. Example: heliograph serve --data /var/lib/heliograph --config heliograph.yaml"`
	Check   checkCommand   `cmd:"" help:"Check a configuration file. Example: heliograph check heliograph.yaml"`
	API     apiCommand     `cmd:"" name:"api" help:"Call any operation, named and flagged as in the AWS CLI. Example: heliograph api describe-sender-ids"`
	Handset handsetCommand `cmd:"" help:"Show, wait for, or answer messages on a simulated handset. Example: heliograph handset +12065550199 --wait 5s"`
	Version versionCommand `cmd:"" help:"Show version, commit, and version of the API's model."`
}

// apiCommand stands here for the help alone: see run.
type apiCommand struct {
	Words []string `arg:"" optional:"" name:"operation" help:"heliograph api --help lists the operations."`
}

type checkCommand struct {
	File string `arg:"" help:"The YAML file."`
}

// Run validates the file without starting anything.
func (c checkCommand) Run(env cli.Environment) error {
	if _, err := config.Load(c.File); err != nil {
		return err
	}
	_, err := fmt.Fprintf(env.Stdout, "%s is valid\n", c.File)
	return err
}

type handsetCommand struct {
	Number string        `arg:"" help:"The handset's number, as in +12065550199."`
	Wait   time.Duration `help:"Wait this long for a first message, and for its receipt."`
	Reply  string        `help:"What the person answers; with --to."`
	To     string        `help:"Whom the person answers: a number that the handset shows."`
}

// Run shows or answers.
func (c handsetCommand) Run(ctx context.Context, env cli.Environment) error {
	return cli.Handset(ctx, env, cli.HandsetOptions{Number: c.Number, Wait: c.Wait, Reply: c.Reply, To: c.To})
}

type versionCommand struct{}

// Run prints one line.
func (versionCommand) Run(env cli.Environment) error {
	m, err := model.Load()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "heliograph %s (commit %s), API model %s with %d operations\n", version, commit, m.APIVersion, len(m.Operations))
	return err
}
