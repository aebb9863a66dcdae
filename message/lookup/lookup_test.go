package lookup

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service answers lookups and counts them.
type service struct {
	*httptest.Server
	asked  atomic.Int64
	answer func(w http.ResponseWriter, number string)
}

func serve(t *testing.T, answer func(w http.ResponseWriter, number string)) *service {
	t.Helper()
	s := &service{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.answer(w, r.URL.Query().Get("n"))
	}))
	t.Cleanup(s.Close)
	return s
}

// clock is one that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, c *clock, log *slog.Logger, settings Settings) *Source {
	t.Helper()
	s := New(c.read, log)
	settings.Authorization, settings.Timeout, settings.Keep, settings.Most = "Bearer token", time.Minute, time.Hour, 100
	s.Use(&settings)
	s.Start(t.Context())
	t.Cleanup(func() { _ = s.Stop(t.Context()) })
	return s
}

// settled waits until a number is not being asked about, and gives what is known.
func settled(t *testing.T, s *Source, number string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); runtime.Gosched() {
		if network, known := s.Network(number); known {
			return network
		}
	}
	t.Fatalf("%s stays unknown", number)
	return ""
}

// Proves(route): mcc and mnc from a lookup over HTTP: unknown rather than wait, kept for a time, and asked once.
func TestNetworkIsAskedOnceAndKept(t *testing.T) {
	held := make(chan struct{})
	peer := serve(t, func(w http.ResponseWriter, number string) {
		<-held
		fmt.Fprintf(w, `{"number":%q,"network":{"mcc":208,"mnc":"01"}}`, number)
	})
	c := &clock{now: time.Unix(0, 0)}
	s := start(t, c, slog.New(slog.DiscardHandler), Settings{URL: peer.URL + "/?n={number}", MCC: "network.mcc", MNC: "network.mnc"})
	for range 10 {
		if _, known := s.Network("+33612345678"); known {
			t.Fatal("known before the answer")
		}
	}
	close(held)
	if got := settled(t, s, "+33612345678"); got != "20801" || peer.asked.Load() != 1 {
		t.Errorf("%s after %d questions", got, peer.asked.Load())
	}
	c.pass(time.Hour)
	if _, known := s.Network("+33612345678"); known {
		t.Error("an old answer is believed")
	}
	settled(t, s, "+33612345678")
	if peer.asked.Load() != 2 {
		t.Errorf("asked %d times", peer.asked.Load())
	}
	s.Use(nil)
	if _, known := s.Network("+33612345678"); known {
		t.Error("what was learnt of a service that is used no more")
	}
}

func TestAnswersAreReadByTheirMembers(t *testing.T) {
	for body, want := range map[string]string{
		`{"mccmnc":"20801"}`: "20801", `{"mccmnc":310260}`: "310260", `{"mccmnc":null}`: "", `{"mccmnc":"208"}`: "error",
		`{"mccmnc":"2080a"}`: "error", `{"mccmnc":{"x":1}}`: "error", `[]`: "error", `{}`: "error", `208`: "error", `{`: "error",
	} {
		got, err := (&Settings{MCCMNC: "mccmnc"}).read([]byte(body))
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %q, %v; want %q", body, got, err, want)
		}
	}
	if got, err := (&Settings{MCC: "a.mcc", MNC: "a.mnc"}).read([]byte(`{"a":{"mcc":"208"}}`)); err == nil {
		t.Errorf("half a network is %q", got)
	}
}

// A service that fails is asked again after a minute, is told of once a minute, and
// no log line has the number.
func TestServiceThatFailsLeavesNumbersUnknown(t *testing.T) {
	var mu sync.Mutex
	var text bytes.Buffer
	log := slog.New(slog.NewTextHandler(lockedWriter{&mu, &text}, nil))
	peer := serve(t, func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusBadGateway) })
	c := &clock{now: time.Unix(0, 0).Add(time.Hour)}
	s := start(t, c, log, Settings{URL: peer.URL + "/?n={number}", MCCMNC: "mccmnc"})
	for n := range 3 {
		s.Network(fmt.Sprint("+3361234567", n))
	}
	until(t, func() bool {
		return failed(s, c, "+33612345670") && failed(s, c, "+33612345671") && failed(s, c, "+33612345672")
	})
	if n := peer.asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
	c.pass(retryAfter + 10*time.Second)
	s.Network("+33612345670")
	until(t, func() bool { return peer.asked.Load() == 4 && failed(s, c, "+33612345670") })
	peer.Close()
	c.pass(retryAfter + 10*time.Second)
	s.Network("+33612345671")
	said := func() (n int, all string) {
		mu.Lock()
		defer mu.Unlock()
		return strings.Count(text.String(), "level=WARN"), text.String()
	}
	until(t, func() bool { n, _ := said(); return n == 3 })
	if _, all := said(); strings.Contains(all, "3361234567") {
		t.Errorf("a number stands in the log:\n%s", all)
	}
}

// failed says whether the service has answered about a number just now, and badly.
func failed(s *Source, c *clock, number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, here := s.get(number)
	return here && a.until.Equal(c.read().Add(retryAfter))
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(b)
}

func until(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("it never became so")
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	s := New(time.Now, slog.New(slog.DiscardHandler))
	s.Use(&Settings{Timeout: time.Second, Keep: time.Hour, Most: 10})
	for n := range 5000 {
		s.Network(fmt.Sprint("+", n))
	}
	if n := len(s.young) + len(s.old); n > 20 {
		t.Errorf("%d numbers are kept", n)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"a":{"mccmnc":"20801"}}`))
	f.Add([]byte(`{"a":[null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := (&Settings{MCCMNC: "a.mccmnc"}).read(body)
		if err == nil && got != "" && (len(got) < 5 || len(got) > 6) || err != nil && got != "" {
			t.Errorf("%q, %v", got, err)
		}
	})
}
