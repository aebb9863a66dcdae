package accept_test

import (
	"testing"

	"heliograph/resource"
	"heliograph/resource/optout"
)

// Rule(SendTextMessage): a recipient on the opt-out list of what is sent from is DESTINATION_PHONE_NUMBER_OPTED_OUT, before what is wrong with country, body, price and spend and after what is wrong with destination and identity; DryRun says it too, and another list does not count.
func TestOptedOutGoesBeforeLaterChecks(t *testing.T) {
	h := newHouse(t)
	const to = `{"DestinationPhoneNumber":"+14255550142",`
	const out = "Conflict DESTINATION_PHONE_NUMBER_OPTED_OUT"
	cases := []struct{ body, before, after string }{
		{to + `"OriginationIdentity":"` + number + `","MessageBody":"x"}`, "", out},
		{to + `"OriginationIdentity":"` + pool + `","MessageBody":"x","DryRun":true}`, "", out},
		{to + `"OriginationIdentity":"` + number + `"}`, "Validation MISSING_PARAMETER", out},
		{to + `"OriginationIdentity":"` + number + `","MessageBody":"x","MaxPrice":"0.001"}`, "Validation PRICE_OVER_THRESHOLD", out},
		{to + `"OriginationIdentity":"` + number + `","MessageBody":"x","MessageType":"PROMOTIONAL"}`, "Conflict MESSAGE_TYPE_MISMATCH", out},
		{to + `"OriginationIdentity":"` + pool + `","MessageBody":"x","MessageType":"PROMOTIONAL"}`, "Conflict MESSAGE_TYPE_MISMATCH", out},
		{to + `"OriginationIdentity":"Shop","MessageBody":"x"}`, "Validation SENDER_ID_NOT_SUPPORTED", out},
		{to + `"OriginationIdentity":"+12065550177","MessageBody":"x"}`, "ResourceNotFound phone-number", "ResourceNotFound phone-number"},
		{to + `"ConfigurationSetName":"none","MessageBody":"x"}`, "ResourceNotFound configuration-set", "ResourceNotFound configuration-set"},
		{`{"DestinationPhoneNumber":"+14255550143","OriginationIdentity":"` + number + `","MessageBody":"x"}`, "", ""},
	}
	compare := func(when string, want func(i int) string) {
		for i, c := range cases {
			if _, failure := h.send(c.body); failure != want(i) {
				t.Errorf("%s, %s: %q, want %q", when, c.body, failure, want(i))
			}
		}
	}
	entry := optout.Entry{Number: "+14255550142", At: h.now}
	must(t, h.db.ChangeOptOutLists(t.Context(), optout.Change{Scope: scope, Revision: revision(t, h), Put: []optout.List{{Name: "other", CreatedAt: h.now}}}))
	_, err := h.db.PutOptedOut(t.Context(), scope, "other", entry)
	must(t, err)
	compare("on another list", func(i int) string { return cases[i].before })
	_, err = h.db.PutOptedOut(t.Context(), scope, "Default", entry)
	must(t, err)
	compare("opted out", func(i int) string { return cases[i].after })
}

// revision is the scope's of now.
func revision(t *testing.T, h *house) resource.Revision {
	t.Helper()
	v, err := h.db.OptOutLists(t.Context(), scope)
	must(t, err)
	return v.Revision
}
