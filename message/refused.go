package message

import "heliograph/carrier"

// Refused is the state that a part ends in when a carrier did not take it and
// it is not tried again: because it must not be, or because its time to live is
// over.
func Refused(f carrier.Failure) State {
	switch f {
	case carrier.InvalidNumber:
		return Invalid
	case carrier.SenderRefused, carrier.Rejected:
		return CarrierBlocked
	case carrier.InvalidMessage:
		return InvalidMessage
	case carrier.Transient, carrier.QuotaUsed, carrier.Elsewhere:
		return CarrierUnreachable
	case carrier.Throttled, carrier.QueueFull:
		return Expired
	}
	return Unknown
}
