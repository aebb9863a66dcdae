package model

import (
	"slices"
	"strings"
	"testing"
)

func TestModelHasEveryOperationSortedAndComplete(t *testing.T) {
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Operations) != 110 || len(m.Shapes) != 602 {
		t.Fatalf("%d operations, %d shapes", len(m.Operations), len(m.Shapes))
	}
	sorted := slices.IsSortedFunc(m.Operations, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	if !sorted {
		t.Error("operations are not in order")
	}
	for _, o := range m.Operations {
		for _, e := range o.Errors {
			if !m.Shape(e).Exception {
				t.Errorf("%s: %s is no exception", o.Name, e)
			}
		}
	}
}

func TestParseRefusesDanglingNames(t *testing.T) {
	cases := []string{
		`{`,
		`{"operations":[{"name":"A","input":"X","output":"X"}]}`,
		`{"shapes":[{"name":"L","type":"list","element":"X"}]}`,
		`{"shapes":[{"name":"S","type":"structure","members":[{"name":"M","shape":"X"}]}]}`,
	}
	for _, c := range cases {
		if _, err := Parse([]byte(c)); err == nil {
			t.Errorf("accepted %s", c)
		}
	}
}
