package app

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/audit"
	"heliograph/config"
)

// act is a call that changes something, and what the audit names as changed;
// $1 and so on stand for ids that earlier calls answered.
type act struct {
	operation string
	input     map[string]any
	keep      string // member of the answer that becomes the next $n
	targets   string
}

type in = map[string]any

// acts let every operation that changes something do so once.
var acts = []act{
	{"RequestPhoneNumber", in{"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL", "NumberCapabilities": []string{"SMS"}, "NumberType": "SIMULATOR"}, "PhoneNumberId", "phone-number/$1"},
	{"RequestSenderId", in{"SenderId": "Audited", "IsoCountryCode": "FR"}, "", "sender-id/AUDITED/FR"},
	{"UpdateSenderId", in{"SenderId": "AUDITED", "IsoCountryCode": "FR", "DeletionProtectionEnabled": true}, "", "sender-id/AUDITED/FR"},
	{"UpdateSenderId", in{"SenderId": "AUDITED", "IsoCountryCode": "FR", "DeletionProtectionEnabled": false}, "", "sender-id/AUDITED/FR"},
	{"UpdatePhoneNumber", in{"PhoneNumberId": "$1", "DeletionProtectionEnabled": true}, "", "phone-number/$1"},
	{"UpdatePhoneNumber", in{"PhoneNumberId": "$1", "DeletionProtectionEnabled": false}, "", "phone-number/$1"},
	{"CreatePool", in{"OriginationIdentity": "$1", "IsoCountryCode": "US", "MessageType": "TRANSACTIONAL"}, "PoolId", "pool/$2 phone-number/$1"},
	{"PutKeyword", in{"OriginationIdentity": "$2", "Keyword": "hours", "KeywordMessage": "Nine to five."}, "", "keyword/$2/HOURS"},
	{"DeleteKeyword", in{"OriginationIdentity": "$2", "Keyword": "HOURS"}, "", "keyword/$2/HOURS"},
	{"UpdatePool", in{"PoolId": "$2", "DeletionProtectionEnabled": true}, "", "pool/$2"},
	{"UpdatePool", in{"PoolId": "$2", "DeletionProtectionEnabled": false}, "", "pool/$2"},
	{"AssociateOriginationIdentity", in{"PoolId": "$2", "OriginationIdentity": "AUDITED", "IsoCountryCode": "FR"}, "", "pool/$2"},
	{"DisassociateOriginationIdentity", in{"PoolId": "$2", "OriginationIdentity": "AUDITED", "IsoCountryCode": "FR"}, "", "pool/$2"},
	{"CreateConfigurationSet", in{"ConfigurationSetName": "audited"}, "", "configuration-set/audited"},
	{"SetDefaultMessageType", in{"ConfigurationSetName": "audited", "MessageType": "PROMOTIONAL"}, "", "configuration-set/audited"},
	{"SetDefaultSenderId", in{"ConfigurationSetName": "audited", "SenderId": "AUDITED"}, "", "configuration-set/audited"},
	{"SetDefaultMessageFeedbackEnabled", in{"ConfigurationSetName": "audited", "MessageFeedbackEnabled": true}, "", "configuration-set/audited"},
	{"DeleteDefaultMessageType", in{"ConfigurationSetName": "audited"}, "", "configuration-set/audited"},
	{"DeleteDefaultSenderId", in{"ConfigurationSetName": "audited"}, "", "configuration-set/audited"},
	{"TagResource", in{"ResourceArn": "arn:aws:sms-voice:us-east-1:000000000000:configuration-set/audited", "Tags": []in{{"Key": "a", "Value": "b"}}}, "", "configuration-set/audited"},
	{"UntagResource", in{"ResourceArn": "arn:aws:sms-voice:us-east-1:000000000000:configuration-set/audited", "TagKeys": []string{"a"}}, "", "configuration-set/audited"},
	{"CreateEventDestination", in{"ConfigurationSetName": "audited", "EventDestinationName": "events", "MatchingEventTypes": []string{"ALL"}, "SnsDestination": in{"TopicArn": "arn:aws:sns:us-east-1:000000000000:audited"}}, "", "configuration-set/audited event-destination/events"},
	{"UpdateEventDestination", in{"ConfigurationSetName": "audited", "EventDestinationName": "events", "Enabled": false}, "", "configuration-set/audited event-destination/events"},
	{"DeleteEventDestination", in{"ConfigurationSetName": "audited", "EventDestinationName": "events"}, "", "configuration-set/audited event-destination/events"},
	{"CreateOptOutList", in{"OptOutListName": "audited"}, "", "opt-out-list/audited"},
	{"PutOptedOutNumber", in{"OptOutListName": "audited", "OptedOutNumber": "+12065550142"}, "", "opt-out-list/audited"},
	{"DeleteOptedOutNumber", in{"OptOutListName": "audited", "OptedOutNumber": "+12065550142"}, "", "opt-out-list/audited"},
	{"SetTextMessageSpendLimitOverride", in{"MonthlyLimit": 1}, "", "spend-limit/TEXT"},
	{"DeleteTextMessageSpendLimitOverride", in{}, "", "spend-limit/TEXT"},
	{"DeleteOptOutList", in{"OptOutListName": "audited"}, "", "opt-out-list/audited"},
	{"DeleteConfigurationSet", in{"ConfigurationSetName": "audited"}, "", "configuration-set/audited"},
	{"DeletePool", in{"PoolId": "$2"}, "", "pool/$2 phone-number/$1"},
	{"ReleasePhoneNumber", in{"PhoneNumberId": "$1"}, "", "phone-number/$1"},
	{"ReleaseSenderId", in{"SenderId": "AUDITED", "IsoCountryCode": "FR"}, "", "sender-id/AUDITED/FR"},
}

