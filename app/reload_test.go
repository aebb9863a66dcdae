package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/config"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// reloadable is a running server with a configuration file that tests rewrite.
type reloadable struct {
	*running
	path string
}

// runFile starts a server on a configuration file.
func runFile(t *testing.T, content string) *reloadable {
	t.Helper()
	t.Setenv("CARRIER_PASSWORD", "secret")
	path := filepath.Join(t.TempDir(), "heliograph.yaml")
	write(t, path, content)
	file, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return &reloadable{run(t, t.TempDir(), file, func(o *Options) { o.Settings.Config = path }), path}
}

// write replaces a file as a whole, as somebody who reloads does.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path+".next", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		t.Fatal(err)
	}
}

// reload writes another file and asks for it over HTTP; it gives the status and
// the changes, or the error.
func (r *reloadable) reload(content string) (int, string) {
	r.t.Helper()
	write(r.t, r.path, content)
	status, answer := r.console(http.MethodPost, "/operator/v1/reload", "")
	if status != http.StatusOK {
		return status, fmt.Sprint(answer["error"])
	}
	return status, fmt.Sprint(answer["changes"])
}

// applies reloads a file that is valid.
func (r *reloadable) applies(content, changes string) {
	r.t.Helper()
	if status, got := r.reload(content); status != http.StatusOK || got != changes {
		r.t.Fatalf("HTTP %d %s; want %s", status, got, changes)
	}
}

// line is a carrier of the file that leads to a peer.
func line(name string, peer *smpptest.SMSC, more string) string {
	return fmt.Sprintf("  - { name: %s, type: smpp, address: %q, system_id: us, password: \"${CARRIER_PASSWORD}\"%s }\n", name, peer.Addr, more)
}

// peers are SMSCs that count the texts that they took.
type peers struct {
	mu    sync.Mutex
	times map[string]int
}

func (p *peers) start(t *testing.T, more ...func(*smpptest.SMSC)) *smpptest.SMSC {
	s := smpptest.Start(func(s *smpptest.SMSC) {
		for _, configure := range more {
			configure(s)
		}
		id := 0
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, m *smpp.SubmitSM) {
			p.mu.Lock()
			p.times[string(m.ShortMessage)]++
			id++
			answer := &smpp.SubmitSMResp{MessageID: fmt.Sprintf("%s-%d", s.Addr, id)}
			p.mu.Unlock()
			time.AfterFunc(3*time.Millisecond, func() { c.Reply(sequence, answer) }) // some are always under way
		}
	})
	t.Cleanup(s.Close)
	return s
}

func (r *reloadable) text(body string) map[string]any {
	r.t.Helper()
	id := r.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33612346099", "MessageBody": body, "OriginationIdentity": "ACME"})["MessageId"].(string)
	_, m := r.console(http.MethodGet, "/operator/v1/messages/"+id, "")
	return m
}

// Rule(SendTextMessage, CreateConfigurationSet, RequestPhoneNumber): a reload of the configuration changes prices, routes, quotas and the inventory between two requests.
// Proves(limit): night shift: a reload changes prices, routes and limits between two requests.
func TestReloadChangesPricesRoutesAndLimitsBetweenTwoRequests(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	one, two := taken.start(t), taken.start(t)
	both := "carriers:\n" + line("one", one, "") + line("two", two, "")
	s := runFile(t, both+"routes: [{ carriers: [one] }]\nprices: [{ country: FR, text_part: \"0.05\" }]\n")
	if m := s.text("first"); m["carrier"] != "one" || m["price"] != "0.05" {
		t.Errorf("before: carrier %v, price %v", m["carrier"], m["price"])
	}
	const accounts = "accounts: [{ id: \"111122223333\", name: shop }]\nnumbers: [{ number: \"+13125550142\", type: LONG_CODE }]\n"
	after := both + accounts + "routes: [{ carriers: [two] }]\nprices: [{ country: FR, text_part: \"0.07\" }]\n" +
		"limits: { configuration_sets_per_account: 0 }\nsender_ids: [{ sender_id: LATER, country: IN, account: \"000000000000\", registered: true }]\n"
	s.applies(after, "[accounts routes numbers sender_ids prices limits]")
	if m := s.text("second"); m["carrier"] != "two" || m["price"] != "0.07" {
		t.Errorf("after: carrier %v, price %v", m["carrier"], m["price"])
	}
	if status, answer := s.call("CreateConfigurationSet", map[string]any{"ConfigurationSetName": "x"}); status != http.StatusBadRequest ||
		answer["Reason"] != "CONFIGURATION_SETS_PER_ACCOUNT" {
		t.Errorf("the new quota does not hold: HTTP %d %v", status, answer)
	}
	if held := fmt.Sprint(s.must("DescribeSenderIds", map[string]any{})); !strings.Contains(held, "LATER") {
		t.Errorf("the new sender ID is not there: %s", held)
	}
	if _, list := s.console(http.MethodGet, "/operator/v1/accounts", ""); !strings.Contains(fmt.Sprint(list), "111122223333") {
		t.Errorf("the new account is not there: %v", list)
	}
	if leased := s.must("RequestPhoneNumber", map[string]any{"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL",
		"NumberCapabilities": []string{"SMS"}, "NumberType": "LONG_CODE"}); leased["PhoneNumber"] != "+13125550142" {
		t.Errorf("the new inventory is not leased from: %v", leased)
	}
	s.applies(after, "[]")
}

