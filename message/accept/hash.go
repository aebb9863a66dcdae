package accept

import (
	"maps"
	"slices"

	"heliograph/api"
)

// FNV-1a, 64 bits: it must give the same after a restart.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// digest is a running sum.
type digest uint64

func (d *digest) text(s string) {
	sum := uint64(*d)
	for i := range len(s) {
		sum = (sum ^ uint64(s[i])) * prime
	}
	*d = digest((sum ^ 0xFF) * prime) // no octet of UTF-8: the end of the text
}

func (d *digest) number(n int) { *d = digest((uint64(*d) ^ uint64(n)) * prime) }

func (d *digest) flag(set bool) {
	n := 1
	if set {
		n = 2
	}
	d.number(n)
}

// hashRequest stands for all parameters of a request, to tell a repeated
// attempt from another call under the same invocation id.
func hashRequest(in *api.SendTextMessageInput) uint64 {
	d := digest(offset)
	for _, s := range [...]string{
		in.DestinationPhoneNumber, in.OriginationIdentity, in.MessageBody, string(in.MessageType),
		in.Keyword, in.ConfigurationSetName, in.MaxPrice, in.ProtectConfigurationId,
	} {
		d.text(s)
	}
	if in.TimeToLive != nil {
		d.number(*in.TimeToLive)
	}
	d.flag(in.DryRun)
	if in.MessageFeedbackEnabled != nil {
		d.flag(*in.MessageFeedbackEnabled)
	}
	addMap(&d, in.Context)
	addMap(&d, in.DestinationCountryParameters)
	return uint64(d)
}

func addMap[K ~string](d *digest, m map[K]string) {
	if len(m) == 0 {
		return // the usual case, without a list of keys
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		d.text(string(key))
		d.text(m[key])
	}
	d.number(len(m))
}
