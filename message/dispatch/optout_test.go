package dispatch

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// Rule(SendTextMessage): a message whose recipient opted out ends TEXT_BLOCKED with OPTED_OUT when its turn comes; the confirmation of an opt-out goes.
func TestOptedOutIsNotHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.disk.optOut("+33700000000")
		b.start(t)
		id := b.accept(t, long)
		confirmed := b.accept(t, func(m *message.Message) { m.Confirmation = true })
		other := b.accept(t, func(m *message.Message) { m.To = "+33700000001" })
		synctest.Wait()
		for _, p := range b.disk.parts(id) {
			if p.State != message.Blocked || p.Code != message.CodeOptedOut || p.Attempts != 0 {
				t.Errorf("part %+v", p)
			}
		}
		for _, id := range []message.ID{confirmed, other} {
			if s := b.disk.state(id); s != message.Submitted {
				t.Errorf("what may go is %s", s)
			}
		}
		if n := len(b.net.submissions()); n != 2 {
			t.Errorf("%d submissions", n)
		}
		b.stop(t)
	})
}

// TestUnreadableListHoldsMessagesBack goes on when the database does.
func TestUnreadableListHoldsMessagesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.disk.unread = true
		b.start(t)
		id := b.accept(t)
		elapse(10 * time.Second)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Queued || len(b.net.submissions()) != 0 {
			t.Errorf("the message is %s after %d submissions", s, len(b.net.submissions()))
		}
		b.disk.mu.Lock()
		b.disk.unread = false
		b.disk.mu.Unlock()
		elapse(5 * time.Second)
		synctest.Wait()
		if p := b.disk.parts(id)[0]; p.State != message.Submitted || p.Attempts != 1 {
			t.Errorf("the part is %+v", p)
		}
		b.stop(t)
	})
}

// careless is a network that does not ask.
type careless struct{ *network }

func (c careless) Submit(ctx context.Context, p carrier.Part) (string, error) {
	p.Clear = nil
	return c.network.Submit(ctx, p)
}

// TestCarrierThatDoesNotAskIsPaused sends one part over it and no more: what was
// taken is on record, and the rest waits.
func TestCarrierThatDoesNotAskIsPaused(t *testing.T) {
	for name, body := range map[string]func(*message.Message){"one part": func(*message.Message) {}, "several": long} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, log := newBench(&network{}, 0), &book{}
				b.Log = log.logger()
				b.lanes["acme"].Carrier = careless{b.net}
				b.start(t)
				first := b.accept(t, body)
				synctest.Wait()
				second := b.accept(t)
				elapse(time.Hour)
				synctest.Wait()
				if p := b.disk.parts(first)[0]; p.State != message.Submitted || len(b.net.submissions()) != 1 {
					t.Errorf("after %d submissions the part is %+v", len(b.net.submissions()), p)
				}
				if s := b.disk.state(second); s != message.Queued || !b.Standing("acme").Paused {
					t.Errorf("the next message is %s, the carrier %+v", s, b.Standing("acme"))
				}
				if !strings.Contains(log.text(), "without asking") {
					t.Errorf("logged %q", log.text())
				}
				b.stop(t)
			})
		})
	}
}

// book keeps what is logged.
type book struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (b *book) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func (b *book) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.Write(line)
}

func (b *book) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines.String()
}

// slowLists is a disk whose opt-out lists answer when the caller has left.
type slowLists struct{ *disk }

func (s slowLists) OptedOut(ctx context.Context, _ *message.Message) (bool, error) {
	<-ctx.Done()
	return false, errors.Join(errors.New("reading"), ctx.Err())
}

// TestLookUpThatIsCutShortIsNoTrouble has a message expire, and the dispatcher
// stop, while a list is being read: nobody is woken for that.
func TestLookUpThatIsCutShortIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newBench(&network{slots: 2}, 0), &book{}
		b.Log, b.Store = log.logger(), slowLists{b.disk}
		b.start(t)
		expires, waits := b.accept(t, lives(time.Minute)), b.accept(t)
		elapse(2 * time.Minute)
		synctest.Wait()
		if p := b.disk.parts(expires)[0]; p.State != message.Expired || p.Attempts != 0 {
			t.Errorf("the part is %+v", p)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
		if s := b.disk.state(waits); s != message.Queued || strings.Contains(log.text(), "looked up") {
			t.Errorf("the message is %s; logged %q", s, log.text())
		}
	})
}
