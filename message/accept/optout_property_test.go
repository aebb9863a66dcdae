package accept_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/message"
	"heliograph/resource"
)

// deed is one thing that happens in the world.
type deed struct {
	what string
	door door
	to   string // recipient
	from string // of the door
	list string
	node int
	name string // carrier
	mood string
	wait time.Duration
}

func drawDeed(t *rapid.T) deed {
	d := deed{
		what: rapid.SampledFrom([]string{"send", "send", "send", "send", "opt out", "opt out", "opt in", "mood", "mood", "wait", "move", "restart", "dry run",
			"use", "use", "toggle", "toggle", "stop", "help"}).Draw(t, "what"),
		door: rapid.SampledFrom(doors).Draw(t, "door"), node: rapid.IntRange(0, 1).Draw(t, "node"),
		name: rapid.SampledFrom([]string{"acme", "spare"}).Draw(t, "carrier"),
		mood: rapid.SampledFrom([]string{"", "throttled", "failing", "one", "down"}).Draw(t, "mood"),
		wait: time.Duration(rapid.IntRange(0, 30).Draw(t, "s")) * time.Second,
	}
	d.to = d.door.to + fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "to"))
	d.from = rapid.SampledFrom(d.door.from).Draw(t, "from")
	d.list = rapid.SampledFrom([]string{team, own, resource.DefaultOptOutList}).Draw(t, "list")
	return d
}

func (d deed) do(w *world) {
	if w.changed {
		d.node = 0
	}
	switch d.what {
	case "send", "dry run":
		w.send(d.node, d.door, d.to, d.what == "dry run")
	case "opt out":
		w.optOut(d.node, person{w.lists[d.from], d.to})
	case "opt in":
		w.optIn(d.node, person{w.lists[d.from], d.to})
	case "use":
		if d.from != sender && w.there[d.list] {
			w.use(d.from, d.list)
		}
	case "toggle":
		if d.list != resource.DefaultOptOutList {
			w.toggle(d.list)
		}
	case "stop", "help":
		if d.from != sender {
			w.says(d.from, d.to, d.what == "stop")
		}
	case "mood":
		w.networks[d.name].set(func() { w.networks[d.name].mood = d.mood })
	case "wait":
		time.Sleep(d.wait) // of the bubble
	case "move":
		w.move(d.name, map[string]string{"acme": "spare", "spare": "acme"}[d.name])
	case "restart":
		w.restart()
	}
}

// Rule(SendTextMessage, PutOptedOutNumber): whatever door a message goes through and whatever carriers, restarts, moves, other nodes and changes of lists do, what is there deleted and made again too, nothing is handed over to somebody whose opt-out was answered, and what was accepted before ends TEXT_BLOCKED.
func TestNobodyWhoOptedOutIsMessaged(t *testing.T) {
	file := seeded(t)
	rapid.Check(t, func(rt *rapid.T) {
		deeds := rapid.SliceOfN(rapid.Custom(drawDeed), 1, 18).Draw(rt, "deeds")
		if rapid.Bool().Draw(rt, "all wait at first") {
			deeds = append([]deed{{what: "mood", name: "acme", mood: "down"}, {what: "mood", name: "spare", mood: "down"}}, deeds...)
		}
		if strings.Count(fmt.Sprint(deeds), "restart") > 2 {
			deeds = slices.DeleteFunc(deeds, func(d deed) bool { return d.what == "restart" }) // each opens two databases
		}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, file)
			defer w.stop()
			for _, d := range deeds {
				d.do(w)
			}
			w.finish()
		})
		if t.Failed() {
			rt.Fatalf("%+v", deeds)
		}
	})
}

