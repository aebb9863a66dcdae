package main

import (
	"slices"

	"heliograph/api/model"
)

// operations writes a descriptor for each operation and the list of them.
func (g *generator) operations() {
	for i := range g.m.Operations {
		o := &g.m.Operations[i]
		g.p("// %s describes the operation of that name.", o.Name)
		g.p("var %s = Op[%sInput, %sOutput]{", o.Name, o.Name, o.Name)
		g.p("\tOperation: Operation{")
		g.p("\t\tName: %q,", o.Name)
		g.p("\t\tErrors: %#v,", o.Errors)
		if g.hasToken(o) {
			g.p("\t\tHasToken: true,")
		}
		if p := o.Page; p != nil {
			g.p("\t\tPage: &Page{InputToken: %q, OutputToken: %q, Size: %q, List: %q},", p.InputToken, p.OutputToken, p.Size, p.List)
		}
		g.p("\t\tcheck: func(body []byte) error { return decodeBody(body, new(%sInput).decode) },", o.Name)
		g.p("\t},")
		g.p("\tdecodeInput: (*%sInput).decode,", o.Name)
		if g.hasToken(o) {
			g.p("\ttoken: func(in *%sInput) *string { return &in.ClientToken },", o.Name)
		}
		g.p("\tencodeInput: (*%sInput).encode,", o.Name)
		g.p("\tencodeOutput: (*%sOutput).encode,", o.Name)
		g.p("}\n")
	}
	g.p("// Operations returns all operations of the API, by name.")
	g.p("func Operations() []*Operation {")
	g.p("\treturn []*Operation{")
	for _, o := range g.m.Operations {
		g.p("\t\t&%s.Operation,", o.Name)
	}
	g.p("\t}")
	g.p("}")
}

func (g *generator) hasToken(o *model.Operation) bool {
	return slices.ContainsFunc(g.m.Shape(o.Input).Members, func(mb model.Member) bool { return mb.Token })
}
