package compat

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// step is a command of the transcript and what it prints.
type step struct {
	command string
	output  string
}

// transcript reads the recorded script: its head says how.
func transcript(t *testing.T) []step {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "first_minute.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for line := range strings.Lines(string(text)) {
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case begins:
			steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
		case len(steps) > 0:
			steps[len(steps)-1].output += line
		}
	}
	if len(steps) == 0 || !strings.HasPrefix(steps[0].command, "heliograph dev") {
		t.Fatal("the transcript does not begin with heliograph dev")
	}
	return steps
}

// placeholders stand for what differs from run to run. A thing keeps its number
// through the whole transcript.
type placeholders struct {
	kinds  []kind
	values map[string]string // by placeholder
	names  map[string]string // by value
}

type kind struct {
	name    string
	pattern *regexp.Regexp // its first group is replaced
}

func newPlaceholders() *placeholders {
	return &placeholders{
		kinds: []kind{
			{"port", regexp.MustCompile(`127\.0\.0\.1:([0-9]+)`)},
			{"pool", regexp.MustCompile(`pool-([0-9a-f]{32})`)},
			{"message", regexp.MustCompile(`([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`)},
		},
		values: map[string]string{}, names: map[string]string{},
	}
}

// instant is a time in a record, in milliseconds.
var instant = regexp.MustCompile(`Timestamp":[0-9]{13}\b`)

var timeOfDay = regexp.MustCompile(`\b[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\b`)

// hide puts placeholders into a text.
func (p *placeholders) hide(text string) string {
	for _, k := range p.kinds {
		for _, found := range k.pattern.FindAllStringSubmatch(text, -1) {
			name, known := p.names[k.name+found[1]]
			if !known {
				number := 1
				for p.values[fmt.Sprintf("<%s %d>", k.name, number)] != "" {
					number++
				}
				name = fmt.Sprintf("<%s %d>", k.name, number)
				p.names[k.name+found[1]], p.values[name] = name, found[1]
			}
			text = strings.ReplaceAll(text, found[0], strings.Replace(found[0], found[1], name, 1))
		}
	}
	text = instant.ReplaceAllString(text, `Timestamp":<time>`)
	return timeOfDay.ReplaceAllString(text, "<time>")
}

// fill puts what was seen in the place of placeholders.
func (p *placeholders) fill(text string) string {
	for name, value := range p.values {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

// newcomer is somebody's two terminals.
type newcomer struct {
	t        *testing.T
	path     string // of the shell: heliograph, then the AWS CLI
	home     string
	pasted   string // the lines that dev printed
	seen     *placeholders
	recorded strings.Builder
	failed   bool
}

// newNewcomer has the program under test and one AWS CLI.
func newNewcomer(t *testing.T, aws string) *newcomer {
	t.Helper()
	program, err := filepath.Abs(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	if err := os.Symlink(program, filepath.Join(tools, "heliograph")); err != nil {
		t.Fatal(err)
	}
	n := &newcomer{t: t, home: t.TempDir(), seen: newPlaceholders()}
	n.path = strings.Join([]string{tools, filepath.Dir(aws), os.Getenv("PATH")}, string(os.PathListSeparator))
	return n
}

// shell is a terminal in which the AWS variables of another job are set.
func (n *newcomer) shell(line string) *exec.Cmd {
	command := exec.Command("/bin/sh", "-c", line)
	command.Env = append(withoutAWS(os.Environ()), "PATH="+n.path, "HOME="+n.home, "AWS_PROFILE=work", "AWS_SESSION_TOKEN=old")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// compare holds an output against the recorded one, line by line.
func (n *newcomer) compare(s step, output string) {
	n.t.Helper()
	output = n.seen.hide(output)
	fmt.Fprintf(&n.recorded, "$ %s\n%s", s.command, output)
	if output == s.output {
		return
	}
	n.failed = true
	n.t.Errorf("$ %s\n%s", s.command, difference(strings.Split(s.output, "\n"), strings.Split(output, "\n")))
}

// openDev types `heliograph dev` and reads until the console's address, the
// last of what it prints. It keeps running.
func (n *newcomer) openDev(line string) (first string, stop func()) {
	n.t.Helper()
	printed := newScreen("\nConsole ")
	command := n.shell("exec " + line + " --listen 127.0.0.1:0 --console-listen 127.0.0.1:0")
	command.Stdout, command.Stderr = printed, printed
	if err := command.Start(); err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	n.t.Cleanup(func() { _ = command.Process.Kill() })
	select {
	case <-printed.complete:
	case err := <-ended:
		n.t.Fatalf("dev ended: %v\n%s", err, printed.text())
	case <-time.After(patience):
		n.t.Fatalf("dev did not print all\n%s", printed.text())
	}
	first = printed.text()
	for line := range strings.Lines(first) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "export ") || strings.HasPrefix(line, "unset ") {
			n.pasted += line + "\n"
		}
	}
	return first, func() {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			n.t.Error(err)
		}
		select {
		case err := <-ended:
			if err != nil || printed.text() != first {
				n.t.Errorf("Ctrl-C: %v; printed in the meantime: %q", err, strings.TrimPrefix(printed.text(), first))
			}
		case <-time.After(patience):
			n.t.Error("Ctrl-C did not end dev")
		}
	}
}

// run types one line into the second terminal.
func (n *newcomer) run(s step) {
	n.t.Helper()
	var printed bytes.Buffer
	command := n.shell(n.pasted + n.seen.fill(s.command))
	command.Stdout, command.Stderr = &printed, &printed
	if err := command.Run(); err != nil {
		fmt.Fprintf(&printed, "(%v)\n", err)
	}
	n.compare(s, printed.String())
}

// TestFirstMinuteIsAsRecorded types what a newcomer types, with the lines that
// `dev` prints pasted, and compares every command's whole output. It also is
// the one test that asserts times: a newcomer does not wait.
func TestFirstMinuteIsAsRecorded(t *testing.T) {
	clients := map[string]string{"debian-awscli": debianCLI}
	if path, err := exec.LookPath("aws"); err == nil && path != debianCLI {
		clients["awscli-in-path"] = path
	}
	for name, aws := range clients {
		t.Run(name, func(t *testing.T) {
			steps := transcript(t)
			for _, slow := range bestMinute(t, aws, steps).slow(steps) {
				t.Error(slow)
			}
		})
	}
}

// TestWhatDevPrintsCanBePasted pastes the example that follows the lines for
// the environment, as it stands.
func TestWhatDevPrintsCanBePasted(t *testing.T) {
	for _, line := range []string{"heliograph dev", "heliograph dev --empty"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			n := newNewcomer(t, debianCLI)
			printed, stop := n.openDev(line)
			_, example, _ := strings.Cut(printed, "look at the handset:\n")
			example, _, _ = strings.Cut(example, "\n\n")
			shown, err := n.shell("set -e\n" + n.pasted + example).CombinedOutput()
			if err != nil || !strings.Contains(string(shown), "│ Hello") || !strings.Contains(string(shown), "DELIVERED") {
				t.Errorf("%s\n%v\n%s", example, err, shown)
			}
			stop()
		})
	}
}
