package cli

import (
	"strings"
	"testing"
	"time"
)

func TestKeysAreMadeListedAndRevoked(t *testing.T) {
	f := &fake{answers: map[string]string{
		"POST /operator/v1/accounts/111122223333/keys":         `{"accessKeyId":"AKIA1","secretAccessKey":"s3cret","root":true,"createdAt":"2026-01-02T03:04:05Z"}`,
		"GET /operator/v1/accounts/111122223333/keys":          `{"keys":[{"accessKeyId":"AKIA1","root":true,"createdAt":"2026-01-02T03:04:05Z"}]}`,
		"GET /operator/v1/accounts/444455556666/keys":          `{"keys":[]}`,
		"DELETE /operator/v1/accounts/111122223333/keys/AKIA1": "",
		"DELETE /operator/v1/accounts/111122223333/keys/AKIA2": `{"error":"this is the last one"}`,
	}}
	env, out, _ := against(t, f)
	const shop = "111122223333"
	if err := CreateKey(t.Context(), env, shop, "env"); err != nil || !strings.Contains(out.String(), "\nexport AWS_ACCESS_KEY_ID=AKIA1\nexport AWS_SECRET_ACCESS_KEY=s3cret\n") {
		t.Errorf("create: %q, %v", out, err)
	}
	out.Reset()
	if err := CreateKey(t.Context(), env, shop, JSON); err != nil || !strings.Contains(out.String(), `"secretAccessKey": "s3cret"`) {
		t.Errorf("create: %q, %v", out, err)
	}
	out.Reset()
	if err := ListKeys(t.Context(), env, shop, "table"); err != nil || !strings.HasPrefix(out.String(), "KEY    KIND  CREATED\nAKIA1  root  2026-") {
		t.Errorf("list: %q, %v", out, err)
	}
	out.Reset()
	if err := ListKeys(t.Context(), env, shop, JSON); err != nil || strings.Contains(out.String(), "secret") {
		t.Errorf("list: %q, %v", out, err)
	}
	out.Reset()
	if err := ListKeys(t.Context(), env, "444455556666", "table"); err != nil || !strings.Contains(out.String(), "has no keys") {
		t.Errorf("list of none: %q, %v", out, err)
	}
	out.Reset()
	if err := RevokeKey(t.Context(), env, shop, "AKIA1"); err != nil || out.String() != "revoked AKIA1 of account 111122223333\n" {
		t.Errorf("revoke: %q, %v", out, err)
	}
	if err := RevokeKey(t.Context(), env, shop, "AKIA2"); err == nil || err.Error() != "this is the last one" {
		t.Errorf("a refusal is told in the server's words, not %v", err)
	}
	for _, err := range []error{
		CreateKey(t.Context(), env, "../../x", "env"), ListKeys(t.Context(), env, "1", "table"), RevokeKey(t.Context(), env, shop, "../AKIA1"),
	} {
		if !IsUsage(err) {
			t.Errorf("what is no account or key is wrong usage, not %v", err)
		}
	}
}

func TestProvisionSendsWhatTheFlagsSay(t *testing.T) {
	f := &fake{answers: map[string]string{
		"POST /operator/v1/provision/sender-ids":    `{}`,
		"POST /operator/v1/provision/phone-numbers": `{"phoneNumberId":"phone-1","messageType":"TRANSACTIONAL"}`,
	}}
	env, out, _ := against(t, f)
	carriers, err := ParseCarriers([]string{"acme", "other=NEWS1"})
	if err != nil {
		t.Fatal(err)
	}
	err = ProvisionSender(t.Context(), env, SenderProvision{
		Account: "111122223333", Region: "eu-west-3", SenderID: "NEWS", Country: "IN", Registered: true, Carriers: carriers,
	})
	if err != nil || out.String() != "account 111122223333 has the sender ID NEWS for IN (registered) in eu-west-3\n" {
		t.Errorf("%q, %v", out, err)
	}
	const sent = `{"account":"111122223333","region":"eu-west-3","senderId":"NEWS","country":"IN","registered":true,"carriers":[{"name":"acme"},{"name":"other","as":"NEWS1"}]}`
	if f.bodies[0] != sent {
		t.Errorf("sent %s", f.bodies[0])
	}
	out.Reset()
	err = ProvisionNumber(t.Context(), env, NumberProvision{Account: "111122223333", Region: "eu-west-3", Number: "+12065550142"})
	if err != nil || out.String() != "account 111122223333 has +12065550142 (phone-1, TRANSACTIONAL) in eu-west-3\n" {
		t.Errorf("%q, %v", out, err)
	}
	for _, bad := range []string{"=X", "acme=", ""} {
		if _, err := ParseCarriers([]string{bad}); !IsUsage(err) {
			t.Errorf("--carrier %q: %v", bad, err)
		}
	}
}

