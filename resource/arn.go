package resource

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"

	"heliograph/api"
)

// ARN is an Amazon Resource Name of a resource, taken apart:
// arn:Partition:Service:Region:Account:Kind/Tail.
type ARN struct {
	Partition, Service, Region, Account, Kind, Tail string
}

// Differs(all): nothing is shared between accounts: Owner SHARED lists nothing, and the ARN of another account is
// INVALID_ARN.
// Differs(all): ARNs are of the partition aws in every Region.

// What an ARN of this service's resources starts with.
const (
	partition = "aws"
	service   = "sms-voice"
)

// IsARN says whether an identifier is meant as an ARN.
func IsARN(text string) bool { return strings.HasPrefix(text, "arn:") }

// ParseARN takes an ARN apart. The second result is false where a part is
// missing; whether the parts name anything is not looked at.
func ParseARN(text string) (ARN, bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ARN{}, false
	}
	kind, tail, ok := strings.Cut(parts[5], "/")
	a := ARN{parts[1], parts[2], parts[3], parts[4], kind, tail}
	return a, ok && a.Partition != "" && a.Service != "" && kind != "" && tail != ""
}

// ScopeOf is the scope that a call's resources belong to.
func ScopeOf(ctx context.Context) Scope {
	c := api.CallerFrom(ctx)
	return Scope{Account: c.Account, Region: c.Region}
}

// Resolve turns an identifier, which is an id, a name or an ARN of the kind,
// into the id or name. Whether that exists is not looked at. Errors name the
// member of the request: MISSING_PARAMETER for empty text, INVALID_ARN for an
// ARN of another service, Region, account or kind: nothing is shared between
// accounts.
func (s Scope) Resolve(kind api.ResourceType, member, text string) (string, error) {
	if text == "" {
		return "", api.Invalid(api.ValidationExceptionReasonMissingParameter,
			"Give an id, a name or an ARN ("+string(kind)+").", member)
	}
	if !IsARN(text) {
		return text, nil
	}
	a, ok := ParseARN(text)
	if !ok || a != (ARN{partition, service, s.Region, s.Account, string(kind), a.Tail}) {
		return "", api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give an ARN of this kind, account and Region, as in "+s.ARN(string(kind), "…")+".", member)
	}
	return a.Tail, nil
}

// NewID makes an id: the prefix and 32 random hexadecimal digits.
func NewID(prefix string) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return prefix + hex.EncodeToString(b[:])
}

// IsID says whether text is an id of the prefix, which no name can be.
func IsID(prefix, text string) bool {
	digits, ok := strings.CutPrefix(text, prefix)
	if !ok || len(digits) != 32 {
		return false
	}
	return strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}
