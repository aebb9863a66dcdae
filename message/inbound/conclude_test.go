package inbound

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

// after gives what follows from a text under a bubble's clock.
func after(t *testing.T, d *disk, r Rules, from, body string) (outcome string) {
	t.Helper()
	s := on(t, d, r)
	start(t, s)
	give(t, s, text(from, body))
	synctest.Wait()
	stop(t, s)
	return d.outcome()
}

// own are keywords of an identity.
func own(identity string) []keyword.Keyword {
	return []keyword.Keyword{
		{Identity: identity, Text: "HOURS", Message: "Nine to five.", Action: api.KeywordActionAutomaticResponse},
		{Identity: identity, Text: "HOURS OF REST", Message: "None.", Action: api.KeywordActionAutomaticResponse},
		{Identity: identity, Text: "LEAVE", Message: "Gone.", Action: api.KeywordActionOptOut},
		{Identity: identity, Text: "JOIN", Message: "Welcome.", Action: api.KeywordActionOptIn},
		{Identity: identity, Text: "CANCEL", Message: "An order?", Action: api.KeywordActionAutomaticResponse},
		{Identity: identity, Text: "QUIT", Message: "You quit.", Action: api.KeywordActionOptOut},
	}
}

// Rule(PutKeyword): a text that begins with a keyword, in any case, does what the keyword says and is answered from the number; the longest keyword wins.
// Rule(UpdatePhoneNumber, UpdatePool): with two-way on, every text goes to the channel, also one that a keyword answers; with self-managed opt-outs HELP and STOP do nothing else, unless somebody put a message for them, which answers, and nor do the other words that opt out.
// Rule(UpdatePool): while a number is in a pool, the pool's settings and keywords hold.
func TestWhatATextSetsOff(t *testing.T) {
	plain := origination.Settings{OptOutList: "L"}
	told := origination.Settings{OptOutList: "L", TwoWay: true, TwoWayChannelARN: channel}
	self := origination.Settings{OptOutList: "L", TwoWay: true, TwoWayChannelARN: channel, SelfManagedOptOut: true}
	const nobody = "told KEYWORD_111122223333"
	for _, c := range []struct{ body, plain, told, self string }{
		{"Hello there", "", nobody, nobody},
		{"help", `answered "Ask us."`, `told HELP, answered "Ask us."`, "told HELP"},
		{"Help me understand", `answered "Ask us."`, `told HELP, answered "Ask us."`, "told HELP"},
		{"helpful", "", nobody, nobody},
		{"Stop!", `out of L, answered "Bye."`, `out of L, told STOP, answered "Bye."`, "told STOP"},
		{"please stop", "", nobody, nobody},
		{"hours", `answered "Nine to five."`, `told HOURS, answered "Nine to five."`, `told HOURS, answered "Nine to five."`},
		{" Hours  of\trest? ", `answered "None."`, `told HOURS OF REST, answered "None."`, `told HOURS OF REST, answered "None."`},
		{"leave", `out of L, answered "Gone."`, `out of L, told LEAVE, answered "Gone."`, `out of L, told LEAVE, answered "Gone."`},
		{"JOIN", `in to L, answered "Welcome."`, `in to L, told JOIN, answered "Welcome."`, `in to L, told JOIN, answered "Welcome."`},
		{"cancel it", `out of L, answered "Bye."`, `out of L, told CANCEL, answered "Bye."`, `told CANCEL, answered "An order?"`},
		{"quit", `out of L, answered "You quit."`, `out of L, told QUIT, answered "You quit."`, `out of L, told QUIT, answered "You quit."`},
		{"end", `out of L, answered "Bye."`, `out of L, told END, answered "Bye."`, nobody},
		{"start", "", nobody, nobody},
	} {
		for name, kind := range map[string]struct {
			settings origination.Settings
			want     string
		}{"plain": {plain, c.plain}, "two-way": {told, c.told}, "self-managed": {self, c.self}} {
			for _, pooled := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					d := newDisk()
					d.number.Settings = kind.settings
					d.keywords = own("phone-1")
					if pooled {
						d.number.PoolID, d.number.Settings = "pool-1", origination.Settings{OptOutList: "of the number"}
						d.pools = []origination.Pool{{ID: "pool-1", Settings: kind.settings}}
						d.keywords = append(own("pool-1"), keyword.Keyword{Identity: "phone-1", Text: "HELLO", Message: "Of the number."})
					}
					if got := after(t, d, rules(), person, c.body); got != kind.want {
						t.Errorf("%s, in a pool %v, %q: %s; want %s", name, pooled, c.body, got, kind.want)
					}
				})
			}
		}
	}
}

