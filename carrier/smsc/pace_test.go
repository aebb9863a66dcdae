package smsc

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// elapse lets the bubble's time go by.
func elapse(d time.Duration) { <-time.After(d) }

// refusal is how the carrier did not take a part, "" = it did.
func (r *rig) refusal(t *testing.T) (f carrier.Failure, code string) {
	t.Helper()
	_, err := r.Submit(t.Context(), part())
	var refused *carrier.Error
	if err != nil && !errors.As(err, &refused) {
		t.Error(err)
	}
	if refused == nil {
		return "", ""
	}
	return refused.Failure, refused.Code
}

// pauses submits at once after each pause, and tells how long the pauses were.
func (r *rig) pauses(t *testing.T, n int) (list []time.Duration) {
	t.Helper()
	for range n {
		f, _ := r.refusal(t)
		list = append(list, time.Until(r.PausedUntil()))
		if f == "" {
			list[len(list)-1] = 0
			continue
		}
		if f, code := r.refusal(t); f != carrier.Throttled || code != "" {
			t.Errorf("during the pause: %s %q", f, code)
		}
		elapse(time.Until(r.PausedUntil()))
	}
	return list
}

// Proves(error): throttle: ESME_RTHROTTLED pauses all binds for 1, 2, 4 … 30 seconds; ESME_RMSGQFUL holds back one message, or with `queue_full: bind` pauses for 5, 10, 20, 30.
func TestThrottlingPausesTheWholeCarrierLongerEachTime(t *testing.T) {
	cases := map[string]struct {
		settings Settings
		status   smpp.Status
		want     []int // seconds; 0 = taken
	}{
		"ESME_RTHROTTLED":              {Settings{Binds: 2}, smpp.StatusThrottled, []int{1, 2, 4, 8, 16, 30, 30, 0}},
		"ESME_RMSGQFUL as set":         {Settings{Binds: 2, QueueFullPauses: true}, smpp.StatusMsgQFul, []int{5, 10, 20, 30, 30, 30, 30, 0}},
		"ESME_RMSGQFUL of one message": {Settings{Binds: 2}, smpp.StatusMsgQFul, []int{-1, -1, -1}},
	}
	for name, c := range cases {
		inBubble(t, name, func(t *testing.T) {
			var statuses []smpp.Status
			for range 7 {
				statuses = append(statuses, c.status)
			}
			r := start(t, c.settings, refusing(statuses...))
			synctest.Wait()
			if c.want[0] < 0 {
				if f, _ := r.refusal(t); f != carrier.QueueFull || r.PausedUntil().After(time.Now()) {
					t.Errorf("%s, paused until %v", f, r.PausedUntil())
				}
				return
			}
			for i, pause := range r.pauses(t, len(c.want)) {
				if pause != time.Duration(c.want[i])*time.Second {
					t.Errorf("pause %d is %v, want %d s", i+1, pause, c.want[i])
				}
			}
		})
	}
}

// throttleOnce refuses the part of a number with ESME_RTHROTTLED.
func throttleOnce(number int) func(*smpptest.SMSC) {
	n := 0
	return func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			if n++; n == number {
				c.Reply(sequence, &smpp.SubmitSMResp{Status: smpp.StatusThrottled})
				return
			}
			c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "1"})
		}
	}
}

// taken counts the parts that are taken within a time when one follows another.
func (r *rig) taken(t *testing.T, within time.Duration) (n int) {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); n++ {
		r.submit(t, part())
	}
	return n
}

