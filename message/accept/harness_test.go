package accept_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/dispatch"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
	"heliograph/store"
	"heliograph/store/sqlite"
)

const (
	owner   = "111122223333"
	sandbox = "222233334444"
	region  = "eu-west-1"
	number  = "phone-00000000000000000000000000000001"
	second  = "phone-00000000000000000000000000000002"
	pool    = "pool-00000000000000000000000000000001"
)

var scope = resource.Scope{Account: owner, Region: region}

// house is the API on loopback over a real database, with a carrier at the
// contract's other end.
type house struct {
	t      *testing.T
	db     *store.DB
	server *httptest.Server
	net    *network

	mu  sync.Mutex
	now time.Time
}

// network is a carrier that takes everything.
type network struct{ parts chan carrier.Part }

func (*network) Name() string                { return "acme" }
func (*network) Slots() int                  { return 4 }
func (*network) Start(context.Context) error { return nil }
func (*network) Stop(context.Context) error  { return nil }

func (n *network) Submit(ctx context.Context, p carrier.Part) (string, error) {
	if err := p.Cleared(ctx); err != nil {
		return "", err
	}
	n.parts <- p
	return fmt.Sprintf("%s-%d", p.MessageID, p.Number), nil
}

// next waits for a part to reach the network.
func (h *house) next() carrier.Part {
	h.t.Helper()
	select {
	case p := <-h.net.parts:
		return p
	case <-h.t.Context().Done():
	case <-time.After(time.Minute):
		h.t.Fatal("nothing reached the carrier")
	}
	return carrier.Part{}
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "heliograph.db"))
	must(t, err)
	must(t, db.Start(context.Background()))
	h := &house{t: t, db: db, net: &network{parts: make(chan carrier.Part, 1000)}, now: time.Now()}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := dispatch.New(dispatch.Settings{Store: db, Backlog: db, Links: []dispatch.Link{{Carrier: h.net}}, Log: log, Now: h.clock})
	must(t, d.Start(t.Context()))
	carriers := &route.Carriers{All: []route.Carrier{{Name: "acme"}}, Simulator: "acme"}
	service := accept.Service{
		Views: db, Accounts: db, Store: db, Sticky: db, Queue: d, Now: h.clock,
		Router: route.Router{Carriers: func() *route.Carriers { return carriers }},
		Price:  func(country string) message.MicroUSD { return map[string]message.MicroUSD{"US": 5810}[country] },
	}
	mux := awsjson.NewMux(awsjson.Server{Authenticator: h, Tokens: db, Logger: log, Now: time.Now})
	service.Register(mux)
	h.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		h.server.Close()
		must(t, d.Stop(context.Background()))
		must(t, db.Stop(context.Background()))
	})
	h.seed()
	return h
}

// Authenticate takes the account from a header: signatures are tested elsewhere.
func (h *house) Authenticate(_ context.Context, r *http.Request, _ []byte) (api.Caller, error) {
	return api.Caller{Account: r.Header.Get("X-Test-Account"), Region: region}, nil
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) elapse(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// seed gives the owner a pool of two US numbers, an Indian sender ID, and a
// configuration set; the sandbox account one number.
func (h *house) seed() {
	h.t.Helper()
	limit := int64(1)
	for _, a := range []account.Account{
		{ID: owner, Tier: account.Production, TextSpendLimit: &limit, CreatedAt: h.now},
		{ID: sandbox, Tier: account.Sandbox, CreatedAt: h.now},
	} {
		must(h.t, h.db.PutAccount(h.t.Context(), a))
	}
	usNumber := func(id, e164 string) origination.PhoneNumber {
		return origination.PhoneNumber{
			ID: id, Number: e164, ISOCountryCode: "US", Type: api.NumberTypeLongCode, MessageType: api.MessageTypeTransactional,
			Capabilities: []api.NumberCapability{api.NumberCapabilitySms}, Status: api.NumberStatusActive, CreatedAt: h.now,
		}
	}
	yes := true
	for _, c := range []origination.Change{
		{Scope: scope, Override: true,
			PutNumbers: []origination.PhoneNumber{usNumber(number, "+12065550101"), usNumber(second, "+12065550102")},
			PutSenders: []origination.SenderID{{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "IN", Registered: true, CreatedAt: h.now}},
			PutPools: []origination.Pool{{ID: pool, MessageType: api.MessageTypeTransactional, Status: api.PoolStatusActive, CreatedAt: h.now,
				Members: []origination.Member{{PhoneNumberID: number}, {PhoneNumberID: second}}}}},
		{Scope: resource.Scope{Account: sandbox, Region: region}, Override: true,
			PutNumbers: []origination.PhoneNumber{usNumber("phone-00000000000000000000000000000003", "+12065550103")}},
	} {
		must(h.t, h.db.ChangeIdentities(h.t.Context(), c))
	}
	sets, err := h.db.ConfigurationSets(h.t.Context(), scope)
	must(h.t, err)
	must(h.t, h.db.ChangeConfigurationSets(h.t.Context(), configset.Change{Scope: scope, Revision: sets.Revision,
		Put: []configset.Set{{Name: "set", DefaultSenderID: "Shop", DefaultFeedback: &yes, CreatedAt: h.now}}}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send calls SendTextMessage and gives the message id, or the exception with
// its reason or its first field. extra are pairs of header and value.
func (h *house) send(body string, extra ...string) (id, failure string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.URL, strings.NewReader(body))
	must(h.t, err)
	r.Header.Set("X-Amz-Target", awsjson.TargetPrefix+"SendTextMessage")
	r.Header.Set("X-Test-Account", owner)
	for i := 0; i < len(extra); i += 2 {
		r.Header.Set(extra[i], extra[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer func() { must(h.t, response.Body.Close()) }()
	var answer struct {
		MessageID    string `json:"MessageId"`
		Exception    string `json:"__type"`
		Reason       string
		ResourceType string
	}
	must(h.t, json.NewDecoder(response.Body).Decode(&answer))
	failure, _, _ = strings.Cut(answer.Exception, "Exception")
	if answer.Reason != "" {
		failure += " " + answer.Reason
	} else if answer.ResourceType != "" {
		failure += " " + answer.ResourceType
	}
	return answer.MessageID, failure
}

// stored reads a message from disk.
func (h *house) stored(id string) *message.Message {
	h.t.Helper()
	parsed, err := uuid.Parse(id)
	must(h.t, err)
	m, found, err := h.db.Message(h.t.Context(), parsed)
	must(h.t, err)
	if !found {
		h.t.Fatalf("message %s is not on disk", id)
	}
	return m
}
