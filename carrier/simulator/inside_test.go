package simulator

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

func TestOutboxKeepsItsTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		started := time.Now()
		took := map[int64]time.Duration{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				d, ok := o.next(ctx)
				if !ok {
					return
				}
				took[d.ID] = time.Since(started)
				if d.ID == 3 && d.attempts < 2 {
					o.putBack(d)
				}
			}
		}()
		o.put(&Delivery{ID: 1, DueAt: started.Add(3 * time.Hour)})
		synctest.Wait()
		o.put(&Delivery{ID: 2, DueAt: started.Add(time.Minute)}, &Delivery{ID: 3, DueAt: started})
		<-time.After(4 * time.Hour) // of the bubble: it passes at once
		cancel()
		<-done
		want := map[int64]time.Duration{1: 3 * time.Hour, 2: time.Minute, 3: firstPause + 2*firstPause}
		for id, d := range want {
			if took[id] != d {
				t.Errorf("delivery %d after %v, want %v", id, took[id], d)
			}
		}
	})
}

func TestOutboxGoesOnWithAnotherReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan *Delivery, 1)
		go o.next(ctx)
		o.put(&Delivery{ID: 1, DueAt: time.Now().Add(time.Hour)})
		synctest.Wait()
		go func() {
			d, _ := o.next(t.Context())
			got <- d
		}()
		synctest.Wait()
		cancel()
		if d := <-got; d.ID != 1 {
			t.Errorf("got %+v", d)
		}
	})
}

func TestPausesBetweenAttemptsAreBounded(t *testing.T) {
	now := time.Now()
	o := newOutbox(func() time.Time { return now })
	d := &Delivery{}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		o.putBack(d)
		if got := d.DueAt.Sub(now); got != want*time.Second {
			t.Errorf("got %v, want %v s", got, want)
		}
	}
}

func TestBellForgetsThoseWhoLetGo(t *testing.T) {
	var b bell
	first, letFirstGo := b.hold(screen{"shop", "+1"})
	second, letSecondGo := b.hold(screen{"shop", "+1"})
	letFirstGo()
	b.ring("shop", "+2")
	b.ring("shop", "+1")
	<-first
	<-second
	letSecondGo()
	_, letGo := b.hold(screen{"shop", "+1"})
	letGo()
	if len(b.waiting) != 0 {
		t.Errorf("%d screens are still waited for", len(b.waiting))
	}
}

func TestBellWakesTheAccountAndThoseWhoSeeAll(t *testing.T) {
	var b bell
	shop, letShopGo := b.hold(screen{"shop", "+1"})
	bank, letBankGo := b.hold(screen{"bank", "+1"})
	all, letAllGo := b.hold(screen{"", "+1"})
	defer letShopGo()
	defer letBankGo()
	defer letAllGo()
	b.ring("shop", "+1")
	<-shop
	<-all
	select {
	case <-bank:
		t.Error("another account's message woke it")
	default:
	}
}

func TestRecentIsBounded(t *testing.T) {
	var r recent
	id := func(i int) [16]byte { return [16]byte{byte(i), byte(i >> 8), byte(i >> 16)} }
	for i := range Kept + 10 {
		r.add(id(i))
		r.add(id(i))
	}
	if len(r.held) != Kept || r.has(id(9)) || !r.has(id(10)) || !r.has(id(Kept+9)) {
		t.Errorf("%d are held", len(r.held))
	}
	r.drop(id(10))
	if r.has(id(10)) {
		t.Error("a dropped id is held")
	}
}

func TestLongTextsComeWholeOnceInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		total := rapid.IntRange(1, 12).Draw(rt, "total")
		order := rapid.SliceOfN(rapid.IntRange(1, total), total, 4*total).Draw(rt, "order")
		for n := 1; n <= total; n++ {
			order = append(order, n)
		}
		var l longTexts
		now, whole := time.Unix(0, 0), 0
		seen := map[int]bool{}
		for _, n := range order {
			a := l.add(Part{Key: "k", Number: n, Total: total, Data: []byte{byte(n)}, At: now})
			if a.again != seen[n] || a.fresh {
				rt.Fatalf("part %d: %+v", n, a)
			}
			seen[n] = true
			if a.whole != nil {
				whole++
				for i, p := range a.whole {
					if int(p.Data[0]) != i+1 {
						rt.Fatalf("part %d stands at %d", p.Data[0], i+1)
					}
				}
			}
		}
		if whole != 1 {
			rt.Fatalf("whole %d times", whole)
		}
	})
}