// Proves(limit): night shift: an invalid file leaves the old one in force.
func TestInvalidFileLeavesTheOldOneInForce(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	peer := taken.start(t)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	valid := "carriers:\n" + line("acme", peer, "") + "  - { name: sim, type: simulator }\n"
	s := runFile(t, valid)
	<-peer.Binds
	for content, want := range map[string]string{
		valid + "pricse: []\n":                       s.path + ":4: pricse:",
		valid + "routes: [{ carriers: [nobody] }]\n": s.path + ":4: routes[0].carriers[0]: no carrier is named",
		"carriers: [":                                s.path + ":1: the YAML cannot be read",
		"prices: [{ country: FR, text_part: \"9\" }]\n" + valid + "tls: { cert_file: no.pem, key_file: no.pem }\n":                                  "tls.cert_file: the file cannot be read",
		"carriers:\n" + line("acme", peer, "") + "  - { name: sim, type: simulator, listen: \"127.0.0.1:2776\" }\n":                                 "carrier sim: a change of listen or logins of a simulated carrier needs a restart",
		"prices: [{ country: FR, text_part: \"9\" }]\n" + valid + "  - { name: more, type: simulator, listen: \"" + busy.Addr().String() + "\" }\n": "carrier more: ",
	} {
		if status, got := s.reload(content); status != http.StatusConflict || !strings.Contains(got, want) {
			t.Errorf("%s: HTTP %d %s; want %s", content, status, got, want)
		}
		if m := s.text("still there"); m["carrier"] != "acme" || m["price"] != "0" {
			t.Errorf("after %s: carrier %v, price %v", content, m["carrier"], m["price"])
		}
	}
	s.applies(valid, "[]")
	if n := len(peer.Binds); n != 0 {
		t.Errorf("%d more binds; want the first alone", n)
	}
	if err := os.Remove(s.path); err != nil {
		t.Fatal(err)
	}
	if status, answer := s.console(http.MethodPost, "/operator/v1/reload", ""); status != http.StatusConflict {
		t.Errorf("without a file: HTTP %d %v", status, answer)
	}
}

// load sends texts from several callers until it is ended.
type load struct {
	s     *reloadable
	halt  chan struct{}
	all   sync.WaitGroup
	stop  func()
	mu    sync.Mutex
	sent  []string
	count chan struct{} // one for each text sent
}

func (r *reloadable) underLoad(callers int) *load {
	l := &load{s: r, halt: make(chan struct{}), count: make(chan struct{}, 100_000)}
	for caller := range callers {
		l.all.Go(func() { l.run(caller) })
	}
	l.stop = sync.OnceFunc(func() {
		close(l.halt)
		l.all.Wait()
	})
	r.t.Cleanup(l.stop) // also where the test ends early
	return l
}

func (l *load) run(caller int) {
	for n := 0; ; n++ {
		select {
		case <-l.halt:
			return
		default:
		}
		body := fmt.Sprintf("caller %d text %d", caller, n)
		status, answer := l.s.call("SendTextMessage", map[string]any{
			"DestinationPhoneNumber": "+33612346099", "MessageBody": body, "OriginationIdentity": "ACME"})
		if status != http.StatusOK {
			l.s.t.Errorf("a text was refused during a reload: HTTP %d %v", status, answer)
			return
		}
		l.mu.Lock()
		l.sent = append(l.sent, body)
		l.mu.Unlock()
		l.count <- struct{}{}
	}
}

// more waits until so many further texts were sent.
func (l *load) more(n int) {
	for range n {
		select {
		case <-l.count:
		case <-time.After(patience):
			l.s.t.Fatal("no texts are sent")
		}
	}
}

func (l *load) end() []string {
	l.stop()
	return l.sent
}

