package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/cli"
)

// running is a server of `dev` in this process and the variables that lead
// commands to it.
type running struct {
	variables map[string]string
}

// startDev runs `heliograph dev` until the test ends.
func startDev(t *testing.T, flags ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	env := cli.Environment{Getenv: func(string) string { return "" }, Stdout: write, Stderr: &errs}
	go func() {
		ended <- run(ctx, env, append([]string{"dev", "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0"}, flags...))
		_ = write.Close()
	}()
	r := &running{variables: map[string]string{}}
	var printed bytes.Buffer
	for piece := make([]byte, 4096); !strings.Contains(printed.String(), "\nConsole "); {
		n, err := read.Read(piece)
		if err != nil {
			t.Fatalf("dev ended: %v, %s", err, &errs)
		}
		printed.Write(piece[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	for line := range strings.Lines(printed.String()) {
		if name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "="); ok && strings.HasPrefix(line, "  export ") {
			r.variables[name] = value
		}
	}
	t.Cleanup(func() {
		cancel()
		if status := <-ended; status != 0 {
			t.Errorf("dev ended with status %d: %s", status, &errs)
		}
	})
	return r
}

// types runs a command against the server.
func (r *running) types(t *testing.T, words ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := cli.Environment{Getenv: func(name string) string { return r.variables[name] }, Stdout: &out, Stderr: &errs}
	status = run(t.Context(), env, words)
	return status, out.String(), errs.String()
}

// must runs a command that has to succeed, with everything on one line.
func (r *running) must(t *testing.T, line string) string {
	t.Helper()
	status, stdout, stderr := r.types(t, strings.Fields(line)...)
	if status != 0 {
		t.Fatalf("%s: status %d, %s", line, status, stderr)
	}
	return stdout
}

// as gives the same server to another key.
func (r *running) as(id, secret string) *running {
	other := &running{variables: map[string]string{}}
	for name, value := range r.variables {
		other.variables[name] = value
	}
	other.variables["AWS_ACCESS_KEY_ID"], other.variables["AWS_SECRET_ACCESS_KEY"] = id, secret
	return other
}

func TestAMetricsKeyIsMadeAndListed(t *testing.T) {
	r := startDev(t)
	key := struct{ AccessKeyID, SecretAccessKey string }{}
	if err := json.Unmarshal([]byte(r.must(t, "credentials create --metrics --output json")), &key); err != nil {
		t.Fatal(err)
	}
	if list := r.must(t, "credentials list --account 000000000000"); !strings.Contains(list, key.AccessKeyID+"  metrics") {
		t.Errorf("list: %q", list)
	}
	if lines := r.must(t, "credentials create --metrics"); !strings.Contains(lines, "# Key for /metrics alone") {
		t.Errorf("lines to paste: %q", lines)
	}
	for _, words := range [][]string{{"credentials", "create"}, {"credentials", "create", "--metrics", "--account", "111122223333"}} {
		if status, _, _ := r.types(t, words...); status != 2 {
			t.Errorf("%v: status %d", words, status)
		}
	}
}

func TestACustomersKeyWorksUntilItIsRevoked(t *testing.T) {
	r := startDev(t)
	r.as("111122223333", "test").must(t, "api describe-pools") // the account is made on its first use
	key := struct{ AccessKeyID, SecretAccessKey string }{}
	if err := json.Unmarshal([]byte(r.must(t, "credentials create --account 111122223333 --output json")), &key); err != nil {
		t.Fatal(err)
	}
	if lines := r.must(t, "credentials create --account 111122223333"); !strings.Contains(lines, "export AWS_SECRET_ACCESS_KEY=") {
		t.Errorf("lines to paste: %q", lines)
	}
	if list := r.must(t, "credentials list --account 111122223333"); !strings.Contains(list, key.AccessKeyID+"  root") || strings.Contains(list, key.SecretAccessKey) {
		t.Errorf("list: %q", list)
	}
	customer := r.as(key.AccessKeyID, key.SecretAccessKey)
	customer.must(t, "api describe-pools")
	if status, _, stderr := customer.types(t, "credentials", "list", "--account", "111122223333"); status != 1 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("a customer asks the operator's API: status %d, %q", status, stderr)
	}
	r.must(t, "credentials revoke "+key.AccessKeyID+" --account 111122223333")
	if status, _, stderr := customer.types(t, "api", "describe-pools"); status != 1 || !strings.Contains(stderr, "UnrecognizedClientException") {
		t.Errorf("a revoked key: status %d, %q", status, stderr)
	}
	if status, _, stderr := r.types(t, "credentials", "create", "--account", "999999999999"); status != 1 || !strings.Contains(stderr, "no account 999999999999") {
		t.Errorf("an unknown account: status %d, %q", status, stderr)
	}
}

func TestACustomersHandsetTellsTheState(t *testing.T) {
	r := startDev(t)
	customer := r.as("111122223333", "test")
	customer.must(t, "api request-phone-number --iso-country-code US --message-type TRANSACTIONAL --number-capabilities SMS --number-type LONG_CODE")
	customer.must(t, "api send-text-message --destination-phone-number +12065550199 --message-body Hello")
	if shown := customer.must(t, "handset +12065550199 --wait 60s"); !strings.Contains(shown, "DELIVERED   accepted") {
		t.Errorf("the customer sees %q", shown)
	}
}

func TestProvisionedIdentitiesAreTheCustomers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heliograph.yaml")
	writeFile(t, file, `numbers: [{ number: "+12065550177", type: LONG_CODE, capabilities: [SMS] }]`)
	r := startDev(t, "--config", file)
	customer := r.as("111122223333", "test")
	customer.must(t, "api describe-pools")
	r.must(t, "provision sender-id News --country in --account 111122223333 --region us-east-1 --registered --message-types TRANSACTIONAL")
	r.must(t, "provision phone-number +12065550177 --account 111122223333 --region us-east-1 --message-type PROMOTIONAL")
	if held := customer.must(t, "api describe-sender-ids"); !strings.Contains(held, `"NEWS"`) || !strings.Contains(held, `"Registered": true`) {
		t.Errorf("sender IDs: %s", held)
	}
	if held := customer.must(t, "api describe-phone-numbers"); !strings.Contains(held, "+12065550177") || !strings.Contains(held, "PROMOTIONAL") {
		t.Errorf("numbers: %s", held)
	}
	for line, want := range map[string]string{
		"provision phone-number +12065550177 --account 111122223333 --region us-east-1":                                  "see whether it is leased",
		"provision sender-id NEWS --country XX --account 111122223333 --region us-east-1":                                "country",
		"provision sender-id NEWS --country FR --account 111122223333 --region us-east-1 --carrier nobody --carrier x=y": "no carrier is named nobody",
	} {
		if status, _, stderr := r.types(t, strings.Fields(line)...); status != 1 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q", line, status, stderr)
		}
	}
}