func TestSelfManagedHelpAndStopAnswerWithAMessageOfTheirOwn(t *testing.T) {
	for _, identity := range []string{"phone-1", "pool-1"} {
		for body, want := range map[string]string{
			"help": `told HELP, answered "Mine."`, "Stop!": `told STOP, answered "Gone?"`, "quit": "told KEYWORD_111122223333",
		} {
			synctest.Test(t, func(t *testing.T) {
				d := newDisk()
				self := origination.Settings{OptOutList: "L", TwoWay: true, TwoWayChannelARN: channel, SelfManagedOptOut: true}
				d.number.Settings = self
				if identity == "pool-1" {
					d.number.PoolID, d.pools = identity, []origination.Pool{{ID: identity, Settings: self}}
				}
				d.keywords = []keyword.Keyword{
					{Identity: identity, Text: "HELP", Message: "Mine.", Action: api.KeywordActionAutomaticResponse},
					{Identity: identity, Text: "STOP", Message: "Gone?", Action: api.KeywordActionOptOut},
				}
				if got := after(t, d, rules(), person, body); got != want || len(d.listed) > 0 {
					t.Errorf("%s of %s: %s, want %s; listed %v", body, identity, got, want, d.listed)
				}
			})
		}
	}
}

// Rule(PutKeyword): ten words opt out on every number, alone or at the beginning of a text, and no other word of a text does.
func TestEveryWordThatOptsOut(t *testing.T) {
	words := []string{"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"}
	r := rules()
	r.OptOutWords = []string{"revoke"}
	whole := r
	whole.WholeMessage = true
	for _, word := range append(words, "REVOKE") {
		for _, c := range []struct {
			body        string
			first, only bool // by the first word, and by the whole message
		}{
			{word, true, true}, {strings.ToLower(word), true, true}, {" " + word + ". ", true, true}, {word + " please", true, false},
			{word + ", please", true, false}, {word + "\nnow", true, false}, {word + "S", false, false}, {word + "-it", true, false}, {word + "_it", true, false}, {word + "'s", false, false},
			{"\u200b\ufeff" + word, true, true}, {"\x00" + word[:1] + "\u00ad" + word[1:] + "\x00", true, true}, {word + "\u00adnow", true, false},
			{"“" + word + "”", true, true}, {"(" + word + ") please", true, false}, {"👍\ufe0f " + word, true, true}, {"¡*" + word + "!", true, true},
			{word[:1] + "\u0302" + word[1:], true, true}, {strings.ReplaceAll(word, "-", "–"), true, true}, {strings.ReplaceAll(word, "I", "İ"), true, true},
			{strings.ToLower(strings.ReplaceAll(word, "E", "Ê")), true, true}, {"“no” " + word, false, false},
			{"no " + word, false, false}, {word + "1", false, false},
		} {
			for _, mode := range []struct {
				Rules
				want bool
			}{{r, c.first}, {whole, c.only}} {
				synctest.Test(t, func(t *testing.T) {
					d := newDisk()
					after(t, d, mode.Rules, person, c.body)
					if got := d.listed[person]; got != mode.want {
						t.Errorf("%q, whole message %v: opted out %v", c.body, mode.WholeMessage, got)
					}
				})
			}
		}
	}
}

// Rule(PutKeyword): a keyword that begins with a word that opts out does not disarm it, unless the customer manages opt-outs.
func TestLongerKeywordDoesNotDisarmOptOuts(t *testing.T) {
	for _, c := range []struct {
		body        string
		plain, self string
	}{
		{"stop all messages", `out of L, answered "Bye."`, `answered "Sure?"`},
		{"Stop it", `out of L, answered "Bye."`, `in to L, answered "Again."`},
		{"cancel order 5", `out of L, answered "Bye."`, `answered "Which?"`},
		{"stop now, please", `out of L, answered "At once."`, `out of L, answered "At once."`},
	} {
		for self, want := range map[bool]string{false: c.plain, true: c.self} {
			synctest.Test(t, func(t *testing.T) {
				d := newDisk()
				d.number.Settings = origination.Settings{OptOutList: "L", SelfManagedOptOut: self}
				d.keywords = []keyword.Keyword{
					{Identity: "phone-1", Text: "STOP ALL", Message: "Sure?", Action: api.KeywordActionAutomaticResponse},
					{Identity: "phone-1", Text: "STOP IT", Message: "Again.", Action: api.KeywordActionOptIn},
					{Identity: "phone-1", Text: "CANCEL ORDER", Message: "Which?", Action: api.KeywordActionAutomaticResponse},
					{Identity: "phone-1", Text: "STOP NOW", Message: "At once.", Action: api.KeywordActionOptOut},
				}
				if got := after(t, d, rules(), person, c.body); got != want {
					t.Errorf("%q, self-managed %v: %s, want %s", c.body, self, got, want)
				}
			})
		}
	}
}

