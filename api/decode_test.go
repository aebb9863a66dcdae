package api

import (
	"errors"
	"strings"
	"testing"
)

// wants are the exception, reason and fields of an error.
func wants(t *testing.T, err error, exception, reason, fields string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, exception)
	}
	if e.Exception != exception || e.Reason != reason || e.fieldNames() != fields {
		t.Errorf("got %s %s %q, want %s %s %q", e.Exception, e.Reason, e.fieldNames(), exception, reason, fields)
	}
}

func TestDecodeRefusesWhatIsNoJSONObject(t *testing.T) {
	bodies := []string{
		``, ` `, `[]`, `"x"`, `null`, `1`, `{`, `{}}`, `{} {}`, `{"A":}`, `{"A" 1}`, `{'A':1}`, `{"A":1,}`,
		`{"Keyword":"A","Keyword":"B"}`, `{"Keyword":"A","\u004beyword":"B"}`, `{"Unknown":1,"Unknown":2}`,
		"{\"Keyword\":\"\xff\"}", `{"Keyword":"\ud800"}`, `{"Keyword":"x`, `{"TimeToLive":01}`, `{"Context":{"a":"1","a":"2"}}`,
	}
	for _, body := range bodies {
		_, err := SendTextMessage.Decode([]byte(body))
		if err == nil {
			t.Errorf("accepted %q", body)
			continue
		}
		wants(t, err, SerializationException, "", "")
	}
}

func TestDecodeRefusesEveryOffendingMember(t *testing.T) {
	const number = `"DestinationPhoneNumber":"+12065550100",`
	cases := []struct{ name, body, reason, fields string }{
		{"required member is missing", `{}`, "MISSING_PARAMETER", "DestinationPhoneNumber"},
		{"null is absent", `{"DestinationPhoneNumber":null}`, "MISSING_PARAMETER", "DestinationPhoneNumber"},
		{"missing wins over invalid", `{"TimeToLive":1}`, "MISSING_PARAMETER", "TimeToLive,DestinationPhoneNumber"},
		{"names are case-sensitive", `{"destinationPhoneNumber":"+12065550100"}`, "MISSING_PARAMETER", "DestinationPhoneNumber"},
		{"wrong type", `{"DestinationPhoneNumber":12065550100}`, "INVALID_PARAMETER", "DestinationPhoneNumber"},
		{"number as a string", `{` + number + `"TimeToLive":"60"}`, "INVALID_PARAMETER", "TimeToLive"},
		{"fraction for a whole number", `{` + number + `"TimeToLive":60.5}`, "INVALID_PARAMETER", "TimeToLive"},
		{"boolean as a string", `{` + number + `"DryRun":"true"}`, "INVALID_PARAMETER", "DryRun"},
		{"map as a list", `{` + number + `"Context":[]}`, "INVALID_PARAMETER", "Context"},
		{"null in a map", `{` + number + `"Context":{"a":null}}`, "INVALID_PARAMETER", "Context.a"},
		{"blank at the end of a context value", `{` + number + `"Context":{"a":"b "}}`, "INVALID_PARAMETER", "Context.a"},
		{"blank in a context key", `{` + number + `"Context":{"a b":"b"}}`, "INVALID_PARAMETER", "Context"},
		{"six context entries", `{` + number + `"Context":{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1"}}`, "INVALID_PARAMETER", "Context"},
		{"body of blanks", `{` + number + `"MessageBody":" \n\t"}`, "INVALID_PARAMETER", "MessageBody"},
		{"empty body", `{` + number + `"MessageBody":""}`, "INVALID_PARAMETER", "MessageBody"},
		{"enumeration", `{` + number + `"MessageType":"transactional"}`, "INVALID_PARAMETER", "MessageType"},
		{"all of them", `{"DestinationPhoneNumber":"x","MaxPrice":"1","Keyword":"\t"}`, "INVALID_PARAMETER", "DestinationPhoneNumber,MaxPrice,Keyword"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := SendTextMessage.Decode([]byte(c.body))
			wants(t, err, ValidationException, c.reason, c.fields)
		})
	}
}

func TestDecodeNamesMembersInsideLists(t *testing.T) {
	_, err := CreateOptOutList.Decode([]byte(`{"OptOutListName":"a","Tags":[{"Key":"k","Value":""},{"Value":"v"},3,{"Key":"","Value":"v"}]}`))
	wants(t, err, ValidationException, "MISSING_PARAMETER", "Tags[1].Key,Tags[2],Tags[3].Key")
}

func TestEmptyPoolIdCountsAsMissing(t *testing.T) {
	_, err := DeletePool.Decode([]byte(`{"PoolId":""}`))
	wants(t, err, ValidationException, "MISSING_PARAMETER", "PoolId")
	_, err = DeletePool.Decode([]byte(`{"PoolId":7}`))
	wants(t, err, ValidationException, "INVALID_PARAMETER", "PoolId")
}

