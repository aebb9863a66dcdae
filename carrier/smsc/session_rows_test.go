package smsc

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(bind): a transceiver submits and hears receipts on one session.
func TestTransceiverSubmitsAndHearsOnOneSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		id := r.submit(t, part())
		c.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD")})
		if got := <-r.kept.receipts; got.MessageID != id || c.Mode() != smpp.Transceiver || r.smsc.Open() != 1 {
			t.Errorf("%+v over %v, %d connections", got, c.Mode(), r.smsc.Open())
		}
	})
}

// crowd counts the parts that each connection has not answered yet.
type crowd struct {
	mu   sync.Mutex
	now  map[*smpptest.Conn]int
	most map[*smpptest.Conn]int
}

func (c *crowd) add(conn *smpptest.Conn, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now[conn] += n
	c.most[conn] = max(c.most[conn], c.now[conn])
}

// Proves(bind): each bind has a window: no more parts are unanswered on it, and
// all of it is used.
func TestWindowOfEachBindIsUsedAndNeverExceeded(t *testing.T) {
	for name, window := range map[string]int{"the strictest": 1, "four": 4} {
		inBubble(t, name, func(t *testing.T) {
			c := &crowd{now: map[*smpptest.Conn]int{}, most: map[*smpptest.Conn]int{}}
			r := start(t, Settings{Binds: 3, Window: window}, func(s *smpptest.SMSC) {
				s.Always(smpp.CommandSubmitSM, func(turn *smpptest.Turn) {
					c.add(turn.Conn, 1)
					smpptest.After(100*time.Millisecond, func(turn *smpptest.Turn) {
						c.add(turn.Conn, -1)
						smpptest.Accept(turn)
					})(turn)
				})
			})
			synctest.Wait()
			var parts sync.WaitGroup
			for range 60 {
				parts.Go(func() { r.submit(t, part()) })
			}
			parts.Wait()
			if len(c.most) != 3 {
				t.Errorf("%d binds were used", len(c.most))
			}
			for _, most := range c.most {
				if most != window {
					t.Errorf("%d parts were unanswered at once, the window is %d", most, window)
				}
			}
		})
	}
}

// Proves(bind): the response timer is that of the settings, and the session stays.
func TestResponseTimerIsThatOfTheSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{ResponseTimeout: 7 * time.Second}, func(s *smpptest.SMSC) {
			s.Next(smpp.CommandSubmitSM, smpptest.Drop)
		})
		<-r.smsc.Binds
		began := time.Now()
		_, err := r.Submit(t.Context(), part())
		var doubt *carrier.Error
		if !errors.As(err, &doubt) || doubt.Failure != carrier.InDoubt || time.Since(began) != 7*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		r.submit(t, part())
		if len(r.smsc.Binds) != 0 || r.smsc.Open() != 1 {
			t.Error("bound anew")
		}
	})
}

// Proves(bind): `min_rebind` holds from one attempt of a bind to the next however
// the session ended: lost, unbound, idle, out of step, or never there.
func TestMinRebindHoldsHoweverASessionEnds(t *testing.T) {
	const least = 45 * time.Second
	cases := map[string]struct {
		inactivity time.Duration
		bind       smpptest.Step
		end        func(r *rig, c *smpptest.Conn)
	}{
		"lost":        {end: func(_ *rig, c *smpptest.Conn) { c.Close() }},
		"unbound":     {end: func(_ *rig, c *smpptest.Conn) { c.Send(&smpp.Unbind{}) }},
		"idle":        {inactivity: 3 * time.Second},
		"out of step": {end: func(r *rig, _ *smpptest.Conn) { _, _ = r.Submit(context.Background(), part()) }},
		"hung up":     {bind: smpptest.Hangup},
		"throttled":   {bind: smpptest.Refuse(smpp.StatusThrottled)},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			attempts := make(chan time.Time, 100)
			s := Settings{Connection: Connection{MinRebind: least, Inactivity: c.inactivity}}
			r := start(t, s, func(s *smpptest.SMSC) {
				s.OnPDU = func(_ *smpptest.Conn, h smpp.Header, _ smpp.PDU) bool {
					if h.ID == smpp.CommandBindTransceiver {
						attempts <- time.Now()
					}
					return false
				}
				s.Always(smpp.CommandBindTransceiver, c.bind)
				s.Always(smpp.CommandSubmitSM, smpptest.Refuse(smpp.StatusInvBndSts))
			})
			last := <-attempts
			for range 3 {
				if c.bind == nil {
					conn := <-r.smsc.Binds
					synctest.Wait()
					if c.end != nil {
						c.end(r, conn)
					}
				}
				next := <-attempts
				if wait := next.Sub(last); wait < least || wait > least+time.Second {
					t.Errorf("tried again after %v", wait)
				}
				last = next
			}
		})
	}
}

// Proves(bind): with `resolve: first` the host is dialled by its name, by as many
// binds as are set, and no records are looked up.
func TestHostIsDialledByItsNameUnlessAllRecordsAreWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		smsc := smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"smsc.example:2775": smsc}, records: []string{"192.0.2.1", "192.0.2.2"}}
		r := settle(t, Settings{Address: "smsc.example:2775", Binds: 2}, n)
		synctest.Wait()
		if got := states(r.Carrier); len(got) != 1 || got["smsc.example:2775"][BindUp] != 2 {
			t.Error(got)
		}
	})
}

// Proves(bind): after a maintenance window the carrier binds by itself, and nothing
// was warned of.
func TestSMSCIsBoundAgainAfterMaintenance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC
		log, smsc := &recorder{}, smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"one:1": smsc}}
		window := Maintenance{From: time.Hour, To: 2 * time.Hour, Zone: time.UTC}
		r := settle(t, Settings{Address: "one:1", Log: log.logger(), Connection: Connection{Maintenance: []Maintenance{window}}}, n)
		pause(65 * time.Minute)
		n.set(func() { delete(n.smscs, "one:1") })
		smsc.Close()
		pause(50 * time.Minute)
		if b := r.Status().Binds[0]; b.State != BindMaintenance {
			t.Errorf("within the window: %+v", b)
		}
		back := smpptest.New(nil)
		n.set(func() { n.smscs["one:1"] = back })
		pause(2 * time.Minute)
		r.submit(t, part())
		if lines := log.atLeastWarn(); len(lines) > 0 || r.Status().Binds[0].State != BindUp {
			t.Errorf("%q, %+v", lines, r.Status().Binds)
		}
	})
}

// Proves(bind): an SMSC that answers enquire_link late keeps its session; one that
// falls silent behind a live socket is bound anew.
func TestDeadPeerBehindALiveSocketIsBoundAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{EnquireInterval: 10 * time.Second}, func(s *smpptest.SMSC) {
			s.Always(smpp.CommandEnquireLink, smpptest.After(9*time.Second, smpptest.Accept))
		})
		<-r.smsc.Binds
		pause(10 * time.Minute)
		if r.smsc.Open() != 1 || len(r.smsc.Binds) != 0 {
			t.Error("late answers cost the session")
		}
		r.smsc.Always(smpp.CommandEnquireLink, smpptest.Mute)
		<-r.smsc.Closed
		<-r.smsc.Binds
	})
}

// Proves(bind): an SMSC whose name does not resolve is asked until Stop, which ends
// the wait at once.
func TestStopEndsTheWaitForAnSMSCThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Settings{Address: "one:1", Jitter: func() float64 { return 1 }, Dial: func(context.Context) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "one", IsNotFound: true}
		}}, newKept())
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		pause(10 * time.Minute)
		began := time.Now()
		if err := c.Stop(t.Context()); err != nil || time.Since(began) > 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
