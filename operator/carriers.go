package operator

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"heliograph/audit"
)

// Fleet is the carriers in use and what the operator may do with them.
type Fleet interface {
	// Carriers tells of all, in the order of the configuration file, and of
	// those that messages wait for and that are not configured.
	Carriers(ctx context.Context) ([]Carrier, error)
	// PauseCarrier takes up no more messages of a carrier until it is resumed,
	// also after a restart. The change is durable and in the audit.
	PauseCarrier(ctx context.Context, name, by, reason string) error
	// ResumeCarrier undoes that.
	ResumeCarrier(ctx context.Context, name string) error
	// SetThroughput changes a carrier's throughput, in message parts per second
	// (0 = none), until the next reload or restart. False: no such carrier.
	SetThroughput(name string, partsPerSecond int) bool
}

// Carrier is what there is to know of a carrier now.
type Carrier struct {
	Name    string `json:"name"`
	Type    string `json:"type"`             // of the configuration; "" = it is not there
	State   string `json:"state"`            // see CarrierUp
	Summary string `json:"summary"`          // the state in a sentence
	Paused  *Pause `json:"paused,omitempty"` // nil = is not

	Binds      []Bind `json:"binds"` // all that are configured
	BindsUp    int    `json:"bindsUp"`
	Window     int    `json:"window"`     // message parts that may be unanswered, of the binds that are up
	Unanswered int    `json:"unanswered"` // message parts that are

	InFlight int `json:"inFlight"`       // messages taken up: unanswered, or waiting for a bind or for their turn
	InMemory int `json:"queuedInMemory"` // messages that wait to be taken up
	OnDisk   int `json:"queuedOnDisk"`   // messages beyond what memory holds

	Throughput int    `json:"partsPerSecond"`      // in force, 0 = not limited
	Configured int    `json:"configuredPerSecond"` // of the configuration file
	Limiter    string `json:"limiter"`             // what holds messages back now, "" = nothing
	IDs        string `json:"messageIds"`          // how the carrier writes message ids

	Matched   int64 `json:"receiptsMatched"` // since the server started
	Unmatched int64 `json:"receiptsUnmatched"`
	Repeated  int64 `json:"receiptsRepeated"` // what was told before, or came after the last word

	Delivery []Delivery `json:"delivery"` // by country, while there is a rule of health

	Problems []string `json:"problems"` // what is wrong and what to do about it, a sentence each

	limitedBy string // Limiter in one of a few words
}

// Delivery is what is reported of the messages to a country, by the rule of health.
type Delivery struct {
	Country string `json:"country"` // ISO 3166-1 alpha-2
	Well    bool   `json:"well"`    // enough are reported delivered in time
	Judged  int    `json:"judged"`  // messages within the window, or since it is not well
	Arrived int    `json:"arrived"` // of those
	Waiting int    `json:"waiting"` // messages whose receipt is still in time
	// Latency is how many seconds the receipts of those that arrived took, the last few
	// mostly; 0 = none arrived.
	Latency float64 `json:"receiptLatencySeconds"`
}

// The states of a carrier.
const (
	CarrierUp            = "UP"
	CarrierPartly        = "PARTLY_UP"
	CarrierDown          = "DOWN"
	CarrierPaused        = "PAUSED"
	CarrierMaintenance   = "MAINTENANCE"
	CarrierNotConfigured = "NOT_CONFIGURED"
)

// Pause is who paused a carrier, when and why.
type Pause struct {
	Since       time.Time `json:"since"`
	AccessKeyID string    `json:"accessKeyId"`
	Reason      string    `json:"reason,omitempty"`
}

// Bind is one session that a carrier is configured to have.
type Bind struct {
	Address     string    `json:"address"`
	Mode        string    `json:"mode"`
	State       string    `json:"state"`
	Since       time.Time `json:"since,omitzero"`
	Trouble     string    `json:"trouble,omitempty"` // the last, in words
	TroubleAt   time.Time `json:"troubleAt,omitzero"`
	NextAttempt time.Time `json:"nextAttempt,omitzero"`
	Window      int       `json:"window"`
	Unanswered  int       `json:"unanswered"`
}

type carriersShown struct {
	Carriers []Carrier `json:"carriers"`
}

type pauseAsked struct {
	Reason string `json:"reason,omitempty"`
}

type drainShown struct {
	Drained  bool `json:"drained"`  // nothing is in flight
	InFlight int  `json:"inFlight"` // messages taken up
	Queued   int  `json:"queued"`   // messages that wait
}

type throughputAsked struct {
	PartsPerSecond *int `json:"partsPerSecond"`
}

// mostPartsPerSecond bounds a throughput.
const mostPartsPerSecond = 1_000_000

