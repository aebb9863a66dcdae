// Package configset holds configuration sets and their defaults, as in the
// Pinpoint SMS and Voice v2 API. Event destinations are left out.
package configset

// Differs(DescribeConfigurationSets): EventDestinations is always empty, and the filters on event destinations and
// protect configurations keep no set: neither is built.
