package compat

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestEveryBuiltOperationWithAWSCLI makes the life cycle's calls with the AWS
// CLI in PATH and with Debian's as it comes, which knows 43 operations; each
// operation's input is also one that the CLI's skeleton has. Each CLI makes its
// calls in one process (see keptCLI).
func TestEveryBuiltOperationWithAWSCLI(t *testing.T) {
	t.Parallel()
	m := readModel(t)
	built := builtOperations(t, m)
	for _, cli := range commandLines(t) {
		if cli.name == "heliograph-api" {
			continue
		}
		t.Run(cli.name, func(t *testing.T) {
			t.Parallel()
			s := lifecycleServer(t)
			c := &cliClient{t: t, m: m, s: s, cli: cli.keep(s)}
			if cli.name == "debian-awscli" {
				c.asItComes, c.skeletons = true, map[string][]string{}
			}
			r := runSteps(t, s, c, readSteps(t), built)
			r.check(t, m, built)
			c.checkSkeletons()
			c.skeletons = nil
			kinds := oneOfEach(m.declared(r.Known))
			checkMet(t, kinds, meet(t, s, m, c, kinds))
			c.cli.tell(t)
		})
	}
}

// TestAddedModelTeachesDebiansAWSCLITheRest makes the calls of all built
// operations that Debian's CLI gets to know by the model which the server
// offers, on resources that it makes first with those that it knew.
func TestAddedModelTeachesDebiansAWSCLITheRest(t *testing.T) {
	t.Parallel()
	m := readModel(t)
	built := builtOperations(t, m)
	s := lifecycleServer(t)
	home := t.TempDir()
	c := &cliClient{t: t, m: m, s: s, cli: debianCLIAt(home).keep(s), skeletons: map[string][]string{}}
	before := c.known()
	c.choices = nil
	c.cli.addModel(s, home)
	steps := withNeeded(readSteps(t), func(st call) bool {
		return !slices.Contains(before, st.Op) || st.Error == nil && strings.HasPrefix(st.Op, "Create")
	})
	r := runSteps(t, s, c, steps, built)
	if len(r.Known) != len(m.Operations) {
		t.Errorf("with the model the CLI has %d operations, want %d", len(r.Known), len(m.Operations))
	}
	for i, result := range r.Steps {
		if result.Skipped == "" {
			for _, wrong := range append(result.Wrong, steps[i].compare(m, &result, r.Vars)...) {
				t.Errorf("%s: %s", steps[i].Op, wrong)
			}
		}
	}
	for _, name := range built {
		if !slices.Contains(before, name) && !slices.Contains(r.Exercised, name) {
			t.Errorf("%s is built, but the CLI with the model made no successful call of it", name)
		}
	}
	c.cli.tell(t)
	t.Logf("the CLI knew %d operations, then %d; called %v", len(before), len(r.Known), slices.Compact(slices.Sorted(slices.Values(r.Exercised))))
}

// withNeeded keeps the steps that are wanted, and those that save what a kept
// one needs.
func withNeeded(steps []call, wanted func(call) bool) (kept []call) {
	needed := map[string]bool{}
	for _, st := range slices.Backward(steps) {
		saves := slices.ContainsFunc(slices.Collect(maps.Keys(st.Save)), func(name string) bool { return needed[name] })
		if saves || wanted(st) {
			st.needs(needed)
			kept = append(kept, st)
		}
	}
	slices.Reverse(kept)
	return kept
}

// needs adds what the step's input takes from earlier steps.
func (s call) needs(into map[string]bool) {
	var find func(value any)
	find = func(value any) {
		switch v := value.(type) {
		case string:
			if name, ok := strings.CutPrefix(v, "$"); ok {
				into[name] = true
			}
		case []any:
			for _, entry := range v {
				find(entry)
			}
		case map[string]any:
			for _, member := range v {
				find(member)
			}
		}
	}
	find(s.In)
}

