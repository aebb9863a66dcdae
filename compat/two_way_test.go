package compat

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// remembers is a command that keeps what another one prints in a variable.
var remembers = regexp.MustCompile(`^([A-Z]+)=\$\(`)

// walk reads the commands of a page's blocks of the kind console, and what each
// of them prints.
func walk(t *testing.T, page string) (steps []step) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console\n"
		case inside && begins:
			steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
		case inside:
			steps[len(steps)-1].output += line
		}
	}
	return steps
}

// pastes gives what the page says to paste beside the lines that dev prints.
func pastes(t *testing.T, page, beginning string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, beginning) {
			return line
		}
	}
	t.Fatalf("%s has no line that begins with %s", page, beginning)
	return ""
}

// remember runs a command that keeps something, and pastes what it has kept
// before the commands that follow.
func (n *newcomer) remember(s step, variable string) {
	n.t.Helper()
	var printed bytes.Buffer
	command := n.shell(n.pasted + s.command + "\nprintf %s \"$" + variable + "\"")
	command.Stdout, command.Stderr = &printed, &printed
	if err := command.Run(); err != nil || strings.ContainsAny(printed.String(), " \n'") || printed.Len() == 0 {
		n.t.Fatalf("$ %s\n%v\n%s", s.command, err, &printed)
	}
	n.pasted += variable + "=" + printed.String() + "\n"
	n.recorded.WriteString("$ " + s.command + "\n")
}

// TestTwoWayIsAsThePageSays walks through docs/two-way.md and compares every
// command's whole output.
func TestTwoWayIsAsThePageSays(t *testing.T) {
	t.Parallel()
	const page = "two-way.md"
	n := newNewcomer(t, debianCLI)
	n.seen.kinds = append(n.seen.kinds,
		kind{"phone", regexp.MustCompile(`phone-([0-9a-f]{32})`)},
		kind{"number", regexp.MustCompile(`(\+1[0-9]{3}55501[0-9]{2})`)})
	n.seen.names["number+12065550199"], n.seen.values["+12065550199"] = "+12065550199", "+12065550199"
	_, stop := n.openDev("heliograph dev --empty")
	n.pasted += pastes(t, page, "sms()")
	for _, s := range walk(t, page) {
		if found := remembers.FindStringSubmatch(s.command); found != nil {
			n.remember(s, found[1])
			continue
		}
		n.run(s)
	}
	stop()
	if n.failed {
		t.Logf("as it went:\n%s", &n.recorded)
	}
}
