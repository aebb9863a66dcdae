package compat

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// serviceFolder is the service's place in a folder of botocore models.
const serviceFolder = "pinpoint-sms-voice-v2/2022-03-31"

// TestEveryOperationWithBoto3 makes the life cycle's calls with Debian's boto3:
// as it comes, with 43 operations, and with the model that the server offers.
func TestEveryOperationWithBoto3(t *testing.T) {
	m := readModel(t)
	built := builtOperations(t, m)
	t.Run("as it comes", func(t *testing.T) {
		r := runScript(t, lifecycleServer(t), m, built, nil, debianPython, "testdata/sdk_boto3.py")
		if len(r.Known) < 43 {
			t.Errorf("boto3 has %d operations, want 43", len(r.Known))
		}
		r.check(t, m, built)
		r.checkUnbuilt(t, built)
	})
	t.Run("with the served model", func(t *testing.T) {
		s := lifecycleServer(t)
		folder := s.downloadModel(t.TempDir())
		r := runScript(t, s, m, built, []string{"AWS_DATA_PATH=" + folder}, debianPython, "testdata/sdk_boto3.py")
		if len(r.Known) != len(m.Operations) {
			t.Errorf("with the served model boto3 has %d operations, want %d", len(r.Known), len(m.Operations))
		}
		r.check(t, m, built)
		r.checkUnbuilt(t, built)
		r.checkDeclared(t, m)
	})
}

// downloadModel puts the files that the server offers into a folder of models,
// as AWS_DATA_PATH wants them.
func (s *server) downloadModel(folder string) string {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Join(folder, serviceFolder), 0o700); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"service-2.json", "paginators-1.json"} {
		s.download("/sdk/"+serviceFolder+"/"+name, filepath.Join(folder, serviceFolder, name))
	}
	return folder
}

// download fetches a file of the console port without a key.
func (s *server) download(path, file string) {
	s.t.Helper()
	answer, err := http.Get(s.console + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: HTTP %d, %v", path, answer.StatusCode, err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}
