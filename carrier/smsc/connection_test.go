package smsc

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(bind): a bind bears interface_version, system_type, address_range and a password of more than 8 octets, and submit_sm the service_type.
func TestBindBearsVersionRangeAndLongPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		smsc := smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"one:1": smsc}}
		s := Settings{Address: "one:1", SystemType: "VMA", Connection: Connection{
			InterfaceVersion: 0x50, AddressRange: "^1234", ServiceType: "CMT",
		}}
		r := settle(t, s, n)
		r.smsc = smsc
		got := received[*smpp.Bind](r)
		if got.InterfaceVersion != 0x50 || got.AddressRange != "^1234" || got.SystemType != "VMA" {
			t.Errorf("%+v", got)
		}
		const long = "a password far beyond eight octets"
		r.Renew("other", long)
		if got := received[*smpp.Bind](r); got.SystemID != "other" || got.Password != long {
			t.Error("the bind has another login")
		}
		r.submit(t, part())
		if m := received[*smpp.SubmitSM](r); m.ServiceType != "CMT" {
			t.Errorf("service_type %q", m.ServiceType)
		}
	})
}

// Proves(bind): no TLVs, and so no sar parameters but a user data header, go to an SMSC whose bind response bears no sc_interface_version or one below 3.4, nor over `interface_version: 33`; the operator is told once.
func TestParametersGoOnlyToAnSMSCThatKnowsThem(t *testing.T) {
	cases := map[string]struct {
		ours, theirs uint8
		sent         bool
	}{
		"3.4 both":           {0, 0x34, true},
		"5.0 both":           {0x50, 0x50, true},
		"no version in resp": {0x34, 0, false},
		"SMSC is 3.3":        {0x34, 0x33, false},
		"we are 3.3":         {0x33, 0x34, false},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			s := Settings{
				TLVs:       []TLV{{Tag: 0x1400, Field: "IN_ENTITY_ID"}},
				Connection: Connection{InterfaceVersion: c.ours},
			}
			log := &recorder{}
			s.Log = log.logger()
			r := start(t, s, func(s *smpptest.SMSC) { s.Version = c.theirs })
			r.submit(t, part())
			synctest.Wait() // the log hears of it when parts may pass already
			if said := log.count(unsent) == 1; said == c.sent || said != (r.Status().Binds[0].Trouble == unsent) {
				t.Errorf("%v, %+v", log.all(), r.Status().Binds)
			}
			if m := received[*smpp.SubmitSM](r); len(m.TLVs) > 0 != c.sent {
				t.Errorf("parameters %v", m.TLVs)
			}
		})
		inBubble(t, name+", sar", func(t *testing.T) {
			m := longPart(t, ConcatenationSAR, c.ours, c.theirs, unsentSAR, !c.sent)
			if _, sar := m.TLVs.Get(smpp.TagSarMsgRefNum); sar != c.sent || m.ESMClass.UDHI() == c.sent {
				t.Errorf("sar %v, header %v: %x", sar, m.ESMClass.UDHI(), m.ShortMessage)
			}
			if !c.sent && (len(m.TLVs) > 0 || !bytes.Equal(m.ShortMessage[:6], []byte{5, 0, 3, 7, 2, 1})) {
				t.Errorf("parameters %v, header %x", m.TLVs, m.ShortMessage[:6])
			}
		})
		inBubble(t, name+", payload", func(t *testing.T) {
			m := longPart(t, ConcatenationPayload, c.ours, c.theirs, unsentPayload, !c.sent)
			if _, payload := m.TLVs.Get(smpp.TagMessagePayload); !payload {
				t.Error("a text of 300 characters does not travel whole")
			}
		})
	}
}

// longPart is what becomes of a long text on the wire, and checks what the operator
// is told meanwhile.
func longPart(t *testing.T, way Concatenation, ours, theirs uint8, trouble string, told bool) *smpp.SubmitSM {
	t.Helper()
	log := &recorder{}
	s := Settings{Log: log.logger(), Text: Text{Concatenation: way}, Connection: Connection{InterfaceVersion: ours}}
	r := start(t, s, func(s *smpptest.SMSC) { s.Version = theirs })
	p := part()
	if p.Segment.Data = bytes.Repeat([]byte("x"), 300); way == ConcatenationSAR {
		p.Total, p.Segment.UDH, p.Segment.Data = 2, []byte{5, 0, 3, 7, 2, 1}, p.Segment.Data[:153]
	}
	r.submit(t, p)
	synctest.Wait()
	if said := log.count(trouble) == 1; said != told || said != (r.Status().Binds[0].Trouble == trouble) {
		t.Errorf("%v, %+v", log.all(), r.Status().Binds)
	}
	return received[*smpp.SubmitSM](r)
}

