package compat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// lifecycleFile holds the calls that every official client makes: each built
// operation, its pages and its exceptions, with what has to be answered.
// `"$name"` stands for what an earlier step saved.
const lifecycleFile = "testdata/lifecycle.json"

// lifecycleSetup is the server of the life cycle: small limits, so that a
// quota is met, and sender IDs for clients that cannot request one.
const lifecycleSetup = `
accounts:
  - { id: "000000000000", name: operator, text_spend_limit_usd: 50 }
sender_ids:
  - { sender_id: FIRST, country: IN, account: "000000000000", registered: true }
  - { sender_id: SECOND, country: IN, account: "000000000000", registered: true }
  - { sender_id: THIRD, country: IN, account: "000000000000", registered: true }
limits: { configuration_sets_per_account: 3, opt_out_lists_per_account: 3 }
`

// call is one call of the life cycle.
type call struct {
	Op        string            `json:"op"`
	In        map[string]any    `json:"in,omitempty"`
	Save      map[string]string `json:"save,omitempty"`      // variable → member of the answer
	Out       map[string]any    `json:"out,omitempty"`       // has to be in the answer
	Some      map[string]any    `json:"some,omitempty"`      // same; lists hold at least these entries
	Absent    []string          `json:"absent,omitempty"`    // must not be in the answer
	Error     map[string]any    `json:"error,omitempty"`     // the exception
	RequestID bool              `json:"requestId,omitempty"` // the exception bears a RequestId
	Pages     *wantedPages      `json:"pages,omitempty"`     // read with the client's paginator, one entry a page
	Fault     *injected         `json:"fault,omitempty"`     // what the next call is answered
}

type wantedPages struct {
	Key  string   `json:"key"` // member by which entries are known
	Want []string `json:"want,omitempty"`
}

type injected struct {
	Exception string `json:"exception"`
	Reason    string `json:"reason,omitempty"`
}

// callResult is what a client made of a step.
type callResult struct {
	Skipped string           `json:"skipped"` // why it was not made; "" = it was
	Answer  map[string]any   `json:"answer"`
	Error   map[string]any   `json:"error"` // name and members of a typed exception
	Pages   []map[string]any `json:"pages"`
	Wrong   []string         `json:"wrong"` // members of the wrong type, lists that are missing
}

// report is a client's whole life cycle.
type report struct {
	Known     []string              `json:"known"`   // operations that the client has
	Steps     []callResult          `json:"steps"`   // in order of the file
	Vars      map[string]any        `json:"vars"`    // what was saved
	Unbuilt   map[string]callResult `json:"unbuilt"` // calls of operations that are not built
	Exercised []string              `json:"exercised"`
	Declared  []metException        `json:"declared"` // of every operation that the client has
}

func readSteps(t testing.TB) []call {
	t.Helper()
	text, err := os.ReadFile(lifecycleFile)
	if err != nil {
		t.Fatal(err)
	}
	var steps []call
	if err := json.Unmarshal(text, &steps); err != nil {
		t.Fatal(err)
	}
	return steps
}

// lifecycleServer is a server on which nothing of the life cycle happened yet.
func lifecycleServer(t testing.TB) *server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(path, []byte(lifecycleSetup), 0o600); err != nil {
		t.Fatal(err)
	}
	return dev(t, "--empty", "--config", path)
}

// inject makes the account's next call of the operation fail.
func (s *server) inject(operation string, f injected) {
	s.t.Helper()
	fault := map[string]any{"operation": operation, "exception": f.Exception, "reason": f.Reason, "count": 1}
	if status := s.do(http.MethodPut, "/simulator/v1/faults", map[string]any{"faults": []any{fault}}, nil); status >= 300 {
		s.t.Fatalf("PUT faults: HTTP %d", status)
	}
}

// check compares what a client reports with the file, and fails for every
// built operation that the client has and that did not succeed once, for every
// paginator and for every exception that was not met.
func (r *report) check(t *testing.T, m *apiModel, built []string) {
	t.Helper()
	steps := readSteps(t)
	if len(r.Steps) != len(steps) {
		t.Fatalf("%d of %d steps were reported", len(r.Steps), len(steps))
	}
	paged, exceptions := map[string]bool{}, map[string]bool{}
	for i, result := range r.Steps {
		if result.Skipped != "" {
			continue
		}
		at := fmt.Sprintf("step %d, %s", i+1, steps[i].Op)
		for _, wrong := range append(result.Wrong, steps[i].compare(m, &result, r.Vars)...) {
			t.Errorf("%s: %s", at, wrong)
		}
		paged[steps[i].Op] = paged[steps[i].Op] || len(result.Pages) > 0
		if name, ok := result.Error["name"].(string); ok {
			exceptions[name] = true
		}
	}
	r.checkCoverage(t, m, built, paged, exceptions)
}

