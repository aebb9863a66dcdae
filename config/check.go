package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"heliograph/country"
)

// check looks at what fields say of each other. It runs even when fields were
// at fault, and stays silent on what the decoder has already reported.
func (d *decoder) check(f *File) {
	d.accounts(f)
	d.carriers(f)
	d.networkLookup(f)
	d.routes(f)
	d.health(f)
	d.numbers(f)
	d.senders(f)
	d.sharedIdentities(f)
	d.prices(f)
	d.rates(f)
	d.inbound(f)
	d.sinks(f)
	d.certificate(f)
}

// once refuses the second line of a list with the same key.
type once struct {
	d    *decoder
	seen map[string]string
}

func (d *decoder) once() once { return once{d: d, seen: map[string]string{}} }

func (o once) use(path, key string) {
	if key == "" {
		return
	}
	if first, ok := o.seen[key]; ok {
		o.d.fail(path, "the same stands in line %d (%s)", o.d.lines[first], first)
		return
	}
	o.seen[key] = path
}

func (d *decoder) accounts(f *File) {
	ids := d.once()
	for i, a := range f.Accounts {
		ids.use(fmt.Sprintf("accounts[%d].id", i), a.ID)
	}
}

func (d *decoder) carriers(f *File) {
	names := d.once()
	for i := range f.Carriers {
		c := &f.Carriers[i]
		at := fmt.Sprintf("carriers[%d]", i)
		names.use(at+".name", c.Name)
		d.outgoing(c, at)
		switch c.Type {
		case SMPP:
			d.smpp(c, at)
		case Simulator:
			d.simulator(c, at)
		}
	}
}

// smpp checks a carrier that speaks to an SMSC of others.
func (d *decoder) smpp(c *Carrier, at string) {
	d.addresses(c, at)
	for _, key := range []string{"system_id", "password"} {
		if !d.has(at + "." + key) {
			d.fail(at+"."+key, "is missing: a carrier of type smpp needs it")
		}
	}
	d.only(at, Simulator, "listen", "logins")
	d.refusals(c, at)
	if c.Receipts != nil {
		d.receipts(c.Receipts, at+".receipts")
	}
	d.connection(c, at)
}

// simulator checks a carrier that is an SMSC of our own.
func (d *decoder) simulator(c *Carrier, at string) {
	d.only(at, SMPP, "address", "tls", "system_id", "system_type", "password", "msg_id_type", "text_receipts", "receipts", "validity_format")
	d.only(at, SMPP, connectionKeys()...)
	d.only(at, SMPP, "text", "addressing", "validity_min", "errors", "queue_full")
	if c.Listen != "" && !Loopback(c.Listen) {
		d.fail(at+".listen", "the simulated SMSC speaks without TLS and listens on loopback only")
	}
	logins := d.once()
	for i, l := range c.Logins {
		logins.use(fmt.Sprintf("%s.logins[%d].system_id", at, i), l.SystemID)
	}
}

// only refuses keys that belong to another type of carrier.
func (d *decoder) only(at, kind string, keys ...string) {
	for _, key := range keys {
		if d.has(at + "." + key) {
			d.fail(at+"."+key, "is for carriers of type %s", kind)
		}
	}
}

// known refuses the name of a carrier that the file does not have.
func (d *decoder) known(f *File, path, name string) {
	names := []string{}
	for _, c := range f.Carriers {
		if c.Name == name {
			return
		}
		names = append(names, c.Name)
	}
	if len(f.Carriers) == 0 {
		names = append(names, defaultCarrier)
	}
	if name != "" && (len(f.Carriers) > 0 || name != defaultCarrier) {
		d.fail(path, "no carrier is named %q; there is %s", name, strings.Join(names, ", "))
	}
}

func (d *decoder) provisions(f *File, at string, list []Provision) {
	names := d.once()
	for i, p := range list {
		path := fmt.Sprintf("%s.carriers[%d].name", at, i)
		d.known(f, path, p.Name)
		names.use(path, p.Name)
	}
}

