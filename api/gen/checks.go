package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"heliograph/api/model"
)

// checks writes a function for each string of an input that has a limit.
func (g *generator) checks() {
	for i := range g.m.Shapes {
		s := &g.m.Shapes[i]
		if s.Kind != model.String || !g.inputs[s.Name] || g.check(s.Name) == "nil" {
			continue
		}
		if len(s.Enum) > 0 {
			g.checkEnum(s)
			continue
		}
		match := g.pattern(s)
		g.p("func check%s(s string) string {", s.Name)
		if s.Min != nil || s.Max != nil {
			g.p("\tif wrong := length(s, %s, %s); wrong != \"\" {\n\t\treturn wrong\n\t}", bound(s.Min, "0"), bound(s.Max, "many"))
		}
		if match != "" {
			g.p("\tif !%s(s) {\n\t\treturn %q\n\t}", match, mismatch(s.Pattern))
		}
		g.p("\treturn \"\"\n}\n")
	}
}

// mismatch says what is wrong where a pattern does not match.
func mismatch(pattern string) string {
	switch {
	case strings.Contains(pattern, "(?<"):
		return "must not begin or end with a blank"
	case strings.Contains(pattern, "(?!"):
		return "must not be of blanks alone"
	}
	return "must match " + pattern
}

func bound(b *float64, absent string) string {
	if b == nil {
		return absent
	}
	return strconv.FormatFloat(*b, 'f', -1, 64)
}

// maxListed is how many values of an enumeration a complaint lists.
const maxListed = 12

func (g *generator) checkEnum(s *model.Shape) {
	wrong := "must be a value of " + s.Name
	if len(s.Enum) <= maxListed {
		wrong = "must be one of " + strings.Join(s.Enum, ", ")
	}
	g.p("func check%s(s string) string {", s.Name)
	g.p("\tswitch %s(s) {", s.Name)
	names := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		names[i] = s.Name + camel(v)
	}
	g.p("\tcase %s:", strings.Join(names, ",\n\t\t"))
	g.p("\t\treturn \"\"\n\t}\n\treturn %q\n}\n", wrong)
}

// pattern writes what matches the shape's pattern and returns the function to
// call; empty where there is no pattern.
func (g *generator) pattern(s *model.Shape) string {
	switch {
	case s.Pattern == "":
		return ""
	case strings.Contains(s.Pattern, "(?"):
		return "is" + s.Name // written by hand
	}
	classes, plain := sequence(s.Pattern)
	if !plain {
		g.p("var pattern%s = whole(%s)\n", s.Name, strconv.Quote(s.Pattern))
		return "pattern" + s.Name + ".MatchString"
	}
	g.p("var pattern%s = pattern{ // %s", s.Name, s.Pattern)
	for _, c := range classes {
		g.p("\t{low: %#x, high: %#x, beyond: %t, min: %d, max: %s},", c.low, c.high, c.beyond, c.min, c.maxText())
	}
	g.p("}\n")
	return "pattern" + s.Name + ".MatchString"
}

// class mirrors the type of that name in package api; max is -1 where there is
// no upper bound.
type class struct {
	low, high uint64
	beyond    bool
	min, max  int
}

func (c class) maxText() string {
	if c.max < 0 {
		return "many"
	}
	return fmt.Sprint(c.max)
}

func (c class) overlaps(o class) bool {
	return c.low&o.low != 0 || c.high&o.high != 0 || c.beyond && o.beyond
}

// greedy says whether taking as much as possible at each step is right: a
// step of variable length must not be able to take what a later one needs.
func greedy(classes []class) bool {
	for i, c := range classes {
		if c.min == c.max {
			continue
		}
		for _, o := range classes[i+1:] {
			if c.overlaps(o) {
				return false
			}
			if o.min > 0 {
				break
			}
		}
	}
	return !slices.ContainsFunc(classes, func(c class) bool { return c.max == 0 })
}