// Proves(bind): the inactivity timer ends an idle session, which is bound anew at once.
func TestIdleSessionIsBoundAnewWithoutBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Connection: Connection{Inactivity: 5 * time.Minute}}, nil)
		<-r.smsc.Binds
		pause(3 * time.Minute)
		r.submit(t, part())
		began := time.Now()
		<-r.smsc.Binds
		if took := time.Since(began); took != 5*time.Minute {
			t.Errorf("bound anew after %v", took)
		}
	})
}

// Proves(bind): an SMSC that is too busy to answer enquire_link keeps its session while it answers anything else; after two that are unanswered in silence it is dropped.
func TestSMSCTooBusyForEnquireLinkKeepsItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{EnquireInterval: 10 * time.Second}, func(s *smpptest.SMSC) {
			s.Always(smpp.CommandEnquireLink, smpptest.Drop)
		})
		<-r.smsc.Binds
		for range 20 {
			pause(15 * time.Second)
			r.submit(t, part())
		}
		if len(r.smsc.Binds) > 0 {
			t.Error("bound anew while it answered submit_sm")
		}
		began := time.Now()
		<-r.smsc.Closed
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("dropped after %v of silence: two enquire_link were to stay unanswered", took)
		}
	})
}

func TestMinRebindHoldsBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Connection: Connection{MinRebind: 45 * time.Second}}, nil)
		last := time.Now()
		for range 3 {
			(<-r.smsc.Binds).Close()
			if took := time.Since(last); took != 0 && took < 45*time.Second {
				t.Errorf("next attempt after %v", took)
			}
			last = time.Now()
		}
	})
}

// Proves(bind): unbind by the SMSC is answered, bound anew, and no warning.
func TestUnbindByTheSMSCIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		r := start(t, Settings{Log: log.logger()}, nil)
		c := <-r.smsc.Binds
		synctest.Wait()
		c.Send(&smpp.Unbind{})
		<-r.smsc.Closed
		<-r.smsc.Binds
		synctest.Wait()
		if lines := log.atLeastWarn(); len(lines) > 0 {
			t.Error(lines)
		}
	})
}

// Proves(bind): maintenance windows are by the clock of their zone, over midnight and on the days that they begin on.
func TestMaintenanceWindow(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	hour := func(h int) time.Duration { return time.Duration(h) * time.Hour }
	at := func(text string) time.Time {
		parsed, err := time.ParseInLocation("2006-01-02 15:04", text, paris)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.UTC()
	}
	night := Maintenance{From: hour(2), To: hour(4), Zone: paris, Days: []time.Weekday{time.Sunday}}
	late := Maintenance{From: hour(23), To: hour(1), Zone: paris, Days: []time.Weekday{time.Saturday}}
	daily := Maintenance{From: hour(22), To: hour(6), Zone: paris}
	cases := []struct {
		window Maintenance
		at     string
		want   bool
	}{
		{night, "2026-11-22 02:00", true}, // a Sunday
		{night, "2026-11-22 03:59", true},
		{night, "2026-11-22 04:00", false},
		{night, "2026-11-23 03:00", false},
		{late, "2026-11-21 23:30", true},
		{late, "2026-11-22 00:59", true},
		{late, "2026-11-22 01:00", false},
		{late, "2026-11-21 00:30", false},
		{late, "2026-11-22 23:30", false},
		{daily, "2026-07-01 05:59", true},
		{daily, "2026-07-01 12:00", false},
	}
	for _, c := range cases {
		if got := c.window.holds(at(c.at)); got != c.want {
			t.Errorf("%s: %v", c.at, got)
		}
	}
}

// Proves(bind): a loss within a maintenance window is told once, not warned of, and shown as MAINTENANCE.
func TestLossWithinMaintenanceIsNoWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		s := Settings{Log: log.logger(), Connection: Connection{Maintenance: []Maintenance{{From: 0, To: time.Hour, Zone: time.UTC}}}}
		r := start(t, s, func(s *smpptest.SMSC) {
			s.Always(smpp.CommandBindTransceiver, smpptest.Hangup)
		})
		pause(30 * time.Minute) // the clock of a bubble begins at midnight UTC
		if lines := log.atLeastWarn(); len(lines) > 0 {
			t.Error(lines)
		}
		if b := r.Status().Binds[0]; b.State != BindMaintenance || b.Trouble == "" {
			t.Errorf("%+v", b)
		}
		if n := log.count("no bind to the SMSC"); n != 1 {
			t.Errorf("told %d times", n)
		}
		pause(time.Hour)
		if b := r.Status().Binds[0]; b.State != BindDown {
			t.Errorf("%+v", b)
		}
	})
}
