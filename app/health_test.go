package app

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// stepped is a clock that stands still but for what a test adds, in nanoseconds.
func stepped() (later *atomic.Int64, change func(*Options)) {
	begun, later := time.Now(), new(atomic.Int64)
	return later, func(o *Options) { o.Now = func() time.Time { return begun.Add(time.Duration(later.Load())) } }
}

// reporting is an SMSC that takes all, and gives receipts while it is told to.
func reporting(t *testing.T, reports *atomic.Bool) *smpptest.SMSC {
	s := smpptest.Start(nil)
	t.Cleanup(s.Close)
	s.Always(smpp.CommandSubmitSM, func(turn *smpptest.Turn) {
		smpptest.Accept(turn)
		if reports.Load() {
			smpptest.Receipt{}.Send(turn)
		}
	})
	return s
}

// Rule(SendTextMessage): a carrier that takes everything and delivers nothing is passed over for the country, and gets its messages back when it delivers again.
// Proves(route): through the real server: the silent outage goes to another carrier and comes back, and the operator is told.
func TestSilentOutageGoesToAnotherCarrierAndComesBack(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	var one, two atomic.Bool
	one.Store(true)
	two.Store(true)
	text := "carriers:\n" + line("one", reporting(t, &one), ", msg_id_type: same") + line("two", reporting(t, &two), ", msg_id_type: same") +
		"routes:\n  - { groups: [[{ name: one }], [{ name: two }]] }\n" +
		"health: { minimum: 5, window: 1m, receipt_latency: 1s }\n"
	later, change := stepped() // else the time that a slow machine takes for a receipt counts
	r := run(t, t.TempDir(), configured(t, text), change)
	const question = "/operator/v1/route?to=%2B33612346099&from=ACME&account=000000000000&region=us-east-1"
	until := func(carrier string) {
		t.Helper()
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			r.send("hello")
			later.Add(int64(100 * time.Millisecond))
			if _, told := r.console(http.MethodGet, question, ""); told["carrier"] == carrier {
				return
			}
		}
		_, told := r.console(http.MethodGet, question, "")
		t.Fatalf("%s never: %v", carrier, told)
	}
	until("one")
	r.until("one", func(c map[string]any) bool { // which is well, and told of all the same
		list := c["delivery"].([]any)
		if len(list) != 1 {
			return false
		}
		d := list[0].(map[string]any)
		_, latency := d["receiptLatencySeconds"].(float64) // 0 where the receipt was as early as the answer
		return d["country"] == "FR" && d["well"] == true && d["arrived"].(float64) > 0 && latency
	})
	one.Store(false)
	until("two")
	_, told := r.console(http.MethodGet, question, "")
	if !strings.Contains(fmt.Sprint(told["why"]), "Carrier one was passed over: too few of the messages that it took to the destination's country were reported delivered in time.") {
		t.Errorf("the reason is not told: %v", told["why"])
	}
	if c := r.carrier("one"); !strings.Contains(fmt.Sprint(c["problems"]), "Too few of the messages that it took to FR") {
		t.Errorf("the operator is not told: %v", c["problems"])
	}
	if _, other := r.console(http.MethodGet, strings.Replace(question, "%2B33612346099", "%2B391234567890", 1), ""); other["carrier"] == "two" {
		t.Errorf("another country is served by two as well: %v", other)
	}
	one.Store(true)
	until("one")
}

// Rule(SendTextMessage): a carrier without a connection is passed over while another of the route has one.
// Proves(route): through the real server: a carrier without a connection is passed over after a moment.
func TestCarrierWithoutAConnectionIsPassedOver(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	var reports atomic.Bool
	one, two := reporting(t, &reports), reporting(t, &reports)
	file := configured(t, "carriers:\n"+line("one", one, "")+line("two", two, ""))
	later, change := stepped()
	r := run(t, t.TempDir(), file, change)
	for _, name := range []string{"one", "two"} {
		r.until(name, func(c map[string]any) bool { return c["state"] == "UP" })
	}
	const question = "/operator/v1/route?to=%2B33612346099&from=ACME&account=000000000000&region=us-east-1"
	if _, told := r.console(http.MethodGet, question, ""); told["carrier"] != "one" {
		t.Fatalf("with both: %v", told)
	}
	one.Close()
	r.until("one", func(c map[string]any) bool { return c["bindsUp"] == 0.0 })
	if _, told := r.console(http.MethodGet, question, ""); told["carrier"] != "one" {
		t.Errorf("a moment after: %v", told)
	}
	later.Store(int64(grace))
	_, told := r.console(http.MethodGet, question, "")
	if told["carrier"] != "two" || !strings.Contains(fmt.Sprint(told["why"]), "Carrier one was passed over: it had no connection.") {
		t.Errorf("after the grace: %v", told)
	}
}
