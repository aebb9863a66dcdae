package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// twoRoutes sends what comes from Brand, and what goes to one network, over two.
const twoRoutes = `carriers:
  - { name: one, type: simulator }
  - { name: two, type: simulator }
routes:
  - { countries: [FR], identities: [Brand], groups: [[{ name: two, weight: 3 }], [{ name: one }]] }
  - { networks: ["20801"], message_types: [PROMOTIONAL], carriers: [two] }
  - { countries: [FR, US], carriers: [one] }
networks:
  - { prefix: "+3361", mccmnc: "20801" }
prices:
  - { country: FR, text_part: "0.05" }
`

func TestRouteExplainAgreesWithWhatIsSent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(file, []byte(twoRoutes), 0o600); err != nil {
		t.Fatal(err)
	}
	dev := startDev(t, "--config", file)
	for _, c := range []struct {
		to, from, kind, carrier string
		want                    []string
	}{
		{"+33612345678", "Brand", "TRANSACTIONAL", "two", []string{
			"from Brand (ALPHANUMERIC) by carrier two, as TRANSACTIONAL", "The destination is in FR, network 20801.",
			"The text takes 1 part (GSM) and costs 0.05 US dollars.", "The route in line 5 of the configuration file:",
			"1      two      3       up", "2      one      1       up",
		}},
		{"+33612345678", "Other", "PROMOTIONAL", "two", []string{"line 6"}},
		{"+33612345678", "Other", "TRANSACTIONAL", "one", []string{"line 7"}},
		{"+33712345678", "Other", "PROMOTIONAL", "one", []string{"network not known", "line 7"}},
	} {
		told := dev.must(t, "route explain --body Hello --to "+c.to+" --from "+c.from+" --message-type "+c.kind)
		for _, want := range append(c.want, "by carrier "+c.carrier) {
			if !strings.Contains(told, want) {
				t.Errorf("%s to %s: %q is missing in\n%s", c.from, c.to, want, told)
			}
		}
		dev.must(t, "api send-text-message --destination-phone-number "+c.to+" --message-body Hello --origination-identity "+c.from+" --message-type "+c.kind)
		if sent := dev.must(t, "messages --limit 1 --output json"); !strings.Contains(sent, `"carrier": "`+c.carrier+`"`) {
			t.Errorf("%s to %s was sent otherwise than told: %s", c.from, c.to, sent)
		}
	}
	for line, want := range map[string]string{
		"--to +491511234567":                       "It would be refused: ValidationException",
		"--to +12065550199 --from Brand":           "SENDER_ID_NOT_SUPPORTED",
		"--to +33612345678 --region eu-central-9":  "It would be",
		"--to +12065550199 --configuration-set no": "ResourceNotFoundException",
	} {
		if told := dev.must(t, "route explain "+line); !strings.Contains(told, want) {
			t.Errorf("%s: %s", line, told)
		}
	}
	for line, want := range map[string]string{
		"--to +12065550199 --account 999999999999": "no account",
		"--to +12065550199 --region Mars":          "Region",
		"":                                         "--to",
	} {
		if status, _, stderr := dev.types(t, strings.Fields("route explain "+line)...); status == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%q: status %d, %s", line, status, stderr)
		}
	}
}

func TestCheckWarnsOfRoutesThatNeverMatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "heliograph.yaml")
	writeFile(t, file, "carriers:\n  - { name: one, type: simulator }\nroutes:\n  - { carriers: [one] }\n  - { countries: [FR], carriers: [one] }\n")
	status, stdout, stderr := typing(t, "check", file)
	if want := "Warning: " + file + ":5: routes[1]: never matches: the route in line 4 takes all that it names\n"; status != 0 || stderr != want || !strings.Contains(stdout, "is valid") {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}
