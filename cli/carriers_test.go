package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const acme = `{"name":"acme","type":"smpp","state":"DOWN","summary":"No bind is up: nothing goes over it.",
	"binds":[{"address":"smsc.acme.example:2775","mode":"transceiver","state":"DOWN","since":"2026-01-02T03:04:05Z","window":50}],
	"queuedInMemory":10000,"queuedOnDisk":2345,"partsPerSecond":100,"limiter":"no connection","messageIds":"hex_in_receipt (learnt)",
	"receiptsMatched":12,"receiptsUnmatched":1,"receiptsRepeated":3,
	"delivery":[{"country":"FR","well":true,"judged":200,"arrived":190,"waiting":4,"receiptLatencySeconds":2.5},{"country":"IN","well":false,"judged":0,"arrived":0,"waiting":1}],
	"problems":["smsc.acme.example:2775: the SMSC refuses the password (ESME_RINVPASWD): compare system_id and password with what the carrier has given you, and reload the configuration"]}`

// Proves(limit): `heliograph carriers` names what holds a carrier back.
func TestCarriersAreATableThatANewcomerUnderstands(t *testing.T) {
	f := &fake{answers: map[string]string{
		"GET /operator/v1/carriers":      `{"carriers":[` + acme + `,{"name":"other","state":"PAUSED","summary":"Paused since Friday","binds":[]}]}`,
		"GET /operator/v1/carriers/acme": acme,
	}}
	env, out, _ := against(t, f)
	if err := Carriers(t.Context(), env, "", "table"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if want := "acme     DOWN    0 of 1    0 of 0      12345    100/s  no connection"; len(lines) != 7 || lines[1] != want || lines[5] != "│ Paused since Friday" {
		t.Errorf("shown:\n%s\nwant\n%s", out, want)
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 100 {
			t.Errorf("wider than 100: %s", line)
		}
	}
	out.Reset()
	if err := Carriers(t.Context(), env, "acme", "table"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10000 messages in memory, 2345 more on disk", "hex_in_receipt (learnt)", "What is wrong:\n  - smsc.acme", "12 matched a message, 1 did not, 3 told what was known", "190", "95%", "2.5s", "well", "passed over"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out.Reset()
	if err := Carriers(t.Context(), env, "acme", JSON); err != nil || !strings.Contains(out.String(), `"queuedOnDisk": 2345`) {
		t.Errorf("as JSON: %q, %v", out, err)
	}
}

// Proves(limit): night shift: `heliograph carriers drain` tells how far it is.
func TestDrainTellsHowFarItIs(t *testing.T) {
	f := &fake{answers: map[string]string{"POST /operator/v1/carriers/acme/drain": `{"drained":false,"inFlight":3,"queued":40}`}}
	env, out, errs := against(t, f)
	err := Drain(t.Context(), env, "acme", "", 30*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "3 messages are in flight still") || !strings.Contains(errs.String(), "3 messages are in flight, 40 queued\n") {
		t.Errorf("%v, %q", err, errs)
	}
	f.answers["POST /operator/v1/carriers/acme/drain"] = `{"drained":true,"inFlight":0,"queued":40}`
	if err := Drain(t.Context(), env, "acme", "", time.Minute); err != nil || out.String() != "carrier acme is paused and nothing is in flight; 40 queued\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// stepwise gives its answers one after another.
type stepwise struct {
	answers []string
	bodies  []string
}

func (s *stepwise) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, s.answers[len(s.bodies)])
	s.bodies = append(s.bodies, string(body))
}

// Proves(limit): night shift: `heliograph carriers move` goes on step by step.
func TestMoveGoesOnStepByStep(t *testing.T) {
	f := &stepwise{answers: []string{
		`{"moved":990,"left":[{"reason":"it is not provisioned there","count":10}],"next":"n1"}`,
		`{"moved":5,"left":[{"reason":"it is not provisioned there","count":2}]}`,
	}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	env, out := environment(map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HELIOGRAPH_CONSOLE_URL": server.URL})
	errs := &bytes.Buffer{}
	env.Stderr = errs
	if err := Move(t.Context(), env, "acme", "other"); err != nil {
		t.Fatal(err)
	}
	if out.String() != "995 messages moved from acme to other\n12 left: it is not provisioned there\n" || errs.String() != "990 moved…\n" {
		t.Errorf("%q, %q", out, errs)
	}
	if f.bodies[1] != `{"after":"n1","to":"other"}` {
		t.Errorf("asked %s", f.bodies[1])
	}
}

func TestWordsAreWrapped(t *testing.T) {
	if got := strings.Join(wrapped("one two three four-hundred five", 9), "|"); got != "one two|three|four-hundred|five" {
		t.Errorf("got %s", got)
	}
}
