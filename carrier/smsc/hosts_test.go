package smsc

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// town is SMSCs at addresses over pipes; who is not there refuses the connection.
type town struct {
	mu      sync.Mutex
	smscs   map[string]*smpptest.SMSC
	records []string // of every host; nil fails the lookup
}

func (n *town) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	smsc := n.smscs[address]
	n.mu.Unlock()
	if smsc == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return smsc.Dial(ctx)
}

func (n *town) lookup(context.Context, string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.records == nil {
		return nil, &net.DNSError{Err: "no such host", Name: "smsc.example", IsNotFound: true}
	}
	return slices.Clone(n.records), nil
}

func (n *town) set(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

// settle starts a carrier in a town.
func settle(t *testing.T, s Settings, n *town) *rig {
	t.Helper()
	s.Name, s.SystemID, s.Password = "acme", "gateway", "secret08"
	s.DialContext, s.LookupHost = n.dial, n.lookup
	s.Jitter = func() float64 { return 1 }
	k := newKept()
	r := &rig{Carrier: New(s, k), kept: k}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		for _, smsc := range n.smscs {
			smsc.Close()
		}
	})
	return r
}

// states counts the binds by address and state.
func states(c *Carrier) map[string]map[BindState]int {
	count := map[string]map[BindState]int{}
	for _, b := range c.Status().Binds {
		if count[b.Address] == nil {
			count[b.Address] = map[BindState]int{}
		}
		count[b.Address][b.State]++
	}
	return count
}

// Proves(bind): several addresses have their own number of binds each; one that is down is asked again, and the others take all meanwhile.
func TestAddressThatIsDownDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := smpptest.New(nil), smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"two:2775": two}}
		r := settle(t, Settings{Connection: Connection{Addresses: []Address{{Address: "one:2775", Binds: 1}, {Address: "two:2775", Binds: 2}}}}, n)
		if slots := r.Slots(); slots != 30 {
			t.Errorf("%d slots", slots)
		}
		synctest.Wait()
		if r.Bound() != 2 {
			t.Fatalf("%d binds", r.Bound())
		}
		r.submit(t, part())
		n.set(func() { n.smscs["one:2775"] = one })
		<-one.Binds
		synctest.Wait()
		want := []string{"one:2775", "two:2775", "two:2775"}
		for i, b := range r.Status().Binds {
			if b.Address != want[i] || b.State != BindUp {
				t.Errorf("%d: %+v", i, b)
			}
		}
		two.Close() // the other takes all
		synctest.Wait()
		r.submit(t, part())
		if got := states(r.Carrier); got["one:2775"][BindUp] != 1 || got["two:2775"][BindDown] != 2 {
			t.Error(got)
		}
	})
}

// Proves(bind): a secondary address on standby is bound, hears receipts, and takes parts only while no primary is up.
func TestStandbyTakesPartsOnlyWhileNoOtherIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := smpptest.New(nil), smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"one:1": one, "two:1": two}}
		r := settle(t, Settings{Window: 2, Connection: Connection{Addresses: []Address{{Address: "two:1", Binds: 1, Standby: true}, {Address: "one:1", Binds: 1}}}}, n)
		second := <-two.Binds
		<-one.Binds
		synctest.Wait()
		if slots := r.Slots(); slots != 2 {
			t.Errorf("%d slots", slots)
		}
		took := func(s *smpptest.SMSC) (parts int) {
			for len(s.Requests) > 0 {
				if _, ok := (<-s.Requests).PDU.(*smpp.SubmitSM); ok {
					parts++
				}
			}
			return parts
		}
		send := func(when string, first, standby, window int) {
			t.Helper()
			var done sync.WaitGroup
			for range 10 {
				done.Go(func() { r.submit(t, part()) })
			}
			done.Wait()
			if a, b := took(one), took(two); a != first || b != standby {
				t.Errorf("%s: the first took %d, the standby %d", when, a, b)
			}
			if b := r.Status().Binds[0]; !b.Standby || b.Window != window || b.State != BindUp {
				t.Errorf("%s: %+v", when, b)
			}
		}
		send("both up", 10, 0, 0)
		id := r.submit(t, part())
		second.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD err:000")})
		if got := <-r.kept.receipts; got.MessageID != id {
			t.Errorf("receipt for %q, want %q", got.MessageID, id)
		}
		took(one)
		n.set(func() { delete(n.smscs, "one:1") })
		one.Close()
		synctest.Wait()
		send("the first is down", 0, 10, 2)
		one = smpptest.New(nil)
		n.set(func() { n.smscs["one:1"] = one })
		<-one.Binds
		synctest.Wait()
		send("the first is back", 10, 0, 0)
	})
}

