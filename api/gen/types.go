package main

import (
	"fmt"
	"strings"

	"heliograph/api/model"
)

// types writes the structures.
func (g *generator) types() {
	for _, s := range g.structs {
		g.p("// %s %s", g.goName(s.Name), g.describe(s))
		g.p("type %s struct {", g.goName(s.Name))
		for _, mb := range s.Members {
			g.p("\t%s %s%s", mb.Name, g.memberType(s, mb), g.limits(s, mb))
		}
		g.p("}\n")
	}
}

func (g *generator) describe(s *model.Shape) string {
	switch {
	case strings.HasSuffix(g.renamed[s.Name], "Input"):
		return "is the input of " + strings.TrimSuffix(g.renamed[s.Name], "Input") + "."
	case g.renamed[s.Name] != "":
		return "is the output of " + strings.TrimSuffix(g.renamed[s.Name], "Output") + "."
	case s.Union:
		return "is a union of the model: exactly one member is set."
	}
	return "is a structure of the model."
}

// limits is the comment behind a member: what the decoder has made sure of.
func (g *generator) limits(s *model.Shape, mb model.Member) string {
	var facts []string
	if s.IsRequired(mb.Name) {
		facts = append(facts, "required")
	}
	shape := g.m.Shape(mb.Shape)
	if shape.Min != nil && shape.Max != nil {
		facts = append(facts, fmt.Sprintf("%v to %v%s", number(*shape.Min), number(*shape.Max), unit(shape.Kind)))
	} else if shape.Min != nil {
		facts = append(facts, fmt.Sprintf("at least %v%s", number(*shape.Min), unit(shape.Kind)))
	}
	if shape.Pattern != "" {
		facts = append(facts, shape.Pattern)
	}
	if len(facts) == 0 {
		return ""
	}
	return " // " + strings.Join(facts, "; ")
}

// unit is what the bounds of a kind count, with a leading blank.
func unit(k model.Kind) string {
	switch k {
	case model.String:
		return " characters"
	case model.List, model.Map:
		return " entries"
	case model.Blob:
		return " octets"
	}
	return ""
}

// number writes a bound without an exponent.
func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

// enums writes the enumerations with their constants, the unreachable ones
// (the exceptions' reasons) too.
func (g *generator) enums() {
	for i := range g.m.Shapes {
		s := &g.m.Shapes[i]
		if len(s.Enum) == 0 {
			continue
		}
		g.p("// %s is an enumeration of the model.", s.Name)
		g.p("type %s string\n", s.Name)
		g.p("// The values of %s.", s.Name)
		g.p("const (")
		for _, v := range s.Enum {
			g.p("\t%s%s %s = %q", s.Name, camel(v), s.Name, v)
		}
		g.p(")\n")
	}
}
