// Package route chooses what a message comes from and which carrier takes it,
// as the Pinpoint SMS and Voice v2 API publishes it for text messages: the
// identity that the caller named, or the best that a pool or the account has
// for the destination, and a carrier of the first route that matches on which
// that identity is provisioned. It reads immutable views, and asks how carriers
// and identities do now; why it chose as it did is kept as short codes that
// Explain puts into words.
//
// Left out: RCS agents, protect configurations, opt-out lists, shared resources
// of other accounts, what carriers cost, and look-ups of ported numbers (Lookup
// is there to be implemented).
package route
