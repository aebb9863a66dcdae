// Package model holds the facts of the Amazon Pinpoint SMS and Voice API,
// version 2 (2022-03-31): its operations, shapes and limits, as JSON that is
// compiled in, and the structs to read them by. Documentation texts of the
// original model are left out. The generator, the command line and the tests
// read it, and so does what checks faults; requests are served by what was
// generated from it alone.
package model

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed model.json
var modelJSON []byte

// Model is one service description.
type Model struct {
	APIVersion   string      `json:"apiVersion"`   // date of the API, as in "2022-03-31"
	TargetPrefix string      `json:"targetPrefix"` // stands before the dot in X-Amz-Target
	SigningName  string      `json:"signingName"`  // service of the signature's scope
	JSONVersion  string      `json:"jsonVersion"`  // of the Content-Type application/x-amz-json-…
	Notice       string      `json:"notice"`       // whose work the facts were taken from, and the licence
	Operations   []Operation `json:"operations"`   // by name
	Shapes       []Shape     `json:"shapes"`       // by name

	byName map[string]*Shape
}

// Operation is one call of the API.
type Operation struct {
	Name     string   `json:"name"`
	Input    string   `json:"input"`    // name of a structure
	Output   string   `json:"output"`   // name of a structure
	Errors   []string `json:"errors"`   // exceptions it may answer, in the model's order
	Page     *Page    `json:"page"`     // nil where the operation has no pages
	Inferred bool     `json:"inferred"` // newer than the published model
}

// Page names the members that paging uses.
type Page struct {
	InputToken  string `json:"inputToken"`
	OutputToken string `json:"outputToken"`
	Size        string `json:"size"`
	List        string `json:"list"`
}

// Kind is the type of a shape.
type Kind string

// The kinds of shapes that the model uses.
const (
	Structure Kind = "structure"
	List      Kind = "list"
	Map       Kind = "map"
	String    Kind = "string"
	Integer   Kind = "integer"
	Long      Kind = "long"
	Double    Kind = "double"
	Boolean   Kind = "boolean"
	Timestamp Kind = "timestamp"
	Blob      Kind = "blob"
)

// Shape is a named type. Min and Max bound characters of a string, octets of
// a blob, entries of a list or map, or the value of a number.
type Shape struct {
	Name      string   `json:"name"`
	Kind      Kind     `json:"type"`
	Required  []string `json:"required"`
	Members   []Member `json:"members"` // in the model's order
	Enum      []string `json:"enum"`
	Min       *float64 `json:"min"`
	Max       *float64 `json:"max"`
	Pattern   string   `json:"pattern"` // must match the whole string
	Element   string   `json:"element"`
	Key       string   `json:"key"`
	Value     string   `json:"value"`
	Boxed     bool     `json:"boxed"` // absent differs from zero
	Exception bool     `json:"exception"`
	Fault     bool     `json:"fault"` // an exception that is the server's fault
	Retry     bool     `json:"retry"` // an exception after which clients try again
	Union     bool     `json:"union"` // exactly one member is set
	Inferred  bool     `json:"inferred"`
}

// Member is one member of a structure.
type Member struct {
	Name  string `json:"name"`
	Shape string `json:"shape"`
	Token bool   `json:"token"` // clients fill in an idempotency token
}

// Load returns the model that is compiled in. The error says that the file
// itself is broken, which a test rules out.
func Load() (*Model, error) { return Parse(modelJSON) }

// Parse reads a model. Errors: it is no JSON, or a shape that is referred to
// does not exist.
func Parse(data []byte) (*Model, error) {
	m := &Model{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m.byName = make(map[string]*Shape, len(m.Shapes))
	for i := range m.Shapes {
		m.byName[m.Shapes[i].Name] = &m.Shapes[i]
	}
	return m, m.check()
}

// Shape returns the shape of that name, or nil.
func (m *Model) Shape(name string) *Shape { return m.byName[name] }

// Operation returns the operation of that name, or nil.
func (m *Model) Operation(name string) *Operation {
	for i := range m.Operations {
		if m.Operations[i].Name == name {
			return &m.Operations[i]
		}
	}
	return nil
}

// IsRequired says whether the member must be given.
func (s *Shape) IsRequired(member string) bool {
	for _, r := range s.Required {
		if r == member {
			return true
		}
	}
	return false
}

// check proves that every name which is referred to exists.
func (m *Model) check() error {
	for _, o := range m.Operations {
		for _, n := range append([]string{o.Input, o.Output}, o.Errors...) {
			if m.byName[n] == nil {
				return fmt.Errorf("model: operation %s: no shape %q", o.Name, n)
			}
		}
	}
	for _, s := range m.Shapes {
		for _, n := range s.references() {
			if m.byName[n] == nil {
				return fmt.Errorf("model: shape %s: no shape %q", s.Name, n)
			}
		}
	}
	return nil
}

func (s *Shape) references() []string {
	var names []string
	for _, mb := range s.Members {
		names = append(names, mb.Shape)
	}
	for _, n := range []string{s.Element, s.Key, s.Value} {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}
