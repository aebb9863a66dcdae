package app

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"heliograph/carrier/smsc"
	"heliograph/config"
)

// connection is how a carrier of type smpp is reached.
func connection(c config.Carrier) (smsc.Connection, error) {
	s := smsc.Connection{
		ResolveAll: c.Resolve == "all", Pairs: c.Mode == "pairs", SourceAddress: net.ParseIP(c.SourceAddress),
		InterfaceVersion: interfaceVersion(c.InterfaceVersion), ServiceType: c.ServiceType, AddressRange: c.AddressRange,
		OutbindListen: c.OutbindListen,
	}
	for _, a := range c.Addresses {
		s.Addresses = append(s.Addresses, smsc.Address{Address: a.Address, Binds: a.Binds, Standby: a.Standby})
	}
	if t := c.Timers; t != nil {
		s.Inactivity, s.MinRebind = t.Inactivity.Of(), t.MinRebind.Of()
	}
	for _, m := range c.Maintenance {
		zone, err := time.LoadLocation(m.Zone)
		if err != nil {
			return s, fmt.Errorf("carrier %s: %w", c.Name, err)
		}
		s.Maintenance = append(s.Maintenance, smsc.Maintenance{
			From: config.Clock(m.From), To: config.Clock(m.To), Zone: zone, Days: weekdays(m.Days),
		})
	}
	if c.TLS != nil {
		s.TLS = func() (*tls.Config, error) { return carrierTLS(*c.TLS) }
	}
	return s, nil
}

// interfaceVersion is the octet of a version that the file writes as two digits;
// 0 stays the default.
func interfaceVersion(digits int) uint8 { return uint8(digits/10<<4 | digits%10) }

func weekdays(names []string) []time.Weekday {
	order := []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	var days []time.Weekday
	for _, name := range names {
		days = append(days, time.Weekday(slices.Index(order, name)))
	}
	return days
}

// carrierTLS reads the files of a carrier's TLS, as they are now.
func carrierTLS(c config.CarrierTLS) (*tls.Config, error) {
	settings := &tls.Config{ServerName: c.ServerName, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, err
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", c.CAFile)
		}
	}
	if c.CertFile == "" {
		return settings, nil
	}
	certificate, err := (&config.TLS{CertFile: c.CertFile, KeyFile: c.KeyFile}).Certificate()
	settings.Certificates = []tls.Certificate{certificate}
	return settings, err
}
