package app

import (
	"net/http"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"heliograph/account"
	"heliograph/config"
	"heliograph/country"
)

// shown is what a send gives: what the handset shows, or the refusal's reason.
type shown struct{ from, reason string }

// TestEveryCountryShowsTheSenderItsRulesAllow sends to a handset in every
// country by an explicit sender ID that nobody registered, by the account's
// registered one, by a configuration set's default, and by a pool.
//
// Rule(SendTextMessage): an explicit, a default and a pooled sender ID reach handsets as each country's rules say.
func TestEveryCountryShowsTheSenderItsRulesAllow(t *testing.T) {
	s := run(t, t.TempDir(), everyRegistration(), func(o *Options) { o.Seed = false })
	s.must("CreateConfigurationSet", map[string]any{"ConfigurationSetName": "set"})
	s.must("SetDefaultSenderId", map[string]any{"ConfigurationSetName": "set", "SenderId": "Default"})
	pool := poolOfEverySender(t, s)

	seen := 0
	for _, rules := range country.All() {
		to := exampleNumber(t, rules)
		if to == "" {
			continue
		}
		seen++
		explicit, owned, byDefault, pooled := expected(rules)
		for _, c := range []struct {
			how   string
			input map[string]any
			want  shown
		}{
			{"explicit", map[string]any{"OriginationIdentity": "NOBODYS"}, explicit},
			{"owned", map[string]any{"OriginationIdentity": "sender"}, owned},
			{"default", map[string]any{"ConfigurationSetName": "set"}, byDefault},
			{"pooled", map[string]any{"OriginationIdentity": pool}, pooled},
		} {
			if got := s.sent(to, rules.ISO, c.input); got != c.want {
				t.Errorf("%s, %s sender ID: %+v, want %+v", rules.ISO, c.how, got, c.want)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d countries were tried", seen)
	}
}

// expected is what the table of countries promises.
func expected(rules country.Rules) (explicit, owned, byDefault, pooled shown) {
	nothing := shown{reason: "NO_ORIGINATION_IDENTITIES_FOUND"}
	shared := shown{from: sharedShortCode}
	if rules.NoSharedRoutes {
		shared = nothing
	}
	switch rules.SenderIDs {
	case country.SenderIDsFree:
		return shown{from: "NOBODYS"}, shown{from: "Sender"}, shown{from: "Default"}, shown{from: "Sender"}
	case country.SenderIDsRegistered:
		return shown{reason: "SENDER_ID_NOT_REGISTERED"}, shown{from: "Sender"}, shown{from: "Sender"}, shown{from: "Sender"}
	default:
		refused := shown{reason: "SENDER_ID_NOT_SUPPORTED"}
		return refused, refused, shared, nothing
	}
}

// everyRegistration is a file whose operator registered Sender wherever that is
// needed.
func everyRegistration() *config.File {
	file := config.Default()
	file.Limits.OriginationIdentitiesPerPool, file.Limits.SenderIDsPerAccount = 1000, 1000
	for _, rules := range country.All() {
		if rules.SenderIDs == country.SenderIDsRegistered {
			file.SenderIDs = append(file.SenderIDs, config.SenderID{
				SenderID: "Sender", Country: rules.ISO, Account: account.Operator, Registered: true,
				MessageTypes: []string{"TRANSACTIONAL", "PROMOTIONAL"},
			})
		}
	}
	return file
}

// poolOfEverySender requests Sender wherever that is free, and puts it into one
// pool for every country that has sender IDs.
func poolOfEverySender(t *testing.T, s *running) string {
	t.Helper()
	pool := ""
	for _, rules := range country.All() {
		if rules.SenderIDs == country.SenderIDsUnsupported {
			continue
		}
		if rules.SenderIDs == country.SenderIDsFree {
			s.must("RequestSenderId", map[string]any{"SenderId": "Sender", "IsoCountryCode": rules.ISO})
		}
		identity := map[string]any{"OriginationIdentity": "SENDER", "IsoCountryCode": rules.ISO}
		if pool == "" {
			identity["MessageType"] = "TRANSACTIONAL"
			pool = s.must("CreatePool", identity)["PoolId"].(string)
			continue
		}
		identity["PoolId"] = pool
		s.must("AssociateOriginationIdentity", identity)
	}
	return pool
}

// exampleNumber is a mobile number of the country, "" where the numbering plan
// names none that leads back to it.
func exampleNumber(t *testing.T, rules country.Rules) string {
	t.Helper()
	example := phonenumbers.GetExampleNumberForType(rules.ISO, phonenumbers.MOBILE)
	if example == nil {
		return ""
	}
	e164 := phonenumbers.Format(example, phonenumbers.E164)
	if found, err := country.Parse(e164); err != nil || found.ISO != rules.ISO {
		t.Logf("%s: the example number leads to %s (%v)", rules.ISO, found.ISO, err)
		return ""
	}
	return e164
}

// sent sends a text and gives what the handset shows of it.
func (r *running) sent(to, iso string, input map[string]any) shown {
	r.t.Helper()
	input["DestinationPhoneNumber"], input["MessageBody"] = to, "Hello"
	if iso == "IN" {
		input["DestinationCountryParameters"] = map[string]any{"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}
	}
	before := r.handsetNow(to)
	status, answer := r.call("SendTextMessage", input)
	if status != http.StatusOK {
		reason, _ := answer["Reason"].(string)
		return shown{reason: reason}
	}
	messages := r.handset(to, before)
	return shown{from: messages[len(messages)-1]["from"].(string)}
}
