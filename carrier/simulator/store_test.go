package simulator_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"heliograph/carrier/simulator"
	"heliograph/protocol/smpp"
	"heliograph/store"
	"heliograph/store/sqlite"
)

func openStore(tb testing.TB, dir string) *store.DB {
	tb.Helper()
	db, err := sqlite.Open(filepath.Join(dir, "heliograph.db"))
	if err != nil {
		tb.Fatal(err)
	}
	if err := db.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

func stopStore(tb testing.TB, db *store.DB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := db.Stop(ctx); err != nil {
		tb.Error(err)
	}
}

func TestTextsAndReceiptsSurviveOnTheRealStore(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	f := newFixture(t, func(s *simulator.Settings) { s.Store = db })
	f.setRules(t, operator, simulator.Rule{Prefix: "+33", Outcome: simulator.Delivered})
	c := f.dial(t, smpp.Transmitter, "esme")
	body := strings.Repeat("0123456789", 40)
	parts := inParts("udh8", body, "")
	c.submit(t, parts[2])
	c.submit(t, parts[0])
	stop(t, f.SMSC)
	stopStore(t, db)

	db = openStore(t, dir)
	t.Cleanup(func() { stopStore(t, db) })
	f.settings.Store = db
	f.start(t)
	t.Cleanup(func() { stop(t, f.SMSC) })
	c = f.dial(t, smpp.Transceiver, "esme")
	c.submit(t, parts[1])
	for range parts {
		c.receives(t)
	}
	_, answer := f.call(t, operator, "GET", "/handsets/+33612345678/messages", "")
	if !strings.Contains(string(answer), `"id":1,"direction":"TO_HANDSET","from":"SENDER","to":"+33612345678","fromKind":"ALPHANUMERIC","body":"`+body+`"`) {
		t.Errorf("got %s", answer)
	}
}

// A text from submit_sm to the answered receipt, 200 at once on one bind, the
// client on the same machine.
func BenchmarkSubmitToReceipt(b *testing.B) {
	db := openStore(b, b.TempDir())
	smsc := simulator.New(simulator.Settings{Store: db})
	if err := smsc.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	var receipts atomic.Int64
	client, err := smpp.Dial(b.Context(), smsc.Addr().String(), nil, &smpp.Bind{Mode: smpp.Transceiver, SystemID: "b"}, smpp.Config{
		Window:  200,
		Handler: smpp.HandlerFunc(func(_ context.Context, _ smpp.PDU, r smpp.Reply) { r.OK(); receipts.Add(1) }),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var sent sync.WaitGroup
	for i := range 200 {
		sent.Go(func() {
			p := text(alphanumeric("SENDER"), french, "Your code is 123456. It is good for ten minutes.", "")
			for range (b.N + i) / 200 {
				if _, err := client.Submit(b.Context(), p); err != nil {
					b.Error(err)
				}
			}
		})
	}
	sent.Wait()
	b.StopTimer()
	b.ReportMetric(float64(receipts.Load())/float64(b.N), "receipts/op")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		b.Error(err)
	}
	if err := smsc.Stop(ctx); err != nil {
		b.Error(err)
	}
	stopStore(b, db)
}
