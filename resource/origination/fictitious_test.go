package origination

import (
	"slices"
	"strings"
	"testing"

	"heliograph/api"
	"heliograph/country"
	"heliograph/resource"
)

func TestFictitiousNumbersArePossibleNumbersOfTheirCountry(t *testing.T) {
	kinds := []api.NumberType{api.NumberTypeLongCode, api.NumberTypeTollFree, api.NumberTypeTenDlc, api.NumberTypeSimulator}
	for _, rules := range country.All() {
		for _, kind := range kinds {
			ranges, _ := fictions(rules.ISO, kind)
			for _, r := range ranges {
				for _, i := range []int{0, 1, r.size() / 2, r.size() - 1} {
					n, err := country.Parse(r.number(i))
					// Outside the ranges in use Jersey cannot be told from
					// the country whose calling code it shares.
					if err != nil || n.E164 != r.number(i) || n.ISO != rules.ISO && rules.ISO != "JE" {
						t.Errorf("%s %s: %s is %+v, %v", rules.ISO, kind, r.number(i), n, err)
					}
					if _, _, simulator := country.SimulatorDestination(n.E164); simulator {
						t.Errorf("%s is a simulator destination", n.E164)
					}
				}
			}
		}
	}
}

func TestFictitiousNumbersExistWhereTheServiceHasNumbers(t *testing.T) {
	for _, rules := range country.All() {
		for kind, has := range map[api.NumberType]bool{
			api.NumberTypeLongCode: rules.LongCode, api.NumberTypeTollFree: rules.TollFree, api.NumberTypeTenDlc: rules.TenDLC,
			api.NumberTypeSimulator: rules.ISO == "US", api.NumberTypeShortCode: false,
		} {
			_, can := fictions(rules.ISO, kind)
			if slices.Contains(can, api.NumberCapabilitySms) != has {
				t.Errorf("%s %s: %v, want texts: %v", rules.ISO, kind, can, has)
			}
			if slices.Contains(can, api.NumberCapabilityMms) && rules.ISO != "US" && rules.ISO != "CA" || slices.Contains(can, api.NumberCapabilityRcs) {
				t.Errorf("%s %s can do %v", rules.ISO, kind, can)
			}
		}
	}
}

func TestFictitiousRangesDoNotOverlap(t *testing.T) {
	simulator, _ := fictions("US", api.NumberTypeSimulator)
	long, _ := fictions("US", api.NumberTypeLongCode)
	free, _ := fictions("US", api.NumberTypeTollFree)
	canada, _ := fictions("CA", api.NumberTypeLongCode)
	var prefixes []string
	for _, r := range slices.Concat(simulator, long, free, canada) {
		prefixes = append(prefixes, r.prefix)
	}
	for line := range strings.Lines(longCodes) {
		prefixes = append(prefixes, strings.Fields(line)[1])
	}
	for i, a := range prefixes {
		for j, b := range prefixes {
			if i != j && strings.HasPrefix(a, b) {
				t.Errorf("%s lies in %s", a, b)
			}
		}
	}
}

func TestScopesStartAtPlacesOfTheirOwn(t *testing.T) {
	ranges := []fiction{{"+1206555", 2}, {"+1207555", 2}}
	a := numbersFrom(ranges, resource.Scope{Account: "000000000000", Region: "us-east-1"})
	b := numbersFrom(ranges, resource.Scope{Account: "111122223333", Region: "us-east-1"})
	if a[0] == b[0] {
		t.Errorf("both start at %s", a[0])
	}
	for _, all := range [][]string{a, b} {
		sorted := slices.Compact(slices.Sorted(slices.Values(all)))
		if len(sorted) != 200 || sorted[0] != "+120655500" || sorted[199] != "+120755599" {
			t.Errorf("%d numbers from %s to %s", len(sorted), sorted[0], sorted[len(sorted)-1])
		}
	}
	if none := numbersFrom(nil, resource.Scope{}); none != nil {
		t.Error(none)
	}
}
