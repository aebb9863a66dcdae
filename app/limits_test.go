package app

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/config"
)

// configured reads a configuration file, as an operator writes it.
func configured(t *testing.T, text string) *config.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// accountLimits are the account's quotas as "used of max".
func accountLimits(r *running) map[string]string {
	r.t.Helper()
	got := map[string]string{}
	for _, l := range r.must("DescribeAccountLimits", map[string]any{})["AccountLimits"].([]any) {
		limit := l.(map[string]any)
		got[limit["Name"].(string)] = fmt.Sprint(limit["Used"], " of ", limit["Max"])
	}
	return got
}

// quota is a limit, how a scope uses all of it, and the call that would go
// beyond.
type quota struct {
	reason string
	limit  int
	use    []call
	over   call
	name   string // in DescribeAccountLimits, "" = not shown
	shown  string
}

// call is an operation with its input.
type call struct {
	operation string
	input     map[string]any
}

func quotasToReach() []quota {
	set := func(name string) call {
		return call{"CreateConfigurationSet", map[string]any{"ConfigurationSetName": name, "Tags": tags(1)}}
	}
	list := func(name string) call { return call{"CreateOptOutList", map[string]any{"OptOutListName": name}} }
	number := call{"RequestPhoneNumber", map[string]any{
		"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL", "NumberCapabilities": []string{"SMS"}, "NumberType": "LONG_CODE"}}
	sender := func(country string) call {
		return call{"RequestSenderId", map[string]any{"SenderId": "Shop", "IsoCountryCode": country}}
	}
	pool := call{"CreatePool", map[string]any{"OriginationIdentity": "SHOP", "IsoCountryCode": "FR", "MessageType": "TRANSACTIONAL"}}
	member := call{"AssociateOriginationIdentity", map[string]any{"OriginationIdentity": "SHOP", "IsoCountryCode": "DE"}}
	destination := func(name string) call {
		return call{"CreateEventDestination", map[string]any{"ConfigurationSetName": "A", "EventDestinationName": name,
			"MatchingEventTypes": []string{"ALL"}, "SnsDestination": map[string]any{"TopicArn": "arn:aws:sns:us-east-1:000000000000:events"}}}
	}
	tag := call{"TagResource", map[string]any{
		"ResourceArn": "arn:aws:sms-voice:us-east-1:000000000000:configuration-set/A", "Tags": tags(2)}}
	return []quota{
		{"CONFIGURATION_SETS_PER_ACCOUNT", 1, []call{set("A")}, set("B"), "CONFIGURATION_SETS", "1 of 1"},
		{"PHONE_NUMBERS_PER_ACCOUNT", 2, []call{number, number}, number, "PHONE_NUMBERS", "2 of 2"},
		{"SENDER_IDS_PER_ACCOUNT", 1, []call{sender("FR")}, sender("DE"), "SENDER_IDS", "1 of 1"},
		{"POOLS_PER_ACCOUNT", 1, []call{sender("FR"), pool}, pool, "POOLS", "1 of 1"},
		{"ORIGINATION_IDENTITIES_PER_POOL", 1, []call{sender("FR"), sender("DE"), pool}, member, "", ""},
		{"OPT_OUT_LISTS_PER_ACCOUNT", 2, []call{list("A")}, list("B"), "OPT_OUT_LISTS", "2 of 2"}, // Default is one
		{"EVENT_DESTINATIONS_PER_CONFIGURATION_SET", 1, []call{set("A"), destination("E")}, destination("F"), "", ""},
		{"TAGS_PER_RESOURCE", 1, []call{set("A")}, tag, "", ""},
	}
}

func tags(n int) (list []map[string]any) {
	for i := range n {
		list = append(list, map[string]any{"Key": fmt.Sprint("k", i), "Value": ""})
	}
	return list
}

