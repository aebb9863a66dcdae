package operator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/carrier"
	"heliograph/event"
	"heliograph/event/outbox"
	"heliograph/message"
	"heliograph/operator"
	"heliograph/resource"
	"heliograph/resource/configset"
)

const receiptsTopic = "arn:aws:sns:eu-west-3:111122223333:receipts"

// eventful is a house in which the events of two accounts' messages go to a topic
// that answers 503.
func eventful(t *testing.T) *house {
	t.Helper()
	return openWith(t, t.TempDir(), func(p *operator.Parts) {
		db := p.Messages.(operator.Journal)
		p.Events = operator.Events{
			Journal: db, Teller: event.Teller{Sender: func(_ context.Context, m *message.Message) (string, error) { return m.Origin.Wire, nil }},
			Troubles: func() []outbox.Trouble {
				return []outbox.Trouble{{Target: event.Target{Scope: shop, ARN: receiptsTopic}, Said: "503 Service Unavailable"}}
			},
		}
	})
}

// text accepts a message of a scope whose events are told.
func (h *house) text(t *testing.T, s resource.Scope, at time.Time) *message.Message {
	t.Helper()
	view, err := h.ConfigurationSets(t.Context(), s)
	must(t, err)
	must(t, h.ChangeConfigurationSets(t.Context(), configset.Change{Scope: s, Revision: view.Revision, Put: []configset.Set{{
		Name: "set", CreatedAt: noon(), Destinations: []configset.Destination{
			{Name: "all", Enabled: true, Kind: configset.SNS, ARN: receiptsTopic, Types: []api.EventType{api.EventTypeAll}},
		},
	}}}))
	m := &message.Message{
		ID: uuid.Must(uuid.NewV7()), Scope: s, To: "+33612345678", Country: "FR", Type: api.MessageTypeTransactional, Carrier: "acme", Parts: 1,
		Origin: message.Origin{Kind: carrier.Alphanumeric, Identity: "SHOP", Wire: "Shop"}, Body: "your code is 123456",
		ConfigurationSet: "set", Context: map[string]string{"order": "o-77"}, AcceptedAt: at, ExpiresAt: at.Add(time.Hour),
	}
	must(t, h.Accept(t.Context(), m))
	return m
}

func (h *house) events(t *testing.T, query string) (list []map[string]any, next string) {
	t.Helper()
	status, answer := h.call(t, "GET", "/operator/v1/events?"+query, "")
	if status != http.StatusOK {
		t.Fatalf("%s: HTTP %d %v", query, status, answer)
	}
	for _, e := range answer["events"].([]any) {
		list = append(list, e.(map[string]any))
	}
	next, _ = answer["next"].(string)
	return list, next
}

func TestEventsOfCustomersAreMaskedWithoutAReason(t *testing.T) {
	h := eventful(t)
	m := h.text(t, shop, noon())
	own := h.text(t, resource.Scope{Account: account.Operator, Region: "eu-west-3"}, noon())
	shown := func(query string) string {
		list, _ := h.events(t, query)
		text, err := json.Marshal(list)
		must(t, err)
		return string(text)
	}
	masked := shown("account=" + shop.Account)
	if !strings.Contains(masked, "+3361*****78") || strings.Contains(masked, "33612345678") || strings.Contains(masked, "o-77") || !strings.Contains(masked, `"masked":true`) {
		t.Errorf("without a reason %s", masked)
	}
	if text := shown("message=" + own.ID.String()); !strings.Contains(text, "+33612345678") || !strings.Contains(text, "o-77") {
		t.Errorf("the operator's own are shown as %s", text)
	}
	if text := shown("reason=ticket+4711&account=" + shop.Account); !strings.Contains(text, "+33612345678") || !strings.Contains(text, "o-77") {
		t.Errorf("with a reason %s", text)
	}
	_, answer := h.call(t, "GET", "/operator/v1/audit?action=ReadEvents", "")
	lines := answer["entries"].([]any)
	if len(lines) != 1 {
		t.Fatalf("%d lines in the audit: %v", len(lines), lines)
	}
	line := lines[0].(map[string]any)
	if got := fmt.Sprint(line["reason"], line["targets"], line["account"]); got != "ticket 4711[message/"+m.ID.String()+"]"+shop.Account {
		t.Errorf("the audit says %s", got)
	}
}

func TestEventsAreReadPageByPage(t *testing.T) {
	h := eventful(t)
	var want []string
	for i := range 5 {
		want = append(want, h.text(t, shop, noon().Add(time.Duration(i)*time.Minute)).ID.String())
	}
	var got []string
	query := "limit=2&since=" + noon().Add(-time.Hour).Format(time.RFC3339)
	for {
		list, next := h.events(t, query)
		for _, e := range list {
			got = append(got, e["messageId"].(string))
		}
		if len(list) == 0 {
			break
		}
		query = "limit=2&after=" + url.QueryEscape(next)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pages show %v, want %v", got, want)
	}
	for _, wrong := range []string{"after=x", "message=x", "after=1_x_1", "limit=0"} {
		if status, _ := h.call(t, "GET", "/operator/v1/events?"+wrong, ""); status != http.StatusBadRequest {
			t.Errorf("%s: HTTP %d", wrong, status)
		}
	}
}

func TestDeadEventsAreListedAndReplayed(t *testing.T) {
	h := eventful(t)
	for range 3 {
		m := h.text(t, shop, noon())
		key := event.Key{Target: event.Target{Scope: shop, ARN: receiptsTopic}, MessageID: m.ID, Destination: "all"}
		must(t, h.Settle(t.Context(), []event.Settlement{{Key: key, Cause: "413", At: noon()}}))
	}
	var ids []string
	for query := "limit=2"; query != ""; {
		_, answer := h.call(t, "GET", "/operator/v1/events/dead?"+query, "")
		for _, e := range answer["events"].([]any) {
			e := e.(map[string]any)
			ids = append(ids, e["messageId"].(string))
			if e["cause"] != "413" || e["target"] != receiptsTopic || e["type"] != "TEXT_QUEUED" || e["eventDestination"] != "all" {
				t.Errorf("%v", e)
			}
		}
		query = ""
		if next, more := answer["next"].(string); more {
			query = "limit=2&after=" + url.QueryEscape(next)
		}
	}
	if len(ids) != 3 {
		t.Errorf("dead are %v", ids)
	}
	for _, want := range []float64{3, 0} {
		if _, answer := h.call(t, "POST", "/operator/v1/events/replay", `{"target":"`+receiptsTopic+`"}`); answer["replayed"] != want {
			t.Errorf("replayed %v, want %v", answer, want)
		}
	}
	_, answer := h.call(t, "GET", "/operator/v1/events/targets", "")
	list := answer["targets"].([]any)
	if len(list) != 1 {
		t.Fatalf("targets %v", list)
	}
	target := list[0].(map[string]any)
	if target["waiting"] != 3.0 || target["trouble"] != "503 Service Unavailable" || target["lag"] != "0s" || target["target"] != receiptsTopic {
		t.Errorf("target %v", target)
	}
	_, answer = h.call(t, "GET", "/operator/v1/audit?action=ReplayEvents", "")
	if lines := answer["entries"].([]any); len(lines) != 1 {
		t.Errorf("the audit has %v", lines)
	}
}
