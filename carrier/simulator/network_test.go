package simulator_test

import (
	"errors"
	"testing"
	"time"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
	"heliograph/protocol/smpp"
)

func TestNetworksShowWhatTheyKnow(t *testing.T) {
	const indian, singaporean, irish, belgian = "+919812345678", "+6581234567", "+353851234567", "+32470123456"
	tests := map[string]struct {
		from      smpp.Address
		to        string
		messageID string
		want      string
		kind      carrier.AddressKind
	}{
		"free country":                  {alphanumeric("Shop-1"), french, shopMessage, "Shop-1", carrier.Alphanumeric},
		"registered":                    {alphanumeric("SENDER"), indian, shopMessage, "SENDER", carrier.Alphanumeric},
		"registered by another":         {alphanumeric("SENDER"), indian, bankMessage, "NOTICE", carrier.Alphanumeric},
		"registered by operator":        {alphanumeric("SENDER"), indian, "", "SENDER", carrier.Alphanumeric},
		"another spelling":              {alphanumeric("Sender"), indian, shopMessage, "NOTICE", carrier.Alphanumeric},
		"not registered in Singapore":   {alphanumeric("SENDER"), singaporean, shopMessage, "LIKELY-SCAM", carrier.Alphanumeric},
		"not registered in Ireland":     {alphanumeric("SENDER"), irish, shopMessage, "Likely Scam", carrier.Alphanumeric},
		"country without sender IDs":    {alphanumeric("SENDER"), belgian, shopMessage, "NOTICE", carrier.Alphanumeric},
		"letters under another TON":     {smpp.Address{Addr: "SENDER"}, french, "", "SENDER", carrier.Alphanumeric},
		"customer's registered number":  {international(shopNumber), american, shopMessage, shopNumber, carrier.TenDLC},
		"customer's toll-free number":   {international(bankNumber), american, bankMessage, bankNumber, carrier.TollFree},
		"unknown toll-free number":      {international("+18885550100"), american, "", "+18885550100", carrier.TollFree},
		"unknown long code":             {international("+447700900123"), french, "", "+447700900123", carrier.LongCode},
		"number with its plus sign":     {smpp.Address{TON: 1, NPI: 1, Addr: "+447700900123"}, french, "", "+447700900123", carrier.LongCode},
		"number of unknown type":        {smpp.Address{Addr: "447700900123"}, french, "", "+447700900123", carrier.LongCode},
		"national number":               {smpp.Address{TON: 2, NPI: 1, Addr: "7700900123"}, french, "", "7700900123", carrier.Unknown},
		"customer's short code":         {smpp.Address{TON: 3, Addr: shopCode}, american, shopMessage, shopCode, carrier.ShortCode},
		"unknown short code":            {smpp.Address{TON: 3, Addr: "77777"}, american, "", "77777", carrier.ShortCode},
		"six digits of a header's kind": {smpp.Address{TON: 5, Addr: "650001"}, indian, "", "NOTICE", carrier.Alphanumeric},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.dial(t, smpp.Transmitter, "esme").submit(t, text(c.from, c.to, "x", c.messageID))
			if m := f.only(t, c.to); m.From != c.want || m.FromKind != c.kind {
				t.Errorf("got %s %q, want %s %q", m.FromKind, m.From, c.kind, c.want)
			}
		})
	}
}

func TestUnitedStatesNeverShowAnAlphanumericSender(t *testing.T) {
	f := newFixture(t)
	f.register.senders[operator+"/SENDER/US"] = true
	f.dial(t, smpp.Transmitter, "esme").refused(t, text(alphanumeric("SENDER"), american, "x", ""), smpp.StatusInvSrcAdr)
	if len(f.screen(t, american)) != 0 {
		t.Error("it is shown")
	}
}

func TestOutcomesEndInTheirReceipts(t *testing.T) {
	tests := []struct {
		outcome simulator.Outcome
		shown   bool
		state   smpp.MessageState // StateEnroute = no receipt
		stat    string
		code    string
	}{
		{simulator.Delivered, true, smpp.StateDelivered, "DELIVRD", "000"},
		{simulator.NoReceipt, true, smpp.StateEnroute, "", ""},
		{simulator.Undeliverable, false, smpp.StateUndeliverable, "UNDELIV", "027"},
		{simulator.Expired, false, smpp.StateExpired, "EXPIRED", "000"},
		{simulator.Blocked, false, smpp.StateUndeliverable, "UNDELIV", "013"},
	}
	for _, c := range tests {
		t.Run(string(c.outcome), func(t *testing.T) {
			f := newFixture(t)
			f.setRules(t, operator, simulator.Rule{Prefix: "+336", Outcome: c.outcome})
			esme := f.dial(t, smpp.Transceiver, "esme")
			id := esme.submit(t, text(alphanumeric("SENDER"), french, "Hello {you} and me, good day", ""))
			if shown := len(f.screen(t, french)) == 1; shown != c.shown {
				t.Errorf("shown: %t", shown)
			}
			if c.state == smpp.StateEnroute {
				esme.receivesNothing(t)
				return
			}
			checkReceipt(t, esme.receives(t), id, c.state, c.stat, c.code)
		})
	}
}

