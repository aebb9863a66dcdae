package smsc

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// guarded is an SMSC that takes one password and at most so many sessions.
type guarded struct {
	password atomic.Value
	most     int
}

func (g *guarded) configure(s *smpptest.SMSC) {
	s.OnBind = func(_ *smpptest.Conn, bind *smpp.Bind) smpp.Status {
		switch {
		case bind.Password != g.password.Load():
			return smpp.StatusInvPaswd
		case s.Open() > g.most:
			return smpp.StatusAlyBnd
		}
		return smpp.StatusOK
	}
}

func guard(password string, most int) *guarded {
	g := &guarded{most: most}
	g.password.Store(password)
	return g
}

// least samples how many binds take parts until stop is closed.
func least(r *rig, stop <-chan struct{}) <-chan int {
	result := make(chan int, 1)
	go func() {
		lowest := r.Bound()
		for {
			select {
			case <-stop:
				result <- lowest
				return
			case <-time.After(time.Millisecond):
				lowest = min(lowest, r.Bound())
			}
		}
	}()
	return result
}

// Proves(bind): a changed password is taken up by one bind after the other.
func TestRenewBindsOneAfterTheOther(t *testing.T) {
	for name, pairs := range map[string]bool{"transceivers": false, "pairs": true} {
		inBubble(t, name, func(t *testing.T) {
			g := guard("secret08", 100)
			r := start(t, Settings{Binds: 3, Connection: Connection{Pairs: pairs}}, g.configure)
			synctest.Wait()
			sessions := len(r.Status().Binds)
			for range sessions {
				<-r.smsc.Binds
			}
			stop := make(chan struct{})
			lowest := least(r, stop)
			g.password.Store("newpass1")
			r.Renew("gateway", "newpass1")
			for range sessions {
				<-r.smsc.Binds
			}
			pause(time.Second)
			close(stop)
			if low := <-lowest; low < 2 {
				t.Errorf("only %d of 3 binds were up", low)
			}
			if r.Bound() != 3 || r.smsc.Open() != sessions {
				t.Errorf("%d bound, %d connections", r.Bound(), r.smsc.Open())
			}
			r.submit(t, part())
		})
	}
}

// Proves(bind): a single bind takes up a changed password without a gap where the SMSC allows two sessions.
func TestRenewOfASingleBindLeavesNoGapWhereTwoMayBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard("secret08", 2)
		r := start(t, Settings{}, g.configure)
		<-r.smsc.Binds
		synctest.Wait()
		stop := make(chan struct{})
		lowest := least(r, stop)
		g.password.Store("newpass1")
		r.Renew("gateway", "newpass1")
		<-r.smsc.Binds
		pause(time.Second)
		close(stop)
		if low := <-lowest; low != 1 || r.Bound() != 1 || r.smsc.Open() != 1 {
			t.Errorf("lowest %d, bound %d, %d connections", low, r.Bound(), r.smsc.Open())
		}
	})
}

// Proves(bind): a single bind takes up a changed password without losing a part where the SMSC allows one session.
func TestRenewOfASingleBindLosesNoPartWhereOneMayBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard("secret08", 1)
		answer := make(chan struct{})
		r := start(t, Settings{}, func(s *smpptest.SMSC) {
			g.configure(s)
			s.Next(smpp.CommandSubmitSM, smpptest.When(answer, smpptest.AcceptAs("old")))
		})
		<-r.smsc.Binds
		first, second := make(chan string, 1), make(chan string, 1)
		go func() { first <- r.submit(t, part()) }()
		received[*smpp.SubmitSM](r)
		g.password.Store("newpass1")
		r.Renew("gateway", "newpass1")
		pause(10 * time.Second) // the answer under way is awaited
		go func() { second <- r.submit(t, part()) }()
		close(answer)
		if id := <-first; id != "old" {
			t.Errorf("answered %q", id)
		}
		began := time.Now()
		<-r.smsc.Binds
		if id := <-second; id == "" || time.Since(began) > 0 {
			t.Errorf("%q after %v", id, time.Since(began))
		}
	})
}

// Proves(bind): a changed password that the SMSC refuses costs at most one of several sessions and never the only one, and is told.
func TestRefusedRenewalKeepsTheSessions(t *testing.T) {
	for name, binds := range map[string]int{"one": 1, "three": 3} {
		inBubble(t, name, func(t *testing.T) {
			g := guard("secret08", 100)
			r := start(t, Settings{Binds: binds}, g.configure)
			synctest.Wait()
			r.Renew("gateway", "wrong000")
			pause(10 * time.Minute)
			if bound := r.Bound(); bound < max(1, binds-1) {
				t.Errorf("%d of %d bound", bound, binds)
			}
			troubled := 0
			for _, b := range r.Status().Binds {
				if b.Trouble != "" {
					troubled++
				}
			}
			if troubled != 1 {
				t.Errorf("%d binds in trouble", troubled)
			}
			r.submit(t, part())
			r.Renew("gateway", "secret08") // taken back
			pause(time.Minute)
			if r.Bound() != binds {
				t.Errorf("%d of %d bound", r.Bound(), binds)
			}
		})
	}
}

// Proves(bind): a corrected password is tried at once, without the minute of a refused login.
func TestCorrectedPasswordIsTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard("newpass1", 100)
		r := start(t, Settings{Binds: 3}, g.configure)
		pause(time.Second)
		began := time.Now()
		r.Renew("gateway", "newpass1")
		for range 3 {
			<-r.smsc.Binds
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("bound after %v", took)
		}
	})
}
