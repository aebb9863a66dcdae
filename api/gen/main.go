// Command gen writes what is made from the facts in api/model: the generated Go
// files of package api and, with -operations, the page docs/operations.md. It
// is run by "go generate ./api" in the root of the module.
//
// Generated: structures, enumerations, decoders with limit checks, encoders
// and operation descriptors. Exceptions and everything that behaves are
// written by hand.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"heliograph/api/model"
)

func main() {
	dir := flag.String("dir", ".", "folder of package api")
	page := flag.String("operations", "", "write the page of operations to this file instead")
	root := flag.String("root", "..", "folder of the module, for the page of operations")
	flag.Parse()
	if err := run(*dir, *page, *root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir, page, root string) error {
	m, err := model.Load()
	if err != nil {
		return err
	}
	if page != "" {
		text, err := operationsPage(m, root)
		if err != nil {
			return err
		}
		return os.WriteFile(page, text, 0o644)
	}
	files, err := Generate(m)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Generate returns the files of package api by name, gofmt-ed.
func Generate(m *model.Model) (map[string][]byte, error) {
	g := newGenerator(m)
	files := map[string][]byte{}
	for name, write := range map[string]func(){
		"checks_gen.go":     g.checks,
		"decoders_gen.go":   g.decoders,
		"types_gen.go":      g.types,
		"enums_gen.go":      g.enums,
		"encoders_gen.go":   g.encoders,
		"operations_gen.go": g.operations,
	} {
		g.begin()
		write()
		src, err := g.finish()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = src
	}
	return files, nil
}
