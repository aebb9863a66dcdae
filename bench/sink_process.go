package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// counts are what a sink has seen since its start.
type counts struct{ submitted, acknowledged, refused int }

func (c counts) since(before counts) counts {
	return counts{c.submitted - before.submitted, c.acknowledged - before.acknowledged, c.refused - before.refused}
}

// sink is the sink SMSC's process as this one sees it.
type sink struct {
	command *exec.Cmd
	address string
	in      io.WriteCloser
	lines   chan string // closed when the process ends
}

func startSink(ctx context.Context) (*sink, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &sink{command: exec.CommandContext(ctx, own, sinkCommand), lines: make(chan string)}
	s.command.Stderr = os.Stderr
	if s.in, err = s.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	if _, err := fmt.Sscanf(<-s.lines, "listening %s", &s.address); err != nil {
		s.stop()
		return nil, fmt.Errorf("the sink did not start: %w", err)
	}
	return s, nil
}

func (s *sink) pid() int { return s.command.Process.Pid }

// await waits until n receipts are acknowledged since the sink's start. When ctx
// ends first its cause comes with the counts of that moment.
func (s *sink) await(ctx context.Context, n int) (c counts, err error) {
	if _, err := fmt.Fprintf(s.in, "await %d\n", n); err != nil {
		return c, fmt.Errorf("sink: %w", err)
	}
	var line string
	select {
	case line = <-s.lines:
	case <-ctx.Done():
		err = context.Cause(ctx)
		if _, err := fmt.Fprintln(s.in, "now"); err != nil {
			return c, fmt.Errorf("sink: %w", err)
		}
		line = <-s.lines
	}
	if _, scanned := fmt.Sscanf(line, "counts %d %d %d", &c.submitted, &c.acknowledged, &c.refused); scanned != nil {
		return c, errors.Join(err, fmt.Errorf("sink: %w", scanned))
	}
	return c, err
}

// stop ends the process: it serves until its input ends.
func (s *sink) stop() {
	s.in.Close()
	for range s.lines {
		// Nothing more is asked; the last answer may still come.
	}
	_ = s.command.Wait() // what it served is measured already
}
