package smsc

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(bind): a window that the SMSC answers with silence is explained in the status of the bind and, once, in the log.
func TestWindowThatIsMetWithSilenceIsToldInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		r := start(t, Settings{Window: 50, ResponseTimeout: 10 * time.Second, Log: log.logger()}, silent)
		for range 5 {
			inDoubt(t, r, part())
		}
		b := r.Status().Binds[0]
		if b.State != BindUp || !strings.Contains(b.Trouble, "window") || !b.TroubleAt.Equal(time.Now()) {
			t.Errorf("%+v", b)
		}
		if lines := log.atLeastWarn(); len(lines) != 1 || !strings.Contains(lines[0], "window") {
			t.Errorf("%q", lines)
		}
		pause(silentShown)
		if b := r.Status().Binds[0]; b.Trouble != "" {
			t.Errorf("long afterwards: %s", b.Trouble)
		}
	})
}

// Proves(bind): troubles that take turns are told once each.
func TestTroublesThatTakeTurnsAreToldOnceEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		statuses := []smpp.Status{smpp.StatusSysErr, smpp.StatusThrottled, smpp.StatusAlyBnd}
		n := 0
		start(t, Settings{Log: log.logger()}, func(s *smpptest.SMSC) {
			s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status {
				n++
				return statuses[n%len(statuses)]
			}
		})
		pause(24 * time.Hour)
		if lines := log.atLeastWarn(); len(lines) != len(statuses) {
			t.Errorf("%d lines: %q", len(lines), lines[:min(len(lines), 6)])
		}
	})
}

// An SMSC that makes codes up costs no memory, and the present ones are kept.
func TestCountedCodesAreBounded(t *testing.T) {
	var r refused
	now := time.Now()
	for code := range 5 * codesKept {
		now = now.Add(time.Second)
		r.add(refusal{smpp.Status(0x400 + code), ClassVendor, carrier.Rejected, ""}, now)
	}
	if len(r.codes) != codesKept || r.codes[smpp.Status(0x400+5*codesKept-1)] == nil {
		t.Errorf("%d codes", len(r.codes))
	}
}