func TestUnionHasExactlyOneMember(t *testing.T) {
	const request = `{"DestinationPhoneNumber":"+12065550100","OriginationIdentity":"rcs-1","RcsMessageContent":{"Content":`
	two := `{"TextMessage":{"Body":"x"},"FileMessage":{"FileUrl":"https://x"}}`
	for _, content := range []string{`{}`, `{"Unknown":{}}`, `{"TextMessage":null}`, two} {
		_, err := SendRcsMessage.Decode([]byte(request + content + `}}`))
		wants(t, err, ValidationException, "INVALID_PARAMETER", "RcsMessageContent.Content")
	}
}

func TestDecodeReadsWhatTheLimitsAllow(t *testing.T) {
	in, err := SendTextMessage.Decode([]byte(` {"DestinationPhoneNumber":"+12065550100","MessageBody":"a\"\u00e9",
		"\u0054imeToLive":60,"Unknown":{"a":[1,null]},"MessageFeedbackEnabled":false,"Context":{"k":"v"},"DryRun":true} `))
	if err != nil {
		t.Fatal(err)
	}
	if in.MessageBody != "a\"é" || in.TimeToLive == nil || *in.TimeToLive != 60 || !in.DryRun || in.Context["k"] != "v" {
		t.Errorf("%+v", in)
	}
	if in.MessageFeedbackEnabled == nil || *in.MessageFeedbackEnabled {
		t.Error("a nullable boolean that is false was lost")
	}
}

func TestLengthCountsCharactersNotOctets(t *testing.T) {
	body := func(n int) []byte {
		return []byte(`{"DestinationPhoneNumber":"+12065550100","MessageBody":"` + strings.Repeat("é", n) + `"}`)
	}
	if _, err := SendTextMessage.Decode(body(1600)); err != nil {
		t.Error(err)
	}
	_, err := SendTextMessage.Decode(body(1601))
	wants(t, err, ValidationException, "INVALID_PARAMETER", "MessageBody")
}

func TestErrorsDoNotRepeatTheBody(t *testing.T) {
	for _, body := range []string{`{"MessageBody":"secret" secret}`, `{"DestinationPhoneNumber":"secret","secret":1,"secret":2}`, `{"DestinationPhoneNumber":"secret"}`} {
		_, err := SendTextMessage.Decode([]byte(body))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

func TestAnswerWritesListsAndBooleansAlways(t *testing.T) {
	got := string(CreatePool.Encode(&CreatePoolOutput{PoolId: "pool-1", CreatedTimestamp: Timestamp{}}))
	want := `{"PoolId":"pool-1","TwoWayEnabled":false,"SelfManagedOptOutsEnabled":false,"SharedRoutesEnabled":false,"DeletionProtectionEnabled":false,"Tags":[]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTokenHashIgnoresOrderAndToken(t *testing.T) {
	hash := func(body string) (string, [32]byte) {
		in, err := CreateOptOutList.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return CreateOptOutList.Token(in)
	}
	token, a := hash(`{"OptOutListName":"x","ClientToken":"t","Tags":[{"Key":"a","Value":"b"}]}`)
	_, b := hash(`{"Tags":[{"Value":"\u0062","Key":"a"}],"ClientToken":"other","OptOutListName":"x"}`)
	_, c := hash(`{"OptOutListName":"y","ClientToken":"t","Tags":[{"Key":"a","Value":"b"}]}`)
	if token != "t" || a != b || a == c {
		t.Errorf("token %q, same %v, other %v", token, a == b, a == c)
	}
	if token, _ := hash(`{"OptOutListName":"x"}`); token != "" {
		t.Errorf("token %q out of nothing", token)
	}
}

// fuzzDecode checks that what is accepted is accepted again in canonical form.
func fuzzDecode[In, Out any](t *testing.T, o Op[In, Out], body []byte) {
	in, err := o.Decode(body)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("no exception: %v", err)
		}
		return
	}
	canonical := o.EncodeInput(in)
	again, err := o.Decode(canonical)
	if err != nil {
		t.Fatalf("%s: %v", canonical, err)
	}
	if second := o.EncodeInput(again); string(second) != string(canonical) {
		t.Fatalf("%s became %s", canonical, second)
	}
}

func FuzzDecodeSendTextMessage(f *testing.F) {
	f.Add([]byte(`{"DestinationPhoneNumber":"+12065550100","MessageBody":"hello","TimeToLive":60,"Context":{"a":"b"}}`))
	f.Add([]byte(`{"DestinationPhoneNumber":null,"Context":{"a":null},"DryRun":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) { fuzzDecode(t, SendTextMessage, body) })
}

func FuzzDecodeSendRcsMessage(f *testing.F) {
	f.Add([]byte(`{"DestinationPhoneNumber":"+12065550100","OriginationIdentity":"rcs-1","RcsMessageContent":{"Content":{"TextMessage":{"Body":"x"}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) { fuzzDecode(t, SendRcsMessage, body) })
}

func BenchmarkDecodeSendTextMessage(b *testing.B) {
	body := []byte(`{"DestinationPhoneNumber":"+12065550100","OriginationIdentity":"pool-0123456789abcdef0123456789abcdef","MessageBody":"Your code is 123456. It is valid for ten minutes.","MessageType":"TRANSACTIONAL","Context":{"order":"123"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := SendTextMessage.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
