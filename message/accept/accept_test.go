package accept_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

// Rule(SendTextMessage): the answer bears a UUID and comes after the message is on disk with all that was chosen; then it reaches the carrier.
func TestAcceptedTextIsOnDiskAndReachesTheCarrier(t *testing.T) {
	h := newHouse(t)
	id, failure := h.send(`{"DestinationPhoneNumber":"919898989898","OriginationIdentity":"sender","MessageBody":"Hello",
		"ConfigurationSetName":"set","TimeToLive":60,"Context":{"order":"7"},
		"DestinationCountryParameters":{"IN_ENTITY_ID":"11","IN_TEMPLATE_ID":"22"}}`)
	if failure != "" {
		t.Fatal(failure)
	}
	m := h.stored(id)
	if m.Origin != (message.Origin{Kind: carrier.Alphanumeric, Identity: "SENDER", Wire: "Sender"}) || m.To != "+919898989898" ||
		m.Country != "IN" || m.Type != api.MessageTypeTransactional || m.Carrier != "acme" || m.Body != "Hello" || m.Parts != 1 ||
		m.ConfigurationSet != "set" || m.Context["order"] != "7" || !m.Feedback || m.ExpiresAt.Sub(m.AcceptedAt) != time.Minute {
		t.Errorf("on disk: %+v", m)
	}
	p := h.next()
	if p.MessageID != id || p.From != "Sender" || p.Parameters["IN_ENTITY_ID"] != "11" || p.Parameters["IN_TEMPLATE_ID"] != "22" ||
		gsm.Decode(p.Segment.Data, p.Segment.Encoding) != "Hello" || p.ValidFor > time.Minute {
		t.Errorf("at the carrier: %+v", p)
	}
}

// Rule(SendTextMessage): the checks run in the API's order, so that of two faults the earlier is answered.
func TestChecksRunInOrder(t *testing.T) {
	h := newHouse(t)
	const fine = `"DestinationPhoneNumber":"+14255550100","MessageBody":"Hello"`
	long := strings.Repeat("x", 1531)
	for _, c := range []struct{ body, want string }{
		{`{"DestinationPhoneNumber":"+99912345678","MessageBody":"x","ConfigurationSetName":"none"}`, "ResourceNotFound configuration-set"},
		{`{` + fine + `,"ConfigurationSetName":"arn:aws:sms-voice:eu-west-1:111122223333:pool/x"}`, "Validation INVALID_ARN"},
		{`{` + fine + `,"ConfigurationSetName":"arn:aws:sms-voice:eu-west-1:111122223333:configuration-set/set"}`, ""},
		{`{"DestinationPhoneNumber":"+99912345678","MessageBody":"x","ProtectConfigurationId":"protect-1"}`, "ResourceNotFound protect-configuration"},
		{`{"DestinationPhoneNumber":"+1425","MessageBody":"x","OriginationIdentity":"` + strings.Replace(number, "1", "9", 1) + `"}`, "Validation CANNOT_PARSE"},
		{`{"DestinationPhoneNumber":"+99912345678","MessageBody":"x"}`, "Validation DESTINATION_COUNTRY_BLOCKED"},
		{`{"DestinationPhoneNumber":"+5352345678","MessageBody":"x"}`, "Validation DESTINATION_COUNTRY_BLOCKED"}, // Cuba
		{`{"DestinationPhoneNumber":"+14255550100","OriginationIdentity":"+12065559999"}`, "ResourceNotFound phone-number"},
		{`{"DestinationPhoneNumber":"+14255550100","OriginationIdentity":"Sender"}`, "Validation SENDER_ID_NOT_SUPPORTED"},
		{`{"DestinationPhoneNumber":"+33700000000","OriginationIdentity":"` + number + `"}`, "Validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"},
		{`{"DestinationPhoneNumber":"+447400000000","OriginationIdentity":"Brand"}`, "Validation SENDER_ID_NOT_REGISTERED"},
		{`{` + fine + `,"OriginationIdentity":"` + number + `","MessageType":"PROMOTIONAL"}`, "Conflict MESSAGE_TYPE_MISMATCH"},
		{`{"DestinationPhoneNumber":"+33700000000","OriginationIdentity":"` + pool + `","MessageBody":"x"}`, "Conflict NO_ORIGINATION_IDENTITIES_FOUND"},
		{`{"DestinationPhoneNumber":"+14255550100","MaxPrice":".00001"}`, "Validation MISSING_PARAMETER"},
		{`{"DestinationPhoneNumber":"+14255550100","MaxPrice":".00001","MessageBody":"` + long + `"}`, "Validation MAXIMUM_SIZE_EXCEEDED"},
		{`{` + fine + `,"MaxPrice":".00580"}`, "Validation PRICE_OVER_THRESHOLD"},
		{`{` + fine + `,"MaxPrice":".00581"}`, ""},
		{`{` + fine + `,"MaxPrice":"99.99999"}`, ""},
	} {
		if _, failure := h.send(c.body); failure != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.body, failure, c.want)
		}
	}
}

