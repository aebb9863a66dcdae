package compat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a foreign program that runs beside the test and is judged by the
// lines that it writes.
type program struct {
	t     testing.TB
	name  string
	stdin io.Writer
	ends  func(os.Signal) error
	lines chan string
	held  []string // read already, and not what was waited for then
	all   []string
}

// run starts a program; it fails the test when the program is not there. Lines
// of standard output and, where merged, of standard error can be awaited.
func run(t testing.TB, merged bool, path string, args ...string) *program {
	t.Helper()
	p := &program{t: t, name: filepath.Base(path), lines: make(chan string, 10000)}
	command := exec.Command(path, args...)
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	reader, writer := io.Pipe()
	var stderr bytes.Buffer
	command.Stdout, command.Stderr = writer, &stderr
	if merged {
		command.Stderr = writer
	}
	if err := command.Start(); err != nil {
		t.Fatalf("%s is needed (scripts/install-test-tools and make deps bring it): %v", path, err)
	}
	p.ends = command.Process.Signal
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // killed at the end of the test
		_ = writer.Close()
		close(ended)
	}()
	go p.read(reader)
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s wrote on standard error:\n%s", p.name, stderr.String())
		}
	})
	return p
}

func (p *program) read(from io.Reader) {
	defer close(p.lines)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.lines <- lines.Text()
	}
	_, _ = io.Copy(io.Discard, from)
}

// await gives the first line, of those not given yet, that is wanted.
func (p *program) await(what string, wanted func(line string) bool) string {
	p.t.Helper()
	for i, line := range p.held {
		if wanted(line) {
			p.held = append(p.held[:i:i], p.held[i+1:]...)
			return line
		}
	}
	deadline := time.After(patience)
	for {
		select {
		case line, more := <-p.lines:
			if !more {
				p.t.Fatalf("%s ended before %s:\n%s", p.name, what, strings.Join(p.all, "\n"))
			}
			p.all = append(p.all, line)
			if wanted(line) {
				return line
			}
			p.held = append(p.held, line)
		case <-deadline:
			p.t.Fatalf("%s: no %s:\n%s", p.name, what, strings.Join(p.all, "\n"))
		}
	}
}

// awaitText waits for a line that contains text.
func (p *program) awaitText(text string) {
	p.t.Helper()
	p.await(text, func(line string) bool { return strings.Contains(line, text) })
}

// nodePeer is node-smpp as an ESME or as an SMSC.
type nodePeer struct{ *program }

// node starts testdata/smpp_peer.js.
func node(t testing.TB, args ...string) nodePeer {
	t.Helper()
	return nodePeer{run(t, false, "node", append([]string{filepath.Join("testdata", "smpp_peer.js")}, args...)...)}
}

// options are parameters of a PDU by node-smpp's names, which are the standard's.
type options map[string]any

// octets are sent as they are; a string is encoded by node-smpp.
func octets(hex string) options { return options{"hex": hex} }

// nodeEvent is what the peer tells.
type nodeEvent struct {
	Session  string
	Event    string // listening, connected, request, response, closed, error
	Address  string
	PDU      nodePDU
	Answered struct { // to a request
		Status    uint32 `json:"command_status"`
		MessageID string `json:"message_id"`
	}
}

// nodePDU is a PDU as node-smpp decoded it. The text is decoded by data_coding.
type nodePDU struct {
	Command            string
	Status             uint32 `json:"command_status"`
	SystemID           string `json:"system_id"`
	Password           string
	SystemType         string `json:"system_type"`
	InterfaceVersion   int    `json:"interface_version"`
	SMSCVersion        int    `json:"sc_interface_version"`
	MessageID          string `json:"message_id"`
	SourceTON          int    `json:"source_addr_ton"`
	SourceNPI          int    `json:"source_addr_npi"`
	Source             string `json:"source_addr"`
	DestinationTON     int    `json:"dest_addr_ton"`
	DestinationNPI     int    `json:"dest_addr_npi"`
	Destination        string `json:"destination_addr"`
	ESMClass           int    `json:"esm_class"`
	DataCoding         int    `json:"data_coding"`
	RegisteredDelivery int    `json:"registered_delivery"`
	Validity           string `json:"validity_period"` // RFC 3339
	Text               struct {
		Message string
		UDH     []string // information elements as hex
	} `json:"short_message"`
	ReceiptedMessageID string `json:"receipted_message_id"`
	MessageState       int    `json:"message_state"`
	EntityID           string `json:"in_entity_id"`
	TemplateID         string `json:"in_template_id"`
}

// order has the peer do something: send a PDU of that name, connect, close, or
// refuse submissions to come.
func (p nodePeer) order(session, do string, with options) {
	p.t.Helper()
	line, err := json.Marshal(map[string]any{"session": session, "do": do, "with": with})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.stdin.Write(append(line, '\n')); err != nil {
		p.t.Fatal(err)
	}
}

// event waits for an event of a session and, where it has a PDU, of a command;
// session "" is any.
func (p nodePeer) event(session, event, command string) nodeEvent {
	p.t.Helper()
	var found nodeEvent
	p.await(strings.Join([]string{event, command, "on session", session}, " "), func(line string) bool {
		var e nodeEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			p.t.Fatalf("%s: %v", line, err)
		}
		if session != "" && e.Session != session || e.Event != event || e.PDU.Command != command {
			return false
		}
		found = e
		return true
	})
	return found
}

// request sends a request and waits for its response, whose name is that of the
// request with _resp.
func (p nodePeer) request(session, command string, with options) nodePDU {
	p.t.Helper()
	p.order(session, command, with)
	return p.event(session, "response", command+"_resp").PDU
}

// bind connects and binds as bind_transceiver, bind_transmitter or bind_receiver.
func (p nodePeer) bind(session, command string) {
	p.t.Helper()
	p.order(session, "connect", nil)
	p.event(session, "connected", "")
	bound := p.request(session, command, options{"system_id": "node", "password": "secret", "interface_version": 0x34})
	if bound.Status != 0 || bound.SystemID != "heliograph-sim" {
		p.t.Fatalf("%s: %+v", command, bound)
	}
	if bound.SMSCVersion != 0x34 {
		p.t.Errorf("%s: the SMSC's version is %#x, want 0x34", command, bound.SMSCVersion)
	}
}
