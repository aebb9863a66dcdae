package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// twoCarriers is the head of a file whose routes are under test.
const twoCarriers = "carriers:\n- { name: a, type: simulator }\n- { name: b, type: simulator }\n"

// Proves(route): routes are read with their criteria, groups and weights.
func TestRoutesAreReadWithTheirCriteriaAndGroups(t *testing.T) {
	f, err := read(t, twoCarriers+`routes:
- countries: [FR]
  networks: ["20801"]
  prefixes: ["+337"]
  identities: [Brand, "+12065550142", "88222", pool-00000000000000000000000000000001]
  message_types: [PROMOTIONAL]
  groups:
  - [{ name: a, weight: 3 }, { name: b }]
- carriers: [b, a]
networks:
- { prefix: "+3361", mccmnc: "20801" }
health: { minimum: 10, receipt_ratio: 0.25 }
`)
	if err != nil {
		t.Fatal(err)
	}
	r := f.Routes
	if got := fmt.Sprint(r[0].InOrder(), r[1].InOrder()); got != "[[{a 3} {b 1}]] [[{b 1}] [{a 1}]]" {
		t.Errorf("groups %s", got)
	}
	if f.RouteLine(0) != 5 || f.RouteLine(1) != 12 || f.RouteLine(2) != 0 {
		t.Errorf("lines %d %d", f.RouteLine(0), f.RouteLine(1))
	}
	if r[0].Networks[0] != "20801" || r[0].Prefixes[0] != "+337" || len(r[0].Identities) != 4 || r[0].MessageTypes[0] != "PROMOTIONAL" {
		t.Errorf("%+v", r[0])
	}
	if h := f.Health; h.Minimum != 10 || h.ReceiptRatio != 0.25 || h.Window.Of() != 15*time.Minute || h.ReceiptLatency.Of() != 10*time.Minute {
		t.Errorf("health %+v", h)
	}
	if f.Networks[0] != (Network{Prefix: "+3361", MCCMNC: "20801"}) || f.Warnings() != nil {
		t.Errorf("networks %+v, warnings %v", f.Networks, f.Warnings())
	}
}

func TestRoutesAreRefusedWithLineAndField(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"- { countries: [FR] }", "routes[0]: carriers is missing, or groups"},
		{"- { carriers: [a], groups: [[{ name: b }]] }", "routes[0]: has carriers and groups: give one of them"},
		{"- { groups: [[{ name: c }]] }", `routes[0].groups[0][0].name: no carrier is named "c"; there is a, b`},
		{"- { groups: [[{ name: a }], [{ name: a }]] }", "routes[0].groups[1][0].name: the same stands in line 5 (routes[0].groups[0][0].name)"},
		{"- { groups: [[{ name: a, weight: 0 }]] }", "routes[0].groups[0][0].weight: 0 is less than 1"},
		{"- { groups: [[{ name: a, weight: 1001 }]] }", "routes[0].groups[0][0].weight: 1001 is more than 1000"},
		{"- { groups: [[]] }", "routes[0].groups[0]: is an empty list"},
		{`- { networks: ["2080"], carriers: [a] }`, `routes[0].networks[0]: "2080" is not a mobile country code and a mobile network code, five or six digits in quotes`},
		{`- { prefixes: ["337"], carriers: [a] }`, `routes[0].prefixes[0]: "337" is not the beginning of a number such as "+337"`},
		{`- { identities: ["pool-1 2"], carriers: [a] }`, `routes[0].identities[0]: "pool-1 2" is not a number's or a pool's id, a number with +, a short code or a sender ID`},
		{"- { message_types: [VOICE], carriers: [a] }", `routes[0].message_types[0]: "VOICE" is not one of TRANSACTIONAL, PROMOTIONAL`},
		{"- { carriers: [a] }\nhealth: { receipt_ratio: 1.5 }", "health.receipt_ratio: want a share above 0 and at most 1, such as 0.5"},
		{"- { carriers: [a] }\nhealth: { receipt_ratio: 0 }", "health.receipt_ratio: want a share above 0 and at most 1, such as 0.5"},
		{"- { carriers: [a] }\nhealth: { window: 5s }", "health.window: is less than 1m0s"},
		{"- { carriers: [a] }\nhealth: { receipt_latency: 48h }", "health.receipt_latency: is more than 24h"},
		{"- { carriers: [a] }\nhealth: { window: soon }", "health.window: want a span of time such as 30s, 10m or 1h30m"},
		{"- { carriers: [a] }\nnetworks:\n- { prefix: \"+33\", mccmnc: \"20801\" }\n- { prefix: \"+33\", mccmnc: \"20810\" }", "networks[1].prefix: the same stands in line 7 (networks[0].prefix)"},
	} {
		_, err := parse(filepath.Join(t.TempDir(), "f.yaml"), []byte(twoCarriers+"routes:\n"+c.text+"\n"), environment)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}

// Proves(route): routes that can never match are warned of.
func TestRoutesThatNeverMatchAreWarnedOf(t *testing.T) {
	for _, c := range []struct{ first, second, want string }{
		{"carriers: [a]", "carriers: [b]", "routes[1]: never matches: the route in line 5 takes all that it names"},
		{"countries: [FR, DE], carriers: [a]", "countries: [FR], message_types: [PROMOTIONAL], carriers: [b]", "routes[1]: never matches"},
		{`prefixes: ["+33"], carriers: [a]`, `prefixes: ["+337"], carriers: [b]`, "routes[1]: never matches"},
		{"identities: [brand], carriers: [a]", "identities: [BRAND], carriers: [b]", "routes[1]: never matches"},
		{"carriers: [a], countries: [FR]", "carriers: [a], countries: [FR, DE]", ""},
		{"countries: [FR], carriers: [a]", "carriers: [b]", ""},
		{"message_types: [PROMOTIONAL], carriers: [a]", "countries: [FR], carriers: [b]", ""},
		{`networks: ["20801"], carriers: [a]`, "carriers: [b]", "routes[0].networks: never matches: the file has no `networks` and no `network_lookup`, so no destination's network is known"},
	} {
		f, err := read(t, twoCarriers+"routes:\n- { "+c.first+" }\n- { "+c.second+" }\n")
		if err != nil {
			t.Fatal(err)
		}
		got := f.Warnings().Error()
		if !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s, %s: got %q, want %q", c.first, c.second, got, c.want)
		}
	}
}
