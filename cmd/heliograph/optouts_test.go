package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOptOutsAreImportedAndListed moves a list by way of files.
func TestOptOutsAreImportedAndListed(t *testing.T) {
	server := startDev(t)
	path := filepath.Join(t.TempDir(), "numbers.txt")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	which := []string{"--account", "000000000000", "--region", "us-east-1"}
	write("+12065550142\nnobody\n12065550143\n")
	status, out, errs := server.types(t, append([]string{"opt-outs", "import", path}, which...)...)
	if status == 0 || out != "2 numbers are on the opt-out list Default\n" || !strings.Contains(errs, path+":2: no phone number") || !strings.Contains(errs, "1 lines were left out") {
		t.Errorf("import: status %d, %q, %q", status, out, errs)
	}
	status, out, errs = server.types(t, append([]string{"opt-outs", "list", "--reason", "move"}, which...)...)
	if status != 0 || strings.Count(out, "\n") != 2 || !strings.HasPrefix(out, `{"number":"+12065550142","optedOutAt":"`) {
		t.Errorf("list: status %d, %q, %q", status, out, errs)
	}
	write(out)
	if status, out, errs = server.types(t, append([]string{"opt-outs", "import", path}, which...)...); status != 0 || errs != "" {
		t.Errorf("import of the list: status %d, %q, %q", status, out, errs)
	}
	if status, _, errs = server.types(t, append([]string{"opt-outs", "import", path, "--list", "none"}, which...)...); status == 0 || !strings.Contains(errs, "no opt-out list none") {
		t.Errorf("import to no list: status %d, %q", status, errs)
	}
	if status, _, _ = server.types(t, append([]string{"opt-outs", "list"}, which...)...); status != 2 {
		t.Errorf("a list without a reason: status %d", status)
	}
}
