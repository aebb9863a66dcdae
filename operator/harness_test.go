package operator_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heliograph/account"
	"heliograph/config"
	"heliograph/operator"
	"heliograph/resource"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// shop is a customer's account in a Region.
var shop = resource.Scope{Account: "111122223333", Region: "eu-west-3"}

func noon() time.Time { return time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC) }

// house is an operator's API on a real store.
type house struct {
	*store.DB
	directory   *account.Directory
	provisioner *operator.Provisioner
	server      *httptest.Server
}

// open starts a house on a folder, as after a restart when it was used before.
func open(t *testing.T, folder string) *house {
	t.Helper()
	return openWith(t, folder, func(p *operator.Parts) {
		p.Reload = func(context.Context) (operator.Reloaded, error) {
			return operator.Reloaded{Changes: []string{"prices"}}, nil
		}
	})
}

// openWith starts a house whose parts are changed.
func openWith(t *testing.T, folder string, change func(*operator.Parts)) *house {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(folder, "heliograph.db"))
	must(t, err)
	must(t, db.Start(t.Context()))
	ring, err := account.ParseKeys([]byte(base64.StdEncoding.EncodeToString(make([]byte, 32))))
	must(t, err)
	h := &house{DB: db, directory: account.NewDirectory(db, ring, false, noon)}
	_, err = h.directory.Begin(t.Context(), account.Root{ID: "ROOT", Secret: "root-secret"}, filepath.Join(folder, "credentials"))
	must(t, err)
	must(t, h.directory.PutAccount(t.Context(), account.Account{ID: shop.Account, Tier: account.Production, CreatedAt: noon()}))
	h.provisioner = operator.NewProvisioner(db, h.directory, noon)
	parts := operator.Parts{
		Messages: db, Audit: db, OptOuts: db, Provisioner: h.provisioner, Accounts: h.directory, Carriers: func() []string { return []string{"acme"} }, Now: noon,
	}
	change(&parts)
	h.server = httptest.NewServer(h.directory.OperatorAuth(operator.Handler(parts)))
	t.Cleanup(func() { h.close(t) })
	return h
}

func (h *house) close(t *testing.T) {
	t.Helper()
	h.server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	must(t, h.Stop(ctx))
}

// provision applies a file's text.
func (h *house) provision(t *testing.T, text string) {
	t.Helper()
	must(t, h.provisioner.Provision(t.Context(), file(t, text)))
}

func file(t *testing.T, text string) *config.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	must(t, writeFile(path, text))
	f, err := config.Load(path)
	must(t, err)
	return f
}

// call sends a request as the operator and gives status and decoded body.
func (h *house) call(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, strings.NewReader(body))
	must(t, err)
	r.SetBasicAuth("ROOT", "root-secret")
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer func() { must(t, res.Body.Close()) }()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	answer := map[string]any{}
	if len(text) > 0 {
		must(t, json.Unmarshal(text, &answer))
	}
	if failed := answer["error"] != nil; failed != (res.StatusCode >= 400) {
		t.Errorf("%s %s: status %d with %s", method, path, res.StatusCode, text)
	}
	return res.StatusCode, answer
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
