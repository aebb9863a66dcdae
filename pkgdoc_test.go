package heliograph_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// minimumComment is how many characters a package comment has at least: a
// sentence of what it does and one of what it leaves out.
const minimumComment = 80

func TestEveryPackageSaysWhatItDoes(t *testing.T) {
	comments := map[string]string{}
	for file := range sources(t) {
		room := filepath.Dir(file)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Doc == nil {
			comments[room] += ""
			continue
		}
		if comments[room] != "" {
			t.Errorf("%s: package %s has a second package comment", file, room)
		}
		comments[room] = parsed.Doc.Text()
	}
	for room, text := range comments {
		if len(text) < minimumComment {
			t.Errorf("package %s: its comment must say what it implements and what it leaves out (got %d characters)", room, len(text))
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	for file := range sources(t) {
		if strings.HasSuffix(file, "_gen.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if name, ok := undocumented(decl); ok {
				t.Errorf("%s: exported %s has no comment", file, name)
			}
		}
	}
}

// undocumented names the first exported thing of a declaration without a
// comment; the comment of a group counts for its members.
func undocumented(decl ast.Decl) (string, bool) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Name.Name, d.Doc == nil && d.Name.IsExported() && !methodOfUnexported(d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
					return s.Name.Name, true
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc == nil && d.Doc == nil && s.Comment == nil {
						return name.Name, true
					}
				}
			}
		}
	}
	return "", false
}

func methodOfUnexported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return false
	}
	kind := d.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if indexed, ok := kind.(*ast.IndexExpr); ok {
		kind = indexed.X
	}
	name, ok := kind.(*ast.Ident)
	return ok && !name.IsExported()
}
