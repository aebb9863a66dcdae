package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/store"
	"heliograph/store/sqlite"
	"heliograph/store/storetest"
)

// BenchmarkRoad is the whole life of messages of one part with 64 concurrent
// callers: accepted, submitted, delivered, each durable before the next.
func BenchmarkRoad(b *testing.B) {
	db, err := sqlite.Open(filepath.Join(b.TempDir(), "db"))
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := db.Stop(context.Background()); err != nil {
			b.Error(err)
		}
	}()
	var next atomic.Int64
	var callers sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu(b)
	for range 64 {
		callers.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := live(b.Context(), db, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
	spent := cpu(b) - before
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "µs-CPU/message")
}

// live takes a message along the road.
func live(ctx context.Context, db *store.DB, n int64) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	m := storetest.Message(id, 1)
	m.Context = nil
	m.Why = message.Why{Asked: "SENDER_ID", Chosen: "EXPLICIT", Candidates: []message.Considered{{Identity: "SENDER", Kind: carrier.Alphanumeric}}}
	if err := db.Accept(ctx, m); err != nil {
		return err
	}
	carrierID := fmt.Sprintf("%08x", n*2654435761)
	if err := db.Submitted(ctx, message.Submission{ID: id, Part: 1, Parts: 1, Carrier: m.Carrier, CarrierMessageID: carrierID, Attempts: 1, At: m.AcceptedAt}); err != nil {
		return err
	}
	found, err := db.Receipt(ctx, message.Receipt{Carrier: m.Carrier, CarrierMessageID: carrierID, State: message.Delivered, At: m.AcceptedAt})
	if err == nil && found != message.Matched {
		return fmt.Errorf("the receipt of message %s matched nothing", id)
	}
	return err
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
