package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heliograph/carrier/simulator"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// filled is a centre with one message of each account on the same handset.
func filled(t *testing.T) (*fixture, *client) {
	t.Helper()
	f := newFixture(t)
	c := f.dial(t, smpp.Transceiver, "heliograph")
	c.submit(t, text(international(shopNumber), french, "Your code is 123456.", shopMessage))
	f.clock.advance(time.Second)
	c.submit(t, text(international(bankNumber), french, "Balance: 7", bankMessage))
	f.clock.advance(time.Second)
	c.submit(t, text(international("+447700900123"), french, "foreign", ""))
	for range 3 {
		c.receives(t)
	}
	return f, c
}

func TestSimulatorAPIAnswers(t *testing.T) {
	const messages = "/handsets/%2B33612345678/messages"
	tests := map[string]struct {
		account, method, path, body string
		status                      int
		want                        string // part of the answer
	}{
		"list of handsets": {operator, "GET", "/handsets", "", 200,
			`{"handsets":[{"number":"+33612345678","messages":3,"lastMessageAt":"2026-03-01T12:00:02Z"}]}`},
		"list of an account": {shop, "GET", "/handsets", "", 200,
			`{"handsets":[{"number":"+33612345678","messages":1,"lastMessageAt":"2026-03-01T12:00:00Z"}]}`},
		"no handsets": {"999999999999", "GET", "/handsets", "", 200, `{"handsets":[]}`},
		"a message": {shop, "GET", messages, "", 200, `{"messages":[{"id":1,"messageId":"` + shopMessage + `","direction":"TO_HANDSET",` +
			`"from":"+12065550100","to":"+33612345678","fromKind":"TEN_DLC","body":"Your code is 123456.","encoding":"GSM","parts":1,` +
			`"receivedAt":"2026-03-01T12:00:00Z","tlvs":{}}]}`},
		"foreign message has no id":  {operator, "GET", messages + "?account=" + operator, "", 200, `{"messages":[{"id":5,"direction"`},
		"path without escapes":       {shop, "GET", "/handsets/+33612345678/messages", "", 200, `"body":"Your code`},
		"no messages":                {shop, "GET", "/handsets/%2B33612345679/messages", "", 200, `{"messages":[]}`},
		"after leaves out":           {operator, "GET", messages + "?after=3", "", 200, `{"messages":[{"id":5,`},
		"after the last":             {operator, "GET", messages + "?after=5", "", 200, `{"messages":[]}`},
		"bad after":                  {operator, "GET", messages + "?after=x", "", 400, `{"error":"after=x is no message id"}`},
		"bad wait":                   {operator, "GET", messages + "?wait=soon", "", 400, `{"error":"wait=soon is no duration such as 5s"}`},
		"bad number":                 {operator, "GET", "/handsets/12/messages", "", 400, `"error"`},
		"latest":                     {operator, "GET", messages + "/latest", "", 200, `"match":"foreign","groups":[]}`},
		"latest that matches":        {operator, "GET", messages + `/latest?match=%5Cd%7B6%7D`, "", 200, `"match":"123456","groups":[]}`},
		"latest with a group":        {operator, "GET", messages + `/latest?match=code+is+(%5Cd%2B)`, "", 200, `"match":"code is 123456","groups":["123456"]}`},
		"latest of an account":       {bank, "GET", messages + `/latest?match=%5Cd%2B`, "", 200, `"match":"7"`},
		"nothing matches":            {bank, "GET", messages + `/latest?match=%5Cd%7B6%7D`, "", 404, `"error"`},
		"bad match":                  {bank, "GET", messages + `/latest?match=(`, "", 400, `"error"`},
		"operator chooses":           {operator, "GET", "/handsets?account=" + bank, "", 200, `"messages":1`},
		"others may not choose":      {shop, "GET", "/handsets?account=" + bank, "", 403, `"error"`},
		"own account may be named":   {shop, "GET", "/handsets?account=" + shop, "", 200, `"messages":1`},
		"answer to a number":         {shop, "POST", messages, `{"to":"+12065550100","body":"YES"}`, 201, `"direction":"FROM_HANDSET","from":"+33612345678","to":"+12065550100"`},
		"answer without plus":        {shop, "POST", messages, `{"to":"12065550100","body":"YES"}`, 201, `"to":"+12065550100"`},
		"answer to a short code":     {shop, "POST", messages, `{"to":"24680","body":"Ж"}`, 201, `"encoding":"UCS2"`},
		"operator answers":           {operator, "POST", messages, `{"to":"+18005550199","body":"YES"}`, 201, `"parts":1`},
		"answer to foreign":          {operator, "POST", messages, `{"to":"+447700900123","body":"YES"}`, 201, `"to":"+447700900123"`},
		"answer to a sender ID":      {shop, "POST", messages, `{"to":"SENDER","body":"YES"}`, 409, `one-way`},
		"answer to nobody":           {shop, "POST", messages, `{"to":"+12065550199","body":"YES"}`, 404, `nobody's number`},
		"answer to another's number": {shop, "POST", messages, `{"to":"+18005550199","body":"YES"}`, 404, `nobody's number`},
		"answer to foreign, account": {shop, "POST", messages, `{"to":"+447700900123","body":"YES"}`, 404, `nobody's number`},
		"answer without recipient":   {shop, "POST", messages, `{"body":"YES"}`, 400, `"error"`},
		"answer without body":        {shop, "POST", messages, `{"to":"+12065550100","body":""}`, 400, `"error"`},
		"answer too long":            {shop, "POST", messages, `{"to":"+12065550100","body":"` + strings.Repeat("a", 1531) + `"}`, 400, `"error"`},
		"answer with unknown key":    {shop, "POST", messages, `{"to":"+12065550100","text":"x"}`, 400, `"error"`},
		"answer that is no JSON":     {shop, "POST", messages, `YES`, 400, `"error"`},
		"no rules":                   {shop, "GET", "/rules", "", 200, `{"rules":[]}`},
		"rules": {shop, "PUT", "/rules", `{"rules":[{"prefix":"+1415555","outcome":"BLOCKED","receiptDelay":"1m30s"},{"prefix":"","outcome":"NO_RECEIPT"}]}`, 200,
			`{"rules":[{"prefix":"+1415555","outcome":"BLOCKED","receiptDelay":"1m30s"},{"prefix":"","outcome":"NO_RECEIPT","receiptDelay":"0s"}]}`},
		"unknown outcome":             {shop, "PUT", "/rules", `{"rules":[{"prefix":"+1","outcome":"LOST"}]}`, 400, `LOST`},
		"bad prefix":                  {shop, "PUT", "/rules", `{"rules":[{"prefix":"1415","outcome":"BLOCKED"}]}`, 400, `1415`},
		"prefix twice":                {shop, "PUT", "/rules", `{"rules":[{"prefix":"+1","outcome":"BLOCKED"},{"prefix":"+1","outcome":"EXPIRED"}]}`, 400, `two rules`},
		"bad delay":                   {shop, "PUT", "/rules", `{"rules":[{"prefix":"+1","outcome":"BLOCKED","receiptDelay":"soon"}]}`, 400, `soon`},
		"negative delay":              {shop, "PUT", "/rules", `{"rules":[{"prefix":"+1","outcome":"BLOCKED","receiptDelay":"-1s"}]}`, 400, `receiptDelay`},
		"account that is none":        {operator, "GET", "/handsets?account=shop", "", 400, `twelve digits`},
		"wait beyond 60 seconds":      {shop, "GET", messages + "?wait=1h", "", 200, `"body":"Your code`},
		"negative wait":               {shop, "GET", messages + "?wait=-1s", "", 400, `wait=-1s`},
		"latest of nothing":           {shop, "GET", "/handsets/%2B33612345679/messages/latest", "", 404, `"error"`},
		"latest after":                {operator, "GET", messages + "/latest?after=5", "", 404, `"error"`},
		"operator clears for another": {operator, "DELETE", messages + "?account=" + shop, "", 204, ""},
		"nobody clears another's":     {shop, "DELETE", "/handsets?account=" + bank, "", 403, `"error"`},
		"nobody resets another's":     {shop, "POST", "/reset?account=" + bank, "", 403, `"error"`},
		"nobody rules another's":      {shop, "PUT", "/rules?account=" + bank, `{"rules":[]}`, 403, `"error"`},
		"unknown path":                {shop, "GET", "/phones", "", 404, `"error"`},
		"clear a handset":             {shop, "DELETE", messages, "", 204, ""},
		"clear all":                   {shop, "DELETE", "/handsets", "", 204, ""},
		"reset":                       {shop, "POST", "/reset", "", 204, ""},
		"clear bad number":            {shop, "DELETE", "/handsets/x/messages", "", 400, `"error"`},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			f, _ := filled(t)
			status, answer := f.call(t, c.account, c.method, c.path, c.body)
			if status != c.status || !strings.Contains(string(answer), c.want) {
				t.Errorf("%s %s: %d %s\nwant %d %s", c.method, c.path, status, answer, c.status, c.want)
			}
		})
	}
}

