package origination

import (
	"context"
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// identity is what a request names as an origination identity: exactly one of
// the two.
type identity struct {
	number *PhoneNumber
	sender *SenderID
}

// namedIdentity finds the identity that a request names: a number's id or ARN,
// a sender ID's ARN, or its text with a country. A sender ID needs a country
// in any case, though the one in its ARN wins.
func (v *View) namedIdentity(text, iso string) (identity, error) {
	const member = "OriginationIdentity"
	a, _ := resource.ParseARN(text)
	switch {
	case a.Kind == string(api.ResourceTypePhoneNumber), resource.IsID(NumberPrefix, text):
		n, err := v.identityNumber(text, iso)
		return identity{number: &n}, err
	case resource.IsID(PoolPrefix, text):
		return identity{}, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
			"Name a phone number or a sender ID: a pool cannot be in a pool.", member)
	case resource.IsID(agentPrefix, text):
		return identity{}, api.NotFound(api.ResourceTypeRcsAgent, text, "Name a phone number or a sender ID of this account and Region.")
	case resource.IsARN(text) && a.Kind != string(api.ResourceTypeSenderId):
		return identity{}, api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give the ARN of a phone number or a sender ID of this account and Region.", member)
	case iso == "":
		return identity{}, api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give IsoCountryCode with a sender ID.", "senderId")
	}
	tail, err := v.Scope.Resolve(api.ResourceTypeSenderId, member, text)
	if err != nil {
		return identity{}, err
	}
	key := SenderKey{strings.ToUpper(tail), iso}
	if resource.IsARN(text) {
		name, of, _ := strings.Cut(tail, "/")
		key = SenderKey{strings.ToUpper(name), of}
	}
	id, ok := v.Sender(key.Text, key.ISOCountryCode)
	if !ok {
		return identity{}, unknownSender(key)
	}
	return identity{sender: &id}, nil
}

// identityNumber finds a number as an identity. By ARN it needs a country; a
// country that is given has to be the number's.
func (v *View) identityNumber(text, iso string) (PhoneNumber, error) {
	if iso == "" && resource.IsARN(text) {
		return PhoneNumber{}, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
			"Give IsoCountryCode with the ARN of a phone number.", "IsoCountryCode")
	}
	n, err := v.namedNumber("OriginationIdentity", text)
	if err == nil && iso != "" && iso != n.ISOCountryCode {
		err = api.Invalid(api.ValidationExceptionReasonCountryCodeMismatch,
			"Give the country of the phone number, "+n.ISOCountryCode+".", "IsoCountryCode")
	}
	return n, err
}

// seat is the identity as a member.
func (i identity) seat() Member {
	if i.number != nil {
		return Member{PhoneNumberID: i.number.ID}
	}
	return Member{SenderID: i.sender.Text, ISOCountryCode: i.sender.ISOCountryCode}
}

// holds says whether the identity of a seat is in the pool.
func (p Pool) holds(seat Member) bool { return p.seatOf(seat) >= 0 }

func (p Pool) seatOf(seat Member) int {
	return slices.IndexFunc(p.Members, func(m Member) bool {
		return m.PhoneNumberID == seat.PhoneNumberID && m.SenderID == seat.SenderID && m.ISOCountryCode == seat.ISOCountryCode
	})
}

// with is the pool with one more member; the view's pool stays as it is.
func (p Pool) with(m Member) Pool {
	p.Members = append(slices.Clone(p.Members), m)
	return p
}

// join is the change that puts an identity into a pool, if the rules let it.
func (s *Service) join(ctx context.Context, v *View, p Pool, i identity) (Change, error) {
	seat := i.seat()
	seat.JoinedAt = s.Now()
	c := v.change(nil)
	c.PutPools = []Pool{p.with(seat)}
	if i.sender != nil {
		return c, s.seatSender(v, p, *i.sender)
	}
	n := *i.number
	if err := s.seatNumber(ctx, v, p, n); err != nil {
		return c, err
	}
	if n.Status != api.NumberStatusActive {
		return c, api.Conflict(api.ConflictExceptionReasonResourceNotActive, api.ResourceTypePhoneNumber, n.ID,
			"Wait until the number is ACTIVE.")
	}
	n.PoolID = p.ID
	c.PutNumbers = []PhoneNumber{n}
	if len(p.Members) == 0 {
		c.CopyKeywords = []KeywordCopy{{From: n.ID, To: p.ID}}
	}
	return c, nil
}

