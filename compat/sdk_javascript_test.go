package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"slices"
	"testing"
)

// TestEveryOperationWithJavaScriptSDK makes the life cycle's calls with the
// JavaScript SDK, and one valid call of each operation that is not built: the
// SDK has all 110.
func TestEveryOperationWithJavaScriptSDK(t *testing.T) {
	m := readModel(t)
	built := builtOperations(t, m)
	r := runScript(t, lifecycleServer(t), m, built, nil, "node", "testdata/sdk_javascript.mjs")
	if len(r.Known) != len(m.Operations) || len(r.Known) != 110 {
		t.Errorf("the SDK has %d operations, the model %d, want 110", len(r.Known), len(m.Operations))
	}
	r.check(t, m, built)
	r.checkUnbuilt(t, built)
	r.checkDeclared(t, m)
}

// runScript runs a client's script: the plan on its standard input, the report
// on its standard output.
func runScript(t *testing.T, s *server, m *apiModel, built, environment []string, program string, args ...string) *report {
	t.Helper()
	plan, err := json.Marshal(map[string]any{
		"endpoint": s.api, "console": s.console, "key": rootKey, "secret": rootSecret,
		"model": m, "built": built, "steps": readSteps(t), "inputs": m.validInputs(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(quiet(), environment...)
	command.Stdin = bytes.NewReader(plan)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s\n%s", program, args, err, stderr.String(), s.log)
	}
	r := &report{}
	if err := json.Unmarshal(stdout.Bytes(), r); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, stdout.String())
	}
	return r
}

// checkUnbuilt expects the typed ValidationException of every operation that
// the client has and that is not built.
func (r *report) checkUnbuilt(t *testing.T, built []string) {
	t.Helper()
	called := 0
	for _, name := range r.Known {
		if slices.Contains(built, name) {
			continue
		}
		called++
		if got := r.Unbuilt[name].Error; got["name"] != "ValidationException" || got["Reason"] != "UNKNOWN_OPERATION" {
			t.Errorf("%s is not built, but answers %v %v", name, r.Unbuilt[name].Answer, got)
		}
	}
	t.Logf("%d operations that are not built say so", called)
}
