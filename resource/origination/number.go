package origination

import (
	"cmp"
	"context"
	"slices"

	"heliograph/api"
	"heliograph/resource"
)

// defaultNumberPrice is the monthly lease of a number for which the inventory
// names none, in US dollars.
const defaultNumberPrice = "1.00"

// RequestPhoneNumber leases a number that fits.
func (s *Service) RequestPhoneNumber(ctx context.Context, in *api.RequestPhoneNumberInput) (*api.RequestPhoneNumberOutput, error) {
	if err := checkNumberRequest(in); err != nil {
		return nil, err
	}
	s.leasing.Lock()
	defer s.leasing.Unlock()
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.newNumber(v, in)
	if err != nil {
		return nil, err
	}
	lease, err := s.stock(ctx, v.Scope, wanted{n.ISOCountryCode, n.Type, n.MessageType, n.Capabilities, in.NumberPreference})
	if err != nil {
		return nil, err
	}
	n.Number, n.Fictitious, n.Provisions = lease.Number, lease.Fictitious, lease.Provisions
	n.MonthlyPrice = cmp.Or(lease.MonthlyPrice, defaultNumberPrice)
	if n.Status, err = s.firstStatus(n); err != nil {
		return nil, err
	}
	var pools []Pool
	if in.PoolId != "" {
		p, err := s.poolForNew(ctx, v, n, in.PoolId)
		if err != nil {
			return nil, err
		}
		n.PoolID = p.ID
		pools = []Pool{p.with(Member{PhoneNumberID: n.ID, JoinedAt: n.CreatedAt})}
	}
	out := v.numberRequested(n)
	c := v.change(api.OnceFrom(ctx, out))
	c.PutNumbers, c.PutPools, c.Lease = []PhoneNumber{n}, pools, []Stock{lease}
	return out, s.Store.ChangeIdentities(ctx, c)
}

// checkNumberRequest holds what a request alone can get wrong.
func checkNumberRequest(in *api.RequestPhoneNumberInput) error {
	us := in.IsoCountryCode == "US"
	switch {
	case len(in.NumberPreference) > 0 && !(us && in.NumberType == api.RequestableNumberTypeTenDlc):
		return api.Invalid(api.ValidationExceptionReasonInvalidParameter,
			"Leave the preference out: only numbers of type TEN_DLC in the US can be chosen.", "NumberPreference")
	case in.InternationalSendingEnabled != nil && *in.InternationalSendingEnabled:
		return checkInternational(api.NumberType(in.NumberType), in.IsoCountryCode)
	case in.NumberType == api.RequestableNumberTypeSimulator && in.MessageType != api.MessageTypeTransactional:
		return api.NotFound(api.ResourceTypePhoneNumber, in.IsoCountryCode+"/SIMULATOR",
			"Ask for the message type TRANSACTIONAL: simulator numbers have no other.")
	}
	return nil
}

// checkInternational refuses sending abroad from any but US toll-free numbers.
func checkInternational(kind api.NumberType, iso string) error {
	if kind == api.NumberTypeTollFree && iso == "US" {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonInternationalSendingNotSupported,
		"Leave international sending off: only toll-free numbers of the US can send abroad.", "InternationalSendingEnabled")
}

// newNumber is the number to be, without its digits.
func (s *Service) newNumber(v *View, in *api.RequestPhoneNumberInput) (PhoneNumber, error) {
	n := PhoneNumber{
		ID: s.newID(NumberPrefix), ISOCountryCode: in.IsoCountryCode, Type: api.NumberType(in.NumberType),
		MessageType: in.MessageType, Capabilities: distinct(in.NumberCapabilities),
		Settings: Settings{OptOutList: resource.DefaultOptOutList}, CreatedAt: s.Now(),
	}
	set(&n.International, in.InternationalSendingEnabled)
	set(&n.DeletionProtection, in.DeletionProtectionEnabled)
	var err error
	if n.Tags, err = s.Limits().NewTags(in.Tags); err != nil {
		return n, err
	}
	if n.RegistrationID, err = s.registration(v, in.RegistrationId); err != nil {
		return n, err
	}
	if n.Settings, err = v.changed(n.Settings, settingsUpdate{optOutList: in.OptOutListName}); err != nil {
		return n, err
	}
	return n, resource.Room(len(v.Numbers), s.Limits().PhoneNumbers, api.ServiceQuotaExceededExceptionReasonPhoneNumbersPerAccount)
}

