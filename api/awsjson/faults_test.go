package awsjson

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/api"
	"heliograph/api/fault"
)

// account is the one that the tests' key belongs to.
const account = "111122223333"

func (s *server) setFaults(t testing.TB, faults ...fault.Fault) {
	t.Helper()
	if err := s.faults.Set(account, faults); err != nil {
		t.Fatal(err)
	}
}

// counted is a server on which DeletePool counts its runs.
func counted(t *testing.T) (s *server, runs *atomic.Int32) {
	s, runs = newServer(t), new(atomic.Int32)
	Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) {
		runs.Add(1)
		return &api.DeletePoolOutput{}, nil
	})
	return s, runs
}

const goodPool = `{"PoolId":"pool-1"}`

func TestFaultIsMetByRequestsThatAreRightAlone(t *testing.T) {
	s, runs := counted(t)
	s.setFaults(t, fault.Fault{Operation: "DeletePool", Exception: api.ThrottlingException, Count: 1})
	s.call(t, "DeletePool", `{}`).wants(t, api.ValidationException, "MISSING_PARAMETER")
	unsigned := s.request(t, "DeletePool", goodPool, nil)
	unsigned.Header.Del("Authorization")
	s.send(t, unsigned).wants(t, api.MissingAuthenticationTokenException, "")
	s.call(t, "DeletePool", goodPool).wants(t, api.ThrottlingException, "")
	if runs.Load() != 0 {
		t.Error("the call with the fault was served")
	}
	if a := s.call(t, "DeletePool", goodPool); a.status != http.StatusOK || runs.Load() != 1 {
		t.Errorf("after the fault: %s, %d runs", a.text, runs.Load())
	}
}

func TestFaultComesBeforeTheFirstAnswerOfAToken(t *testing.T) {
	s, l := newLists(t)
	const body = `{"OptOutListName":"a","ClientToken":"t1"}`
	first := s.call(t, "CreateOptOutList", body)
	s.setFaults(t, fault.Fault{Operation: "CreateOptOutList", Exception: api.InternalServerException, Count: 1})
	s.call(t, "CreateOptOutList", body).wants(t, api.InternalServerException, "")
	if again := s.call(t, "CreateOptOutList", body); again.text != first.text || l.made.Load() != 1 {
		t.Errorf("%s, then %s", first.text, again.text)
	}
}

func TestCutConnectionBeforeAndAfterTheCallIsServed(t *testing.T) {
	for cut, served := range map[fault.Cut]int32{fault.CutBefore: 0, fault.CutAfter: 1} {
		s, runs := counted(t)
		s.setFaults(t, fault.Fault{Operation: "DeletePool", Cut: cut, Count: 1})
		resp, err := s.http.Client().Do(s.request(t, "DeletePool", goodPool, nil))
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s: HTTP %d, want a cut connection", cut, resp.StatusCode)
		}
		if runs.Load() != served {
			t.Errorf("%s: served %d times, want %d", cut, runs.Load(), served)
		}
		if a := s.call(t, "DeletePool", goodPool); a.status != http.StatusOK {
			t.Errorf("%s, then %s", cut, a.text)
		}
		s.http.Close() // the log is complete
		if s.log.Len() > 0 {
			t.Errorf("%s: logged %s", cut, s.log)
		}
	}
}

func TestDelayedCallIsServed(t *testing.T) {
	const delay = 20 * time.Millisecond
	s, runs := counted(t)
	s.setFaults(t, fault.Fault{Operation: "DeletePool", Delay: delay, Count: 1})
	begun := time.Now()
	if a := s.call(t, "DeletePool", goodPool); a.status != http.StatusOK || runs.Load() != 1 || time.Since(begun) < delay {
		t.Errorf("%s after %s", a.text, time.Since(begun))
	}
}

// met tells when a call has met its fault.
type met struct {
	fault fault.Fault
	when  chan struct{}
}

func (m met) Next(string, string) (fault.Fault, bool) {
	close(m.when)
	return m.fault, true
}

func TestHeldCallEndsWhenItsCallerLeaves(t *testing.T) {
	s, runs := counted(t)
	m := met{fault.Fault{Operation: "DeletePool", Delay: fault.MaxDelay, Count: 1}, make(chan struct{})}
	s.server.Faults = m
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-m.when
		leave()
	}()
	resp, err := s.http.Client().Do(s.request(t, "DeletePool", goodPool, nil).WithContext(ctx))
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	s.http.Close() // waits for the call
	if runs.Load() != 0 || s.log.Len() > 0 {
		t.Errorf("served %d times, logged %s", runs.Load(), s.log)
	}
}

func TestDelayIsKeptExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if !held(t.Context(), time.Minute) || time.Since(begun) != time.Minute {
			t.Errorf("held for %s", time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if begun = time.Now(); held(ctx, time.Minute) || time.Since(begun) != time.Second {
			t.Errorf("held for %s after its caller left", time.Since(begun))
		}
	})
}
