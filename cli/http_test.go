package cli

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAuthoritiesOfOnesOwn reaches a server whose certificate only AWS_CA_BUNDLE
// vouches for.
func TestAuthoritiesOfOnesOwn(t *testing.T) {
	server := httptest.NewTLSServer(&fake{answers: map[string]string{"POST /operator/v1/reload": `{"changes":["prices"]}`}})
	defer server.Close()
	folder := t.TempDir()
	bundle, empty := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "empty.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for path, content := range map[string][]byte{bundle: authority, empty: nil} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		bundle: "", "": "certificate", empty: "AWS_CA_BUNDLE: " + empty + " holds no PEM certificate",
		filepath.Join(folder, "gone.pem"): "AWS_CA_BUNDLE: open ",
	} {
		env, _ := environment(map[string]string{
			"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HELIOGRAPH_CONSOLE_URL": server.URL, "AWS_CA_BUNDLE": path})
		err := Reload(t.Context(), env)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("AWS_CA_BUNDLE=%s: %v; want %q", path, err, want)
		}
	}
}
