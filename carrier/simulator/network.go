package simulator

import (
	"context"
	"fmt"
	"strings"

	"heliograph/carrier"
	"heliograph/country"
	"heliograph/protocol/smpp"
)

// What phones show in place of a sender ID that the network does not know.
const (
	notice       = "NOTICE"
	noticeSG     = "LIKELY-SCAM" // Singapore's registry (SSIR)
	noticeIE     = "Likely Scam" // Ireland's registry (ComReg)
	longestText  = 11            // of a sender ID, in characters (3GPP TS 23.040 §9.1.2.5)
	shortestE164 = 7             // digits; what is shorter is a short code
)

// sender is a source address as a phone shows it.
type sender struct {
	text string
	kind carrier.AddressKind
}

// readSender reads a source address (SMPP 3.4 §5.2.8). ok is false for what no
// network takes as one.
func readSender(a smpp.Address) (s sender, ok bool) {
	number := strings.TrimPrefix(a.Addr, "+")
	switch {
	case a.Addr == "":
		return sender{}, false
	case a.TON == smpp.TONAlphanumeric, !digits(number):
		s = sender{text: a.Addr, kind: carrier.Alphanumeric}
		return s, len(s.text) <= longestText && printable(s.text)
	case len(number) < shortestE164:
		return sender{text: number, kind: carrier.ShortCode}, number != ""
	case a.TON == smpp.TONInternational, a.TON == smpp.TONUnknown:
		return sender{text: "+" + number, kind: kindByShape(number)}, true
	default:
		return sender{text: number, kind: carrier.Unknown}, true
	}
}

// kindByShape judges an international number that the directory does not know.
func kindByShape(number string) carrier.AddressKind {
	if len(number) == 11 {
		switch number[:4] {
		case "1800", "1833", "1844", "1855", "1866", "1877", "1888":
			return carrier.TollFree
		}
	}
	return carrier.LongCode
}

func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// readDestination reads a destination address; only what country.Parse takes
// for a phone number has a handset.
func readDestination(a smpp.Address) (country.Number, error) {
	number := strings.TrimPrefix(a.Addr, "+")
	if a.TON == smpp.TONUnknown {
		number = strings.TrimPrefix(number, "00")
	}
	if number == "" {
		return country.Number{}, country.ErrNotPossible
	}
	to, err := country.Parse(number)
	if err != nil {
		return country.Number{}, fmt.Errorf("simulator: destination: %w", err)
	}
	return to, nil
}

// display is what a phone in the destination's country shows as the sender of
// an account's text. ok is false where the network refuses the sender: the
// United States have no alphanumeric ones.
func display(ctx context.Context, d Directory, account string, s sender, to country.Number) (shown sender, ok bool, err error) {
	if s.kind != carrier.Alphanumeric {
		kind, _, err := d.NumberKind(ctx, s.text)
		if err != nil {
			return s, false, fmt.Errorf("simulator: kind of sender: %w", err)
		}
		if kind != "" {
			s.kind = kind
		}
		return s, true, nil
	}
	if to.ISO == "US" {
		return s, false, nil
	}
	rules, _ := country.Lookup(to.ISO)
	if rules.SenderIDs == country.SenderIDsFree {
		return s, true, nil
	}
	if rules.SenderIDs == country.SenderIDsRegistered {
		registered, err := d.SenderRegistered(ctx, account, s.text, to.ISO)
		if err != nil {
			return s, false, fmt.Errorf("simulator: registration of sender: %w", err)
		}
		if registered {
			return s, true, nil
		}
	}
	s.text = replacement(to.ISO)
	return s, true, nil
}

// replacement is the name that a country's networks put in the place of a
// sender ID that they do not know.
func replacement(iso string) string {
	switch iso {
	case "SG":
		return noticeSG
	case "IE":
		return noticeIE
	default:
		return notice
	}
}