// Rule(SendTextMessage): a message that waits when its recipient opts out ends TEXT_BLOCKED with OPTED_OUT, in memory, on disk, after a restart, for another carrier, and when a part of it was taken; one to somebody else goes.
func TestWaitingMessageIsStoppedByAnOptOut(t *testing.T) {
	moods := map[string][]deed{
		"with a carrier that is down": {{what: "mood", name: "acme", mood: "down"}},
		"throttled":                   {{what: "mood", name: "acme", mood: "throttled"}},
		"partly taken":                {{what: "mood", name: "acme", mood: "one"}},
	}
	later := map[string][]deed{
		"":                 nil,
		"after a restart":  {{what: "restart"}},
		"by another node":  {{what: "wait", node: 1}},
		"moved":            {{what: "move", name: "acme"}},
		"after a while":    {{what: "wait", wait: 20 * time.Second}},
		"moved, restarted": {{what: "move", name: "acme"}, {what: "restart"}},
	}
	file := seeded(t)
	for mood, before := range moods {
		for after, then := range later {
			t.Run(mood+" "+after, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, file)
					defer w.stop()
					for _, b := range before {
						b.do(w)
					}
					w.networks["spare"].set(func() { w.networks["spare"].mood = "failing" })
					w.sendThroughAll()
					time.Sleep(time.Second)
					for _, d := range doors {
						for _, from := range d.from {
							w.optOut(len(after)%2, person{w.lists[from], d.to + "1"})
						}
					}
					for _, s := range then {
						s.do(w)
					}
					w.finish()
					w.wantStopped("1")
				})
			})
		}
	}
}

// sendThroughAll sends more through each door than memory holds.
func (w *world) sendThroughAll() {
	for _, d := range doors {
		w.send(0, d, d.to+"1", false)
		w.send(0, d, d.to+"2", false)
	}
}

// wantStopped says that of all messages those to recipients with that last digit
// were stopped.
func (w *world) wantStopped(last string) {
	w.t.Helper()
	for _, id := range w.sent {
		m, _, err := w.nodes[0].Message(w.t.Context(), id)
		must(w.t, err)
		if stopped := m.State.Failed(); stopped != strings.HasSuffix(m.To, last) {
			w.t.Errorf("a text to %s is %s %s: %+v", m.To, m.State, m.Code, m.PartLog)
		}
	}
}

// Rule(UpdatePhoneNumber, UpdatePool, DeleteOptOutList): a message that waits is stopped by an opt-out on the list that its number or pool has by now, and by one on the list that it had when the message was accepted, also when that is deleted, and made again.
func TestListThatChangesIsNoDoor(t *testing.T) {
	then := map[string]func(w *world, from string){
		"another list, then an opt-out": func(w *world, from string) {
			w.use(from, resource.DefaultOptOutList)
			w.optOut(0, person{resource.DefaultOptOutList, "+12065550101"})
		},
		"another list, then STOP": func(w *world, from string) {
			w.use(from, resource.DefaultOptOutList)
			w.says(from, "+12065550101", true)
		},
		"an opt-out, then another list": func(w *world, from string) {
			w.optOut(0, person{w.lists[from], "+12065550101"})
			w.use(from, resource.DefaultOptOutList)
		},
		"an opt-out, then the list is deleted": func(w *world, from string) {
			list := w.lists[from]
			w.optOut(0, person{list, "+12065550101"})
			w.toggle(list)
		},
		"an opt-out, then the list is deleted and made again": func(w *world, from string) {
			list := w.lists[from]
			w.optOut(0, person{list, "+12065550101"})
			w.toggle(list)
			w.toggle(list)
			w.use(from, list)
			time.Sleep(time.Minute) // of the bubble
			w.send(0, door{"afterwards", map[string]string{inPool: number, alone: second}[from], "", []string{from}}, "+12065550101", false)
			if last := len(w.sent) - 1; last > 0 {
				w.afterwards, w.sent = w.sent[last], w.sent[:last]
			}
		},
	}
	file := seeded(t)
	for what, do := range then {
		for _, d := range doors[:3] {
			t.Run(d.name+": "+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, file)
					defer w.stop()
					for _, n := range w.networks {
						n.set(func() { n.mood = "down" })
					}
					w.send(0, d, "+12065550101", false)
					time.Sleep(time.Second)
					do(w, d.from[0])
					time.Sleep(time.Second) // what goes on beside is over
					w.finish()
					w.sent = w.sent[:1] // no confirmation
					w.wantStopped("1")
					w.wantGone(w.afterwards)
				})
			})
		}
	}
}

// wantGone says that a message went, if there is one.
func (w *world) wantGone(id message.ID) {
	w.t.Helper()
	m, found, err := w.nodes[0].Message(w.t.Context(), id)
	must(w.t, err)
	if found && m.State != message.Submitted {
		w.t.Errorf("a text of the new list is %s %s", m.State, m.Code)
	}
}