// Rule(SendTextMessage): carriers that are added, replaced and removed while texts come lose none and send none twice; one that is unchanged keeps its connection.
// Proves(bind): carriers that come, change and go under load lose no text and send none twice.
func TestCarriersChangeUnderLoad(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	stays, changes, comes := taken.start(t), taken.start(t), taken.start(t)
	first := line("stays", stays, "")
	file := func(more, route string) string {
		return "carriers:\n" + first + more + "routes: [{ carriers: [" + route + "] }]\n"
	}
	s := runFile(t, file(line("acme", changes, ", window: 3"), "acme"))
	l := s.underLoad(4)
	l.more(50)
	s.applies(file(line("acme", changes, ", window: 7"), "acme"), "[carrier acme replaced]")
	l.more(50)
	s.applies(file(line("acme", changes, ", window: 7, throughput: 5000")+line("new", comes, ""), "new"),
		"[routes carrier acme replaced carrier new added]")
	l.more(50)
	_, removed := s.reload(file(line("new", comes, ""), "stays"))
	if !strings.HasPrefix(removed, "[routes carrier acme removed") {
		t.Errorf("changes: %s", removed)
	}
	l.more(50)
	for n := range 5 {
		s.applies(file(line("new", comes, fmt.Sprint(", window: ", n+20)), "new, stays"), map[bool]string{
			true: "[routes carrier new replaced]", false: "[carrier new replaced]"}[n == 0])
		l.more(20)
	}
	s.applies(file(line("new", comes, "")+line("acme", changes, ""), "acme"), "[routes carrier new replaced carrier acme added]")
	taken.await(t, l.end())
	if n, gone := len(stays.Binds), len(stays.Closed); n != 1 || gone != 0 {
		t.Errorf("the carrier that did not change was bound %d times and lost %d connections", n, gone)
	}
}

// await waits until every text has come, and checks that none came twice.
func (p *peers) await(t *testing.T, sent []string) {
	t.Helper()
	missing := func() (list []string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, body := range sent {
			if p.times[body] == 0 {
				list = append(list, body)
			}
		}
		return list
	}
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(patience)
	for left := missing(); len(left) > 0; left = missing() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("%d of %d texts did not come, such as %q", len(left), len(sent), left[0])
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for body, times := range p.times {
		if times != 1 {
			t.Errorf("%q came %d times", body, times)
		}
	}
	if len(p.times) != len(sent) {
		t.Errorf("%d texts came, %d were sent", len(p.times), len(sent))
	}
}

// TestReplacedCarrierAwaitsItsAnswers changes a carrier whose SMSC has a text
// and has not answered: the answer is awaited, and the next one binds afterwards.
func TestReplacedCarrierAwaitsItsAnswers(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	answered := sync.OnceFunc(func() { close(answer) })
	peer := smpptest.Start(func(p *smpptest.SMSC) {
		p.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			close(asked) // a second text would panic
			<-answer
			c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "1"})
		}
	})
	defer peer.Close()
	defer answered()
	s := runFile(t, "carriers:\n"+line("acme", peer, ""))
	id := s.sendNamed()
	<-asked
	<-peer.Binds
	write(t, s.path, "carriers:\n"+line("acme", peer, ", window: 5"))
	reloaded := make(chan error)
	go func() {
		_, err := s.Reload(context.Background())
		reloaded <- err
	}()
	select {
	case err := <-reloaded:
		t.Fatalf("the reload did not wait for the answer: %v", err)
	case <-peer.Binds:
		t.Fatal("the next session was bound before the answer came")
	case <-time.After(200 * time.Millisecond):
	}
	answered()
	if err := <-reloaded; err != nil {
		t.Error(err)
	}
	<-peer.Binds
	if _, m := s.console(http.MethodGet, "/operator/v1/messages/"+id, ""); m["state"] != "PENDING" {
		t.Errorf("the answer is not on record: %v", m)
	}
}

// TestRemovedCarrierSaysHowManyMessagesWait, and sends them when it is back: no
// other one has their sender.
func TestRemovedCarrierSaysHowManyMessagesWait(t *testing.T) {
	away := &smpptest.SMSC{Addr: closedPort(t)}
	taken := &peers{times: map[string]int{}}
	other, back := taken.start(t), taken.start(t)
	const known = "sender_ids:\n- { sender_id: ACME, country: FR, account: \"000000000000\", carriers: [{ name: away }] }\n"
	s := runFile(t, "carriers:\n"+line("away", away, "")+line("other", other, "")+"routes: [{ carriers: [away] }]\n"+known)
	s.sendNamed()
	s.sendNamed()
	s.applies("carriers:\n"+line("other", other, "")+"routes: [{ carriers: [other] }]\n", "[routes sender_ids carrier away removed (messages that wait for it: 2)]")
	s.from("OTHER", "by the other")
	s.applies("carriers:\n"+line("other", other, "")+line("away", back, "")+"routes: [{ carriers: [other] }]\n", "[carrier away added]")
	awaitSubmit(t, back)
	awaitSubmit(t, back)
}