func TestReloadTellsWhatChanged(t *testing.T) {
	f := &fake{answers: map[string]string{"POST /operator/v1/reload": `{"changes":["carriers","prices"]}`}}
	env, out, _ := against(t, f)
	if err := Reload(t.Context(), env); err != nil || out.String() != "the configuration is in force; changed: carriers, prices\n" {
		t.Errorf("%q, %v", out, err)
	}
	f.answers["POST /operator/v1/reload"] = `{"changes":[]}`
	out.Reset()
	if err := Reload(t.Context(), env); err != nil || !strings.Contains(out.String(), "nothing in it changed") {
		t.Errorf("%q, %v", out, err)
	}
	f.answers["POST /operator/v1/reload"] = `{"error":"heliograph.yaml:3: prices: unknown key"}`
	if err := Reload(t.Context(), env); err == nil || err.Error() != "heliograph.yaml:3: prices: unknown key" {
		t.Errorf("an invalid file: %v", err)
	}
}

func TestMomentsAreReadAsTyped(t *testing.T) {
	now := time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                     {},
		"90m":                  now.Add(-90 * time.Minute),
		"24h":                  now.Add(-24 * time.Hour),
		"7d":                   now.AddDate(0, 0, -7),
		"2026-05-01":           time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		"2026-05-01T10:00:00Z": time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC),
	} {
		if got, err := moment("since", text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"yesterday", "-1h", "7", "99999d", "2026-13-01"} {
		if _, err := moment("since", bad, now); !IsUsage(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzMomentNeverLiesAhead(f *testing.F) {
	for _, seed := range []string{"24h", "7d", "-1h", "9999d", "2026-05-01", "1e9h"} {
		f.Add(seed)
	}
	now := time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		at, err := moment("since", text, now)
		if err == nil && at.After(now) && !strings.Contains(text, "-") {
			t.Errorf("%q ago is %v", text, at)
		}
	})
}

func TestAuditIsATableThatFollowsPages(t *testing.T) {
	entry := func(id, reason string) string {
		return `{"id":` + id + `,"at":"2026-01-02T03:04:05Z","account":"111122223333","region":"eu-west-3","accessKeyId":"AKIA1","origin":"api",
			"action":"CreatePool","targets":["pool/pool-` + id + `"],"parameters":"{}","reason":"` + reason + `","requestId":"r-` + id + `"}`
	}
	f := &fake{answers: map[string]string{
		"GET /operator/v1/audit?account=111122223333&action=CreatePool&limit=3&since=2026-01-01T00%3A00%3A00Z":          `{"entries":[` + entry("9", "ticket 1") + `],"next":9}`,
		"GET /operator/v1/audit?account=111122223333&action=CreatePool&before=9&limit=2&since=2026-01-01T00%3A00%3A00Z": `{"entries":[],"next":7}`,
		"GET /operator/v1/audit?account=111122223333&action=CreatePool&before=7&limit=2&since=2026-01-01T00%3A00%3A00Z": `{"entries":[` + entry("5", "") + `]}`,
	}}
	env, out, _ := against(t, f)
	options := AuditOptions{Account: "111122223333", Action: "CreatePool", Since: "2026-01-01", Limit: 3}
	if err := Audit(t.Context(), env, options); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 5 || !strings.HasSuffix(lines[1], "111122223333  eu-west-3  api     AKIA1  CreatePool  pool/pool-9") ||
		lines[2] != "│ ticket 1" || !strings.HasSuffix(lines[3], "AKIA1  CreatePool  pool/pool-5") {
		t.Errorf("shown:\n%s", out)
	}
	out.Reset()
	options.Output = JSON
	if err := Audit(t.Context(), env, options); err != nil || !strings.Contains(out.String(), `"requestId": "r-5"`) {
		t.Errorf("as JSON: %q, %v", out, err)
	}
	if err := Audit(t.Context(), env, AuditOptions{Limit: 1, Since: "soon"}); !IsUsage(err) {
		t.Errorf("--since soon: %v", err)
	}
}

func TestManyTargetsAreCutShort(t *testing.T) {
	for want, names := range map[string][]string{"-": nil, "a b c": {"a", "b", "c"}, "a b c and 2 more": {"a", "b", "c", "d", "e"}} {
		if got := targets(names); got != want {
			t.Errorf("%v is %q", names, got)
		}
	}
}

func TestAForeignServerIsToldFromTheConsole(t *testing.T) {
	env, _, _ := against(t, &fake{answers: map[string]string{"GET /operator/v1/audit": "<html>"}})
	if err := Audit(t.Context(), env, AuditOptions{Limit: 1}); err == nil || !strings.Contains(err.Error(), "HELIOGRAPH_CONSOLE_URL") {
		t.Errorf("got %v", err)
	}
}

func TestConsoleURLNeedsItsScheme(t *testing.T) {
	env, _ := environment(map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HELIOGRAPH_CONSOLE_URL": "localhost:7789"})
	if err := Audit(t.Context(), env, AuditOptions{Limit: 1}); !IsUsage(err) || !strings.Contains(err.Error(), "is no URL such as http://127.0.0.1:7789") {
		t.Errorf("got %v", err)
	}
}
