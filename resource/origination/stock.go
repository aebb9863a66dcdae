package origination

import (
	"context"
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// wanted is what a request asks of a number.
type wanted struct {
	country      string
	kind         api.NumberType
	messageType  api.MessageType
	capabilities []api.NumberCapability
	preference   []api.NumberPreferenceItem
}

// stock finds a number that can be leased: of the operator's inventory, or a
// fictitious one where the operator has none. Simulator numbers are always
// fictitious: they never leave the house.
func (s *Service) stock(ctx context.Context, scope resource.Scope, want wanted) (Stock, error) {
	free, err := s.Store.FreeStock(ctx)
	if err != nil {
		return Stock{}, err
	}
	if want.kind == api.NumberTypeSimulator || !s.hasInventory() {
		found, ok, err := s.fictitious(ctx, scope, want, free)
		if err == nil && !ok {
			err = want.none()
		}
		return found, err
	}
	for _, n := range free {
		if want.fits(n) {
			return n, nil
		}
	}
	return Stock{}, want.none()
}

func (s *Service) hasInventory() bool { return s.Inventory != nil && s.Inventory() }

func (w wanted) fits(n Stock) bool {
	return n.ISOCountryCode == w.country && n.Type == w.kind &&
		(n.MessageType == "" || n.MessageType == w.messageType) &&
		covers(n.Capabilities, w.capabilities) && w.prefers(n.Number)
}

func covers(can, need []api.NumberCapability) bool {
	for _, c := range need {
		if !slices.Contains(can, c) {
			return false
		}
	}
	return true
}

// prefers compares digits; a plus sign on either side says nothing.
func (w wanted) prefers(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	for _, p := range w.preference {
		part := strings.TrimPrefix(p.Filter[0], "+")
		ok := false
		switch p.PreferenceType[0] {
		case api.PreferenceTypeStartsWith:
			ok = strings.HasPrefix(digits, part)
		case api.PreferenceTypeEndsWith:
			ok = strings.HasSuffix(digits, part)
		case api.PreferenceTypeContains:
			ok = strings.Contains(digits, part)
		case api.PreferenceTypeExactMatch:
			ok = digits == part
		}
		if !ok {
			return false
		}
	}
	return true
}

// none says that no number fits.
func (w wanted) none() error {
	return api.NotFound(api.ResourceTypePhoneNumber, w.country+"/"+string(w.kind),
		"No free number fits: ask for another type, country or capability, or have the operator add one.")
}