// Rule(UpdatePhoneNumber): on toll-free numbers of the US the network answers STOP, UNSTOP and START; the opt-out list follows.
func TestNetworkAnswersForTollFreeNumbers(t *testing.T) {
	for body, want := range map[string]string{
		"STOP": "out of Default", "unstop": "in to Default", "Start": "in to Default", "help": `answered "Ask us."`, "quit": `out of Default, answered "Bye."`,
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			d.number.Type = api.NumberTypeTollFree
			if got := after(t, d, rules(), person, body); got != want {
				t.Errorf("%s: %s, want %s", body, got, want)
			}
		})
	}
}

// Rule(UpdatePhoneNumber): what is published of a text has its keys in the published order; previousPublishedMessageId is there when the number sent the person something.
func TestPayloadIsAsPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		d.number.Settings = origination.Settings{TwoWay: true, TwoWayChannelARN: channel}
		after(t, d, rules(), person, `Is 1 < 2 & "so"?`)
		d.last = uuid.MustParse("0190a000-0000-7000-8000-000000000001")
		after(t, d, rules(), person, "help")
		for i, want := range []string{
			`{"originationNumber":"+14255550100","destinationNumber":"+12065550142","messageKeyword":"KEYWORD_111122223333","messageBody":"Is 1 < 2 & \"so\"?","inboundMessageId":"ID"}`,
			`{"originationNumber":"+14255550100","destinationNumber":"+12065550142","messageKeyword":"HELP","messageBody":"help","inboundMessageId":"ID","previousPublishedMessageId":"0190a000-0000-7000-8000-000000000001"}`,
		} {
			c := d.texts[i]
			if got := strings.Replace(c.Payload, c.Text.ID.String(), "ID", 1); got != want || c.Channel != channel {
				t.Errorf("told %s\n%s, want\n%s", c.Channel, got, want)
			}
		}
	})
}

// Rule(PutKeyword): a reply comes from the number that was written to, belongs to no configuration set, and only the confirmation goes to who opted out.
func TestReplyIsAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		for _, body := range []string{"stop", "help", "quit"} {
			after(t, d, rules(), person, body)
		}
		if len(d.sent) != 1 {
			t.Fatalf("%d messages go, want the confirmation alone", len(d.sent))
		}
		m := d.sent[0]
		if m.Body != "Bye." || m.To != person || m.Origin.Identity != "phone-1" || !m.Confirmation || m.OptOutList != "Default" || m.ConfigurationSet != "" {
			t.Errorf("%+v", m)
		}
	})
}

// Rule(PutKeyword): who opts out is listed by the number that messages go to, however the network writes it; who cannot be told is not listed.
func TestSenderOptsOutByItsNumber(t *testing.T) {
	for _, c := range []struct {
		from    string
		form    carrier.Form
		country string
		want    string // "" = nobody
	}{
		{"+4407700900123", carrier.FormInternational, "GB", "+447700900123"},
		{"+4407700900123", carrier.FormUnknown, "US", "+447700900123"},
		{"+14255550100", carrier.FormInternational, "US", "+14255550100"},
		{"+999123456789", carrier.FormInternational, "US", ""},
		{"+1425555", carrier.FormInternational, "US", ""},
		{"4255550100", carrier.FormUnknown, "US", "+14255550100"},
		{"20123456", carrier.FormNational, "DK", "+4520123456"},
		{"20123456", carrier.FormUnknown, "DK", "+4520123456"},
		{"20123456", carrier.FormShort, "DK", ""},
		{"20123456", carrier.FormUnknown, "US", ""},
		{"5550100", carrier.FormNational, "US", ""},
		{"4520123456", carrier.FormUnknown, "US", "+4520123456"},
		{"0033612345678", carrier.FormUnknown, "US", "+33612345678"},
		{"+13812345678", carrier.FormUnknown, "CN", "+8613812345678"},
		{"+12065550142", carrier.FormUnknown, "CN", "+12065550142"},
		{"1234567890123", carrier.FormUnknown, "FR", ""},
		{"1999", carrier.FormUnknown, "DK", ""},
		{"+Promo", carrier.FormName, "US", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			d.number.ISOCountryCode = c.country
			s := on(t, d, rules())
			start(t, s)
			in := text(c.from, "stop")
			in.FromForm = c.form
			give(t, s, in)
			synctest.Wait()
			stop(t, s)
			var got []string
			for number := range d.listed {
				got = append(got, number)
			}
			if strings.Join(got, " ") != c.want || len(d.texts) != 1 || (len(d.sent) == 1) != (c.want != "") {
				t.Errorf("%s (%d) to %s: %v, %d replies; want %q", c.from, c.form, c.country, got, len(d.sent), c.want)
			}
			looks := c.want == "" && len(c.from) > 8 || c.from == "+1425555"
			if (s.Nobody() == 1) != looks {
				t.Errorf("%s: %d are nobody", c.from, s.Nobody())
			}
		})
	}
}

