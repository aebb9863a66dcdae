// Package accept takes a caller's request to send a text up to the commit:
// SendTextMessage of the Pinpoint SMS and Voice v2 API. It checks in the API's
// order, has origin and carrier chosen, counts parts and price, and answers
// only after the message is on disk; then it hands the message to the
// dispatcher in memory.
//
// Left out: media, voice and RCS messages, notify templates, protect
// configurations (any id is one that does not exist), verified destination
// numbers (a sandbox account reaches the published simulator destinations
// alone), and the Keyword member, which is decoded and not used.
package accept
