package compat

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// debianCLI is the AWS CLI of Debian, 2.9.19: it knows 43 of the operations and
// ignores endpoint variables.
const debianCLI = "/usr/bin/aws"

// commandLine runs operations of the API by name, as typed in a shell.
type commandLine struct {
	name string
	args func(s *server, words []string) (string, []string)
	home string   // of who types; "" = ours
	kept *keptCLI // nil = a process for each call
}

// commandLines are the AWS CLI of Debian, the one in PATH where that is
// another, and our own.
func commandLines(t testing.TB) []commandLine {
	t.Helper()
	lines := []commandLine{
		{name: "debian-awscli", args: awsCLI(debianCLI)},
		{name: "heliograph-api", args: func(s *server, words []string) (string, []string) {
			return binary(t), append(append([]string{"api"}, words...), "--endpoint-url", s.api, "--region", "us-east-1")
		}},
	}
	if path, err := exec.LookPath("aws"); err == nil && path != debianCLI {
		lines = append(lines, commandLine{name: "awscli-in-path", args: awsCLI(path)})
	}
	return lines
}

// awsCLI has the AWS CLI of that path speak to a server.
func awsCLI(path string) func(*server, []string) (string, []string) {
	return func(s *server, words []string) (string, []string) {
		return path, append([]string{"--endpoint-url", s.api, "--region", "us-east-1", "--output", "json", "pinpoint-sms-voice-v2"}, words...)
	}
}

// run gives what the command printed on standard output and standard error.
func (c commandLine) run(s *server, words ...string) (string, string, error) {
	path, args := c.args(s, words)
	if c.kept != nil {
		return c.kept.run(args)
	}
	command := exec.Command(path, args...)
	command.Env = c.environment()
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	return stdout.String(), stderr.String(), err
}

// environment is that of a shell in which root's key is set.
func (c commandLine) environment() []string {
	variables := append(quiet(), "AWS_ACCESS_KEY_ID="+rootKey, "AWS_SECRET_ACCESS_KEY="+rootSecret)
	if c.home != "" {
		variables = append(variables, "HOME="+c.home)
	}
	return variables
}

// quiet is an environment in which an AWS client is not set up at all, asks
// nobody else and tries once.
func quiet() []string {
	return append(withoutAWS(os.Environ()),
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_MAX_ATTEMPTS=1")
}

// withoutAWS drops the variables by which an AWS client could be set up already.
func withoutAWS(environment []string) []string {
	return slices.DeleteFunc(environment, func(v string) bool { return strings.HasPrefix(v, "AWS_") })
}

// must runs a command that has to succeed and reads its answer.
func (c commandLine) must(s *server, words ...string) map[string]any {
	s.t.Helper()
	stdout, stderr, err := c.run(s, words...)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s\n%s", c.name, strings.Join(words, " "), err, stderr, s.log)
	}
	answer := map[string]any{}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		s.t.Fatalf("%s %s: answer is no JSON: %v\n%s", c.name, strings.Join(words, " "), err, stdout)
	}
	return answer
}

const (
	indian   = "+919876543210"
	french   = "+33612345678"
	american = "+12065550199"
	dlt      = "IN_ENTITY_ID=1101234567890123456,IN_TEMPLATE_ID=1107161234567890123"
)

// provisioning is what an operator would write for a customer in India.
const provisioning = `
numbers:
  - { number: "+12065550142", type: LONG_CODE, capabilities: [SMS], message_type: TRANSACTIONAL }
sender_ids:
  - { sender_id: SENDER, country: IN, account: "000000000000", registered: true }
`

// TestPublishedSenderIDProcedures types the three published procedures, looks
// at describe and list calls, at what handsets show, and once more after a
// restart.
func TestPublishedSenderIDProcedures(t *testing.T) {
	for _, cli := range commandLines(t) {
		t.Run(cli.name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			configuration := filepath.Join(t.TempDir(), "heliograph.yaml")
			if err := os.WriteFile(configuration, []byte(provisioning), 0o600); err != nil {
				t.Fatal(err)
			}
			s := serve(t, data, "--config", configuration)
			number := cli.must(s, "request-phone-number", "--iso-country-code", "US", "--message-type", "TRANSACTIONAL",
				"--number-capabilities", "SMS", "--number-type", "LONG_CODE")
			pool := cli.must(s, "create-pool", "--origination-identity", number["PhoneNumberId"].(string), "--iso-country-code", "US",
				"--message-type", "TRANSACTIONAL")["PoolId"].(string)
			cli.must(s, "create-configuration-set", "--configuration-set-name", "promotions")

			associated := cli.must(s, "associate-origination-identity", "--pool-id", pool, "--origination-identity", "SENDER", "--iso-country-code", "IN")
			if associated["OriginationIdentity"] != "SENDER" || associated["IsoCountryCode"] != "IN" || associated["PoolId"] != pool {
				t.Errorf("associate-origination-identity answered %v", associated)
			}
			set := cli.must(s, "set-default-sender-id", "--configuration-set-name", "promotions", "--sender-id", "News")
			if set["SenderId"] != "News" {
				t.Errorf("set-default-sender-id answered %v", set)
			}
			checkHoldings(t, s, cli, pool, "News")
			checkHandsets(t, s, cli, pool, "News")

			s.stop()
			s = serve(t, data, "--config", configuration)
			checkHoldings(t, s, cli, pool, "News")
			checkHandsets(t, s, cli, pool, "News")

			removed := cli.must(s, "delete-default-sender-id", "--configuration-set-name", "promotions")
			if removed["ConfigurationSetName"] != "promotions" {
				t.Errorf("delete-default-sender-id answered %v", removed)
			}
			checkHoldings(t, s, cli, pool, "")
			s.stop()
			s = serve(t, data, "--config", configuration)
			checkHoldings(t, s, cli, pool, "")
			if shown := sendTo(s, cli, french, "--configuration-set-name", "promotions"); shown.From == "News" {
				t.Errorf("a French handset still shows the default that was deleted: %+v", shown)
			}
		})
	}
}

