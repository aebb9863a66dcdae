package heliograph_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors is the house from the top down: a package imports only packages of
// lower floors. Rooms of one floor do not know each other.
var floors = [][]string{
	{"cmd/heliograph"},
	{"app"},
	{"cli", "operator", "metrics", "store/sqlite"},
	{"store"},
	{"carrier/smsc", "carrier/simulator", "event/outbox", "event/sns", "event/firehose", "event/cloudwatchlogs", "event/webhook", "event/file"},
	{"message/accept", "message/route", "message/dispatch", "message/receipt", "message/inbound", "message/feedback", "message/health"},
	{"event/awscall"},
	{"message/limit", "message/lookup", "event"},
	{"message"},
	{"carrier"},
	{"resource/origination", "resource/configset", "resource/optout", "resource/keyword", "resource/tagging", "account/limits"},
	{"resource", "account", "config"},
	{"api/awsjson"},
	{"api/fault"},
	{"api/sigv4", "api", "api/botocore"},
	{"api/model", "country", "audit", "rate"},
	{"protocol/smpp", "protocol/gsm"},
}

// beside lists what stands outside the house: tools and test parts, which may
// import anything, and which no room may import.
var beside = []string{"api/gen", "config/gen", "bench", "store/storetest", "resource/resourcetest", "protocol/smpp/smpptest", "event/awscall/awstest"}

func TestImportsGoDownwardsOnly(t *testing.T) {
	floorOf := map[string]int{}
	for floor, rooms := range floors {
		for _, room := range rooms {
			floorOf[room] = floor
		}
	}
	for file, imports := range sources(t) {
		from := filepath.ToSlash(filepath.Dir(file))
		if from == "." || standsBeside(from) {
			continue
		}
		floor, known := floorOf[from]
		if !known {
			t.Errorf("%s: package %s has no floor in the house; add it to floors", file, from)
			continue
		}
		for _, to := range imports {
			target, known := floorOf[to]
			switch {
			case standsBeside(to):
				t.Errorf("%s imports %s, which is for tests and tools only", file, to)
			case !known:
				t.Errorf("%s imports %s, which has no floor", file, to)
			case target <= floor:
				t.Errorf("%s imports %s: imports go downwards only", file, to)
			}
		}
	}
}

// sources maps every non-test Go file of the module to its imports of the
// module's own packages.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || path == "compat" || path == "node_modules" || strings.HasPrefix(entry.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		found[path] = []string{}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, "heliograph/"); ok {
				found[path] = append(found[path], own)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func standsBeside(room string) bool {
	for _, b := range beside {
		if room == b || strings.HasPrefix(room, b+"/") {
			return true
		}
	}
	return false
}
