// Package optout holds opt-out lists, as in the Pinpoint SMS and Voice v2 API.
// The numbers on them are left out.
package optout

// Differs(DeleteOptOutList): a list that a number or a pool uses is RESOURCE_NOT_EMPTY, and Default is
// RESOURCE_DELETION_NOT_ALLOWED; the service publishes no reasons for either.
// Differs(CreateOptOutList, DescribeOptOutLists): lists can be made and used, and no number can be put on one yet.
