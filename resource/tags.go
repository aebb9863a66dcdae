package resource

import (
	"fmt"
	"strings"

	"heliograph/api"
)

// reservedTagPrefix starts the tag keys that only AWS itself may set.
const reservedTagPrefix = "aws:"

// NewTags checks the tags that a resource is created with. Errors:
// INVALID_PARAMETER for a key given twice or a reserved one, TAGS_PER_RESOURCE
// beyond the limit.
func (l Limits) NewTags(in []api.Tag) ([]Tag, error) {
	var tags []Tag
	seen := make(map[string]bool, len(in))
	for i, t := range in {
		member := fmt.Sprintf("Tags[%d].Key", i)
		if strings.HasPrefix(strings.ToLower(t.Key), reservedTagPrefix) {
			return nil, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
				"Choose a tag key that does not begin with aws:, which is reserved.", member)
		}
		if seen[t.Key] {
			return nil, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
				"Give every tag key once.", member)
		}
		seen[t.Key] = true
		tags = append(tags, Tag{Key: t.Key, Value: t.Value})
	}
	if len(tags) > l.TagsPerResource {
		return nil, api.QuotaExceeded(api.ServiceQuotaExceededExceptionReasonTagsPerResource,
			fmt.Sprintf("Give a resource at most %d tags.", l.TagsPerResource))
	}
	return tags, nil
}

// TagsOut is a resource's tags as answers carry them.
func TagsOut(tags []Tag) []api.Tag {
	out := make([]api.Tag, len(tags))
	for i, t := range tags {
		out[i] = api.Tag{Key: t.Key, Value: t.Value}
	}
	return out
}
