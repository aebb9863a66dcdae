package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loadedReceipts loads a file with a carrier that has these receipts.
func loadedReceipts(t *testing.T, receipts string) (*Receipts, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	t.Setenv("ACME", "s3cret")
	text := `carriers:
  - name: acme
    type: smpp
    address: smsc.acme.example:2775
    system_id: heliograph
    password: ${ACME}
    receipts:
` + receipts
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		return nil, err
	}
	return f.Carriers[0].Receipts, nil
}

// Proves(receipt): every setting of receipts is read, with its default.
func TestReceiptKeysAreReadWithTheirDefaults(t *testing.T) {
	r, err := loadedReceipts(t, "      per: message\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", *r); got != "{Detection:esm_class Per:message Expected:true Timezone:UTC Acceptd:intermediate Errors:map[] Pattern: NetworkTLV:0}" {
		t.Error(got)
	}
	r, err = loadedReceipts(t, `      expected: false
      timezone: Europe/Paris
      errors: { "027": UNREACHABLE, 1F: SPAM, 5: INVALID }
      pattern: '^(?P<stat>\d\d),(?P<id>\w+)'
      network_tlv: 0x1420
`)
	if err != nil {
		t.Fatal(err)
	}
	if r.NetworkTLV != 0x1420 || r.Expected || r.Errors["027"] != "UNREACHABLE" || r.Errors["1F"] != "SPAM" || r.Errors["5"] != "INVALID" || r.Pattern != `^(?P<stat>\d\d),(?P<id>\w+)` {
		t.Errorf("%+v", *r)
	}
}

// Proves(receipt): settings of receipts that cannot be are refused with line and field.
func TestReceiptKeysAreRefusedWithLineAndField(t *testing.T) {
	for receipts, want := range map[string]string{
		"      pattern: '(?P<id>['\n":                              ":8: carriers[0].receipts.pattern: is no regular expression",
		"      pattern: '(?P<number>.*)'\n":                        `has a group named "number"`,
		"      pattern: 'id=(.*)'\n":                               "has neither a group named id",
		"      per: part\n      timezone: Mars/Olympus\n":          ":9: carriers[0].receipts.timezone",
		"      errors: { \"27\": LOST }\n":                         ":8: carriers[0].receipts.errors.27",
		"      errors: { \"27\": SPAM, \"027\": UNREACHABLE }\n":   "the same stands in line 8",
		"      errors: 27\n":                                       "want keys with values",
		"      expected: perhaps\n":                                ":8: carriers[0].receipts.expected",
		"      network_tlv: 65536\n":                               ":8: carriers[0].receipts.network_tlv",
		"      acceptd: last\n":                                    ":8: carriers[0].receipts.acceptd",
		"      detection: guess\n":                                 ":8: carriers[0].receipts.detection",
		"      per: part\n      errors:\n        \"27\": [SPAM]\n": ":10: carriers[0].receipts.errors.27",
	} {
		if _, err := loadedReceipts(t, receipts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", receipts, err, want)
		}
	}
}
