package resource

import (
	"fmt"
	"testing"

	"heliograph/api"
)

func TestFiltersAllHoldWithAnyOfTheirValues(t *testing.T) {
	has := func(name string) []string {
		return map[string][]string{"color": {"red", "blue"}, "size": {"big"}, "hot-enabled": Switch(true)}[name]
	}
	for _, c := range []struct {
		filters Filters
		want    bool
	}{
		{nil, true},
		{Filters{{"color", []string{"red"}}}, true},
		{Filters{{"color", []string{"green", "blue"}}}, true},
		{Filters{{"color", []string{"green"}}}, false},
		{Filters{{"color", []string{"red"}}, {"size", []string{"small"}}}, false},
		{Filters{{"color", []string{"red"}}, {"size", []string{"small", "big"}}}, true},
		{Filters{{"unknown", []string{"x"}}}, false},
		{Filters{{"hot-enabled", []string{"true"}}}, true},
		{Filters{{"hot-enabled", []string{"false"}}}, false},
	} {
		if got := c.filters.Match(has); got != c.want {
			t.Errorf("%v: %v", c.filters, got)
		}
	}
}

func TestSwitchesAreTrueOrFalse(t *testing.T) {
	read := func(f Filter) Filter { return f }
	in := []Filter{{"a-enabled", []string{"TRUE", "false"}}, {"other", []string{"maybe"}}}
	out, err := FiltersOf(in, read, nil)
	if err != nil || out[0].Values[0] != "true" || out[1].Values[0] != "maybe" || in[0].Values[0] != "TRUE" {
		t.Error(in, out, err)
	}
	for _, name := range []string{"a-enabled", "registered"} {
		if _, err := FiltersOf([]Filter{{name, []string{"true", "maybe"}}}, read, nil); reason(err) != "INVALID_FILTER_VALUES" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEnumeratedFiltersTakeTheirValuesAlone(t *testing.T) {
	read := func(f Filter) Filter { return f }
	known := Enumerations{"color": {"RED", "BLUE"}}
	for _, c := range []struct {
		filter Filter
		reason string
	}{
		{Filter{"color", []string{"RED", "BLUE"}}, ""},
		{Filter{"color", []string{"RED", "GREEN"}}, "INVALID_FILTER_VALUES"},
		{Filter{"color", []string{"red"}}, "INVALID_FILTER_VALUES"},
		{Filter{"size", []string{"GREEN"}}, ""},
	} {
		if out, err := FiltersOf([]Filter{c.filter}, read, known); reason(err) != c.reason || err == nil && len(out) != 1 {
			t.Errorf("%v: %v, %v", c.filter, out, err)
		}
	}
}

func TestOwnerAndIDsExcludeEachOther(t *testing.T) {
	for _, c := range []struct {
		owner  api.Owner
		ids    int
		shared bool
		reason string
	}{
		{"", 0, false, ""}, {"", 2, false, ""},
		{api.OwnerSelf, 0, false, ""}, {api.OwnerShared, 0, true, ""},
		{api.OwnerSelf, 1, false, "PARAMETERS_CANNOT_BE_USED_TOGETHER"},
		{api.OwnerShared, 1, false, "PARAMETERS_CANNOT_BE_USED_TOGETHER"},
	} {
		if shared, err := Shared(c.owner, c.ids, "PoolIds"); shared != c.shared || reason(err) != c.reason {
			t.Errorf("%+v: %v, %v", c, shared, err)
		}
	}
}

func TestTagsAreDistinctUnreservedAndFew(t *testing.T) {
	many := make([]api.Tag, 51)
	for i := range many {
		many[i].Key = fmt.Sprintf("k%d", i)
	}
	for _, c := range []struct {
		tags   []api.Tag
		reason string
	}{
		{nil, ""},
		{[]api.Tag{{Key: "a", Value: "1"}, {Key: "A", Value: "1"}}, ""},
		{many[:50], ""},
		{many, "TAGS_PER_RESOURCE"},
		{[]api.Tag{{Key: "a"}, {Key: "a"}}, "INVALID_PARAMETER"},
		{[]api.Tag{{Key: "aws:x"}}, "INVALID_PARAMETER"},
		{[]api.Tag{{Key: "AWS:x"}}, "INVALID_PARAMETER"},
	} {
		tags, err := DefaultLimits().NewTags(c.tags)
		if reason(err) != c.reason || err == nil && len(TagsOut(tags)) != len(c.tags) {
			t.Errorf("%v: %v, %v", c.tags, tags, err)
		}
	}
}
