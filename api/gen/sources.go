package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// sources is what the module's Go files say of operations.
type sources struct {
	built       map[string]bool // registered by awsjson.Handle(…, api.X, …)
	rules       []rule          // by file and place
	differences []difference    // by file and place
	proofs      []proof         // by file and place
}

// rule is a line above a test:
//
//	// Rule(CreatePool, UpdatePool): what the service promises.
type rule struct {
	operations []string
	text       string
	test       string
	file       string // from the root, with slashes
}

func (r rule) folder() string { return path.Dir(r.file) }

// difference is a line above the code that departs from the service:
//
//	// Differs(CreatePool, UpdatePool): what a caller will notice.
//
// In place of operations, all stands for what has to do with no single one.
type difference struct {
	operations []string // nil = all
	text       string
}

var differenceLine = regexp.MustCompile(`^Differs\((all|[A-Za-z]+(?:, [A-Za-z]+)*)\): (\S.*\.)$`)

var ruleLine = regexp.MustCompile(`^Rule\(([A-Za-z]+(?:, [A-Za-z]+)*)\): (\S.*\.)$`)

// scan reads all Go files below root. Test data and hidden folders are left
// out.
func scan(root string) (*sources, error) {
	s := &sources{built: map[string]bool{}}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		return s.read(root, name)
	})
	return s, err
}

func (s *sources) read(root, name string) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(name, "_test.go") {
		ast.Inspect(file, s.registration)
		for _, group := range file.Comments {
			err := marked(group, "Differs(", func(text string) error { return s.difference(text, filepath.ToSlash(relative)) })
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Doc != nil {
			if err := s.comment(f, filepath.ToSlash(relative)); err != nil {
				return err
			}
		}
	}
	return nil
}

// registration notes a call of awsjson.Handle(…, api.X, …).
func (s *sources) registration(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 || !isSelector(call.Fun, "awsjson", "Handle") {
		return true
	}
	if op, ok := call.Args[1].(*ast.SelectorExpr); ok && isSelector(op, "api", op.Sel.Name) {
		s.built[op.Sel.Name] = true
	}
	return true
}

func isSelector(e ast.Expr, pkg, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

// comment reads the rules and the proofs above a test.
func (s *sources) comment(f *ast.FuncDecl, file string) error {
	err := marked(f.Doc, "Rule(", func(text string) error { return s.rule(text, f.Name.Name, file) })
	if err != nil {
		return err
	}
	return marked(f.Doc, "Proves(", func(text string) error { return s.proof(text, f.Name.Name, file) })
}

// marked gives what follows a mark at the start of a line, as one text: it may
// go on over several lines until one ends with a full stop.
func marked(group *ast.CommentGroup, mark string, take func(text string) error) error {
	open := ""
	for _, c := range group.List {
		line := strings.TrimSpace(strings.TrimPrefix(c.Text, "//"))
		if open == "" && !strings.HasPrefix(line, mark) {
			continue
		}
		open = strings.TrimSpace(open + " " + line)
		if !strings.HasSuffix(line, ".") {
			continue
		}
		if err := take(open); err != nil {
			return err
		}
		open = ""
	}
	if open != "" {
		return take(open)
	}
	return nil
}

func (s *sources) difference(text, file string) error {
	m := differenceLine.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%s: want a line // Differs(Operation, Operation): text. or // Differs(all): text., have %q", file, text)
	}
	d := difference{text: m[2]}
	if m[1] != "all" {
		d.operations = strings.Split(m[1], ", ")
	}
	s.differences = append(s.differences, d)
	return nil
}

func (s *sources) rule(text, test, file string) error {
	m := ruleLine.FindStringSubmatch(text)
	if m == nil || !isTest(test) {
		return fmt.Errorf("%s: %s: want a line // Rule(Operation, Operation): text. above a test, have %q", file, test, text)
	}
	s.rules = append(s.rules, rule{operations: strings.Split(m[1], ", "), text: m[2], test: test, file: file})
	return nil
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")
}
