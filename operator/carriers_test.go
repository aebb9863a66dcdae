package operator_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/carrier/smsc"
	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/operator"
	"heliograph/store/storetest"
)

// depot is carriers and a queue that do as a test says.
type depot struct {
	operator.Fleet
	operator.Queue
	list   []operator.Carrier
	answer error
}

func (d *depot) Carriers(context.Context) ([]operator.Carrier, error) {
	return slices.Clone(d.list), nil
}

func (d *depot) Cancel(context.Context, message.ID, string) error { return d.answer }

// Proves(limit): a carrier's state, the limiter that binds now and its problems are told in words.
func TestCarrierIsJudgedInWords(t *testing.T) {
	up := operator.Bind{Address: "a:1", State: "UP", Window: 10, Unanswered: 10}
	down := operator.Bind{Address: "b:1", State: "DOWN", Trouble: "port refused"}
	now := noon()
	for _, c := range []struct {
		name    string
		carrier operator.Carrier
		facts   operator.Facts
		state   string
		limiter string
		problem string // "" = none
	}{
		{"idle", operator.Carrier{Binds: []operator.Bind{up}}, operator.Facts{}, "UP", "", ""},
		{"window", operator.Carrier{Binds: []operator.Bind{up}, InMemory: 1}, operator.Facts{}, "UP", "window of 10", ""},
		{"throughput", operator.Carrier{Binds: []operator.Bind{{State: "UP", Window: 10}}, OnDisk: 1, Throughput: 5, Configured: 5}, operator.Facts{}, "UP", "throughput of 5/s", ""},
		{"limits", operator.Carrier{Binds: []operator.Bind{up}, InMemory: 1}, operator.Facts{Limits: []string{"identity SHOP", "country FR"}}, "UP", "identity SHOP and 1 more", ""},
		{"slowed", operator.Carrier{Binds: []operator.Bind{up}, InMemory: 1}, operator.Facts{Slowed: 12.5}, "UP", "slowed to 12.5/s after throttling", "It gets 12.5 parts per second for now"},
		{"throttled", operator.Carrier{Binds: []operator.Bind{up}}, operator.Facts{Now: now, ThrottledUntil: now.Add(time.Second)}, "UP", "throttled by the carrier", ""},
		{"one bind down", operator.Carrier{Binds: []operator.Bind{up, down}}, operator.Facts{}, "PARTLY_UP", "", "b:1: port refused"},
		{"all binds down", operator.Carrier{Binds: []operator.Bind{down, down}}, operator.Facts{}, "DOWN", "no connection", "b:1: port refused"},
		{"maintenance", operator.Carrier{Binds: []operator.Bind{{State: "MAINTENANCE"}}}, operator.Facts{}, "MAINTENANCE", "no connection", ""},
		{"paused", operator.Carrier{Binds: []operator.Bind{up}, Paused: &operator.Pause{Reason: "x"}}, operator.Facts{}, "PAUSED", "paused", ""},
		{"refused", operator.Carrier{Binds: []operator.Bind{up}}, operator.Facts{Now: now, Refusals: []operator.Refusal{
			{Code: "ESME_RINVSRCADR", Count: 7, Last: now, Advice: "Have it provisioned."},
			{Code: "ESME_RINVDSTADR", Count: 7, Last: now.Add(-2 * time.Hour), Advice: "Long ago."},
		}}, "UP", "", "7 parts were refused with ESME_RINVSRCADR, the last at 2026-05-29 12:00:00 UTC: Have it provisioned."},
		{"ids", operator.Carrier{Binds: []operator.Bind{up}, Matched: 1, Unmatched: 9, IDs: "same"}, operator.Facts{}, "UP", "", "9 of 10 receipts name no message"},
	} {
		got := c.carrier.Judged(c.facts)
		if got.State != c.state || got.Limiter != c.limiter {
			t.Errorf("%s: %s, held back by %q", c.name, got.State, got.Limiter)
		}
		if all := strings.Join(got.Problems, "\n"); len(got.Problems) > 1 || !strings.Contains(all, c.problem) || (all == "") != (c.problem == "") {
			t.Errorf("%s: problems %q", c.name, all)
		}
	}
}

