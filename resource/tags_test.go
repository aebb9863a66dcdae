package resource_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/resource"
)

// few makes tags with distinct keys out of few, so that two lists meet.
func few() *rapid.Generator[[]api.Tag] {
	tag := rapid.Custom(func(t *rapid.T) api.Tag {
		return api.Tag{Key: rapid.StringMatching(`[a-e]`).Draw(t, "key"), Value: rapid.StringMatching(`[0-9]?`).Draw(t, "value")}
	})
	return rapid.SliceOfNDistinct(tag, 0, 5, func(t api.Tag) string { return t.Key })
}

func TestAddedTagsFollowTheirMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := resource.Limits{TagsPerResource: 5}
		have := tags(few().Draw(t, "have"))
		before := slices.Clone(have)
		added := few().Draw(t, "added")
		want := map[string]string{}
		for _, tag := range append(resource.TagsOut(have), added...) {
			want[tag.Key] = tag.Value
		}
		got, err := limits.AddTags(have, added)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(have, before) {
			t.Fatalf("the tags there were became %v", have)
		}
		if len(got) != len(want) {
			t.Fatalf("%v for %v", got, want)
		}
		keys := []string{}
		for _, tag := range got {
			if want[tag.Key] != tag.Value {
				t.Fatalf("%v for %v", got, want)
			}
			keys = append(keys, tag.Key)
		}
		left, err := resource.RemoveTags(got, append(keys, "absent"))
		if err != nil || len(left) != 0 || len(got) != len(want) {
			t.Fatalf("after removing all: %v, %v", left, err)
		}
	})
}

func TestTagsBeyondTheLimitStayChangeable(t *testing.T) {
	lowered := resource.Limits{TagsPerResource: 1}
	have := []resource.Tag{{Key: "a"}, {Key: "b"}}
	if got, err := lowered.AddTags(have, []api.Tag{{Key: "b", Value: "new"}}); err != nil || got[1].Value != "new" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := lowered.AddTags(have, []api.Tag{{Key: "c"}}); err == nil {
		t.Errorf("%v", got)
	}
}

func tags(in []api.Tag) []resource.Tag {
	out := make([]resource.Tag, len(in))
	for i, t := range in {
		out[i] = resource.Tag{Key: t.Key, Value: t.Value}
	}
	return out
}
