package compat

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// modelDifference is one between the served model and botocore's own.
type modelDifference struct {
	Kind   string `json:"kind"`
	At     string `json:"at"`
	What   string `json:"what"`
	Ours   any    `json:"ours"`
	Theirs any    `json:"theirs"`
}

// comparison is what testdata/botocore_compare.py prints.
type comparison struct {
	Version     string            `json:"version"`
	Operations  int               `json:"operations"`
	Shapes      int               `json:"shapes"`
	Differences []modelDifference `json:"differences"`
}

// TestServedModelIsBotocoresOwn lays the model that the server offers beside
// what each botocore of this machine ships. Newer botocores agree in every
// type, limit, required member and exception, except for what the service got
// since: members, and values of enumerations. Old ones agree in operations,
// types and pages.
func TestServedModelIsBotocoresOwn(t *testing.T) {
	s := dev(t, "--empty")
	folder := filepath.Join(s.downloadModel(t.TempDir()), serviceFolder)
	for _, python := range []string{debianPython, "python3"} {
		if exec.Command(python, "-c", "import botocore").Run() != nil {
			continue // Debian's is always there; another may have no botocore
		}
		text, err := exec.Command(python, "testdata/botocore_compare.py",
			filepath.Join(folder, "service-2.json"), filepath.Join(folder, "paginators-1.json")).Output()
		if err != nil {
			t.Fatalf("%s: %v", python, err)
		}
		found := comparison{}
		if err := json.Unmarshal(text, &found); err != nil {
			t.Fatal(err)
		}
		t.Logf("botocore %s: %d operations, %d shapes, %d differences", found.Version, found.Operations, found.Shapes, len(found.Differences))
		old := found.Operations < 100
		for _, d := range found.Differences {
			if !d.grown() && !(old && d.changedSince2022()) {
				t.Errorf("botocore %s: %s %s: ours %v, theirs %v", found.Version, d.At, d.What, d.Ours, d.Theirs)
			}
		}
	}
}

// grown says that the service got more since: members, or values.
func (d modelDifference) grown() bool {
	switch d.Kind {
	case "added":
		return true
	case "enum":
		ours, theirs := d.Ours.([]any), d.Theirs.([]any)
		return !slices.ContainsFunc(theirs, func(v any) bool { return !slices.Contains(ours, v) })
	}
	return d.At == "EventTypeList" && d.What == "max" // there are more types
}

// changedSince2022 says that a limit was moved, or a shape of one member.
func (d modelDifference) changedSince2022() bool {
	return slices.Contains([]string{"required", "pattern", "min", "max"}, d.Kind) ||
		d.At == "RegistrationId" || d.At == "RequestPhoneNumberRequest" && d.What == "RegistrationId"
}

// TestAddedModelMakesDebiansCLIRequestSenderIDs adds the served model to
// Debian's CLI as its users do: what it did not know before, it then calls.
func TestAddedModelMakesDebiansCLIRequestSenderIDs(t *testing.T) {
	s := dev(t, "--empty")
	home := t.TempDir()
	cli := debianCLIAt(home)
	words := []string{"request-sender-id", "--sender-id", "BRAND", "--iso-country-code", "FR", "--message-types", "TRANSACTIONAL"}

	_, stderr, err := cli.run(s, words...)
	if err == nil || !strings.Contains(stderr, "Invalid choice") {
		t.Fatalf("without the model request-sender-id should be unknown: %v\n%s", err, stderr)
	}
	cli.addModel(s, home)
	answer := cli.must(s, words...)
	if answer["SenderId"] != "BRAND" || answer["IsoCountryCode"] != "FR" || answer["Registered"] != false {
		t.Errorf("request-sender-id answered %v", answer)
	}
	described := cli.must(s, "describe-sender-ids", "--filters", "Name=iso-country-code,Values=FR")["SenderIds"].([]any)
	if len(described) != 1 || described[0].(map[string]any)["DeletionProtectionEnabled"] != false {
		t.Errorf("describe-sender-ids shows %v", described)
	}
	if released := cli.must(s, "release-sender-id", "--sender-id", "BRAND", "--iso-country-code", "FR"); released["SenderId"] != "BRAND" {
		t.Errorf("release-sender-id answered %v", released)
	}
}

// debianCLIAt is Debian's CLI for a user of that home folder.
func debianCLIAt(home string) commandLine {
	return commandLine{name: "debian-awscli at home", args: awsCLI(debianCLI), home: home}
}

// addModel downloads the model and adds it to the CLI of that home folder.
func (c commandLine) addModel(s *server, home string) {
	s.t.Helper()
	file := filepath.Join(home, "downloaded.json")
	s.download("/sdk/"+serviceFolder+"/service-2.json", file)
	command := exec.Command(debianCLI, "configure", "add-model", "--service-model", "file://"+file, "--service-name", "pinpoint-sms-voice-v2")
	command.Env = append(quiet(), "HOME="+home)
	if text, err := command.CombinedOutput(); err != nil {
		s.t.Fatalf("aws configure add-model: %v\n%s", err, text)
	}
	if _, err := os.Stat(filepath.Join(home, ".aws", "models", serviceFolder, "service-2.json")); err != nil {
		s.t.Fatal(err)
	}
}