// TestSimulatedCarriersComeAndGo keeps the simulator API and the handsets.
func TestSimulatedCarriersComeAndGo(t *testing.T) {
	const handset = "+33612346099"
	sim := func(names ...string) string {
		content := "carriers:\n"
		for _, name := range names {
			content += "  - { name: " + name + ", type: simulator }\n"
		}
		return content + "routes: [{ carriers: [" + names[len(names)-1][:3] + "] }]\n"
	}
	s := runFile(t, sim("one"))
	shown := 0
	see := func(step, carrier string) {
		t.Helper()
		known := s.handsetNow(handset)
		if m := s.ended(s.sendNamed()); m["state"] != "DELIVERED" || m["carrier"] != carrier {
			t.Errorf("%s: %v over %v", step, m["state"], m["carrier"])
		}
		s.handset(handset, known)
		shown++
		if n := len(s.handset(handset, "0")); n != shown {
			t.Errorf("%s: the handset shows %d messages; want %d", step, n, shown)
		}
	}
	see("start", "one")
	s.applies(sim("one", "two"), "[routes carrier two added]")
	see("added", "two")
	s.applies(sim("one", "two, window: 3"), "[carrier two replaced]")
	see("changed", "two")
	s.applies(sim("two, window: 3"), "[carrier one removed]")
	see("the API's own removed", "two")
	taken := &peers{times: map[string]int{}}
	peer := taken.start(t)
	s.applies("carriers:\n"+line("acme", peer, ""), "[routes carrier two removed carrier acme added carrier simulator added]")
	if m := s.text("to a paying carrier"); m["carrier"] != "acme" {
		t.Errorf("carrier %v", m["carrier"])
	}
	taken.await(t, []string{"to a paying carrier"})
	s.applies(sim("two"), "[routes carrier acme removed carrier simulator removed carrier two added]")
	see("back again", "two")
	status, answer := s.console(http.MethodPut, "/simulator/v1/rules", `{"rules":[{"prefix":"+33","outcome":"UNDELIVERABLE","receiptDelay":"0s"}]}`)
	if m := s.ended(s.sendNamed()); status != http.StatusOK || m["state"] != "UNREACHABLE" {
		t.Errorf("a rule does not hold: HTTP %d %v, state %v", status, answer, m["state"])
	}
}

// TestReloadsGoOneAtATime and each sees a whole file.
func TestReloadsGoOneAtATime(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	peer := taken.start(t)
	s := runFile(t, "carriers:\n"+line("acme", peer, ", window: 99"))
	l := s.underLoad(2)
	files := make([]string, 10)
	for n := range files {
		files[n] = "carriers:\n" + line("acme", peer, fmt.Sprint(", window: ", n%2+1))
	}
	var all sync.WaitGroup
	for _, content := range files {
		write(t, s.path, content)
		all.Go(func() {
			if _, err := s.Reload(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l.more(20)
	taken.await(t, l.end())
}

// TestStopEndsAReload that waits for a carrier's answer.
func TestStopEndsAReload(t *testing.T) {
	asked := make(chan struct{}, 10)
	peer := smpptest.Start(func(p *smpptest.SMSC) {
		p.OnSubmit = func(*smpptest.Conn, uint32, *smpp.SubmitSM) { asked <- struct{}{} }
	})
	defer peer.Close()
	s := runFile(t, "carriers:\n"+line("acme", peer, ""))
	s.sendNamed()
	<-asked
	write(t, s.path, "carriers:\n"+line("acme", peer, ", window: 5"))
	reloaded := make(chan []string, 1)
	go func() {
		changes, _ := s.Reload(context.Background())
		reloaded <- changes
	}()
	select {
	case <-reloaded:
		t.Fatal("the reload did not wait")
	case <-time.After(100 * time.Millisecond):
	}
	stopsQuickly(t, s.running)
	<-reloaded
	if _, err := s.Reload(context.Background()); err == nil {
		t.Error("a stopped server reloaded")
	}
}

// TestSignalsReload until the server stops, and leave a line in the audit.
func TestSignalsReload(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	peer := taken.start(t)
	s := runFile(t, "carriers:\n"+line("acme", peer, ""))
	signals := make(chan os.Signal)
	s.reloads(signals)
	reload := func() {
		signals <- os.Interrupt // which one does not matter here
		signals <- os.Interrupt // is taken when the first reload is over
	}
	reload()
	write(t, s.path, "carriers:\n"+line("acme", peer, "")+"prices: [{ country: FR, text_part: \"0.05\" }]\n")
	reload()
	write(t, s.path, "nothing: at all\n")
	reload()
	if m := s.text("hello"); m["price"] != "0.05" {
		t.Errorf("price %v", m["price"])
	}
	entries := []string{}
	_, answer := s.console(http.MethodGet, "/operator/v1/audit?action=Reload", "")
	for _, e := range answer["entries"].([]any) {
		entries = append(entries, fmt.Sprint(e.(map[string]any)["targets"]))
	}
	if !slices.Contains(entries, "[configuration/prices]") {
		t.Errorf("audit: %v", entries)
	}
}