// seatNumber holds the rules by which a number enters a pool.
func (s *Service) seatNumber(ctx context.Context, v *View, p Pool, n PhoneNumber) error {
	conflict := func(reason api.ConflictExceptionReason, remedy string) error {
		return api.Conflict(reason, api.ResourceTypePhoneNumber, n.ID, remedy)
	}
	switch {
	case n.PoolID == p.ID:
		return conflict(api.ConflictExceptionReasonResourceAlreadyAssociated, "The number is in this pool already.")
	case n.PoolID != "":
		return numberInPool(n, "Take it out of "+n.PoolID+" first: a number is in one pool at most.")
	}
	if err := s.seatAny(p); err != nil {
		return err
	}
	if n.MessageType != p.MessageType {
		return conflict(api.ConflictExceptionReasonMessageTypeMismatch, "Choose a number of message type "+string(p.MessageType)+", as the pool's.")
	}
	if reason := n.Settings.mismatch(p.Settings); reason != "" {
		return conflict(reason, "Give the number the settings of the pool with UpdatePhoneNumber first.")
	}
	same, err := s.sameKeywords(ctx, v, p, n)
	if err == nil && !same {
		err = conflict(api.ConflictExceptionReasonKeywordMismatch, "Give the number the keywords of the pool with PutKeyword and DeleteKeyword first.")
	}
	return err
}

// sameKeywords says whether a number has the keywords of a pool that it is not
// the first of. They have to be of the view's revision.
func (s *Service) sameKeywords(ctx context.Context, v *View, p Pool, n PhoneNumber) (bool, error) {
	if s.Keywords == nil || len(p.Members) == 0 {
		return true, nil
	}
	same, at, err := s.Keywords.SameKeywords(ctx, v.Scope, p.ID, n.ID)
	if err == nil && at != v.Revision {
		err = api.ErrStale
	}
	return same, err
}

// seatSender holds the rules by which a sender ID enters a pool: it has no
// settings of its own to compare, and may be in many pools.
func (s *Service) seatSender(v *View, p Pool, id SenderID) error {
	if p.holds(identity{sender: &id}.seat()) {
		return api.Conflict(api.ConflictExceptionReasonResourceAlreadyAssociated, api.ResourceTypeSenderId, id.Key().tail(),
			"The sender ID is in this pool already.")
	}
	if err := s.seatAny(p); err != nil {
		return err
	}
	if !slices.Contains(id.MessageTypes, p.MessageType) {
		return api.Conflict(api.ConflictExceptionReasonMessageTypeMismatch, api.ResourceTypeSenderId, id.Key().tail(),
			"Choose a sender ID for the message type "+string(p.MessageType)+", as the pool's.")
	}
	return nil
}

func (s *Service) seatAny(p Pool) error {
	if err := p.checkActive(); err != nil {
		return err
	}
	return resource.Room(len(p.Members), s.Limits().IdentitiesPerPool,
		api.ServiceQuotaExceededExceptionReasonOriginationIdentitiesPerPool)
}

// AssociateOriginationIdentity puts a number or a sender ID into a pool.
func (s *Service) AssociateOriginationIdentity(ctx context.Context, in *api.AssociateOriginationIdentityInput) (*api.AssociateOriginationIdentityOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	p, err := v.namedPool("PoolId", in.PoolId)
	if err != nil {
		return nil, err
	}
	i, err := v.namedIdentity(in.OriginationIdentity, in.IsoCountryCode)
	if err != nil {
		return nil, err
	}
	c, err := s.join(ctx, v, p, i)
	if err != nil {
		return nil, err
	}
	e := v.entry(i)
	out := &api.AssociateOriginationIdentityOutput{
		PoolArn: v.poolARN(p.ID), PoolId: p.ID, OriginationIdentityArn: e.OriginationIdentityArn,
		OriginationIdentity: e.OriginationIdentity, IsoCountryCode: e.IsoCountryCode,
	}
	c.Once = api.OnceFrom(ctx, out)
	return out, s.Store.ChangeIdentities(ctx, c)
}

// DisassociateOriginationIdentity takes a number or a sender ID out of a pool.
func (s *Service) DisassociateOriginationIdentity(ctx context.Context, in *api.DisassociateOriginationIdentityInput) (*api.DisassociateOriginationIdentityOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	p, err := v.namedPool("PoolId", in.PoolId)
	if err != nil {
		return nil, err
	}
	i, err := v.namedIdentity(in.OriginationIdentity, in.IsoCountryCode)
	if err != nil {
		return nil, err
	}
	if err := p.checkActive(); err != nil {
		return nil, err
	}
	c, err := v.leave(p, i)
	if err != nil {
		return nil, err
	}
	e := v.entry(i)
	out := &api.DisassociateOriginationIdentityOutput{
		PoolArn: v.poolARN(p.ID), PoolId: p.ID, OriginationIdentityArn: e.OriginationIdentityArn,
		OriginationIdentity: e.OriginationIdentity, IsoCountryCode: e.IsoCountryCode,
	}
	c.Once = api.OnceFrom(ctx, out)
	return out, s.Store.ChangeIdentities(ctx, c)
}

