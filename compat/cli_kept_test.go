package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// keptCLI is an AWS CLI in a process that goes on from call to call: to start
// it takes Python longer than the call itself. Calls are made one after another.
type keptCLI struct {
	in     *json.Encoder
	out    *json.Decoder
	stderr bytes.Buffer // of the process, not of a call
	calls  int
	took   time.Duration
}

// keep gives the command line in one process until the test ends. A CLI that is
// no Python script stays as it is.
func (c commandLine) keep(s *server) commandLine {
	s.t.Helper()
	path, _ := c.args(s, nil)
	interpreter, script := scriptOf(s.t, path)
	if interpreter == "" {
		s.t.Logf("%s is no Python script: it starts for every call", path)
		return c
	}
	kept := &keptCLI{}
	process := exec.Command(interpreter, "testdata/aws_calls.py", script)
	process.Env, process.Stderr = c.environment(), &kept.stderr
	in, err := process.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = in.Close() // which ends it
		if err := process.Wait(); err != nil {
			s.t.Errorf("%s: %v\n%s", script, err, &kept.stderr)
		}
	})
	kept.in, kept.out = json.NewEncoder(in), json.NewDecoder(out)
	c.kept = kept
	return c
}

// scriptOf finds the Python script behind a command, and its interpreter; "" =
// it is none.
func scriptOf(t testing.TB, path string) (interpreter, script string) {
	t.Helper()
	first := firstLine(t, path)
	if !strings.Contains(first, "python") { // such as what pyenv puts in PATH
		out, err := exec.Command("pyenv", "which", "aws").Output()
		if err != nil {
			return "", ""
		}
		path = strings.TrimSpace(string(out))
		first = firstLine(t, path)
	}
	interpreter, found := strings.CutPrefix(first, "#!")
	if !found || !strings.Contains(interpreter, "python") || strings.Contains(interpreter, " ") {
		return "", ""
	}
	return interpreter, path
}

func firstLine(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(line)
}

// run makes one call.
func (k *keptCLI) run(args []string) (string, string, error) {
	begun := time.Now()
	answer := struct {
		Status         int
		Stdout, Stderr string
	}{}
	if err := k.in.Encode(args); err != nil {
		return "", k.stderr.String(), err
	}
	if err := k.out.Decode(&answer); err != nil {
		return "", "", fmt.Errorf("the kept process does not answer: %w", err)
	}
	k.calls, k.took = k.calls+1, k.took+time.Since(begun)
	if answer.Status != 0 {
		return answer.Stdout, answer.Stderr, fmt.Errorf("exit status %d", answer.Status)
	}
	return answer.Stdout, answer.Stderr, nil
}

// tell gives the figures of what was called.
func (c commandLine) tell(t testing.TB) {
	t.Helper()
	if c.kept != nil {
		figure(t, "%d calls in one process took %.0f s, %.2f s each", c.kept.calls, c.kept.took.Seconds(), c.kept.took.Seconds()/float64(c.kept.calls))
	}
}

// TestKeptCLIPrintsWhatAStartedOnePrints makes calls in a process of their own
// and in one that is kept: what other tests prove with the latter is what users
// see.
func TestKeptCLIPrintsWhatAStartedOnePrints(t *testing.T) {
	s := dev(t, "--empty")
	for _, cli := range commandLines(t) {
		if cli.name == "heliograph-api" {
			continue
		}
		kept, starts := cli.keep(s), time.Duration(0)
		calls := [][]string{
			{"describe-configuration-sets"},
			{"set-default-sender-id", "--configuration-set-name", "nowhere", "--sender-id", "NEWS"},
			{"create-opt-out-list", "--opt-out-list-name", "é"},
			{"no-such-operation"},
			{"create-opt-out-list", "--generate-cli-skeleton", "input"},
		}
		for _, words := range calls {
			begun := time.Now()
			stdout, stderr, err := cli.run(s, words...)
			starts += time.Since(begun)
			gotOut, gotErr, got := kept.run(s, words...)
			if gotOut != stdout || gotErr != stderr || fmt.Sprint(got) != fmt.Sprint(err) {
				t.Errorf("%s %v: kept prints\n%s%s%v\nstarted\n%s%s%v", cli.name, words, gotOut, gotErr, got, stdout, stderr, err)
			}
		}
		kept.tell(t)
		figure(t, "%s: with a start for each, %.2f s each", cli.name, starts.Seconds()/float64(len(calls)))
	}
}
