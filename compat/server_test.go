package compat

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of these tests; nothing waits this long when all
// is well.
const patience = 60 * time.Second

const (
	rootKey    = "AKIACOMPATROOT000001"
	rootSecret = "compat-root-secret"
)

// binary is the program under test.
func binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("HELIOGRAPH_BINARY")
	if path == "" {
		path = filepath.Join("..", "bin", "heliograph")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("no binary to test: %v (make compat builds it)", err)
	}
	return path
}

// server is a running `heliograph` process.
type server struct {
	t       testing.TB
	command *exec.Cmd
	api     string // http://127.0.0.1:port
	console string
	smsc    string // host:port of the simulated carrier of `dev`
	data    string
	log     *bytes.Buffer
	exited  chan error
}

// serve starts `heliograph serve` on a data folder and free ports and waits
// until it is ready.
func serve(t testing.TB, data string, flags ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0"}, flags...)
	return start(t, data, args...)
}

// dev starts `heliograph dev` on free ports.
func dev(t testing.TB, flags ...string) *server {
	t.Helper()
	args := append([]string{"dev", "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0"}, flags...)
	return start(t, "", args...)
}

func start(t testing.TB, data string, args ...string) *server {
	t.Helper()
	return startWith(t, []string{"HELIOGRAPH_ROOT_ACCESS_KEY_ID=" + rootKey, "HELIOGRAPH_ROOT_SECRET_ACCESS_KEY=" + rootSecret}, data, args...)
}

// startWith starts a server with further variables.
func startWith(t testing.TB, variables []string, data string, args ...string) *server {
	t.Helper()
	s := &server{t: t, data: data, log: &bytes.Buffer{}, exited: make(chan error, 1)}
	s.command = exec.Command(binary(t), args...)
	s.command.Env = append(os.Environ(), variables...)
	s.command.Stderr = s.log
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	s.readAddresses(stdout)
	return s
}

// readAddresses takes the two addresses from what the program prints at its
// start, and goes on reading so that the program never blocks.
func (s *server) readAddresses(stdout io.Reader) {
	s.t.Helper()
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			fields := strings.Fields(lines.Text())
			if len(fields) >= 2 && fields[0] == "API" {
				s.api = fields[1]
			}
			if len(fields) >= 2 && fields[0] == "SMSC" {
				s.smsc = fields[1]
			}
			if len(fields) >= 2 && fields[0] == "Console" {
				s.console = fields[1]
				close(ready)
				break
			}
		}
		_, _ = io.Copy(io.Discard, stdout)
		s.exited <- s.command.Wait()
	}()
	select {
	case <-ready:
	case err := <-s.exited:
		s.t.Fatalf("the server ended before it was ready: %v\n%s", err, s.log)
	case <-time.After(patience):
		s.t.Fatalf("the server printed no addresses\n%s", s.log)
	}
}

// kill ends the process at once, as a power cut would.
func (s *server) kill() {
	if s.command.ProcessState == nil {
		_ = s.command.Process.Kill()
		<-s.exited
		s.exited <- nil
	}
}

// stop ends the process in good order and fails when it does not end in time.
func (s *server) stop() {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.exited:
		s.exited <- nil
		if err != nil {
			s.t.Fatalf("SIGTERM: %v\n%s", err, s.log)
		}
	case <-time.After(patience):
		s.t.Fatal("SIGTERM did not end the server")
	}
}

// get reads a JSON answer of the console port into out.
func (s *server) get(path string, out any) int {
	s.t.Helper()
	return s.do(http.MethodGet, path, nil, out)
}

func (s *server) do(method, path string, in, out any) int {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.console+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	request.SetBasicAuth(rootKey, rootSecret)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if out == nil || answer.StatusCode >= 300 {
		return answer.StatusCode
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode
}

// handsetMessage is what the simulator API tells.
type handsetMessage struct {
	ID        int64             `json:"id"`
	MessageID string            `json:"messageId"`
	From      string            `json:"from"`
	FromKind  string            `json:"fromKind"`
	Body      string            `json:"body"`
	Encoding  string            `json:"encoding"`
	Parts     int               `json:"parts"`
	TLVs      map[string]string `json:"tlvs"`
}

// newest waits for a message of the handset after the given id.
func (s *server) newest(number string, after int64) handsetMessage {
	s.t.Helper()
	answer := struct {
		Messages []handsetMessage `json:"messages"`
	}{}
	path := fmt.Sprintf("/simulator/v1/handsets/%s/messages?after=%d&wait=30s", url.PathEscape(number), after)
	if status := s.get(path, &answer); status != http.StatusOK || len(answer.Messages) == 0 {
		s.t.Fatalf("handset %s: HTTP %d, %d messages\n%s", number, status, len(answer.Messages), s.log)
	}
	return answer.Messages[len(answer.Messages)-1]
}

// messageState is what the operator API tells.
type messageState struct {
	State   string     `json:"state"`
	EndedAt *time.Time `json:"endedAt"`
	Why     []string   `json:"why"`
}

// final waits until the message has ended.
func (s *server) final(id string) messageState {
	s.t.Helper()
	return s.finalWithin(id, patience)
}

// finalWithin waits so long for a message that others may be before.
func (s *server) finalWithin(id string, wait time.Duration) messageState {
	s.t.Helper()
	for deadline := time.Now().Add(wait); time.Now().Before(deadline); {
		state := messageState{}
		if status := s.get("/operator/v1/messages/"+id, &state); status != http.StatusOK {
			s.t.Fatalf("message %s: HTTP %d", id, status)
		}
		if state.EndedAt != nil {
			return state
		}
	}
	s.t.Fatalf("message %s did not end", id)
	return messageState{}
}