func (d *decoder) numbers(f *File) {
	seen := d.once()
	for i := range f.Numbers {
		n := &f.Numbers[i]
		at := fmt.Sprintf("numbers[%d]", i)
		d.provisions(f, at, n.Carriers)
		if n.Number == "" || !numberPattern.MatchString(n.Number) {
			continue
		}
		if err := n.place(); err != nil {
			d.fail(at+".number", "%s", err)
		}
		seen.use(at+".number", n.Number)
	}
}

// place sets the country of a number and checks that number, type and country
// fit. A short code means nothing without its country.
func (n *Number) place() error {
	short := !strings.HasPrefix(n.Number, "+")
	switch {
	case short != (n.Type == "SHORT_CODE"):
		return errors.New("a SHORT_CODE is digits alone, every other number begins with +")
	case short && n.Country == "":
		return errors.New("a short code needs its country")
	case short:
		return nil
	}
	parsed, err := country.Parse(n.Number)
	if err != nil {
		return fmt.Errorf("is no possible number: %w", err)
	}
	if n.Country != "" && n.Country != parsed.ISO {
		return fmt.Errorf("belongs to %s, not to %s", parsed.ISO, n.Country)
	}
	n.Number, n.Country = parsed.E164, parsed.ISO
	return nil
}

func (d *decoder) senders(f *File) {
	seen := d.once()
	for i, s := range f.SenderIDs {
		at := fmt.Sprintf("sender_ids[%d]", i)
		d.provisions(f, at, s.Carriers)
		if s.SenderID == "" {
			continue
		}
		seen.use(at+".sender_id", strings.Join([]string{strings.ToUpper(s.SenderID), s.Country, s.Account, s.Region}, " "))
		if err := s.fits(); err != nil {
			d.fail(at+".sender_id", "%s", err)
		}
	}
}

// fits checks the sender ID against the rules of its country.
func (s SenderID) fits() error {
	if rules, ok := country.Lookup(s.Country); ok && rules.SenderIDs == country.SenderIDsUnsupported {
		return fmt.Errorf("the networks of %s carry no sender IDs", s.Country)
	}
	if !strings.ContainsFunc(s.SenderID, letter) && s.Country != "IN" {
		return errors.New("six digits are a sender ID in India alone")
	}
	return nil
}

// Check checks a sender ID that did not come from a file, by the same rules.
// Whether its carriers exist is left out.
func (s SenderID) Check() error {
	if err := isPattern("sender", s.SenderID); err != nil {
		return err
	}
	if err := isCountry(s.Country); err != nil {
		return err
	}
	if err := isPattern("account", s.Account); err != nil {
		return err
	}
	if err := isPattern("region", s.Region); err != nil {
		return err
	}
	for _, t := range s.MessageTypes {
		if t != "TRANSACTIONAL" && t != "PROMOTIONAL" {
			return fmt.Errorf("%q is not one of TRANSACTIONAL, PROMOTIONAL", t)
		}
	}
	return s.fits()
}

func letter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

func (d *decoder) sharedIdentities(f *File) {
	for i, s := range f.SharedIdentities {
		d.provisions(f, fmt.Sprintf("shared_identities[%d]", i), s.Carriers)
	}
}

func (d *decoder) prices(f *File) {
	countries := d.once()
	for i, p := range f.Prices {
		countries.use(fmt.Sprintf("prices[%d].country", i), p.Country)
	}
}

// certificate loads both files of the listeners' certificate.
func (d *decoder) certificate(f *File) {
	if f.TLS == nil || f.TLS.CertFile == "" || f.TLS.KeyFile == "" {
		return
	}
	f.TLS.CertFile, f.TLS.KeyFile = d.beside(f.TLS.CertFile), d.beside(f.TLS.KeyFile)
	if isFile(f.TLS.CertFile) != nil || isFile(f.TLS.KeyFile) != nil {
		return
	}
	if _, err := f.TLS.Certificate(); err != nil {
		d.fail("tls", "%s", err)
	}
}

// Certificate loads the certificate and its key.
func (t *TLS) Certificate() (tls.Certificate, error) {
	certificate, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate and key do not load: %w", err)
	}
	return certificate, nil
}
