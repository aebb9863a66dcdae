package main

import (
	"fmt"

	"heliograph/api/model"
)

// encoders writes a method encode for each structure.
func (g *generator) encoders() {
	for _, s := range g.structs {
		recv := "v"
		if len(s.Members) == 0 {
			recv = ""
		}
		g.p("func (%s *%s) encode(e *encoder) {", recv, g.goName(s.Name))
		g.p("\te.open('{')")
		for _, mb := range s.Members {
			g.p("\t%s", g.encodeMember(s, mb))
		}
		g.p("\te.close('}')")
		g.p("}\n")
	}
}

func (g *generator) encodeMember(s *model.Shape, mb model.Member) string {
	shape := g.m.Shape(mb.Shape)
	required := s.IsRequired(mb.Name)
	field, ref := "v."+mb.Name, "&v."+mb.Name
	if g.isPointer(s, mb) {
		ref = field
	}
	switch shape.Kind {
	case model.String:
		return fmt.Sprintf("encodeString(e, %q, %s, %t)", mb.Name, field, required)
	case model.Boolean:
		if shape.Boxed {
			return fmt.Sprintf("e.nullableBoolean(%q, %s)", mb.Name, field)
		}
		return fmt.Sprintf("e.boolean(%q, %s)", mb.Name, field)
	case model.Integer, model.Long:
		return fmt.Sprintf("encodeInteger(e, %q, %s)", mb.Name, ref)
	case model.Double:
		return fmt.Sprintf("e.double(%q, %s)", mb.Name, ref)
	case model.Timestamp:
		return fmt.Sprintf("e.timestamp(%q, %s)", mb.Name, field)
	case model.Blob:
		return fmt.Sprintf("e.blob(%q, %s)", mb.Name, field)
	case model.Structure:
		return fmt.Sprintf("encodeStructure(e, %q, %s)", mb.Name, ref)
	case model.List:
		return fmt.Sprintf("encode%ss(e, %q, %s)", g.entry(shape.Element), mb.Name, field)
	case model.Map:
		return fmt.Sprintf("encode%sMap(e, %q, %s, %t)", g.entry(shape.Value), mb.Name, field, required)
	}
	panic("gen: cannot encode " + mb.Shape)
}

// entry names the kind of a list's or map's entries in the encoder's and
// decoder's function names.
func (g *generator) entry(shape string) string {
	switch g.m.Shape(shape).Kind {
	case model.String:
		return "String"
	case model.Structure:
		return "Structure"
	case model.Integer, model.Long:
		return "Integer"
	}
	panic("gen: cannot handle entries of " + shape)
}
