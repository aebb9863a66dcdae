// Package resource holds what every kind of customer resource shares: whose it
// is, how it is named (ARNs), optimistic revisions, filters, pages and tags of
// the Pinpoint SMS and Voice v2 API. The kinds have packages of their own
// below it. Sharing between accounts is left out.
package resource

import "fmt"

// Scope owns resources: an account in a Region. Two Regions of one account
// share nothing.
type Scope struct {
	Account string // twelve digits
	Region  string // of the request's signature, e.g. "us-east-1"
}

// Revision counts the changes of a scope's resources. A change states the
// revision that its rules were checked against; the store refuses it with
// api.ErrStale when another change came first.
type Revision int64

// ARN of a resource of the scope: kind is the API's path segment such as
// "pool", tail the rest.
func (s Scope) ARN(kind, tail string) string {
	return fmt.Sprintf("arn:aws:sms-voice:%s:%s:%s/%s", s.Region, s.Account, kind, tail)
}

// DefaultOptOutList is the opt-out list that every scope has from the start and
// that is used wherever none is named.
const DefaultOptOutList = "Default"

// Tag is a key and a value that a customer put on a resource.
type Tag struct {
	Key   string `json:"k"`
	Value string `json:"v"`
}
