package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

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
		{"credentials list", `missing flags: --account=ID (heliograph credentials list --help)`},
		{"credentials list --account shop", "an account is twelve digits"},
		{"credentials create --account 111122223333 --output yaml", `--output must be one of "env","json"`},
		{"credentials revoke --account 111122223333", `expected "<key-id>" (heliograph credentials revoke --help)`},
		{"credentials revoke ../x --account 111122223333", `"../x" is no access key id`},
		{"credentials nope", "unexpected argument nope (heliograph credentials --help)"},
		{"provision sender-id NEWS --country FR --account 111122223333", "missing flags: --region=NAME"},
		{"provision sender-id NEWS --country FR --account 111122223333 --region r --carrier =x", "--carrier =x: give NAME"},
		{"provision phone-number somebody --account 111122223333 --region r", `"somebody" is no phone number`},
		{"messages --to somebody", "--to somebody is no phone number"},
		{"messages --since soon", "--since soon: give how long ago"},
		{"messages --limit 0", "--limit 0: at least 1"},
		{"audit --since soon", "--since soon: give how long ago"},
		{"reload now", "unexpected argument now (heliograph reload --help)"},
		{"carriers pause", `expected "<name>" (heliograph carriers pause --help)`},
		{"carriers move acme", "missing flags: --to=NAME"},
		{"carriers throughput acme some", "(heliograph carriers throughput --help)"},
		{"cancel 01a20b82-3d8c-7a62-b949-7dec392307f1", "missing flags: --reason=TEXT"},
		{"trace +12065550142", "missing flags: --reason=TEXT"},
		{"erase +12065550142", "unexpected argument erase"},
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
	writeFile(t, plain, "no key")
	for _, c := range []struct{ line, want string }{
		{"check " + folder + "/none", "none"},
		{"serve --config " + folder + "/none", "none"},
		{"serve --data " + plain, "data folder"},
		{"serve --data " + folder + "/d --key-file " + plain, "key file"},
		{"serve --data " + folder + "/d --console-listen 0.0.0.0:0", "needs tls"},
		{"credentials reset-root --data " + folder + "/none", "no server has run on it"},
		{"api describe-pools", "no credentials"},
		{"messages", "no credentials"},
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
		"credentials --help":           "reset-root",
		"credentials create --help":    "Example:\n  heliograph credentials create --account 111122223333",
		"provision sender-id --help":   "--carrier=NAME[=AS]",
		"messages --help":              "--reason \"ticket 4711\"",
		"audit --help":                 "--action CreatePool",
		"reload --help":                "SIGHUP",
		"carriers --help":              "carriers drain ",
		"carriers show --help":         "heliograph carriers acme",
		"carriers pause --help":        "maintenance until 4",
		"carriers drain --help":        "--wait 5m && heliograph carriers move",
		"carriers move --help":         "--to=NAME",
		"carriers throughput --help":   "heliograph carriers throughput acme 20",
		"route --help":                 "route explain --to +33612345678",
		"route explain --help":         "--body \"Hello\"",
		"cancel --help":                "CANCELLED",
		"trace --help":                 "--for 5m --reason",
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

// TestHelpFitsAHundredColumns holds the first help that anybody reads.
func TestHelpFitsAHundredColumns(t *testing.T) {
	_, stdout, _ := typing(t, "--help")
	for line := range strings.Lines(stdout) {
		if utf8.RuneCountInString(line) > 101 {
			t.Errorf("wider than 100: %s", line)
		}
	}
	if examples := strings.Count(stdout, "\n      heliograph "); examples != 17 {
		t.Errorf("%d commands have an example", examples)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
