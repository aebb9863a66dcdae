package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const connectedCarrier = `carriers:
- name: a
  type: smpp
  system_id: x
  password: "${ACME_PASSWORD}"
%s`

// Proves(bind): every setting of a carrier's connection is read.
func TestConnectionOfACarrierIsRead(t *testing.T) {
	f, err := read(t, fmt.Sprintf(connectedCarrier, `
  addresses: [{ address: "one:2775", binds: 2 }, { address: "two:2775", standby: true }]
  resolve: all
  mode: pairs
  source_address: 192.0.2.9
  interface_version: 50
  service_type: CMT
  address_range: ^12
  timers: { enquire: 20s, inactivity: 5m, min_rebind: 30s }
  maintenance: [{ from: "02:00", to: "04:00", zone: Europe/Paris, days: [SUN] }]
  outbind_listen: 127.0.0.1:2776
`))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Carriers[0]
	got := fmt.Sprint(c.Addresses, c.Resolve, c.Mode, c.SourceAddress, c.InterfaceVersion, c.ServiceType, c.AddressRange, c.OutbindListen)
	if got != "[{one:2775 2 false} {two:2775 1 true}]allpairs192.0.2.950CMT^12127.0.0.1:2776" {
		t.Error(got)
	}
	if got := fmt.Sprint(c.Timers.Enquire.Of(), c.Timers.Response.Of(), c.Timers.Inactivity.Of(), c.Timers.MinRebind.Of()); got != "20s 1m0s 5m0s 30s" {
		t.Error(got)
	}
	if m := c.Maintenance[0]; Clock(m.From) != 2*time.Hour || Clock(m.To) != 4*time.Hour || m.Zone != "Europe/Paris" || m.Days[0] != "SUN" {
		t.Errorf("%+v", m)
	}
}

// Proves(bind): settings that cannot be are refused with line and field, a password of more than 8 octets among them where `long_password` is false.
func TestConnectionThatCannotBeIsRefused(t *testing.T) {
	single := "  address: h:1\n"
	for name, c := range map[string]struct{ more, want string }{
		"both forms":      {single + "  addresses: [{ address: h:1 }]\n", "6: carriers[0].address: stands beside addresses, which has it in each line"},
		"binds beside":    {"  binds: 2\n  addresses: [{ address: h:1 }]\n", "6: carriers[0].binds: stands beside addresses, which has it in each line"},
		"twice":           {"  addresses: [{ address: h:1 }, { address: h:1 }]\n", "6: carriers[0].addresses[1].address: the same stands in line 6 (carriers[0].addresses[0].address)"},
		"standby alone":   {"  addresses: [{ address: h:1, standby: true }]\n", "6: carriers[0].addresses: are all standby: one has to be first"},
		"no bind":         {"  addresses: [{ address: h:1, binds: 0 }]\n", "6: carriers[0].addresses: hold no bind at all"},
		"mode":            {single + "  mode: receiver\n", `7: carriers[0].mode: "receiver" is not one of transceiver, pairs`},
		"source address":  {single + "  source_address: eth0\n", `7: carriers[0].source_address: "eth0" is no IP address`},
		"version":         {single + "  interface_version: 35\n", "7: carriers[0].interface_version: 35 is not one of 33, 34, 50"},
		"service type":    {single + "  service_type: TOOLONG\n", "7: carriers[0].service_type: is longer than 5 characters"},
		"password":        {single + "  long_password: false\n", "5: carriers[0].password: is longer than the 8 octets of SMPP 3.4, and long_password is false"},
		"no response":     {single + "  timers: { response: 0 }\n", "7: carriers[0].timers.response: must be longer than 0"},
		"clock":           {single + "  maintenance: [{ from: \"2:00\", to: \"24:00\" }]\n", "7: carriers[0].maintenance[0].from: \"2:00\" is no time of the day such as 02:00\n7: carriers[0].maintenance[0].to: \"24:00\" is no time of the day such as 02:00"},
		"empty window":    {single + "  maintenance: [{ from: \"02:00\", to: \"02:00\" }]\n", "7: carriers[0].maintenance[0].to: is the same as from: a window ends before it begins again"},
		"zone":            {single + "  maintenance: [{ from: \"02:00\", to: \"03:00\", zone: Mars }]\n", `7: carriers[0].maintenance[0].zone: "Mars" is no time zone such as Europe/Paris`},
		"outbind in TLS":  {single + "  tls: true\n  outbind_listen: 127.0.0.1:1\n", "8: carriers[0].outbind_listen: SMSCs connect here without TLS, and the password would travel in the clear: remove tls or outbind_listen"},
		"key without":     {single + "  tls: { cert_file: f.yaml }\n", "7: carriers[0].tls: cert_file and key_file belong together"},
		"no certificates": {single + "  tls: { ca_file: f.yaml }\n", "7: carriers[0].tls.ca_file: the file holds no PEM certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, "f.yaml", "no certificate")
			path := filepath.Join(folder, "f.yaml")
			_, err := parse(path, fmt.Appendf(nil, connectedCarrier, c.more), environment)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := strings.ReplaceAll(err.Error(), path+":", ""); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestCarrierCertificateLiesBesideTheFile(t *testing.T) {
	folder := t.TempDir()
	certificate(t, folder)
	text := fmt.Sprintf(connectedCarrier, "  address: h:1\n  tls: { server_name: smsc.example, cert_file: tls.pem, key_file: tls.key }\n")
	f, err := parse(filepath.Join(folder, "f.yaml"), []byte(text), environment)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Carriers[0].TLS; got.CertFile != filepath.Join(folder, "tls.pem") || got.KeyFile != filepath.Join(folder, "tls.key") || got.ServerName != "smsc.example" {
		t.Errorf("%+v", got)
	}
}

func TestConnectionKeysAreNotForTheSimulator(t *testing.T) {
	for _, key := range connectionKeys() {
		_, err := read(t, "carriers:\n- name: a\n  type: simulator\n  "+key+": 0\n")
		if err == nil || !strings.Contains(err.Error(), "carriers[0]."+key+": is for carriers of type smpp") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
