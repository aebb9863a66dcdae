package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/optout"
)

func putOut(t *testing.T, f *fixture, s resource.Scope, list string, e optout.Entry) optout.Entry {
	t.Helper()
	kept, err := f.PutOptedOut(t.Context(), s, list, e)
	must(t, err)
	return kept
}

// wantOut says whether a message is refused because its recipient opted out; the
// look-up and the check have to say the same before.
func wantOut(t *testing.T, f *fixture, what string, m *message.Message, refused bool) {
	t.Helper()
	out, err := f.OptedOut(t.Context(), m)
	must(t, err)
	for name, err := range map[string]error{"check": f.CheckSpend(t.Context(), m), "accept": f.Accept(t.Context(), m)} {
		var e *api.Error
		if got := errors.As(err, &e) && e.Reason == string(api.ConflictExceptionReasonDestinationPhoneNumberOptedOut); got != refused || out != refused {
			t.Errorf("%s: look-up says %v, %s %v; want it refused: %v", what, out, name, err, refused)
		}
	}
}

func testOptedOutIsRefused(t *testing.T, f *fixture) {
	one := int64(0)
	must(t, f.PutTextSpendOverride(t.Context(), shop, &one)) // an opt-out goes before the spend
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: []optout.List{{Name: "L", CreatedAt: noon}}}))
	to := newMessage(t, 1).To
	putOut(t, f, shop, "L", optout.Entry{Number: to, At: noon})
	for what, c := range map[string]struct {
		change  func(m *message.Message)
		refused bool
	}{
		"the list":        {func(*message.Message) {}, true},
		"a dear one":      {func(m *message.Message) { m.Price = dollar }, true},
		"another list":    {func(m *message.Message) { m.OptOutList = "M" }, false},
		"no list":         {func(m *message.Message) { m.OptOutList = "" }, false},
		"another number":  {func(m *message.Message) { m.To += "1" }, false},
		"another Region":  {func(m *message.Message) { m.Scope = shop2 }, false},
		"a confirmation":  {func(m *message.Message) { m.Confirmation = true }, false},
		"Default's list":  {func(m *message.Message) { m.OptOutList, m.To = "", "+33700000000" }, true},
		"Default by name": {func(m *message.Message) { m.OptOutList, m.To = "Default", "+33700000000" }, true},
	} {
		putOut(t, f, shop, "Default", optout.Entry{Number: "+33700000000", At: noon})
		m := newMessage(t, 1)
		m.OptOutList = "L"
		c.change(m)
		wantOut(t, f, what, m, c.refused)
		if c.refused {
			continue
		}
		if back := stored(t, f, m.ID); back.OptOutList != m.OptOutList || back.Confirmation != m.Confirmation {
			t.Errorf("%s comes back as %+v", what, back)
		}
	}
	_, err := f.DeleteOptedOut(t.Context(), shop, "L", to, noon, noon)
	must(t, err)
	m := newMessage(t, 1)
	m.OptOutList = "L"
	wantOut(t, f, "taken off", m, false)
}

func testEntryIsKept(t *testing.T, f *fixture) {
	first := optout.Entry{Number: "+33700000000", At: noon}
	person := optout.Entry{Number: first.Number, At: noon.Add(time.Hour), ByEndUser: true}
	both := optout.Entry{Number: first.Number, At: noon, ByEndUser: true}
	for i, step := range []struct{ put, want optout.Entry }{{first, first}, {person, both}, {first, both}} {
		if kept := putOut(t, f, shop, "Default", step.put); !reflect.DeepEqual(kept, step.want) {
			t.Errorf("step %d keeps %+v, want %+v", i, kept, step.want)
		}
	}
	if _, err := f.PutOptedOut(t.Context(), shop, "none", first); !errors.Is(err, optout.ErrNoList) {
		t.Errorf("put on no list: %v", err)
	}
	was, err := f.DeleteOptedOut(t.Context(), shop, "Default", first.Number, noon, noon)
	if err != nil || !reflect.DeepEqual(was, both) {
		t.Errorf("taken off: %+v, %v", was, err)
	}
	putOut(t, f, shop, "Default", first)
	for since, want := range map[time.Time]error{noon.Add(-time.Millisecond): optout.ErrOptedInNow, noon: nil} {
		if _, err := f.DeleteOptedOut(t.Context(), shop, "Default", first.Number, noon.Add(time.Hour), since); !errors.Is(err, want) {
			t.Errorf("taken off again after %v: %v, want %v", since, err, want)
		}
		putOut(t, f, shop, "Default", first)
	}
	if scopes, err := f.Scopes(t.Context(), shop.Account); err != nil || !slices.Equal(scopes, []resource.Scope{shop}) {
		t.Errorf("scopes %v, %v", scopes, err)
	}
}

// testManyEntriesGoWithTheirList has a list of more entries than one transaction
// drops.
func testManyEntriesGoWithTheirList(t *testing.T, f *fixture) {
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: []optout.List{{Name: "L", CreatedAt: noon}}}))
	many := make([]optout.Entry, 2500)
	for i := range many {
		many[i] = optout.Entry{Number: fmt.Sprintf("+3370000%04d", i), At: noon, ByEndUser: i%2 == 0}
	}
	for rest := many; len(rest) > 0; rest = rest[min(len(rest), 1000):] {
		for _, list := range []string{"L", "Default"} {
			must(t, f.ImportOptOuts(t.Context(), shop, list, rest[:min(len(rest), 1000)]))
		}
	}
	on := func(list string) []optout.Entry {
		var seen []optout.Entry
		for last := (optout.Entry{}); ; last = seen[len(seen)-1] {
			page, err := f.OptedOutRange(t.Context(), optout.Range{Scope: shop, List: list, After: last, Limit: 700})
			must(t, err)
			if len(page) == 0 {
				return seen
			}
			seen = append(seen, page...)
		}
	}
	if got := on("L"); !reflect.DeepEqual(got, many) {
		t.Errorf("%d entries, want %d in order", len(got), len(many))
	}
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Revision: 1, Drop: []string{"L"}}))
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Revision: 2, Put: []optout.List{{Name: "L", CreatedAt: noon}}}))
	if l, d := len(on("L")), len(on("Default")); l != 0 || d != len(many) {
		t.Errorf("a new list has %d, Default %d", l, d)
	}
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Revision: 3, Put: []optout.List{{Name: "Default", Tags: []resource.Tag{{Key: "k"}}}}}))
	if d := len(on("Default")); d != len(many) {
		t.Errorf("Default has %d once it is tagged", d)
	}
	must(t, f.EmptyOptOuts(t.Context(), shop))
	if d := len(on("Default")); d != 0 {
		t.Errorf("Default has %d after it was emptied", d)
	}
}
