// Package lookup asks a service over HTTP which mobile network a number is in, and
// keeps what it learnt: a service that knows of numbers that were ported.
//
// Whoever asks never waits: a number that is not known yet is unknown now, and asked
// about meanwhile. Left out: caches that outlast the process, and lookups of anything
// but the network.
package lookup

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Settings of the service that is asked.
type Settings struct {
	// URL has {number} where the digits of a number go.
	URL           string
	Authorization string // value of the header, "" = none
	// MCCMNC, or MCC and MNC, name the member of the JSON answer, with points between
	// those of objects within objects.
	MCCMNC, MCC, MNC string
	Timeout          time.Duration
	Keep             time.Duration // for how long an answer is believed
	Most             int           // answers that are kept, at least
}

const (
	askers    = 8    // questions under way at a time
	askedNext = 1000 // numbers that wait to be asked about; others stay unknown
	// retryAfter is how long a number that could not be asked about stays unknown.
	retryAfter = time.Minute
	saidAgain  = time.Minute
)

// Source is a route.Lookup. Make one with New, Start it before it asks, and Stop it.
type Source struct {
	now      func() time.Time
	log      *slog.Logger
	settings atomic.Pointer[Settings] // nil = nobody is asked

	mu    sync.Mutex
	young map[string]answer // by number; when it is full the old ones are forgotten
	old   map[string]answer
	said  time.Time // when the log was last told of a failure

	questions chan string
	cancel    context.CancelFunc
	runs      sync.WaitGroup
}

// answer is what is known of a number, "" = it is in no network, or being asked about.
type answer struct {
	mccmnc string
	until  time.Time
}

// New makes a source that asks nobody.
func New(now func() time.Time, log *slog.Logger) *Source {
	return &Source{now: now, log: log, questions: make(chan string, askedNext)}
}

// Use has another service asked from now on; nil = none. What the former one said is
// forgotten.
func (s *Source) Use(settings *Settings) {
	s.settings.Store(settings)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.young, s.old = nil, nil
}

// Start begins to ask.
func (s *Source) Start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	client := &http.Client{}
	for range askers {
		s.runs.Go(func() { s.run(ctx, client) })
	}
}

// Stop asks nothing more and breaks off what is under way.
func (s *Source) Stop(context.Context) error {
	if s.cancel != nil {
		s.cancel()
	}
	s.runs.Wait()
	return nil
}

// Network gives the mobile country and network code (ITU-T E.212) of a number in
// E.164 with +, when it is known by now.
func (s *Source) Network(e164 string) (mccmnc string, known bool) {
	settings := s.settings.Load()
	if settings == nil {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if a, here := s.get(e164); here && now.Before(a.until) {
		return a.mccmnc, a.mccmnc != ""
	}
	select {
	case s.questions <- e164:
		s.put(e164, answer{until: now.Add(settings.Timeout + retryAfter)}, settings.Most)
	default: // too many at once: it stays unknown
	}
	return "", false
}

func (s *Source) run(ctx context.Context, client *http.Client) {
	for {
		select {
		case number := <-s.questions:
			s.learn(ctx, client, number)
		case <-ctx.Done():
			return
		}
	}
}

// learn asks about a number and keeps the answer, unless another service is to be
// asked by then.
func (s *Source) learn(ctx context.Context, client *http.Client, number string) {
	settings := s.settings.Load()
	if settings == nil {
		return
	}
	mccmnc, err := settings.ask(ctx, client, number)
	a := answer{mccmnc, s.now().Add(settings.Keep)}
	if err != nil {
		a.until = s.now().Add(retryAfter)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings.Load() != settings {
		return
	}
	s.put(number, a, settings.Most)
	if now := s.now(); err != nil && ctx.Err() == nil && now.Sub(s.said) >= saidAgain {
		s.said = now
		s.log.Warn("the lookup of mobile networks fails: numbers it would know are taken as the table of networks has them", "error", err)
	}
}

// get and put are called with s.mu held.
func (s *Source) get(number string) (answer, bool) {
	if a, here := s.young[number]; here {
		return a, true
	}
	a, here := s.old[number]
	return a, here
}

func (s *Source) put(number string, a answer, most int) {
	if s.young == nil || len(s.young) >= max(most, 1) {
		s.young, s.old = map[string]answer{}, s.young
	}
	s.young[number] = a
}