func TestClearingTouchesOneAccount(t *testing.T) {
	for _, one := range []struct{ account, method, path string }{
		{shop, "DELETE", "/handsets"},
		{shop, "DELETE", "/handsets/+33612345678/messages"},
		{shop, "POST", "/reset"},
		{operator, "DELETE", "/handsets?account=" + shop},
		{operator, "POST", "/reset?account=" + shop},
	} {
		f, _ := filled(t)
		f.call(t, one.account, one.method, one.path, "")
		var left []string
		for _, m := range f.screen(t, french) {
			left = append(left, m.Body)
		}
		if strings.Join(left, "|") != "Balance: 7|foreign" {
			t.Errorf("%s %s leaves %q", one.method, one.path, left)
		}
	}
}

func TestResetEmptiesRulesAndWhatElseThereIs(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, shop, simulator.Rule{Outcome: simulator.Rejected})
	var reset string
	handler := f.Handler(simulator.Console{
		Account: func(*http.Request) string { return shop },
		Reset:   func(_ context.Context, account string) error { reset = account; return nil },
	})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", simulator.Root+"/reset", nil))
	if w.Code != http.StatusNoContent || reset != shop {
		t.Errorf("got %d, reset %q", w.Code, reset)
	}
	if _, answer := f.call(t, shop, "GET", "/rules", ""); string(answer) != `{"rules":[]}` {
		t.Errorf("got %s", answer)
	}
}

