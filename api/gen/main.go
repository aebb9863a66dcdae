// Command gen writes what is made from the facts in api/model: the generated Go
// files of package api and, with -operations, -compatibility and -carriers, the
// pages docs/operations.md, docs/compatibility.md and docs/carriers-proof.md.
// It is run by "go generate ./api" in the root of the module.
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
	compatibility := flag.String("compatibility", "", "write the page of compatibility to this file instead")
	carriers := flag.String("carriers", "", "write the page of what tests prove of carriers to this file instead")
	root := flag.String("root", "..", "folder of the module, for the pages")
	flag.Parse()
	wanted := pages{*page: operationsPage, *compatibility: compatibilityPage, *carriers: carriersPage}
	if err := run(*dir, wanted, *root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// pages are the makers of pages by the file that they are written to; that of
// a page that was not asked for is "".
type pages map[string]func(m *model.Model, root string) ([]byte, error)

func run(dir string, wanted pages, root string) error {
	m, err := model.Load()
	if err != nil {
		return err
	}
	delete(wanted, "")
	for file, write := range wanted {
		text, err := write(m, root)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	if len(wanted) > 0 {
		return nil
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
