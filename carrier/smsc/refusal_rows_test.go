package smsc

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Proves(error): state: ESME_RINVBNDSTS, ESME_RINVCMDID and ESME_RINVCMDLEN close the
// session after its answers, and bind anew; the part is tried again.
func TestStateErrorsCloseTheSessionAndBindAnew(t *testing.T) {
	for _, status := range []smpp.Status{smpp.StatusInvBndSts, smpp.StatusInvCmdID, smpp.StatusInvCmdLen} {
		inBubble(t, status.String(), func(t *testing.T) {
			r := start(t, Settings{}, func(s *smpptest.SMSC) {
				s.Next(smpp.CommandSubmitSM, smpptest.After(2*time.Second, smpptest.Accept), smpptest.Refuse(status))
			})
			first := <-r.smsc.Binds
			slow := make(chan string, 1)
			go func() { slow <- r.submit(t, part()) }()
			received[*smpp.SubmitSM](r)
			if f, code := r.refusal(t); f != carrier.Transient || code != status.String() {
				t.Errorf("%s %s", f, code)
			}
			if id := <-slow; id == "" {
				t.Error("the answer under way was not awaited")
			}
			if <-r.smsc.Closed != first {
				t.Error("another session was closed")
			}
			<-r.smsc.Binds
			r.submit(t, part())
			if r.smsc.Open() != 1 {
				t.Errorf("%d sessions", r.smsc.Open())
			}
		})
	}
}

// Proves(error): sender, content and service: each code of these classes alarms the
// operator once with what to do, however many parts it refuses; an address alone
// alarms nobody.
func TestRefusalsThatSettingsCauseAlarmTheOperatorOnce(t *testing.T) {
	alarming := []Class{ClassThrottle, ClassSender, ClassContent, ClassService, ClassBind, ClassVendor}
	tried := append(slices.Clone(refusals), refusal{status: 0x4AB, class: ClassVendor})
	for _, row := range tried {
		if slices.Contains([]smpp.Status{smpp.StatusInvDstTON, smpp.StatusInvDstNPI}, row.status) {
			continue // the type of number is a setting: told as well, see refusals
		}
		inBubble(t, strings.ReplaceAll(row.status.String(), " ", "_"), func(t *testing.T) {
			var log written
			r := start(t, Settings{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(s *smpptest.SMSC) {
				s.Always(smpp.CommandSubmitSM, smpptest.Refuse(row.status))
			})
			for range 3 {
				_, _ = r.refusal(t)
				elapse(5 * time.Minute) // over pauses and new binds
			}
			synctest.Wait() // nobody writes to the log any more
			want := 0
			if slices.Contains(alarming, row.class) {
				want = 1
			}
			if n := strings.Count(log.String(), "level=ERROR"); n != want || want == 1 && !strings.Contains(log.String(), row.status.String()) {
				t.Errorf("%d alarms, want %d:\n%s", n, want, log.String())
			}
			list := r.Refusals()
			if len(list) != 1 || list[0].Count != 3 || list[0].Class != row.class || (list[0].Advice != "") != (want == 1) {
				t.Errorf("%+v", list)
			}
		})
	}
}

// Proves(error): throttle: pauses are spread, from half to all of 1, 2, 4 … 30 seconds
// for ESME_RTHROTTLED; one for ESME_RMSGQFUL is never shorter than 5 seconds.
func TestPausesAreSpread(t *testing.T) {
	for _, c := range []struct {
		status smpp.Status
		jitter float64
		want   []time.Duration
	}{
		{smpp.StatusThrottled, 0, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}},
		{smpp.StatusThrottled, 0.5, []time.Duration{750 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second}},
		{smpp.StatusMsgQFul, 0, []time.Duration{5 * time.Second, 5 * time.Second, 10 * time.Second}},
	} {
		inBubble(t, c.status.String(), func(t *testing.T) {
			r := start(t, Settings{QueueFullPauses: true}, refusing(c.status, c.status, c.status))
			r.pace.jitter = func() float64 { return c.jitter }
			synctest.Wait()
			for i, want := range c.want {
				began := time.Now()
				if f, _ := r.refusal(t); f != carrier.Throttled {
					t.Fatal(f)
				}
				if pause := r.PausedUntil().Sub(began); pause != want {
					t.Errorf("jitter %v: pause %d is %v, want %v", c.jitter, i+1, pause, want)
				}
				elapse(time.Until(r.PausedUntil()))
			}
		})
	}
}

// Proves(error): permanent: a part that is refused is handed over once, and its refusal
// says nothing of the next part.
func TestPermanentRefusalIsOfOnePart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		permanent := []carrier.Failure{
			carrier.InvalidNumber, carrier.SenderRefused, carrier.InvalidMessage, carrier.ConfigurationFail,
		}
		r := start(t, Settings{}, nil)
		c := <-r.smsc.Binds
		for _, row := range refusals {
			if !slices.Contains(permanent, row.failure) {
				continue
			}
			r.smsc.Next(smpp.CommandSubmitSM, smpptest.Refuse(row.status))
			_, err := r.Submit(t.Context(), part())
			var refused *carrier.Error
			if !errors.As(err, &refused) || cmp.Or(refused.Otherwise, refused.Failure) != row.failure {
				t.Errorf("%v: %v", row.status, err)
			}
			began := time.Now()
			r.submit(t, part())
			if time.Since(began) > 0 || r.PausedUntil().After(began) {
				t.Errorf("%v holds up the next part", row.status)
			}
		}
		if len(r.smsc.Binds) > 0 || len(r.smsc.Closed) > 0 || c.Mode() != smpp.Transceiver {
			t.Error("a refusal of a part cost the session")
		}
	})
}
