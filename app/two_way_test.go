package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"heliograph/config"
	"heliograph/event"
	"heliograph/resource"
)

// topic is a two-way channel.
const topic = "arn:aws:sns:us-east-1:000000000000:answers"

// says has a person write a text on a handset.
func (r *running) says(handset, to, body string) {
	r.t.Helper()
	in, err := json.Marshal(map[string]string{"to": to, "body": body})
	if err != nil {
		r.t.Fatal(err)
	}
	status, answer := r.console(http.MethodPost, "/simulator/v1/handsets/"+url.PathEscape(handset)+"/messages", string(in))
	if status != http.StatusCreated {
		r.t.Fatalf("%s says %q to %s: HTTP %d %v", handset, body, to, status, answer)
	}
}

// hears waits for the next text to a handset that is not its own.
func (r *running) hears(handset, after string) (body, from, id string) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		for _, m := range r.handset(handset, after) {
			after = fmt.Sprintf("%.0f", m["id"])
			if m["direction"] == "TO_HANDSET" {
				return m["body"].(string), m["from"].(string), after
			}
		}
	}
	r.t.Fatalf("%s hears nothing", handset)
	return "", "", ""
}

// overheard waits until a two-way channel has heard so many texts and gives them.
func (r *running) overheard(n int) []map[string]any {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		list, err := r.store.Events(r.t.Context(), event.Mark{}, event.Search{Limit: 1000})
		if err != nil {
			r.t.Fatal(err)
		}
		var heard []map[string]any
		for _, e := range list {
			if e.Payload == "" {
				continue
			}
			var said map[string]any
			if err := json.Unmarshal([]byte(e.Payload), &said); err != nil {
				r.t.Fatal(err)
			}
			heard = append(heard, said)
		}
		if len(heard) >= n {
			return heard
		}
	}
	r.t.Fatalf("the channel did not hear %d texts", n)
	return nil
}

// twoWay makes a number with a channel and a keyword, and gives id and digits.
func (r *running) twoWay() (id, number string) {
	made := r.must("RequestPhoneNumber", in{"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL", "NumberCapabilities": []string{"SMS"}, "NumberType": "LONG_CODE"})
	id, number = made["PhoneNumberId"].(string), made["PhoneNumber"].(string)
	r.must("UpdatePhoneNumber", in{"PhoneNumberId": id, "TwoWayEnabled": true, "TwoWayChannelArn": topic})
	r.must("PutKeyword", in{"OriginationIdentity": id, "Keyword": "join", "KeywordMessage": "Welcome back.", "KeywordAction": "OPT_IN"})
	return id, number
}

// TestConversation has a person ask for help, ask something, opt out and in
// again, each text over SMPP.
//
// Rule(PutKeyword): HELP, STOP and a keyword that opts in do it: the replies arrive, a send in between is refused.
// Rule(UpdatePhoneNumber): with two-way on, every text from a handset is published to the channel.
func TestConversation(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	id, number := s.twoWay()
	const handset = "+14255550123"
	send := in{"DestinationPhoneNumber": handset, "OriginationIdentity": id, "MessageBody": "Your order has left."}
	first := s.must("SendTextMessage", send)["MessageId"]
	body, _, at := s.hears(handset, "0")
	talk := func(says, want string) {
		t.Helper()
		s.says(handset, number, says)
		var from string
		if body, from, at = s.hears(handset, at); body != want || from != number {
			t.Errorf("%q is answered %q by %s, want %q by %s", says, body, from, want, number)
		}
	}
	talk("help", s.keywordTexts().Help)
	question := "Wann kommt sie? " + strings.Repeat("ş", 200)
	s.says(handset, number, question)
	talk("Stop it", s.keywordTexts().Stop)
	list := s.must("DescribeOptedOutNumbers", in{"OptOutListName": "Default"})["OptedOutNumbers"].([]any)
	if len(list) != 1 || list[0].(in)["OptedOutNumber"] != handset || list[0].(in)["EndUserOptedOut"] != true {
		t.Errorf("opted out: %v", list)
	}
	if status, refused := s.call("SendTextMessage", send); status != http.StatusBadRequest || refused["Reason"] != "DESTINATION_PHONE_NUMBER_OPTED_OUT" {
		t.Errorf("a send after STOP: HTTP %d %v", status, refused)
	}
	s.says(handset, number, "help") // nobody answers who opted out
	talk("Join", "Welcome back.")
	s.must("SendTextMessage", send)
	heard := s.overheard(5)
	for i, want := range []struct{ keyword, body string }{
		{"HELP", "help"}, {"KEYWORD_000000000000", question}, {"STOP", "Stop it"}, {"HELP", "help"}, {"JOIN", "Join"},
	} {
		n := heard[i]
		if n["messageKeyword"] != want.keyword || n["messageBody"] != want.body || n["originationNumber"] != handset || n["destinationNumber"] != number {
			t.Errorf("the channel hears %v, want %v", n, want)
		}
	}
	if heard[0]["previousPublishedMessageId"] != first {
		t.Errorf("the first text follows %v, want %v", heard[0]["previousPublishedMessageId"], first)
	}
}

