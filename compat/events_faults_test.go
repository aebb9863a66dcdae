package compat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

const (
	faultWindow  = 6 * time.Second // with the target well, then as long with it ill
	faultPairs   = 15              // each illness three times: three minutes in all
	faultCallers = 8
	// faultOffered is how many texts a second the crowd sends: fewer than the machine
	// can take, else the ratio is that of the CPU which a healthy target costs.
	faultOffered = 160
	faultQueue   = 5 * time.Minute // at most until what was sent in a window has ended
)

// endpoint is a webhook's endpoint that falls ill on command.
type endpoint struct {
	t       *testing.T
	address string

	mu     sync.Mutex
	ill    string
	server *http.Server
	story  story
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{t: t, address: "127.0.0.1:0"}
	e.listen()
	t.Cleanup(func() { e.be("killed") })
	return e
}

// listen opens the endpoint, at the address that it had before.
func (e *endpoint) listen() {
	e.t.Helper()
	listener, err := net.Listen("tcp", e.address)
	if err != nil {
		e.t.Fatal(err)
	}
	e.address = listener.Addr().String()
	e.server = &http.Server{Handler: e}
	go func(s *http.Server) { _ = s.Serve(listener) }(e.server)
}

// be makes the endpoint ill, "" = well.
func (e *endpoint) be(ill string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case ill == "killed" && e.ill != "killed":
		_ = e.server.Close()
	case ill != "killed" && e.ill == "killed":
		e.listen()
	}
	e.ill = ill
}

func (e *endpoint) state() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ill
}

// ServeHTTP takes an event, or does what the illness is.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	record := struct{ MessageID, MessageStatus string }{}
	body, err := io.ReadAll(q.Body)
	if err != nil || json.Unmarshal(body, &record) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch e.state() {
	case "400": // which is for good
		w.WriteHeader(http.StatusBadRequest)
		return
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
		return
	case "429":
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case "garbage":
		cut(w)
		return
	case "slow":
		select {
		case <-q.Context().Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.story.tell(record.MessageID, record.MessageStatus)
}

// cut answers what is no HTTP, and closes the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, "\x00\xffnonsense\r\n\r\n")
	_ = conn.Close()
}

// crowd sends without pause from many callers, unless it rests.
type crowd struct {
	awake sync.RWMutex // read while a text is sent
	sent  atomic.Int64
	mu    sync.Mutex
	ids   []string
	tasks sync.WaitGroup
	end   context.CancelFunc
}

func newCrowd(t *testing.T, client *sms.Client) *crowd {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &crowd{end: cancel}
	for range faultCallers {
		c.tasks.Go(func() {
			turn := time.NewTicker(faultCallers * time.Second / faultOffered)
			defer turn.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-turn.C:
				}
				if err := c.send(client); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return c
}

func (c *crowd) send(client *sms.Client) error {
	c.awake.RLock()
	defer c.awake.RUnlock()
	out, err := client.SendTextMessage(context.Background(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String("+33612345678"), MessageBody: aws.String("hello"),
		OriginationIdentity: aws.String("FAULTS"), ConfigurationSetName: aws.String("watched"),
	})
	if err != nil {
		return err
	}
	c.sent.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = append(c.ids, aws.ToString(out.MessageId))
	return nil
}

// rest has the crowd wait until what it sent has ended and is told of, so that
// the next window holds nothing of the one before. The operator sees to it that
// what rests is tried at once.
func (c *crowd) rest(s *server) {
	s.t.Helper()
	c.awake.Lock()
	defer c.awake.Unlock()
	if len(c.ids) > 0 {
		s.finalWithin(c.ids[len(c.ids)-1], faultQueue)
	}
	if status := s.do(http.MethodPost, "/operator/v1/events/replay", struct{}{}, nil); status != http.StatusOK {
		s.t.Fatalf("HTTP %d", status)
	}
	s.nothingWaitsWithin(faultQueue)
}

// rate is how many texts a second are taken within a window.
func (c *crowd) rate(window time.Duration) float64 {
	before, begun := c.sent.Load(), time.Now()
	<-time.After(window)
	return float64(c.sent.Load()-before) / time.Since(begun).Seconds()
}

// TestFaultsOfATargetDelayNoMessageAndLoseNoEvent kills, slows and confuses a
// webhook's endpoint, window by window, while texts are sent without pause: in the
// end it has every event, in order, and sending went as fast as when it was well.
func TestFaultsOfATargetDelayNoMessageAndLoseNoEvent(t *testing.T) {
	target := newEndpoint(t)
	s := serveConfigured(t, fmt.Sprintf(`carriers: [ { name: sim, type: simulator } ]
sinks:
  - { match: "arn:aws:sns:*:*:watched", type: webhook, url: "http://%s/events" }
`, target.address))
	client := goSDK(s.server, rootKey, rootSecret)
	watch(t, client)
	c := newCrowd(t, client)
	var ratios []float64
	for i := range faultPairs {
		ill := []string{"killed", "slow", "500", "429", "garbage"}[i%5]
		c.rest(s.server)
		well := c.rate(faultWindow)
		c.rest(s.server)
		target.be(ill)
		ratios = append(ratios, c.rate(faultWindow)/well)
		target.be("")
	}
	c.end()
	c.tasks.Wait()
	s.finalWithin(c.ids[len(c.ids)-1], faultQueue)
	s.nothingWaitsWithin(faultQueue) // in the end without the operator
	target.mu.Lock()
	defer target.mu.Unlock()
	if lacks := target.story.lacks(c.ids); len(lacks) > 0 {
		t.Errorf("%d of %d messages are not told of whole and in order, such as %s", len(lacks), len(c.ids), lacks[0])
	}
	slices.Sort(ratios)
	figure(t, "%d messages, no event lost, %d repeats; texts a second with the target ill to those with it well: %.2f (median of %d, %.2f to %.2f)",
		len(c.ids), target.story.repeats, ratios[len(ratios)/2], len(ratios), ratios[0], ratios[len(ratios)-1])
}
