package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// loadedCarrier loads a file with a carrier that has these keys besides.
func loadedCarrier(t *testing.T, keys string) (*Carrier, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	t.Setenv("ACME", "s3cret")
	text := "carriers:\n  - name: acme\n    type: smpp\n    address: smsc.acme.example:2775\n" +
		"    system_id: heliograph\n    password: ${ACME}\n" + keys
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		return nil, err
	}
	return &f.Carriers[0], nil
}

// Proves(error): what refusals mean and whom a full queue holds back is read from the file.
func TestMeaningOfRefusalsIsRead(t *testing.T) {
	c, err := loadedCarrier(t, `    errors: { "0x400": TRANSIENT, "1025": ELSEWHERE, "0x410 - 0x4FF": QUOTA, "0x411": REJECTED, "0x420-0x42F": TRANSIENT }
    queue_full: bind
    patience: 45s
    in_doubt: { promotional: fail }
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Errors) != 5 || c.Errors["0x400"] != "TRANSIENT" || c.QueueFull != "bind" || c.Patience.Of() != 45*time.Second ||
		*c.InDoubt != (InDoubt{Transactional: "resend", Promotional: "fail"}) {
		t.Errorf("%+v", c)
	}
	if first, last, err := Statuses("1025"); err != nil || first != 0x401 || last != 0x401 {
		t.Errorf("1025 is %#x to %#x, %v", first, last, err)
	}
	if first, last, err := Statuses("0x410 - 0x4FF"); err != nil || first != 0x410 || last != 0x4FF {
		t.Errorf("the range is %#x to %#x, %v", first, last, err)
	}
	if c, err = loadedCarrier(t, ""); err != nil || c.QueueFull != "message" || c.InDoubt != nil || c.Patience != 0 {
		t.Errorf("by default: %+v, %v", c, err)
	}
}

func TestMeaningOfRefusalsIsChecked(t *testing.T) {
	for keys, want := range map[string]string{
		`    errors: { "0x400": LATER }`:                                    `"LATER" is not one of`,
		`    errors: { nonsense: TRANSIENT }`:                               `no command_status`,
		`    errors: { "0": TRANSIENT }`:                                    `no command_status`,
		`    errors: { "0x400": TRANSIENT, "1024": REJECTED }`:              `the same stands in line`,
		`    errors: { "0x400-0x300": REJECTED }`:                           `no command_status`,
		`    errors: { "0-0x300": REJECTED }`:                               `no command_status`,
		`    errors: { "0x400-": REJECTED }`:                                `nor a range`,
		`    errors: { "0x400-0x40F": TRANSIENT, "0x408-0x41F": REJECTED }`: `the same stands in line`,
		`    errors: { "0x400-0x40F": TRANSIENT, "1024-1039": REJECTED }`:   `the same stands in line`,
		`    queue_full: carrier`:                                           `not one of message, bind`,
		`    in_doubt: { transactional: hold }`:                             `not one of resend, fail`,
		`    patience: soon`:                                                `span of time`,
	} {
		if _, err := loadedCarrier(t, keys+"\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", keys, err, want)
		}
	}
}