// Rule(CreateConfigurationSet, RequestPhoneNumber, RequestSenderId, CreatePool, AssociateOriginationIdentity, CreateEventDestination, CreateOptOutList, TagResource): quotas are the operator's, by the API's names in lower case; a call beyond one names it.
// Rule(DescribeAccountLimits): shows what the account has in the Region and the operator's quotas.
func TestQuotasAreTheOperators(t *testing.T) {
	for _, q := range quotasToReach() {
		t.Run(q.reason, func(t *testing.T) {
			file := configured(t, fmt.Sprintf("limits: { %s: %d }\n", strings.ToLower(q.reason), q.limit))
			r := run(t, t.TempDir(), file, func(o *Options) { o.Seed = false })
			for _, c := range q.use {
				if id := r.must(c.operation, c.input)["PoolId"]; id != nil {
					q.over.input["PoolId"] = id
				}
			}
			status, refused := r.call(q.over.operation, q.over.input)
			if status != http.StatusBadRequest || refused["__type"] != "ServiceQuotaExceededException" || refused["Reason"] != q.reason {
				t.Errorf("HTTP %d %v", status, refused)
			}
			if got := accountLimits(r)[q.name]; got != q.shown {
				t.Errorf("%s is shown as %s, want %s", q.name, got, q.shown)
			}
		})
	}
}

// Rule(DescribeAccountLimits): counts what the account has in the Region now; the Default opt-out list is one.
func TestAccountLimitsCountWhatThereIs(t *testing.T) {
	folder := t.TempDir()
	r := run(t, folder, config.Default(), nil)
	want := map[string]string{
		"PHONE_NUMBERS": "1 of 25", "POOLS": "1 of 25", "SENDER_IDS": "1 of 200", "CONFIGURATION_SETS": "0 of 25", "OPT_OUT_LISTS": "1 of 25",
		"REGISTRATIONS": "0 of 25", "REGISTRATION_ATTACHMENTS": "0 of 25", "VERIFIED_DESTINATION_NUMBERS": "0 of 10",
	}
	if got := accountLimits(r); !maps.Equal(got, want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
	r.must("CreateConfigurationSet", map[string]any{"ConfigurationSetName": "A"})
	r.must("CreateOptOutList", map[string]any{"OptOutListName": "A"})
	r.must("RequestSenderId", map[string]any{"SenderId": "Shop", "IsoCountryCode": "FR"})
	want["CONFIGURATION_SETS"], want["OPT_OUT_LISTS"], want["SENDER_IDS"] = "1 of 25", "2 of 25", "2 of 200"
	if got := accountLimits(r); !maps.Equal(got, want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
	r.must("DeleteConfigurationSet", map[string]any{"ConfigurationSetName": "A"})
	r.stop()
	want["CONFIGURATION_SETS"] = "0 of 25"
	if got := accountLimits(run(t, folder, config.Default(), nil)); !maps.Equal(got, want) {
		t.Errorf("after a restart %v\nwant\n%v", got, want)
	}
}

// Rule(SendTextMessage, SetTextMessageSpendLimitOverride): the operator's limit and the account's own one stop texts; `reset` removes the own one and what was spent.
func TestSpendLimitsStopTexts(t *testing.T) {
	r := run(t, t.TempDir(), configured(t, `
accounts: [{ id: "000000000000", text_spend_limit_usd: 2 }]
prices: [{ country: US, text_part: "0.75" }]
`), nil)
	send := func(dry bool) string {
		status, answer := r.call("SendTextMessage", map[string]any{"DestinationPhoneNumber": "+14255550100", "MessageBody": "x", "DryRun": dry})
		if status == http.StatusOK {
			return ""
		}
		return fmt.Sprint(answer["__type"], " ", answer["Reason"])
	}
	const refused = "ServiceQuotaExceededException MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""}, // 0.75 of 2
		{func() { r.must("SetTextMessageSpendLimitOverride", map[string]any{"MonthlyLimit": 1}) }, refused},
		{func() { r.must("DeleteTextMessageSpendLimitOverride", map[string]any{}) }, ""}, // 1.50 of 2
		{func() {}, refused},
	} {
		step.do()
		if dry, real := send(true), send(false); dry != step.want || real != step.want {
			t.Errorf("dry run %q, send %q; want %q", dry, real, step.want)
		}
	}
	r.must("SetTextMessageSpendLimitOverride", map[string]any{"MonthlyLimit": 1})
	if status, answer := r.console(http.MethodPost, "/simulator/v1/reset", ""); status != http.StatusNoContent {
		t.Fatalf("reset: HTTP %d %v", status, answer)
	}
	text := r.must("DescribeSpendLimits", map[string]any{})["SpendLimits"].([]any)[0].(map[string]any)
	if text["EnforcedLimit"] != 2.0 || text["MaxLimit"] != 2.0 || text["Overridden"] != false {
		t.Errorf("after the reset: %v", text)
	}
	for range 2 { // of which the account could pay none before
		if real := send(false); real != "" {
			t.Errorf("after the reset: %q", real)
		}
	}
}
