package compat

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestExamplesOfThePageForTestAuthors takes the programs out of docs/testing.md
// and runs each as the page says: as the command of `heliograph dev --`.
func TestExamplesOfThePageForTestAuthors(t *testing.T) {
	for _, c := range []struct {
		language, file string
		beside         func(t *testing.T, folder string)
		command        []string
	}{
		{"go", "signup_test.go", goModule, []string{"go", "test", "-count=1", "."}},
		{"js", "signup.test.mjs", nodeModules, []string{"node", "--test", "signup.test.mjs"}},
		{"python", "signup_test.py", nil, []string{"/usr/bin/python3", "signup_test.py"}},
		{"java", "SendCodeTest.java", nil, []string{"java", "SendCodeTest.java"}},
	} {
		t.Run(c.language, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, c.file), example(t, c.language), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.beside != nil {
				c.beside(t, folder)
			}
			program, err := filepath.Abs(binary(t))
			if err != nil {
				t.Fatal(err)
			}
			line := append([]string{"dev", "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0", "--"}, c.command...)
			run := exec.CommandContext(t.Context(), program, line...)
			run.Dir, run.Env = folder, append(withoutAWS(os.Environ()), "HELIOGRAPH="+program, "AWS_EC2_METADATA_DISABLED=true")
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", c.command, err, out)
			}
		})
	}
}

// example is the program in a language of the page for test authors.
func example(t *testing.T, language string) []byte {
	t.Helper()
	return exampleOf(t, "../docs/testing.md", language)
}

func exampleOf(t *testing.T, path, language string) []byte {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n```"+language+"\n")
	program, _, closed := strings.Cut(rest, "\n```\n")
	if !found || !closed || len(program) < 500 {
		t.Fatalf("%s has no example in %s", path, language)
	}
	return []byte(program + "\n")
}

// ownModule are the lines of go.mod that name this repository, which is not beside
// an example.
var ownModule = regexp.MustCompile(`(?m)^.*\bheliograph (v|=>).*\n`)

// goModule gives the example the SDK at the version of these tests.
func goModule(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = ownModule.ReplaceAll(text, nil)
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// nodeModules gives the example the packages of these tests.
func nodeModules(t *testing.T, folder string) {
	t.Helper()
	packages, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
}
