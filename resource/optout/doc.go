// Package optout holds opt-out lists and the numbers on them, as in the Pinpoint
// SMS and Voice v2 API. What a person answers to a number, which puts them on its
// list, is left to message/inbound.
package optout

// Differs(DeleteOptOutList): a list that a number or a pool uses is RESOURCE_NOT_EMPTY, and Default is
// RESOURCE_DELETION_NOT_ALLOWED; the service publishes no reasons for either.
// Differs(DeleteOptedOutNumber): a destination is taken off once in 30 days (`opt_in_days` of the configuration's limits)
// across the lists of an account and Region; the service does not say whether its rule is one of each list. That a
// person opts in by a text does not count.
// Differs(DeleteOptedOutNumber): opt-outs that carriers of US toll-free numbers keep are not known here: such a destination
// is taken off like any other, and its carrier goes on refusing.
// Differs(DescribeOptedOutNumbers): numbers stand in the order in which they were put on the list.