func (r *report) checkCoverage(t *testing.T, m *apiModel, built []string, paged, exceptions map[string]bool) {
	t.Helper()
	proved, pages := 0, 0
	for _, name := range built {
		if !slices.Contains(r.Known, name) {
			continue
		}
		if slices.Contains(r.Exercised, name) {
			proved++
		} else {
			t.Errorf("%s is built, but the client made no successful call of it: add a step to %s", name, lifecycleFile)
		}
		if paged[name] {
			pages++
		} else if m.operation(name).Page != nil {
			t.Errorf("%s has pages, but the client's paginator was not used: add a step to %s", name, lifecycleFile)
		}
	}
	for _, name := range []string{"AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException",
		"ServiceQuotaExceededException", "ThrottlingException", "ValidationException"} {
		if !exceptions[name] {
			t.Errorf("no step met %s", name)
		}
	}
	figure(t, "%d of %d built operations called (the client has %d of the API's), %d paginators, %d exceptions", proved, len(built), len(r.Known), pages, len(exceptions))
}

// compare says what of a step did not come as the file has it.
func (s call) compare(m *apiModel, got *callResult, vars map[string]any) []string {
	switch {
	case s.Error != nil && got.Error == nil:
		return []string{fmt.Sprintf("succeeded with %v, want %v", got.Answer, s.Error)}
	case s.Error != nil:
		return s.compareError(got.Error, vars)
	case got.Error != nil:
		return []string{fmt.Sprintf("failed: %v", got.Error)}
	case s.Pages != nil:
		return s.comparePages(m.operation(s.Op).Page.List, got.Pages, vars)
	}
	wrong := differences("", substitute(s.Out, vars), got.Answer, false)
	wrong = append(wrong, differences("", substitute(s.Some, vars), got.Answer, true)...)
	for _, name := range s.Absent {
		if value := got.Answer[name]; value != nil && value != "" {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want none", name, value))
		}
	}
	return wrong
}

func (s call) compareError(got, vars map[string]any) []string {
	want := substitute(s.Error, vars).(map[string]any)
	var wrong []string
	for name, value := range want {
		if name == "Fields" {
			wrong = append(wrong, compareFields(value.([]any), got[name])...)
			continue
		}
		wrong = append(wrong, differences("."+name, value, got[name], false)...)
	}
	if id, _ := got["RequestId"].(string); s.RequestID && id == "" {
		wrong = append(wrong, "the exception bears no RequestId")
	}
	message, _ := got["Message"].(string)
	for _, name := range []string{"Reason", "ResourceType", "ResourceId"} {
		if value, ok := want[name].(string); ok && !strings.Contains(message, fmt.Sprintf("%s=%q", name, value)) {
			wrong = append(wrong, fmt.Sprintf("the text %q does not tell %s", message, name))
		}
	}
	if len(wrong) > 0 {
		wrong = append(wrong, fmt.Sprintf("answered %v", got))
	}
	return wrong
}

func compareFields(want []any, got any) []string {
	fields, _ := got.([]any)
	var names []any
	for _, f := range fields {
		if field, ok := f.(map[string]any); ok {
			names = append(names, field["Name"])
		}
	}
	if !reflect.DeepEqual(names, want) {
		return []string{fmt.Sprintf("Fields are %v, want %v", names, want)}
	}
	return nil
}

// comparePages expects one entry on each page, in the order wanted.
func (s call) comparePages(list string, pages []map[string]any, vars map[string]any) []string {
	var got []string
	for i, page := range pages {
		entries, _ := page[list].([]any)
		if len(entries) > 1 || len(entries) == 0 && i < len(pages)-1 {
			return []string{fmt.Sprintf("page %d holds %d entries, want 1", i+1, len(entries))}
		}
		for _, e := range entries {
			key, _ := e.(map[string]any)[s.Pages.Key].(string)
			got = append(got, key)
		}
	}
	var want []string
	for _, w := range s.Pages.Want {
		want = append(want, fmt.Sprint(substitute(w, vars)))
	}
	unique := slices.Compact(slices.Sorted(slices.Values(got)))
	if len(unique) != len(got) || want != nil && !slices.Equal(got, want) || len(got) == 0 {
		return []string{fmt.Sprintf("pages gave %v, want %v", got, want)}
	}
	return nil
}

// substitute puts what was saved in the place of "$name".
func substitute(value any, vars map[string]any) any {
	switch v := value.(type) {
	case string:
		if name, ok := strings.CutPrefix(v, "$"); ok {
			return vars[name]
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = substitute(v[i], vars)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name := range v {
			object[name] = substitute(v[name], vars)
		}
		return object
	}
	return value
}

// differences says where got lacks what is wanted. Objects may have more
// members; lists are equal in length unless some entries are enough.
func differences(at string, want, got any, some bool) []string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok && len(w) > 0 {
			return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
		}
		var found []string
		for name := range w {
			found = append(found, differences(at+"."+name, w[name], g[name], some)...)
		}
		return found
	case []any:
		g, ok := got.([]any)
		if !ok || !some && len(g) != len(w) {
			return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
		}
		var found []string
		for i := range w {
			found = append(found, entryDifferences(fmt.Sprintf("%s[%d]", at, i), w[i], g, i, some)...)
		}
		return found
	}
	if !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
	}
	return nil
}

func entryDifferences(at string, want any, list []any, i int, some bool) []string {
	if !some {
		return differences(at, want, list[i], false)
	}
	for _, entry := range list {
		if len(differences(at, want, entry, true)) == 0 {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: no entry of %v is like %v", at, list, want)}
}
