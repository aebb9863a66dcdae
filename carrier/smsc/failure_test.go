package smsc

import (
	"cmp"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/smpp"
)

// Rule(SendTextMessage): what a carrier answers decides what becomes of a text: tried again after a pause, tried again with back-off, or ended in the state that names the cause.
// Proves(error): every command_status of the standard that an SMSC may give, and any other, has its class, says whether the part is tried again, and ends in its state.
func TestEveryStatusHasItsClassItsFailureAndItsState(t *testing.T) {
	cases := []struct {
		status  smpp.Status
		class   Class
		failure carrier.Failure
		state   message.State // in which it ends, at once or with its time to live
	}{
		{0x58, ClassThrottle, carrier.Throttled, message.Expired},
		{0x14, ClassThrottle, carrier.QueueFull, message.Expired},
		{0x08, ClassTransient, carrier.Transient, message.CarrierUnreachable},
		{0x64, ClassTransient, carrier.Transient, message.CarrierUnreachable},
		{0x67, ClassTransient, carrier.Transient, message.CarrierUnreachable},
		{0xFF, ClassTransient, carrier.Transient, message.CarrierUnreachable},
		{0x45, ClassTransient, carrier.Transient, message.CarrierUnreachable},
		{0x0B, ClassAddress, carrier.InvalidNumber, message.Invalid},
		{0x50, ClassAddress, carrier.InvalidNumber, message.Invalid},
		{0x51, ClassAddress, carrier.InvalidNumber, message.Invalid},
		{0x0A, ClassSender, carrier.Elsewhere, message.CarrierBlocked},
		{0x48, ClassSender, carrier.Elsewhere, message.CarrierBlocked},
		{0x49, ClassSender, carrier.Elsewhere, message.CarrierBlocked},
		{0x01, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x43, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x104, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0xC0, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0xC1, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0xC2, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0xC3, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0xC4, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x61, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x62, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x65, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x66, ClassContent, carrier.InvalidMessage, message.InvalidMessage},
		{0x15, ClassService, carrier.ConfigurationFail, message.Unknown},
		{0x53, ClassService, carrier.ConfigurationFail, message.Unknown},
		{0x07, ClassService, carrier.ConfigurationFail, message.Unknown},
		{0x06, ClassService, carrier.ConfigurationFail, message.Unknown},
		{0x0D, ClassBind, carrier.Transient, message.CarrierUnreachable},
		{0x0E, ClassBind, carrier.Transient, message.CarrierUnreachable},
		{0x0F, ClassBind, carrier.Transient, message.CarrierUnreachable},
		{0x05, ClassBind, carrier.Transient, message.CarrierUnreachable},
		{0x04, ClassState, carrier.Transient, message.CarrierUnreachable},
		{0x03, ClassState, carrier.Transient, message.CarrierUnreachable},
		{0x02, ClassState, carrier.Transient, message.CarrierUnreachable},
		{0x33, ClassVendor, carrier.Rejected, message.CarrierBlocked},
		{0x4FF, ClassVendor, carrier.Rejected, message.CarrierBlocked},
	}
	rows := map[smpp.Status]bool{}
	for _, c := range cases {
		rows[c.status] = true
		inBubble(t, strings.ReplaceAll(c.status.String(), " ", "_"), func(t *testing.T) {
			r := start(t, Settings{}, refusing(c.status))
			_, err := r.Submit(t.Context(), part())
			var refused *carrier.Error
			if !errors.As(err, &refused) || refused.Failure != c.failure || refused.Code != c.status.String() {
				t.Fatalf("%v, want %v", err, c.failure)
			}
			if class := r.settings.refusalBy(c.status).class; class != c.class {
				t.Errorf("class %s, want %s", class, c.class)
			}
			if state := message.Refused(cmp.Or(refused.Otherwise, refused.Failure)); state != c.state {
				t.Errorf("ends %s, want %s", state, c.state)
			}
		})
	}
	for _, r := range refusals {
		if !rows[r.status] {
			t.Errorf("%s stands in the table and in no test", r.status)
		}
	}
}

