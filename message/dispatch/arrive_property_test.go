package dispatch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/message"
)

// slowDisk is a disk whose calls take time before and after what they do.
type slowDisk struct {
	*disk
	one  sync.Mutex // call at a time
	lags []time.Duration
	next atomic.Int64
}

func (d *slowDisk) lag() { elapse(d.lags[int(d.next.Add(1))%len(d.lags)]) }

func (d *slowDisk) slowly(do func() error) error {
	d.lag()
	defer d.lag()
	d.one.Lock()
	defer d.one.Unlock()
	return do()
}

func (d *slowDisk) Submitted(ctx context.Context, s message.Submission) error {
	return d.slowly(func() error { return d.disk.Submitted(ctx, s) })
}

func (d *slowDisk) Ended(ctx context.Context, e message.Ending) error {
	return d.slowly(func() error { return d.disk.Ended(ctx, e) })
}

func (d *slowDisk) Reroute(ctx context.Context, r message.Reroute) error {
	return d.slowly(func() error { return d.disk.Reroute(ctx, r) })
}

func (d *slowDisk) QueuedMessages(ctx context.Context, name string, after message.ID, limit int) (list []*message.Message, err error) {
	err = d.slowly(func() error { list, err = d.disk.QueuedMessages(ctx, name, after, limit); return err })
	return list, err
}

// traffic is what goes on at two carriers.
type traffic struct {
	answers map[string][]carrier.Failure
	deeds   []deed
	lags    []time.Duration
	memory  int
}

type deed struct {
	what    string
	carrier int
	wait    time.Duration
}

func drawTraffic(t *rapid.T) traffic {
	w := traffic{answers: map[string][]carrier.Failure{}, memory: rapid.IntRange(1, 4).Draw(t, "memory")}
	kinds := rapid.SampledFrom([]carrier.Failure{"", "", "", carrier.Transient, carrier.Elsewhere, carrier.Throttled, carrier.QuotaUsed})
	for _, name := range names[:2] {
		w.answers[name] = rapid.SliceOfN(kinds, 0, 20).Draw(t, name)
	}
	spans := []time.Duration{0, 0, 0, time.Millisecond, 20 * time.Millisecond, 250 * time.Millisecond, time.Second, 3 * time.Second, 12 * time.Second}
	w.lags = rapid.SliceOfN(rapid.SampledFrom(spans[:7]), 1, 30).Draw(t, "lags")
	w.deeds = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
		return deed{
			rapid.SampledFrom([]string{"text", "text", "text", "long", "up", "down", "move", "move", "pause", "resume"}).Draw(t, "what"),
			rapid.IntRange(0, 1).Draw(t, "carrier"), rapid.SampledFrom(spans).Draw(t, "wait"),
		}
	}), 1, 25).Draw(t, "deeds")
	return w
}

// However slow the disk, and whatever is moved while carriers come, go and refuse, a message goes once, over one carrier, and none is forgotten.
func TestMessageThatGoesToAndFroIsSentOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawTraffic(rt)
		var faults []string
		synctest.Test(t, func(t *testing.T) { faults = w.run(t) })
		if len(faults) > 0 {
			rt.Fatalf("%v\n%+v", faults, w)
		}
	})
}

func (w traffic) run(t *testing.T) (faults []string) {
	l := &ledger{map[string][]int{}, map[string]map[string]bool{}, map[string]int{}}
	all, one := []*scripted{newScripted("a", 2), newScripted("b", 2)}, make(chan struct{}, 1)
	for _, c := range all {
		answer := l.answer(c, w.answers[c.name])
		c.answer = func(p carrier.Part) error {
			one <- struct{}{}
			defer func() { <-one }()
			return answer(p)
		}
	}
	b := routed(all...)
	d := &slowDisk{disk: b.disk, lags: w.lags}
	s := b.Settings
	s.Store, s.Backlog, s.Memory = d, d, w.memory
	b.Dispatcher = New(s)
	b.start(t)
	var ids []message.ID
	var going sync.WaitGroup
	for _, what := range w.deeds {
		if id, sent := what.do(t, b, d, all[what.carrier], &going); sent {
			ids = append(ids, id)
		}
		elapse(what.wait)
	}
	for _, c := range all {
		c.connect(true)
		b.Resume(c.name)
	}
	going.Wait()
	elapse(30 * time.Minute)
	synctest.Wait()
	for _, id := range ids {
		if s := b.disk.state(id); s == message.Queued {
			faults = append(faults, fmt.Sprint(id, " waits still"))
		}
		if n := len(l.holders[id.String()]); n > 1 {
			faults = append(faults, fmt.Sprint(id, " went over several carriers"))
		}
	}
	for part, n := range l.taken {
		if n > 1 {
			faults = append(faults, fmt.Sprint(part, " was taken ", n, " times"))
		}
	}
	b.stop(t)
	return faults
}

// do does a deed, and gives the message that it sent. Of those that are forgotten
// none is found again: they are of the future.
func (what deed) do(t *testing.T, b *bench, d *slowDisk, c *scripted, going *sync.WaitGroup) (id message.ID, sent bool) {
	switch what.what {
	case "text", "long":
		m := text(t, on(c.name), func(m *message.Message) {
			m.AcceptedAt = m.AcceptedAt.Add(24 * time.Hour)
			if what.what == "long" {
				long(m)
			}
		})
		b.disk.accept(m)
		going.Go(func() {
			d.lag()
			b.Enqueue(m)
		})
		return m.ID, true
	case "up", "down":
		c.connect(what.what == "up")
	case "pause":
		b.Pause(c.name)
	case "resume":
		b.Resume(c.name)
	case "move":
		going.Go(func() { b.move(t, c.name, names[1-what.carrier], message.ID{}) })
	}
	return id, false
}
