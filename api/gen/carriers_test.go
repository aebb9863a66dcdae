package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// proofsOf makes the page of a module that is one test file.
func proofsOf(t *testing.T, test string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p\n"+test), 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := carriersPage(nil, dir)
	return string(page), err
}

func TestCarriersPageShowsProofsByKind(t *testing.T) {
	page, err := proofsOf(t, `
// TestA tells more.
//
// Proves(limit): a limit | a lane
// goes on to the full stop.
// Proves(bind): a bind is kept.
func TestA() {}

// Proves(wire): a text arrives.
// Proves(receipt): a receipt is read.
// Proves(error): an error is told.
// Proves(route): a route is taken.
func TestB() {}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"## Binds\n\n| what holds | test | package |\n|---|---|---|\n| A bind is kept. | `TestA` | . |\n",
		"night shift\n\n| what holds | test | package |\n|---|---|---|\n| A limit \\| a lane goes on to the full stop. | `TestA` | . |\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

func TestProofIsRefused(t *testing.T) {
	cases := map[string]struct{ test, says string }{
		"unknown kind":      {"// Proves(weather): text.\nfunc TestA() {}\n", `no kind of proof "weather"`},
		"without full stop": {"// Proves(bind): text\nfunc TestA() {}\n", "want a line"},
		"without kind":      {"// Proves(): text.\nfunc TestA() {}\n", "want a line"},
		"kind without any":  {"// Proves(bind): text.\nfunc TestA() {}\n", "no test has a line // Proves(wire)"},
		"above no test":     {"// Proves(bind): text.\nfunc a() {}\n", "want a line"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := proofsOf(t, c.test); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want …%s…", err, c.says)
			}
		})
	}
}
