package main

import (
	"fmt"
	"strconv"

	"heliograph/api/model"
)

// emptyIsMissing are shapes that allow the empty string although a member of
// them, where it is given, cannot do without a text.
var emptyIsMissing = map[string]bool{"PoolIdOrArn": true}

// decoders writes a method decode for each structure of an input.
func (g *generator) decoders() {
	for _, s := range g.structs {
		if g.inputs[s.Name] {
			g.decoder(s)
		}
	}
}

func (g *generator) decoder(s *model.Shape) {
	recv := "v"
	if len(s.Members) == 0 {
		recv = ""
	}
	g.p("func (%s *%s) decode(d *decoder) {", recv, g.goName(s.Name))
	for _, r := range s.Required {
		g.p("\tvar has%s bool", r)
	}
	if s.Union {
		g.p("\tmembers := 0")
	}
	g.p("\td.token()")
	if len(s.Members) == 0 {
		g.p("\tfor _, ok := d.name(); ok; _, ok = d.name() {\n\t\td.skip()\n\t}")
	} else {
		g.members(s)
	}
	for _, r := range s.Required {
		g.p("\td.require(has%s, %q)", r, r)
	}
	if s.Union {
		g.p("\td.one(members)")
	}
	g.p("}\n")
}

// members writes the loop over the members of an object.
func (g *generator) members(s *model.Shape) {
	g.p("\tfor name, ok := d.name(); ok; name, ok = d.name() {")
	g.p("\t\tswitch string(name) {")
	for _, mb := range s.Members {
		g.p("\t\tcase %q:", mb.Name)
		call := g.decodeMember(s, mb)
		switch {
		case s.Union:
			g.p("\t\t\tif %s {\n\t\t\t\tmembers++\n\t\t\t}", call)
		case s.IsRequired(mb.Name):
			g.p("\t\t\thas%s = %s", mb.Name, call)
		default:
			g.p("\t\t\t%s", call)
		}
	}
	g.p("\t\tdefault:\n\t\t\td.skip()")
	g.p("\t\t}\n\t}")
}

func (g *generator) decodeMember(s *model.Shape, mb model.Member) string {
	shape := g.m.Shape(mb.Shape)
	optional := ""
	if g.isPointer(s, mb) {
		optional = "Optional"
	}
	into := fmt.Sprintf("d, %q", mb.Name)
	ref := "&v." + mb.Name
	switch shape.Kind {
	case model.String:
		if emptyIsMissing[shape.Name] && s.IsRequired(mb.Name) {
			return fmt.Sprintf("decodeNonEmpty(%s, %s, %s)", into, g.check(mb.Shape), ref)
		}
		if emptyIsMissing[shape.Name] {
			return fmt.Sprintf("decodeAbsentOrFull(%s, %s, %s)", into, g.check(mb.Shape), ref)
		}
		return fmt.Sprintf("decodeString(%s, %s, %s)", into, g.check(mb.Shape), ref)
	case model.Boolean:
		if shape.Boxed {
			return fmt.Sprintf("decodeNullableBoolean(%s, %s)", into, ref)
		}
		return fmt.Sprintf("decodeBoolean(%s, %s)", into, ref)
	case model.Integer, model.Long, model.Double:
		return fmt.Sprintf("decode%sNumber(%s, %s, %s)", optional, into, g.bounds(shape), ref)
	case model.Timestamp:
		return fmt.Sprintf("decodeTimestamp(%s, %s)", into, ref)
	case model.Blob:
		return fmt.Sprintf("decodeBlob(%s, %s, %s)", into, g.bounds(shape), ref)
	case model.Structure:
		return fmt.Sprintf("decode%sStructure(%s, %s)", optional, into, ref)
	case model.List:
		return fmt.Sprintf("decode%ss(%s, %s%s, %s)", g.entry(shape.Element), into, g.bounds(shape), g.entryLimit(shape.Element), ref)
	case model.Map:
		return fmt.Sprintf("decode%sMap(%s, %s, %s%s, %s)", g.entry(shape.Value), into, g.bounds(shape), g.check(shape.Key), g.entryLimit(shape.Value), ref)
	}
	panic("gen: cannot decode " + mb.Shape)
}

// entryLimit is the argument for the limit of a list's or map's entries, with
// a leading comma; structures bring their own limits.
func (g *generator) entryLimit(shape string) string {
	s := g.m.Shape(shape)
	switch s.Kind {
	case model.String:
		return ", " + g.check(shape)
	case model.Integer, model.Long:
		return ", " + g.bounds(s)
	}
	return ""
}

// check is the name of the function that checks a string, or nil.
func (g *generator) check(shape string) string {
	s := g.m.Shape(shape)
	if s.Min == nil && s.Max == nil && s.Pattern == "" && len(s.Enum) == 0 {
		return "nil"
	}
	return "check" + shape
}

// bounds is the closed range of a number, or of a list's, map's or blob's size.
func (g *generator) bounds(s *model.Shape) string {
	kind, low, high := "int", "0", "many"
	switch s.Kind {
	case model.Integer:
		low, high = "math.MinInt32", "math.MaxInt32"
	case model.Long:
		kind, low, high = "int64", "math.MinInt64", "math.MaxInt64"
	case model.Double:
		kind, low, high = "float64", "-math.MaxFloat64", "math.MaxFloat64"
	}
	if s.Min != nil {
		low = strconv.FormatFloat(*s.Min, 'f', -1, 64)
	}
	if s.Max != nil {
		high = strconv.FormatFloat(*s.Max, 'f', -1, 64)
	}
	return fmt.Sprintf("bounds[%s]{%s, %s}", kind, low, high)
}
