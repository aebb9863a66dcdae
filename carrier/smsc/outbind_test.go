package smsc

import (
	"context"
	"net"
	"runtime"
	"testing"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// awaiting is a carrier that holds no binds of its own and listens for outbind from
// one host.
func awaiting(t *testing.T, host string, s Settings) (r *rig, at string) {
	t.Helper()
	s.Name, s.SystemID, s.Password = "acme", "gateway", "secret08"
	s.Addresses = []Address{{Address: net.JoinHostPort(host, "2775")}}
	s.OutbindListen = "127.0.0.1:0"
	k := newKept()
	r = &rig{New(s, k), smpptest.Start(nil), k}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		r.smsc.Close()
	})
	return r, r.outbinds.Load().listener.Addr().String()
}

// Proves(bind): outbind is answered with a bind on the same connection, as transceiver or receiver.
func TestOutbindIsAnsweredWithABindOnItsConnection(t *testing.T) {
	for name, pairs := range map[string]bool{"transceiver": false, "receiver": true} {
		t.Run(name, func(t *testing.T) {
			r, at := awaiting(t, "127.0.0.1", Settings{Connection: Connection{Pairs: pairs}})
			c, err := r.smsc.Outbind(t.Context(), at, &smpp.Outbind{SystemID: "smsc", Password: "theirs"})
			if err != nil {
				t.Fatal(err)
			}
			bind := received[*smpp.Bind](r)
			if modeName(bind.Mode) != name || bind.SystemID != "gateway" || bind.Password != "secret08" {
				t.Errorf("%v", bind)
			}
			if <-r.smsc.Binds != c {
				t.Error("bound on another connection")
			}
			id := "1"
			if !pairs {
				id = r.submit(t, part())
			}
			c.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD")})
			if got := <-r.kept.receipts; got.MessageID != id {
				t.Error(got)
			}
			b := r.Status().Binds
			for ; len(b) == 0 || b[0].State != BindUp; b = r.Status().Binds { // a receiver is heard before it is told to be up
				runtime.Gosched()
			}
			if len(b) != 1 || b[0].Mode != name {
				t.Errorf("%+v", b)
			}
		})
	}
}

// Proves(bind): outbind from an address that is not the carrier's is not told the password.
func TestOutbindFromAnotherHostIsNotToldThePassword(t *testing.T) {
	r, at := awaiting(t, "192.0.2.1", Settings{})
	if _, err := r.smsc.Outbind(t.Context(), at, &smpp.Outbind{SystemID: "smsc"}); err != nil {
		t.Fatal(err)
	}
	<-r.smsc.Closed
	select {
	case got := <-r.smsc.Requests:
		t.Errorf("told %v", got.PDU)
	default:
	}
}

// Proves(bind): a port for outbind that is taken is an error at the start.
func TestOutbindPortThatIsTakenIsAnErrorOfStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	c := New(Settings{Name: "acme", Address: "127.0.0.1:1", Connection: Connection{OutbindListen: taken.Addr().String()}}, newKept())
	if err := c.Start(t.Context()); err == nil {
		t.Error("started")
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
