package dispatch

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// watched is a disk that tells a test what it does.
type watched struct {
	*disk
	before, after func(message.Reroute) // a message goes to another carrier
	read          func(name string)     // a page was read and is not handed over yet
}

func (w *watched) Reroute(ctx context.Context, r message.Reroute) error {
	w.before(r)
	defer w.after(r)
	return w.disk.Reroute(ctx, r)
}

func (w *watched) QueuedMessages(ctx context.Context, name string, after message.ID, limit int) ([]*message.Message, error) {
	defer w.read(name)
	return w.disk.QueuedMessages(ctx, name, after, limit)
}

// watched has a bench tell of its disk.
func (b *bench) watched(memory int) *watched {
	w := &watched{disk: b.disk, before: func(message.Reroute) {}, after: func(message.Reroute) {}, read: func(string) {}}
	s := b.Settings
	s.Store, s.Backlog, s.Memory = w, w, memory
	b.Dispatcher = New(s)
	return w
}

// move gives what waits for one carrier to another one, after a message.
func (b *bench) move(t *testing.T, from, to string, after message.ID) (moved int) {
	t.Helper()
	step, err := b.Move(t.Context(), MoveStep{From: from, To: to, After: after, Limit: 100,
		Fit: func(context.Context, *message.Message) (message.Hop, string) { return message.Hop{}, "" }})
	if err != nil {
		t.Error(err)
	}
	return step.Moved
}

// A message that is to come back to a carrier which it has just gone from, and which has not let go of it yet, is sent once, and soon.
func TestMessageThatIsToComeBackAtOnceIsSentOnce(t *testing.T) {
	leave := map[string]func(*testing.T, *bench, *scripted){
		"moved": func(t *testing.T, b *bench, _ *scripted) {
			b.Pause("a")
			b.accept(t, on("a"))
			b.move(t, "a", "b", message.ID{})
			b.Resume("a")
		},
		"without a connection": func(t *testing.T, b *bench, a *scripted) {
			a.connect(false)
			b.accept(t, on("a"))
			elapse(12 * time.Second)
			a.connect(true)
		},
		"refused": func(t *testing.T, b *bench, a *scripted) {
			a.answer = func(carrier.Part) error { return refusal(carrier.Elsewhere, "0x406") }
			b.accept(t, on("a"))
			synctest.Wait()
			a.answer = nil
		},
	}
	for what, leaves := range leave {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, c := newScripted("a", 1), newScripted("b", 1)
				b := routed(a, c)
				w := b.watched(0)
				w.after = func(r message.Reroute) {
					if r.From == "a" {
						b.move(t, "b", "a", message.ID{})
					}
				}
				b.start(t)
				leaves(t, b, a)
				elapse(30 * time.Second)
				synctest.Wait()
				if n := len(a.took()) + len(c.took()); n != 1 {
					t.Errorf("it was taken %d times", n)
				}
				b.stop(t)
			})
		})
	}
}

// A message that left a carrier while its queue was read, and comes back, is sent once: what was read is not what comes.
func TestWhatWasReadBeforeAMessageLeftIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		b := routed(a, c)
		w := b.watched(2)
		back := make(chan struct{})
		w.before = func(r message.Reroute) {
			if r.From == "b" {
				<-back
			}
		}
		var leaves atomic.Bool
		var second message.ID
		w.read = func(name string) {
			if name == "a" && leaves.CompareAndSwap(true, false) {
				b.move(t, "a", "b", second)
				go b.move(t, "b", "a", message.ID{})
				synctest.Wait()
			}
		}
		b.start(t)
		b.Pause("a")
		b.Pause("b")
		first := b.accept(t, on("a"))
		second = b.accept(t, on("a"))
		third := b.accept(t, on("a")) // on disk alone
		leaves.Store(true)
		if err := b.Cancel(t.Context(), first, "a"); err != nil {
			t.Fatal(err)
		}
		elapse(2 * time.Second)
		b.Resume("a")
		elapse(time.Second)
		close(back)
		b.Resume("b")
		elapse(30 * time.Second)
		synctest.Wait()
		if n := len(a.took()) + len(c.took()); n != 2 || b.disk.state(third) != message.Submitted {
			t.Errorf("two messages were taken %d times; the last is %s", n, b.disk.state(third))
		}
		b.stop(t)
	})
}

// A carrier is replaced after what is moved from it has gone: nobody sends that there meanwhile.
func TestCarrierIsNotReplacedWhileItsQueueIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		b := routed(a, c)
		w := b.watched(0)
		var ended <-chan struct{}
		w.before = func(message.Reroute) {
			ended = b.Retire("a")
			elapse(time.Second)
			if over(ended) {
				t.Error("it has ended")
			}
		}
		b.start(t)
		b.Pause("a")
		b.accept(t, on("a"))
		if n := b.move(t, "a", "b", message.ID{}); n != 1 {
			t.Errorf("%d moved", n)
		}
		<-ended
		synctest.Wait()
		if len(c.took()) != 1 {
			t.Errorf("it was taken %d times", len(c.took()))
		}
		b.stop(t)
	})
}

// A message that went to and fro before who accepted it hands it over is sent once.
func TestMessageThatIsHandedOverLateIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		b := routed(a, c)
		b.start(t)
		m := b.disk.accept(text(t, on("a")))
		b.Pause("b")
		b.move(t, "a", "b", message.ID{})
		b.move(t, "b", "a", message.ID{})
		synctest.Wait()
		b.Enqueue(m)
		elapse(30 * time.Second)
		synctest.Wait()
		if n := len(a.took()) + len(c.took()); n != 1 {
			t.Errorf("it was taken %d times", n)
		}
		b.stop(t)
	})
}