func TestAnswersReachTheClientBehindTheNumber(t *testing.T) {
	f, gateway := filled(t)
	foreign := f.dial(t, smpp.Transceiver, "foreign")
	foreign.submit(t, text(international("+447700900999"), french, "hi", ""))
	foreign.receives(t)
	for name, c := range map[string]struct {
		to, body string
		client   *client
		dest     smpp.Address
	}{
		"customer's number": {shopNumber, "YES", gateway, international(shopNumber)},
		"short code":        {shopCode, "Да", gateway, smpp.Address{TON: smpp.TONNetworkSpecific, Addr: shopCode}},
		"long answer":       {shopNumber, strings.Repeat("€", 100), gateway, international(shopNumber)},
		"foreign number":    {"+447700900999", "YES", foreign, international("+447700900999")},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"to": c.to, "body": c.body})
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := f.call(t, operator, "POST", "/handsets/+33612345678/messages", string(body)); status != 201 {
				t.Fatalf("%d %s", status, answer)
			}
			var parts []gsm.Segment
			for _, s := range gsm.Split(c.body, 1, gsm.Reference8) {
				parts = append(parts, inbound(t, c.client.receives(t), s.Encoding, c.dest))
			}
			if got, err := gsm.Reassemble(parts); err != nil || got != c.body {
				t.Errorf("got %q %v", got, err)
			}
		})
	}
}

