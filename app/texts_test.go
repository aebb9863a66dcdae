package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"heliograph/config"
)

// TestTextsArriveWhole sends texts at the borders of parts through the API, the
// store, a real SMPP session and the handset's own decoding.
//
// Rule(SendTextMessage): a text is counted and split as published: 160 and 153 septets, 70 and 67 UTF-16 units, ten parts at most.
func TestTextsArriveWhole(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	gsm := func(n int) string { return strings.Repeat("a", n) }
	ucs2 := func(n int) string { return strings.Repeat("я", n) }
	for i, c := range []struct {
		name, body, encoding string
		parts                int
	}{
		{"160 septets", gsm(160), "GSM", 1},
		{"161 septets", gsm(161), "GSM", 2},
		{"70 units", ucs2(70), "UCS2", 1},
		{"71 units", ucs2(71), "UCS2", 2},
		{"2×153", gsm(306), "GSM", 2},
		{"2×153-1", gsm(305), "GSM", 2},
		{"2×153+1", gsm(307), "GSM", 3},
		{"5×153", gsm(765), "GSM", 5},
		{"5×153+1", gsm(766), "GSM", 6},
		{"2×67", ucs2(134), "UCS2", 2},
		{"2×67+1", ucs2(135), "UCS2", 3},
		{"160 with the euro as the last two septets", gsm(158) + "€", "GSM", 1},
		{"161 with the euro across the single part's end", gsm(159) + "€", "GSM", 2},
		{"the euro across the first border", gsm(152) + "€" + gsm(100), "GSM", 2},
		{"the euro pushes the text into a third part", gsm(152) + "€" + gsm(152), "GSM", 3},
		{"70 units with an emoji at the end", ucs2(68) + "🌞", "UCS2", 1},
		{"an emoji across the first border", ucs2(66) + "🌞" + ucs2(20), "UCS2", 2},
		{"a family of four across the border", ucs2(64) + "👨‍👩‍👧‍👦" + ucs2(3), "UCS2", 2},
		{"one curly quote among 130", gsm(129) + "’", "UCS2", 2},
		{"lines, tabs of the extension table, braces", "{[~^|\\]}\n€ Ωß@", "GSM", 1},
		{"ten parts", gsm(1530), "GSM", 10},
		{"630 units", ucs2(630), "UCS2", 10},
	} {
		number := fmt.Sprintf("+336123460%02d", i)
		id := s.must("SendTextMessage", map[string]any{
			"DestinationPhoneNumber": number, "MessageBody": c.body, "OriginationIdentity": "TEXTS"})["MessageId"].(string)
		m := s.handset(number, "0")[0]
		if m["body"] != c.body {
			t.Errorf("%s: the handset shows %q", c.name, m["body"])
		}
		if m["encoding"] != c.encoding || m["parts"] != float64(c.parts) {
			t.Errorf("%s: %v in %v parts, want %s in %d", c.name, m["encoding"], m["parts"], c.encoding, c.parts)
		}
		told := s.ended(id)
		if told["state"] != "DELIVERED" || len(told["parts"].([]any)) != c.parts {
			t.Errorf("%s: the operator sees %v", c.name, told)
		}
	}
	for name, body := range map[string]string{
		"ten parts and one septet":                  gsm(1531),
		"ten parts by length, eleven by the border": gsm(152) + strings.Repeat("€"+gsm(150), 9) + "€",
		"630 units and one":                         ucs2(631),
	} {
		status, refused := s.call("SendTextMessage", map[string]any{
			"DestinationPhoneNumber": "+33612346099", "MessageBody": body, "OriginationIdentity": "TEXTS"})
		if status != http.StatusBadRequest || refused["__type"] != "ValidationException" || refused["Reason"] != "MAXIMUM_SIZE_EXCEEDED" {
			t.Errorf("%s: HTTP %d %v", name, status, refused)
		}
	}
}
