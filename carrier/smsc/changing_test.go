package smsc

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// The operator may ask at any time: while a carrier begins, and while a host is
// looked up.
func TestStatusMayBeAskedWhileACarrierBegins(t *testing.T) {
	c := New(Settings{Name: "acme", Connection: Connection{
		Addresses: []Address{{Address: "192.0.2.1:1"}}, OutbindListen: "127.0.0.1:0",
	}}, newKept())
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for range 1000 {
			c.Status()
		}
	}()
	if err := c.Start(t.Context()); err != nil {
		t.Error(err)
	}
	<-asked
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStatusMayBeAskedWhileAHostIsLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &town{}
		r := settle(t, Settings{Address: "smsc.example:1", Connection: Connection{ResolveAll: true}}, n)
		pause(time.Second)
		n.set(func() { n.records = []string{"192.0.2.1"} })
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			for range 1000 {
				r.Status()
				<-time.After(100 * time.Millisecond)
			}
		}()
		for range 1000 {
			<-time.After(100 * time.Millisecond)
			r.Status()
		}
		<-asked
	})
}

// Proves(bind): a record that is gone does not keep the others from a changed password.
func TestRenewDoesNotWaitForABindThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, both := smpptest.New(guard("secret08", 10).configure), smpptest.New(nil)
		n := &town{
			smscs:   map[string]*smpptest.SMSC{"192.0.2.1:1": old, "192.0.2.2:1": both},
			records: []string{"192.0.2.1", "192.0.2.2"},
		}
		r := settle(t, Settings{Address: "smsc.example:1", Connection: Connection{ResolveAll: true}}, n)
		pause(time.Second)
		r.Renew("gateway", "newpass1")
		pause(time.Second) // the first one has left, and is refused
		n.set(func() { n.records = []string{"192.0.2.2"} })
		pause((lookupPatience + 1) * lookupInterval)
		<-both.Binds
		select {
		case <-both.Binds:
		default:
			t.Error("the other record has no bind with the changed login")
		}
	})
}

// Proves(bind): a changed password ends a session that the SMSC opened by outbind; the SMSC opens the next.
func TestRenewEndsASessionThatTheSMSCOpened(t *testing.T) {
	r, at := awaiting(t, "127.0.0.1", Settings{})
	if _, err := r.smsc.Outbind(t.Context(), at, &smpp.Outbind{}); err != nil {
		t.Fatal(err)
	}
	<-r.smsc.Binds
	r.submit(t, part()) // it is up
	r.Renew("gateway", "newpass1")
	<-r.smsc.Closed
	if _, err := r.smsc.Outbind(t.Context(), at, &smpp.Outbind{}); err != nil {
		t.Fatal(err)
	}
	for bind := received[*smpp.Bind](r); bind.Password != "newpass1"; bind = received[*smpp.Bind](r) {
	}
}

// Proves(bind): a port for outbind that is taken does not keep a carrier from its own binds.
func TestCarrierBindsThoughItsOutbindPortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	smsc := smpptest.Start(nil)
	defer smsc.Close()
	c := New(Settings{Name: "acme", Address: smsc.Addr, SystemID: "us", Connection: Connection{OutbindListen: taken.Addr().String()}}, newKept())
	if err := c.Start(t.Context()); err == nil {
		t.Error("not told")
	}
	<-smsc.Binds
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// Whoever scans ports does not write the log.
func TestStrangersAtTheOutbindPortAreToldOnce(t *testing.T) {
	log := &recorder{}
	r, at := awaiting(t, "192.0.2.1", Settings{Log: log.logger()})
	for range 20 {
		if _, err := r.smsc.Outbind(t.Context(), at, &smpp.Outbind{}); err != nil {
			t.Fatal(err)
		}
		<-r.smsc.Closed
	}
	if n := log.count("none of the carrier's addresses"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
