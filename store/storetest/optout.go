package storetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
)

func lists(t *testing.T, f *fixture, s resource.Scope) *optout.View {
	t.Helper()
	view, err := f.OptOutLists(t.Context(), s)
	must(t, err)
	return view
}

func testOptOutListsComeBackWhole(t *testing.T, f *fixture) {
	made := []optout.List{
		{Name: "first", Tags: []resource.Tag{{Key: "a", Value: "b"}}, CreatedAt: noon},
		{Name: "a later one", CreatedAt: noon.Add(time.Second)},
	}
	tagged := optout.List{Name: resource.DefaultOptOutList, Tags: []resource.Tag{{Key: "d"}}, CreatedAt: noon.Add(-time.Hour)}
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: append(slices.Clone(made), tagged)}))
	want := &optout.View{Scope: shop, Revision: 1, Lists: made, DefaultTags: tagged.Tags}
	if got := lists(t, f, shop); !reflect.DeepEqual(got, want) {
		t.Errorf("view\n%+v, want\n%+v", got, want)
	}
	if got := identities(t, f, shop).OptOuts; !slices.Equal(got, []string{"Default", "first", "a later one"}) {
		t.Errorf("identities know %v", got)
	}
	if got := lists(t, f, shop2); len(got.Lists)+len(got.DefaultTags) != 0 || got.Revision != 0 {
		t.Errorf("the other Region has %+v", got)
	}
	drop := optout.Change{Scope: shop, Revision: 1, Drop: []string{"first", resource.DefaultOptOutList, "absent"}}
	must(t, f.ChangeOptOutLists(t.Context(), drop))
	want = &optout.View{Scope: shop, Revision: 2, Lists: made[1:]}
	if got := lists(t, f, shop); !reflect.DeepEqual(got, want) {
		t.Errorf("after dropping\n%+v, want\n%+v", got, want)
	}
	if got := identities(t, f, shop).OptOuts; !slices.Equal(got, []string{"Default", "a later one"}) {
		t.Errorf("identities know %v after dropping", got)
	}
}

// testListsShareTheRevision has a number take a list while the list is dropped:
// of two changes that rest on one revision, only the first is written.
func testListsShareTheRevision(t *testing.T, f *fixture) {
	must(t, f.ChangeOptOutLists(t.Context(), optout.Change{Scope: shop, Put: []optout.List{{Name: "L", CreatedAt: noon}}}))
	seen := identities(t, f, shop)
	if at := lists(t, f, shop).Revision; at != seen.Revision {
		t.Fatalf("lists are at %d, identities at %d", at, seen.Revision)
	}
	use := origination.Change{Scope: shop, Revision: seen.Revision, PutNumbers: []origination.PhoneNumber{
		{ID: "phone-1", Number: "+12065550142", Settings: origination.Settings{OptOutList: "L"}, CreatedAt: noon}}}
	drop := optout.Change{Scope: shop, Revision: seen.Revision, Drop: []string{"L"}}
	errs := make(chan error, 2)
	go func() { errs <- f.ChangeIdentities(t.Context(), use) }()
	go func() { errs <- f.ChangeOptOutLists(t.Context(), drop) }()
	a, b := <-errs, <-errs
	if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), api.ErrStale) {
		t.Fatalf("a list is taken and dropped: %v, %v", a, b)
	}
	after := identities(t, f, shop)
	if used := len(after.Numbers) == 1; used != after.HasOptOutList("L") || lists(t, f, shop).Revision != after.Revision {
		t.Errorf("after both: numbers %v, lists %v", after.Numbers, after.OptOuts)
	}
}
