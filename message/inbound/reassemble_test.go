package inbound

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
)

// parts are a text as a carrier hands it over.
func parts(body string, ref uint16, width gsm.ReferenceWidth) []carrier.Inbound {
	var list []carrier.Inbound
	for _, segment := range gsm.Split(body, ref, width) {
		list = append(list, carrier.Inbound{Carrier: "acme", From: person, To: ours, Segment: segment})
	}
	return list
}

// bodies are the texts that were concluded, each with how many parts it lacks.
func (d *disk) bodies() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []string
	for _, c := range d.texts {
		list = append(list, fmt.Sprintf("%s -%d", c.Text.Body, c.Text.Missing))
	}
	slices.Sort(list)
	return list
}

var long = strings.Repeat("a", 153) + strings.Repeat("b", 153) + strings.Repeat("c", 10)

// Rule(UpdatePhoneNumber): a long text goes on whole, whatever the order of its parts, and once; when parts are lost, what is there goes on after a while.
func TestPartsComeTogether(t *testing.T) {
	p := parts(long, 7, gsm.Reference8)
	q := parts(strings.ToUpper(long), 7, gsm.Reference8)
	r := parts(long[:306]+"zzz", 7, gsm.Reference8)
	short := carrier.Inbound{Carrier: "acme", From: person, To: ours, Segment: gsm.Segment{Data: []byte("alone")}}
	other := p[1]
	other.From = "+14255550199"
	later := short
	later.Segment.Data = []byte("later")
	wide := short
	wide.Segment.Encoding = gsm.UCS2
	const wait = "wait"
	for _, c := range []struct {
		name  string
		given []any // parts, pauses, and "restart"
		want  []string
	}{
		{"in order", []any{p[0], p[1], p[2]}, []string{long + " -0"}},
		{"backwards", []any{p[2], p[1], p[0]}, []string{long + " -0"}},
		{"twice, and once more when it is over", []any{p[0], p[0], p[1], p[2], p[2], p[0]}, []string{long + " -0"}},
		{"across a restart", []any{p[2], "restart", p[0], "restart", p[1], "restart", p[1]}, []string{long + " -0"}},
		{"nine minutes apart", []any{p[0], 9 * time.Minute, p[1], 9 * time.Minute, p[2]}, []string{long + " -0"}},
		{"one is lost", []any{p[0], p[2], wait}, []string{long[:153] + long[306:] + " -1"}},
		{"the first is lost", []any{p[1], p[2], wait}, []string{long[153:] + " -1"}},
		{"one is lost while the server is down", []any{p[0], "restart", 9 * time.Minute, p[1], wait}, []string{long[:306] + " -1"}},
		{"one is late", []any{p[0], p[1], wait, p[2], wait}, []string{long[:306] + " -1", long[306:] + " -2"}},
		{"one is late, and another comes again", []any{p[0], p[1], wait, p[2], p[0], p[1], wait}, []string{long[:306] + " -1", long[306:] + " -2"}},
		{"one is late, and another comes again after a restart", []any{p[0], p[1], wait, p[2], "restart", p[0], wait}, []string{long[:306] + " -1", long[306:] + " -2"}},
		{"another text that begins the same", []any{p[0], p[1], p[2], 5 * time.Minute, r[0], r[1], r[2]}, []string{long + " -0", long[:306] + "zzz -0"}},
		{"another text that begins the same, across a restart", []any{p[0], p[1], p[2], r[0], "restart", r[1], r[2]}, []string{long + " -0", long[:306] + "zzz -0"}},
		{"another text that begins the same, backwards", []any{p[0], p[1], p[2], r[2], r[1], r[0]}, []string{long + " -0", long[:306] + "zzz -0"}},
		{"another text with the reference", []any{p[0], p[1], p[2], q[0], q[1], q[2]}, []string{strings.ToUpper(long) + " -0", long + " -0"}},
		{"another text with the reference, too soon", []any{p[0], p[1], q[0], q[1], q[2]}, []string{strings.ToUpper(long) + " -0", long[:306] + " -1"}},
		{"somebody else's part", []any{p[0], other, p[2], wait}, []string{long[:153] + long[306:] + " -1", long[153:306] + " -2"}},
		{"among others", []any{p[0], short, p[1], short, p[2]}, []string{long + " -0", "alone -0", "alone -0"}},
		{"said again after a restart", []any{short, 3 * time.Minute, later, "restart", short, later}, []string{"alone -0", "alone -0", "later -0"}},
		{"redelivered after a restart", []any{short, "restart", short, short}, []string{"alone -0", "alone -0"}},
		{"said again after another", []any{short, later, "restart", short}, []string{"alone -0", "alone -0", "later -0"}},
		{"the same octets in another alphabet", []any{short, "restart", wide}, []string{"alone -0", gsm.Decode(short.Segment.Data, gsm.UCS2) + " -0"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			s := on(t, d, rules())
			start(t, s)
			for _, step := range c.given {
				switch step := step.(type) {
				case carrier.Inbound:
					time.Sleep(time.Second)
					step.At = time.Now()
					give(t, s, step)
				case time.Duration:
					time.Sleep(step)
				case string:
					if step == wait {
						time.Sleep(rules().PartsWait)
						break
					}
					synctest.Wait()
					stop(t, s)
					s = on(t, d, rules())
					start(t, s)
				}
				synctest.Wait()
			}
			stop(t, s)
			slices.Sort(c.want)
			if got := d.bodies(); !slices.Equal(got, c.want) {
				t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
			}
		})
	}
}

