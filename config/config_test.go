package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// environment is what the tests' files may name.
func environment(name string) (string, bool) {
	switch name {
	case "ACME_PASSWORD":
		return "s3cret-of-acme", true
	case "EMPTY":
		return "", true
	}
	return "", false
}

// read parses text as the file f.yaml of a folder.
func read(t *testing.T, text string) (*File, error) {
	t.Helper()
	return parse(filepath.Join(t.TempDir(), "f.yaml"), []byte(text), environment)
}

// certificate writes tls.pem, tls.key and acme.pem into a folder.
func certificate(t *testing.T, folder string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, folder, "tls.pem", string(chain))
	write(t, folder, "acme.pem", string(chain))
	write(t, folder, "tls.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReadsEveryKeyOfTheReference(t *testing.T) {
	folder := t.TempDir()
	certificate(t, folder)
	write(t, folder, "app.password", "of-the-app\n")
	example, err := os.ReadFile("testdata/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, folder, "heliograph.yaml", string(example))
	t.Setenv("ACME_PASSWORD", "s3cret-of-acme")
	f, err := Load(filepath.Join(folder, "heliograph.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	acme, trial := f.Carriers[0], f.Carriers[1]
	if acme.Password.Reveal() != "s3cret-of-acme" || trial.Logins[0].Password.Reveal() != "of-the-app" {
		t.Error("secrets were not resolved")
	}
	if acme.TLS.CAFile != filepath.Join(folder, "acme.pem") {
		t.Errorf("ca_file = %s, want it beside the file", acme.TLS.CAFile)
	}
	if got := fmt.Sprintf("%d %d %d %s %s %d %v", acme.Binds, acme.Window, acme.Throughput, acme.MsgIDType, acme.ValidityFormat, acme.Reference, acme.TLVs); got !=
		"2 50 100 hex_in_response absolute 8 [{5120 IN_ENTITY_ID  octet_string 0 false [IN]} {5121 IN_TEMPLATE_ID  octet_string 0 false [IN]}]" {
		t.Errorf("acme = %s", got)
	}
	if got := fmt.Sprintf("%d %d %v", trial.Binds, trial.Window, trial.TLVs); got != "1 10 [{5120 IN_ENTITY_ID  octet_string 0 false [IN]} {5121 IN_TEMPLATE_ID  octet_string 0 false [IN]}]" {
		t.Errorf("trial = %s", got)
	}
	if got := fmt.Sprint(f.Numbers); got != "[{+12065550142 LONG_CODE US [SMS] TRANSACTIONAL 1.00 [{acme }]} {88222 SHORT_CODE US [SMS]  995.00 []}]" {
		t.Errorf("numbers = %s", got)
	}
	if got := fmt.Sprint(f.SenderIDs); got != "[{SENDER IN 000000000000  true [TRANSACTIONAL PROMOTIONAL] [{acme SENDER}]}]" {
		t.Errorf("sender_ids = %s", got)
	}
	if got := fmt.Sprint(f.Prices, *f.Accounts[0].TextSpendLimitUSD, f.Limits); got != "[{FR 0.05} {US 0.00581}] 50 {0 0 false [] 25 200 25 100 25 5 25 30 30 30 50}" {
		t.Errorf("prices and limits = %s", got)
	}
}

func TestFilesAreRefusedWithLineAndField(t *testing.T) {
	smpp := "carriers:\n- { name: a, type: smpp, address: \"h:1\", system_id: x, password: \"${ACME_PASSWORD}\"%s }\n"
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "routs: []\n", `1: routs: unknown key; the keys here are accounts, carriers, routes, health, networks, network_lookup, numbers, sender_ids, shared_identities, prices, limits, quiet_hours, keywords, inbound, sinks, tls`},
		{"unknown key below", "tls:\n  cert: x\n", "1: tls.cert_file: is missing\n1: tls.key_file: is missing\n2: tls.cert: unknown key; the keys here are cert_file, key_file"},
		{"wrong kinds", "accounts: x\nroutes:\n- 3\n", "1: accounts: want a list: here is text\n3: routes[0]: want keys with values: here is a number or a truth value; text that looks so needs quotes"},
		{"several faults", "accounts:\n- id: 111122223333\n  tier: GOLD\n  text_spend_limit_usd: -1\n", "2: accounts[0].id: want text: here is a number or a truth value; text that looks so needs quotes\n3: accounts[0].tier: \"GOLD\" is not one of PRODUCTION, SANDBOX\n4: accounts[0].text_spend_limit_usd: -1 is less than 0"},
		{"same account twice", "accounts:\n- id: \"111122223333\"\n- id: \"111122223333\"\n", `3: accounts[1].id: the same stands in line 2 (accounts[0].id)`},
		{"duplicate key", "limits: {}\nlimits: {}\n", `2: the YAML cannot be read: mapping key "limits" already defined at [1:1]`},
		{"no YAML", "routes: [\n", "1: the YAML cannot be read: sequence end token ']' not found"},
		{"second document", "limits: {}\n---\nlimits: {}\n", "3: a second document in one file"},
		{"alias", "limits: &a {}\n", "1: limits: want keys with values: anchors, aliases and tags are not read"},
		{"empty value", "routes:\n- countries:\n  carriers: [simulator]\n", "2: routes[0].countries: has no value"},
		{"empty list", "routes:\n- countries: []\n  carriers: [simulator]\n", "2: routes[0].countries: is an empty list"},

		{"carrier not built", "carriers:\n- { name: a, type: sip, proxy: x }\nroutes:\n- carriers: [a]\n", `2: carriers[0].type: carriers of type "sip" are not built; built are smpp, simulator`},
		{"smpp without a login", "carriers:\n- { name: a, type: smpp }\n", "2: carriers[0].address: is missing: a carrier of type smpp needs it\n2: carriers[0].system_id: is missing: a carrier of type smpp needs it\n2: carriers[0].password: is missing: a carrier of type smpp needs it"},
		{"smpp that listens", fmt.Sprintf(smpp, `, listen: "127.0.0.1:0"`), "2: carriers[0].listen: is for carriers of type simulator"},
		{"simulator with an address", "carriers:\n- { name: a, type: simulator, address: \"h:1\" }\n", "2: carriers[0].address: is for carriers of type smpp"},
		{"simulator for all the world", "carriers:\n- { name: a, type: simulator, listen: \"0.0.0.0:2775\" }\n", "2: carriers[0].listen: the simulated SMSC speaks without TLS and listens on loopback only"},
		{"texts kept too briefly", "inbound:\n  keep: 23h\n", "2: inbound.keep: is less than 24h"},
		{"no window", fmt.Sprintf(smpp, ", window: 0"), "2: carriers[0].window: 0 is less than 1"},
		{"reference", fmt.Sprintf(smpp, ", reference: 12"), "2: carriers[0].reference: 12 is not one of 8, 16"},
		{"unregistered senders", fmt.Sprintf(smpp, ", unregistered_sender: maybe"), `2: carriers[0].unregistered_sender: "maybe" is not refuse, pass or substitute:TEXT`},
		{"tlv field", fmt.Sprintf(smpp, ", tlvs: [{ tag: 0x10000, field: IN_NAME }]"), "2: carriers[0].tlvs[0].tag: 65536 is more than 65535\n2: carriers[0].tlvs[0].field: \"IN_NAME\" is not one of IN_ENTITY_ID, IN_TEMPLATE_ID, DLT_CHAIN_HASH"},
		{"address", "carriers:\n- { name: a, type: simulator, listen: localhost }\n", "2: carriers[0].listen: \"localhost\" is not HOST:PORT\n2: carriers[0].listen: the simulated SMSC speaks without TLS and listens on loopback only"},
		{"same carrier twice", "carriers:\n- { name: a, type: simulator }\n- { name: a, type: simulator }\n", "3: carriers[1].name: the same stands in line 2 (carriers[0].name)"},

		{"secret in plain text", "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  password: hunter2\n", "6: carriers[0].password: write a secret as ${NAME} of an environment variable or as file:PATH"},
		{"secret as a number", "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  password: 12345\n", "6: carriers[0].password: write a secret as ${NAME} of an environment variable or as file:PATH"},
		{"variable not set", "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  password: ${NIX}\n", "6: carriers[0].password: the environment variable NIX is not set"},
		{"variable empty", "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  password: ${EMPTY}\n", "6: carriers[0].password: the environment variable EMPTY is not set"},
		{"secret's file missing", "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  password: file:nix\n", "6: carriers[0].password: the secret's file cannot be read: stat FOLDER/nix: no such file or directory"},

		{"route to nobody", "routes:\n- { countries: [ZZ], carriers: [nix] }\n", "2: routes[0].countries[0]: \"ZZ\" is no ISO 3166-1 alpha-2 code of a country that texts can reach\n2: routes[0].carriers[0]: no carrier is named \"nix\"; there is simulator"},
		{"lower-case country", "prices:\n- { country: fr, text_part: \"0.05\" }\n", `2: prices[0].country: "fr" is no ISO 3166-1 alpha-2 code of a country that texts can reach`},
		{"price without quotes", "prices:\n- { country: FR, text_part: 0.05 }\n", `2: prices[0].text_part: want US dollars in quotes with at most five digits after the point, such as "0.00581"`},
		{"price too fine", "prices:\n- { country: FR, text_part: \"0.000581\" }\n", `2: prices[0].text_part: want US dollars in quotes with at most five digits after the point, such as "0.00581"`},
		{"price twice", "prices:\n- { country: FR, text_part: \"1\" }\n- { country: FR, text_part: \"2\" }\n", "3: prices[1].country: the same stands in line 2 (prices[0].country)"},

		{"number", "numbers:\n- { number: \"12065550142\", type: LONG_CODE }\n", `2: numbers[0].number: "12065550142" is not a number such as "+12065550142", or a short code's digits`},
		{"impossible number", "numbers:\n- { number: \"+1206555\", type: LONG_CODE }\n", "2: numbers[0].number: is no possible number: country: ******55: not a possible phone number"},
		{"number of another country", "numbers:\n- { number: \"+12065550142\", type: LONG_CODE, country: FR }\n", "2: numbers[0].number: belongs to US, not to FR"},
		{"short code without country", "numbers:\n- { number: \"88222\", type: SHORT_CODE }\n", "2: numbers[0].number: a short code needs its country"},
		{"short code of a wrong type", "numbers:\n- { number: \"88222\", type: TOLL_FREE, country: US }\n", "2: numbers[0].number: a SHORT_CODE is digits alone, every other number begins with +"},
		{"number twice", "numbers:\n- { number: \"+12065550142\", type: LONG_CODE }\n- { number: \"+12065550142\", type: TEN_DLC }\n", "3: numbers[1].number: the same stands in line 2 (numbers[0].number)"},
		{"provisioned on nobody", "numbers:\n- { number: \"+12065550142\", type: LONG_CODE, carriers: [{ name: nix }] }\n", `2: numbers[0].carriers[0].name: no carrier is named "nix"; there is simulator`},

		{"sender ID", "sender_ids:\n- { sender_id: \"12345\", country: IN, account: \"000000000000\" }\n", `2: sender_ids[0].sender_id: "12345" is not 1 to 11 letters, digits, dashes and underscores with at least one letter, or six digits`},
		{"long sender ID", "sender_ids:\n- { sender_id: ABCDEFGHIJKL, country: IN, account: \"000000000000\" }\n", `2: sender_ids[0].sender_id: "ABCDEFGHIJKL" is not 1 to 11 letters, digits, dashes and underscores with at least one letter, or six digits`},
		{"six digits elsewhere", "sender_ids:\n- { sender_id: \"123456\", country: FR, account: \"000000000000\" }\n", "2: sender_ids[0].sender_id: six digits are a sender ID in India alone"},
		{"sender ID for the US", "sender_ids:\n- { sender_id: SENDER, country: US, account: \"000000000000\" }\n", "2: sender_ids[0].sender_id: the networks of US carry no sender IDs"},
		{"sender ID twice", "sender_ids:\n- { sender_id: SENDER, country: IN, account: \"000000000000\" }\n- { sender_id: Sender, country: IN, account: \"000000000000\" }\n", "3: sender_ids[1].sender_id: the same stands in line 2 (sender_ids[0].sender_id)"},
		{"region", "sender_ids:\n- { sender_id: SENDER, country: IN, account: \"000000000000\", region: Mars }\n", `2: sender_ids[0].region: "Mars" is not a Region such as us-east-1`},

		{"rates", "limits:\n  api_requests_per_second: -1\n  message_parts_per_second: 100001\n  published_rates: 3\n", "2: limits.api_requests_per_second: -1 is less than 0\n3: limits.message_parts_per_second: 100001 is more than 100000\n4: limits.published_rates: want true or false: here is a number or a truth value; text that looks so needs quotes"},
		{"rate of nothing", "limits:\n  rates:\n  - { parts_per_second: 3 }\n  - { account: \"111122223333\", country: FR, parts_per_second: 3 }\n", "3: limits.rates[0]: needs exactly one of account, identity, pool, country, recipient\n4: limits.rates[1]: needs exactly one of account, identity, pool, country, recipient"},
		{"rates of what is not", "limits:\n  rates:\n  - { country: XX, parts_per_second: 3 }\n  - { recipient: \"3361\", parts_per_second: 3 }\n  - { identity: Shop, parts_per_second: 0 }\n", "3: limits.rates[0].country: \"XX\" is no ISO 3166-1 alpha-2 code of a country that texts can reach\n4: limits.rates[1].recipient: \"3361\" does not begin with +\n5: limits.rates[2].parts_per_second: 0 is less than 1"},
		{"rate twice", "limits:\n  rates:\n  - { identity: Shop, parts_per_second: 3 }\n  - { identity: SHOP, parts_per_second: 4 }\n", "4: limits.rates[1].identity: the same stands in line 3 (limits.rates[0].identity)"},
		{"quiet hours", "quiet_hours:\n- { from: \"8pm\", to: \"08:00\", zone: Mars, days: [SUNDAY] }\n- { from: \"20:00\", to: \"08:00\" }\n", "2: quiet_hours[0].from: \"8pm\" is no time of the day such as 02:00\n2: quiet_hours[0].zone: \"Mars\" is no time zone such as Europe/Paris\n2: quiet_hours[0].days[0]: \"SUNDAY\" is not one of MON, TUE, WED, THU, FRI, SAT, SUN\n3: quiet_hours[1].zone: is missing"},
		{"retention", "retention: { messages: 90d }\n", "1: retention: retention is not built: nothing is deleted by its age"},
		{"certificate missing", "tls:\n  cert_file: nix.pem\n  key_file: nix.key\n", "2: tls.cert_file: the file cannot be read: open FOLDER/nix.pem: no such file or directory\n3: tls.key_file: the file cannot be read: open FOLDER/nix.key: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			_, err := parse(filepath.Join(folder, "f.yaml"), []byte(c.text), environment)
			if err == nil {
				t.Fatal("the file was accepted")
			}
			got := strings.ReplaceAll(strings.ReplaceAll(err.Error(), filepath.Join(folder, "f.yaml")+":", ""), folder, "FOLDER")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestCertificateAndKeyMustFit(t *testing.T) {
	folder := t.TempDir()
	certificate(t, folder)
	write(t, folder, "tls.key", "no key")
	_, err := parse(filepath.Join(folder, "f.yaml"), []byte("tls: { cert_file: tls.pem, key_file: tls.key }"), environment)
	if err == nil || !strings.Contains(err.Error(), "f.yaml:1: tls: certificate and key do not load: ") {
		t.Errorf("got %v", err)
	}
}

func TestAuthoritiesMustBePEM(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "ca.pem", "no certificate")
	text := "carriers:\n- { name: a, type: smpp, address: \"h:1\", system_id: x, password: \"${ACME_PASSWORD}\", tls: { ca_file: ca.pem } }"
	_, err := parse(filepath.Join(folder, "f.yaml"), []byte(text), environment)
	if err == nil || !strings.HasSuffix(err.Error(), ":2: carriers[0].tls.ca_file: the file holds no PEM certificate") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	_, err := parse("dir/f.yaml", []byte("x: 1"), environment)
	var faults Errors
	if !errors.As(err, &faults) || len(faults) != 1 || faults[0].File != "dir/f.yaml" || faults[0].Line != 1 || faults[0].Path != "x" {
		t.Errorf("got %v", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nix.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestAbsentKeysHaveTheirDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "carriers:\nroutes:\n", "limits: {}\n"} {
		f, err := read(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(f), fmt.Sprint(Default()); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	f := Default()
	if c := f.Carriers[0]; c.Name != "simulator" || c.Type != Simulator || c.Binds != 1 || len(c.TLVs) != 2 || c.UnregisteredSender != "refuse" {
		t.Errorf("default carrier = %+v", c)
	}
	if r := f.Routes; len(r) != 1 || len(r[0].Countries) != 0 || r[0].Carriers[0] != "simulator" {
		t.Errorf("default routes = %+v", r)
	}
}

func TestASenderIDIsCheckedAlikeOutsideAFile(t *testing.T) {
	good := SenderID{SenderID: "SENDER", Country: "IN", Account: "000000000000", Region: "us-east-1"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*SenderID){
		"text": func(s *SenderID) { s.SenderID = "12" }, "country": func(s *SenderID) { s.Country = "US" },
		"unknown country": func(s *SenderID) { s.Country = "ZZ" }, "account": func(s *SenderID) { s.Account = "1" },
		"region": func(s *SenderID) { s.Region = "" }, "type": func(s *SenderID) { s.MessageTypes = []string{"X"} },
	} {
		bad := good
		change(&bad)
		if bad.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAZeroQuotaStaysZero(t *testing.T) {
	f, err := read(t, "limits: { pools_per_account: 0 }\n")
	if err != nil || f.Limits.PoolsPerAccount != 0 || f.Limits.SenderIDsPerAccount != 200 {
		t.Errorf("limits = %+v, %v", f.Limits, err)
	}
}

func TestTLSTrueMeansTheAuthoritiesOfTheSystem(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "false": false} {
		f, err := read(t, "carriers:\n- { name: a, type: smpp, address: \"h:1\", system_id: x, password: \"${ACME_PASSWORD}\", tls: "+text+" }")
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Carriers[0].TLS; (got != nil) != want {
			t.Errorf("tls: %s gives %v", text, got)
		}
	}
}

func TestUnregisteredSenderIsSplit(t *testing.T) {
	for text, want := range map[string][2]string{"refuse": {"refuse", ""}, "pass": {"pass", ""}, "substitute:Info SMS": {"substitute", "Info SMS"}} {
		action, substitute := Carrier{UnregisteredSender: text}.Unregistered()
		if [2]string{action, substitute} != want {
			t.Errorf("%s gives %s, %s", text, action, substitute)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	f, err := read(t, "carriers:\n- { name: a, type: smpp, address: \"h:1\", system_id: x, password: \"${ACME_PASSWORD}\" }")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("carrier", "password", f.Carriers[0].Password, "carrier", f.Carriers[0])
	printed := fmt.Sprintf("%v %+v %#v %s", f.Carriers, f.Carriers, f.Carriers, f.Carriers[0].Password) + log.String()
	if strings.Contains(printed, "s3cret") || !strings.Contains(printed, "[secret]") {
		t.Error("a secret was printed")
	}
}

func TestPricesAreExact(t *testing.T) {
	for text, want := range map[string]MicroUSD{"0": 0, "0.00581": 5810, "1": 1e6, "12.5": 12.5e6, "999999.99999": 999999999990} {
		if got, err := ParseUSD(text); err != nil || got != want {
			t.Errorf("ParseUSD(%s) = %d, %v", text, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		sum := MicroUSD(rapid.Int64Range(0, 99999999999).Draw(t, "sum") * 10)
		if got, err := ParseUSD(sum.String()); err != nil || got != sum {
			t.Errorf("ParseUSD(%s) = %d, %v", sum, got, err)
		}
	})
}

func TestNoFaultShowsASecretInPlainText(t *testing.T) {
	for _, line := range []string{"password: hunter2", "passwrd: hunter2", "password hunter2", "password: [hunter2", "password: \"hunter2", "password: 'hunter2", "password: *hunter2", "password: ${hunter2", "password: { a: hunter2 }", "password:\n    - hunter2", "password: |\n  hunter2", "password: !hunter2 x", "\tpassword: hunter2", "password: hunter2: x"} {
		_, err := read(t, "carriers:\n- name: a\n  type: smpp\n  address: h:1\n  system_id: x\n  "+line+"\n")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile("testdata/example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	for _, seed := range []string{"", "a: b", "- x", "routes: [", "? a\n: b", "carriers: [{type: smpp, password: hunter2}]", "limits: &a {x: *a}", "<<: {}", "x: !!int 3", "accounts: |\n  x"} {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := parse(filepath.Join(folder, "f.yaml"), content, environment)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
	})
}
