package operator

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"heliograph/account"
)

// TestEveryEndpointIsServedAndDescribed compares the description with what the
// handler answers: each described operation reaches an endpoint, and each
// endpoint of the table stands in the description with all its answers.
func TestEveryEndpointIsServedAndDescribed(t *testing.T) {
	p := Parts{Accounts: &account.Directory{}}
	paths := p.describe()["paths"].(document)
	described := map[string]bool{}
	for path, operations := range paths {
		for method := range operations.(document) {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, e := range p.routes() {
		pattern := e.method + " " + Root + e.path
		if !described[pattern] {
			t.Errorf("%s is served and not described", pattern)
		}
		delete(described, pattern)
		if e.id == "" || e.summary == "" || e.serve == nil || e.status == 0 || (e.tells == nil) != (e.status == http.StatusNoContent) {
			t.Errorf("%s is described in part: %+v", pattern, e)
		}
		if (e.method != http.MethodGet) && e.action == "" {
			t.Errorf("%s changes something and has no action in the audit", pattern)
		}
	}
	for pattern := range described {
		t.Errorf("%s is described and not served", pattern)
	}
}

func TestOperationIDsAndActionsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range (Parts{}).routes() {
		if seen[e.id] || e.action != "" && seen[e.action] {
			t.Errorf("%s or %s comes twice", e.id, e.action)
		}
		seen[e.id], seen[e.action] = true, true
	}
}

// TestUndescribedParametersAreRefused keeps a misspelt filter from choosing
// everything.
func TestUndescribedParametersAreRefused(t *testing.T) {
	handler := Handler(Parts{})
	for _, e := range (Parts{}).routes() {
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(e.path, "x")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(e.method, Root+path+"?colour=red", http.NoBody))
		if answer.Code != http.StatusBadRequest || !strings.Contains(answer.Body.String(), "colour") {
			t.Errorf("%s %s: %d %s", e.method, e.path, answer.Code, answer.Body)
		}
	}
}
