package country

import (
	"slices"
	"strings"
	"testing"
)

func TestTableHoldsEveryCountryOnce(t *testing.T) {
	all := All()
	if len(all) != 215 {
		t.Fatalf("%d countries, want 215", len(all))
	}
	for i, r := range all {
		if len(r.ISO) != 2 || r.Name == "" || strings.Trim(r.Dial, "0123456789 ") != "" || r.Dial == "" {
			t.Errorf("incomplete: %+v", r)
		}
		if i > 0 && all[i-1].ISO >= r.ISO {
			t.Errorf("%s after %s", r.ISO, all[i-1].ISO)
		}
		if got, ok := Lookup(r.ISO); !ok || got != r {
			t.Errorf("Lookup(%s) = %+v, %v", r.ISO, got, ok)
		}
		if (r.SenderIDs == SenderIDsUnsupported) != (r.RequestSenderID == RequestUnsupported) {
			t.Errorf("%s: sending and requesting sender IDs contradict each other", r.ISO)
		}
	}
}

func TestRulesOfCountries(t *testing.T) {
	for _, c := range []struct {
		iso     string
		support Support
		request Request
	}{
		{"US", SenderIDsUnsupported, RequestUnsupported},
		{"CN", SenderIDsUnsupported, RequestUnsupported},
		{"FR", SenderIDsFree, RequestAllowed},
		{"IN", SenderIDsRegistered, RequestNeedsRegistration},
		{"SG", SenderIDsRegistered, RequestNeedsRegistration},
		{"GB", SenderIDsRegistered, RequestAllowed}, // registered to send, not to request
	} {
		r, _ := Lookup(c.iso)
		if r.SenderIDs != c.support || r.RequestSenderID != c.request {
			t.Errorf("%s: %v, %v", c.iso, r.SenderIDs, r.RequestSenderID)
		}
	}
	us, _ := Lookup("US")
	if !us.TollFree || !us.TenDLC || !us.TwoWay || !us.ShortCode || !us.LongCode || !us.NoSharedRoutes {
		t.Errorf("US: %+v", us)
	}
	if in, _ := Lookup("IN"); !in.LongCodeInboundOnly || in.TollFree || in.NoSharedRoutes {
		t.Errorf("IN: %+v", in)
	}
}

func TestLookupOfUnlistedCountry(t *testing.T) {
	for _, iso := range []string{"", "us", "CU", "SJ", "ZZ"} {
		if r, ok := Lookup(iso); ok || r != (Rules{}) {
			t.Errorf("Lookup(%q) = %+v", iso, r)
		}
	}
}

func TestAllIsTheCallersOwn(t *testing.T) {
	All()[0].Name = "changed"
	if All()[0].Name == "changed" {
		t.Error("the table was changed through All")
	}
}

func TestSimulatorDestinationsBelongToTheirCountry(t *testing.T) {
	var found []string
	for _, r := range All() {
		if r.Simulator == (Simulator{}) {
			continue
		}
		found = append(found, r.ISO)
		for number, want := range map[string]Outcome{
			r.Simulator.Success: OutcomeSuccess,
			r.Simulator.Failure: OutcomeFailure,
		} {
			if n, err := Parse(number); err != nil || n != (Number{number, r.ISO}) {
				t.Errorf("Parse(%s) = %+v, %v; want %s", number, n, err, r.ISO)
			}
			if iso, outcome, ok := SimulatorDestination(number); !ok || iso != r.ISO || outcome != want {
				t.Errorf("SimulatorDestination(%s) = %s, %v, %v", number, iso, outcome, ok)
			}
		}
	}
	want := strings.Fields("AT AU BE CH CL CZ DK EE ES FI FR GB HK HU IT JE LU NL NO PL PT RO SE TW US")
	if !slices.Equal(found, want) {
		t.Errorf("simulators in %v, want %v", found, want)
	}
	if _, _, ok := SimulatorDestination("+12065550142"); ok {
		t.Error("an ordinary number is no simulator destination")
	}
}

func TestTableRefusesDamage(t *testing.T) {
	row := "FR,France,33,free,allowed,,,,,,,,,,\n"
	for name, text := range map[string]string{
		"empty":          "",
		"other columns":  "iso,name\nFR,France\n",
		"short row":      columns + "\nFR,France\n",
		"sender ids":     columns + "\n" + strings.Replace(row, "free", "maybe", 1),
		"request answer": columns + "\n" + strings.Replace(row, "allowed", "maybe", 1),
	} {
		if _, err := readTable(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := readTable(columns + "\n" + row); err != nil {
		t.Error(err)
	}
}

func TestOutcomeString(t *testing.T) {
	if OutcomeSuccess.String() != "success" || OutcomeFailure.String() != "failure" || Outcome(0).String() != "unknown" {
		t.Error("outcomes are named wrongly")
	}
}
