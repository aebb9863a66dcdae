// Package keyword holds what a text from a handset sets off, by its first words:
// the keywords of phone numbers and pools of the Pinpoint SMS and Voice v2 API.
// RCS agents, which have keywords too, are left out, and so is acting on a text
// (package message/inbound).
package keyword

// Differs(DescribeKeywords): the texts of HELP and STOP that nobody changed are the operator's; the service's are not
// published.
// Differs(PutKeyword): HELP and STOP do not count towards the quota; whether they do on the service is not published.
// Differs(PutKeyword): on toll-free numbers of the US, STOP, UNSTOP and START, and any keyword with OPT_OUT, are
// RESOURCE_MODIFICATION_NOT_ALLOWED: there the network opts out. The service publishes no reason.
