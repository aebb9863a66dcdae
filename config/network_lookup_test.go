package config

import (
	"strings"
	"testing"
	"time"
)

func TestNetworkLookupIsRead(t *testing.T) {
	t.Setenv("TOKEN", "Bearer s3cret")
	f, err := read(t, "network_lookup: { url: \"https://l.example/{number}\" }\n")
	if err != nil {
		t.Fatal(err)
	}
	l := f.NetworkLookup
	if l.MCCMNC != "mccmnc" || l.Timeout.Of() != 2*time.Second || l.Keep.Of() != 24*time.Hour || l.Cache != 100000 {
		t.Errorf("%+v", l)
	}
	f, err = read(t, "routes: [{ networks: [\"20801\"], carriers: [simulator] }]\nnetwork_lookup: { url: \"https://l.example/?n={number}\", mcc: a.mcc, mnc: a.mnc, timeout: 1s, keep: 1h, cache: 10 }\n")
	if err != nil || f.NetworkLookup.MCCMNC != "" || f.NetworkLookup.MNC != "a.mnc" || len(f.Warnings()) != 0 {
		t.Errorf("%+v, %v, %v", f.NetworkLookup, err, f.Warnings())
	}
}

func TestNetworkLookupIsChecked(t *testing.T) {
	for keys, want := range map[string]string{
		`url: "ftp://x/{number}"`:                                   "network_lookup.url: is no URL",
		`url: "https://x/"`:                                         "has no {number}",
		`url: "https://me:pw@x/{number}"`:                           "write it as authorization",
		`mccmnc: x`:                                                 "network_lookup.url: is missing",
		`url: "https://x/{number}", mcc: x`:                         "belong together",
		`url: "https://x/{number}", mcc: x, mnc: y, mccmnc: z`:      "give one of them",
		`url: "https://x/{number}", timeout: 0`:                     "must be longer than 0",
		`url: "https://x/{number}", authorization: "Bearer s3cret"`: "network_lookup.authorization",
	} {
		if _, err := read(t, "network_lookup: { "+keys+" }\n"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %s", keys, err, want)
		}
	}
}
