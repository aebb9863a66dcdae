package limit

import (
	"testing"
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/resource"
)

func text(change func(*message.Message)) *message.Message {
	m := &message.Message{
		Scope:  resource.Scope{Account: "111122223333", Region: "us-east-1"},
		Origin: message.Origin{Kind: carrier.Alphanumeric, Identity: "SHOP", Wire: "Shop"},
		To:     "+33612345678", Country: "FR", Type: api.MessageTypePromotional,
	}
	if change != nil {
		change(m)
	}
	return m
}

func from(kind carrier.AddressKind, wire string) *message.Message {
	return text(func(m *message.Message) { m.Origin = message.Origin{Kind: kind, Identity: "id", Wire: wire} })
}

// perSecond is how many parts go within ten seconds, in whole parts per second.
func perSecond(s Settings, next func(n int) *message.Message) int {
	rules := New(s)
	l := NewLimiter(func() *Rules { return rules })
	now := time.Unix(1_800_000_000, 0)
	end, sent := now.Add(10*time.Second), 0
	for now.Before(end) && sent < 10_000 {
		v := l.Ask(next(sent), true, now)
		if v.Held() {
			now = v.Until
			continue
		}
		sent++
	}
	return sent / 10
}

// Rule(SendTextMessage): message parts per second are held to the rates of accounts, identities, pools, countries and recipients; published rates are those of each kind of identity.
// Proves(limit): message parts per second hold per account, identity, pool, country and recipient, and by the published figures when they are on; nothing else is limited.
func TestRatesHoldWhatTheyName(t *testing.T) {
	one := func(m *message.Message) func(int) *message.Message { return func(int) *message.Message { return m } }
	line := func(of Dimension, value string, n int) Settings {
		return Settings{Rates: []Rate{{of, value, n}}}
	}
	const free = 1000
	published := Settings{Published: true, Rates: []Rate{{Recipient, Each, free}}}
	pooled := func(m *message.Message) { m.Origin.Pool = "pool-1" }
	for name, c := range map[string]struct {
		settings Settings
		next     func(int) *message.Message
		want     int
	}{
		"nothing":                {Settings{}, one(text(nil)), free},
		"every account":          {Settings{PartsPerSecond: 7}, one(text(nil)), 7},
		"this account":           {Settings{PartsPerSecond: 7, Rates: []Rate{{Account, "111122223333", 9}}}, one(text(nil)), 9},
		"other account":          {line(Account, "999922223333", 9), one(text(nil)), free},
		"sender ID":              {line(Identity, "shop", 4), one(text(nil)), 4},
		"number":                 {line(Identity, "+12065550142", 2), one(from(carrier.LongCode, "+12065550142")), 2},
		"each identity":          {line(Identity, Each, 2), one(text(nil)), 2},
		"pool":                   {line(Pool, "pool-1", 5), one(text(pooled)), 5},
		"not of the pool":        {line(Pool, "pool-1", 5), one(text(nil)), free},
		"country":                {line(Country, "FR", 6), one(text(nil)), 6},
		"other country":          {line(Country, "DE", 6), one(text(nil)), free},
		"recipient":              {line(Recipient, "+33612345678", 1), one(text(nil)), 1},
		"the slower of two":      {Settings{PartsPerSecond: 7, Rates: []Rate{{Country, "FR", 3}}}, one(text(nil)), 3},
		"published sender ID":    {published, one(text(nil)), 10},
		"published short code":   {published, one(american(from(carrier.ShortCode, "88222"))), 100},
		"published toll-free":    {published, one(from(carrier.TollFree, "+18005550142")), 3},
		"published 10DLC":        {published, one(from(carrier.TenDLC, "+12065550142")), 1},
		"published long code":    {published, one(from(carrier.LongCode, "+447700900001")), 10},
		"published Canadian":     {published, one(from(carrier.LongCode, "+16135550142")), 1},
		"published shared":       {published, one(text(func(m *message.Message) { m.Origin = message.Origin{Kind: carrier.ShortCode, Wire: "70707"} })), 20},
		"published to recipient": {Settings{Published: true}, one(american(from(carrier.ShortCode, "88222"))), 1},
		"named beats published":  {Settings{Published: true, Rates: []Rate{{Identity, "SHOP", 50}, {Recipient, Each, free}}}, one(text(nil)), 50},
	} {
		if got := perSecond(c.settings, c.next); got != c.want {
			t.Errorf("%s: %d parts per second, want %d", name, got, c.want)
		}
	}
}

// Proves(limit): the published rate to a recipient counts messages, not parts.
func TestLaterPartsAreNoMessagesToTheirRecipient(t *testing.T) {
	rules := New(Settings{Published: true})
	l, now := NewLimiter(func() *Rules { return rules }), time.Unix(1_800_000_000, 0)
	m := american(from(carrier.ShortCode, "88222"))
	for n, want := range []bool{false, true, false} {
		if v := l.Ask(m, n < 2, now); v.Held() != want || want && v.Gate.String() != "recipient +3361*****78" {
			t.Errorf("part %d: %v", n, v)
		}
	}
}

func american(m *message.Message) *message.Message { m.Country = "US"; return m }

