package main

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"heliograph/cli"
)

// typing runs a command line in this process.
func typing(t *testing.T, words ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := cli.Environment{Getenv: func(string) string { return "" }, Stdout: &out, Stderr: &errs}
	status = run(t.Context(), env, words)
	return status, out.String(), errs.String()
}

func TestWrongUsageIsOneLineAndStatus2(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"nope", `unexpected argument nope (heliograph --help)`},
		{"serve --bogus", `unknown flag --bogus (heliograph serve --help)`},
		{"check", `expected "<file>" (heliograph check --help)`},
		{"serve --listen nowhere", `"nowhere" is not HOST:PORT`},
		{"serve --database postgres://u:hunter2@h/db", "PostgreSQL is not built"},
		{"api nope-nope", "unknown operation"},
		{"api describe-pools --bogus x", "unknown flag --bogus"},
	} {
		status, stdout, stderr := typing(t, strings.Fields(c.line)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d, %q, %q", c.line, status, stdout, stderr)
		}
		if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "heliograph: ") || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s: %q", c.line, stderr)
		}
	}
}

func TestFailuresAreOneLineAndStatus1(t *testing.T) {
	t.Setenv("HELIOGRAPH_LISTEN", "127.0.0.1:0")
	t.Setenv("HELIOGRAPH_CONSOLE_LISTEN", "127.0.0.1:0")
	folder := t.TempDir()
	plain := filepath.Join(folder, "plain")
	if err := os.WriteFile(plain, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, want string }{
		{"check " + folder + "/none", "none"},
		{"serve --config " + folder + "/none", "none"},
		{"serve --data " + plain, "data folder"},
		{"serve --data " + folder + "/d --key-file " + plain, "key file"},
		{"serve --data " + folder + "/d --console-listen 0.0.0.0:0", "needs tls"},
		{"api describe-pools", "no credentials"},
		{"dev -- " + folder + "/none", "none"},
	} {
		status, _, stderr := typing(t, strings.Fields(c.line)...)
		if status != 1 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q", c.line, status, stderr)
		}
	}
}

func TestDevEndsWithTheStatusOfItsCommand(t *testing.T) {
	t.Setenv("HELIOGRAPH_LISTEN", "127.0.0.1:0")
	t.Setenv("HELIOGRAPH_CONSOLE_LISTEN", "127.0.0.1:0")
	t.Setenv("AWS_PROFILE", "work")
	t.Setenv("AWS_SESSION_TOKEN", "old")
	for script, want := range map[string]int{
		"true":          0,
		"false":         1,
		"exit 7":        7,
		"kill -TERM $$": 128 + 15,
		`test "$AWS_ACCESS_KEY_ID$AWS_PROFILE$AWS_SESSION_TOKEN" = test && test -n "$AWS_ENDPOINT_URL$HELIOGRAPH_CONSOLE_URL"`: 0,
	} {
		if status, _, stderr := typing(t, "dev", "--", "sh", "-c", script); status != want || stderr != "" {
			t.Errorf("%s: status %d, %q", script, status, stderr)
		}
	}
}

func TestDevWarnsOffLoopback(t *testing.T) {
	t.Setenv("HELIOGRAPH_CONSOLE_LISTEN", "127.0.0.1:0")
	if status, _, stderr := typing(t, "dev", "--listen", "0.0.0.0:0", "--", "true"); status != 0 || !strings.Contains(stderr, "Warning: 0.0.0.0:0 is not loopback") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

func TestHelpShowsExamples(t *testing.T) {
	for line, want := range map[string]string{
		"":                             "heliograph dev",
		"--help":                       "heliograph handset +12065550199",
		"dev --help":                   "-- pytest -q",
		"serve --help":                 "heliograph serve --data /var/lib/heliograph",
		"check --help":                 "heliograph.yaml",
		"handset --help":               "--wait 5s",
		"api --help":                   "heliograph api send-text-message",
		"api send-text-message --help": "--destination-phone-number",
	} {
		if status, stdout, stderr := typing(t, strings.Fields(line)...); status != 0 || stderr != "" || !strings.Contains(stdout, want) {
			t.Errorf("%q: status %d, %q, %q", line, status, stdout, stderr)
		}
	}
}

func TestSIGHUPDoesNotEndTheServer(t *testing.T) {
	read, write := io.Pipe()
	defer survive(syscall.SIGHUP, logger(write, slog.LevelInfo))()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil || !strings.Contains(line, "restart the server") {
		t.Errorf("%q, %v", line, err)
	}
}