// inbound takes a text from a handset apart.
func inbound(t *testing.T, d *smpp.DeliverSM, enc gsm.Encoding, to smpp.Address) gsm.Segment {
	t.Helper()
	if d.ESMClass.Type() != 0 || d.Source != international(french) || d.Destination != to {
		t.Errorf("esm_class %#x from %v to %v", d.ESMClass, d.Source, d.Destination)
	}
	if (d.DataCoding == smpp.CodingUCS2) != (enc == gsm.UCS2) {
		t.Errorf("data_coding %d", d.DataCoding)
	}
	s := gsm.Segment{Encoding: enc, Data: d.ShortMessage}
	if d.ESMClass.UDHI() {
		n := 1 + int(d.ShortMessage[0])
		s.UDH, s.Data = d.ShortMessage[:n], d.ShortMessage[n:]
	}
	return s
}

func TestSenderIDOfDigitsIsOneWay(t *testing.T) {
	f := newFixture(t)
	f.register.senders[shop+"/650001/IN"] = true
	f.dial(t, smpp.Transmitter, "heliograph").submit(t, text(alphanumeric("650001"), "+919812345678", "x", shopMessage))
	status, answer := f.call(t, shop, "POST", "/handsets/+919812345678/messages", `{"to":"650001","body":"STOP"}`)
	if status != http.StatusConflict {
		t.Errorf("%d %s", status, answer)
	}
}

func TestAnswerWaitsOnDiskForItsReceiver(t *testing.T) {
	f := newFixture(t)
	if status, answer := f.call(t, shop, "POST", "/handsets/+33612345678/messages", `{"to":"`+shopNumber+`","body":"STOP"}`); status != 201 {
		t.Fatalf("%d %s", status, answer)
	}
	f.restart(t)
	if d := f.dial(t, smpp.Receiver, "heliograph").receives(t); string(d.ShortMessage) != "STOP" {
		t.Errorf("got %q", d.ShortMessage)
	}
}

func TestWaitEndsWithTheNextMessage(t *testing.T) {
	for _, path := range []string{"/handsets/+33612345678/messages?wait=1m", "/handsets/+33612345678/messages/latest?match=x&wait=1h"} {
		f := newFixture(t)
		c := f.dial(t, smpp.Transmitter, "esme")
		waiting := make(chan struct{})
		answers := make(chan string, 1)
		f.disk.onRead(func() { close(waiting) })
		go func() {
			_, answer := f.call(t, operator, "GET", path, "")
			answers <- string(answer)
		}()
		<-waiting
		c.submit(t, text(alphanumeric("SENDER"), "+33712345678", "for another", ""))
		c.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
		select {
		case answer := <-answers:
			if !strings.Contains(answer, `"body":"x"`) {
				t.Errorf("%s: got %s", path, answer)
			}
		case <-time.After(patience):
			t.Fatalf("%s: nobody woke it", path)
		}
	}
}

func TestWaitEndsWithItsTime(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]string{
		"/handsets/+33612345678/messages?wait=20ms":        `{"messages":[]}`,
		"/handsets/+33612345678/messages/latest?wait=20ms": `{"error":"no message to this handset matches"}`,
	} {
		if _, answer := f.call(t, operator, "GET", path, ""); string(answer) != want {
			t.Errorf("got %s, want %s", answer, want)
		}
	}
}

func TestWaitEndsWhenTheClientGoes(t *testing.T) {
	f := newFixture(t)
	handler := f.Handler(simulator.Console{Account: func(*http.Request) string { return shop }})
	ctx, leave := context.WithCancel(t.Context())
	f.disk.onRead(leave)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := httptest.NewRequestWithContext(ctx, "GET", simulator.Root+"/handsets/+33612345678/messages?wait=1m", nil)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("it waits on")
	}
}

// TestWaitEndsWithTheServer: whoever waits for a message does not hold up a stop.
func TestWaitEndsWithTheServer(t *testing.T) {
	f := newFixture(t)
	closing := make(chan struct{})
	handler := f.Handler(simulator.Console{Account: func(*http.Request) string { return shop }, Closing: closing})
	answered := make(chan int)
	go func() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, simulator.Root+"/handsets/+33612345678/messages?wait=60s", nil))
		answered <- w.Code
	}()
	close(closing)
	select {
	case status := <-answered:
		if status != http.StatusOK {
			t.Errorf("HTTP %d", status)
		}
	case <-time.After(patience):
		t.Fatal("the wait goes on")
	}
}
