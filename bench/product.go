package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	rootKey    = "AKIABENCHROOT0000001"
	rootSecret = "bench-root-secret"
	// startTime bounds the gateway's start, stopTime its drain: serve stops within
	// ten seconds of SIGTERM.
	startTime = 30 * time.Second
	stopTime  = 15 * time.Second
)

// product is the gateway's process, `heliograph serve` with the sink as its
// carrier.
type product struct {
	command *exec.Cmd
	host    string        // of the API
	log     string        // file of its standard error
	exited  chan struct{} // closed when the process has ended; status is how
	status  error
}

func startProduct(ctx context.Context, s settings, dir, smsc string) (side, error) {
	if _, err := os.Stat(s.binary); err != nil {
		return nil, fmt.Errorf("no gateway to measure: %w (make build makes it)", err)
	}
	file := filepath.Join(dir, "heliograph.yaml")
	if err := os.WriteFile(file, []byte(configuration(s, smsc)), 0o600); err != nil {
		return nil, err
	}
	p := &product{log: filepath.Join(dir, "gateway.log"), exited: make(chan struct{})}
	p.command = exec.CommandContext(ctx, s.binary, "serve", "--data", filepath.Join(dir, "data"),
		"--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0", "--config", file)
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = stopTime
	p.command.Env = environment()
	return p, p.start()
}

// configuration makes the sink the only carrier. Nobody registered the sender ID,
// so the carrier passes such ones.
func configuration(s settings, smsc string) string {
	return fmt.Sprintf(`carriers:
  - name: bench
    type: smpp
    address: %s
    system_id: bench
    password: ${BENCH_SMSC_PASSWORD}
    binds: %d
    window: %d
    unregistered_sender: pass
`, smsc, s.binds, s.window)
}

// environment is this process's without what would change the gateway's flags.
func environment() []string {
	kept := []string{}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "HELIOGRAPH_") {
			kept = append(kept, variable)
		}
	}
	return append(kept, "HELIOGRAPH_ROOT_ACCESS_KEY_ID="+rootKey,
		"HELIOGRAPH_ROOT_SECRET_ACCESS_KEY="+rootSecret, "BENCH_SMSC_PASSWORD=bench")
}

func (p *product) start() error {
	log, err := os.Create(p.log)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has its own copy
	p.command.Stderr = log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.command.Start(); err != nil {
		return err
	}
	ready := make(chan string, 1)
	go func() {
		if host, ok := readAddress(stdout); ok {
			ready <- host
		}
		_, _ = io.Copy(io.Discard, stdout) // the program must never block on it
		p.status = p.command.Wait()
		close(p.exited)
	}()
	select {
	case p.host = <-ready:
		return nil
	case <-p.exited:
		return p.explain(errors.Join(errors.New("the gateway ended before it was ready"), p.status))
	case <-time.After(startTime):
		p.stop()
		return p.explain(errors.New("the gateway printed no addresses"))
	}
}

// readAddress reads the program's output up to the console's line, which is the
// last of the two, and gives host and port of the API.
func readAddress(stdout io.Reader) (host string, ok bool) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) < 2:
		case fields[0] == "API":
			host = strings.TrimPrefix(fields[1], "http://")
		case fields[0] == "Console":
			return host, host != ""
		}
	}
	return "", false
}

// explain adds the end of the gateway's log, whose folder is about to go.
func (p *product) explain(err error) error {
	log, readErr := os.ReadFile(p.log)
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	const tail = 2000
	return fmt.Errorf("%w\n%s", err, log[max(0, len(log)-tail):])
}

func (p *product) pid() int { return p.command.Process.Pid }

func (p *product) callers(ctx context.Context, n int) ([]caller, func(), error) {
	made := []caller{}
	done := func() {
		for _, c := range made {
			c.(*httpCaller).conn.Close()
		}
	}
	for range n {
		c, err := dialCaller(ctx, p.host, rootKey, rootSecret)
		if err != nil {
			done()
			return nil, nil, err
		}
		made = append(made, c)
	}
	return made, done, nil
}

// stop ends the gateway in good order, or at once when it does not.
func (p *product) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.exited:
	case <-time.After(stopTime):
		_ = p.command.Process.Kill()
		<-p.exited
	}
}