// TestEachChangeLeavesOneLineInTheAudit makes every built operation that
// changes something do so, and then fail: a new one that is not here, or that
// leaves no line, fails the test.
func TestEachChangeLeavesOneLineInTheAudit(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	s.must("DescribePools", in{}) // what `dev` starts with is put there first
	seen, ids := map[string]bool{}, []string{}
	for _, a := range acts {
		seen[a.operation] = true
		before := s.audited()
		answer := s.must(a.operation, filled(a.input, ids).(in))
		if a.keep != "" {
			ids = append(ids, answer[a.keep].(string))
		}
		lines := s.audited()[len(before):]
		if len(lines) != 1 {
			t.Errorf("%s left %d lines", a.operation, len(lines))
			continue
		}
		e := lines[0]
		got := fmt.Sprintf("%s %s %s/%s %s %s", e.Origin, e.Action, e.Account, e.Region, e.AccessKeyID, strings.Join(e.Targets, " "))
		want := "api " + a.operation + " 000000000000/us-east-1 test " + filled(a.targets, ids).(string)
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if len(e.RequestID) != 36 || (e.Parameters == "") != (len(a.input) == 0) || e.At.IsZero() {
			t.Errorf("%s: %+v", a.operation, e)
		}
	}
	if built := s.changing(); !maps.Equal(seen, built) {
		t.Errorf("tried %v,\nbuilt %v", slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(built)))
	}
	for operation := range seen {
		s.refusedLeavesNoLine(operation)
	}
}

// refusedLeavesNoLine calls with what does not exist or cannot be.
func (r *running) refusedLeavesNoLine(operation string) {
	r.t.Helper()
	before := len(r.audited())
	status, answer := r.call(operation, in{
		"PoolId": "pool-00000000000000000000000000000000", "PhoneNumberId": "phone-00000000000000000000000000000000",
		"SenderId": "NOBODYS", "IsoCountryCode": "US", "OriginationIdentity": "NOBODYS", "MessageType": "TRANSACTIONAL",
		"NumberCapabilities": []string{"SMS"}, "NumberType": "TEN_DLC", "ConfigurationSetName": "no body", "OptOutListName": "no body",
		"ResourceArn": "arn:aws:sms-voice:us-east-1:000000000000:pool/none", "Tags": []in{{"Key": "a", "Value": "b"}}, "TagKeys": []string{"a"},
		"MonthlyLimit": -1, "MessageFeedbackEnabled": true, "EventDestinationName": "no body", "MatchingEventTypes": []string{"ALL"},
		"Keyword": "HOURS", "KeywordMessage": "Nine to five.",
	})
	if operation == "DeleteTextMessageSpendLimitOverride" { // deletes nothing, and says so
		if status != http.StatusOK {
			r.t.Errorf("%s: %d", operation, status)
		}
	} else if status != http.StatusBadRequest {
		r.t.Errorf("%s: %d %v", operation, status, answer)
	}
	if after := len(r.audited()); after != before {
		r.t.Errorf("%s was refused and left %d lines", operation, after-before)
	}
}

