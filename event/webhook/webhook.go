// Package webhook posts events to an HTTP endpoint, one a request: the record
// itself, with CloudEvents 1.0 attributes (binary mode of its HTTP binding)
// where they are wanted, or within the notification that Amazon SNS posts to HTTP
// subscribers. With a secret each request is signed; see Sign.
//
// Left out: SNS's confirmation of a subscription (the operator's configuration
// is the consent) and its signature by a certificate of amazonaws.com, CloudEvents
// in structured mode and in batches. Redirects are not followed.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"heliograph/event"
)

// maxAnswer is how much of an answer is read, so that its connection can be used
// again.
const maxAnswer = 64 << 10

// maxLater bounds the pause that an endpoint may ask for.
const maxLater = time.Hour

// Settings say where events go and how.
type Settings struct {
	URL           string
	Envelope      bool              // SNS's notification; false = the record itself
	CloudEvents   bool              // with the record itself
	Secret        string            // "" = not signed
	Authorization string            // header, "" = none
	Headers       map[string]string // further ones
	Timeout       time.Duration     // of a request
	CA            *x509.CertPool    // nil = those of the system
	Target        event.Target
	Now           func() time.Time
}

// Sink posts the events of one target.
type Sink struct {
	settings Settings
	client   *http.Client
}

// New makes the sink of a target.
func New(s Settings) *Sink {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: s.CA, MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = calls
	transport.MaxResponseHeaderBytes = maxAnswer
	return &Sink{settings: s, client: &http.Client{Transport: transport, Timeout: s.Timeout, CheckRedirect: stay}}
}

// calls are the requests at the same time.
const calls = 8

// stay follows no redirect: a record goes where the operator says.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close closes the connections that nobody uses.
func (s *Sink) Close() { s.client.CloseIdleConnections() }

// Capacity is one event a request.
func (s *Sink) Capacity() event.Capacity { return event.Capacity{Batch: 1, Calls: calls} }

// Deliver posts events. Taken is what is answered 2xx. Final is an answer that
// speaks of the request itself, which would be the same again: 400, 413 and 422.
// All others, a redirect, a missing page (404, 410) and a forbidden one among
// them, can be mended at the endpoint, and are tried again.
func (s *Sink) Deliver(ctx context.Context, list []event.Delivery) []error {
	errs := make([]error, len(list))
	for i, d := range list {
		errs[i] = s.post(ctx, d)
	}
	return errs
}

func (s *Sink) post(ctx context.Context, d event.Delivery) error {
	body, headers, err := s.settings.request(d)
	if err != nil {
		return &event.Refusal{Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.settings.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL cannot be used")
	}
	r.Header = headers
	answer, err := s.client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	defer answer.Body.Close()
	// What the endpoint says beyond its status is not used.
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	return s.judged(answer)
}

// judged is what a status says of an event.
func (s *Sink) judged(answer *http.Response) error {
	err := fmt.Errorf("HTTP %d", answer.StatusCode)
	switch status := answer.StatusCode; {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		return &event.Refusal{Err: err}
	}
	if after := s.retryAfter(answer.Header.Get("Retry-After")); after > 0 {
		return &event.Later{After: after, Err: err}
	}
	return err
}

// retryAfter reads seconds or a date (RFC 9110 §10.2.3); 0 = none.
func (s *Sink) retryAfter(text string) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxLater)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, min(at.Sub(s.settings.Now()), maxLater))
	}
	return 0
}

// unanswered tells why there is no answer, without the URL.
func unanswered(err error) error {
	if transport := (*url.Error)(nil); errors.As(err, &transport) {
		err = transport.Err
	}
	return fmt.Errorf("no answer: %w", err)
}

// Reachable asks for the head of the page: any answer will do, since what is
// posted there is not known to its other methods.
func (s *Sink) Reachable(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, s.settings.URL, nil)
	if err != nil {
		return errors.New("the URL cannot be used")
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	answer.Body.Close()
	return nil
}