func checkReceipt(t *testing.T, d *smpp.DeliverSM, id string, state smpp.MessageState, stat, code string) {
	t.Helper()
	if d.ESMClass.Type() != smpp.ESMDeliveryReceipt || d.Source.Addr != french[1:] || d.Destination.Addr != "SENDER" {
		t.Errorf("esm_class %#x from %v to %v", d.ESMClass, d.Source, d.Destination)
	}
	if got, _ := d.TLVs.Text(smpp.TagReceiptedMessageID); got != id {
		t.Errorf("receipted_message_id %q, want %q", got, id)
	}
	if got, _ := d.TLVs.Uint8(smpp.TagMessageState); got != uint8(state) {
		t.Errorf("message_state %d, want %d", got, state)
	}
	r, err := smpp.ParseReceipt(d.ShortMessage, nil)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err != nil || r.ID != id || r.Stat != stat || r.Err != code || r.Text != "Hello .....you.. and" && r.Text != "Hello .you. and me," {
		t.Errorf("%v: %q", err, d.ShortMessage)
	}
	if !r.SubmitDate.Equal(at) || !r.DoneDate.Equal(at) {
		t.Errorf("dates %v, %v", r.SubmitDate, r.DoneDate)
	}
}

func TestRefusalsAtSubmitAreNeitherShownNorWritten(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Prefix: "+336", Outcome: simulator.Rejected}, simulator.Rule{Prefix: "+337", Outcome: simulator.Throttled})
	c := f.dial(t, smpp.Transceiver, "esme")
	c.refused(t, text(alphanumeric("SENDER"), french, "x", ""), smpp.StatusXRAppn)
	c.refused(t, text(alphanumeric("SENDER"), "+33712345678", "x", ""), smpp.StatusThrottled)
	if f.disk.commits() != 0 || len(f.screen(t, "")) != 0 {
		t.Error("a refused text was written")
	}
}

func TestReceiptsComeOnlyWhenAskedFor(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Prefix: "+337", Outcome: simulator.Undeliverable})
	c := f.dial(t, smpp.Transceiver, "esme")
	for _, one := range []struct {
		registered smpp.RegisteredDelivery
		to         string
		want       bool
	}{
		{smpp.NoReceipt, french, false},
		{smpp.NoReceipt, "+33712345678", false},
		{smpp.FailureReceipt, french, false},
		{smpp.FailureReceipt, "+33712345678", true},
		{smpp.FinalReceipt, french, true},
		{smpp.FinalReceipt | smpp.IntermediateReceipt, french, true},
	} {
		p := text(alphanumeric("SENDER"), one.to, "x", "")
		p.RegisteredDelivery = one.registered
		c.submit(t, p)
		if one.want {
			c.receives(t)
		}
		c.receivesNothing(t)
	}
}

func TestLongestPrefixWins(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator,
		simulator.Rule{Prefix: "", Outcome: simulator.Throttled},
		simulator.Rule{Prefix: "+33", Outcome: simulator.Rejected},
		simulator.Rule{Prefix: "+336123", Outcome: simulator.Delivered},
		simulator.Rule{Prefix: "+3361234567", Outcome: simulator.Rejected},
		simulator.Rule{Prefix: french, Outcome: simulator.Delivered},
	)
	c := f.dial(t, smpp.Transmitter, "esme")
	for to, want := range map[string]smpp.Status{
		french:         smpp.StatusOK,
		"+33612345679": smpp.StatusXRAppn,
		"+33612399999": smpp.StatusOK,
		"+33799999999": smpp.StatusXRAppn,
		"+46701234567": smpp.StatusThrottled,
	} {
		_, err := c.Submit(t.Context(), text(alphanumeric("SENDER"), to, "x", ""))
		var got smpp.Status
		if errors.As(err, &got); got != want {
			t.Errorf("%s: got %v, want %v", to, err, want)
		}
	}
}

func TestRulesAreThoseOfTheMessagesAccount(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, shop, simulator.Rule{Outcome: simulator.Rejected})
	c := f.dial(t, smpp.Transmitter, "esme")
	c.refused(t, text(alphanumeric("SENDER"), french, "x", shopMessage), smpp.StatusXRAppn)
	c.submit(t, text(alphanumeric("SENDER"), french, "x", bankMessage))
	c.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
}

func TestPublishedDestinationsEndAsPublished(t *testing.T) {
	const success, failure = "+14254147755", "+14254147167"
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Prefix: "+1", Outcome: simulator.Expired})
	c := f.dial(t, smpp.Transceiver, "esme")
	for to, want := range map[string]string{success: "stat:DELIVRD err:000", failure: "stat:UNDELIV err:013"} {
		c.submit(t, text(international(shopNumber), to, "x", ""))
		if got, err := smpp.ParseReceipt(c.receives(t).ShortMessage, nil); err != nil || "stat:"+got.Stat+" err:"+got.Err != want {
			t.Errorf("%s: got %+v, want %s", to, got, want)
		}
	}
	f.setRules(t, operator, simulator.Rule{Prefix: success, Outcome: simulator.Rejected})
	c.refused(t, text(international(shopNumber), success, "x", ""), smpp.StatusXRAppn)
}

func TestQuerySMTellsTheFate(t *testing.T) {
	f := newFixture(t)
	f.setRules(t, operator, simulator.Rule{Outcome: simulator.Blocked, ReceiptDelay: simulator.Delay(time.Minute)})
	c := f.dial(t, smpp.Transceiver, "esme")
	id := c.submit(t, text(alphanumeric("SENDER"), french, "x", ""))
	if r, err := c.Query(t.Context(), &smpp.QuerySM{MessageID: id}); err != nil || r.State != smpp.StateEnroute {
		t.Errorf("before: %+v %v", r, err)
	}
	f.clock.advance(time.Minute)
	r, err := c.Query(t.Context(), &smpp.QuerySM{MessageID: id})
	if err != nil || r.State != smpp.StateUndeliverable || r.ErrorCode != 13 || r.FinalDate != "260301120100000+" {
		t.Errorf("after: %+v %v", r, err)
	}
	var got smpp.Status
	if _, err := c.Query(t.Context(), &smpp.QuerySM{MessageID: "none"}); !errors.As(err, &got) || got != smpp.StatusQueryFail {
		t.Errorf("unknown: %v", err)
	}
}
