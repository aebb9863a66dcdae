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

Try it: "heliograph dev" in one terminal, and what it prints in another. Commands speak to a server
on this computer, or where HELIOGRAPH_CONSOLE_URL says (api: AWS_ENDPOINT_URL), with the key of the
AWS variables or profile.`

// commandLine is what can be typed: a part of the help, and an example, each.
type commandLine struct {
	Dev     devCommand     `cmd:"" part:"Try and test" help:"Start a server for trying it out, in a temporary folder." example:"heliograph dev -- ./my-tests"`
	API     apiCommand     `cmd:"" name:"api" part:"Try and test" help:"Call any operation, named and flagged as in the AWS CLI." example:"heliograph api send-text-message --destination-phone-number +12065550199 --message-body Hello"`
	Handset handsetCommand `cmd:"" part:"Try and test" help:"Show, wait for, or answer messages on a simulated handset." example:"heliograph handset +12065550199 --wait 5s"`

	Serve  serveCommand  `cmd:"" part:"Run" help:"Start the server." example:"heliograph serve --data /var/lib/heliograph --config heliograph.yaml"`
	Check  checkCommand  `cmd:"" part:"Run" help:"Check a configuration file." example:"heliograph check heliograph.yaml"`
	Reload reloadCommand `cmd:"" part:"Run" help:"Make a running server read its configuration file again." example:"heliograph reload"`

	Carriers carriersCommand `cmd:"" part:"Watch and steer" help:"Tell of carriers and what is wrong with them; pause, drain, slow or empty one." example:"heliograph carriers"`
	Route    routeCommand    `cmd:"" part:"Watch and steer" help:"Tell which sender and carrier a message would get, and why." example:"heliograph route explain --to +33612345678"`
	Cancel   cancelCommand   `cmd:"" part:"Watch and steer" help:"Cancel a message that waits to be sent." example:"heliograph cancel 01a20b82-3d8c-7a62-b949-7dec392307f1 --reason \"wrong people\""`
	Events   eventsCommand   `cmd:"" part:"Watch and steer" help:"Show events of messages, what waits for its target, and what did not get there." example:"heliograph events --follow"`
	Trace    traceCommand    `cmd:"" part:"Watch and steer" help:"Show the PDUs to and from one number." example:"heliograph trace +12065550142 --for 5m --reason \"ticket 4711\""`

	Credentials credentialsCommand `cmd:"" part:"Serve customers" help:"Make, list and revoke access keys of an account; replace a lost root key." example:"heliograph credentials create --account 111122223333"`
	Provision   provisionCommand   `cmd:"" part:"Serve customers" help:"Put a registered sender ID or a phone number into an account." example:"heliograph provision phone-number +12065550142 --account 111122223333 --region eu-west-3"`
	OptOuts     optOutsCommand     `cmd:"" name:"opt-outs" part:"Serve customers" help:"List or import the numbers on an opt-out list." example:"heliograph opt-outs import numbers.txt --account 111122223333 --region eu-west-3"`
	Messages    messagesCommand    `cmd:"" part:"Serve customers" help:"Search messages, or tell of one what became of it and why." example:"heliograph messages --state UNREACHABLE --since 24h"`
	Audit       auditCommand       `cmd:"" part:"Serve customers" help:"Tell who changed what." example:"heliograph audit --account 111122223333 --since 7d"`

	Version versionCommand `cmd:"" part:"About" help:"Show version, commit, and version of the API's model." example:"heliograph version"`
}

// apiCommand stands here for the help alone: see run.
type apiCommand struct {
	Words []string `arg:"" optional:"" name:"operation" help:"One of those that heliograph api --help lists."`
}

type checkCommand struct {
	File string `arg:"" help:"The YAML file."`
}

// Run validates the file without starting anything.
func (c checkCommand) Run(env cli.Environment) error {
	file, err := config.Load(c.File)
	if err != nil {
		return err
	}
	for _, w := range file.Warnings() {
		fmt.Fprintf(env.Stderr, "Warning: %v\n", w)
	}
	_, err = fmt.Fprintf(env.Stdout, "%s is valid\n", c.File)
	return err
}

type handsetCommand struct {
	Number string        `arg:"" help:"The handset's number, as in +12065550199."`
	Wait   time.Duration `help:"Wait this long for a first message, or for what comes back after --reply, and for its receipt."`
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
