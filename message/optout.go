package message

import (
	"cmp"

	"heliograph/api"
	"heliograph/resource"
)

// CodeOptedOut is of a message whose recipient opted out after it was accepted
// and before a carrier had all of it.
const CodeOptedOut = "OPTED_OUT"

// List is the name of the opt-out list that the recipient must not be on.
func (m *Message) List() string { return cmp.Or(m.OptOutList, resource.DefaultOptOutList) }

// OptedOut is the API's error for a recipient who is on the message's opt-out
// list.
func (m *Message) OptedOut() error {
	return api.Conflict(api.ConflictExceptionReasonDestinationPhoneNumberOptedOut, api.ResourceTypeOptedOutNumber, m.To,
		"The recipient is on the opt-out list "+m.List()+" and gets no messages until taken off it.")
}
