package operator_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"heliograph/operator"
	"heliograph/resource"
	"heliograph/resource/optout"
)

const optOuts = "/operator/v1/opt-outs?account=111122223333&region=eu-west-3"

// lines sends a body and gives status and lines of the answer.
func (h *house) lines(t *testing.T, method, path string, body io.Reader) (int, []string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, body)
	must(t, err)
	r.SetBasicAuth("ROOT", "root-secret")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { must(t, res.Body.Close()) }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), err
}

// TestWhatIsExportedCanBeImported has more numbers than are read at once.
func TestWhatIsExportedCanBeImported(t *testing.T) {
	h := open(t, t.TempDir())
	must(t, h.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: []optout.List{{Name: "other", CreatedAt: noon()}}}))
	var in strings.Builder
	for i := range 2345 {
		fmt.Fprintf(&in, "+3370000%04d\n", i)
	}
	in.WriteString(`{"number":"12065550142","optedOutAt":"2026-01-02T03:04:05Z","endUserOptedOut":true}`)
	if status, answer := h.call(t, "POST", optOuts, in.String()); status != http.StatusOK || answer["taken"] != 2346.0 || answer["refused"] != 0.0 {
		t.Fatalf("import: %d %v", status, answer)
	}
	status, out, err := h.lines(t, "GET", optOuts+"&reason=move", nil)
	if status != http.StatusOK || err != nil || len(out) != 2346 ||
		out[0] != `{"number":"+12065550142","optedOutAt":"2026-01-02T03:04:05Z","endUserOptedOut":true}` ||
		out[1] != `{"number":"+33700000000","optedOutAt":"2026-05-29T12:00:00Z"}` {
		t.Fatalf("export: %d, %d lines, %q, %v", status, len(out), out[:min(2, len(out))], err)
	}
	if status, answer := h.call(t, "POST", optOuts+"&list=other", strings.Join(out, "\n")); status != http.StatusOK || answer["taken"] != 2346.0 {
		t.Fatalf("import of the export: %d %v", status, answer)
	}
	_, again, err := h.lines(t, "GET", optOuts+"&list=other&reason=move", nil)
	if strings.Join(again, "\n") != strings.Join(out, "\n") || err != nil {
		t.Errorf("the other list has %d lines, %v", len(again), err)
	}
	_, answer := h.call(t, "GET", "/operator/v1/audit", "")
	var lines []string
	for _, e := range answer["entries"].([]any) {
		line := e.(map[string]any)
		if action := line["action"].(string); strings.HasSuffix(action, "OptOuts") {
			lines = append(lines, fmt.Sprint(action, line["account"], line["region"], line["targets"], line["reason"]))
		}
	}
	want := []string{
		"ExportOptOuts111122223333eu-west-3[opt-out-list/other]move", "ImportOptOuts111122223333eu-west-3[opt-out-list/other]",
		"ExportOptOuts111122223333eu-west-3[opt-out-list/Default]move", "ImportOptOuts111122223333eu-west-3[opt-out-list/Default]",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit has %q", lines)
	}
}

// TestLinesThatAreNoOptOutsAreTold imports what is right around them.
func TestLinesThatAreNoOptOutsAreTold(t *testing.T) {
	h := open(t, t.TempDir())
	bad := []string{
		"12", "hello", `{"number":"+12065550142"`, `{"number":"+12065550142","more":1}`, `{"number":"+12065550142"} x`, `{}`,
		`{"number":"+12065550142","optedOutAt":"2999-01-01T00:00:00Z"}`, `{"number":"+12065550142","optedOutAt":"0001-01-02T00:00:00Z"}`,
	}
	for i, line := range bad {
		_, answer := h.call(t, "POST", optOuts, "\n+12065550143\r\n"+line+"\n +12065550144 \n")
		told := fmt.Sprint(answer["errors"])
		if answer["taken"] != 2.0 || answer["refused"] != 1.0 || !strings.Contains(told, "line:3") || strings.Contains(told, "+12065550142]") {
			t.Errorf("%d, %s: %v", i, line, answer)
		}
	}
	_, answer := h.call(t, "POST", optOuts, strings.Repeat("no\n", 50))
	if answer["refused"] != 50.0 || len(answer["errors"].([]any)) != 20 {
		t.Errorf("fifty bad lines: %v", answer)
	}
	status, answer := h.call(t, "POST", optOuts, "+12065550145\n"+strings.Repeat("1", 5000))
	if status != http.StatusBadRequest || !strings.Contains(answer["error"].(string), "line 2") {
		t.Errorf("a line without end: %d %v", status, answer)
	}
}

func TestOptOutRequestsAreRefused(t *testing.T) {
	h := open(t, t.TempDir())
	for path, want := range map[string]int{
		optOuts: http.StatusBadRequest, optOuts + "&reason=x": http.StatusBadRequest, // no reason
		optOuts + "&list=none&reason=move":                                        http.StatusNotFound,
		"/operator/v1/opt-outs?account=999999999999&region=eu-west-3&reason=move": http.StatusNotFound,
		"/operator/v1/opt-outs?account=111122223333&reason=move":                  http.StatusBadRequest,
	} {
		if status, answer := h.call(t, "GET", path, ""); status != want {
			t.Errorf("GET %s: %d %v, want %d", path, status, answer, want)
		}
	}
	if status, answer := h.call(t, "POST", optOuts+"&list=none", "+12065550142"); status != http.StatusNotFound {
		t.Errorf("POST to no list: %d %v", status, answer)
	}
}

// breaking fails at the second page.
type breaking struct {
	operator.OptOuts
	pages int
}

func (b *breaking) OptedOutRange(ctx context.Context, r optout.Range) ([]optout.Entry, error) {
	if b.pages++; b.pages > 1 {
		return nil, errors.New("the disk is gone")
	}
	return b.OptOuts.OptedOutRange(ctx, r)
}

// TestExportThatFailsIsNoWholeExport cuts the connection.
func TestExportThatFailsIsNoWholeExport(t *testing.T) {
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.OptOuts = &breaking{OptOuts: p.OptOuts} })
	must(t, h.ImportOptOuts(t.Context(), shop, resource.DefaultOptOutList, []optout.Entry{{Number: "+12065550142", At: noon()}}))
	if status, out, err := h.lines(t, "GET", optOuts+"&reason=move", nil); err == nil {
		t.Errorf("the export ends as if it were whole: %d, %q", status, out)
	}
}
