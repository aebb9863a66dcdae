package compat

import (
	"fmt"
	"os"
	"testing"
)

// figure tells a figure that a test has measured: in its log, and in the file
// that `make compat` shows at the end, since logs of passed tests are not shown.
func figure(t testing.TB, format string, values ...any) {
	t.Helper()
	t.Logf(format, values...)
	path := os.Getenv("HELIOGRAPH_FIGURES")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, "  "+t.Name()+": "+format+"\n", values...); err != nil {
		t.Fatal(err)
	}
}