// audited is the audit, oldest first.
func (r *running) audited() []audit.Entry {
	r.t.Helper()
	list, err := r.store.AuditEntries(r.t.Context(), audit.Query{Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// changing are the built operations that change something.
func (r *running) changing() map[string]bool {
	mux := awsjson.NewMux(awsjson.Server{Now: time.Now})
	if err := r.registerOperations(mux); err != nil {
		r.t.Fatal(err)
	}
	left := mux.NotBuilt()
	built := map[string]bool{}
	for _, op := range api.Operations() {
		reads := regexp.MustCompile(`^(Describe|List|Get|Send|PutMessageFeedback)`).MatchString(op.Name)
		if !reads && !slices.Contains(left, op.Name) {
			built[op.Name] = true
		}
	}
	return built
}

// filled puts ids in the place of $1 and so on.
func filled(value any, ids []string) any {
	switch v := value.(type) {
	case string:
		for i, id := range ids {
			v = strings.ReplaceAll(v, fmt.Sprint("$", i+1), id)
		}
		return v
	case in:
		full := in{}
		for name, member := range v {
			full[name] = filled(member, ids)
		}
		return full
	}
	return value
}

// TestWhatDevStartsWithIsTheFilesDoing names in the audit what a read brought
// about, not who read.
func TestWhatDevStartsWithIsTheFilesDoing(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	s.must("CreateConfigurationSet", in{"ConfigurationSetName": "a"})
	s.must("DescribePools", in{})
	var got []string
	for _, e := range s.audited() {
		got = append(got, strings.Join([]string{e.Origin, e.Action, e.AccessKeyID}, " "))
	}
	slices.Sort(got)
	if want := []string{"api CreateConfigurationSet test", "file Seed ", "file Start "}; !slices.Equal(slices.Compact(got), want) {
		t.Errorf("the audit has %q", got)
	}
}

// TestOneTokenLeavesOneLine repeats a call with its token.
func TestOneTokenLeavesOneLine(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	answers := make(chan int, 4)
	for range 4 {
		go func() {
			status := 0
			defer func() { answers <- status }() // also where the call ends this goroutine
			status, _ = s.call("CreateConfigurationSet", in{"ConfigurationSetName": "once", "ClientToken": "token"})
		}()
	}
	for range 4 {
		if status := <-answers; status != http.StatusOK {
			t.Errorf("HTTP %d", status)
		}
	}
	lines := 0
	for _, e := range s.audited() {
		if e.Action == "CreateConfigurationSet" {
			lines++
		}
	}
	if lines != 1 {
		t.Errorf("%d lines", lines)
	}
}

// TestKeysAndAccountsOfAStartAreNoted names what a start and a first use make,
// and what another root key of the environment takes away; the same key again is
// no change.
func TestKeysAndAccountsOfAStartAreNoted(t *testing.T) {
	folder := t.TempDir()
	var s *running
	for _, root := range []string{"ROOT1", "ROOT1", "ROOT2"} {
		s = run(t, folder, config.Default(), func(o *Options) {
			o.Env = func(name string) (string, bool) {
				if name == "HELIOGRAPH_ROOT_ACCESS_KEY_ID" {
					return root, true
				}
				return "secret", name == "HELIOGRAPH_ROOT_SECRET_ACCESS_KEY"
			}
		})
		if root != "ROOT2" {
			s.stop()
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ConsoleURL()+"/simulator/v1/rules", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("222233334444", "test")
	s.exchange(request)
	var got []string
	for _, e := range s.audited() {
		got = append(got, strings.Join([]string{e.Origin, e.Action, e.AccessKeyID, e.Account, strings.Join(e.Targets, " ")}, " "))
	}
	want := []string{
		"file Start  000000000000 account/000000000000", "file Start  000000000000 access-key/ROOT1",
		"file Start  000000000000 access-key/ROOT2", "file Start  000000000000 access-key/ROOT1",
		"file FirstUse 222233334444 222233334444 account/222233334444",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the audit has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestResetIsNotedWithWhoAsked resets twice: what holds nothing leaves no line.
func TestResetIsNotedWithWhoAsked(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	s.must("CreateConfigurationSet", in{"ConfigurationSetName": "a", "ClientToken": "t"})
	before := len(s.audited())
	for range 2 {
		s.console(http.MethodPost, "/simulator/v1/reset", "")
	}
	lines := s.audited()[before:]
	if len(lines) != 1 {
		t.Fatalf("%d lines: %+v", len(lines), lines)
	}
	e := lines[0]
	got := strings.Join([]string{e.Origin, e.Action, e.AccessKeyID, e.Account, e.Region, strings.Join(e.Targets, " ")}, " ")
	if want := "operator Reset test 000000000000 us-east-1 configuration-set/a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
