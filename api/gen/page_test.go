package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/api/model"
)

func testModel(t *testing.T) *model.Model {
	t.Helper()
	data, err := os.ReadFile("testdata/model.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPageShowsRulesWithTheirTests(t *testing.T) {
	page, err := operationsPage(testModel(t), "testdata/tree")
	if err != nil {
		t.Fatal(err)
	}
	const want = `
| [CreateThing](#creatething) | yes | Validation |
| ListThings | no | Validation |

## Rules of the built operations, and their tests

### CreateThing

- A thing has one name | one tag. ` + "`TestThing`" + `, pool
- A rule that is longer than a line goes on until the full stop. ` + "`TestThing`" + `, pool
`
	if !strings.HasSuffix(string(page), want) || !strings.Contains(string(page), "Built: 1 of 2.") {
		t.Errorf("%s", page)
	}
}

func TestCompatibilityShowsDifferences(t *testing.T) {
	page, err := compatibilityPage(testModel(t), "testdata/tree")
	if err != nil {
		t.Fatal(err)
	}
	const want = `
- Things are kept for a day | here.

## By operation

| operation | here | what differs |
|---|---|---|
| CreateThing | **real** | A difference that is longer than a line goes on until the full stop. |
| ListThings | not built | A difference that is longer than a line goes on until the full stop. |
`
	if !strings.HasSuffix(string(page), want) || !strings.Contains(string(page), "1 of 2") {
		t.Errorf("%s", page)
	}
}

func TestPageIsRefused(t *testing.T) {
	const built = "package p\nfunc f() { awsjson.Handle(m, api.CreateThing, s.CreateThing) }\n"
	cases := map[string]struct{ code, test, says string }{
		"built without a rule":     {built, "package p\n", "CreateThing is built"},
		"rule of no operation":     {"package p\n", "package p\n// Rule(Nothing): text.\nfunc TestA() {}\n", `no operation "Nothing"`},
		"rule without a full stop": {"package p\n", "package p\n// Rule(CreateThing): text\nfunc TestA() {}\n", "want a line"},
		"rule without operations":  {"package p\n", "package p\n// Rule(): text.\nfunc TestA() {}\n", "want a line"},
		"rule above no test":       {"package p\n", "package p\n// Rule(CreateThing): text.\nfunc a() {}\n", "want a line"},
		"difference of nothing":    {"package p\n// Differs(Nothing): text.\n", "package p\n", "no operation"},
		"difference unfinished":    {"package p\n// Differs(CreateThing) text.\n", "package p\n", "want a line"},
		"broken source":            {"package", "package p\n", "expected"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"p.go": c.code, "p_test.go": c.test} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := operationsPage(testModel(t), dir); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want …%s…", err, c.says)
			}
		})
	}
}
