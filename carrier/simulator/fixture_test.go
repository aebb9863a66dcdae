package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/api/fault"
	"heliograph/carrier"
	"heliograph/carrier/simulator"
	"heliograph/protocol/smpp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Accounts, numbers and message ids of the tests.
const (
	operator = "000000000000"
	shop     = "111122223333"
	bank     = "444455556666"

	french   = "+33612345678"
	american = "+12065550142"

	shopMessage = "018f0000-0000-7000-8000-000000000001"
	bankMessage = "018f0000-0000-7000-8000-000000000002"
	shopNumber  = "+12065550100"
	shopCode    = "24680"
	bankNumber  = "+18005550199"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

type fixture struct {
	*simulator.SMSC
	disk     *disk
	register *register
	clock    *clock
	settings simulator.Settings
	faults   *fault.Book
	web      *httptest.Server
}

// newFixture starts a centre that knows the tests' customers; change adapts
// its settings.
func newFixture(t *testing.T, change ...func(*simulator.Settings)) *fixture {
	t.Helper()
	f := &fixture{disk: newDisk(), clock: newClock(), register: &register{
		accounts: map[string]string{shopMessage: shop, bankMessage: bank},
		senders:  map[string]bool{operator + "/SENDER/IN": true, shop + "/SENDER/IN": true},
		numbers:  map[string]carrier.AddressKind{shopNumber: carrier.TenDLC, bankNumber: carrier.TollFree, shopCode: carrier.ShortCode},
		holders:  map[string]string{shopNumber: shop, bankNumber: bank, shopCode: shop},
	}}
	f.settings = simulator.Settings{
		Store: f.disk, Directory: f.register, Now: f.clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&f.settings)
	}
	f.start(t)
	return f
}

func (f *fixture) start(t *testing.T) {
	t.Helper()
	smsc := simulator.New(f.settings)
	if err := smsc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.faults = fault.NewBook()
	web := httptest.NewServer(smsc.Handler(simulator.Console{
		Account: func(r *http.Request) string { return r.Header.Get("Account") },
		Faults:  f.faults,
	}))
	f.SMSC, f.web = smsc, web
	t.Cleanup(func() {
		web.Close()
		stop(t, smsc)
	})
}

func stop(t *testing.T, smsc *simulator.SMSC) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := smsc.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// restart stops the centre and starts another one on the same disk.
func (f *fixture) restart(t *testing.T) {
	t.Helper()
	stop(t, f.SMSC)
	f.start(t)
}

// client is an ESME that keeps what it is sent.
type client struct {
	*smpp.Session
	got    chan *smpp.DeliverSM
	status chan smpp.Status // for the next answers; StatusOK when empty
}

func (f *fixture) dial(t *testing.T, mode smpp.BindMode, system string) *client {
	t.Helper()
	c, err := f.tryDial(t, &smpp.Bind{Mode: mode, SystemID: system, Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *fixture) tryDial(t *testing.T, bind *smpp.Bind) (*client, error) {
	t.Helper()
	c := &client{got: make(chan *smpp.DeliverSM, 1000), status: make(chan smpp.Status, 10)}
	session, err := smpp.Dial(t.Context(), f.Addr().String(), nil, bind, smpp.Config{
		Window: 100,
		Handler: smpp.HandlerFunc(func(_ context.Context, p smpp.PDU, reply smpp.Reply) {
			if d, ok := p.(*smpp.DeliverSM); ok {
				c.got <- d.Clone()
			}
			select {
			case st := <-c.status:
				reply.Refuse(st)
			default:
				reply.OK()
			}
		}),
	})
	if err != nil {
		return nil, err
	}
	c.Session = session
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		// The centre may have gone first; then there is nothing to close.
		_ = session.Close(ctx)
	})
	return c, nil
}

// submit sends and wants an id.
func (c *client) submit(t *testing.T, p *smpp.SubmitSM) string {
	t.Helper()
	resp, err := c.Submit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if resp.MessageID == "" {
		t.Fatal("submit_sm_resp bears no message id")
	}
	return resp.MessageID
}

// refused sends and wants a status.
func (c *client) refused(t *testing.T, p *smpp.SubmitSM, want smpp.Status) {
	t.Helper()
	_, err := c.Submit(t.Context(), p)
	var got smpp.Status
	if !errors.As(err, &got) || got != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

// receives waits for the next deliver_sm.
func (c *client) receives(t *testing.T) *smpp.DeliverSM {
	t.Helper()
	select {
	case d := <-c.got:
		return d
	case <-time.After(patience):
		t.Fatal("no deliver_sm came")
		return nil
	}
}

// nothing more has come: whatever was due before was sent before the answer
// to enquire_link.
func (c *client) receivesNothing(t *testing.T) {
	t.Helper()
	if err := c.EnquireLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case d := <-c.got:
		t.Errorf("got an unexpected deliver_sm %q", d.ShortMessage)
	default:
	}
}

func international(number string) smpp.Address {
	return smpp.Address{TON: smpp.TONInternational, NPI: smpp.NPIISDN, Addr: strings.TrimPrefix(number, "+")}
}

func alphanumeric(text string) smpp.Address {
	return smpp.Address{TON: smpp.TONAlphanumeric, Addr: text}
}

// text is a submit_sm that wants a receipt; messageID "" = a foreign client's.
func text(from smpp.Address, to, body, messageID string) *smpp.SubmitSM {
	p := &smpp.SubmitSM{
		Source: from, Destination: international(to), RegisteredDelivery: smpp.FinalReceipt, ShortMessage: []byte(body),
	}
	if messageID != "" {
		p.TLVs.AddText(simulator.TagMessageID, messageID)
	}
	return p
}

// screen is what a handset shows to the operator.
func (f *fixture) screen(t *testing.T, number string) []simulator.Message {
	t.Helper()
	list, err := f.disk.HandsetMessages(t.Context(), simulator.Query{Handset: number})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// only is the one message on a handset.
func (f *fixture) only(t *testing.T, number string) simulator.Message {
	t.Helper()
	list := f.screen(t, number)
	if len(list) != 1 {
		t.Fatalf("handset shows %d messages, want 1: %+v", len(list), list)
	}
	return list[0]
}

// call makes a request of the simulator API.
func (f *fixture) call(t *testing.T, account, method, path, body string) (status int, answer []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, f.web.URL+simulator.Root+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Account", account)
	resp, err := f.web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer, err = io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, bytes.TrimSpace(answer)
}

// setRules sets the rules of an account.
func (f *fixture) setRules(t *testing.T, account string, rules ...simulator.Rule) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"rules": rules})
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := f.call(t, account, "PUT", "/rules", string(body)); status != http.StatusOK {
		t.Fatalf("PUT /rules: %d %s", status, answer)
	}
}
