// Package health judges how carriers deliver to a country, and how messages
// from an identity arrive there, by the receipts that come back: the outage in
// which everything is taken and nothing is delivered shows in nothing else. It
// follows a sample of the messages in memory, for one node, and implements no
// standard.
//
// Left out: connections (a carrier knows its own), prices, and quality as the
// recipients see it.
package health