// TestKeywordsOfAPoolHoldForItsNumbers writes to a number of a pool.
//
// Rule(UpdatePool): the pool's keywords and channel hold for its numbers.
func TestKeywordsOfAPoolHoldForItsNumbers(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	id, number := s.twoWay()
	pool := s.must("CreatePool", in{"OriginationIdentity": id, "IsoCountryCode": "US", "MessageType": "TRANSACTIONAL"})["PoolId"]
	s.must("PutKeyword", in{"OriginationIdentity": pool, "Keyword": "HELP", "KeywordMessage": "The pool helps."})
	s.must("UpdatePool", in{"PoolId": pool, "TwoWayEnabled": false})
	s.says("+14255550124", number, "help")
	if body, _, _ := s.hears("+14255550124", "0"); body != "The pool helps." {
		t.Errorf("answered %q", body)
	}
	list, err := s.store.Outbox(t.Context(), event.Key{Target: event.Target{ARN: topic, Scope: resource.Scope{Account: "000000000000", Region: "us-east-1"}}}, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("with two-way off the channel hears %v, %v", list, err)
	}
}

// TestTwoSystemsEndTheirTalk has two handsets that answer whatever they hear.
//
// Rule(PutKeyword): a system that answers our answers is answered a few times in an hour, also over a restart of ours.
func TestTwoSystemsEndTheirTalk(t *testing.T) {
	folder, file := t.TempDir(), config.Default()
	file.Inbound.RepliesPerHour = 2
	s := run(t, folder, file, nil)
	_, number := s.twoWay()
	handsets := []string{"+14255550125", "+14255550126"}
	for round := range 2 {
		for _, handset := range handsets {
			at := s.handsetNow(handset)
			s.says(handset, number, "Help me, I am a system")
			if body, _, _ := s.hears(handset, at); body != s.keywordTexts().Help {
				t.Errorf("round %d: %q", round, body)
			}
		}
	}
	s.stop()
	s = run(t, folder, file, nil)
	for _, handset := range handsets {
		s.says(handset, number, "Help me, I am still a system")
		s.says(handset, number, "stop")
	}
	s.overheard(8) // all of it is concluded
	for _, handset := range handsets {
		_, answer := s.console(http.MethodGet, "/simulator/v1/handsets/"+url.PathEscape(handset)+"/messages", "")
		heard := 0
		for _, m := range answer["messages"].([]any) {
			if m.(in)["direction"] == "TO_HANDSET" {
				heard++
			}
		}
		if heard != 2 {
			t.Errorf("%s heard %d replies, want 2", handset, heard)
		}
	}
	if list := s.must("DescribeOptedOutNumbers", in{"OptOutListName": "Default"})["OptedOutNumbers"].([]any); len(list) != 2 {
		t.Errorf("opted out: %v", list)
	}
}

// TestTextsOutlastStops stops the server right after a person has said something,
// wherever the text is then: each is concluded, once. An opt-out is concluded again
// where the network delivers it again, rather than taken for a repetition.
//
// Rule(PutKeyword): a text that was kept counts, also when the server stops before it is looked at; once, unless it opts out.
func TestTextsOutlastStops(t *testing.T) {
	for _, c := range []struct {
		words string
		once  bool
	}{{"yes ", true}, {"stop ", false}} {
		t.Run(strings.TrimSpace(c.words), func(t *testing.T) {
			folder := t.TempDir()
			s := run(t, folder, config.Default(), nil)
			_, number := s.twoWay()
			const people = 6
			for i := range people {
				s.says(fmt.Sprintf("+1425555014%d", i), number, c.words+strings.Repeat("it ", 60*(i%2)))
				s.stop()
				s = run(t, folder, config.Default(), nil)
			}
			s.says("+14255550149", number, "that is all") // behind whatever is delivered again
			times := map[any]int{}
			for n := people + 1; len(times) < people+1; n++ {
				clear(times)
				for _, heard := range s.overheard(n) {
					times[heard["originationNumber"]]++
				}
			}
			for person, n := range times {
				if c.once && n != 1 {
					t.Errorf("%v is heard %d times", person, n)
				}
			}
			list := s.must("DescribeOptedOutNumbers", in{"OptOutListName": "Default"})["OptedOutNumbers"].([]any)
			if want := map[bool]int{true: 0, false: people}[c.once]; len(list) != want {
				t.Errorf("%d opted out, want %d", len(list), want)
			}
		})
	}
}
