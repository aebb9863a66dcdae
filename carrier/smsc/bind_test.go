package smsc

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// pause lets the bubble's clock run.
func pause(d time.Duration) { <-time.After(d) }

// Proves(bind): a lost bind is made again after 1, 2, 4 … 60 seconds; a bind that was up for a minute begins anew.
func TestLostBindIsMadeAgainWithBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		began := time.Now()
		(<-r.smsc.Binds).Close()
		for i, seconds := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			c := <-r.smsc.Binds
			if took := time.Since(began); took != seconds*time.Second {
				t.Errorf("bind %d after %v, want %v s", i, took, int(seconds))
			}
			began = time.Now()
			c.Close()
		}
		c := <-r.smsc.Binds
		pause(steady)
		began = time.Now()
		c.Close()
		<-r.smsc.Binds
		if took := time.Since(began); took != firstWait {
			t.Errorf("after a steady bind the next came after %v", took)
		}
	})
}

// Proves(bind): the wait before a bind has full jitter.
func TestBackOffHasFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bind{carrier: New(Settings{Jitter: func() float64 { return 0.25 }}, nil)}
		for _, want := range []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second} {
			if got := b.backOff(); got != want {
				t.Errorf("%v, want %v", got, want)
			}
		}
	})
}

// Proves(bind): an SMSC that cannot be reached is dialled with the same back-off.
func TestUnreachableSMSCIsAskedWithBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan time.Time, 100)
		c := New(Settings{Jitter: func() float64 { return 1 }}, newKept())
		smsc := smpptest.New(nil)
		smsc.Close() // its Dial fails from now on
		c.settings.Dial = func(ctx context.Context) (net.Conn, error) {
			asked <- time.Now()
			return smsc.Dial(ctx)
		}
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		last := <-asked
		for _, seconds := range []time.Duration{1, 2, 4} {
			next := <-asked
			if got := next.Sub(last); got != seconds*time.Second {
				t.Errorf("asked after %v, want %v s", got, int(seconds))
			}
			last = next
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Proves(bind): ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSID and ESME_RALYBND to a bind wait a minute at least, so that the address is not banned.
// Proves(error): bind: ESME_RBINDFAIL, ESME_RINVPASWD and ESME_RINVSYSID are asked again after 60 to 90 seconds, ESME_RALYBND when the older session has had a minute to end.
func TestRefusedLoginWaitsAMinuteAtLeast(t *testing.T) {
	cases := map[smpp.Status]time.Duration{
		smpp.StatusInvPaswd:  60 * time.Second,
		smpp.StatusInvSysID:  60 * time.Second,
		smpp.StatusBindFail:  60 * time.Second,
		smpp.StatusAlyBnd:    60 * time.Second,
		smpp.StatusThrottled: time.Second,
	}
	for status, least := range cases {
		inBubble(t, status.String(), func(t *testing.T) {
			refused := make(chan time.Time, 100)
			r := start(t, Settings{}, func(s *smpptest.SMSC) {
				s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status {
					refused <- time.Now()
					return status
				}
			})
			first := <-refused
			if wait := (<-refused).Sub(first); wait < least || wait > least*3/2 {
				t.Errorf("asked again after %v", wait)
			}
			if r.Bound() != 0 {
				t.Error("bound")
			}
		})
	}
}

// Proves(bind): there are never two sessions for one bind, also when the SMSC falls silent.
func TestNeverTwoSessionsForOneBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const binds = 3
		var smsc *smpptest.SMSC
		r := start(t, Settings{Binds: binds, EnquireInterval: 5 * time.Second}, func(s *smpptest.SMSC) {
			smsc = s
			s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status {
				if open := smsc.Open(); open > binds {
					t.Errorf("%d sessions for %d binds", open, binds)
				}
				return smpp.StatusOK
			}
			// An SMSC that falls silent: the old session must be gone before the next.
			s.OnPDU = func(_ *smpptest.Conn, h smpp.Header, _ smpp.PDU) bool {
				return h.ID == smpp.CommandEnquireLink
			}
		})
		for range 20 {
			<-r.smsc.Binds
		}
	})
}

// Proves(error): state: ESME_RINVBNDSTS closes the session, which is bound anew, and the part goes again.
func TestSessionOutOfStepIsBoundAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, refusing(smpp.StatusInvBndSts))
		<-r.smsc.Binds
		_, err := r.Submit(t.Context(), part())
		var refused *carrier.Error
		if !errors.As(err, &refused) || refused.Failure != carrier.Transient {
			t.Error(err)
		}
		<-r.smsc.Binds
		r.submit(t, part())
	})
}

// Proves(bind): a part waits for the next bind.
func TestPartWaitsForTheNextBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, nil)
		(<-r.smsc.Binds).Close()
		synctest.Wait()
		began := time.Now()
		r.submit(t, part())
		if took := time.Since(began); took != firstWait {
			t.Errorf("after %v", took)
		}
	})
}

// Proves(bind): several binds of an account are used at once, each to its own window.
func TestPartsGoToEveryBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Binds: 2, Window: 1}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(*smpptest.Conn, uint32, *smpp.SubmitSM) {}
		})
		synctest.Wait()
		if r.Bound() != 2 {
			t.Fatalf("%d binds", r.Bound())
		}
		ctx, cancel := context.WithCancel(t.Context())
		for range 2 {
			go func() { _, _ = r.Submit(ctx, part()) }()
		}
		conns := map[*smpptest.Conn]bool{}
		for len(conns) < 2 {
			got := <-r.smsc.Requests
			if got.Header.ID == smpp.CommandSubmitSM {
				conns[got.Conn] = true
			}
		}
		cancel()
	})
}

// Proves(bind): on shutdown nothing more is submitted, answers are awaited, then the session unbinds.
func TestStopWaitsForAnswersAndUnbinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		r := start(t, Settings{}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
				go func() {
					<-answer
					c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "late"})
				}()
			}
		})
		submitted := make(chan string, 1)
		go func() { submitted <- r.submit(t, part()) }()
		received[*smpp.SubmitSM](r)
		stopped := make(chan error, 1)
		go func() { stopped <- r.Stop(t.Context()) }()
		synctest.Wait()
		_, err := r.Submit(t.Context(), part())
		var refused *carrier.Error
		if !errors.As(err, &refused) || refused.Failure != carrier.Transient {
			t.Errorf("part after Stop: %v", err)
		}
		close(answer)
		if id := <-submitted; id != "late" {
			t.Error(id)
		}
		received[*smpp.Unbind](r)
		if err := errors.Join(<-stopped, r.Stop(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// Proves(bind): on shutdown the wait for answers is bounded; what was not answered is in doubt.
func TestStopIsBoundedByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(*smpptest.Conn, uint32, *smpp.SubmitSM) {}
		})
		lost := make(chan error, 1)
		go func() {
			_, err := r.Submit(t.Context(), part())
			lost <- err
		}()
		received[*smpp.SubmitSM](r)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		var doubt *carrier.Error
		if err := <-lost; !errors.As(err, &doubt) || doubt.Failure != carrier.InDoubt {
			t.Error(err)
		}
	})
}

func TestStopEndsAWaitForAPartsTurnAndAStartlessCarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Throughput: 1}, nil)
		r.submit(t, part())
		ended := make(chan error, 1)
		go func() {
			_, err := r.Submit(t.Context(), part())
			ended <- err
		}()
		synctest.Wait()
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, errStopped) {
			t.Error(err)
		}
		if err := New(Settings{}, newKept()).Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
