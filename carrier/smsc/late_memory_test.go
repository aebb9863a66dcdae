package smsc

import (
	"log/slog"
	"strconv"
	"testing"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

func taken(id string) *smpp.SubmitSMResp { return &smpp.SubmitSMResp{MessageID: id} }

// The response timer and the response may meet: who waited goes away while the
// response is read.
// Proves(wire): a response that meets its timer is used.
func TestResponseThatMeetsItsTimerIsUsed(t *testing.T) {
	l, s := newLate(slog.New(slog.DiscardHandler)), &smpp.Session{}
	l.stray(s, 7, taken("late"))
	l.note(s, part(), &smpp.Unanswered{Sequence: 7})
	if id, found := l.adopt(part()); !found || id != "late" {
		t.Errorf("%q, %v", id, found)
	}
}

// Messages that go another way meanwhile never ask for what was learnt of them.
// Proves(wire): the memory of late responses is bounded.
func TestMemoryOfLateResponsesIsBounded(t *testing.T) {
	l, s := newLate(slog.New(slog.DiscardHandler)), &smpp.Session{}
	of := func(i int) carrier.Part { return carrier.Part{MessageID: strconv.Itoa(i), Number: 1} }
	const many = 3 * lateKept
	for i := range many {
		l.note(s, of(i), &smpp.Unanswered{Sequence: uint32(i)})
		l.stray(s, uint32(i), taken("late"))
	}
	if n := l.told.len(); n != lateKept {
		t.Errorf("%d answers are kept", n)
	}
	if _, found := l.adopt(of(many - 1)); !found {
		t.Error("the latest is not among them")
	}
	for i := range many {
		l.note(s, of(i), &smpp.Unanswered{Sequence: uint32(many + i)})
	}
	if n := l.asked.len(); n != lateKept || len(l.of) != lateKept {
		t.Errorf("%d questions of %d parts are kept", n, len(l.of))
	}
	if !l.tell(question{s, 2*many - 1}, "late") {
		t.Error("the latest is not among them")
	}
	for i := range 2 * earlyKept {
		l.stray(s, uint32(10*many+i), taken("nobody's"))
	}
	if n := l.early.len(); n != earlyKept {
		t.Errorf("%d answers that nobody waited for are kept", n)
	}
}

// A session that is gone answers nothing: what it was asked is forgotten, and
// costs those who submit nothing.
// Proves(wire): what a session was asked is forgotten with it.
func TestQuestionsEndWithTheirSession(t *testing.T) {
	l, s := newLate(slog.New(slog.DiscardHandler)), &smpp.Session{}
	l.note(s, part(), &smpp.Unanswered{Sequence: 7})
	l.ended(s)
	if l.some.Load() || l.asked.len()+len(l.of) != 0 {
		t.Error("it is kept")
	}
}