// leave is the change that takes a member out of its pool, if the rules let it:
// the last number stays, the last sender ID may go.
func (v *View) leave(p Pool, i identity) (Change, error) {
	c := v.change(nil)
	at := p.seatOf(i.seat())
	if at < 0 {
		kind, id := api.ResourceTypePhoneNumber, ""
		if i.number != nil {
			id = i.number.ID
		} else {
			kind, id = api.ResourceTypeSenderId, i.sender.Key().tail()
		}
		return c, api.Conflict(api.ConflictExceptionReasonPhoneNumberNotAssociatedToPool, kind, id,
			"ListPoolOriginationIdentities lists what is in the pool.")
	}
	if i.number != nil {
		if p.numbers() == 1 {
			return c, api.Conflict(api.ConflictExceptionReasonLastPhoneNumber, api.ResourceTypePhoneNumber, i.number.ID,
				"Put another number into the pool first, or delete the pool.")
		}
		n := *i.number
		n.PoolID = ""
		c.PutNumbers = []PhoneNumber{n}
	}
	p.Members = slices.Delete(slices.Clone(p.Members), at, at+1)
	c.PutPools = []Pool{p}
	return c, nil
}

// numbers is how many of the members are numbers.
func (p Pool) numbers() int {
	count := 0
	for _, m := range p.Members {
		if m.PhoneNumberID != "" {
			count++
		}
	}
	return count
}

// ListPoolOriginationIdentities lists the members of a pool.
func (s *Service) ListPoolOriginationIdentities(ctx context.Context, in *api.ListPoolOriginationIdentitiesInput) (*api.ListPoolOriginationIdentitiesOutput, error) {
	filters, err := resource.FiltersOf(in.Filters, func(f api.PoolOriginationIdentitiesFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, resource.Enumerations{
		string(api.PoolOriginationIdentitiesFilterNameNumberCapability): capabilityValues(),
	})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	p, err := v.namedPool("PoolId", in.PoolId)
	if err != nil {
		return nil, err
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.ListPoolOriginationIdentities.Name, Selection: []any{p.ID, in.Filters},
		Token: in.NextToken, Size: in.MaxResults,
	}, p.Members, memberPlace, func(m Member) bool { return filters.Match(v.entry(v.identityOf(m)).property) })
	if err != nil {
		return nil, err
	}
	out := &api.ListPoolOriginationIdentitiesOutput{PoolArn: v.poolARN(p.ID), PoolId: p.ID, NextToken: next}
	for _, m := range page {
		out.OriginationIdentities = append(out.OriginationIdentities, v.entry(v.identityOf(m)).OriginationIdentityMetadata)
	}
	return out, nil
}

func memberPlace(m Member) resource.Place {
	return resource.Place{Key: m.PhoneNumberID + m.SenderID + "/" + m.ISOCountryCode, At: m.JoinedAt}
}

func (v *View) identityOf(m Member) identity {
	if m.PhoneNumberID != "" {
		n, _ := v.NumberByID(m.PhoneNumberID)
		return identity{number: &n}
	}
	s, _ := v.Sender(m.SenderID, m.ISOCountryCode)
	return identity{sender: &s}
}

// entry is an identity as lists of a pool's members show it.
type entry struct {
	api.OriginationIdentityMetadata
}

func (v *View) entry(i identity) entry {
	if n := i.number; n != nil {
		return entry{api.OriginationIdentityMetadata{
			OriginationIdentityArn: v.numberARN(n.ID), OriginationIdentity: n.ID, IsoCountryCode: n.ISOCountryCode,
			NumberCapabilities: n.Capabilities, PhoneNumber: n.Number,
		}}
	}
	return entry{api.OriginationIdentityMetadata{
		OriginationIdentityArn: v.senderARN(i.sender.Key()), OriginationIdentity: i.sender.Text,
		IsoCountryCode: i.sender.ISOCountryCode, NumberCapabilities: []api.NumberCapability{api.NumberCapabilitySms},
	}}
}

// property is what a member has under a filter's name.
func (e entry) property(name string) []string {
	if api.PoolOriginationIdentitiesFilterName(name) == api.PoolOriginationIdentitiesFilterNameIsoCountryCode {
		return resource.Values(e.IsoCountryCode)
	}
	return resource.Values(e.NumberCapabilities...)
}
