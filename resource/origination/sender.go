package origination

import (
	"context"
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/country"
	"heliograph/resource"
)

// senderPrice is the monthly lease of a sender ID, in US dollars.
const senderPrice = "0.00"

// RequestSenderId takes a sender ID for a country that needs no registration.
func (s *Service) RequestSenderId(ctx context.Context, in *api.RequestSenderIdInput) (*api.RequestSenderIdOutput, error) {
	if err := checkSender(in.SenderId, in.IsoCountryCode); err != nil {
		return nil, err
	}
	tags, err := s.Limits().NewTags(in.Tags)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if have, ok := v.Sender(in.SenderId, in.IsoCountryCode); ok {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceAlreadyExists, api.ResourceTypeSenderId, have.Key().tail(),
			"The account has this sender ID for this country already: use it.")
	}
	if err := resource.Room(len(v.Senders), s.Limits().SenderIDs, api.ServiceQuotaExceededExceptionReasonSenderIdsPerAccount); err != nil {
		return nil, err
	}
	id := SenderID{
		Text: strings.ToUpper(in.SenderId), Spelling: in.SenderId, ISOCountryCode: in.IsoCountryCode,
		MessageTypes: messageTypes(in.MessageTypes), Tags: tags, CreatedAt: s.Now(),
	}
	set(&id.DeletionProtection, in.DeletionProtectionEnabled)
	out := v.requested(id)
	c := v.change(api.OnceFrom(ctx, out))
	c.PutSenders = []SenderID{id}
	return out, s.Store.ChangeIdentities(ctx, c)
}

// checkSender holds the format of sender IDs and the rules of countries.
func checkSender(text, iso string) error {
	switch {
	case !strings.ContainsFunc(text, isLetter):
		return senderFormat("Give a sender ID with at least one letter.")
	case strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-"):
		return senderFormat("Give a sender ID that neither begins nor ends with a dash.")
	case iso == "FR" && strings.Contains(text, "-"):
		return senderFormat("Give a sender ID without a dash: French networks refuse it.")
	}
	rules, _ := country.Lookup(iso)
	switch rules.RequestSenderID {
	case country.RequestAllowed:
		return nil
	case country.RequestNeedsRegistration:
		return api.Invalid(api.ValidationExceptionReasonSenderIdRequiresRegistration,
			"Register the sender ID for this country: it cannot be requested.", "IsoCountryCode")
	}
	return api.Invalid(api.ValidationExceptionReasonSenderIdNotSupported,
		"Use a phone number: networks of this country take no sender IDs.", "IsoCountryCode")
}

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

func senderFormat(remedy string) error {
	return api.Invalid(api.ValidationExceptionReasonInvalidParameter, remedy, "SenderId")
}

// messageTypes are the distinct types of a request, TRANSACTIONAL when it
// names none.
func messageTypes(in []api.MessageType) []api.MessageType {
	if len(in) == 0 {
		return []api.MessageType{api.MessageTypeTransactional}
	}
	return slices.Compact(slices.Clone(in))
}

// DescribeSenderIds lists the sender IDs of the scope.
func (s *Service) DescribeSenderIds(ctx context.Context, in *api.DescribeSenderIdsInput) (*api.DescribeSenderIdsOutput, error) {
	shared, err := resource.Shared(in.Owner, len(in.SenderIds), "SenderIds")
	if err != nil {
		return nil, err
	}
	filters, err := resource.FiltersOf(in.Filters, readSenderFilter, resource.Enumerations{
		string(api.SenderIdFilterNameMessageType): messageTypeValues(),
	})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]SenderKey, len(in.SenderIds))
	for i, k := range in.SenderIds {
		id, err := v.namedSender("SenderIds", k.SenderId, k.IsoCountryCode)
		if err != nil {
			return nil, err
		}
		asked[i] = id.Key()
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.DescribeSenderIds.Name, Selection: []any{asked, in.Filters, in.Owner},
		Token: in.NextToken, Size: in.MaxResults,
	}, v.Senders, senderPlace, func(id SenderID) bool {
		return !shared && (len(asked) == 0 || slices.Contains(asked, id.Key())) && filters.Match(id.property)
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribeSenderIdsOutput{NextToken: next}
	for _, id := range page {
		out.SenderIds = append(out.SenderIds, v.senderInformation(id))
	}
	return out, nil
}

