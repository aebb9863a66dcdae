// Package simulator is the simulated carrier: an SMSC on loopback that speaks
// SMPP 3.4 to any client, with handsets behind it. It takes texts in every way
// that SMPP has for them (short_message, message_payload, parts with a user
// data header of 3GPP TS 23.040 §9.2.3.24 or with sar parameters), puts them
// together and decodes them again as a phone would, and plays the network:
// senders that are not registered in a country are replaced, rules say which
// texts fail, receipts come back, people answer. What it acknowledged is on
// disk.
//
// Left out: submit_multi, cancel_sm, replace_sm, scheduled delivery and
// validity periods, alphabets that no phone shows (JIS, KS C 5601, ISO 8859-5
// and -8 are read as Latin-1), national language shift tables, TLS.
package simulator

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// Login is a client that may bind.
type Login struct {
	SystemID string
	Password string
}

// Settings of a simulated carrier.
type Settings struct {
	// Name keeps this centre's open deliveries and parts apart from those of
	// another one in the same store; "" = "simulator".
	Name string
	// Listen is host:port; "" = a free port of 127.0.0.1.
	Listen string
	// AnyPort takes a free port of 127.0.0.1 where Listen cannot be had.
	AnyPort bool
	// Logins that may bind; nil = any.
	Logins []Login
	// Gateway is the system_id under which the server's own binds get the
	// answers of handsets to customers' numbers; "" = "heliograph".
	Gateway string
	// GatewayPassword keeps that system_id, its receipts and the API's message
	// ids from other clients, whatever Logins says; "" = nobody is kept off.
	GatewayPassword string
	// Window is how many deliver_sm may wait for their answer per session;
	// 0 = 50.
	Window int
	// Network is what this centre shares with others on the same store; nil =
	// nothing.
	Network *Network
	// Store is required.
	Store Store
	// Directory of senders; nil = nothing is known of any.
	Directory Directory
	Now       func() time.Time // nil = time.Now
	Log       *slog.Logger     // nil = slog.Default
}

