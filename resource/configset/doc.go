// Package configset holds configuration sets, their defaults and their event
// destinations, as in the Pinpoint SMS and Voice v2 API.
package configset

// Differs(DescribeConfigurationSets): the filter on protect configurations keeps no set: they are not built.
// Differs(CreateEventDestination, UpdateEventDestination): the role is kept and shown, and not taken: the server writes
// with the credentials that its operator gave the sink.
// Differs(CreateEventDestination, UpdateEventDestination): TEXT_SENT may be named, as the API's enumeration has it; no
// event is of that type.
