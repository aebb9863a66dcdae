package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"slices"

	"heliograph/carrier/simulator"
	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/country"
	"heliograph/message/route"
	"heliograph/protocol/gsm"
	"heliograph/resource/origination"
)

// gatewayLogin is what the gateway binds to a simulated centre as. Nobody else
// gets it: receipts go to any session of the login that they are for.
const gatewayLogin = "heliograph-own"

// devSMSC is where `dev` lets SMPP clients bind when nobody else is there.
const devSMSC = "127.0.0.1:2775"

// sharedShortCode is the fictitious sender of the simulated network for
// messages that have no identity of their own.
const sharedShortCode = "70707"

// withSimulator adds an internal simulated carrier where the file has none:
// what goes to a published simulator destination must never reach a paying
// carrier.
func withSimulator(configured []config.Carrier) []config.Carrier {
	if slices.ContainsFunc(configured, func(c config.Carrier) bool { return c.Type == config.Simulator }) {
		return configured
	}
	internal := config.Default().Carriers[0]
	for slices.ContainsFunc(configured, func(c config.Carrier) bool { return c.Name == internal.Name }) {
		internal.Name = "internal-" + internal.Name
	}
	return append(slices.Clone(configured), internal)
}

// routing is the file's routes as the choice reads them. The internal simulated
// carrier that the file does not have is not among the carriers to choose from.
func routing(file *config.File, all []config.Carrier) *route.Carriers {
	r := &route.Carriers{}
	for i, c := range all {
		if c.Type == config.Simulator && r.Simulator == "" {
			r.Simulator = c.Name
		}
		if i < len(file.Carriers) {
			r.All = append(r.All, choosable(c))
		}
		if c.Type == config.Simulator && i < len(file.Carriers) {
			r.Shared = append(r.Shared, fictitiousShared(c.Name)...)
		}
	}
	for _, line := range file.Routes {
		r.Routes = append(r.Routes, route.Route{Countries: line.Countries, Carriers: line.Carriers})
	}
	for _, s := range file.SharedIdentities {
		shared := route.Shared{Country: s.Country, Identity: s.Identity}
		for _, p := range s.Carriers {
			shared.Provisions = append(shared.Provisions, origination.Provision{Carrier: p.Name, As: p.As})
		}
		r.Shared = append(r.Shared, shared)
	}
	return r
}

func choosable(c config.Carrier) route.Carrier {
	action, substitute := c.Unregistered()
	width := gsm.Reference8
	if c.Reference == 16 {
		width = gsm.Reference16
	}
	return route.Carrier{Name: c.Name, Unregistered: route.Action(action), Substitute: substitute, Width: width}
}

// fictitiousShared are the shared senders of a simulated network: one in every
// country that has shared routes.
func fictitiousShared(name string) []route.Shared {
	var list []route.Shared
	for _, rules := range country.All() {
		if !rules.NoSharedRoutes {
			list = append(list, route.Shared{
				Country: rules.ISO, Identity: sharedShortCode, Provisions: []origination.Provision{{Carrier: name}},
			})
		}
	}
	return list
}

// smscSettings are those of a carrier of type smpp.
func (a *App) smscSettings(c config.Carrier) (smsc.Settings, error) {
	settings := smsc.Settings{
		Name: c.Name, Address: c.Address, SystemID: c.SystemID, Password: c.Password.Reveal(),
		SystemType: c.SystemType, Binds: c.Binds, Window: c.Window, Throughput: c.Throughput, TextReceipts: c.TextReceipts,
		IDs: smsc.IDType(c.MsgIDType), Validity: smsc.ValidityFormat(c.ValidityFormat),
		Log: a.options.Log, Now: a.options.Now,
	}
	for _, t := range c.TLVs {
		settings.TLVs = append(settings.TLVs, smsc.TLV{Tag: uint16(t.Tag), Field: t.Field, Type: smsc.TLVType(t.Type), Countries: t.Countries})
	}
	if c.TLS == nil {
		return settings, nil
	}
	var err error
	settings.TLS, err = carrierTLS(c)
	return settings, err
}

// carrierTLS trusts the carrier's own authorities where the file names them.
func carrierTLS(c config.Carrier) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fmt.Errorf("carrier %s: %w", c.Name, err)
	}
	settings := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.TLS.CAFile == "" {
		return settings, nil
	}
	pem, err := os.ReadFile(c.TLS.CAFile)
	if err != nil {
		return nil, fmt.Errorf("carrier %s: %w", c.Name, err)
	}
	settings.RootCAs = x509.NewCertPool()
	if !settings.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("carrier %s: %s holds no certificate", c.Name, c.TLS.CAFile)
	}
	return settings, nil
}

// simulate makes the centre behind a simulated carrier and points the carrier
// at it. In `dev` any login may bind; elsewhere the configured ones and the
// gateway's own, whose password nobody is told.
func (a *App) simulate(c config.Carrier, settings *smsc.Settings) {
	password := rand.Text()[:8]
	var logins []simulator.Login // nil = any
	if !a.options.Dev {
		logins = []simulator.Login{}
		for _, l := range c.Logins {
			logins = append(logins, simulator.Login{SystemID: l.SystemID, Password: l.Password.Reveal()})
		}
	}
	listen, anyPort := a.centreAddress(c)
	centre := simulator.New(simulator.Settings{
		Name: c.Name, Listen: listen, AnyPort: anyPort, Logins: logins, Gateway: gatewayLogin, GatewayPassword: password,
		Network: a.road.network(), Store: a.store, Directory: a.road.directory, Now: a.options.Now, Log: a.options.Log,
	})
	a.road.centres = append(a.road.centres, centre)
	a.road.simulated[c.Name] = true
	settings.SystemID, settings.Password, settings.MessageIDTLV = gatewayLogin, password, true
	settings.Dial = func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", centre.Addr().String())
	}
}

// network is what all centres share: the first one's handsets are those that
// the simulator API shows.
func (r *road) network() *simulator.Network {
	if len(r.centres) == 0 {
		return nil
	}
	return r.centres[0].Network
}

// centreAddress is the configured one, else any free port; `dev` prefers the
// customary one, if it is free.
func (a *App) centreAddress(c config.Carrier) (listen string, anyPort bool) {
	if c.Listen != "" || !a.options.Dev || len(a.road.centres) > 0 {
		return c.Listen, false
	}
	return devSMSC, true
}