// Proves(limit): nothing configured limits nothing and allocates nothing.
func TestNothingConfiguredCostsNothing(t *testing.T) {
	l, m := NewLimiter(func() *Rules { return New(Settings{}) }), text(nil)
	if New(Settings{}) != nil {
		t.Fatal("rules that limit nothing")
	}
	l.rules = func() *Rules { return nil }
	if n := testing.AllocsPerRun(100, func() { l.Ask(m, true, time.Time{}) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	var none *Limiter
	if none.Rules() != nil {
		t.Error("a nil limiter has rules")
	}
}

func clock(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05 -0700", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Rule(SendTextMessage): quiet hours are by the clock on the wall of their zone, for countries, message types and the days that they begin on.
// Proves(limit): quiet hours are by country, message type and day, by the clock on the wall of their zone.
func TestQuietHoursByTheClockOnTheWall(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	night := Hours{Countries: []string{"FR"}, Types: []api.MessageType{api.MessageTypePromotional}, From: 20 * time.Hour, To: 8 * time.Hour, Zone: paris}
	sunday := Hours{Countries: []string{"FR"}, To: 24 * time.Hour, Zone: paris, Days: []time.Weekday{time.Sunday}}
	for name, c := range map[string]struct {
		at, end string // end "" = not quiet
		change  func(*message.Message)
		hours   []Hours
	}{
		"evening":        {"2026-11-24 20:00:00 +0100", "2026-11-25 08:00:00 +0100", nil, []Hours{night}},
		"before":         {"2026-11-24 19:59:59 +0100", "", nil, []Hours{night}},
		"morning":        {"2026-11-24 07:59:59 +0100", "2026-11-24 08:00:00 +0100", nil, []Hours{night}},
		"after":          {"2026-11-24 08:00:00 +0100", "", nil, []Hours{night}},
		"transactional":  {"2026-11-24 22:00:00 +0100", "", func(m *message.Message) { m.Type = api.MessageTypeTransactional }, []Hours{night}},
		"other country":  {"2026-11-24 22:00:00 +0100", "", func(m *message.Message) { m.Country = "DE" }, []Hours{night}},
		"summer begins":  {"2026-03-28 23:00:00 +0100", "2026-03-29 08:00:00 +0200", nil, []Hours{night}},
		"summer ends":    {"2026-10-24 23:00:00 +0200", "2026-10-25 08:00:00 +0100", nil, []Hours{night}},
		"Sunday":         {"2026-11-22 12:00:00 +0100", "2026-11-23 00:00:00 +0100", nil, []Hours{sunday}},
		"Monday":         {"2026-11-23 12:00:00 +0100", "", nil, []Hours{sunday}},
		"on each other":  {"2026-11-21 21:00:00 +0100", "2026-11-23 08:00:00 +0100", nil, []Hours{night, sunday}},
		"begun on a day": {"2026-11-23 02:00:00 +0100", "2026-11-23 08:00:00 +0100", nil, []Hours{{From: 20 * time.Hour, To: 8 * time.Hour, Zone: paris, Days: []time.Weekday{time.Sunday}}}},
	} {
		end, quiet := New(Settings{Quiet: c.hours}).Quiet(text(c.change), clock(t, c.at))
		if quiet != (c.end != "") || quiet && !end.Equal(clock(t, c.end)) {
			t.Errorf("%s: quiet %v until %v, want %q", name, quiet, end, c.end)
		}
	}
}

func TestNextQuietHours(t *testing.T) {
	rules := New(Settings{Quiet: []Hours{
		{From: 20 * time.Hour, To: 8 * time.Hour, Zone: time.UTC, Days: []time.Weekday{time.Friday}},
		{To: 24 * time.Hour, Zone: time.UTC, Days: []time.Weekday{time.Sunday}},
	}})
	for at, want := range map[string]string{
		"2026-11-24 12:00:00 +0000": "2026-11-27 20:00:00 +0000",
		"2026-11-27 20:00:00 +0000": "2026-11-29 00:00:00 +0000",
		"2026-11-29 01:00:00 +0000": "2026-12-04 20:00:00 +0000",
	} {
		if begin, ok := rules.NextQuiet(text(nil), clock(t, at)); !ok || !begin.Equal(clock(t, want)) {
			t.Errorf("after %s: %v", at, begin)
		}
	}
}

func TestApartTellsWhatCanBeHeldAlone(t *testing.T) {
	for name, c := range map[string]struct {
		settings           Settings
		country, recipient string
	}{
		"nothing":    {Settings{PartsPerSecond: 1}, "", ""},
		"country":    {Settings{Rates: []Rate{{Country, "FR", 1}}}, "FR", ""},
		"quiet":      {Settings{Quiet: []Hours{{Countries: []string{"FR"}, Zone: time.UTC}}}, "FR", ""},
		"not quiet":  {Settings{Quiet: []Hours{{Countries: []string{"DE"}, Zone: time.UTC}}}, "", ""},
		"recipients": {Settings{Published: true}, "", "+33612345678"},
	} {
		if country, recipient := New(c.settings).Apart(text(nil)); country != c.country || recipient != c.recipient {
			t.Errorf("%s: %q %q", name, country, recipient)
		}
	}
}