// cliClient makes calls with the AWS CLI.
type cliClient struct {
	t         *testing.T
	m         *apiModel
	s         *server
	cli       commandLine
	asItComes bool                // an old model: answers lack what it does not have
	skeletons map[string][]string // operation → members of its skeleton; nil = none are asked for
	choices   []string
}

// commandName spells an operation as the CLI does: DeletePool as delete-pool.
func commandName(operation string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(operation, "$1-$2"))
}

// known reads the choices that the CLI offers to who names none.
func (c *cliClient) known() []string {
	if c.choices != nil {
		return c.choices
	}
	_, stderr, _ := c.cli.run(c.s, "no-such-operation")
	offered := strings.FieldsFunc(stderr, func(r rune) bool { return r == ' ' || r == '|' || r == '\n' })
	for _, o := range c.m.Operations {
		if slices.Contains(offered, commandName(o.Name)) {
			c.choices = append(c.choices, o.Name)
		}
	}
	return c.choices
}

func (c *cliClient) call(operation string, in map[string]any) (answer, exception map[string]any, wrong []string) {
	c.t.Helper()
	if c.skeletons != nil {
		c.askSkeleton(operation, in)
	}
	text, err := json.Marshal(in)
	if err != nil {
		c.t.Fatal(err)
	}
	stdout, stderr, err := c.cli.run(c.s, commandName(operation), "--cli-input-json", string(text))
	if err != nil {
		return nil, printedException(c.t, operation, stderr), nil
	}
	answer = map[string]any{}
	if strings.TrimSpace(stdout) == "" { // an operation whose answer has no members
		return answer, nil, nil
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		c.t.Fatalf("%s: answer is no JSON: %v\n%s", operation, err, stdout)
	}
	if c.asItComes {
		return answer, nil, nil
	}
	return answer, nil, c.misprinted(operation, c.m.operation(operation).Output, answer)
}

// askSkeleton generates the CLI's skeleton of the operation, once, and expects
// in it what is given.
func (c *cliClient) askSkeleton(operation string, in map[string]any) {
	c.t.Helper()
	if c.skeletons[operation] == nil {
		skeleton := c.cli.must(c.s, commandName(operation), "--generate-cli-skeleton", "input")
		c.skeletons[operation] = append([]string{}, slices.Sorted(maps.Keys(skeleton))...)
	}
	for name := range in {
		if !slices.Contains(c.skeletons[operation], name) {
			c.t.Errorf("%s: the CLI's skeleton has no %s: %v", operation, name, c.skeletons[operation])
		}
	}
}

// checkSkeletons compares with the model what the CLI would let users fill in.
func (c *cliClient) checkSkeletons() {
	c.t.Helper()
	for operation, got := range c.skeletons {
		var want []string
		for _, member := range c.m.byName[c.m.operation(operation).Input].Members {
			want = append(want, member.Name)
		}
		for _, name := range got {
			if !slices.Contains(want, name) {
				c.t.Errorf("%s: the CLI's skeleton has %s, which the model has not", operation, name)
			}
		}
	}
}

var (
	printedError  = regexp.MustCompile(`An error occurred \((\w+)\) when calling the (\w+) operation(?: \(reached max retries: \d+\))?: (.*)`)
	printedMember = regexp.MustCompile(`(Reason|ResourceType|ResourceId|Fields)="([^"]*)"`)
)

// printedException reads what a user reads: the exception, and in its text the
// reason and the resource or the fields.
func printedException(t testing.TB, operation, stderr string) map[string]any {
	t.Helper()
	found := printedError.FindStringSubmatch(stderr)
	if found == nil || found[2] != operation {
		t.Fatalf("%s: the CLI printed no exception:\n%s", operation, stderr)
	}
	// The CLI does not print the member RequestId.
	exception := map[string]any{"name": found[1], "Message": found[3], "RequestId": "not printed"}
	for _, member := range printedMember.FindAllStringSubmatch(found[3], -1) {
		exception[member[1]] = member[2]
		if member[1] != "Fields" {
			continue
		}
		var fields []any
		for _, name := range strings.Split(member[2], ",") {
			fields = append(fields, map[string]any{"Name": name})
		}
		exception["Fields"] = fields
	}
	return exception
}