// Proves(limit): night shift: a message that is not cancelled says why it stays.
func TestCancelSaysWhyAMessageStays(t *testing.T) {
	fleet := &depot{}
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Queue, p.Fleet = fleet, fleet })
	id, err := uuid.NewV7()
	must(t, err)
	must(t, h.Accept(t.Context(), storetest.Message(id, 2)))
	path := "/operator/v1/messages/" + id.String() + "/cancel"
	for answer, want := range map[error]string{
		dispatch.ErrUnderWay:  "it is not cancelled: it is being handed over at this moment; if it waits for a connection, pause carrier",
		dispatch.ErrInDoubt:   "it is not cancelled: the carrier may have taken it",
		message.ErrTaken:      "it is on its way from one carrier to another; try again",
		errors.New("no disk"): "this failed; the log of the server says why",
	} {
		fleet.answer = answer
		if status, got := h.call(t, "POST", path, `{"reason":"ticket 7"}`); status < http.StatusConflict || !strings.Contains(got["error"].(string), want) {
			t.Errorf("%v: HTTP %d %v", answer, status, got)
		}
	}
	if status, _ := h.call(t, "POST", path, `{"reason":" ! "}`); status != http.StatusBadRequest {
		t.Errorf("without a reason: HTTP %d", status)
	}
	stored, _, err := h.Message(t.Context(), id)
	must(t, err)
	fleet.answer = nil
	must(t, h.Explain(t.Context(), id, stored.Why.With(message.Tried{Carrier: stored.Carrier, Code: message.TriedInDoubt})))
	if status, got := h.call(t, "POST", path, `{"reason":"ticket 7"}`); status != http.StatusConflict || !strings.Contains(got["error"].(string), "may have taken it, since its last attempt was not answered") {
		t.Errorf("in doubt on disk: HTTP %d %v", status, got)
	}
	must(t, h.Submitted(t.Context(), message.Submission{ID: id, Part: 1, Parts: 2, Carrier: stored.Carrier, CarrierMessageID: "c1", At: noon()}))
	if status, got := h.call(t, "POST", path, `{"reason":"ticket 7"}`); status != http.StatusConflict || !strings.Contains(got["error"].(string), "has taken a part of it") {
		t.Errorf("taken in part: HTTP %d %v", status, got)
	}
}

// Proves(limit): night shift: a PDU trace needs a reason, is bounded, and is audited with the number masked.
func TestTraceNeedsAReasonAndIsAuditedMasked(t *testing.T) {
	tracer := smsc.NewTracer(noon)
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Trace = tracer })
	const path = "/operator/v1/trace"
	for body, want := range map[string]int{
		`{"number":"+12065550142","for":"5m"}`:                                  http.StatusBadRequest,
		`{"number":"somebody","for":"5m","reason":"ticket 7"}`:                  http.StatusBadRequest,
		`{"number":"+12065550142","for":"5h","reason":"ticket 7"}`:              http.StatusBadRequest,
		`{"number":"+12065550142","for":"5m","most":-1,"reason":"ticket 7"}`:    http.StatusBadRequest,
		`{"number":"+12065550142","for":"5m","colour":1,"reason":"ticket 7"}`:   http.StatusBadRequest,
		`{"number":"+12065550142","for":"5m","most":20000,"reason":"ticket 7"}`: http.StatusBadRequest,
	} {
		if status, got := h.call(t, "POST", path, body); status != want {
			t.Errorf("%s: HTTP %d %v", body, status, got)
		}
	}
	if status, _ := h.call(t, "GET", path, ""); status != http.StatusNotFound {
		t.Errorf("no trace: HTTP %d", status)
	}
	begin := `{"number":"+12065550142","for":"5m","most":7,"reason":"ticket 7"}`
	if status, got := h.call(t, "POST", path, begin); status != http.StatusCreated || got["number"] != "+1206*****42" || got["running"] != true {
		t.Errorf("begun: HTTP %d %v", status, got)
	}
	if status, _ := h.call(t, "POST", path, begin); status != http.StatusConflict {
		t.Errorf("begun twice: HTTP %d", status)
	}
	if status, got := h.call(t, "GET", path+"?after=0", ""); status != http.StatusOK || len(got["pdus"].([]any)) != 0 {
		t.Errorf("read: HTTP %d %v", status, got)
	}
	if status, _ := h.call(t, "DELETE", path, ""); status != http.StatusNoContent {
		t.Errorf("ended: HTTP %d", status)
	}
	_, lines := h.call(t, "GET", "/operator/v1/audit?action=StartTrace", "")
	entry := lines["entries"].([]any)[0].(map[string]any)
	if entry["reason"] != "ticket 7" || entry["parameters"] != `{"for":"5m0s","most":7}` || entry["targets"].([]any)[0] != "number/+1206*****42" {
		t.Errorf("audit: %v", entry)
	}
}