// readSenderFilter finds sender IDs in any case.
func readSenderFilter(f api.SenderIdFilter) resource.Filter {
	values := slices.Clone(f.Values)
	if f.Name == api.SenderIdFilterNameSenderId {
		for i := range values {
			values[i] = strings.ToUpper(values[i])
		}
	}
	return resource.Filter{Name: string(f.Name), Values: values}
}

func senderPlace(id SenderID) resource.Place {
	return resource.Place{Key: id.Key().tail(), At: id.CreatedAt}
}

// property is what a sender ID has under a filter's name.
func (s SenderID) property(name string) []string {
	switch api.SenderIdFilterName(name) {
	case api.SenderIdFilterNameSenderId:
		return []string{s.Text}
	case api.SenderIdFilterNameIsoCountryCode:
		return []string{s.ISOCountryCode}
	case api.SenderIdFilterNameMessageType:
		return resource.Values(s.MessageTypes...)
	case api.SenderIdFilterNameDeletionProtectionEnabled:
		return resource.Switch(s.DeletionProtection)
	case api.SenderIdFilterNameRegistered:
		return resource.Switch(s.Registered)
	}
	return nil
}

// UpdateSenderId changes the protection against release.
func (s *Service) UpdateSenderId(ctx context.Context, in *api.UpdateSenderIdInput) (*api.UpdateSenderIdOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	id, err := v.namedSender("SenderId", in.SenderId, in.IsoCountryCode)
	if err != nil {
		return nil, err
	}
	out := v.senderUpdated(id)
	if in.DeletionProtectionEnabled == nil || *in.DeletionProtectionEnabled == id.DeletionProtection {
		return out, nil
	}
	id.DeletionProtection = *in.DeletionProtectionEnabled
	c := v.change(nil)
	c.PutSenders = []SenderID{id}
	return v.senderUpdated(id), s.Store.ChangeIdentities(ctx, c)
}

// ReleaseSenderId gives a sender ID up.
func (s *Service) ReleaseSenderId(ctx context.Context, in *api.ReleaseSenderIdInput) (*api.ReleaseSenderIdOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	id, err := v.namedSender("SenderId", in.SenderId, in.IsoCountryCode)
	if err != nil {
		return nil, err
	}
	if id.DeletionProtection {
		return nil, api.Conflict(api.ConflictExceptionReasonDeletionProtectionEnabled, api.ResourceTypeSenderId, id.Key().tail(),
			"Switch its deletion protection off with UpdateSenderId first.")
	}
	for _, p := range v.Pools {
		if p.holds(Member{SenderID: id.Text, ISOCountryCode: id.ISOCountryCode}) {
			return nil, api.Conflict(api.ConflictExceptionReasonSenderIdAssociatedToPool, api.ResourceTypeSenderId, id.Key().tail(),
				"Take it out of "+p.ID+" with DisassociateOriginationIdentity first.")
		}
	}
	c := v.change(nil)
	c.DropSenders = []SenderKey{id.Key()}
	return v.senderReleased(id), s.Store.ChangeIdentities(ctx, c)
}

// namedSender finds the sender ID that a member of the request names by text or
// ARN, and by country.
func (v *View) namedSender(member, text, iso string) (SenderID, error) {
	tail, err := v.Scope.Resolve(api.ResourceTypeSenderId, member, text)
	if err != nil {
		return SenderID{}, err
	}
	key := SenderKey{strings.ToUpper(tail), iso}
	if resource.IsARN(text) {
		name, of, _ := strings.Cut(tail, "/")
		if of != iso {
			return SenderID{}, api.Invalid(api.ValidationExceptionReasonCountryCodeMismatch,
				"Give the country that the sender ID's ARN ends with.", "IsoCountryCode")
		}
		key.Text = strings.ToUpper(name)
	}
	id, ok := v.Sender(key.Text, iso)
	if !ok {
		return SenderID{}, unknownSender(key)
	}
	return id, nil
}

func unknownSender(k SenderKey) error {
	return api.NotFound(api.ResourceTypeSenderId, k.tail(), "DescribeSenderIds lists the sender IDs of this account and Region.")
}
