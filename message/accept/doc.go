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

// Differs(SendTextMessage): a SANDBOX account reaches the published simulator destinations alone; verified destination
// numbers are not built.
// Differs(SendTextMessage): any ProtectConfigurationId is one that does not exist; protect configurations are not built.
// Differs(SendTextMessage): Keyword is checked and not used.
// Differs(SendTextMessage): the published message parts per second are enforced where the operator turns `published_rates`
// on; what is beyond them waits, and no call is refused for it.
// Differs(SendTextMessage): an SDK's repeated attempt (the same Amz-Sdk-Invocation-Id and parameters within 15 minutes)
// answers the first MessageId, also after a restart; what the service does then is not published. Of a client that does
// not send that header, such as Debian's AWS CLI 2.9.19, every attempt that is taken is a message.
// Differs(SendTextMessage): prices are the operator's; a country without one costs nothing.
// Differs(SendTextMessage): NOTICE, LIKELY-SCAM and the like are never put on a wire to a real carrier; a simulated one
// shows them as networks do.
