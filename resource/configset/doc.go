// Package configset holds configuration sets and their defaults, as in the
// Pinpoint SMS and Voice v2 API. Event destinations are left out.
package configset
