package simulator_test

import (
	"net"
	"testing"

	"heliograph/carrier/simulator"
)

// TestAnyPortListensElsewhereWhenTaken starts a centre on an address that
// somebody else holds.
func TestAnyPortListensElsewhereWhenTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	f := newFixture(t, func(s *simulator.Settings) { s.Listen, s.AnyPort = address, true })
	if got := f.Addr().String(); got == address {
		t.Errorf("listens on %s, which is taken", got)
	}
	refused := simulator.New(simulator.Settings{Store: newDisk(), Listen: address})
	if err := refused.Start(t.Context()); err == nil {
		t.Error("a taken address was no error without AnyPort")
	}
}
