package dispatch

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
)

// nowhere keeps nothing, and counts what it was told.
type nowhere struct {
	disk
	told sync.WaitGroup
}

func (n *nowhere) Submitted(context.Context, message.Submission) error {
	n.told.Done()
	return nil
}

// fast is a carrier that answers at once.
type fast struct{ network }

func (*fast) Slots() int                                                 { return 100 }
func (*fast) Submit(ctx context.Context, p carrier.Part) (string, error) { return "1", p.Cleared(ctx) }

// BenchmarkDispatch is what a message costs between its acceptance and the
// record of its submission, beside the disk and the carrier.
func BenchmarkDispatch(b *testing.B) {
	n := &nowhere{disk: disk{messages: map[message.ID]*message.Message{}}}
	d := New(Settings{Store: n, Backlog: n, Links: []Link{{Carrier: &fast{}}}, Memory: b.N + 1e6,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now})
	if err := d.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	for d.lanes["acme"].backlogged() {
	}
	m := message.Message{To: "+33700000000", Country: "FR", Carrier: "acme", Body: "Your code is 123456", Parts: 1, ExpiresAt: time.Now().Add(time.Hour)}
	b.ReportAllocs()
	for b.Loop() {
		next := m
		next.ID = uuid.New()
		n.told.Add(1)
		d.Enqueue(&next)
	}
	n.told.Wait()
	b.StopTimer()
	if err := d.Stop(context.Background()); err != nil {
		b.Error(err)
	}
}

func (l *lane) backlogged() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spilled
}
