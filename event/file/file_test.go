package file_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/event"
	"heliograph/event/file"
)

func target(name string) event.Target {
	return event.Target{ARN: "arn:aws:sns:eu-west-3:111122223333:" + name}
}

func delivery(id string) event.Delivery {
	return event.Delivery{ID: id, MessageID: id, Type: "TEXT_DELIVERED", At: time.Date(2026, 5, 20, 9, 30, 0, 5e6, time.UTC), Record: []byte("{\"text\":\n \"<é>\"}")}
}

// deliver hands events over that all must be taken.
func deliver(t *testing.T, s event.Sink, ids ...string) {
	t.Helper()
	var list []event.Delivery
	for _, id := range ids {
		list = append(list, delivery(id))
	}
	if err := errors.Join(s.Deliver(t.Context(), list)...); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestALineIsAnEvent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 1 << 20, Keep: 1})
	deliver(t, f.For(target("receipts")), "a")
	const want = `{"id":"a","type":"TEXT_DELIVERED","at":"2026-05-20T09:30:00.005Z","target":"arn:aws:sns:eu-west-3:111122223333:receipts","record":{"text":"<é>"}}` + "\n"
	if got := content(t, path); got != want {
		t.Errorf("got %s", got)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.For(target("receipts")).Deliver(t.Context(), []event.Delivery{delivery("b")})[0]; err == nil {
		t.Error("a closed file takes events")
	}
}

func TestFilesAreRotatedBySize(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 400, Keep: 2})
	defer closing(t, f)
	sink := f.For(target("x"))
	for i := range 10 { // two lines a file
		deliver(t, sink, fmt.Sprintf("event-%d", i))
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%v, %v", entries, err)
	}
	for name, want := range map[string]string{"": "event-8 event-9", ".1": "event-6 event-7", ".2": "event-4 event-5"} {
		if got := strings.Join(ids(t, path+name), " "); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
}

func TestNoneIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 1, Keep: 0})
	defer closing(t, f)
	deliver(t, f.For(target("x")), "a", "b") // a batch stays together
	deliver(t, f.For(target("x")), "c")
	if got := strings.Join(ids(t, path), " "); got != "c" {
		t.Errorf("left %s", got)
	}
}

// ids are those of the lines of a file, each of which must be JSON.
func ids(t *testing.T, path string) (list []string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(content(t, path)))
	for lines.Scan() {
		line := struct{ ID string }{}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			list = append(list, "TORN")
			continue
		}
		list = append(list, line.ID)
	}
	return list
}

func TestATornLineIsTakenOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 1 << 20, Keep: 1})
	deliver(t, f.For(target("x")), "a", "b")
	whole := content(t, path)
	for cut := range len(whole) {
		_ = f.Close()
		if err := os.WriteFile(path, []byte(whole[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		f = file.New(file.Settings{Path: path, Size: 1 << 20, Keep: 1})
		deliver(t, f.For(target("x")), "c")
		got := ids(t, path)
		want := strings.Repeat("x", strings.Count(whole[:cut], "\n")+1)
		if got[len(got)-1] != "c" || slices.Contains(got, "TORN") || len(got) != len(want) {
			t.Fatalf("cut at %d: %v", cut, got)
		}
	}
	_ = f.Close()
}

func TestTroubleOfTheDiskIsTriedAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "later")
	path := filepath.Join(folder, "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 1 << 20, Keep: 1})
	defer closing(t, f)
	sink := f.For(target("x"))
	err := sink.Deliver(t.Context(), []event.Delivery{delivery("a")})[0]
	var refusal *event.Refusal
	if err == nil || errors.As(err, &refusal) || err.Error() != "the file cannot be written: no such file or directory" {
		t.Errorf("no folder: %v", err)
	}
	if err := sink.Reachable(t.Context()); err == nil || strings.Contains(err.Error(), folder) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := sink.Reachable(t.Context()); err != nil {
		t.Error(err)
	}
	deliver(t, sink, "a")
	full := file.New(file.Settings{Path: "/dev/full", Size: 1 << 20, Keep: 1})
	defer closing(t, full)
	if err := full.For(target("x")).Deliver(t.Context(), []event.Delivery{delivery("a")})[0]; err == nil || errors.As(err, &refusal) {
		t.Errorf("a full disk: %v", err)
	}
}

func TestARecordThatIsNoJSONIsFinalAndSpoilsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 1 << 20, Keep: 1})
	defer closing(t, f)
	bad := delivery("bad")
	bad.Record = []byte("{\n")
	errs := f.For(target("x")).Deliver(t.Context(), []event.Delivery{delivery("a"), bad, delivery("b")})
	var refusal *event.Refusal
	if errs[0] != nil || !errors.As(errs[1], &refusal) || errs[2] != nil {
		t.Errorf("%v", errs)
	}
	if got := strings.Join(ids(t, path), " "); got != "a b" {
		t.Errorf("written %s", got)
	}
}

// Targets share a file: no line is lost or mixed, whatever rotates in between.
func TestTargetsShareAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := file.New(file.Settings{Path: path, Size: 5000, Keep: 100})
	defer closing(t, f)
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := range 25 {
				if err := f.For(target(fmt.Sprint(n))).Deliver(t.Context(), []event.Delivery{delivery(fmt.Sprintf("%d-%d", n, i))})[0]; err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) < 2 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		for _, id := range ids(t, name) {
			seen[id] = true
		}
	}
	if len(seen) != 100 || seen["TORN"] {
		t.Errorf("%d events", len(seen))
	}
}

func closing(t *testing.T, f *file.File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
