package smsc

import "slices"

// evidence is how many different ids have to tell the same before a form of ids is
// taken on.
const evidence = 3

// candidates are the forms that traffic can teach, those that leave most of an id
// as it is first: what a wider form would match as well is not proof of it.
var candidates = [...]IDType{IDSame, IDFoldCase, IDDecimal, IDNoDashes, IDHex, IDHexInResponse, IDHexInReceipt}

// changesBase says that a form reads the same digits differently in responses and
// receipts, so that a match under IDSame speaks against it.
func (t IDType) changesBase() bool { return t == IDHexInResponse || t == IDHexInReceipt }

// taught says which form the ids of receipts teach that match no response under
// the present one; agreed is how many receipts matched meanwhile. False means that
// they do not say, or not clearly.
func taught(present IDType, responses, receipts []string, agreed int) (IDType, bool) {
	strange := withoutMatches(present, responses, receipts)
	var best []IDType
	most := evidence - 1
	for _, form := range candidates {
		if form == present {
			continue
		}
		switch n := matches(form, responses, strange); {
		case n > most:
			best, most = []IDType{form}, n
		case n == most && n >= evidence:
			best = append(best, form)
		}
	}
	if len(best) == 0 || slices.ContainsFunc(best[1:], func(other IDType) bool { return !best[0].coveredBy(other) }) {
		return "", false
	}
	if (best[0].changesBase() || present.changesBase()) && most <= agreed {
		return "", false
	}
	return best[0], true
}

// coveredBy says that what speaks for t speaks for the wider form too, so that a
// tie between them is one for t.
func (t IDType) coveredBy(wider IDType) bool {
	switch t {
	case IDSame:
		return !wider.changesBase()
	case IDFoldCase:
		return wider == IDNoDashes || wider == IDHex
	case IDDecimal:
		return wider == IDHex
	}
	return false
}

// matches counts the different ids that receipts and responses share under a form.
func matches(form IDType, responses, receipts []string) int {
	known := make(map[string]bool, len(responses))
	for _, id := range responses {
		known[form.fromResponse(id)] = true
	}
	n := 0
	for _, id := range receipts {
		key := form.fromReceipt(id)
		if known[key] {
			known[key] = false
			n++
		}
	}
	return n
}

// withoutMatches leaves the receipts that match no response.
func withoutMatches(form IDType, responses, receipts []string) (strange []string) {
	known := make(map[string]bool, len(responses))
	for _, id := range responses {
		known[form.fromResponse(id)] = true
	}
	for _, id := range receipts {
		if !known[form.fromReceipt(id)] {
			strange = append(strange, id)
		}
	}
	return strange
}
