package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 4 << 20

// Load reads a configuration file. The error is Errors, with all faults, when
// the file could be read at all. Relative paths in the file are relative to
// its folder.
func Load(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if len(content) > maxFile {
		return nil, Errors{{File: path, Text: "is larger than 4 MiB"}}
	}
	return parse(path, content, os.LookupEnv)
}

// Default is the configuration of a server without a file: one simulated
// carrier for every country, no inventory, the service's own quotas.
func Default() *File {
	f := &File{}
	setDefaults(reflect.ValueOf(f).Elem())
	f.complete()
	return f
}

// parse reads, checks and completes a file's content.
func parse(path string, content []byte, env func(string) (string, bool)) (*File, error) {
	d := &decoder{file: path, folder: filepath.Dir(path), env: env, lines: map[string]int{}}
	f := &File{}
	setDefaults(reflect.ValueOf(f).Elem())
	if root := d.document(content); root != nil {
		d.value(root, reflect.ValueOf(f).Elem(), "", rules{})
	}
	d.check(f)
	if len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	f.complete()
	f.warnings = d.warnings.sorted()
	return f, nil
}

// document parses the YAML; nil when it has no content or a fault.
func (d *decoder) document(content []byte) ast.Node {
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		d.syntax(err)
		return nil
	}
	var root ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || isNull(doc.Body) {
			continue
		}
		if root != nil {
			d.errs = append(d.errs, Error{File: d.file, Line: doc.Body.GetToken().Position.Line, Text: "a second document in one file"})
			return nil
		}
		root = doc.Body
	}
	return root
}

// syntax notes a fault of the YAML itself. The parser's excerpt of the file is
// left out, since it may show a secret.
func (d *decoder) syntax(err error) {
	fault := Error{File: d.file, Text: "the YAML cannot be read"}
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		if tk := syntax.GetToken(); tk != nil && tk.Position != nil {
			fault.Line = tk.Position.Line
		}
		reason, _, _ := strings.Cut(syntax.GetMessage(), "\n")
		fault.Text += ": " + reason
	}
	d.errs = append(d.errs, fault)
}

// complete fills in what an absent key means.
func (f *File) complete() {
	if len(f.Carriers) == 0 {
		simulator := Carrier{}
		setDefaults(reflect.ValueOf(&simulator).Elem())
		simulator.Name, simulator.Type = defaultCarrier, Simulator
		f.Carriers = []Carrier{simulator}
	}
	for i := range f.Carriers {
		if c := &f.Carriers[i]; c.Type == Simulator && c.TLVs == nil {
			c.TLVs = indianTLVs()
		}
		f.Carriers[i].withChainHash()
	}
	if len(f.Routes) == 0 {
		all := Route{}
		for _, c := range f.Carriers {
			all.Carriers = append(all.Carriers, c.Name)
		}
		f.Routes = []Route{all}
	}
}
