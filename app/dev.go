package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"heliograph/account"
	"heliograph/config"
)

// examplePrice is what `dev` charges for a message part to the United States.
const examplePrice = "0.00581"

// Dev runs a server for trying it out, in a temporary folder unless the
// options name one, until ctx ends or, with a command, until that ends: its
// exit status is in the *exec.ExitError that is returned.
func Dev(ctx context.Context, options Options, command []string) error {
	if options.Settings.Data == "" {
		folder, err := os.MkdirTemp("", "heliograph-dev-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		options.Settings.Data = folder
	}
	if options.Settings.KeyFile == "" {
		options.Settings.KeyFile = filepath.Join(options.Settings.Data, "key")
	}
	if err := devDefaults(&options); err != nil {
		return err
	}
	a, err := New(ctx, options)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if len(command) == 0 {
		a.printDev(ctx)
		return a.wait(ctx)
	}
	ran := a.runCommand(ctx, command)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return errors.Join(ran, a.wait(ended))
}

// devDefaults gives prices where the file has none.
func devDefaults(options *Options) error {
	options.Dev = true
	if len(options.File.Prices) > 0 {
		return nil
	}
	price, err := config.ParseUSD(examplePrice)
	if err != nil {
		return err
	}
	options.File.Prices = []config.Price{{Country: "US", TextPart: price}}
	return nil
}

// environment is what a program needs to reach this server.
func (a *App) environment() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.APIURL(),
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"HELIOGRAPH_CONSOLE_URL=" + a.ConsoleURL(),
	}
}

// withoutAWS drops what would lead a client past the environment given to it: an
// old session token, a profile.
func withoutAWS(environment []string) []string {
	return slices.DeleteFunc(environment, func(v string) bool {
		return strings.HasPrefix(v, "AWS_SESSION_TOKEN=") || strings.HasPrefix(v, "AWS_PROFILE=")
	})
}

// runCommand runs a program with the environment set; its standard streams are
// this program's.
func (a *App) runCommand(ctx context.Context, command []string) error {
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Env = append(withoutAWS(os.Environ()), a.environment()...)
	run.Stdin, run.Stdout, run.Stderr = os.Stdin, a.options.Stdout, os.Stderr
	return run.Run()
}

// printDev tells what there is and what to paste.
func (a *App) printDev(ctx context.Context) {
	out := a.options.Stdout
	fmt.Fprintln(out, "Heliograph, for trying it out. Nothing leaves this computer; Ctrl-C stops it and forgets everything.")
	fmt.Fprintln(out)
	a.printHoldings(ctx, out)
	fmt.Fprintln(out, "\nPaste into another terminal:")
	fmt.Fprintln(out, "  unset AWS_SESSION_TOKEN AWS_PROFILE")
	for _, line := range a.environment() {
		if line != "AWS_DEFAULT_REGION=us-east-1" {
			fmt.Fprintln(out, "  export "+line)
		}
	}
	fmt.Fprintf(out, `
Then send a text and look at the handset:
  aws pinpoint-sms-voice-v2 send-text-message --destination-phone-number +12065550199 --message-body Hello
  heliograph handset +12065550199 --wait 5s
AWS CLIs before 1.29.0 and 2.13.0 do not read AWS_ENDPOINT_URL: add --endpoint-url %s
No AWS CLI? "heliograph api send-text-message …" takes the same flags. Parallel tests: any 12-digit access key id
with secret "test" is an account of its own.

`, a.APIURL())
	a.printAddresses()
}

// printHoldings lists what the operator's account starts with.
func (a *App) printHoldings(ctx context.Context, out io.Writer) {
	scope := devScope()
	if !a.options.Seed {
		fmt.Fprintf(out, "Account %s (key test, secret test) starts with nothing.\n", account.Operator)
		return
	}
	held, err := a.identities.Identities(ctx, scope)
	if err != nil {
		a.options.Log.ErrorContext(ctx, "what the account starts with cannot be read", "error", err)
		return
	}
	fmt.Fprintf(out, "Account %s (key test, secret test) starts with:\n", account.Operator)
	for _, n := range held.Numbers {
		fmt.Fprintf(out, "  phone number  %s (%s, fictitious)\n", n.Number, n.ISOCountryCode)
	}
	for _, p := range held.Pools {
		fmt.Fprintf(out, "  pool          %s, with that number\n", p.ID)
	}
	for _, s := range held.Senders {
		fmt.Fprintf(out, "  sender ID     %s for %s, registered\n", s.Spelling, s.ISOCountryCode)
	}
}
