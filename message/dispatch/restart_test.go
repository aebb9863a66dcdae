package dispatch

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// Rule(SendTextMessage): what does not fit into memory stays on disk and is sent from there, each message once.
// Proves(limit): backlog beyond memory stays on disk, and each message goes once.
func TestSpilledMessagesAreSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		b := newBench(&network{slots: 3, answer: func(context.Context, carrier.Part) error {
			<-open
			elapse(10 * time.Millisecond)
			return nil
		}}, 8)
		b.start(t)
		const many = 1500 // more than a page
		ids := make([]message.ID, many)
		for i := range ids {
			ids[i] = b.accept(t)
		}
		synctest.Wait()
		close(open)
		for range 50 {
			elapse(100 * time.Millisecond)
			ids = append(ids, b.accept(t)) // while the disk is read
		}
		elapse(30 * time.Minute)
		synctest.Wait()
		times := map[string]int{}
		for _, p := range b.net.submissions() {
			times[p.MessageID]++
		}
		for _, id := range ids {
			if times[id.String()] != 1 {
				t.Errorf("message was sent %d times", times[id.String()])
			}
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): what was not submitted before a stop is sent after the next start, and a text goes on at its first missing part.
// Proves(limit): a restart goes on where it stopped.
func TestRestartGoesOnWhereItStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := newBench(&network{answer: func(ctx context.Context, p carrier.Part) error {
			if p.Number == 2 {
				return down(ctx, p)
			}
			return nil
		}}, 0)
		first.start(t)
		half, whole := first.accept(t, long), first.accept(t)
		synctest.Wait()
		begun := time.Now()
		first.stop(t)
		if took := time.Since(begun); took > 11*time.Second {
			t.Errorf("Stop took %v", took)
		}
		again := restarted(first.disk, &network{}, 0)
		again.start(t)
		synctest.Wait()
		seen := again.net.submissions()
		if len(seen) != 3 || seen[0].Number != 2 || seen[1].Number != 3 || seen[0].MessageID != half.String() || seen[2].MessageID != whole.String() {
			t.Errorf("sent after the restart: %+v", seen)
		}
		again.stop(t)
	})
}

func TestStopWaitsForSubmissionsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{answer: func(context.Context, carrier.Part) error {
			elapse(3 * time.Second)
			return nil
		}}, 0)
		b.start(t)
		under, waiting := b.accept(t), b.accept(t)
		synctest.Wait()
		b.stop(t)
		if b.disk.state(under) != message.Submitted || b.disk.state(waiting) != message.Queued {
			t.Errorf("under way: %s, waiting: %s", b.disk.state(under), b.disk.state(waiting))
		}
	})
}

func TestStopIsBoundedWhenACarrierHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		b := newBench(&network{answer: func(context.Context, carrier.Part) error {
			<-release
			return nil
		}}, 0)
		b.start(t)
		b.accept(t)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := b.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Stop = %v", err)
		}
		close(release)
	})
}

func TestSubmissionIsRecordedWhenTheDiskHasRoomAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.start(t)
		b.disk.mu.Lock()
		b.disk.full = true
		b.disk.mu.Unlock()
		id := b.accept(t)
		elapse(10 * time.Second)
		b.disk.mu.Lock()
		b.disk.full = false
		b.disk.mu.Unlock()
		elapse(2 * time.Second)
		synctest.Wait()
		if n := len(b.net.submissions()); n != 1 || b.disk.state(id) != message.Submitted {
			t.Errorf("%d submissions, message is %s", n, b.disk.state(id))
		}
		b.stop(t)
	})
}

func TestMessagesOfAVanishedCarrierStayUntilTheyExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := newBench(&network{}, 0)
		b.Log = slog.New(slog.NewTextHandler(&log, nil))
		gone := func(m *message.Message) { m.Carrier = "gone" }
		id := b.accept(t, gone)
		short := b.accept(t, gone, long, lives(30*time.Minute))
		b.start(t)
		elapse(time.Hour)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Queued || !strings.Contains(log.String(), "carrier=gone messages=2") {
			t.Errorf("message is %s, log %q", s, log.String())
		}
		for _, p := range b.disk.parts(short) {
			if p.State != message.Expired {
				t.Errorf("part %d of the one that had half an hour is %s", p.Number, p.State)
			}
		}
		b.stop(t)
	})
}