// TestRecipientIsFoundInAnyForm has networks that write our number as they like.
func TestRecipientIsFoundInAnyForm(t *testing.T) {
	for _, c := range [][2]string{
		{"12065550142", ours}, {"2065550142", ours}, {"0012065550142", ours}, {"+12065550142", ours}, {"+72345", "72345"}, {"72345", "72345"},
		{"+4407700900001", "+447700900001"},
	} {
		d := newDisk()
		d.number.Number = c[1]
		s := on(t, d, rules())
		in := text(person, "Yes")
		in.To = c[0]
		if give(t, s, in); len(d.parts) != 1 || d.parts[0].To != c[1] || s.Stray() != 0 {
			t.Errorf("%s: kept %+v", c[0], d.parts)
		}
	}
}

// Rule(PutKeyword): short codes and names are not answered and cannot opt out; a text to a number that was released sets nothing off.
func TestWhoIsNoPersonIsNotAnswered(t *testing.T) {
	for _, from := range []string{"88222", "SHOP"} {
		synctest.Test(t, func(t *testing.T) {
			d := newDisk()
			d.number.Settings = origination.Settings{TwoWay: true, TwoWayChannelARN: channel}
			if got := after(t, d, rules(), from, "stop"); got != "told STOP" || len(d.listed) > 0 {
				t.Errorf("%s: %s, opted out %v", from, got, d.listed)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		d.released = true
		if got := after(t, d, rules(), person, "stop"); got != "" || len(d.texts) != 1 {
			t.Errorf("%s, %d texts", got, len(d.texts))
		}
	})
}

// Rule(PutKeyword): what refuses the reply leaves the opt-out.
func TestRefusedReplyLeavesTheOptOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		d.refuses = api.Conflict(api.ConflictExceptionReasonNoOriginationIdentitiesFound, api.ResourceTypePhoneNumber, "phone-1", "No.")
		if got := after(t, d, rules(), person, "stop"); got != "out of Default" || !d.listed[person] {
			t.Errorf("%s", got)
		}
	})
}

// Rule(PutKeyword): two systems that answer each other are stopped, also over restarts, and an opt-out counts all the same.
func TestTwoSystemsStopAnsweringEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		for i := range 20 {
			after(t, d, rules(), person, fmt.Sprint("help ", i))
			time.Sleep(time.Minute)
		}
		if len(d.sent) != 3 {
			t.Errorf("%d replies in an hour, want 3", len(d.sent))
		}
		if after(t, d, rules(), person, "stop"); !d.listed[person] || len(d.sent) != 3 {
			t.Errorf("opted out %v, %d replies", d.listed[person], len(d.sent))
		}
		delete(d.listed, person)
		time.Sleep(time.Hour)
		if after(t, d, rules(), person, "help"); len(d.sent) != 4 {
			t.Errorf("%d replies an hour later, want 4", len(d.sent))
		}
	})
}

// Rule(PutKeyword): our own last reply, sent back, is not answered.
func TestEchoIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		r := rules()
		r.Texts.Help = "HELP is on its way."
		after(t, d, r, person, "help")
		if got := after(t, d, r, person, "Help is on its  way."); got != "" || len(d.sent) != 1 {
			t.Errorf("%s, %d replies", got, len(d.sent))
		}
		if after(t, d, r, person, "help!"); len(d.sent) != 2 {
			t.Errorf("another text: %d replies", len(d.sent))
		}
	})
}

func TestOldTextsOptOutAndAreNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		s := on(t, d, rules())
		give(t, s, text(person, "stop")) // kept, and the server stops
		time.Sleep(2 * time.Hour)
		start(t, s)
		synctest.Wait()
		stop(t, s)
		if got := d.outcome(); got != "out of Default" {
			t.Error(got)
		}
	})
}

func TestStrayTextsAreCounted(t *testing.T) {
	d := newDisk()
	s := on(t, d, rules())
	in := text(person, "Yes")
	in.To = "+12065559999"
	logged := new(strings.Builder)
	s.Log = slog.New(slog.NewTextHandler(logged, nil))
	if err := s.Inbound(t.Context(), in); err != nil || len(d.parts) != 0 || s.Stray() != 1 {
		t.Errorf("to nobody: %v, kept %d, stray %d", err, len(d.parts), s.Stray())
	}
	give(t, s, in)
	if got := logged.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "carrier=acme") || strings.Contains(got, "5559") || s.Stray() != 2 {
		t.Errorf("logged %s", got)
	}
	d.broken = 1
	if err := s.Inbound(t.Context(), text(person, "Yes")); err == nil || len(d.parts) != 0 {
		t.Errorf("not kept: %v", err)
	}
}
