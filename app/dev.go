package app

import (
	"cmp"
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
	temporary := options.Settings.Data == ""
	if temporary {
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
	options.Dev = true
	a, err := New(ctx, options)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if len(command) == 0 {
		a.printDev(ctx, temporary)
		return a.wait(ctx)
	}
	ran := a.runCommand(ctx, command)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return errors.Join(ran, a.wait(ended))
}

// examplePrices gives `dev` prices where the file has none.
func examplePrices(file *config.File) error {
	if len(file.Prices) > 0 {
		return nil
	}
	price, err := config.ParseUSD(examplePrice)
	if err != nil {
		return err
	}
	file.Prices = []config.Price{{Country: "US", TextPart: price}}
	return nil
}

// environment is what a program needs to reach this server.
func (a *App) environment() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.APIURL(),
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1", // the only one that AWS CLI 1 reads
		"HELIOGRAPH_CONSOLE_URL=" + a.ConsoleURL(),
	}
}

// withoutAWS drops what would lead a client past the environment given to it: an
// old session token, a profile, another endpoint.
func withoutAWS(environment []string) []string {
	return slices.DeleteFunc(environment, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
			"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS":
			return true
		}
		return false
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
func (a *App) printDev(ctx context.Context, temporary bool) {
	out, program := a.options.Stdout, cmp.Or(a.options.Program, "heliograph")
	fmt.Fprintf(out, "Heliograph, for trying it out. %s\n\n", a.promise(temporary))
	a.printHoldings(ctx, out)
	if prices := a.options.File.Prices; len(prices) == 1 { // the example; who wrote a list knows it
		fmt.Fprintf(out, "A text to %s costs %s US dollars a part.\n", prices[0].Country, prices[0].TextPart)
	}
	fmt.Fprintln(out, "\nPaste into another terminal:")
	fmt.Fprintln(out, "  unset AWS_SESSION_TOKEN AWS_PROFILE")
	for _, line := range a.environment() {
		fmt.Fprintln(out, "  export "+line)
	}
	fmt.Fprintln(out, "\nThen send a text and look at the handset:")
	if !a.options.Seed {
		fmt.Fprint(out, `  aws --endpoint-url $AWS_ENDPOINT_URL pinpoint-sms-voice-v2 request-phone-number --iso-country-code US \
      --message-type TRANSACTIONAL --number-capabilities SMS --number-type LONG_CODE
`)
	}
	fmt.Fprintf(out, `  aws --endpoint-url $AWS_ENDPOINT_URL pinpoint-sms-voice-v2 send-text-message \
      --destination-phone-number +12065550199 --message-body Hello
  %[1]s handset +12065550199 --wait 5s

  An AWS CLI from 1.29.0 or 2.13.0 on does without --endpoint-url: it reads the variable
  No AWS CLI: "%[1]s api send-text-message …" takes the same flags
  Tests side by side: any 12 digits as access key id, with secret test, are an account of their own,
  which starts with nothing

`, program)
	a.printAddresses()
}

// promise is what somebody who tries it out wants to know first.
func (a *App) promise(temporary bool) string {
	reach := "Nothing leaves this computer"
	for _, c := range a.options.File.Carriers {
		if c.Type != config.Simulator {
			reach = "Messages go to the carriers of the configuration file"
		}
	}
	if temporary {
		return reach + "; Ctrl-C stops it and forgets everything."
	}
	return reach + "; Ctrl-C stops it, and " + a.options.Settings.Data + " keeps what there is."
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
