package operator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"heliograph/api"
	"heliograph/message"
	"heliograph/message/route"
	"heliograph/operator"
	"heliograph/resource"
)

// oracle is a Chooser with one answer.
type oracle struct {
	asked  *api.SendTextMessageInput
	scope  resource.Scope
	answer message.Message
	err    error
	survey route.Survey
}

func (o *oracle) Trial(_ context.Context, s resource.Scope, in *api.SendTextMessageInput) (*message.Message, error) {
	o.asked, o.scope = in, s
	return &o.answer, o.err
}

func (o *oracle) Survey(*message.Message) route.Survey { return o.survey }

// Proves(route): `route explain` tells carrier, sender and reasons without sending.
func TestRouteIsExplainedWithoutSending(t *testing.T) {
	o := &oracle{
		answer: message.Message{
			Country: "FR", Origin: message.Origin{Wire: "Brand", Kind: "ALPHANUMERIC"}, Type: "PROMOTIONAL", Carrier: "b", Parts: 2, Price: 100_000,
			Why: message.Why{Asked: "sender", TypeFrom: "request", Chosen: "named", Route: 4, Routes: []message.Passed{{Carrier: "a", Code: "down"}}},
		},
		survey: route.Survey{Network: "20801", Line: 4, Groups: [][]route.Stop{{{Carrier: "a", Weight: 2, Well: true}}, {{Carrier: "b", Weight: 1, Up: true, Well: true}}}},
	}
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Chooser = o })
	const path = operator.Root + "/route?to=%2B33612345678&region=eu-west-3&account="
	status, answer := h.call(t, http.MethodGet, path+"111122223333&from=Brand&messageType=PROMOTIONAL&configurationSet=set&body=Hello", "")
	want := "map[carrier:b country:FR encoding:GSM from:Brand fromKind:ALPHANUMERIC " +
		"groups:[map[carriers:[map[because:it had no connection chosen:false name:a up:false weight:2 well:true]]] " +
		"map[carriers:[map[chosen:true name:b up:true weight:1 well:true]]]] line:4 messageType:PROMOTIONAL network:20801 parts:2 price:0.1 sends:true"
	if got := fmt.Sprint(answer); status != http.StatusOK || !strings.HasPrefix(got, want) || !strings.Contains(got, "Carrier a was passed over: it had no connection.") {
		t.Errorf("%d\ngot  %s\nwant %s", status, got, want)
	}
	if in := o.asked; in.DestinationPhoneNumber != "+33612345678" || in.OriginationIdentity != "Brand" || in.MessageType != "PROMOTIONAL" ||
		in.ConfigurationSetName != "set" || in.MessageBody != "Hello" || o.scope != shop {
		t.Errorf("asked %+v in %v", in, o.scope)
	}
	o.answer = message.Message{}
	o.err = api.Invalid(api.ValidationExceptionReasonCannotParse, "Give a number.", "DestinationPhoneNumber")
	if status, answer = h.call(t, http.MethodGet, path+"111122223333", ""); status != http.StatusOK || answer["sends"] != false ||
		!strings.HasPrefix(fmt.Sprint(answer["refusal"]), "ValidationException: ") {
		t.Errorf("%d %v", status, answer)
	}
	for query, want := range map[string]int{
		"999999999999": http.StatusNotFound, "111122223333&messageType=VOICE": http.StatusBadRequest, "111122223333&carrier=a": http.StatusBadRequest,
	} {
		if status, answer := h.call(t, http.MethodGet, path+query, ""); status != want {
			t.Errorf("%s: %d %v", query, status, answer)
		}
	}
	if status, answer := h.call(t, http.MethodGet, operator.Root+"/route?to=%2B33612345678&account=111122223333", ""); status != http.StatusBadRequest {
		t.Errorf("without a Region: %d %v", status, answer)
	}
	o.err = errors.New("disk full")
	if status, answer := h.call(t, http.MethodGet, path+"111122223333", ""); status != http.StatusInternalServerError {
		t.Errorf("%d %v", status, answer)
	}
}
