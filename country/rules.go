// Package country knows the numbering of the world and what each country
// allows of a text message: sender IDs, kinds of numbers, answers.
//
// Numbers are ITU-T E.164, read with the metadata of libphonenumber. The rule
// is "possible" (the length fits the numbering plan), not "valid" (the range
// is in use): ranges go stale, and fictitious numbers must pass. The rules of
// countries are the service's published tables, carried in countries.csv.
//
// Left out: number portability, carriers and network codes, national dialling
// forms, short codes as destinations.
package country

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Support says what a country's networks do with alphanumeric sender IDs.
type Support uint8

// The three ways in which countries treat sender IDs.
const (
	// SenderIDsUnsupported: networks drop or replace every sender ID.
	SenderIDsUnsupported Support = iota
	// SenderIDsFree: any sender ID is shown as it was sent.
	SenderIDsFree
	// SenderIDsRegistered: only registered sender IDs are shown.
	SenderIDsRegistered
)

// Request says what RequestSenderId answers for a country. It differs from
// Support where a registration is needed for sending but not for requesting.
type Request uint8

// The three answers to a request for a sender ID.
const (
	// RequestUnsupported: there are no sender IDs to request.
	RequestUnsupported Request = iota
	// RequestAllowed: the sender ID is given at once.
	RequestAllowed
	// RequestNeedsRegistration: it comes out of a registration only.
	RequestNeedsRegistration
)

// Rules are the published facts of one country or territory.
type Rules struct {
	ISO  string // ISO 3166-1 alpha-2 code, XK for Kosovo
	Name string // English name
	// Dial holds the calling code in digits, or with the area code where
	// a calling code is shared ("1787 1939"), several parted by a space.
	Dial string

	SenderIDs       Support // what networks do on delivery
	RequestSenderID Request // what RequestSenderId answers

	TwoWay    bool // people can answer
	ShortCode bool // short codes exist
	LongCode  bool // long codes exist
	TollFree  bool // toll-free numbers exist
	TenDLC    bool // registered long codes (10DLC) exist
	// International: reachable from a number of another country that has
	// international sending enabled.
	International bool
	// LongCodeInboundOnly: its long codes receive but do not send.
	LongCodeInboundOnly bool
	// NoSharedRoutes: without an own origination identity nothing is
	// delivered, since no shared one exists.
	NoSharedRoutes bool

	Simulator Simulator // empty in most countries
}

// Simulator holds the two published simulator destinations of a country in
// E.164. Messages to them never reach a paying carrier.
type Simulator struct {
	Success string // yields a success event
	Failure string // yields a failure event
}

// Lookup returns the rules of an ISO 3166-1 alpha-2 code in upper case. The
// second result is false where the service reaches nobody or lists nothing
// (CU, SJ): Parse may name such a country all the same.
func Lookup(iso string) (Rules, bool) {
	i, ok := table().byISO[iso]
	if !ok {
		return Rules{}, false
	}
	return table().rules[i], true
}

// All returns the rules of every listed country, ordered by ISO code. The
// slice is the caller's own.
func All() []Rules {
	return slices.Clone(table().rules)
}

//go:embed countries.csv
var countriesCSV string

type rulesTable struct {
	rules     []Rules
	byISO     map[string]int
	simulated map[string]simulated
}

var table = sync.OnceValue(func() rulesTable {
	t, err := readTable(countriesCSV)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return t
})

// columns is the head of countries.csv.
const columns = "iso,name,dial,sender_ids,request_sender_id,two_way,short_code,long_code,toll_free,ten_dlc," +
	"international,inbound_only_long_code,no_shared_routes,simulator_success,simulator_failure"

func readTable(text string) (rulesTable, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return rulesTable{}, fmt.Errorf("country: read table: %w", err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != columns {
		return rulesTable{}, fmt.Errorf("country: table does not start with %s", columns)
	}
	t := rulesTable{byISO: make(map[string]int), simulated: make(map[string]simulated)}
	for i, row := range rows[1:] {
		r, err := readRow(row)
		if err != nil {
			return rulesTable{}, fmt.Errorf("country: table line %d: %w", i+2, err)
		}
		t.rules = append(t.rules, r)
		if r.Simulator != (Simulator{}) {
			t.simulated[r.Simulator.Success] = simulated{r.ISO, OutcomeSuccess}
			t.simulated[r.Simulator.Failure] = simulated{r.ISO, OutcomeFailure}
		}
	}
	slices.SortFunc(t.rules, func(a, b Rules) int { return strings.Compare(a.ISO, b.ISO) })
	for i, r := range t.rules {
		t.byISO[r.ISO] = i
	}
	return t, nil
}

func readRow(row []string) (Rules, error) {
	r := Rules{
		ISO: row[0], Name: row[1], Dial: row[2],
		TwoWay: row[5] == yes, ShortCode: row[6] == yes, LongCode: row[7] == yes,
		TollFree: row[8] == yes, TenDLC: row[9] == yes, International: row[10] == yes,
		LongCodeInboundOnly: row[11] == yes, NoSharedRoutes: row[12] == yes,
		Simulator: Simulator{Success: row[13], Failure: row[14]},
	}
	switch row[3] {
	case "free":
		r.SenderIDs = SenderIDsFree
	case "registered":
		r.SenderIDs = SenderIDsRegistered
	case "unsupported":
		r.SenderIDs = SenderIDsUnsupported
	default:
		return Rules{}, fmt.Errorf("sender_ids is %q", row[3])
	}
	switch row[4] {
	case "allowed":
		r.RequestSenderID = RequestAllowed
	case "registration":
		r.RequestSenderID = RequestNeedsRegistration
	case "unsupported":
		r.RequestSenderID = RequestUnsupported
	default:
		return Rules{}, fmt.Errorf("request_sender_id is %q", row[4])
	}
	return r, nil
}

// yes marks a fact that holds; an empty field one that does not.
const yes = "yes"