// Proves(bind): the binds of all addresses are one account: a receipt is matched on whichever of them it comes.
func TestReceiptsComeByWhicheverHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := smpptest.New(nil), smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"one:1": one, "two:1": two}}
		r := settle(t, Settings{Connection: Connection{Addresses: []Address{{Address: "one:1", Binds: 1}, {Address: "two:1", Binds: 1}}}}, n)
		first, second := <-one.Binds, <-two.Binds
		synctest.Wait()
		id := r.submit(t, part())
		for _, c := range []*smpptest.Conn{first, second} {
			c.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD err:000")})
			if got := <-r.kept.receipts; got.MessageID != id {
				t.Errorf("receipt for %q, want %q", got.MessageID, id)
			}
		}
	})
}

// Proves(bind): with `resolve: all` each DNS record of a host gets the binds; records that come are taken up, those that go are left after ten lookups.
func TestEveryRecordOfAHostGetsItsBinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := smpptest.New(nil), smpptest.New(nil)
		n := &town{
			smscs:   map[string]*smpptest.SMSC{"192.0.2.1:2775": a, "192.0.2.2:2775": b},
			records: []string{"192.0.2.1"},
		}
		r := settle(t, Settings{Connection: Connection{ResolveAll: true, Addresses: []Address{{Address: "smsc.example:2775", Binds: 2}}}}, n)
		synctest.Wait()
		if r.Bound() != 2 {
			t.Errorf("%d binds with one record", r.Bound())
		}
		n.set(func() { n.records = []string{"192.0.2.2", "192.0.2.1"} })
		pause(lookupInterval)
		synctest.Wait()
		if r.Bound() != 4 {
			t.Errorf("%d binds with two records", r.Bound())
		}
		n.set(func() { n.records = []string{"192.0.2.2"} })
		pause((lookupPatience - 1) * lookupInterval)
		if r.Bound() != 4 {
			t.Errorf("%d binds after answers that leave a record out for a while", r.Bound())
		}
		pause(lookupInterval + time.Second)
		if got := states(r.Carrier); r.Bound() != 2 || len(got) != 1 || got["192.0.2.2:2775"][BindUp] != 2 {
			t.Error(r.Bound(), got)
		}
	})
}

// Proves(bind): a host without a DNS record is shown with the reason, and looked up again.
func TestHostWithoutARecordIsToldAndLookedUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		smsc := smpptest.New(nil)
		n := &town{smscs: map[string]*smpptest.SMSC{"192.0.2.1:2775": smsc}}
		r := settle(t, Settings{Address: "smsc.example:2775", Connection: Connection{ResolveAll: true}}, n)
		synctest.Wait()
		binds := r.Status().Binds
		if len(binds) != 1 || binds[0].State != BindDown || binds[0].Address != "smsc.example:2775" || binds[0].Trouble == "" {
			t.Errorf("%+v", binds)
		}
		n.set(func() { n.records = []string{"192.0.2.1"} })
		<-smsc.Binds
		synctest.Wait()
		if got := states(r.Carrier); len(got) != 1 || got["192.0.2.1:2775"][BindUp] != 1 {
			t.Error(got)
		}
	})
}

// Proves(bind): after a refused login one bind of a host tries at a time: ten binds with a wrong password make six attempts in five minutes, however the SMSC says so.
func TestRefusedLoginIsTriedByOneBindOfAHostAtATime(t *testing.T) {
	cases := map[smpp.Status]string{
		smpp.StatusInvPaswd: "password", smpp.StatusInvSysID: "system_id", smpp.StatusBindFail: "system_id", smpp.Status(0x401): "status",
	}
	for status, told := range cases {
		inBubble(t, status.String(), func(t *testing.T) { refusedByOne(t, status, told) })
	}
}

