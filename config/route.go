package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Route says which carriers serve which messages. All that a route names must hold; the first route that matches is taken.
type Route struct {
	// ISO 3166-1 alpha-2 codes of destinations. Absent means all.
	Countries []string `yaml:"countries" rule:"is=country"`
	// Networks of destinations, mobile country code and mobile network code (ITU-T E.212) as five or six digits in quotes. They are known from `network_lookup` and `networks`; a destination whose network is not known is in none. Absent means all.
	Networks []string `yaml:"networks" rule:"is=mccmnc"`
	// What destinations begin with, as in "+337". Absent means anything.
	Prefixes []string `yaml:"prefixes" rule:"is=prefix"`
	// What the message comes from: a number's id, a number with +, the digits of a short code, a pool's id, or a sender ID in any case. Absent means anything.
	Identities []string `yaml:"identities" rule:"is=identity"`
	// Types of the message. Absent means both.
	MessageTypes []string `yaml:"message_types" rule:"oneof=TRANSACTIONAL|PROMOTIONAL"`
	// Names of carriers, the preferred one first. The next is taken when those before it are down, are not healthy, or do not have the sender. Where none has the sender, the next route is not asked.
	Carriers []string `yaml:"carriers" rule:"is=name"`
	// In place of `carriers`: groups of carriers that share messages by weight. The next group is taken when all of the one before are down, are not healthy, or do not have the sender. A message keeps its place in the draw.
	Groups [][]Weighted `yaml:"groups"`
}

// Weighted is a carrier in a group of a route.
type Weighted struct {
	// A carrier's name.
	Name string `yaml:"name" rule:"required is=name"`
	// Its share of the group's messages, against the weights of the others.
	Weight int `yaml:"weight" rule:"min=1 max=1000 default=1"`
}

// Network says which mobile network the numbers of a prefix belong to. Numbers that were ported to another network are not known as such.
type Network struct {
	// What numbers begin with, as in "+3361". The longest prefix wins.
	Prefix string `yaml:"prefix" rule:"required is=prefix"`
	// Mobile country code and mobile network code (ITU-T E.212), five or six digits in quotes.
	MCCMNC string `yaml:"mccmnc" rule:"required is=mccmnc"`
}

var (
	mccmncPattern   = regexp.MustCompile(`^[2-7][0-9]{4,5}$`)
	prefixPattern   = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	identityPattern = regexp.MustCompile(`^(phone-[0-9a-fA-F]{32}|pool-[0-9a-fA-F]{32}|\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9_-]{1,11})$`)
)

// isMCCMNC, isPrefix and isIdentity check the formats of routes.
func isMCCMNC(s string) error {
	return matches(mccmncPattern, s, "a mobile country code and a mobile network code, five or six digits in quotes")
}

func isPrefix(s string) error {
	return matches(prefixPattern, s, `the beginning of a number such as "+337"`)
}

func isIdentity(s string) error {
	return matches(identityPattern, s, "a number's or a pool's id, a number with +, a short code or a sender ID")
}

func matches(pattern *regexp.Regexp, s, want string) error {
	if !pattern.MatchString(s) {
		return fmt.Errorf("%q is not %s", s, want)
	}
	return nil
}

// RouteLine is the line of the file that a route of it begins in, counted from
// 0; 0 = the file has no such route.
func (f *File) RouteLine(route int) int {
	if route < 0 || route >= len(f.routeLines) {
		return 0
	}
	return f.routeLines[route]
}

// Warnings are what is allowed and yet hardly meant, one line each as in Errors.
func (f *File) Warnings() Errors { return f.warnings }

// routes checks which carriers they name, and that each can match.
func (d *decoder) routes(f *File) {
	for i := range f.Routes {
		r, at := &f.Routes[i], fmt.Sprintf("routes[%d]", i)
		f.routeLines = append(f.routeLines, d.lines[at])
		d.routeCarriers(f, r, at)
		if err := r.whom(d.has(at+".carriers"), d.has(at+".groups")); err != nil && !d.failed(at) {
			d.fail(at, "%s", err)
		}
		first := slices.IndexFunc(f.Routes[:i], func(earlier Route) bool { return earlier.covers(r) })
		switch {
		case first >= 0:
			d.warn(at, "never matches: the route in line %d takes all that it names", f.routeLines[first])
		case r.Networks != nil && len(f.Networks) == 0 && f.NetworkLookup == nil:
			d.warn(at+".networks", "never matches: the file has no `networks` and no `network_lookup`, so no destination's network is known")
		}
	}
	prefixes := d.once()
	for i, n := range f.Networks {
		prefixes.use(fmt.Sprintf("networks[%d].prefix", i), n.Prefix)
	}
}

// routeCarriers checks that a route names carriers of the file, each once.
func (d *decoder) routeCarriers(f *File, r *Route, at string) {
	names := d.once()
	for i, name := range r.Carriers {
		path := fmt.Sprintf("%s.carriers[%d]", at, i)
		d.known(f, path, name)
		names.use(path, name)
	}
	for i, group := range r.Groups {
		for j, w := range group {
			path := fmt.Sprintf("%s.groups[%d][%d].name", at, i, j)
			d.known(f, path, w.Name)
			names.use(path, w.Name)
		}
	}
}

// failed says that a fault of the field itself is noted.
func (d *decoder) failed(path string) bool {
	return slices.ContainsFunc(d.errs, func(e Error) bool { return e.Path == path })
}

// whom refuses a route that names its carriers in both ways or in none.
func (r *Route) whom(carriers, groups bool) error {
	switch {
	case carriers && groups:
		return errors.New("has carriers and groups: give one of them")
	case !carriers && !groups:
		return errors.New("carriers is missing, or groups")
	}
	return nil
}

// warn notes what is allowed and yet hardly meant.
func (d *decoder) warn(path, format string, args ...any) {
	d.warnings = append(d.warnings, Error{File: d.file, Line: d.lines[path], Path: path, Text: fmt.Sprintf(format, args...)})
}

// covers says that whatever matches other matches r as well.
func (r *Route) covers(other *Route) bool {
	return within(other.Countries, r.Countries, strings.EqualFold) && within(other.Networks, r.Networks, strings.EqualFold) &&
		within(other.Prefixes, r.Prefixes, strings.HasPrefix) && within(other.Identities, r.Identities, strings.EqualFold) &&
		within(other.MessageTypes, r.MessageTypes, strings.EqualFold)
}

// within says that each of some is one of all, by a comparison; an empty list
// stands for everything.
func within(some, all []string, is func(one, of string) bool) bool {
	if len(all) == 0 {
		return true
	}
	for _, one := range some {
		if !slices.ContainsFunc(all, func(of string) bool { return is(one, of) }) {
			return false
		}
	}
	return len(some) > 0
}

// InOrder are the groups of a route: those that it has, or its carriers one by one.
func (r *Route) InOrder() [][]Weighted {
	if len(r.Groups) > 0 {
		return r.Groups
	}
	groups := make([][]Weighted, len(r.Carriers))
	for i, name := range r.Carriers {
		groups[i] = []Weighted{{Name: name, Weight: 1}}
	}
	return groups
}