// misprinted lists what is missing from a printed answer, or is no time.
func (c *cliClient) misprinted(at, shapeName string, value any) []string {
	shape := c.m.byName[shapeName]
	var wrong []string
	switch shape.Kind {
	case "list":
		entries, ok := value.([]any)
		if !ok {
			return []string{at + " is no list"}
		}
		for _, entry := range entries {
			wrong = append(wrong, c.misprinted(at, shape.Element, entry)...)
		}
	case "timestamp":
		if !isTimeOfNow(value) {
			return []string{at + " is no time of now"}
		}
	case "structure":
		object, _ := value.(map[string]any)
		for _, member := range shape.Members {
			of, name := c.m.byName[member.Shape], at+"."+member.Name
			switch got := object[member.Name]; {
			case got != nil:
				wrong = append(wrong, c.misprinted(name, member.Shape, got)...)
			case slices.Contains(shape.Required, member.Name), of.Kind == "list", of.Kind == "boolean" && !of.Boxed:
				wrong = append(wrong, name+" is missing")
			}
		}
	}
	return wrong
}

// isTimeOfNow reads a time as the first CLI prints it, in seconds, or as the
// second does, in ISO 8601.
func isTimeOfNow(value any) bool {
	switch v := value.(type) {
	case float64:
		return time.Since(time.UnixMilli(int64(v*1000))).Abs() < time.Hour
	case string:
		at, err := time.Parse(time.RFC3339Nano, v)
		return err == nil && time.Since(at).Abs() < time.Hour
	}
	return false
}

// pages reads two entries in pages of one, and the rest from where the CLI
// left off.
func (c *cliClient) pages(operation string, in map[string]any) []map[string]any {
	c.t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		c.t.Fatal(err)
	}
	words := []string{commandName(operation), "--cli-input-json", string(text), "--page-size", "1"}
	list := c.m.operation(operation).Page.List
	first := c.cli.must(c.s, append(words, "--max-items", "2")...)
	entries := first[list].([]any)
	if token, more := first["NextToken"].(string); more {
		if len(entries) != 2 {
			c.t.Errorf("%s --max-items 2 printed %d entries", operation, len(entries))
		}
		entries = append(entries, c.cli.must(c.s, append(words, "--starting-token", token)...)[list].([]any)...)
	}
	var pages []map[string]any
	for _, entry := range entries {
		pages = append(pages, map[string]any{list: []any{entry}})
	}
	return pages
}

// TestAWSCLIQueriesAndFlags types flags as users do, and picks a member of the
// answer.
func TestAWSCLIQueriesAndFlags(t *testing.T) {
	s := dev(t, "--empty")
	var running sync.WaitGroup
	for _, cli := range commandLines(t) {
		if cli.name == "heliograph-api" {
			continue
		}
		running.Go(func() {
			name := "set-of-" + cli.name
			queried := func(words ...string) string {
				stdout, stderr, err := cli.run(s, words...)
				if err != nil {
					t.Errorf("%s %v: %v\n%s", cli.name, words, err, stderr)
				}
				return strings.Trim(strings.TrimSpace(stdout), `"`)
			}
			got := queried("create-configuration-set", "--configuration-set-name", name, "--tags", "Key=team,Value=shop", "--query", "Tags[0].Value")
			if got != "shop" {
				t.Errorf("%s: --query Tags[0].Value gave %q", cli.name, got)
			}
			got = queried("describe-configuration-sets", "--configuration-set-names", name, "--query", "ConfigurationSets[0].EventDestinations")
			if got != "[]" {
				t.Errorf("%s: --query of an empty list gave %q", cli.name, got)
			}
		})
	}
	running.Wait()
}
