package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
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
	crowds   crowds
	callers  int // of the crowd that is measured now
	binds    int
	window   int
	patience time.Duration
	optOuts  int // numbers on an opt-out list, 0 = this is not measured
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
	if s.optOuts > 0 {
		return compareOptOuts(ctx, s)
	}
	for _, s.callers = range s.crowds {
		report, err := compare(ctx, s)
		if err != nil {
			return err
		}
		if _, err := fmt.Print(report.text()); err != nil {
			return err
		}
	}
	return nil
}

func readSettings(args []string) (settings, error) {
	s := settings{crowds: crowds{16, 64}}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.StringVar(&s.binary, "binary", "bin/heliograph", "the gateway under test")
	flags.StringVar(&s.dir, "dir", "bin", "folder on the disk to measure; a temporary folder is made in it")
	flags.StringVar(&s.only, "only", "", "product or limit: measure that side alone")
	flags.IntVar(&s.rounds, "rounds", 5, "rounds of each side, alternating")
	flags.IntVar(&s.messages, "messages", 20000, "messages a round")
	flags.Var(&s.crowds, "callers", "concurrent closed-loop callers, one comparison for each number")
	flags.IntVar(&s.binds, "binds", 2, "SMPP sessions with the sink")
	flags.IntVar(&s.window, "window", 50, "unanswered submit_sm on a session")
	flags.DurationVar(&s.patience, "patience", 2*time.Minute, "longest time a round may take")
	flags.IntVar(&s.optOuts, "opt-outs", 0, "measure instead what accepting costs with so many numbers on an opt-out list, against an empty one")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q; -h lists the flags", flags.Arg(0))
	}
	if s.only != "" && s.only != "product" && s.only != "limit" {
		return s, fmt.Errorf("-only is product or limit, not %q", s.only)
	}
	if min(s.rounds, s.messages, slices.Min(s.crowds), s.binds, s.window) < 1 {
		return s, fmt.Errorf("-rounds, -messages, -callers, -binds and -window are 1 or more")
	}
	return s, nil
}

// crowds are the numbers of callers to compare with, written as "16,64".
type crowds []int

// String writes the numbers as the flag takes them.
func (c *crowds) String() string {
	words := make([]string, len(*c))
	for i, n := range *c {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

// Set reads the flag.
func (c *crowds) Set(text string) error {
	*c = nil
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("%q is no number", word)
		}
		*c = append(*c, n)
	}
	return nil
}
