package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"heliograph/config"
	"heliograph/event"
	"heliograph/event/awscall"
	"heliograph/event/cloudwatchlogs"
	"heliograph/event/file"
	"heliograph/event/firehose"
	"heliograph/event/sns"
	"heliograph/event/webhook"
	"heliograph/resource"
	"heliograph/resource/configset"
)

// reachPatience bounds the question whether a target can be written to: a caller
// of the API waits for it.
const reachPatience = 5 * time.Second

// sinks finds what speaks to a target, by the configuration in force. A sink is
// made at the first event of its target, and closed when the section sinks of the
// file changes.
type sinks struct {
	lines func() []config.Sink // in force
	node  string               // names this server among those that write to a log group
	now   func() time.Time
	log   *slog.Logger

	mu     sync.Mutex
	inUse  []config.Sink // that the sinks were made by
	byName map[event.Target]made
	files  map[string]*file.File // by path: their sinks share them
}

// made is a sink and what closes its connections.
type made struct {
	event.Sink
	close func()
}

func newSinks(a *App) *sinks {
	node, err := os.Hostname()
	if err != nil || node == "" {
		node = "heliograph"
	}
	return &sinks{lines: func() []config.Sink { return a.force.Load().file.Sinks }, node: node, now: a.options.Now, log: a.options.Log}
}

// Sink gives what speaks to a target, nil where no line of the file takes it. One
// that could not be made fails every event, to be tried again.
func (s *sinks) Sink(t event.Target) event.Sink {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew(s.lines())
	if m, known := s.byName[t]; known {
		return m.Sink
	}
	m, err := s.make(t)
	switch {
	case err != nil:
		return broken{err}
	case m.Sink == nil:
		return nil
	}
	s.byName[t] = m
	return m.Sink
}

// probe makes a sink to ask a target by. It is not kept: callers may ask for any
// number of them.
func (s *sinks) probe(t event.Target) (made, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew(s.lines())
	return s.make(t)
}

// renew closes all sinks where the file has changed. What is under way comes to
// its end: connections are closed when they are free, and a file says that it is
// closed. It is called under mu.
func (s *sinks) renew(lines []config.Sink) {
	if s.byName != nil && reflect.DeepEqual(lines, s.inUse) {
		return
	}
	s.close()
	s.inUse, s.byName, s.files = lines, map[event.Target]made{}, map[string]*file.File{}
}

// Close closes all sinks; those that are asked for afterwards are new.
func (s *sinks) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close()
	s.byName = nil
}

func (s *sinks) close() {
	for _, m := range s.byName {
		m.close()
	}
	for _, f := range s.files {
		_ = f.Close() // what was said to be delivered is on the disk
	}
}

// make makes the sink of a target by the line of the file that takes it; without
// one there is none.
func (s *sinks) make(t event.Target) (made, error) {
	i := slices.IndexFunc(s.inUse, func(line config.Sink) bool { return line.Takes(t.ARN) })
	if i < 0 {
		return made{}, nil
	}
	line := s.inUse[i]
	authorities, err := sinkAuthorities(line.CAFile)
	if err != nil {
		return made{}, err
	}
	switch line.Type {
	case config.Webhook:
		hook := webhook.New(webhook.Settings{
			URL: line.URL, Envelope: line.Format == "sns", CloudEvents: line.CloudEvents, Secret: line.Secret.Reveal(),
			Authorization: line.Authorization.Reveal(), Headers: line.Headers, Timeout: line.Timeout.Of(), CA: authorities,
			Target: t, Now: s.now,
		})
		return made{hook, hook.Close}, nil
	case config.EventFile:
		return made{s.file(line).For(t), func() {}}, nil
	}
	region := line.Region
	if region == "" {
		region = awscall.Region(t.ARN)
	}
	settings, closing, err := awscall.Load(context.Background(), awscall.Settings{
		Endpoint: line.Endpoint, Region: region, AccessKeyID: line.AccessKeyID.Reveal(),
		SecretAccessKey: line.SecretAccessKey.Reveal(), Timeout: line.Timeout.Of(), CA: authorities,
	})
	if err != nil {
		return made{}, err
	}
	return made{s.aws(line.Type, settings, t.ARN), closing}, nil
}

// aws is the sink of one of AWS's services.
func (s *sinks) aws(kind string, settings aws.Config, arn string) event.Sink {
	switch kind {
	case config.SNS:
		return sns.New(settings, arn)
	case config.Firehose:
		return firehose.New(settings, arn)
	}
	return cloudwatchlogs.New(settings, arn, s.node, s.now)
}

// file is the one of a path.
func (s *sinks) file(line config.Sink) *file.File {
	f := s.files[line.Path]
	if f == nil {
		f = file.New(file.Settings{Path: line.Path, Size: int64(line.MaxSize) << 20, Keep: line.Keep})
		s.files[line.Path] = f
	}
	return f
}

// sinkAuthorities reads a file of certificates; nil = those of the system.
func sinkAuthorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("the file of authorities cannot be read")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the file of authorities holds no certificate")
	}
	return pool, nil
}

// broken is a sink that could not be made.
type broken struct{ err error }

// Capacity implements event.Sink.
func (broken) Capacity() event.Capacity { return event.Capacity{Batch: 1, Calls: 1} }

// Deliver implements event.Sink.
func (b broken) Deliver(_ context.Context, list []event.Delivery) []error {
	return event.All(list, b.err)
}

// Reachable implements event.Sink.
func (b broken) Reachable(context.Context) error { return b.err }

// reachable asks a target of the caller's whether it can be written to. The
// journal always can.
func (s *sinks) reachable(ctx context.Context, arn string) error {
	m, err := s.probe(event.Target{Scope: resource.ScopeOf(ctx), ARN: arn})
	if err != nil || m.Sink == nil {
		return err
	}
	defer m.close()
	asking, cancel := context.WithTimeout(ctx, reachPatience)
	defer cancel()
	err = m.Reachable(asking)
	if err != nil {
		s.log.Warn("a target that a customer names cannot be reached", "target", arn, "error", err)
	}
	return told(err)
}

// told is what a customer is told of a target that cannot be reached: not where
// the operator's servers are.
func told(err error) error {
	var name *net.DNSError
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	var link *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return fmt.Errorf("no answer within %v", reachPatience)
	case errors.As(err, &name):
		return errors.New("no answer: its host has no address")
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("no answer: connection refused")
	case errors.As(err, &unknown), errors.As(err, &other):
		return errors.New("no answer: its certificate is not trusted")
	case errors.As(err, &link):
		return errors.New("no answer: connection lost")
	}
	return err
}

// targets are those of event destinations.
type targets struct{ *sinks }

// Reachable implements configset.Targets.
func (t targets) Reachable(ctx context.Context, d configset.Destination) error {
	return t.reachable(ctx, d.ARN)
}

// channels are those of two-way numbers and pools.
type channels struct{ *sinks }

// Reachable implements origination.Channels.
func (c channels) Reachable(ctx context.Context, arn string) error { return c.reachable(ctx, arn) }
