package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"heliograph/api/sigv4"
	"heliograph/config"
)

// patience bounds what these tests wait for.
const patience = 30 * time.Second

// running is a server in this process, with `dev`'s keys.
type running struct {
	*App
	t *testing.T
}

// run starts a server on a folder and a configuration; stop ends it.
func run(t *testing.T, folder string, file *config.File, change func(*Options)) *running {
	t.Helper()
	settings, err := config.Settings{Data: folder, Listen: "127.0.0.1:0", ConsoleListen: "127.0.0.1:0"}.Resolve(noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		Settings: settings, File: file, Dev: true, Seed: true, Env: noEnvironment,
		Log: slog.New(slog.DiscardHandler), Stdout: io.Discard, Now: time.Now,
	}
	if change != nil {
		change(&options)
	}
	a, err := New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &running{a, t}
	t.Cleanup(r.stop)
	return r
}

func noEnvironment(string) (string, bool) { return "", false }

func (r *running) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		r.t.Error(err)
	}
}

// call makes a signed call and gives status and answer.
func (r *running) call(operation string, input map[string]any) (int, map[string]any) {
	r.t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.APIURL()+"/", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2."+operation)
	if err := sigv4.Sign(request, body, sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, "us-east-1", time.Now()); err != nil {
		r.t.Fatal(err)
	}
	return r.exchange(request)
}

// must makes a call that has to succeed.
func (r *running) must(operation string, input map[string]any) map[string]any {
	r.t.Helper()
	status, answer := r.call(operation, input)
	if status != http.StatusOK {
		r.t.Fatalf("%s %v: HTTP %d %v", operation, input, status, answer)
	}
	return answer
}

// console makes a request to the console port.
func (r *running) console(method, path, body string) (int, map[string]any) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.ConsoleURL()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.SetBasicAuth("test", "test")
	return r.exchange(request)
}

func (r *running) exchange(request *http.Request) (int, map[string]any) {
	r.t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	decoded := map[string]any{}
	if answer.StatusCode == http.StatusNoContent {
		return answer.StatusCode, decoded
	}
	if err := json.NewDecoder(answer.Body).Decode(&decoded); err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, decoded
}

// handset gives the messages of a handset, waiting for one after the id.
func (r *running) handset(number string, after string) []map[string]any {
	r.t.Helper()
	path := "/simulator/v1/handsets/" + url.PathEscape(number) + "/messages?wait=30s&after=" + after
	status, answer := r.console(http.MethodGet, path, "")
	if status != http.StatusOK {
		r.t.Fatalf("handset %s: HTTP %d %v", number, status, answer)
	}
	var messages []map[string]any
	for _, m := range answer["messages"].([]any) {
		messages = append(messages, m.(map[string]any))
	}
	return messages
}

// handsetNow gives the id of a handset's newest message, "0" when it has none.
func (r *running) handsetNow(number string) string {
	r.t.Helper()
	_, answer := r.console(http.MethodGet, "/simulator/v1/handsets/"+url.PathEscape(number)+"/messages", "")
	messages := answer["messages"].([]any)
	if len(messages) == 0 {
		return "0"
	}
	return strconv.FormatInt(int64(messages[len(messages)-1].(map[string]any)["id"].(float64)), 10)
}

// ended waits until a message is final and gives what the operator sees.
func (r *running) ended(id string) map[string]any {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		status, m := r.console(http.MethodGet, "/operator/v1/messages/"+id, "")
		if status != http.StatusOK {
			r.t.Fatalf("message %s: HTTP %d %v", id, status, m)
		}
		if m["endedAt"] != nil {
			return m
		}
	}
	r.t.Fatalf("message %s did not end", id)
	return nil
}
