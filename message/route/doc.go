// Package route chooses what a message comes from and which carrier takes it,
// as the Pinpoint SMS and Voice v2 API publishes it for text messages: the
// identity that the caller named, or the best that a pool or the account has
// for the destination, and the first carrier of the country's route on which
// that identity is provisioned. It is a pure function of immutable views; why
// it chose as it did is kept as short codes that Explain puts into words.
//
// Left out: RCS agents, protect configurations, opt-out lists, shared resources
// of other accounts, a carrier's health, cost and number portability.
package route
