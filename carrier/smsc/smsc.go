// Package smsc takes message parts to an SMSC over SMPP 3.4 as an ESME, and brings
// back delivery receipts and texts from handsets.
//
// A carrier holds a number of binds to one account, transceivers or pairs, at one
// host or several; message ids, throughput and pauses are the account's, so receipts
// may come by any of them.
// Long texts travel by user data header, by sar parameters or in message_payload,
// as the settings say. What it leaves out: query_sm. Whoever submits retries, this
// package only says whether.
package smsc

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// ValidityFormat is how validity_period is written (SMPP 3.4 §7.1.1).
type ValidityFormat string

// The ways to write validity_period; "" is ValidityRelative.
const (
	ValidityRelative ValidityFormat = "relative"
	ValidityAbsolute ValidityFormat = "absolute"
	ValidityNone     ValidityFormat = "none" // left to the SMSC
)

// Settings of one carrier.
type Settings struct {
	Name       string // in the configuration
	Address    string // host:port
	SystemID   string
	Password   string
	SystemType string
	// Binds and Window are the sessions and the unanswered requests of each; 0
	// means 1 and 10.
	Binds, Window int
	// Throughput is message parts per second of all binds together; 0 means none.
	Throughput int
	TLVs       []TLV
	// DLTChain are identifiers of India's registry, for FieldChainHash.
	DLTChain []string
	Priority Priority
	// Addressing of messages out and in.
	Addressing Addressing
	// Text is how messages are encoded and cut.
	Text Text
	// MessageIDTLV sends the API's message id along, for simulated carriers only.
	MessageIDTLV bool
	IDs          IDType
	Validity     ValidityFormat
	// ValidityMin is the least time to live that the SMSC takes; 0 is any.
	ValidityMin time.Duration
	// ResponseTimeout and EnquireInterval of the sessions; 0 is smpp.Config's default.
	ResponseTimeout, EnquireInterval time.Duration
	// Receipts is what the SMSC's receipts are like.
	Receipts Receipts
	// Memory keeps what IDLearn learns; nil forgets it with the carrier.
	Memory Memory
	// Quarantine keeps what the SMSC delivers that cannot be read; nil drops it.
	Quarantine Quarantine
	// Errors is what command_status values mean at this carrier, where that is not
	// what the standard says or it says nothing.
	Errors []Meaning
	// QueueFullPauses lets ESME_RMSGQFUL pause the whole carrier instead of letting
	// one message wait.
	QueueFullPauses bool

	Connection

	// Trace keeps the PDUs of a number that somebody asks for; nil keeps none.
	Trace *Tracer
	// Log is for what the operator has to know; nil logs nothing.
	Log *slog.Logger
	// Now is the clock of validity periods and arrivals; nil is time.Now.
	Now func() time.Time
	// Jitter is a random number from 0 to 1 for pauses; nil is math/rand.
	Jitter func() float64
	// Dial opens the connection instead of TCP and TLS to Address; nil in service.
	Dial func(ctx context.Context) (net.Conn, error)
}

// Meaning is what a range of command_status values means.
type Meaning struct {
	First, Last smpp.Status // a narrower range goes before a wider one
	Failure     carrier.Failure
}

// Carrier is a carrier.Carrier over SMPP.
type Carrier struct {
	settings Settings
	reports  carrier.Reports
	pool     *pool
	pace     *pace
	refused  refused
	silences seldom // parts that were left unanswered
	intake   *intake
	ids      *ids
	late     *late

	mu     sync.Mutex
	cancel context.CancelFunc // nil before Start
	binds  sync.WaitGroup

	login       atomic.Pointer[login]
	regions     []*region
	outbinds    atomic.Pointer[outbinds] // nil without OutbindListen, and before Start
	running     context.Context          // from Start to Stop
	stopRenewal context.CancelFunc
	plain       sync.Once // see parameterless
}

var _ carrier.Carrier = (*Carrier)(nil)

// New makes a carrier that hands what comes back to reports.
func New(settings Settings, reports carrier.Reports) *Carrier {
	s := settings.withDefaults()
	c := &Carrier{settings: s, reports: reports, pool: newPool(s.Window)}
	c.login.Store(&login{s.SystemID, s.Password})
	for _, a := range s.addresses() {
		c.regions = append(c.regions, &region{carrier: c, address: a})
	}
	c.pace = &pace{jitter: s.Jitter, stopped: c.pool.closing}
	c.pace.setThroughput(s.Throughput)
	c.silences.every = saidAgain
	c.ids, c.late = newIDs(&c.settings), newLate(s.Log)
	c.intake = &intake{settings: &c.settings, reports: reports, ids: c.ids, late: c.late.news}
	return c
}

func (s Settings) withDefaults() Settings {
	s.Binds = max(s.Binds, 1)
	if s.Window <= 0 {
		s.Window = 10
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	s.Log = s.Log.With("carrier", s.Name)
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Jitter == nil {
		s.Jitter = rand.Float64
	}
	return s
}

// Name is the carrier's name in the configuration.
func (c *Carrier) Name() string { return c.settings.Name }

// Slots is how many parts may be in flight at once: binds × window, of four records
// of each host with ResolveAll.
func (c *Carrier) Slots() int { return c.settings.senders() * c.settings.Window }

// Bound is how many binds take parts now.
func (c *Carrier) Bound() int { return c.pool.size() }

// Start connects every bind in the background. ctx's end does not stop the
// carrier: Stop does. The error is that of the port for outbind, without which the
// carrier goes on.
func (c *Carrier) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		return nil
	}
	err := c.listen()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.running, c.cancel = running, cancel
	c.ids.start(running)
	c.intake.start()
	for _, r := range c.regions {
		c.binds.Go(func() { r.run(running) })
	}
	if o := c.outbinds.Load(); o != nil {
		c.binds.Go(func() { o.run(running) })
	}
	return err
}

// Stop submits nothing more, waits for answers under way and unbinds; when ctx ends
// first it closes the connections at once. It may be called again; a stopped carrier
// stays stopped. The error is ctx's when the answers were cut short.
func (c *Carrier) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel == nil {
		c.pool.close()
		return nil
	}
	err := c.closeAll(ctx)
	c.cancel()
	c.binds.Wait()
	c.intake.stop()
	return err
}

// hosts are all that binds go to now, in the order of the configuration.
func (c *Carrier) hosts() []*host {
	var hosts []*host
	for _, r := range c.regions {
		hosts = append(hosts, r.all()...)
	}
	if o := c.outbinds.Load(); o != nil {
		hosts = append(hosts, o.all()...)
	}
	return hosts
}

// closeAll turns parts away and closes the sessions in order: those that send first,
// so that receipts have somewhere to go until the last answer.
func (c *Carrier) closeAll(ctx context.Context) error {
	c.pool.close()
	var senders, receivers []*line
	for _, h := range c.hosts() {
		for _, l := range h.lines() {
			if l.mode == smpp.Receiver {
				receivers = append(receivers, l)
			} else {
				senders = append(senders, l)
			}
		}
	}
	return errors.Join(closeLines(ctx, senders), closeLines(ctx, receivers))
}

func closeLines(ctx context.Context, lines []*line) error {
	errs := make([]error, len(lines))
	var closing sync.WaitGroup
	for i, l := range lines {
		closing.Go(func() { errs[i] = l.session.Close(ctx) })
	}
	closing.Wait()
	return errors.Join(errs...)
}

// errStopped is what a part meets that comes after Stop.
var errStopped = errors.New("carrier is stopped")
