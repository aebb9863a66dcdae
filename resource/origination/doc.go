// Package origination holds what a message can come from: phone numbers,
// sender IDs and pools of the Pinpoint SMS and Voice v2 API, with the rules of
// each operation. They refer to each other, so they live together. RCS agents
// are left out.
package origination

// Differs(RequestPhoneNumber): numbers come from the operator's inventory; without one, and in heliograph dev, from
// ranges that belong to nobody.
// Differs(RequestPhoneNumber): a fictitious TEN_DLC number is ACTIVE at once in heliograph dev; elsewhere any
// RegistrationId is one that does not exist, since registrations are not built.
// Differs(RequestPhoneNumber, RequestSenderId, DescribePhoneNumbers, DescribeSenderIds): MonthlyLeasingPrice is the
// operator's for numbers, "1.00" where none is set, and "0.00" for sender IDs.
// Differs(RequestSenderId): which countries take sender IDs, and which want them registered, is a table of this server
// (country/countries.csv); a registered one is put into an account by the operator.
// Differs(UpdatePhoneNumber, UpdatePool): that the role of a two-way channel can be assumed is not looked at, and a channel
// that no sink of the operator speaks to is taken: what is told there stays in the journal.
// Differs(CreatePool, DeletePool, AssociateOriginationIdentity, DisassociateOriginationIdentity): the change is in force
// when the answer is given; on the service it shows up late.
// Differs(DeletePool): the answer says DELETING and the pool is gone.