// Proves(error): throttle: ESME_RTHROTTLED halves the rate, configured or learnt (a low one when it happens twice within a minute), which grows by a tenth a minute.
func TestThrottlingHalvesTheRateWhichGrowsByATenthAMinute(t *testing.T) {
	inBubble(t, "configured", func(t *testing.T) {
		r := start(t, Settings{Throughput: 100}, throttleOnce(1))
		if f, _ := r.refusal(t); f != carrier.Throttled {
			t.Fatal(f)
		}
		elapse(time.Until(r.PausedUntil()))
		for minute, want := range []int{50, 60, 70, 80, 90, 100, 100} {
			began := time.Now()
			if n := r.taken(t, 10*time.Second); n < 10*want-10 || n > 10*want+15 {
				t.Errorf("minute %d: %d parts in ten seconds, want %d", minute, n, 10*want)
			}
			if slowed := r.Pace().Slowed; slowed != 0 && int(slowed) != want || slowed == 0 && want != 100 {
				t.Errorf("minute %d: slowed to %v", minute, slowed)
			}
			elapse(time.Minute - time.Since(began))
		}
	})
	inBubble(t, "learnt", func(t *testing.T) {
		r := start(t, Settings{}, throttleOnce(40))
		for range 39 {
			r.submit(t, part())
			elapse(25 * time.Millisecond)
		}
		if f, _ := r.refusal(t); f != carrier.Throttled || int(r.Pace().Slowed) != 20 {
			t.Fatalf("%s, slowed to %v; 40 parts had left within the second", f, r.Pace().Slowed)
		}
		elapse(time.Until(r.PausedUntil()))
		if n := r.taken(t, 10*time.Second); n < 195 || n > 205 {
			t.Errorf("%d parts in ten seconds, want 200", n)
		}
		elapse(6 * time.Minute)
		r.submit(t, part())
		if p := r.Pace(); p.Slowed != 0 || r.pace.interval != 0 {
			t.Errorf("still slowed after six minutes: %+v", p)
		}
	})
	inBubble(t, "a few parts teach nothing", func(t *testing.T) {
		r := start(t, Settings{}, throttleOnce(3))
		r.submit(t, part())
		r.submit(t, part())
		if f, _ := r.refusal(t); f != carrier.Throttled || r.Pace().Slowed != 0 {
			t.Errorf("%s, slowed to %v", f, r.Pace().Slowed)
		}
	})
	inBubble(t, "a few parts teach when it happens again", func(t *testing.T) {
		for again, slowed := range map[time.Duration]float64{20 * time.Second: 3, 2 * time.Minute: 0} {
			refused := 0
			r := start(t, Settings{}, func(s *smpptest.SMSC) {
				left := 0
				s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
					if left++; left == 6 || left == 9 {
						refused++
						c.Reply(sequence, &smpp.SubmitSMResp{Status: smpp.StatusThrottled})
						return
					}
					c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "1"})
				}
			})
			for range 6 { // six within a second
				_, _ = r.refusal(t)
				elapse(150 * time.Millisecond)
			}
			if r.Pace().Slowed != 0 {
				t.Errorf("slowed to %v by the first", r.Pace().Slowed)
			}
			elapse(again)
			for range 3 {
				_, _ = r.refusal(t)
			}
			if got := r.Pace().Slowed; got != slowed || refused != 2 {
				t.Errorf("again after %v: slowed to %v, want %v", again, got, slowed)
			}
		}
	})
	inBubble(t, "never below a part a second", func(t *testing.T) {
		r := start(t, Settings{Throughput: 4}, refusing(0x58, 0x58, 0x58, 0x58, 0x58))
		r.pauses(t, 5)
		if rate := r.Pace().Slowed; rate != 1 {
			t.Errorf("slowed to %v", rate)
		}
	})
}

// Proves(error): throttle: parts that wait for their turn when a pause begins are not handed over.
func TestPartsThatWaitForTheirTurnComeBackWhenThePauseBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Throughput: 1, Window: 10}, throttleOnce(2))
		r.submit(t, part())
		refused := make(chan string, 5)
		for range cap(refused) {
			go func() {
				_, code := r.refusal(t)
				refused <- code
			}()
		}
		elapse(10 * time.Second)
		synctest.Wait()
		codes := map[string]int{}
		for range len(refused) {
			codes[<-refused]++
		}
		if codes["ESME_RTHROTTLED"] != 1 || codes[""] == 0 {
			t.Errorf("refused as %v", codes)
		}
		if n := len(r.smsc.Requests); n > 8 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestPartIsAskedForRightBeforeItIsWritten has parts wait for the pace: what was so
// when they began to wait is not what counts.
func TestPartIsAskedForRightBeforeItIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := atomic.Int32{}
		r := start(t, Settings{Throughput: 1, Window: 1}, func(s *smpptest.SMSC) {
			s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: fmt.Sprint(seen.Add(1))})
			}
		})
		synctest.Wait()
		kept := errors.New("kept back")
		over := time.Now().Add(5500 * time.Millisecond)
		answers := make(chan error, 10)
		for range cap(answers) {
			go func() {
				p := part()
				p.Clear = func(context.Context) error {
					if time.Now().After(over) {
						return kept
					}
					return nil
				}
				_, err := r.Submit(t.Context(), p)
				answers <- err
			}()
		}
		taken, back := 0, 0
		for range cap(answers) {
			switch err := <-answers; {
			case err == nil:
				taken++
			case errors.Is(err, kept):
				back++
			default:
				t.Error(err)
			}
		}
		if seen := int(seen.Load()); taken+back != cap(answers) || seen != taken || taken < 5 || taken > 7 {
			t.Errorf("%d taken and %d kept back of %d; the SMSC has %d", taken, back, cap(answers), seen)
		}
		r.submit(t, part()) // what was kept back holds no place in the window
	})
}
