package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"net"
	"reflect"
	"slices"

	"heliograph/carrier/simulator"
	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/message/dispatch"
)

// link is a carrier in use and what made it.
type link struct {
	dispatch.Link
	configured config.Carrier
	files      [][]byte        // the content of those of its TLS
	centre     *simulator.SMSC // behind a simulated carrier, else nil
	password   string          // of the gateway's own login at the centre
}

// newLink makes a carrier, and the centre behind it where that is simulated; one
// that a former carrier of the name has is kept.
func (a *App) newLink(c config.Carrier, former *link) (*link, error) {
	l := &link{configured: c}
	var err error
	if l.files, err = carrierFiles(c); err != nil {
		return nil, err
	}
	settings, err := a.smscSettings(c)
	if err != nil {
		return nil, err
	}
	if c.Type == config.Simulator {
		if former != nil && former.centre != nil {
			l.centre, l.password = former.centre, former.password
		} else {
			a.simulate(l)
		}
		l.reach(&settings)
	}
	if err := refusals(c, &settings); err != nil {
		return nil, err
	}
	l.Link = dispatch.Link{
		Carrier: smsc.New(settings, a.road.back), Wire: settings.Text.Wire(), NoReceipts: settings.Receipts.None,
		Patience: c.Patience.Of(), Doubt: doubt(c),
	}
	return l, nil
}

// simulate makes the centre behind a simulated carrier. In `dev` any login may
// bind; elsewhere the configured ones and the gateway's own, whose password
// nobody is told.
func (a *App) simulate(l *link) {
	c := l.configured
	l.password = rand.Text()[:8]
	var logins []simulator.Login // nil = any
	if !a.options.Dev {
		logins = []simulator.Login{}
		for _, login := range c.Logins {
			logins = append(logins, simulator.Login{SystemID: login.SystemID, Password: login.Password.Reveal()})
		}
	}
	listen, anyPort := a.centreAddress(c)
	l.centre = simulator.New(simulator.Settings{
		Name: c.Name, Listen: listen, AnyPort: anyPort, Logins: logins, Gateway: gatewayLogin, GatewayPassword: l.password,
		Network: a.road.network, Store: a.store, Directory: a.road.directory, Now: a.options.Now, Log: a.options.Log,
	})
}

// centreAddress is the configured one, else any free port; at the start `dev`
// prefers the customary one for its first centre, if it is free.
func (a *App) centreAddress(c config.Carrier) (listen string, anyPort bool) {
	if c.Listen != "" || !a.options.Dev || a.road.screen.Load() != nil {
		return c.Listen, false
	}
	return devSMSC, true
}

// reach points a carrier at its centre.
func (l *link) reach(settings *smsc.Settings) {
	centre := l.centre
	settings.SystemID, settings.Password, settings.MessageIDTLV = gatewayLogin, l.password, true
	settings.Address = cmp.Or(l.configured.Listen, "simulated") // as logs and the status show it
	settings.Dial = func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", centre.Addr().String())
	}
}

func (l *link) startCentre(ctx context.Context) error {
	if l.centre == nil {
		return nil
	}
	return l.centre.Start(ctx)
}

func (l *link) stopCentre(ctx context.Context) error {
	if l.centre == nil {
		return nil
	}
	return l.centre.Stop(ctx)
}

// connects says whether a configured carrier is what the link has, as far as the
// link itself goes: what becomes of unregistered sender IDs is the choice's.
func (l *link) connects(c config.Carrier) bool {
	if files, err := carrierFiles(c); err != nil || !reflect.DeepEqual(files, l.files) {
		return false
	}
	had := l.configured
	had.UnregisteredSender = c.UnregisteredSender
	return reflect.DeepEqual(had, c)
}

// moves says whether the centre would have to be another one.
func (l *link) moves(c config.Carrier) bool {
	return l.centre != nil && c.Type == config.Simulator &&
		(l.configured.Listen != c.Listen || !slices.Equal(l.configured.Logins, c.Logins))
}