// checkHoldings looks for SENDER among the pool's identities and for the
// default (none = "") in the configuration set.
func checkHoldings(t *testing.T, s *server, cli commandLine, pool, defaultSender string) {
	t.Helper()
	found := false
	for _, identity := range cli.must(s, "list-pool-origination-identities", "--pool-id", pool)["OriginationIdentities"].([]any) {
		member := identity.(map[string]any)
		found = found || member["OriginationIdentity"] == "SENDER" && member["IsoCountryCode"] == "IN"
	}
	if !found {
		t.Error("list-pool-origination-identities does not show SENDER for IN")
	}
	sets := cli.must(s, "describe-configuration-sets", "--configuration-set-names", "promotions")["ConfigurationSets"].([]any)
	got, _ := sets[0].(map[string]any)["DefaultSenderId"].(string)
	if got != defaultSender {
		t.Errorf("describe-configuration-sets shows default sender ID %q, want %q", got, defaultSender)
	}
}

// checkHandsets sends to India by the pool, to France by the configuration
// set, to the United States by both, and answers the sender ID.
func checkHandsets(t *testing.T, s *server, cli commandLine, pool, defaultSender string) {
	t.Helper()
	shown := sendTo(s, cli, indian, "--origination-identity", pool, "--destination-country-parameters", dlt)
	if shown.From != "SENDER" || shown.FromKind != "ALPHANUMERIC" {
		t.Errorf("Indian handset shows %+v, want SENDER", shown)
	}
	if got := shown.TLVs["1400"]; got != hexOf("1101234567890123456") {
		t.Errorf("entity on the wire: %q", got)
	}
	if got := shown.TLVs["1401"]; got != hexOf("1107161234567890123") {
		t.Errorf("template on the wire: %q", got)
	}
	status := s.do("POST", "/simulator/v1/handsets/"+indian+"/messages", map[string]string{"to": "SENDER", "body": "hi"}, nil)
	if status != 409 {
		t.Errorf("a reply to a sender ID: HTTP %d, want 409", status)
	}
	if shown := sendTo(s, cli, french, "--configuration-set-name", "promotions"); shown.From != defaultSender {
		t.Errorf("French handset shows %+v, want %s", shown, defaultSender)
	}
	if shown := sendTo(s, cli, american, "--origination-identity", pool, "--configuration-set-name", "promotions"); shown.From != "+12065550142" {
		t.Errorf("US handset shows %+v, want the pool's number", shown)
	}
}

// sendTo sends a text, waits until the handset shows it and its receipt ended
// it, and gives what is shown.
func sendTo(s *server, cli commandLine, number string, flags ...string) handsetMessage {
	s.t.Helper()
	words := append([]string{"send-text-message", "--destination-phone-number", number, "--message-body", "Hello from " + cli.name}, flags...)
	id := cli.must(s, words...)["MessageId"].(string)
	if state := s.final(id); state.State != "DELIVERED" {
		s.t.Errorf("message to %s ended %s: %v", number, state.State, state.Why)
	}
	shown := s.newest(number, 0)
	if shown.MessageID != id {
		s.t.Errorf("the newest message of %s is %s, want %s", number, shown.MessageID, id)
	}
	return shown
}

func hexOf(text string) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(text))
	for _, c := range []byte(text) {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// TestErrorsReadAsPublished looks at what a CLI user sees of an exception.
func TestErrorsReadAsPublished(t *testing.T) {
	s := dev(t, "--empty")
	for _, cli := range commandLines(t) {
		for _, c := range []struct {
			words []string
			want  []string
		}{
			{[]string{"set-default-sender-id", "--configuration-set-name", "nowhere", "--sender-id", "NEWS"},
				[]string{"(ResourceNotFoundException)", `ResourceType="configuration-set"`, `ResourceId="nowhere"`}},
			{[]string{"send-text-message", "--destination-phone-number", american, "--message-body", "hi", "--origination-identity", "NEWS"},
				[]string{"(ValidationException)", `Reason="SENDER_ID_NOT_SUPPORTED"`}},
			{[]string{"delete-voice-message-spend-limit-override"}, []string{"(ValidationException)", `Reason="UNKNOWN_OPERATION"`, "not implemented"}},
		} {
			_, stderr, err := cli.run(s, c.words...)
			if err == nil {
				t.Errorf("%s %v succeeded", cli.name, c.words)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("%s %v: %q lacks %q", cli.name, c.words, stderr, want)
				}
			}
		}
	}
}