// TestOptOutIsNeverTakenForARedelivery has people who opt out again right after a
// restart, by any word.
func TestOptOutIsNeverTakenForARedelivery(t *testing.T) {
	for _, word := range []string{"STOP", "Arrêt", "leave"} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			d.keywords = own("phone-1")
			s := on(t, d, rules())
			start(t, s)
			give(t, s, text(person, word))
			synctest.Wait()
			stop(t, s)
			delete(d.listed, person)
			s = on(t, d, rules())
			start(t, s)
			give(t, s, text(person, word))
			synctest.Wait()
			stop(t, s)
			if !d.listed[person] {
				t.Errorf("%s is thrown away", word)
			}
		})
	}
}

// TestKeywordNeedsTheBeginning has a text of which the beginning is lost: what is
// left may begin with any word.
func TestKeywordNeedsTheBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		s := on(t, d, rules())
		start(t, s)
		in := parts(strings.Repeat("a", 153)+"stop "+strings.Repeat("b", 100), 3, gsm.Reference8)[1]
		in.At = time.Now()
		give(t, s, in)
		time.Sleep(rules().PartsWait)
		synctest.Wait()
		stop(t, s)
		if got := d.bodies(); len(got) != 1 || d.outcome() != "" {
			t.Errorf("%q: %s", got, d.outcome())
		}
	})
}

// TestEachTextIsConcludedOnce delivers texts of several parts in any order, some
// parts twice, to a server that stops at any point and whose disk fails now and
// then: each text is concluded once, whole, or as much of it as came.
func TestEachTextIsConcludedOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			var sent []carrier.Inbound
			var want []string
			for i := range rapid.IntRange(1, 4).Draw(rt, "texts") {
				body := fmt.Sprintf("%d%s", i, strings.Repeat(rapid.SampledFrom([]string{"x", "я", "😀", "{"}).Draw(rt, "letter"), rapid.IntRange(200, 500).Draw(rt, "length")))
				width := rapid.SampledFrom([]gsm.ReferenceWidth{gsm.Reference8, gsm.Reference16}).Draw(rt, "width")
				list := parts(body, uint16(10+i), width)
				lost := rapid.IntRange(0, 2*len(list)).Draw(rt, "lost")
				if lost < len(list) {
					list = slices.Delete(list, lost, lost+1)
					var left []gsm.Segment
					for _, p := range list {
						left = append(left, p.Segment)
					}
					body = gsm.Join(left[:min(lost, len(left))]) + gsm.Join(left[min(lost, len(left)):])
					want = append(want, body+" -1")
				} else {
					want = append(want, body+" -0")
				}
				sent = append(sent, list...)
				for _, p := range list {
					if rapid.Bool().Draw(rt, "twice") {
						sent = append(sent, p)
					}
				}
			}
			d := newDisk()
			s := on(t, d, rules())
			start(t, s)
			for _, in := range rapid.Permutation(sent).Draw(rt, "order") {
				in.At = time.Now()
				if rapid.IntRange(0, 4).Draw(rt, "fails") == 0 {
					d.fail(rapid.IntRange(1, 3).Draw(rt, "times"))
				}
				for s.Inbound(context.Background(), in) != nil {
					time.Sleep(time.Second) // the network delivers it again
				}
				if rapid.IntRange(0, 4).Draw(rt, "stops") == 0 {
					stop(t, s)
					s = on(t, d, rules())
					start(t, s)
				}
			}
			time.Sleep(3 * rules().PartsWait)
			synctest.Wait()
			stop(t, s)
			slices.Sort(want)
			if got := d.bodies(); !slices.Equal(got, want) {
				rt.Errorf("concluded\n%q, want\n%q", got, want)
			}
			for _, p := range d.parts {
				if !d.done[p.ID] {
					rt.Errorf("a part is left that nobody will look at: %+v", p.ID)
				}
			}
		})
	})
}

// TestPartsThatNeverBecomeWholeAreBounded has one person begin many texts: what was
// begun first is concluded as it is, and nobody else's.
func TestPartsThatNeverBecomeWholeAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		s := on(t, d, rules())
		start(t, s)
		other := parts(long, 1, gsm.Reference16)[0]
		other.From, other.At = "+14255550199", time.Now()
		give(t, s, other)
		for ref := range groupsOfTalk + 5 {
			in := parts(fmt.Sprint(ref, " ", long), uint16(ref), gsm.Reference16)[0]
			in.At = time.Now()
			give(t, s, in)
		}
		synctest.Wait()
		stop(t, s)
		var begun []string
		for _, c := range d.texts {
			begun = append(begun, c.Text.Body[:2])
		}
		if want := []string{"0 ", "1 ", "2 ", "3 ", "4 "}; !slices.Equal(begun, want) {
			t.Errorf("concluded %q, want %q", begun, want)
		}
	})
}

func TestFailedConclusionIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		s := on(t, d, rules())
		start(t, s)
		give(t, s, text(person, "stop"))
		give(t, s, text(person, "help"))
		d.fail(3)
		synctest.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		stop(t, s)
		if got := d.bodies(); len(got) != 2 || len(d.sent) != 1 {
			t.Errorf("concluded %q, %d replies", got, len(d.sent))
		}
	})
}

// TestTextThatAlwaysFailsHoldsNobodyElseUp has one text that cannot be concluded:
// what its sender writes later waits behind it, and nothing else does.
func TestTextThatAlwaysFailsHoldsNobodyElseUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		d.cursed = "curse"
		s := on(t, d, rules())
		errors := new(strings.Builder)
		s.Log = slog.New(slog.NewTextHandler(errors, &slog.HandlerOptions{Level: slog.LevelError}))
		start(t, s)
		one := s.lanes.all[0]
		for i := range s.lanes.all {
			s.lanes.all[i] = one // all people are in one lane
		}
		give(t, s, text(person, "curse"))
		give(t, s, text("+14255550199", "stop"))
		time.Sleep(time.Minute)
		give(t, s, text(person, "join"))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if got := d.bodies(); !slices.Equal(got, []string{"stop -0"}) || s.Aside() != 1 || strings.Count(errors.String(), "\n") != 1 {
			t.Errorf("concluded %q, %d aside, logged %s", got, s.Aside(), errors)
		}
		d.mu.Lock()
		d.cursed = ""
		d.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		stop(t, s)
		if len(d.texts) != 3 || d.texts[1].Text.Body != "curse" || d.texts[2].Text.Body != "join" || s.Aside() != 0 {
			t.Errorf("concluded %q, %d aside", d.bodies(), s.Aside())
		}
	})
}

// TestWhatIsForgottenIsOldEnough has an operator who waits for parts for a moment
// only: a redelivery is known as long as else.
func TestWhatIsForgottenIsOldEnough(t *testing.T) {
	for wait, want := range map[time.Duration]time.Duration{time.Second: 2 * time.Minute, 10 * time.Minute: 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			r := rules()
			r.PartsWait = wait
			s := on(t, d, r)
			start(t, s)
			time.Sleep(time.Minute)
			synctest.Wait()
			stop(t, s)
			if !slices.Equal(d.purged, []time.Duration{2 * time.Minute, want}) {
				t.Errorf("wait of %s: %s", wait, d.purged)
			}
		})
	}
}

func FuzzHear(f *testing.F) {
	for _, seed := range []string{"stop", "STOP\u0301", "ＳＴＯＰ ", "opt-out", "\xff\xfe", "", "hours of rest", "end-user", "“ST\u00adOP” 👍", "UNSUBSCRİBE"} {
		f.Add(seed)
	}
	e := &ears{keywords: own("phone-1"), optOuts: OptOutWords()}
	f.Fuzz(func(t *testing.T, body string) {
		m := e.hear(body)
		if m.word != "" && !strings.HasPrefix(fold(body), m.word) && !strings.HasPrefix(bare(fold(body)), m.word) {
			t.Errorf("%q begins with %q?", body, m.word)
		}
		if again := e.hear(fold(body)); again.word != m.word {
			t.Errorf("%q is heard as %q, folded as %q", body, m.word, again.word)
		}
		if m.word == "" && slices.Contains(OptOutWords(), strings.ToUpper(body)) {
			t.Errorf("%q does not opt out", body)
		}
	})
}

func FuzzParts(f *testing.F) {
	f.Add([]byte("\x05\x00\x03\x07\x02\x01Hello"), []byte("\x05\x00\x03\x07\x02\x02there"), true)
	f.Add([]byte("\x06\x08\x04\x01\x07\x02\x02a"), []byte("\x06\x08\x04\x01\x07\x02\x01b"), false)
	f.Fuzz(func(t *testing.T, a, b []byte, wide bool) {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			s := on(t, d, rules())
			start(t, s)
			for _, octets := range [][]byte{a, b, a} {
				in := carrier.Inbound{From: person, To: ours, At: time.Now(), Segment: gsm.Segment{Data: octets}}
				if wide {
					in.Segment.Encoding = gsm.UCS2
				}
				if _, rest, err := gsm.ParseUDH(octets); err == nil {
					in.Segment.UDH, in.Segment.Data = octets[:len(octets)-len(rest)], rest
				}
				give(t, s, in)
			}
			time.Sleep(3 * rules().PartsWait)
			synctest.Wait()
			stop(t, s)
			for _, p := range d.parts {
				if !d.done[p.ID] {
					t.Errorf("%q and %q: a part is left", a, b)
				}
			}
		})
	})
}