func TestMessagesAreMaskedUnlessAReasonIsGivenWhichIsAudited(t *testing.T) {
	r := startDev(t)
	sent := struct{ MessageID string }{}
	if err := json.Unmarshal([]byte(r.must(t, "api send-text-message --destination-phone-number +12065550199 --message-body Secret")), &sent); err != nil {
		t.Fatal(err)
	}
	r.must(t, "handset +12065550199 --wait 60s")
	list := r.must(t, "messages --to +12065550199")
	if strings.Contains(list, "+12065550199") || strings.Contains(list, "Secret") || !strings.Contains(list, sent.MessageID) || !strings.Contains(list, "  1      0.00581  ") {
		t.Errorf("masked list:\n%s", list)
	}
	if none := r.must(t, "messages --state ttl_expired") + r.must(t, "messages --account 111122223333"); strings.Contains(none, sent.MessageID) {
		t.Errorf("other messages:\n%s", none)
	}
	whole := r.must(t, "messages "+sent.MessageID)
	if strings.Contains(whole, "+12065550199") || strings.Contains(whole, "Secret") || !strings.Contains(whole, "Why it went so:\n  - ") {
		t.Errorf("masked message:\n%s", whole)
	}
	if seen := r.must(t, "messages --reason ticket-4711"); !strings.Contains(seen, "+12065550199") || !strings.Contains(seen, "│ Secret") {
		t.Errorf("list with a reason:\n%s", seen)
	}
	if seen := r.must(t, "messages "+sent.MessageID+" --reason ticket-4712"); !strings.Contains(seen, "+12065550199") || !strings.Contains(seen, "│ Secret") {
		t.Errorf("message with a reason:\n%s", seen)
	}
	if record := r.must(t, "audit"); !strings.Contains(record, "│ ticket-4711") || !strings.Contains(record, "│ ticket-4712") || !strings.Contains(record, "message/"+sent.MessageID) {
		t.Errorf("audit:\n%s", record)
	}
}

func TestAuditTellsWhoChangedWhat(t *testing.T) {
	r := startDev(t)
	customer := r.as("111122223333", "test")
	customer.must(t, "api create-configuration-set --configuration-set-name mine")
	r.must(t, "credentials create --account 111122223333")
	record := r.must(t, "audit --account 111122223333 --action CreateConfigurationSet")
	if lines := strings.Split(record, "\n"); len(lines) != 3 || !strings.Contains(lines[1], "111122223333  CreateConfigurationSet  configuration-set/mine") {
		t.Errorf("audit:\n%s", record)
	}
	if all := r.must(t, "audit --account 111122223333 --output json"); !strings.Contains(all, `"CreateAccessKey"`) || !strings.Contains(all, `"requestId"`) {
		t.Errorf("audit:\n%s", all)
	}
}

func TestReloadOfAnInvalidFileSaysWhyAndChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heliograph.yaml")
	writeFile(t, file, `prices: [{ country: FR, text_part: "0.05" }]`)
	r := startDev(t, "--config", file)
	if told := r.must(t, "reload"); !strings.Contains(told, "nothing in it changed") {
		t.Errorf("told %q", told)
	}
	writeFile(t, file, `prices: [{ country: FR, text_part: "0.06" }]`)
	if told := r.must(t, "reload"); !strings.Contains(told, "prices") {
		t.Errorf("told %q", told)
	}
	writeFile(t, file, `prizes: []`)
	if status, _, stderr := r.types(t, "reload"); status != 1 || !strings.Contains(stderr, "prizes") {
		t.Errorf("status %d, %q", status, stderr)
	}
}