func refusedByOne(t *testing.T, status smpp.Status, told string) {
	began := time.Now()
	var mu sync.Mutex
	var attempts []time.Duration
	smsc := smpptest.New(func(s *smpptest.SMSC) {
		s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status {
			mu.Lock()
			defer mu.Unlock()
			attempts = append(attempts, time.Since(began))
			return status
		}
	})
	r := settle(t, Settings{Address: "one:1", Binds: 10}, &town{smscs: map[string]*smpptest.SMSC{"one:1": smsc}})
	pause(5*time.Minute + time.Second)
	for _, b := range r.Status().Binds {
		if !strings.Contains(b.Trouble, told) || b.NextAttempt.Before(time.Now()) {
			t.Errorf("%+v", b)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(attempts) != 6 || attempts[0] != 0 {
		t.Errorf("ten binds tried at %v", attempts)
	}
}

// Proves(bind): with `mode: pairs` texts leave by a transmitter and receipts come by a receiver.
func TestPairSendsByItsTransmitterAndHearsByItsReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Connection: Connection{Pairs: true}}, nil)
		modes := map[smpp.BindMode]*smpptest.Conn{}
		for range 2 {
			c := <-r.smsc.Binds
			modes[c.Mode()] = c
		}
		if modes[smpp.Transmitter] == nil || modes[smpp.Receiver] == nil {
			t.Fatal(modes)
		}
		id := r.submit(t, part())
		for got := range r.smsc.Requests {
			if got.Header.ID == smpp.CommandSubmitSM {
				if got.Conn != modes[smpp.Transmitter] {
					t.Error("submitted over the receiver")
				}
				break
			}
		}
		modes[smpp.Receiver].Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD")})
		if got := <-r.kept.receipts; got.MessageID != id {
			t.Error(got)
		}
		for _, b := range r.Status().Binds {
			if b.State != BindUp || b.Mode == "receiver" != (b.Window == 0) {
				t.Errorf("%+v", b)
			}
		}
	})
}

// Proves(bind): a transmitter whose receiver is gone sends nothing while receipts are expected.
func TestPairWithoutItsReceiverSendsOnlyWhereNoReceiptsAreExpected(t *testing.T) {
	for name, unexpected := range map[string]bool{"receipts expected": false, "no receipts expected": true} {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{Receipts: Receipts{None: unexpected}, Connection: Connection{Pairs: true}}, nil)
			conns := map[smpp.BindMode]*smpptest.Conn{}
			for range 2 {
				c := <-r.smsc.Binds
				conns[c.Mode()] = c
			}
			synctest.Wait()
			conns[smpp.Receiver].Close()
			synctest.Wait()
			began := time.Now()
			r.submit(t, part())
			if waited := time.Since(began) > 0; waited == unexpected {
				t.Errorf("sent after %v", time.Since(began))
			}
			conns[smpp.Transmitter].Close()
			synctest.Wait()
			if r.Bound() != 0 {
				t.Error("bound without a transmitter")
			}
			r.submit(t, part())
		})
	}
}

// Proves(bind): a pair unbinds its receiver last.
func TestStopOfAPairClosesTheReceiverLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Connection: Connection{Pairs: true}}, nil)
		<-r.smsc.Binds
		<-r.smsc.Binds
		synctest.Wait()
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []smpp.BindMode
		for len(order) < 2 {
			if got := <-r.smsc.Requests; got.Header.ID == smpp.CommandUnbind {
				order = append(order, got.Conn.Mode())
			}
		}
		if order[0] != smpp.Transmitter || order[1] != smpp.Receiver {
			t.Error(order)
		}
	})
}

func TestStopBoundsTheReceiverToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Connection: Connection{Pairs: true}}, func(s *smpptest.SMSC) {
			s.OnPDU = func(_ *smpptest.Conn, h smpp.Header, _ smpp.PDU) bool { return h.ID == smpp.CommandUnbind }
		})
		<-r.smsc.Binds
		<-r.smsc.Binds
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Error(err, time.Since(began))
		}
	})
}
