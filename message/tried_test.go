package message

import (
	"slices"
	"testing"
)

func TestTriesAreCountedByCarrierAndCode(t *testing.T) {
	var w Why
	for _, one := range []Tried{
		{Carrier: "a", Code: TriedDown}, {Carrier: "b", Code: "0x406", Refused: true},
		{Carrier: "a", Code: TriedDown}, {Carrier: "c", Code: TriedInDoubt},
	} {
		before := slices.Clone(w.Tried)
		next := w.With(one)
		if !slices.Equal(w.Tried, before) {
			t.Fatalf("the former record changed to %+v", w.Tried)
		}
		w = next
	}
	want := []Tried{{"a", TriedDown, false, 2}, {"b", "0x406", true, 1}, {"c", TriedInDoubt, false, 1}}
	if !slices.Equal(w.Tried, want) || w.Moves() != 3 {
		t.Errorf("%+v, %d moves", w.Tried, w.Moves())
	}
	if all, refused := w.Left(false), w.Left(true); !slices.Equal(all, []string{"a", "b"}) || !slices.Equal(refused, []string{"b"}) {
		t.Errorf("left %v, refused by %v", all, refused)
	}
	if !w.InDoubt("c") || w.InDoubt("a") {
		t.Error("in doubt at the wrong carrier")
	}
}
