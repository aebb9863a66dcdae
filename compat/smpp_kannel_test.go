package compat

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"
)

// The programs of Debian's package kannel.
const (
	bearerbox = "/usr/sbin/bearerbox" // speaks SMPP
	smsbox    = "/usr/sbin/smsbox"    // speaks HTTP
)

// kannelFile has Kannel bind to the simulated SMSC and tell over HTTP what
// comes back. The codings of what it tells: 0 GSM as UTF-8, 2 UTF-16BE.
const kannelFile = `
group = core
admin-port = %d
admin-interface = %s
admin-password = secret
smsbox-port = %d
smsbox-interface = %s
box-allow-ip = 127.0.0.1
dlr-storage = internal

%s
group = smsbox
bearerbox-host = %s
bearerbox-port = %d
sendsms-port = %d
sendsms-interface = %s

group = sendsms-user
username = tester
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "%s/answer?from=%%p&to=%%P&coding=%%c&text=%%b"
max-messages = 0
`

// kannelBind is one of Kannel's connections to the SMSC. Those of one smsc-id
// share the receipts they wait for.
const kannelBind = `
group = smsc
smsc = smpp
smsc-id = heliograph
host = 127.0.0.1
smsc-username = kannel
smsc-password = secret
system-type = VMA
address-range = ""
%s
`

// kannelModes are the binds that Kannel makes: how each is asked for, with a verb
// for the port, and its answer.
var kannelModes = map[string]map[string]string{
	"transceiver":              {"port = %s\ntransceiver-mode = true": "bind_transceiver_resp"},
	"transmitter and receiver": {"port = %s": "bind_transmitter_resp", "receive-port = %s": "bind_receiver_resp"},
}

// The reports of Kannel, and what dlr-mask asks for: all of them.
const (
	kannelDelivered = "1"
	kannelFailed    = "2"
	kannelAccepted  = "8" // by the SMSC
	kannelRejected  = "16"
	kannelMask      = "31"
)

// kannel is Kannel bound to a simulated SMSC.
type kannel struct {
	t       *testing.T
	boxes   []*program
	sendsms string // URL
	back    string // URL that Kannel tells
	told    chan url.Values
	held    []url.Values
}

// startKannel waits until SMPP, in a mode of kannelModes, and HTTP are up.
func startKannel(t *testing.T, smsc, mode string) *kannel {
	t.Helper()
	k := &kannel{t: t, told: make(chan url.Values, 1000)}
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		values := r.URL.Query()
		values.Set("path", r.URL.Path)
		k.told <- values
	}))
	t.Cleanup(web.Close)
	k.back = web.URL
	_, port, err := net.SplitHostPort(smsc)
	if err != nil {
		t.Fatal(err)
	}
	// Nobody else is on this address, so that what is free there stays so.
	host := fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
	admin, boxes, sendsms := freePort(t, host), freePort(t, host), freePort(t, host)
	var binds string
	for setting := range kannelModes[mode] {
		binds += fmt.Sprintf(kannelBind, fmt.Sprintf(setting, port))
	}
	file := filepath.Join(t.TempDir(), "kannel.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, kannelFile, admin, host, boxes, host, binds, host, boxes, sendsms, host, web.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	k.sendsms = fmt.Sprintf("http://%s:%d/cgi-bin/sendsms", host, sendsms)
	bearer := run(t, true, bearerbox, "-v", "0", file)
	for _, answer := range kannelModes[mode] {
		bearer.awaitText("type_name: " + answer)
		bearer.awaitText(`system_id: "heliograph-sim"`)
	}
	box := run(t, true, smsbox, "-v", "0", file)
	box.awaitText("Connected to bearerbox")
	k.boxes = []*program{bearer, box}
	return k
}

// freePort is one that nobody listens on.
func freePort(t *testing.T, host string) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// send hands Kannel a text; its reports come as told.
func (k *kannel) send(from, to, text, coding string) {
	k.t.Helper()
	query := url.Values{"username": {"tester"}, "password": {"secret"}, "from": {from}, "to": {to}, "text": {text},
		"coding": {coding}, "charset": {"UTF-8"}, "dlr-mask": {kannelMask},
		"dlr-url": {k.back + "/report?status=%d&to=" + url.QueryEscape(to) + "&reply=%A"}}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.sendsms+"?"+query.Encode(), nil)
	if err != nil {
		k.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		k.t.Fatal(err)
	}
	defer answer.Body.Close()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusAccepted {
		k.t.Fatalf("sendsms: HTTP %d, %s", answer.StatusCode, said)
	}
}

// rule sets the simulator's rules.
func (k *kannel) rule(s *server, rules ...options) {
	k.t.Helper()
	if status := s.do("PUT", "/simulator/v1/rules", options{"rules": rules}, nil); status != http.StatusOK {
		k.t.Fatalf("rules: HTTP %d", status)
	}
}

