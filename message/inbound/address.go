package inbound

import (
	"context"
	"fmt"
	"strings"

	"heliograph/carrier"
	"heliograph/country"
	"heliograph/resource"
)

const (
	// shortest is what a telephone number of unknown type has at least: what is
	// shorter is a short code.
	shortest = 7
	// longestShortCode is in digits. Up to it, what could be a number is one only
	// where its range is in use.
	longestShortCode = 8
)

// recipient finds who holds the number that a text is for, and the number as it is
// leased. Networks write it with the calling code, without, or with a plus sign.
func (s *Service) recipient(ctx context.Context, in *carrier.Inbound) (string, resource.Scope, bool, error) {
	for _, forms := range [][]string{{in.To}, otherForms(in)} {
		if len(forms) == 0 {
			break
		}
		holders, err := s.Leases.Leased(ctx, forms)
		if err != nil {
			return "", resource.Scope{}, false, fmt.Errorf("inbound: who holds the number: %w", err)
		}
		for _, form := range forms {
			if scope, held := holders[form]; held {
				return form, scope, true, nil
			}
		}
	}
	return "", resource.Scope{}, false, nil
}

// otherForms are what else the recipient of a text may be: an international
// number, one of the sender's country, a short code.
func otherForms(in *carrier.Inbound) (forms []string) {
	digits := strings.TrimPrefix(in.To, "+")
	if !numeric(digits) {
		return nil
	}
	if n, err := country.Parse("+" + strings.TrimPrefix(digits, "00")); err == nil {
		forms = append(forms, n.E164)
	}
	if from, err := country.Parse(in.From); err == nil && in.From[0] == '+' {
		if n, ok := country.FromNational(digits, from.ISO); ok {
			forms = append(forms, n.E164)
		}
	}
	return append(forms, digits)
}

// sender is who sent a text: in the form that messages go to where it is a
// telephone number, else as it came.
func (s *Service) sender(ctx context.Context, in *carrier.Inbound, scope resource.Scope) (string, error) {
	if in.FromForm == carrier.FormShort || in.FromForm == carrier.FormName || !numeric(strings.TrimPrefix(in.From, "+")) {
		return in.From, nil
	}
	if in.FromForm == carrier.FormInternational {
		return international(in.From), nil
	}
	v, err := s.Views.Identities(ctx, scope)
	if err != nil {
		return "", fmt.Errorf("inbound: numbers: %w", err)
	}
	n, _ := v.NumberByE164(in.To)
	if in.FromForm == carrier.FormUnknown {
		return guessed(in.From, n.ISOCountryCode), nil
	}
	if n, ok := country.FromNational(in.From, n.ISOCountryCode); ok {
		return n.E164, nil
	}
	return in.From, nil
}

// international is a number with its plus sign as messages go to it: a trunk
// prefix after the calling code is taken out.
func international(number string) string {
	if n, err := country.Parse(number); err == nil {
		return n.E164
	}
	return number
}

// guessed is the number that digits of unknown type are, written to a number of a
// country: of a range in use, in that country or abroad. With a plus sign they are
// long enough for a calling code, which most networks then write.
func guessed(from, iso string) string {
	digits := strings.TrimPrefix(from, "+")
	long := digits != from
	if len(digits) < shortest {
		return from
	}
	home, _ := country.FromNational(digits, iso)
	abroad, _ := country.Parse("+" + strings.TrimPrefix(digits, "00"))
	if len(digits) <= longestShortCode {
		abroad = country.Number{}
	}
	atHome, isAbroad := home.InUse(), abroad.InUse()
	switch {
	case atHome && !(long && isAbroad):
		return home.E164
	case isAbroad, long && abroad.E164 != "":
		return abroad.E164
	}
	return from
}

// personal says whether a sender is a telephone number, which alone can opt out
// and is answered: short codes and names belong to systems.
func personal(sender string) bool {
	n, err := country.Parse(sender)
	return err == nil && n.E164 == sender
}

// unread says whether a sender looks like a telephone number and is none.
func unread(sender string) bool {
	digits := strings.TrimPrefix(sender, "+")
	return numeric(digits) && !personal(sender) && (digits != sender || len(digits) > longestShortCode)
}

func numeric(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
