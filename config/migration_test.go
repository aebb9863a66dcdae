package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const migration = "../docs/from-kannel-and-jasmin.md"

// hasKey says whether the configuration file has a key of this path, from its
// structs: "carriers.tls.ca_file". Lists are passed through.
func hasKey(t reflect.Type, path string) bool {
	for path != "" {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return false
		}
		var key string
		key, path, _ = strings.Cut(path, ".")
		field, found := reflect.VisibleFields(t), false
		for _, f := range field {
			if f.Tag.Get("yaml") == key {
				t, found = f.Type, true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// TestMigrationPageNamesOnlyKeysThatExist reads the middle column of the tables.
func TestMigrationPageNamesOnlyKeysThatExist(t *testing.T) {
	page, err := os.ReadFile(migration)
	if err != nil {
		t.Fatal(err)
	}
	span, named := regexp.MustCompile("`([a-z_0-9.]+)`"), 0
	for line := range strings.Lines(string(page)) {
		columns := strings.Split(line, "|")
		if len(columns) != 5 || strings.HasPrefix(columns[1], "---") || strings.HasSuffix(columns[2], " Heliograph ") {
			continue
		}
		keys := span.FindAllStringSubmatch(columns[2], -1)
		if len(keys) == 0 && columns[2] != " – " {
			t.Errorf("no key and no dash: %s", line)
		}
		for _, key := range append(keys, span.FindAllStringSubmatch(columns[3], -1)...) {
			inMiddle := strings.Contains(columns[2], key[0])
			if (inMiddle || strings.Contains(key[1], ".")) && !hasKey(reflect.TypeFor[File](), key[1]) {
				t.Errorf("the configuration has no %s: %s", key[1], line)
			}
			named++
		}
	}
	if named < 50 {
		t.Errorf("read %d keys, has the page another form?", named)
	}
}

// TestMigrationPageSpeaksOfEveryGroupOfKannel looks for options of each group that a
// working kannel.conf has.
func TestMigrationPageSpeaksOfEveryGroupOfKannel(t *testing.T) {
	page, err := os.ReadFile(migration)
	if err != nil {
		t.Fatal(err)
	}
	for group, options := range map[string]string{
		"core":         "admin-port admin-password status-password admin-allow-ip smsbox-port wapbox-port log-file access-log unified-prefix white-list black-list store-type store-location store-file store-dump-freq dlr-storage maximum-queue-length sms-resend-freq sms-resend-retry sms-incoming-queue-limit sms-outgoing-queue-limit sms-combine-concatenated-mo http-proxy-host ssl-server-cert-file",
		"smsbox":       "bearerbox-host bearerbox-port sendsms-port sendsms-chars global-sender mo-recode http-request-retry max-pending-requests reply-couldnotfetch immediate-sendsms-reply",
		"sendsms-user": "username password forced-smsc default-smsc faked-sender default-sender max-messages concatenation split-chars split-suffix header footer user-allow-ip allowed-prefix denied-prefix dlr-url",
		"sms-service":  "keyword keyword-regex aliases catch-all get-url post-url post-xml file text exec accepted-smsc max-messages omit-empty strip-keyword send-sender accept-x-kannel-headers",
	} {
		_, section, found := strings.Cut(string(page), "`"+group+"`")
		if !found {
			t.Errorf("no group %s", group)
		}
		for option := range strings.FieldsSeq(options) {
			if !strings.Contains(section, "`"+option+"`") {
				t.Errorf("group %s: nothing of %s", group, option)
			}
		}
	}
}

// TestMigrationPageExamplesLoad reads its blocks of YAML as files.
func TestMigrationPageExamplesLoad(t *testing.T) {
	page, err := os.ReadFile(migration)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```yaml\n")[1:]
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		if _, err := read(t, text); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	if len(blocks) != 2 {
		t.Errorf("%d examples", len(blocks))
	}
}