func (s Settings) withDefaults() Settings {
	if s.Name == "" {
		s.Name = "simulator"
	}
	if s.Gateway == "" {
		s.Gateway = "heliograph"
	}
	if s.Window == 0 {
		s.Window = 50
	}
	if s.Network == nil {
		s.Network = &Network{}
	}
	if s.Directory == nil {
		s.Directory = nobody{}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	return s
}

// nobody is the directory of a network that knows no sender.
type nobody struct{}

func (nobody) MessageAccount(context.Context, string) (string, error) { return "", nil }

func (nobody) SenderRegistered(context.Context, string, string, string) (bool, error) {
	return false, nil
}

func (nobody) NumberKind(context.Context, string) (carrier.AddressKind, string, error) {
	return "", "", nil
}

// Network is what centres have in common that serve the same handsets: the
// rules, and the bell that wakes those who wait for a message. The zero value
// is ready.
type Network struct {
	rules ruleBook
	bell  bell
}

// SMSC is a running message centre with its handsets.
type SMSC struct {
	*Network
	settings Settings
	server   smpp.Server
	memory   memory
	fates    fates
	ids      *ids
	settler  *settler
	intake   *intake
	answers  atomic.Uint32 // references of long texts from handsets

	mu       sync.Mutex
	outboxes map[string]*outbox // by system_id
	pumps    sync.WaitGroup
	stop     sync.Once
	stopErr  error
}

// New makes a centre that does not run yet.
func New(settings Settings) *SMSC {
	settings = settings.withDefaults()
	c := &SMSC{Network: settings.Network, settings: settings, ids: newIDs(), outboxes: map[string]*outbox{}}
	c.answers.Store(rand.Uint32())
	c.intake = newIntake()
	c.settler = newSettler(c.settings)
	c.server = smpp.Server{
		Address: c.settings.Listen,
		Config: smpp.Config{
			Handler: smpp.HandlerFunc(c.handle), Authenticate: c.authenticate, Bound: c.bound,
			SystemID: "heliograph-sim", Window: c.settings.Window,
		},
	}
	return c
}

// Start reads what an earlier run left on disk and listens. The error is the
// store's or the listener's.
func (c *SMSC) Start(ctx context.Context) error {
	if c.settings.Store == nil {
		return errors.New("simulator: a store is required")
	}
	left, err := c.settings.Store.HandsetBacklog(ctx, c.settings.Name)
	if err != nil {
		return fmt.Errorf("simulator: read what an earlier run left: %w", err)
	}
	c.recall(left)
	if err := c.listen(); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	go c.settler.run()
	go c.intake.run(c.commit)
	return nil
}

// listen tries rather than asks first whether the address is free: another
// process may take it in between.
func (c *SMSC) listen() error {
	err := c.server.Start()
	if err == nil || !c.settings.AnyPort {
		return err
	}
	c.server.Address = ""
	return c.server.Start()
}

// Addr is where clients bind, once started.
func (c *SMSC) Addr() net.Addr { return c.server.Addr() }

// Stop takes no more texts, answers those under way, unbinds all clients and
// closes; bounded by ctx. Further calls do nothing.
func (c *SMSC) Stop(ctx context.Context) error {
	if c.server.Listener == nil {
		return nil // never started
	}
	c.stop.Do(func() {
		c.stopErr = errors.Join(c.intake.close(ctx), c.server.Stop(ctx))
		c.pumps.Wait()
		c.stopErr = errors.Join(c.stopErr, c.settler.close(ctx))
	})
	return c.stopErr
}

// recall fills memory from disk.
func (c *SMSC) recall(left Backlog) {
	for _, p := range left.Parts {
		c.memory.long.add(p)
	}
	for _, messageID := range left.Shown {
		if id, ok := readMessageID(messageID); ok {
			c.memory.shown.add(id)
		}
	}
	for owner, rules := range left.Rules {
		c.rules.set(owner, rules)
	}
	for _, d := range left.Deliveries {
		c.outbox(d.System).put(d)
	}
}

// outbox is that of a login; it outlives the login's sessions.
func (c *SMSC) outbox(system string) *outbox {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.outboxes[system]
	if o == nil {
		o = newOutbox(c.settings.Now)
		c.outboxes[system] = o
	}
	return o
}

func (c *SMSC) authenticate(_ context.Context, _ *smpp.Session, b *smpp.Bind) smpp.Status {
	logins := c.settings.Logins
	switch {
	case c.settings.GatewayPassword != "" && b.SystemID == c.settings.Gateway:
		logins = []Login{{SystemID: c.settings.Gateway, Password: c.settings.GatewayPassword}}
	case logins == nil:
		return smpp.StatusOK
	}
	known := smpp.StatusInvSysID
	for _, l := range logins {
		if l.SystemID != b.SystemID {
			continue
		}
		known = smpp.StatusInvPaswd
		if subtle.ConstantTimeCompare([]byte(l.Password), []byte(b.Password)) == 1 {
			return smpp.StatusOK
		}
	}
	return known
}

// foreign says that a client is surely not the gateway.
func (c *SMSC) foreign(system string) bool {
	return c.settings.GatewayPassword != "" && system != c.settings.Gateway
}

func (c *SMSC) handle(_ context.Context, request smpp.PDU, reply smpp.Reply) {
	switch p := request.(type) {
	case *smpp.SubmitSM:
		c.intake.put(newSubmission(reply.Session().PeerBind().SystemID, p, reply))
	case *smpp.DataSM:
		c.intake.put(newDataSubmission(reply.Session().PeerBind().SystemID, p, reply))
	case *smpp.QuerySM:
		answer, ok := c.fates.answer(p.MessageID, c.settings.Now())
		if !ok {
			reply.Refuse(smpp.StatusQueryFail)
			return
		}
		// A client that is gone needs no answer.
		_ = reply.With(answer)
	default:
		reply.Refuse(smpp.StatusInvCmdID)
	}
}
