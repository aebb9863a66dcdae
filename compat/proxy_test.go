package compat

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// mishap is what the network does to one request.
type mishap int

const (
	cutBefore mishap = iota // the connection ends, the server sees nothing
	cutAfter                // the server answers, the connection ends before the client hears
	overtaken               // the connection ends; the server gets the request after the next one's answer
)

// attempt is what a request said of itself.
type attempt struct{ invocation, request string }

// badNetwork stands between a client and a server and lets SendTextMessage meet
// its mishaps, one a request; later requests pass.
type badNetwork struct {
	t        testing.TB
	listener net.Listener
	server   string // host:port

	mu       sync.Mutex
	mishaps  []mishap
	between  func() // run once, after the server's answer to a request that is cut after it
	held     [][]byte
	attempts []attempt
	open     sync.WaitGroup
}

func newBadNetwork(t testing.TB, s *server, mishaps ...mishap) *badNetwork {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &badNetwork{t: t, listener: listener, server: strings.TrimPrefix(s.api, "http://"), mishaps: mishaps}
	n.open.Go(n.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		n.open.Wait()
	})
	return n
}

// url is where a client finds the server.
func (n *badNetwork) url() string { return "http://" + n.listener.Addr().String() }

func (n *badNetwork) serve() {
	for {
		client, err := n.listener.Accept()
		if err != nil {
			return
		}
		n.open.Go(func() {
			defer client.Close()
			n.carry(client)
		})
	}
}

// carry takes one request of a connection and then ends it: a client that
// comes again makes a new one.
func (n *badNetwork) carry(client net.Conn) {
	request, err := http.ReadRequest(bufio.NewReader(client))
	if err != nil {
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	request.Body, request.ContentLength, request.Close = io.NopCloser(bytes.NewReader(body)), int64(len(body)), true
	var whole bytes.Buffer
	if err := request.Write(&whole); err != nil {
		n.t.Error(err)
		return
	}
	n.deliver(client, request, whole.Bytes())
}

func (n *badNetwork) deliver(client io.Writer, request *http.Request, whole []byte) {
	next, meets, between := n.meet(request)
	if meets && next == cutBefore {
		return
	}
	if meets && next == overtaken {
		n.mu.Lock()
		n.held = append(n.held, whole)
		n.mu.Unlock()
		return
	}
	answer := n.ask(whole)
	if meets && next == cutAfter {
		if between != nil {
			between()
		}
		return
	}
	n.mu.Lock()
	held := n.held
	n.held = nil
	n.mu.Unlock()
	for _, late := range held {
		n.ask(late)
	}
	_, _ = client.Write(answer)
}

// meet notes an attempt and says what becomes of it.
func (n *badNetwork) meet(request *http.Request) (next mishap, meets bool, between func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.attempts = append(n.attempts, attempt{request.Header.Get("Amz-Sdk-Invocation-Id"), request.Header.Get("Amz-Sdk-Request")})
	if len(n.mishaps) == 0 {
		return 0, false, nil
	}
	next, n.mishaps = n.mishaps[0], n.mishaps[1:]
	if next == cutAfter {
		between, n.between = n.between, nil
	}
	return next, true, between
}

// ask gives the server's whole answer to a request.
func (n *badNetwork) ask(whole []byte) []byte {
	conn, err := net.Dial("tcp", n.server)
	if err != nil {
		n.t.Error(err)
		return nil
	}
	defer conn.Close()
	if _, err := conn.Write(whole); err != nil {
		n.t.Error(err)
		return nil
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		n.t.Error(err)
	}
	return answer
}

// seen gives the attempts so far.
func (n *badNetwork) seen() []attempt {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]attempt(nil), n.attempts...)
}
