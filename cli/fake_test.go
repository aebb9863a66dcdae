package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// fake is a console port that gives fixed answers and remembers what was asked.
type fake struct {
	answers map[string]string // by method and path with query, else by method and path

	mu     sync.Mutex
	asked  []string // method, path and query
	bodies []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.asked, f.bodies = append(f.asked, r.Method+" "+r.URL.RequestURI()), append(f.bodies, string(body))
	f.mu.Unlock()
	answer, ok := f.answers[r.Method+" "+r.URL.RequestURI()]
	if !ok {
		answer, ok = f.answers[r.Method+" "+r.URL.Path]
	}
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		answer = `{"error":"there is nothing here"}`
	case answer == "":
		w.WriteHeader(http.StatusNoContent)
	case bytes.HasPrefix([]byte(answer), []byte(`{"error"`)):
		w.WriteHeader(http.StatusConflict)
	}
	_, _ = io.WriteString(w, answer)
}

// against gives an environment whose server is the fake, and both streams.
func against(t *testing.T, f *fake) (env Environment, stdout, stderr *bytes.Buffer) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	env, stdout = environment(map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HELIOGRAPH_CONSOLE_URL": server.URL})
	stderr = &bytes.Buffer{}
	env.Stderr = stderr
	return env, stdout, stderr
}
