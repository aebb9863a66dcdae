package resource

import (
	"slices"
	"strings"

	"heliograph/api"
)

// Filter keeps the records of which the named property has one of the values.
type Filter struct {
	Name   string
	Values []string
}

// Filters all have to hold.
type Filters []Filter

// Enumerations are the values of filters, by the filter's name, whose property
// is an enumeration of the model.
type Enumerations map[string][]string

// FiltersOf collects the filters of a request, whose types differ by
// operation. A filter whose property is a switch takes true and false, in any
// case, and an enumerated one the values of its enumeration; another value is
// refused as INVALID_FILTER_VALUES.
func FiltersOf[F any](in []F, read func(F) Filter, known Enumerations) (Filters, error) {
	all := make(Filters, len(in))
	for i, f := range in {
		all[i] = read(f)
		allowed := known[all[i].Name]
		if isSwitch(all[i].Name) {
			allowed = []string{"true", "false"}
			all[i].Values = lowerCase(all[i].Values)
		}
		if allowed == nil {
			continue
		}
		for _, v := range all[i].Values {
			if !slices.Contains(allowed, v) {
				return nil, api.Invalid(api.ValidationExceptionReasonInvalidFilterValues,
					"Give the filter "+all[i].Name+" values of "+strings.Join(allowed, ", ")+".", "Filters")
			}
		}
	}
	return all, nil
}

func lowerCase(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.ToLower(v)
	}
	return out
}

// isSwitch says whether a filter of the model is about a boolean.
func isSwitch(name string) bool {
	return strings.HasSuffix(name, "-enabled") || name == "registered" || name == "end-user-opted-out"
}

// Match says whether a record passes: property gives the values that it has
// under a filter's name.
func (all Filters) Match(property func(name string) []string) bool {
	for _, f := range all {
		has := property(f.Name)
		if !slices.ContainsFunc(f.Values, func(v string) bool { return slices.Contains(has, v) }) {
			return false
		}
	}
	return true
}

// Values is the property of a record for Match: what it has of a kind.
func Values[S ~string](all ...S) []string {
	out := make([]string, 0, len(all))
	for _, v := range all {
		if v != "" {
			out = append(out, string(v))
		}
	}
	return out
}

// Switch is the property of a record for Match: one that is on or off.
func Switch(on bool) []string {
	if on {
		return []string{"true"}
	}
	return []string{"false"}
}

// Shared says whether a listing asks for what other accounts share, of which
// there is nothing. An owner together with ids is refused as
// PARAMETERS_CANNOT_BE_USED_TOGETHER, naming the member that holds the ids.
func Shared(owner api.Owner, ids int, member string) (bool, error) {
	if owner != "" && ids > 0 {
		return false, api.Invalid(api.ValidationExceptionReasonParametersCannotBeUsedTogether,
			"Give Owner or "+member+", not both.", "Owner", member)
	}
	return owner == api.OwnerShared, nil
}
