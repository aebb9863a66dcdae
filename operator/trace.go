package operator

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"heliograph/audit"
	"heliograph/carrier/smsc"
	"heliograph/country"
)

type traceAsked struct {
	Number string `json:"number"`         // E.164 with +, or a short code
	For    string `json:"for"`            // a duration such as 5m
	Most   int    `json:"most,omitempty"` // PDUs, 1 to 10000; 1000 unless told
	Reason string `json:"reason"`         // kept in the audit
}

type traceShown struct {
	Number  string        `json:"number"` // masked
	Running bool          `json:"running"`
	Begun   time.Time     `json:"begun"`
	Ends    time.Time     `json:"ends"`
	Most    int           `json:"most"` // PDUs
	PDUs    []tracedShown `json:"pdus"`
}

type tracedShown struct {
	Number  int       `json:"number"` // for `after`, to go on
	At      time.Time `json:"at"`
	Carrier string    `json:"carrier"`
	Sent    bool      `json:"sent"` // by this server, else by the carrier
	Line    string    `json:"line"`
}

// startTrace begins to keep the PDUs to and from a number. It is a look at a
// person's messages, even without their texts, so it needs a reason; the line of
// the audit is written before it begins.
func (p Parts) startTrace(r *http.Request) (any, error) {
	asks := traceAsked{}
	checked, err := read(r, &asks)
	if err != nil {
		return nil, err
	}
	period, err := asks.check()
	if err != nil {
		return nil, err
	}
	entry, ok := audit.From(r.Context()) // the body holds the number
	if ok {
		entry.Parameters = audit.Parameters([]byte(`{"for":"` + period.String() + `","most":` + strconv.Itoa(asks.Most) + `}`))
		entry.Reason = strings.TrimSpace(asks.Reason)
		checked = r.WithContext(audit.With(r.Context(), entry))
	}
	if err := p.note(checked, "number/"+country.Mask(asks.Number)); err != nil {
		return nil, err
	}
	err = p.Trace.Start(asks.Number, period, asks.Most)
	if errors.Is(err, smsc.ErrTracing) {
		return nil, conflict("another number is being traced: wait for its end, or end it with DELETE " + Root + "/trace")
	}
	if err != nil {
		return nil, err
	}
	return p.shownTrace(0)
}

// check reads what is asked, and how long.
func (a traceAsked) check() (time.Duration, error) {
	digits := strings.TrimPrefix(a.Number, "+")
	if len(digits) < 3 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return 0, invalid("number is one such as +12065550142, or a short code")
	}
	period, err := time.ParseDuration(a.For)
	if err != nil || period <= 0 || period > smsc.LongestTrace {
		return 0, invalid("for is a duration such as 5m, at most " + smsc.LongestTrace.String())
	}
	if a.Most < 0 || a.Most > smsc.MostTraced {
		return 0, invalid("most is 1 to 10000 PDUs")
	}
	reason := strings.TrimSpace(a.Reason)
	if said(reason) < shortestReason || len(reason) > longestReason || !utf8.ValidString(reason) {
		return 0, invalid("reason says why, in at least three letters or digits and at most 500 octets of UTF-8; it is kept in the audit")
	}
	return period, nil
}

// trace answers what was traced.
func (p Parts) trace(r *http.Request) (any, error) {
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = strconv.Atoi(text); err != nil || after < 0 {
			return nil, invalid("after is the number of a PDU")
		}
	}
	return p.shownTrace(after)
}

func (p Parts) shownTrace(after int) (any, error) {
	found, ok := p.Trace.Trace(after)
	if !ok {
		return nil, unknown("nothing is traced, nor was within the last hour")
	}
	shown := traceShown{
		Number: country.Mask("+" + found.Number), Running: found.Running, Begun: found.Begun, Ends: found.Ends, Most: found.Most,
		PDUs: make([]tracedShown, len(found.PDUs)),
	}
	for i, pdu := range found.PDUs {
		shown.PDUs[i] = tracedShown{Number: pdu.Number, At: pdu.At, Carrier: pdu.Carrier, Sent: pdu.Sent, Line: pdu.Text}
	}
	return shown, nil
}

// stopTrace ends a trace and forgets what it has kept.
func (p Parts) stopTrace(r *http.Request) (any, error) {
	p.Trace.Stop()
	return nil, p.note(r, "trace")
}
