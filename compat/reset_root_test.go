package compat

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// resetRoot runs the command, which is to work without a server.
func resetRoot(t *testing.T, data string, variables ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	command := exec.Command(binary(t), "credentials", "reset-root", "--data", data)
	command.Env = append(withoutAWS(os.Environ()), variables...)
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	return out.String(), errs.String(), err
}

var fileKey = regexp.MustCompile(`(?m)^aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)$`)

// getAs asks the console port with a key and decodes the answer into out.
func (s *server) getAs(id, secret, path string, out any) int {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.console+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.SetBasicAuth(id, secret)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if out != nil {
		if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
			s.t.Fatal(err)
		}
	}
	return answer.StatusCode
}

func (s *server) status(id, secret, path string) int { return s.getAs(id, secret, path, nil) }

// newKey makes a key of an account and gives its id and secret.
func (s *server) newKey(account string) [2]string {
	s.t.Helper()
	key := struct{ AccessKeyID, SecretAccessKey string }{}
	if status := s.do(http.MethodPost, "/operator/v1/accounts/"+account+"/keys", nil, &key); status != http.StatusCreated {
		s.t.Fatalf("a key of %s: HTTP %d", account, status)
	}
	return [2]string{key.AccessKeyID, key.SecretAccessKey}
}

// serveWithout starts a server that no variable gives a root key.
func serveWithout(t *testing.T, data string) *server {
	t.Helper()
	return startWith(t, nil, data, "serve", "--data", data, "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0")
}

// writtenKey reads the key of a data folder's credentials file, which nobody
// else may read.
func writtenKey(t *testing.T, data string) [2]string {
	t.Helper()
	path := filepath.Join(data, "credentials")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key := fileKey.FindStringSubmatch(string(text))
	if key == nil {
		t.Fatalf("no key in %s", path)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s is %v, %v", path, info.Mode(), err)
	}
	return [2]string{key[1], key[2]}
}

// TestResetRootReplacesALostKeyAndKeepsEverythingElse loses the root key of a
// server with a message and a customer's key.
func TestResetRootReplacesALostKeyAndKeepsEverythingElse(t *testing.T) {
	t.Parallel()
	data, configuration := t.TempDir(), filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(configuration, []byte(provisioning+"accounts: [{ id: \"111122223333\", name: shop }]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, data, "--config", configuration)
	ours := commandLines(t)[1]
	ours.must(s, "request-phone-number", "--iso-country-code", "US", "--message-type", "TRANSACTIONAL",
		"--number-capabilities", "SMS", "--number-type", "LONG_CODE")
	sent := ours.must(s, "send-text-message", "--destination-phone-number", american, "--message-body", "kept")["MessageId"].(string)
	s.final(sent)
	second, shop := s.newKey("000000000000"), s.newKey("111122223333")
	if _, stderr, err := resetRoot(t, data); err == nil || !strings.Contains(stderr, "in use by another server") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("while the server runs: %v, %q", err, stderr)
	}
	s.stop()

	stdout, stderr, err := resetRoot(t, data)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	key := writtenKey(t, data)
	for _, want := range []string{"removed the root key " + rootKey, "removed the root key " + second[0], key[0], filepath.Join(data, "credentials")} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told in %q", want, stdout)
		}
	}
	if strings.Contains(stdout+stderr, key[1]) {
		t.Error("the secret is printed")
	}

	s = serveWithout(t, data)
	for id, secret := range map[string]string{rootKey: rootSecret, second[0]: second[1]} {
		if status := s.status(id, secret, "/operator/v1/accounts"); status != http.StatusUnauthorized {
			t.Errorf("the old key %s: HTTP %d", id, status)
		}
	}
	for _, path := range []string{"/operator/v1/accounts", "/operator/v1/messages/" + sent} {
		if status := s.status(key[0], key[1], path); status != http.StatusOK {
			t.Errorf("%s with the new key: HTTP %d", path, status)
		}
	}
	if status := s.status(shop[0], shop[1], "/simulator/v1/handsets"); status != http.StatusOK {
		t.Errorf("a customer's key: HTTP %d", status)
	}
	record := struct {
		Entries []struct{ Origin, Account string } `json:"entries"`
	}{}
	s.getAs(key[0], key[1], "/operator/v1/audit?action=ResetRootKey", &record)
	if len(record.Entries) == 0 || record.Entries[0].Origin != "offline" || record.Entries[0].Account != "000000000000" {
		t.Errorf("audit: %+v", record.Entries)
	}
	s.stop()
}

// TestResetRootSaysWhenAVariableWins is about a key that the next start takes
// from the environment.
func TestResetRootSaysWhenAVariableWins(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveWithout(t, data)
	s.stop()
	_, stderr, err := resetRoot(t, data, "HELIOGRAPH_ROOT_ACCESS_KEY_ID="+rootKey, "HELIOGRAPH_ROOT_SECRET_ACCESS_KEY="+rootSecret)
	if err != nil || !strings.Contains(stderr, "HELIOGRAPH_ROOT_ACCESS_KEY_ID is set") || strings.Contains(stderr, rootSecret) {
		t.Errorf("%v, %q", err, stderr)
	}
}

// TestResetRootWantsTheFoldersOwnKeyFile gives it another one, which could not
// open what the server has sealed.
func TestResetRootWantsTheFoldersOwnKeyFile(t *testing.T) {
	t.Parallel()
	data, other := t.TempDir(), t.TempDir()
	for _, folder := range []string{data, other} {
		s := serveWithout(t, folder)
		s.stop()
	}
	before, err := os.ReadFile(filepath.Join(data, "credentials"))
	if err != nil {
		t.Fatal(err)
	}
	_, stderr, err := resetRoot(t, data, "HELIOGRAPH_KEY_FILE="+filepath.Join(other, "key"))
	if err == nil || !strings.Contains(stderr, "--key-file") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%v, %q", err, stderr)
	}
	if after, err := os.ReadFile(filepath.Join(data, "credentials")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the credentials file was changed, %v", err)
	}
}
