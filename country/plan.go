package country

import (
	"regexp"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// plans are the numbering plans by calling code (1 to 3 digits).
type plans [1000]*plan

// plan is what libphonenumber's metadata say of one calling code, with its
// patterns compiled once: the library looks each up by its text on every
// call, at a cost of some ten microseconds and fifty allocations.
type plan struct {
	lengths lengths
	trunk   *regexp.Regexp // a national number that may start with a trunk prefix; nil if none
	main    string         // the country of ranges that are not in use
	shared  []region       // countries in order of trial; empty where main is the only one
}

type region struct {
	iso     string
	leading *regexp.Regexp // decides alone, where there is one
	general desc
	kinds   []desc
}

// desc is one kind of number of a country: fixed, mobile, toll-free, ...
type desc struct {
	lengths lengths // none: those of the country
	pattern *regexp.Regexp
}

// lengths has bit n set where a national number may have n digits.
type lengths uint32

func (l lengths) has(digits int) bool { return l>>digits&1 == 1 }

var numbering = sync.OnceValue(func() *plans {
	metadata, err := phonenumbers.MetadataCollection()
	if err != nil {
		panic(err) // embedded in the library, read once by its own start
	}
	countries := make(map[string]*phonenumbers.PhoneMetadata)
	for _, m := range metadata.GetMetadata() {
		countries[m.GetId()] = m
	}
	var p plans
	for code := range phonenumbers.GetSupportedCallingCodes() {
		p[code] = newPlan(code, countries)
	}
	return &p
})

// newPlan returns nil for a calling code of no country.
func newPlan(code int, countries map[string]*phonenumbers.PhoneMetadata) *plan {
	main := phonenumbers.GetRegionCodeForCountryCode(code)
	m, ok := countries[main]
	if !ok || main == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		return nil
	}
	p := &plan{main: main, lengths: lengthsOf(m.GetGeneralDesc())}
	if prefix := m.GetNationalPrefixForParsing(); prefix != "" {
		p.trunk = regexp.MustCompile("^(?:" + prefix + ")")
	}
	if isos := phonenumbers.GetRegionCodesForCountryCode(code); len(isos) > 1 {
		for _, iso := range isos {
			p.shared = append(p.shared, newRegion(countries[iso]))
		}
	}
	return p
}

func newRegion(m *phonenumbers.PhoneMetadata) region {
	if leading := m.GetLeadingDigits(); leading != "" {
		return region{iso: m.GetId(), leading: regexp.MustCompile("^(?:" + leading + ")")}
	}
	r := region{iso: m.GetId(), general: newDesc(m.GetGeneralDesc())}
	for _, d := range []*phonenumbers.PhoneNumberDesc{
		m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
		m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
	} {
		if d.GetNationalNumberPattern() != "" {
			r.kinds = append(r.kinds, newDesc(d))
		}
	}
	return r
}

func newDesc(d *phonenumbers.PhoneNumberDesc) desc {
	return desc{lengthsOf(d), regexp.MustCompile("^(?:" + d.GetNationalNumberPattern() + ")$")}
}

func lengthsOf(d *phonenumbers.PhoneNumberDesc) (l lengths) {
	for _, n := range d.GetPossibleLength() {
		if n > 0 {
			l |= 1 << n
		}
	}
	return l
}

// parse answers for numbers that need no rewriting; for all others, and to
// refuse, it leaves the word to libphonenumber.
func (p *plans) parse(number string) (Number, bool) {
	pl, national := p.split(number)
	if pl == nil || !pl.lengths.has(len(national)) {
		return Number{}, false
	}
	if pl.trunk != nil && pl.trunk.MatchString(national) {
		return Number{}, false
	}
	return Number{E164: number, ISO: pl.country(national)}, true
}

// split takes the calling code off. No calling code starts another one
// (ITU-T E.164 §6), so the first that fits is the right one.
func (p *plans) split(number string) (*plan, string) {
	code := 0
	for i := 1; i <= 3 && i < len(number); i++ {
		code = code*10 + int(number[i]-'0')
		if p[code] != nil {
			return p[code], number[i+1:]
		}
	}
	return nil, ""
}

func (p *plan) country(national string) string {
	for i := range p.shared {
		if p.shared[i].owns(national) {
			return p.shared[i].iso
		}
	}
	return p.main
}

func (r *region) owns(national string) bool {
	if r.leading != nil {
		return r.leading.MatchString(national)
	}
	if !r.general.matches(national) {
		return false
	}
	for _, kind := range r.kinds {
		if kind.matches(national) {
			return true
		}
	}
	return false
}

func (d desc) matches(national string) bool {
	return (d.lengths == 0 || d.lengths.has(len(national))) && d.pattern.MatchString(national)
}