func TestRemovedPartMakesTheTextIncompleteAgain(t *testing.T) {
	var l longTexts
	now := time.Unix(0, 0)
	first := Part{Key: "k", Number: 1, Total: 2, At: now}
	second := Part{Key: "k", Number: 2, Total: 2, At: now}
	l.add(first)
	l.add(second)
	l.remove(second)
	l.remove(second)
	if a := l.add(second); len(a.whole) != 2 {
		t.Errorf("got %+v", a)
	}
	l.remove(first)
	l.remove(second)
	if len(l.byKey) != 0 {
		t.Error("an empty text is kept")
	}
}

func TestSweepForgetsWhatIsStale(t *testing.T) {
	var l longTexts
	now := time.Unix(1e9, 0)
	l.add(Part{Key: "whole", Number: 1, Total: 1, At: now})
	l.add(Part{Key: "half", Number: 1, Total: 2, At: now})
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{time.Minute, 2}, {3 * time.Minute, 1}, {3*time.Minute + time.Second, 1}, {2 * time.Hour, 0}} {
		l.sweep(now.Add(step.after))
		if len(l.byKey) != step.left {
			t.Errorf("after %v: %d are left, want %d", step.after, len(l.byKey), step.left)
		}
	}
}

// Every split that gsm makes is put together again, whatever the order, and
// nothing that a client may write breaks the centre.
func FuzzReassembly(f *testing.F) {
	f.Add("x", []byte{1}, uint8(0), uint64(1))
	f.Add("€", []byte{5, 0, 3, 7, 2, 1, 'a'}, uint8(0), uint64(2))
	f.Add("Привет 😀", []byte{6, 8, 4, 1, 2, 3, 4, 0xD8, 0x3D}, uint8(8), uint64(3))
	f.Fuzz(func(t *testing.T, body string, octets []byte, coding uint8, seed uint64) {
		s := submission{
			source: smpp.Address{TON: smpp.TONAlphanumeric, Addr: "S"}, destination: smpp.Address{TON: 1, NPI: 1, Addr: "33612345678"},
			coding: smpp.DataCoding(coding), udhi: seed%2 == 1, body: octets,
		}
		var l longTexts
		if e, err := s.read(); err == nil {
			if whole := l.add(e.part).whole; whole != nil {
				join(whole)
			}
		}
		reassemble(t, &l, gsm.Split(body, uint16(seed), gsm.Reference16), seed)
	})
}

func reassemble(t *testing.T, l *longTexts, segments []gsm.Segment, seed uint64) {
	t.Helper()
	if len(segments) < 2 {
		return
	}
	want, err := gsm.Reassemble(segments)
	if err != nil {
		t.Fatal(err)
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
	var got string
	for _, seg := range segments {
		s := submission{
			source: smpp.Address{TON: smpp.TONAlphanumeric, Addr: "S"}, destination: smpp.Address{TON: 1, NPI: 1, Addr: "33698765432"},
			udhi: true, body: slices.Concat(seg.UDH, seg.Data),
		}
		if seg.Encoding == gsm.UCS2 {
			s.coding = smpp.CodingUCS2
		}
		e, err := s.read()
		if err != nil || !e.joined || !bytes.Equal(e.part.Data, seg.Data) {
			t.Fatalf("%v: %+v", err, e)
		}
		if whole := l.add(e.part).whole; whole != nil {
			got, _ = join(whole)
		}
	}
	if want = string(bytes.ReplaceAll([]byte(want), []byte{0}, []byte("\uFFFD"))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