// Rule(SendTextMessage): ten GSM parts or 630 UTF-16 units are taken, more is MAXIMUM_SIZE_EXCEEDED; the price is that of all parts.
func TestPartsAndPriceOfTheWholeMessage(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		text  string
		parts int // 0 = refused
	}{
		{strings.Repeat("x", 160), 1},
		{strings.Repeat("x", 161), 2},
		{strings.Repeat("x", 306), 2},
		{strings.Repeat("x", 307), 3},
		{strings.Repeat("x", 1530), 10},
		{strings.Repeat("x", 1531), 0},
		{strings.Repeat("€", 80), 1},
		{strings.Repeat("€", 81), 2},
		{strings.Repeat("ж", 70), 1},
		{strings.Repeat("ж", 71), 2},
		{strings.Repeat("ж", 630), 10},
		{strings.Repeat("ж", 631), 0},
		{strings.Repeat("🙂", 315), 10},
		{strings.Repeat("🙂", 316), 0},
	} {
		text, err := json.Marshal(c.text)
		must(t, err)
		price := int64(5810 * c.parts)
		body := func(ceiling int64) string {
			return fmt.Sprintf(`{"DestinationPhoneNumber":"+14255550100","MessageBody":%s,"DryRun":true,"MaxPrice":".%05d"}`, text, ceiling/10)
		}
		_, exactly := h.send(body(price))
		_, under := h.send(body(price - 10))
		switch {
		case c.parts == 0 && (exactly != "Validation MAXIMUM_SIZE_EXCEEDED" || under == ""):
			t.Errorf("%d octets: %q; want it refused", len(c.text), exactly)
		case c.parts > 0 && (exactly != "" || under != "Validation PRICE_OVER_THRESHOLD"):
			t.Errorf("%d octets for %d parts: %q at the price, %q under it", len(c.text), c.parts, exactly, under)
		}
	}
}

// Rule(SendTextMessage): DryRun checks everything, answers an id, and neither stores nor sends.
func TestDryRunStoresNothing(t *testing.T) {
	h := newHouse(t)
	dry, failure := h.send(`{"DestinationPhoneNumber":"+14255550100","MessageBody":"Hello","DryRun":true}`)
	if failure != "" || len(dry) != 36 {
		t.Fatalf("%q, %s", dry, failure)
	}
	wet, _ := h.send(`{"DestinationPhoneNumber":"+14255550100","MessageBody":"Hello"}`)
	if p := h.next(); p.MessageID != wet {
		t.Errorf("the carrier got %s first; want %s", p.MessageID, wet)
	}
	if list, err := h.db.QueuedMessages(t.Context(), "acme", message.ID{}, 10); err != nil || len(list) > 1 {
		t.Errorf("on disk: %v, %v", list, err)
	}
}

// Rule(SendTextMessage): a sandbox account reaches the published simulator destinations alone.
func TestSandboxReachesSimulatorDestinationsAlone(t *testing.T) {
	h := newHouse(t)
	for to, want := range map[string]string{
		"+14255550100": "Conflict DESTINATION_PHONE_NUMBER_NOT_VERIFIED",
		"+14254147755": "",
		"+14254147167": "",
	} {
		if _, failure := h.send(`{"DestinationPhoneNumber":"`+to+`","MessageBody":"x"}`, "X-Test-Account", sandbox); failure != want {
			t.Errorf("to %s: %q; want %q", to, failure, want)
		}
	}
}

// Rule(SendTextMessage): beyond the account's spend limit of the month, MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT.
func TestSpendLimitRefusesFurtherMessages(t *testing.T) {
	h := newHouse(t)
	body := `{"DestinationPhoneNumber":"+14255550100","MessageBody":"` + strings.Repeat("x", 1530) + `"}`
	for range 17 { // 17 × 0.0581 US dollars of 1
		if _, failure := h.send(body); failure != "" {
			t.Fatal(failure)
		}
	}
	if _, failure := h.send(body); failure != "ServiceQuotaExceeded MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" {
		t.Errorf("over the limit: %q", failure)
	}
}

// Rule(SendTextMessage): a repeated attempt of one SDK call within 15 minutes gives the first message again.
func TestRepeatedAttemptGivesTheFirstMessage(t *testing.T) {
	h := newHouse(t)
	const body, other = `{"DestinationPhoneNumber":"+14255550100","MessageBody":"Hello"}`, `{"DestinationPhoneNumber":"+14255550100","MessageBody":"Bye"}`
	call := func(body, invocation, attempt string) string {
		t.Helper()
		id, failure := h.send(body, "amz-sdk-invocation-id", invocation, "amz-sdk-request", "attempt="+attempt+"; max=3")
		if failure != "" {
			t.Fatal(failure)
		}
		return id
	}
	first := call(body, "one", "1")
	if again := call(body, "one", "2"); again != first {
		t.Errorf("second attempt gave %s; want %s", again, first)
	}
	for what, id := range map[string]string{
		"another invocation": call(body, "two", "2"),
		"other parameters":   call(other, "one", "2"),
		"a first attempt":    call(body, "one", "1"),
	} {
		if id == first {
			t.Errorf("%s gave the first message", what)
		}
	}
	h.elapse(16 * time.Minute)
	if call(body, "one", "2") == first {
		t.Error("after 15 minutes the first message was given")
	}
}

// Rule(SendTextMessage): the choice among a pool's equals holds 25 hours for a destination.
func TestChoiceSticksFor25Hours(t *testing.T) {
	h := newHouse(t)
	send := func() *message.Message {
		t.Helper()
		id, failure := h.send(`{"DestinationPhoneNumber":"+14255550100","MessageBody":"x","OriginationIdentity":"` + pool + `"}`)
		if failure != "" {
			t.Fatal(failure)
		}
		h.next()
		return h.stored(id)
	}
	first := send()
	for i := range 8 {
		h.elapse(20 * time.Hour) // each message renews it
		if m := send(); m.Origin.Identity != first.Origin.Identity || m.Why.Chosen != "sticky" || m.Origin.Pool != pool {
			t.Fatalf("message %d: %+v, %+v", i, m.Origin, m.Why)
		}
	}
	h.elapse(26 * time.Hour)
	if m := send(); m.Why.Chosen != "draw" {
		t.Errorf("after 26 hours: %+v", m.Why)
	}
}
