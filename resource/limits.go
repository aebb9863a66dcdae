package resource

import (
	"fmt"

	"heliograph/api"
)

// Limits are the quotas of a scope, in resources and days.
type Limits struct {
	ConfigurationSets      int // configuration_sets_per_account
	EventDestinations      int // event_destinations_per_configuration_set
	OptOutLists            int // opt_out_lists_per_account; Default counts
	PhoneNumbers           int // phone_numbers_per_account
	SenderIDs              int // sender_ids_per_account
	Pools                  int // pools_per_account
	IdentitiesPerPool      int // origination_identities_per_pool
	KeywordsPerPhoneNumber int // keywords_per_phone_number; HELP and STOP do not count
	KeywordsPerPool        int // keywords_per_pool, likewise
	TagsPerResource        int // tags_per_resource
	OptInDays              int // opt_in_days: how long an opt-in by the API is the only one of a destination; 0 = not limited
}

// DefaultLimits are the service's published quotas.
func DefaultLimits() Limits {
	return Limits{
		ConfigurationSets:      25,
		EventDestinations:      5,
		OptOutLists:            25,
		PhoneNumbers:           25,
		SenderIDs:              200,
		Pools:                  25,
		IdentitiesPerPool:      100,
		KeywordsPerPhoneNumber: 30,
		KeywordsPerPool:        30,
		TagsPerResource:        50,
		OptInDays:              30,
	}
}

// Room says whether one more resource fits beside those there are; the reason
// names the quota otherwise.
func Room(have, limit int, reason api.ServiceQuotaExceededExceptionReason) error {
	if have < limit {
		return nil
	}
	return api.QuotaExceeded(reason,
		fmt.Sprintf("The limit is %d: delete what is not needed, or ask the operator to raise it.", limit))
}