// Proves(error): codes of a carrier's own, 0x400 to 0x4FF, and standard ones mean what `errors:` says.
func TestCodesOfACarriersOwnMeanWhatItsSettingsSay(t *testing.T) {
	meanings := map[smpp.Status]carrier.Failure{
		0x400: carrier.Transient, 0x401: carrier.Throttled, 0x402: carrier.InvalidNumber, 0x403: carrier.SenderRefused,
		0x404: carrier.InvalidMessage, 0x405: carrier.Rejected, 0x406: carrier.Elsewhere, 0x407: carrier.QuotaUsed,
		smpp.StatusInvDstAdr: carrier.Elsewhere, smpp.StatusInvSrcAdr: carrier.SenderRefused,
	}
	settings := Settings{Errors: []Meaning{{0x400, 0x4FF, carrier.InvalidMessage}, {0x410, 0x41F, carrier.QuotaUsed}}}
	for status, failure := range meanings {
		settings.Errors = append(settings.Errors, Meaning{status, status, failure})
	}
	meanings[0x41F], meanings[0x420] = carrier.QuotaUsed, carrier.InvalidMessage
	for status, want := range meanings {
		inBubble(t, strings.ReplaceAll(status.String(), " ", "_"), func(t *testing.T) {
			r := start(t, settings, refusing(status))
			_, err := r.Submit(t.Context(), part())
			var refused *carrier.Error
			if !errors.As(err, &refused) || refused.Failure != want {
				t.Errorf("%v, want %v", err, want)
			}
			if pauses := r.PausedUntil().After(time.Now()); pauses != (want == carrier.Throttled) {
				t.Errorf("pauses: %v", pauses)
			}
		})
	}
}

// Proves(error): ELSEWHERE keeps class, advice and final state of the standard, for where there is no other carrier; a refused sender means it by default.
func TestElsewhereKeepsWhatTheStandardSays(t *testing.T) {
	for _, c := range []struct {
		status    smpp.Status
		mapped    bool
		class     Class
		otherwise carrier.Failure
		advice    bool
	}{
		{smpp.StatusInvSrcAdr, false, ClassSender, carrier.SenderRefused, true},
		{smpp.StatusInvSrcAdr, true, ClassSender, carrier.SenderRefused, true},
		{smpp.StatusInvDstAdr, true, ClassAddress, carrier.InvalidNumber, false},
		{smpp.StatusSysErr, true, ClassTransient, carrier.Transient, false},
		{smpp.StatusInvSerTyp, true, ClassService, carrier.ConfigurationFail, true},
		{0x406, true, ClassVendor, "", false},
	} {
		s := Settings{}
		if c.mapped {
			s.Errors = []Meaning{{c.status, c.status, carrier.Elsewhere}}
		}
		refused, why := s.failure(c.status)
		if refused.Failure != carrier.Elsewhere || refused.Otherwise != c.otherwise || why.class != c.class || (why.advice != "") != c.advice {
			t.Errorf("%v: %+v, %+v", c.status, refused, why)
		}
	}
}

// Proves(error): quota: a code that means QUOTA is the account's matter: the operator is told once that credit or quota is used up.
func TestUsedUpQuotaIsToldOnce(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		var log written
		r := start(t, Settings{Log: slog.New(slog.NewTextHandler(&log, nil)), Errors: []Meaning{{0x410, 0x41F, carrier.QuotaUsed}}}, refusing(0x410, 0x410))
		for range 2 {
			if f, _ := r.refusal(t); f != carrier.QuotaUsed {
				t.Error(f)
			}
		}
		list := r.Refusals()
		if n := strings.Count(log.String(), "Credit or quota of the account is used up"); n != 1 || len(list) != 1 || list[0].Class != ClassQuota || list[0].Advice == "" {
			t.Errorf("told %d times, %+v", n, list)
		}
	})
}

// Proves(error): what refusals mean is told once per code, without numbers of recipients, and counted.
func TestOperatorIsToldOnceWhatARefusalMeans(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		var log written
		r := start(t, Settings{Log: slog.New(slog.NewTextHandler(&log, nil))},
			refusing(0x0A, 0x0A, 0x499, 0x0A, 0x0B))
		for range 5 {
			if _, err := r.Submit(t.Context(), part()); err == nil {
				t.Error("not refused")
			}
		}
		if n := strings.Count(log.String(), "advice="); n != 2 || strings.Contains(log.String(), "9812345678") {
			t.Errorf("%d explanations in %s", n, log.String())
		}
		var told []string
		for _, refusal := range r.Refusals() {
			told = append(told, refusal.Code, string(refusal.Class))
			if refusal.Code == "ESME_RINVSRCADR" && (refusal.Count != 3 || refusal.Advice == "" || refusal.Last.IsZero()) {
				t.Errorf("%+v", refusal)
			}
		}
		const want = "ESME status 0x00000499 vendor ESME_RINVDSTADR address ESME_RINVSRCADR sender"
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}
