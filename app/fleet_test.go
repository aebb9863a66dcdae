package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// lines is a log that tests read.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// with counts the lines of warnings and errors that have a text.
func (l *lines) with(text string) (n int) {
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, text) && (strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR")) {
			n++
		}
	}
	return n
}

// carrier is what the operator sees of one.
func (r *running) carrier(name string) map[string]any {
	r.t.Helper()
	status, c := r.console(http.MethodGet, "/operator/v1/carriers/"+name, "")
	if status != http.StatusOK {
		r.t.Fatalf("carrier %s: HTTP %d %v", name, status, c)
	}
	return c
}

// until looks at a carrier until it is as wanted.
func (r *running) until(name string, as func(c map[string]any) bool) map[string]any {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if c := r.carrier(name); as(c) {
			return c
		}
	}
	r.t.Fatalf("carrier %s did not become as wanted: %v", name, r.carrier(name))
	return nil
}

// order asks for something and wants success.
func (r *running) order(method, path, body string) map[string]any {
	r.t.Helper()
	status, answer := r.console(method, "/operator/v1"+path, body)
	if status >= http.StatusBadRequest {
		r.t.Fatalf("%s %s: HTTP %d %v", method, path, status, answer)
	}
	return answer
}

func (r *running) send(body string) string {
	r.t.Helper()
	return r.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33612346099", "MessageBody": body, "OriginationIdentity": "ACME"})["MessageId"].(string)
}

// throttling takes so many parts at a time and says of more that they are too
// many.
func throttling(most int) func(*smpptest.SMSC) {
	return func(s *smpptest.SMSC) {
		var mu sync.Mutex
		open, id := 0, 0
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			mu.Lock()
			defer mu.Unlock()
			if open >= most {
				c.Reply(sequence, &smpp.SubmitSMResp{Status: smpp.StatusThrottled})
				return
			}
			open++
			id++
			answer := &smpp.SubmitSMResp{MessageID: strconv.Itoa(id)}
			time.AfterFunc(20*time.Millisecond, func() {
				mu.Lock()
				open--
				mu.Unlock()
				c.Reply(sequence, answer)
			})
		}
	}
}

// otherBase answers with hexadecimal ids and writes decimal ones into receipts.
func otherBase(s *smpptest.SMSC) {
	id := 1_000_000
	s.OnSubmit = func(c *smpptest.Conn, sequence uint32, m *smpp.SubmitSM) {
		id++
		c.Reply(sequence, &smpp.SubmitSMResp{MessageID: strconv.FormatInt(int64(id), 16)})
		c.Send(&smpp.DeliverSM{Source: m.Destination, Destination: m.Source, ESMClass: 4,
			ShortMessage: fmt.Appendf(nil, "id:%d sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:", id)})
	}
}

// speaksTLS is a listener that speaks TLS and nothing after it.
func speaksTLS(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).HandshakeContext(t.Context())
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		open.Wait()
	})
	return listener.Addr().String()
}

// closedPort is an address that nothing listens at: of tcpmux, which nobody is given
// who asks for any port.
func closedPort(*testing.T) string { return "127.0.0.1:1" }

// misconfigured is a carrier that is set up wrongly and what is told of it.
type misconfigured struct {
	address func(t *testing.T) string
	script  func(*smpptest.SMSC)
	more    string // of its line in the file
	texts   int    // to send
	state   string
	tells   string // in `heliograph carriers`
	logs    string // in the log, once
}

// TestMisconfiguredCarrierIsExplainedOnce sets a carrier up wrongly in each of the
// usual ways and reads what the operator is told.
// Proves(bind): through the real server: a misconfigured carrier is explained in words by the operator API and the log, once.
func TestMisconfiguredCarrierIsExplainedOnce(t *testing.T) {
	for name, c := range map[string]misconfigured{
		"wrong password": {
			script: func(s *smpptest.SMSC) {
				s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status { return smpp.StatusInvPaswd }
			},
			more: ", binds: 3", state: "DOWN", tells: "the SMSC refuses the password: check password", logs: "refuses the password",
		},
		"wrong port": {
			address: closedPort, more: ", binds: 3", state: "DOWN", tells: "nothing listens at", logs: "nothing listens at",
		},
		"TLS where there is none": {
			more: ", binds: 3, tls: true", state: "DOWN", tells: "TLS mismatch", logs: "TLS mismatch",
		},
		"no TLS where there is": {
			address: speaksTLS, more: ", binds: 3", state: "DOWN", tells: "whether the port wants TLS (set tls: true)", logs: "wants TLS",
		},
		"window too large": {
			script: throttling(2), more: ", window: 50", texts: 60, state: "UP",
			tells: "ESME_RTHROTTLED, the last at", logs: "asked too much at a time",
		},
		"id base wrong": {
			script: otherBase, more: ", msg_id_type: same", texts: 8, state: "UP",
			tells: "receipts do not match: set msg_id_type: hex_in_response", logs: "receipt",
		},
	} {
		t.Run(name, func(t *testing.T) { c.check(t) })
	}
}

func (c misconfigured) check(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "hunter2!")
	peer := smpptest.Start(c.script)
	t.Cleanup(peer.Close)
	address := peer.Addr
	if c.address != nil {
		address = c.address(t)
	}
	said := &lines{}
	r := run(t, t.TempDir(), configured(t, fmt.Sprintf(
		"carriers:\n  - { name: acme, type: smpp, address: %q, system_id: us, password: \"${CARRIER_PASSWORD}\"%s }\n", address, c.more)),
		func(o *Options) { o.Log = slog.New(slog.NewTextHandler(said, nil)) })
	for i := range c.texts {
		r.send(fmt.Sprint("text ", i))
	}
	told := r.until("acme", func(now map[string]any) bool {
		return now["state"] == c.state && strings.Contains(fmt.Sprint(now["problems"]), c.tells)
	})
	r.until("acme", func(map[string]any) bool { return said.with(c.logs) > 0 })
	for range 50 { // time for a flood, were there one
		r.carrier("acme")
	}
	if n := said.with(c.logs); n != 1 {
		t.Errorf("logged %d times:\n%s", n, said)
	}
	if text := fmt.Sprint(told); strings.Contains(text, "hunter2") || said.with("hunter2") > 0 {
		t.Errorf("the password is told: %s", text)
	}
}

// Proves(limit): through the real server: the limiter that binds is named, the throughput where the carrier answers at once and the window where it does not.
func TestTheLimiterThatBindsIsNamed(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	quick, slow := smpptest.Start(nil), smpptest.Start(nil)
	t.Cleanup(quick.Close)
	t.Cleanup(slow.Close)
	slow.Always(smpp.CommandSubmitSM, smpptest.Drop)
	for _, c := range []struct {
		peer          *smpptest.SMSC
		more, limiter string
		least, most   float64 // parts that are unanswered
	}{
		{quick, ", throughput: 1, window: 10", "throughput of 1/s", 0, 1},
		{slow, ", throughput: 1000, window: 10", "window of 10", 10, 10},
	} {
		r := run(t, t.TempDir(), configured(t, "carriers:\n"+line("acme", c.peer, c.more)), nil)
		r.until("acme", func(now map[string]any) bool { return now["state"] == "UP" })
		for i := range 20 {
			r.send(fmt.Sprint("text ", i))
		}
		told := r.until("acme", func(now map[string]any) bool { return now["limiter"] == c.limiter })
		if n := told["unanswered"].(float64); n < c.least || n > c.most {
			t.Errorf("%s: %v parts are unanswered, want %v to %v", c.limiter, n, c.least, c.most)
		}
		c.peer.Close() // nobody waits for its answers when the server stops
	}
}
