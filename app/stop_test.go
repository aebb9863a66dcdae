package app

import (
	"context"
	"net"
	"testing"
	"time"

	"heliograph/config"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// withCarrier is a configuration with one SMPP carrier at an address.
func withCarrier(address string) *config.File {
	file := config.Default()
	file.Routes = []config.Route{{Carriers: []string{"acme"}}}
	file.Carriers = []config.Carrier{{
		Name: "acme", Type: config.SMPP, Address: address, SystemID: "us", Password: config.NewSecret("secret"),
		Binds: 1, Window: 10, Reference: 8,
	}}
	return file
}

// sendNamed sends a text to France from a sender ID and gives its id.
func (r *running) sendNamed() string {
	r.t.Helper()
	return r.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33612346099", "MessageBody": "hello", "OriginationIdentity": "ACME"})["MessageId"].(string)
}

// quick is what a stop may take that has nothing to wait for, on a slow machine too:
// less than drainTime, which it takes to wait in vain.
const quick = 8 * time.Second

func stopsQuickly(t *testing.T, r *running) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	begun := time.Now()
	if err := r.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(begun); took > quick {
		t.Errorf("the stop took %v", took)
	}
}

// TestTextForAnUnreachableCarrierSurvivesAStop sends to a carrier that is not
// there, stops, and starts again when it is.
func TestTextForAnUnreachableCarrierSurvivesAStop(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	s := run(t, folder, withCarrier(nobody.Addr().String()), nil)
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	s.sendNamed()
	stopsQuickly(t, s)

	peer := smpptest.Start(nil)
	defer peer.Close()
	run(t, folder, withCarrier(peer.Addr), nil)
	if text := awaitSubmit(t, peer); text != "hello" {
		t.Errorf("the carrier got %q", text)
	}
}

// awaitSubmit waits for a submit_sm and gives its text.
func awaitSubmit(t *testing.T, peer *smpptest.SMSC) string {
	t.Helper()
	for {
		select {
		case r := <-peer.Requests:
			if m, ok := r.PDU.(*smpp.SubmitSM); ok {
				return string(m.ShortMessage)
			}
		case <-time.After(patience):
			t.Fatal("no text reached the carrier")
		}
	}
}

// TestStopIsBoundedWhenACarrierDoesNotAnswer leaves time for what comes after
// the carriers: the store is closed in order.
func TestStopIsBoundedWhenACarrierDoesNotAnswer(t *testing.T) {
	peer := smpptest.Start(func(s *smpptest.SMSC) {
		s.OnSubmit = func(*smpptest.Conn, uint32, *smpp.SubmitSM) {}
	})
	defer peer.Close()
	folder := t.TempDir()
	s := run(t, folder, withCarrier(peer.Addr), nil)
	s.sendNamed()
	awaitSubmit(t, peer)
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	begun := time.Now()
	if err := s.Stop(ctx); err == nil {
		t.Error("nobody was told that answers were not awaited")
	}
	if took := time.Since(begun); took > quick {
		t.Errorf("the stop took %v", took)
	}
	if err := s.store.Ready(context.Background()); err == nil {
		t.Error("the store is open after the stop")
	}
}
