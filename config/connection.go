package config

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Address is a host of a carrier and how many binds are held there.
type Address struct {
	// HOST:PORT of the SMSC.
	Address string `yaml:"address" rule:"required is=hostport"`
	// Sessions, or pairs of them, held there, or with each record of the host with `resolve: all`. 0 holds none, for a host that sends outbind.
	Binds int `yaml:"binds" rule:"min=0 max=100 default=1"`
	// Whether its sessions are held and take messages only while no session of the other addresses is up. Receipts are taken on them all the same.
	Standby bool `yaml:"standby"`
}

// Timers are those of a carrier's sessions (SMPP 3.4 §7.2).
type Timers struct {
	// How long nothing may be heard of the SMSC before enquire_link asks. After two that it leaves unanswered, nothing else being heard either, the connection is dropped.
	Enquire Duration `yaml:"enquire" rule:"default=30s"`
	// How long an answer to a request may take. Then the part is in doubt and is sent again.
	Response Duration `yaml:"response" rule:"default=60s"`
	// Binds a session anew on which nothing but enquire_link came for so long. 0 never does.
	Inactivity Duration `yaml:"inactivity" rule:"default=0s"`
	// Least time from one attempt of a bind to its next one, where the carrier demands one.
	MinRebind Duration `yaml:"min_rebind" rule:"default=0s"`
}

// Maintenance is a time at which an SMSC may be away without that being an error.
type Maintenance struct {
	// HH:MM at which it begins.
	From string `yaml:"from" rule:"required is=clock"`
	// HH:MM at which it ends, on the next day when not after `from`.
	To string `yaml:"to" rule:"required is=clock"`
	// Zone of the times, such as Europe/Paris.
	Zone string `yaml:"zone" rule:"is=zone default=UTC"`
	// Days on which it begins: MON, TUE, WED, THU, FRI, SAT, SUN. Absent means every day.
	Days []string `yaml:"days" rule:"oneof=MON|TUE|WED|THU|FRI|SAT|SUN"`
}

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)

// isClock checks a time of the day.
func isClock(s string) error {
	if !clockPattern.MatchString(s) {
		return fmt.Errorf("%q is no time of the day such as 02:00", s)
	}
	return nil
}

// Clock is a checked time of the day as the time since midnight.
func Clock(s string) time.Duration {
	found := clockPattern.FindStringSubmatch(s)
	if found == nil {
		return 0
	}
	hours, _ := strconv.Atoi(found[1])
	minutes, _ := strconv.Atoi(found[2])
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}

// isIP checks an address of this computer.
func isIP(s string) error {
	if net.ParseIP(s) == nil {
		return fmt.Errorf("%q is no IP address", s)
	}
	return nil
}

// connectionKeys are those of a carrier that binds to an SMSC of others.
func connectionKeys() []string {
	return []string{
		"mode", "addresses", "resolve", "source_address", "interface_version", "service_type", "address_range",
		"long_password", "timers", "maintenance", "outbind_listen",
	}
}

// specPassword is the longest password of SMPP 3.4 §4.1.1, mostPassword the longest
// that is sent at all, in octets.
const (
	specPassword = 8
	mostPassword = 64
)

// connection checks how a carrier is reached.
func (d *decoder) connection(c *Carrier, at string) {
	d.password(c, at)
	if c.OutbindListen != "" && c.TLS != nil {
		d.fail(at+".outbind_listen", "SMSCs connect here without TLS, and the password would travel in the clear: remove tls or outbind_listen")
	}
	if t := c.Timers; t != nil {
		for key, value := range map[string]Duration{"enquire": t.Enquire, "response": t.Response} {
			if value <= 0 {
				d.fail(at+".timers."+key, "must be longer than 0")
			}
		}
	}
	for i, m := range c.Maintenance {
		if m.From != "" && m.From == m.To {
			d.fail(fmt.Sprintf("%s.maintenance[%d].to", at, i), "is the same as from: a window ends before it begins again")
		}
	}
	d.carrierFiles(c, at)
}

func (d *decoder) addresses(c *Carrier, at string) {
	if !d.has(at + ".addresses") {
		if !d.has(at + ".address") {
			d.fail(at+".address", "is missing: a carrier of type smpp needs it")
		}
		return
	}
	for _, key := range []string{"address", "binds"} {
		if d.has(at + "." + key) {
			d.fail(at+"."+key, "stands beside addresses, which has it in each line")
		}
	}
	binds, seen := 0, d.once()
	if len(c.Addresses) > 0 && !slices.ContainsFunc(c.Addresses, func(a Address) bool { return !a.Standby }) {
		d.fail(at+".addresses", "are all standby: one has to be first")
	}
	for i, a := range c.Addresses {
		seen.use(fmt.Sprintf("%s.addresses[%d].address", at, i), a.Address)
		binds += a.Binds
	}
	if binds == 0 && c.OutbindListen == "" {
		d.fail(at+".addresses", "hold no bind at all")
	}
}

// password holds the length to what the carrier takes: some SMSCs cut a longer one
// off, others refuse the bind without saying why.
func (d *decoder) password(c *Carrier, at string) {
	switch n := len(c.Password.Reveal()); {
	case n > mostPassword:
		d.fail(at+".password", "is longer than %d octets", mostPassword)
	case n > specPassword && !c.LongPassword:
		d.fail(at+".password", "is longer than the %d octets of SMPP 3.4, and long_password is false", specPassword)
	}
}

// carrierFiles checks the files of a carrier's TLS.
func (d *decoder) carrierFiles(c *Carrier, at string) {
	if c.TLS == nil {
		return
	}
	for _, file := range []*string{&c.TLS.CAFile, &c.TLS.CertFile, &c.TLS.KeyFile} {
		if *file != "" {
			*file = d.beside(*file)
		}
	}
	d.authorities(c.TLS.CAFile, at+".tls.ca_file")
	switch {
	case (c.TLS.CertFile == "") != (c.TLS.KeyFile == ""):
		d.fail(at+".tls", "cert_file and key_file belong together")
	case c.TLS.CertFile == "" || isFile(c.TLS.CertFile) != nil || isFile(c.TLS.KeyFile) != nil:
	default:
		if _, err := (&TLS{CertFile: c.TLS.CertFile, KeyFile: c.TLS.KeyFile}).Certificate(); err != nil {
			d.fail(at+".tls", "%s", err)
		}
	}
}

// authorities refuses a file without a certificate; one that cannot be read has
// been refused already.
func (d *decoder) authorities(file, path string) {
	if pem, err := os.ReadFile(file); err == nil && !x509.NewCertPool().AppendCertsFromPEM(pem) {
		d.fail(path, "the file holds no PEM certificate")
	}
}
