package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// NetworkLookup asks a service over HTTP which mobile network a number is in, one that knows of ported numbers. `networks` says it for numbers that the service does not know, or not yet: no message waits for an answer.
type NetworkLookup struct {
	// Where to ask, by GET, with {number} in the place of the number's digits: "https://lookup.example/v1/{number}". An answer of 404 means that the number is in no network.
	URL string `yaml:"url" rule:"required is=lookup"`
	// Value of the Authorization header. A secret. Absent means no header.
	Authorization Secret `yaml:"authorization"`
	// Member of the JSON answer that has mobile country code and mobile network code together, five or six digits, or null for no network. Points lead into objects: "network.mccmnc". Absent means mccmnc, unless the next two are given.
	MCCMNC string `yaml:"mccmnc"`
	// Members that have the two apart; both or none.
	MCC string `yaml:"mcc"`
	// See mcc.
	MNC string `yaml:"mnc"`
	// How long an answer may take.
	Timeout Duration `yaml:"timeout" rule:"default=2s"`
	// For how long an answer is believed.
	Keep Duration `yaml:"keep" rule:"default=24h"`
	// Answers kept in memory, up to twice as many.
	Cache int `yaml:"cache" rule:"min=1 max=10000000 default=100000"`
}

// isLookup checks the URL of a lookup.
func isLookup(s string) error {
	const number = "{number}"
	u, err := url.Parse(strings.ReplaceAll(s, number, "1"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("is no URL such as https://lookup.example/v1/{number}")
	}
	if !strings.Contains(s, number) {
		return fmt.Errorf("has no %s, where the digits of a number go", number)
	}
	if u.User != nil {
		return errors.New("bears a login: write it as authorization")
	}
	return nil
}

// networkLookup checks what its keys say of each other.
func (d *decoder) networkLookup(f *File) {
	l := f.NetworkLookup
	if l == nil {
		return
	}
	const at = "network_lookup"
	switch {
	case (l.MCC == "") != (l.MNC == ""):
		d.fail(at, "mcc and mnc belong together")
	case l.MCC != "" && l.MCCMNC != "":
		d.fail(at+".mccmnc", "stands beside mcc and mnc: give one of them")
	case l.MCC == "" && l.MCCMNC == "":
		l.MCCMNC = "mccmnc"
	}
	for key, value := range map[string]Duration{"timeout": l.Timeout, "keep": l.Keep} {
		if value <= 0 {
			d.fail(at+"."+key, "must be longer than 0")
		}
	}
}
