package origination_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"heliograph/resource"
	"heliograph/resource/origination"
)

// known is a view with two numbers, two sender IDs of one text and two pools.
func known() *origination.View {
	return &origination.View{
		Scope: resource.Scope{Account: "000000000000", Region: "us-east-1"},
		Numbers: []origination.PhoneNumber{
			{ID: "phone-1", Number: "+12065550142", ISOCountryCode: "US", PoolID: "pool-1", Settings: origination.Settings{OptOutList: "Own"}},
			{ID: "phone-2", Number: "24680", ISOCountryCode: "US", Settings: origination.Settings{OptOutList: "Own"}},
		},
		Senders: []origination.SenderID{{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "IN"}, {Text: "SENDER", ISOCountryCode: "FR"}, {Text: "SHOP", ISOCountryCode: "FR"}},
		Pools: []origination.Pool{
			{ID: "pool-1", Settings: origination.Settings{OptOutList: "Pool"}, Members: []origination.Member{
				{SenderID: "SENDER", ISOCountryCode: "IN"}, {PhoneNumberID: "phone-1"}, {PhoneNumberID: "phone-gone"}}},
			{ID: "pool-2"},
		},
		OptOuts: []string{"Own"},
	}
}

func TestNumbersAreFoundByIDARNAndDigits(t *testing.T) {
	v := known()
	for text, want := range map[string]string{
		"phone-1": "phone-1", "+12065550142": "phone-1", "12065550142": "phone-1", "24680": "phone-2",
		"arn:aws:sms-voice:us-east-1:000000000000:phone-number/phone-1": "phone-1",
		"arn:aws:sms-voice:eu-west-1:000000000000:phone-number/phone-1": "",
		"arn:aws:sms-voice:us-east-1:000000000000:pool/phone-1":         "",
		"phone-3": "", "": "", "+": "",
	} {
		if n, ok := v.Number(text); n.ID != want || ok != (want != "") {
			t.Errorf("Number(%q) = %q, %v; want %q", text, n.ID, ok, want)
		}
	}
}

func TestSenderIDsAreFoundInAnyCase(t *testing.T) {
	v := known()
	if s, ok := v.Sender("sEnDeR", "IN"); !ok || s.Spelling != "Sender" {
		t.Error(s, ok)
	}
	if _, ok := v.Sender("SHOP", "IN"); ok {
		t.Error("found in another country")
	}
}

func TestPoolsAreFoundByIDAndARN(t *testing.T) {
	v := known()
	for text, want := range map[string]bool{"pool-1": true, "pool-3": false, "": false,
		"arn:aws:sms-voice:us-east-1:000000000000:pool/pool-2":         true,
		"arn:aws:sms-voice:us-east-1:000000000000:phone-number/pool-2": false} {
		if _, ok := v.Pool(text); ok != want {
			t.Errorf("Pool(%q): %v", text, ok)
		}
	}
}

func TestMembersHaveTheSettingsOfTheirPool(t *testing.T) {
	v := known()
	members := v.Members(v.Pools[0])
	if len(members) != 2 || members[0].Sender == nil || members[0].Sender.ISOCountryCode != "IN" ||
		members[1].Number == nil || members[1].Number.ID != "phone-1" || members[1].Settings.OptOutList != "Pool" {
		t.Errorf("%+v", members)
	}
	if got := v.SettingsOf(v.Numbers[0]).OptOutList + v.SettingsOf(v.Numbers[1]).OptOutList; got != "PoolOwn" {
		t.Error(got)
	}
	if !v.HasOptOutList("Default") || !v.HasOptOutList("Own") || v.HasOptOutList("own") {
		t.Error(v.OptOuts)
	}
}

// Rule(AssociateOriginationIdentity, DisassociateOriginationIdentity, DeletePool, CreatePool): whatever callers do at the same time, a number's pool and a pool's numbers agree.
func TestPoolsAndNumbersAgreeUnderConcurrentChanges(t *testing.T) {
	h, c := open(t)
	var numbers, pools []string
	for range 5 {
		numbers = append(numbers, number(c, ""))
	}
	for range 2 {
		pools = append(pools, pool(c, number(c, ""), "US"))
	}
	var calls sync.WaitGroup
	for caller := range uint64(4) {
		calls.Go(func() {
			r := rand.New(rand.NewPCG(caller, 1))
			for range 15 {
				n, p := numbers[r.IntN(len(numbers))], pools[r.IntN(len(pools))]
				operation, body := "AssociateOriginationIdentity", member(p, n, "US")
				switch r.IntN(6) {
				case 0, 1:
					operation = "DisassociateOriginationIdentity"
				case 2:
					operation, body = "CreatePool", `{"OriginationIdentity":"`+n+`","MessageType":"TRANSACTIONAL"}`
				case 3:
					operation, body = "ReleasePhoneNumber", `{"PhoneNumberId":"`+n+`"}`
				}
				if failure := c.Call(operation, body).Failure(); len(failure) > 8 && failure[:8] == "Internal" {
					t.Errorf("%s %s: %s", operation, body, failure)
				}
			}
		})
	}
	calls.Wait()
	v, err := h.DB.Identities(t.Context(), c.Scope)
	if err != nil {
		t.Fatal(err)
	}
	seats := map[string]string{}
	for _, p := range v.Pools {
		for _, m := range p.Members {
			if seats[m.PhoneNumberID] != "" {
				t.Errorf("%s sits in %s and %s", m.PhoneNumberID, seats[m.PhoneNumberID], p.ID)
			}
			seats[m.PhoneNumberID] = p.ID
		}
	}
	for _, n := range v.Numbers {
		if seats[n.ID] != n.PoolID {
			t.Errorf("%s says %q, the pools say %q", n.ID, n.PoolID, seats[n.ID])
		}
		delete(seats, n.ID)
	}
	if len(seats) != 0 {
		t.Errorf("pools hold numbers that are not there: %s", fmt.Sprint(seats))
	}
}