func (p Parts) listCarriers(r *http.Request) (any, error) {
	list, err := p.Fleet.Carriers(r.Context())
	if list == nil {
		list = []Carrier{}
	}
	return carriersShown{list}, err
}

func (p Parts) carrier(r *http.Request) (any, error) {
	return p.carrierNamed(r.Context(), r.PathValue("name"))
}

// carrierNamed finds a carrier, or says that there is none.
func (p Parts) carrierNamed(ctx context.Context, name string) (Carrier, error) {
	list, err := p.Fleet.Carriers(ctx)
	if err != nil {
		return Carrier{}, err
	}
	var names []string
	for _, c := range list {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Carrier{}, unknown("no carrier is named " + name + ": there are " + strings.Join(names, ", "))
}

func (p Parts) pauseCarrier(r *http.Request) (any, error) {
	c, err := p.pause(r)
	if err != nil {
		return nil, err
	}
	return p.carrierNamed(r.Context(), c.Name)
}

// pause pauses the carrier of the path.
func (p Parts) pause(r *http.Request) (Carrier, error) {
	asks := pauseAsked{}
	r, err := read(r, &asks)
	if err != nil {
		return Carrier{}, err
	}
	if len(asks.Reason) > longestReason || !utf8.ValidString(asks.Reason) {
		return Carrier{}, invalid("a reason has at most 500 octets of UTF-8")
	}
	c, err := p.carrierNamed(r.Context(), r.PathValue("name"))
	if err != nil {
		return Carrier{}, err
	}
	entry, _ := audit.From(r.Context())
	entry.Reason = asks.Reason
	if c.Paused != nil && c.Paused.AccessKeyID == entry.AccessKeyID && c.Paused.Reason == asks.Reason {
		return c, nil // who asks how a drain goes changes nothing, and leaves no line
	}
	return c, p.Fleet.PauseCarrier(audit.With(r.Context(), entry), c.Name, entry.AccessKeyID, asks.Reason)
}

func (p Parts) resumeCarrier(r *http.Request) (any, error) {
	c, err := p.carrierNamed(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if err := p.Fleet.ResumeCarrier(r.Context(), c.Name); err != nil {
		return nil, err
	}
	return p.carrierNamed(r.Context(), c.Name)
}

// Bounds of a drain's wait, and how often it looks.
const (
	longestDrainWait = 30 * time.Second
	drainLook        = 50 * time.Millisecond
)

// drainCarrier pauses a carrier and says whether anything is in flight still,
// after waiting for as long as it is told.
func (p Parts) drainCarrier(r *http.Request) (any, error) {
	asked := asked{r.URL.Query(), p.Now, nil}
	wait := asked.wait()
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	c, err := p.pause(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	for p.Queue.InFlight(c.Name) > 0 && look(ctx) {
	}
	c, err = p.carrierNamed(r.Context(), c.Name) // counts what waits on disk: once
	return drainShown{c.InFlight == 0, c.InFlight, c.InMemory + c.OnDisk}, err
}

// look waits for the next look; false means that the time is over.
func look(ctx context.Context) bool {
	timer := time.NewTimer(drainLook)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// wait reads how long an answer may be held back.
func (a *asked) wait() time.Duration {
	text := a.text("wait")
	if text == "" {
		return 0
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait < 0 || wait > longestDrainWait {
		a.refuse("wait is a duration such as 5s, at most " + longestDrainWait.String())
	}
	return wait
}

// setThroughput changes what is no row of the database, so the line of the
// audit is written when it is in force.
func (p Parts) setThroughput(r *http.Request) (any, error) {
	asks := throughputAsked{}
	r, err := read(r, &asks)
	if err != nil {
		return nil, err
	}
	if asks.PartsPerSecond == nil || *asks.PartsPerSecond < 0 || *asks.PartsPerSecond > mostPartsPerSecond {
		return nil, invalid("partsPerSecond is 1 to 1000000 message parts per second, or 0 for no limit")
	}
	c, err := p.carrierNamed(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if !p.Fleet.SetThroughput(c.Name, *asks.PartsPerSecond) {
		return nil, conflict("carrier " + c.Name + " is not configured: nothing goes over it")
	}
	if err := p.note(r, "carrier/"+c.Name); err != nil {
		return nil, err
	}
	return p.carrierNamed(r.Context(), c.Name)
}

// note puts a change on record that is none of the database.
func (p Parts) note(r *http.Request, targets ...string) error {
	entry, _ := audit.From(r.Context())
	entry.Targets = append(entry.Targets, targets...)
	// The caller may be gone; the change is in force all the same.
	return p.Audit.Audit(context.WithoutCancel(r.Context()), entry)
}
