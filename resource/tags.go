package resource

import (
	"fmt"
	"slices"
	"strings"

	"heliograph/api"
)

// reservedTagPrefix starts the tag keys that only AWS itself may set.
const reservedTagPrefix = "aws:"

// NewTags checks the tags that a resource is created with. Errors are those of
// AddTags.
func (l Limits) NewTags(in []api.Tag) ([]Tag, error) { return l.AddTags(nil, in) }

// AddTags adds a request's tags to those that a resource has, which stay as
// they are: what is returned is new. A key that is there already takes the new
// value. Errors: INVALID_PARAMETER for a key given twice or a reserved one,
// TAGS_PER_RESOURCE beyond the limit.
func (l Limits) AddTags(have []Tag, in []api.Tag) ([]Tag, error) {
	tags := slices.Clone(have)
	seen := make(map[string]bool, len(in))
	for i, t := range in {
		member := fmt.Sprintf("Tags[%d].Key", i)
		if err := checkTagKey(t.Key, member); err != nil {
			return nil, err
		}
		if seen[t.Key] {
			return nil, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
				"Give every tag key once.", member)
		}
		seen[t.Key] = true
		if at := slices.IndexFunc(tags, func(has Tag) bool { return has.Key == t.Key }); at >= 0 {
			tags[at].Value = t.Value
		} else {
			tags = append(tags, Tag{Key: t.Key, Value: t.Value})
		}
	}
	if len(tags) > max(l.TagsPerResource, len(have)) {
		return nil, api.QuotaExceeded(api.ServiceQuotaExceededExceptionReasonTagsPerResource,
			fmt.Sprintf("Give a resource at most %d tags.", l.TagsPerResource))
	}
	return tags, nil
}

// RemoveTags takes keys away from the tags that a resource has, which stay as
// they are. A key that is not there is no error, a reserved one is
// INVALID_PARAMETER.
func RemoveTags(have []Tag, keys []string) ([]Tag, error) {
	for i, key := range keys {
		if err := checkTagKey(key, fmt.Sprintf("TagKeys[%d]", i)); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(have), func(t Tag) bool { return slices.Contains(keys, t.Key) }), nil
}

// checkTagKey refuses a reserved key, naming the member of the request.
func checkTagKey(key, member string) error {
	if !strings.HasPrefix(strings.ToLower(key), reservedTagPrefix) {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonInvalidParameter,
		"Choose a tag key that does not begin with aws:, which is reserved.", member)
}

// TagsOut is a resource's tags as answers carry them.
func TagsOut(tags []Tag) []api.Tag {
	out := make([]api.Tag, len(tags))
	for i, t := range tags {
		out[i] = api.Tag{Key: t.Key, Value: t.Value}
	}
	return out
}