// await gives what Kannel tells at a path with these values.
func (k *kannel) await(path string, want map[string]string) url.Values {
	k.t.Helper()
	wanted := func(v url.Values) bool {
		for name, value := range want {
			if v.Get(name) != value {
				return false
			}
		}
		return v.Get("path") == path
	}
	for i, v := range k.held {
		if wanted(v) {
			k.held = append(k.held[:i:i], k.held[i+1:]...)
			return v
		}
	}
	deadline := time.After(patience)
	for {
		select {
		case v := <-k.told:
			if wanted(v) {
				return v
			}
			k.held = append(k.held, v)
		case <-deadline:
			k.t.Fatalf("Kannel told no %s %v but %v\n%s", path, want, k.held, strings.Join(k.boxes[0].all, "\n"))
		}
	}
}

// TestKannelTextsShownAndReported sends by Kannel's HTTP interface, reads the
// handset and waits for Kannel's delivery reports.
func TestKannelTextsShownAndReported(t *testing.T) {
	t.Parallel()
	for mode := range kannelModes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := dev(t, "--empty")
			checkKannelTexts(t, s, startKannel(t, s.smsc, mode))
		})
	}
}

func checkKannelTexts(t *testing.T, s *server, k *kannel) {
	t.Helper()
	// Kannel loses a receipt that its receiver reads before its transmitter has
	// read the message's id.
	late := options{"prefix": "+336", "outcome": "DELIVERED", "receiptDelay": "500ms"}
	k.rule(s, late)
	for i, c := range []struct {
		name, from, text, coding string
		shows, encoding          string
		parts                    int
	}{
		{"GSM", "KANNEL", "Grüße @$_ {[~^|€]}", "0", "KANNEL", "GSM", 1},
		{"UCS-2", "KANNEL", "नमस्ते 😀", "2", "KANNEL", "UCS2", 1},
		{"number", "+12065550142", "From a number", "0", "+12065550142", "GSM", 1},
		{"long GSM", "KANNEL", strings.Repeat("0123456789", 40), "0", "KANNEL", "GSM", 3},
		{"long UCS-2", "KANNEL", strings.Repeat("न", 150), "2", "KANNEL", "UCS2", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.send(c.from, crashHandset(i), c.text, c.coding)
			shown := s.newest(crashHandset(i), 0)
			if shown.Body != c.text || shown.From != c.shows || shown.Encoding != c.encoding || shown.Parts != c.parts {
				t.Errorf("handset shows %+v, want %q", shown, c.text)
			}
			k.await("/report", map[string]string{"to": crashHandset(i), "status": kannelAccepted})
			report := k.await("/report", map[string]string{"to": crashHandset(i), "status": kannelDelivered})
			if !strings.Contains(report.Get("reply"), "stat:DELIVRD err:000") {
				t.Errorf("Kannel was told %q", report.Get("reply"))
			}
		})
	}
	k.rule(s, options{"prefix": crashHandset(20), "outcome": "UNDELIVERABLE", "receiptDelay": "500ms"},
		options{"prefix": crashHandset(21), "outcome": "REJECTED"})
	k.send("KANNEL", crashHandset(20), "Nobody there", "0")
	k.await("/report", map[string]string{"to": crashHandset(20), "status": kannelFailed})
	k.send("KANNEL", crashHandset(21), "Refused", "0")
	k.await("/report", map[string]string{"to": crashHandset(21), "status": kannelRejected})
}

// TestKannelGetsAnswersOfHandset has a person answer Kannel's number; Kannel
// puts long answers together. It leaves with unbind.
func TestKannelGetsAnswersOfHandset(t *testing.T) {
	t.Parallel()
	for mode := range kannelModes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := dev(t, "--empty")
			checkKannelAnswers(t, s, startKannel(t, s.smsc, mode))
		})
	}
}

func checkKannelAnswers(t *testing.T, s *server, k *kannel) {
	t.Helper()
	k.send("+12065550142", french, "Who is there?", "0")
	s.newest(french, 0)
	for _, body := range []string{"It's me: @$_ {[~^|€]}", "मैं 😀", strings.Repeat("Two parts. ", 20) + "End", strings.Repeat("दो ", 40) + "।"} {
		answer := map[string]string{"to": "+12065550142", "body": body}
		if status := s.do("POST", "/simulator/v1/handsets/"+french+"/messages", answer, nil); status != http.StatusCreated {
			t.Fatalf("answer: HTTP %d", status)
		}
		told := k.await("/answer", nil)
		text := told.Get("text")
		if told.Get("coding") == "2" {
			text = fromUTF16(text)
		}
		if text != body || strings.TrimPrefix(told.Get("from"), "+") != strings.TrimPrefix(french, "+") ||
			strings.TrimPrefix(told.Get("to"), "+") != "12065550142" {
			t.Errorf("Kannel reads %q of %v, want %q", text, told, body)
		}
	}
	if err := k.boxes[0].ends(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	unbound := false
	status := k.boxes[0].await("status of unbind_resp", func(line string) bool {
		unbound = unbound || strings.Contains(line, "type_name: unbind_resp")
		return unbound && strings.Contains(line, "command_status:")
	})
	if !strings.HasSuffix(status, "0x00000000") {
		t.Errorf("unbind is answered with %s", status)
	}
}

func fromUTF16(octets string) string {
	units := make([]uint16, 0, len(octets)/2)
	for i := 0; i+1 < len(octets); i += 2 {
		units = append(units, uint16(octets[i])<<8|uint16(octets[i+1]))
	}
	return string(utf16.Decode(units))
}
