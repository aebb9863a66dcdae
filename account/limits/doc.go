// Package limits tells callers what their account is and may: its attributes,
// quotas with what is used of them, and monthly spend limits, as in the
// Pinpoint SMS and Voice v2 API. Customers may lower the limit for texts; the
// limit is enforced where a message is written. The limits of voice, media,
// notify and RCS messages, which are not sent here, are shown and cannot be
// changed. A default protect configuration is left out.
package limits
