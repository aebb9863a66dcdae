package origination

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// fiction is a range of numbers that belong to nobody: a prefix in E.164 and
// how many digits follow it.
type fiction struct {
	prefix string
	digits int
}

func (f fiction) size() int {
	n := 1
	for range f.digits {
		n *= 10
	}
	return n
}

func (f fiction) number(i int) string { return fmt.Sprintf("%s%0*d", f.prefix, f.digits, i) }

// In the North American numbering plan 555-0100 to 555-0199 are kept for
// fiction in every area code. Simulator numbers have area codes of their own,
// so that no inventory of the operator's is likely to meet them.
const (
	areaCodesUS = "206 201 202 203 205 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 " +
		"301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 402 404 405 406 407 408 409 410"
	areaCodesCA        = "416 204 250 306 403 418 450 506 514 519 604 613 647 705 778 780 819 867 902 905"
	areaCodesSimulator = "425 253 360 503 509 541 458 971 564"
	tollFree           = "+1833555"
)

// longCodes are the fictitious ranges of the other countries: country, prefix,
// digits that follow, and whether a text (S) or a call (V) can come from there.
//
// GB is the range that Ofcom publishes for drama; those of the
// North American plan are as above. All others have a possible length under
// the country's calling code and lie outside every range in use there, by the
// metadata of libphonenumber.
const longCodes = `AE +97199900 4 S
AR +549990000 4 V
AT +4399900 4 SV
AU +6199900 4 SV
BB +124655501 2 V
BE +3299900 4 S
BF +2269990 4 V
BG +3599990 4 V
BH +9739990 4 V
BR +559980000 4 V
CH +4199900 4 V
CL +5697000 4 SV
CO +57999000 4 V
CR +5069990 4 S
CY +3579890 4 V
CZ +42099900 4 S
DE +499990000 4 SV
DK +459900 4 S
DO +180955501 2 V
EC +59397700 4 V
EE +3729990 4 S
ES +3499900 4 S
FI +35899900 4 SV
GB +447700900 3 SV
GD +147355501 2 V
GH +23399900 4 S
GR +30999000 4 SV
GT +5029990 4 V
GU +167155501 2 S
HK +8529990 4 S
HN +5046990 4 S
HR +38597800 4 V
HU +3699900 4 S
ID +6299900 4 V
IE +35399900 4 SV
IL +97299900 4 SV
IN +91599000 4 S
IS +354999 4 V
IT +39999000 4 SV
JE +44153490 4 S
JM +187655501 2 V
KE +25499900 4 SV
KH +8559690 4 V
KW +9659860 4 S
KY +134555501 2 V
KZ +7799000 4 V
LK +9499900 4 S
LR +23199900 4 S
LT +3709990 4 SV
LU +35298900 4 SV
LV +3719990 4 SV
MD +3739990 4 V
ML +2238890 4 V
MM +959970 4 S
MT +3569890 4 S
MU +2309990 4 S
MX +52989000 4 V
NI +5059990 4 V
NL +3199900 4 S
NO +478990 4 S
NZ +6499900 4 V
PE +5189900 4 V
PH +63990000 4 SV
PK +92999000 4 S
PL +4899900 4 SV
PR +178755501 2 SV
PT +35199900 4 S
RO +4099900 4 SV
SA +96699900 4 S
SE +4699900 4 S
SG +659990 4 S
SI +3869990 4 V
SK +42199900 4 SV
SV +5039990 4 V
TH +6679900 4 SV
TJ +99286900 4 V
TT +186855501 2 V
TW +88689900 4 SV
TZ +25599900 4 S
UA +38090900 4 S
UY +5989090 4 V
VE +58999000 4 V
VI +134055501 2 S
VN +8499200 4 V
ZA +2799900 4 SV`

// fictions are the ranges of a country and a type of number, and what numbers
// of them can do. There are none where the service has no such numbers.
func fictions(iso string, kind api.NumberType) ([]fiction, []api.NumberCapability) {
	all := []api.NumberCapability{api.NumberCapabilitySms, api.NumberCapabilityVoice, api.NumberCapabilityMms}
	switch {
	case kind == api.NumberTypeSimulator && iso == "US":
		return northAmerican(areaCodesSimulator), all[:2]
	case kind == api.NumberTypeTollFree && iso == "US":
		return []fiction{{tollFree, 4}}, all
	case kind == api.NumberTypeTenDlc && iso == "US", kind == api.NumberTypeLongCode && iso == "US":
		return northAmerican(areaCodesUS), all
	case kind == api.NumberTypeLongCode && iso == "CA":
		return northAmerican(areaCodesCA), all
	case kind == api.NumberTypeLongCode:
		return longCodesOf(iso)
	}
	return nil, nil
}

func northAmerican(areaCodes string) []fiction {
	var ranges []fiction
	for _, area := range strings.Fields(areaCodes) {
		ranges = append(ranges, fiction{"+1" + area + "55501", 2})
	}
	return ranges
}

func longCodesOf(iso string) ([]fiction, []api.NumberCapability) {
	for line := range strings.Lines(longCodes) {
		row := strings.Fields(line)
		if row[0] != iso {
			continue
		}
		digits, _ := strconv.Atoi(row[2]) // the table is tested
		var can []api.NumberCapability
		if strings.Contains(row[3], "S") {
			can = append(can, api.NumberCapabilitySms)
		}
		if strings.Contains(row[3], "V") {
			can = append(can, api.NumberCapabilityVoice)
		}
		return []fiction{{row[1], digits}}, can
	}
	return nil, nil
}

// leasedAtOnce is how many numbers are asked about in one look-up.
const leasedAtOnce = 100

// fictitious finds a free number of the ranges that fits. Each scope starts at
// a place of its own, so that scopes that request at the same moment seldom
// meet. taken are numbers that the operator holds.
func (s *Service) fictitious(ctx context.Context, scope resource.Scope, want wanted, taken []Stock) (Stock, bool, error) {
	ranges, can := fictions(want.country, want.kind)
	if !covers(can, want.capabilities) {
		return Stock{}, false, nil
	}
	held := func(number string) bool {
		return slices.ContainsFunc(taken, func(s Stock) bool { return s.Number == number })
	}
	var fits []string
	for _, number := range numbersFrom(ranges, scope) {
		if want.prefers(number) && !held(number) {
			fits = append(fits, number)
		}
	}
	for some := range slices.Chunk(fits, leasedAtOnce) {
		leased, err := s.Store.Leased(ctx, some)
		if err != nil {
			return Stock{}, false, err
		}
		for _, number := range some {
			if _, gone := leased[number]; !gone {
				return Stock{Number: number, ISOCountryCode: want.country, Type: want.kind, Capabilities: can, Fictitious: true}, true, nil
			}
		}
	}
	return Stock{}, false, nil
}

// numbersFrom are all numbers of the ranges, from the scope's place on and
// round to it.
func numbersFrom(ranges []fiction, scope resource.Scope) []string {
	var all []string
	for _, r := range ranges {
		for i := range r.size() {
			all = append(all, r.number(i))
		}
	}
	if len(all) == 0 {
		return nil
	}
	h := fnv.New32a()
	h.Write([]byte(scope.Account + scope.Region)) // never fails
	start := int(h.Sum32() % uint32(len(all)))
	return append(all[start:len(all):len(all)], all[:start]...)
}