func distinct[T comparable](in []T) []T {
	var out []T
	for _, v := range in {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// registration is the id of a registration that a request names. None is
// known, unless all are taken for approved.
func (s *Service) registration(v *View, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	id, err := v.Scope.Resolve(api.ResourceTypeRegistration, "RegistrationId", text)
	if err == nil && !s.ApproveAll {
		err = unknownRegistration(id)
	}
	return id, err
}

func unknownRegistration(id string) error {
	return api.NotFound(api.ResourceTypeRegistration, id,
		"Give the RegistrationId of an approved registration, or have the operator provision the number.")
}

// firstStatus is a new number's status. What the operator has is active at
// once. Of the fictitious ones a toll-free number waits for a registration and
// a 10DLC number cannot be had without one, as at the carriers.
func (s *Service) firstStatus(n PhoneNumber) (api.NumberStatus, error) {
	switch {
	case !n.Fictitious || s.ApproveAll:
		return api.NumberStatusActive, nil
	case n.Type == api.NumberTypeTollFree:
		return api.NumberStatusPending, nil
	case n.Type == api.NumberTypeTenDlc:
		return "", unknownRegistration(n.RegistrationID)
	}
	return api.NumberStatusActive, nil
}

// poolForNew is the pool that a number is requested into. The pool's rules
// hold, save that the number may still be pending.
func (s *Service) poolForNew(ctx context.Context, v *View, n PhoneNumber, pool string) (Pool, error) {
	p, err := v.namedPool("PoolId", pool)
	if err != nil {
		return Pool{}, err
	}
	return p, s.seatNumber(ctx, v, p, n)
}

// DescribePhoneNumbers lists the numbers of the scope.
func (s *Service) DescribePhoneNumbers(ctx context.Context, in *api.DescribePhoneNumbersInput) (*api.DescribePhoneNumbersOutput, error) {
	shared, err := resource.Shared(in.Owner, len(in.PhoneNumberIds), "PhoneNumberIds")
	if err != nil {
		return nil, err
	}
	filters, err := resource.FiltersOf(in.Filters, func(f api.PhoneNumberFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, numberEnumerations())
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(in.PhoneNumberIds))
	for i, text := range in.PhoneNumberIds {
		n, err := v.namedNumber("PhoneNumberIds", text)
		if err != nil {
			return nil, err
		}
		asked[i] = n.ID
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.DescribePhoneNumbers.Name, Selection: []any{asked, in.Filters, in.Owner},
		Token: in.NextToken, Size: in.MaxResults,
	}, v.Numbers, numberPlace, func(n PhoneNumber) bool {
		return !shared && (len(asked) == 0 || slices.Contains(asked, n.ID)) && filters.Match(n.property)
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribePhoneNumbersOutput{NextToken: next}
	for _, n := range page {
		out.PhoneNumbers = append(out.PhoneNumbers, v.numberInformation(n))
	}
	return out, nil
}

func numberPlace(n PhoneNumber) resource.Place {
	return resource.Place{Key: n.ID, At: n.CreatedAt}
}

// numberEnumerations are the values of numbers' filters.
func numberEnumerations() resource.Enumerations {
	return resource.Enumerations{
		string(api.PhoneNumberFilterNameStatus): resource.Values(api.NumberStatusPending, api.NumberStatusActive,
			api.NumberStatusAssociating, api.NumberStatusDisassociating, api.NumberStatusDeleted),
		string(api.PhoneNumberFilterNameMessageType):      messageTypeValues(),
		string(api.PhoneNumberFilterNameNumberCapability): capabilityValues(),
		string(api.PhoneNumberFilterNameNumberType): resource.Values(api.NumberTypeShortCode, api.NumberTypeLongCode,
			api.NumberTypeTollFree, api.NumberTypeTenDlc, api.NumberTypeSimulator),
	}
}

func messageTypeValues() []string {
	return resource.Values(api.MessageTypeTransactional, api.MessageTypePromotional)
}

func capabilityValues() []string {
	return resource.Values(api.NumberCapabilitySms, api.NumberCapabilityVoice, api.NumberCapabilityMms, api.NumberCapabilityRcs)
}

// property is what a number has under a filter's name.
func (n PhoneNumber) property(name string) []string {
	switch api.PhoneNumberFilterName(name) {
	case api.PhoneNumberFilterNameStatus:
		return resource.Values(n.Status)
	case api.PhoneNumberFilterNameIsoCountryCode:
		return resource.Values(n.ISOCountryCode)
	case api.PhoneNumberFilterNameMessageType:
		return resource.Values(n.MessageType)
	case api.PhoneNumberFilterNameNumberCapability:
		return resource.Values(n.Capabilities...)
	case api.PhoneNumberFilterNameNumberType:
		return resource.Values(n.Type)
	case api.PhoneNumberFilterNameDeletionProtectionEnabled:
		return resource.Switch(n.DeletionProtection)
	}
	return n.Settings.property(name)
}

// property is what settings have under the name of a filter of numbers or of
// pools, which agree.
func (st Settings) property(name string) []string {
	switch api.PhoneNumberFilterName(name) {
	case api.PhoneNumberFilterNameTwoWayEnabled:
		return resource.Switch(st.TwoWay)
	case api.PhoneNumberFilterNameSelfManagedOptOutsEnabled:
		return resource.Switch(st.SelfManagedOptOut)
	case api.PhoneNumberFilterNameOptOutListName:
		return resource.Values(st.OptOutList)
	case api.PhoneNumberFilterNameTwoWayChannelArn:
		arn, _ := st.channel()
		return resource.Values(arn)
	}
	return nil
}

// UpdatePhoneNumber changes the settings of a number that is in no pool.
func (s *Service) UpdatePhoneNumber(ctx context.Context, in *api.UpdatePhoneNumberInput) (*api.UpdatePhoneNumberOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	n, err := v.namedNumber("PhoneNumberId", in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	if n.PoolID != "" {
		return nil, numberInPool(n, "Change the pool's settings with UpdatePool, or take the number out of it.")
	}
	was := n.Settings
	n.Settings, err = v.changed(was, settingsUpdate{
		in.TwoWayEnabled, in.TwoWayChannelArn, in.TwoWayChannelRole, in.SelfManagedOptOutsEnabled, in.OptOutListName})
	if err != nil {
		return nil, err
	}
	if err := checkTwoWayCountry(n.Settings, n.ISOCountryCode); err != nil {
		return nil, err
	}
	set(&n.International, in.InternationalSendingEnabled)
	if n.International {
		if err := checkInternational(n.Type, n.ISOCountryCode); err != nil {
			return nil, err
		}
	}
	if err := s.checkChannel(ctx, was, n.Settings); err != nil {
		return nil, err
	}
	set(&n.DeletionProtection, in.DeletionProtectionEnabled)
	c := v.change(nil)
	c.PutNumbers = []PhoneNumber{n}
	return v.numberUpdated(n), s.Store.ChangeIdentities(ctx, c)
}

func numberInPool(n PhoneNumber, remedy string) error {
	return api.Conflict(api.ConflictExceptionReasonPhoneNumberAssociatedToPool, api.ResourceTypePhoneNumber, n.ID, remedy)
}

// ReleasePhoneNumber gives a number back for good.
func (s *Service) ReleasePhoneNumber(ctx context.Context, in *api.ReleasePhoneNumberInput) (*api.ReleasePhoneNumberOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	n, err := v.namedNumber("PhoneNumberId", in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	switch {
	case n.Type == api.NumberTypeShortCode:
		return nil, api.Invalid(api.ValidationExceptionReasonPhoneNumberCannotBeReleased,
			"Ask the operator: short codes are not released by this call.", "PhoneNumberId")
	case n.DeletionProtection:
		return nil, api.Conflict(api.ConflictExceptionReasonDeletionProtectionEnabled, api.ResourceTypePhoneNumber, n.ID,
			"Switch its deletion protection off with UpdatePhoneNumber first.")
	case n.PoolID != "":
		return nil, numberInPool(n, "Take it out of "+n.PoolID+" with DisassociateOriginationIdentity, or delete the pool.")
	}
	c := v.change(nil)
	c.DropNumbers, c.Return = []string{n.ID}, []string{n.Number}
	n.Status = api.NumberStatusDeleted
	return v.numberReleased(n), s.Store.ChangeIdentities(ctx, c)
}

// namedNumber finds the number that a request names by id or ARN.
func (v *View) namedNumber(member, text string) (PhoneNumber, error) {
	id, err := v.Scope.Resolve(api.ResourceTypePhoneNumber, member, text)
	if err != nil {
		return PhoneNumber{}, err
	}
	n, ok := v.NumberByID(id)
	if !ok {
		return PhoneNumber{}, unknownNumber(id)
	}
	return n, nil
}

func unknownNumber(id string) error {
	return api.NotFound(api.ResourceTypePhoneNumber, id, "DescribePhoneNumbers lists the numbers of this account and Region.")
}
