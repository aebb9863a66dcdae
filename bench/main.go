package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// sinkCommand makes this binary the sink SMSC; the measuring process starts
// itself with it.
const sinkCommand = "sink"

// settings are the command's flags.
type settings struct {
	binary   string
	dir      string
	only     string
	rounds   int
	messages int
	callers  int
	binds    int
	window   int
	patience time.Duration
}

func main() {
	// Collecting less often keeps generator and sink out of the way of what is
	// measured; their heaps are small.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if len(os.Args) == 2 && os.Args[1] == sinkCommand {
		return runSink(os.Stdin, os.Stdout)
	}
	s, err := readSettings(os.Args[1:])
	if err != nil {
		return err
	}
	report, err := compare(ctx, s)
	if err != nil {
		return err
	}
	_, err = fmt.Print(report.text())
	return err
}

func readSettings(args []string) (settings, error) {
	s := settings{}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.StringVar(&s.binary, "binary", "bin/heliograph", "the gateway under test")
	flags.StringVar(&s.dir, "dir", "bin", "folder on the disk to measure; a temporary folder is made in it")
	flags.StringVar(&s.only, "only", "", "product or limit: measure that side alone")
	flags.IntVar(&s.rounds, "rounds", 5, "rounds of each side, alternating")
	flags.IntVar(&s.messages, "messages", 20000, "messages a round")
	flags.IntVar(&s.callers, "callers", 64, "concurrent closed-loop callers")
	flags.IntVar(&s.binds, "binds", 2, "SMPP sessions with the sink")
	flags.IntVar(&s.window, "window", 50, "unanswered submit_sm on a session")
	flags.DurationVar(&s.patience, "patience", 2*time.Minute, "longest time a round may take")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q; -h lists the flags", flags.Arg(0))
	}
	if s.only != "" && s.only != "product" && s.only != "limit" {
		return s, fmt.Errorf("-only is product or limit, not %q", s.only)
	}
	if min(s.rounds, s.messages, s.callers, s.binds, s.window) < 1 {
		return s, fmt.Errorf("-rounds, -messages, -callers, -binds and -window are 1 or more")
	}
	return s, nil
}
