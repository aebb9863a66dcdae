package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// simulated is a console port with one message, which ends at the second look.
func simulated(t *testing.T) (address string, replies *[]string) {
	t.Helper()
	replies = &[]string{}
	looks := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator/v1/handsets/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("number") == "+33612345678" && r.URL.Query().Get("wait") == "5s" {
			_, _ = io.WriteString(w, `{"messages":[{"id":1,"messageId":"m-1","direction":"TO_HANDSET","from":"NEWS","to":"+33612345678","fromKind":"ALPHANUMERIC","body":"line one\nline two","encoding":"GSM","parts":2,"receivedAt":"2026-01-02T03:04:05Z"}]}`)
			return
		}
		_, _ = io.WriteString(w, `{"messages":[]}`)
	})
	mux.HandleFunc("POST /simulator/v1/handsets/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		said := map[string]string{}
		if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
			t.Error(err)
		}
		*replies = append(*replies, said["to"]+": "+said["body"])
		if said["to"] == "NEWS" {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"error":"NEWS is a sender ID, which takes no replies"}`)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"to":"+12065550142","encoding":"GSM","parts":1}`)
	})
	mux.HandleFunc("GET /simulator/v1/messages/m-1", func(w http.ResponseWriter, _ *http.Request) {
		looks++
		if looks < 2 {
			_, _ = io.WriteString(w, `{"state":"PENDING","acceptedAt":"2026-01-02T03:04:05Z"}`)
			return
		}
		_, _ = io.WriteString(w, `{"state":"DELIVERED","acceptedAt":"2026-01-02T03:04:05Z","endedAt":"2026-01-02T03:04:06Z"}`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, replies
}

func TestHandsetShowsWaitsAndAnswers(t *testing.T) {
	address, replies := simulated(t)
	variables := map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HELIOGRAPH_CONSOLE_URL": address}
	env, out := environment(variables)
	if err := Handset(context.Background(), env, HandsetOptions{Number: "+33612345678", Wait: 5 * time.Second}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"from NEWS (ALPHANUMERIC)", "GSM, 2 parts", "│ line one", "│ line two", "DELIVERED", "ended", "m-1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("shown %q lacks %q", out, want)
		}
	}
	env, out = environment(variables)
	if err := Handset(context.Background(), env, HandsetOptions{Number: "+12065550199"}); err != nil || !strings.Contains(out.String(), "has no messages") {
		t.Errorf("an empty handset: %q, %v", out, err)
	}
	if err := Handset(context.Background(), env, HandsetOptions{Number: "+12065550199", Reply: "yes", To: "+12065550142"}); err != nil {
		t.Error(err)
	}
	err := Handset(context.Background(), env, HandsetOptions{Number: "+12065550199", Reply: "yes", To: "NEWS"})
	if err == nil || !strings.Contains(err.Error(), "takes no replies") {
		t.Errorf("answering a sender ID: %v", err)
	}
	if len(*replies) != 2 || (*replies)[0] != "+12065550142: yes" {
		t.Errorf("answered %v", *replies)
	}
	if err := Handset(context.Background(), env, HandsetOptions{Number: "+12065550199", Reply: "yes"}); !IsUsage(err) {
		t.Errorf("--reply without --to: %v", err)
	}
}

func TestHandsetWaitsLongerThanTheServerHoldsAnAnswer(t *testing.T) {
	const path = "GET /simulator/v1/handsets/+12065550199/messages"
	f := &fake{answers: map[string]string{
		path: `{"messages":[]}`, path + "?after=0&wait=1m0s": `{"messages":[]}`,
		path + "?after=0&wait=30s": `{"messages":[{"from":"N\u001b[1mS","fromKind":"UNKNOWN","body":"late"}]}`,
	}}
	env, out, _ := against(t, f)
	if err := Handset(t.Context(), env, HandsetOptions{Number: "+12065550199", Wait: 90 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "│ late") || !strings.Contains(out.String(), "from N\ufffd[1mS (UNKNOWN)") || len(f.asked) != 3 {
		t.Errorf("%q after %q", out, f.asked)
	}
}

func TestHandsetShowsWhatComesBackAfterAReply(t *testing.T) {
	const path = "/simulator/v1/handsets/+12065550199/messages"
	f := &fake{answers: map[string]string{
		"POST " + path:             `{"id":7,"to":"+12065550142","encoding":"GSM","parts":1}`,
		"GET " + path + "?after=7": `{"messages":[]}`, "GET " + path + "?after=7&wait=5s": `{"messages":[{"id":8,"from":"+12065550142","fromKind":"LONG_CODE","body":"We are open."}]}`,
		"GET " + path + "?after=7&wait=1s": `{"messages":[]}`,
	}}
	for wait, want := range map[time.Duration]string{5 * time.Second: "│ We are open.", time.Second: "nothing came back in 1s"} {
		env, out, _ := against(t, f)
		if err := Handset(t.Context(), env, HandsetOptions{Number: "+12065550199", Reply: "hours", To: "+12065550142", Wait: wait}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "+12065550199 answered +12065550142 (GSM, 1 part)\n") || !strings.Contains(out.String(), want) {
			t.Errorf("after %v: %q", wait, out)
		}
	}
}
