// Command heliograph is a self-hosted SMS service whose API is the Amazon
// Pinpoint SMS and Voice API v2: the server, its configuration check and the
// commands that speak to a running server. It parses the command line and
// leaves all work to the packages app and cli.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"heliograph/cli"
)

// Set by the linker: see the Makefile.
var (
	version = "unknown"
	commit  = "unknown"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// The heap of a gateway is small beside what a message allocates and
		// drops: collecting at four times the live heap costs some memory and
		// gives a tenth of the CPU time to messages.
		debug.SetGCPercent(400)
	}
	ctx, stop := signalled()
	defer stop()
	env := cli.Environment{Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(run(ctx, env, os.Args[1:]))
}

// signalled ends the context at the first SIGINT or SIGTERM; a second one ends
// the process at once.
func signalled() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(1)
	}()
	return ctx, cancel
}

// run parses and executes a command line and gives the exit status: 0, 1 with
// one line on standard error, 2 for wrong usage.
func run(ctx context.Context, env cli.Environment, args []string) int {
	if len(args) > 0 && args[0] == "api" { // its flags come from the API's model
		return status(env.Stderr, cli.API(ctx, env, args[1:]))
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	exited := -1
	parser, err := kong.New(&commandLine{}, kong.Name("heliograph"), kong.Description(about), kong.UsageOnError(),
		kong.Writers(env.Stdout, env.Stderr), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Help(printHelp),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(env))
	if err != nil {
		return status(env.Stderr, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "heliograph: %v (%s --help)\n", err, typed(parser, args))
		return 2
	}
	return status(env.Stderr, parsed.Run())
}

// typed is the command whose help fits a wrong line.
func typed(parser *kong.Kong, args []string) string {
	node, path := parser.Model.Node, "heliograph"
	for _, word := range args {
		next := slices.IndexFunc(node.Children, func(command *kong.Node) bool { return command.Name == word })
		if next < 0 {
			break
		}
		node = node.Children[next]
		path += " " + word
	}
	return path
}

// childStatus is that of the command after `dev --`; 128 and the signal's number
// when one ended it, as in a shell.
func childStatus(child *exec.ExitError) int {
	if state, ok := child.Sys().(syscall.WaitStatus); ok && state.Signaled() {
		return 128 + int(state.Signal())
	}
	return child.ExitCode()
}

// status prints what went wrong and gives the exit status.
func status(stderr io.Writer, err error) int {
	var child *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &child):
		return childStatus(child)
	case cli.IsUsage(err):
		fmt.Fprintln(stderr, "heliograph:", err)
		return 2
	default:
		fmt.Fprintln(stderr, "heliograph:", err)
		return 1
	}
}
