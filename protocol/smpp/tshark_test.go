package smpp

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// capture writes what a connection carries as a libpcap file with an Ethernet,
// IPv4 and TCP header made up around each write.
type capture struct {
	net.Conn
	record *record
	server bool
}

type record struct {
	mu   sync.Mutex
	file bytes.Buffer
	next [2]uint32 // TCP sequence number of each side
}

const smppPort = 2775

func newRecord() *record {
	r := &record{next: [2]uint32{1, 1}}
	head := binary.LittleEndian.AppendUint32(nil, 0xA1B2C3D4)
	head = binary.LittleEndian.AppendUint16(head, 2) // version 2.4
	head = binary.LittleEndian.AppendUint16(head, 4)
	head = binary.LittleEndian.AppendUint64(head, 0)        // zone, accuracy
	head = binary.LittleEndian.AppendUint32(head, 1<<18)    // snapshot length
	r.file.Write(binary.LittleEndian.AppendUint32(head, 1)) // Ethernet
	return r
}

func (c capture) Write(b []byte) (int, error) {
	c.record.packet(c.server, b)
	return c.Conn.Write(b)
}

// packet appends one packet. Checksums are zero, which tshark does not look at.
func (r *record) packet(server bool, payload []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from, to, side := []byte{127, 0, 0, 1}, []byte{127, 0, 0, 2}, 0
	ports := [2]uint16{40000, smppPort}
	if server {
		from, to, side = to, from, 1
		ports = [2]uint16{smppPort, 40000}
	}
	p := append(make([]byte, 12), 0x08, 0x00) // Ethernet: no addresses, IPv4
	p = append(p, 0x45, 0)
	p = binary.BigEndian.AppendUint16(p, uint16(40+len(payload)))
	p = append(p, 0, 0, 0x40, 0, 64, 6, 0, 0)
	p = append(append(p, from...), to...)
	p = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(p, ports[0]), ports[1])
	p = binary.BigEndian.AppendUint32(p, r.next[side])
	p = binary.BigEndian.AppendUint32(p, r.next[1-side])
	p = append(p, 0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0) // header of 20 octets, PSH and ACK
	p = append(p, payload...)
	r.next[side] += uint32(len(payload))
	head := binary.LittleEndian.AppendUint64(nil, 0)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(p)))
	r.file.Write(binary.LittleEndian.AppendUint32(head, uint32(len(p))))
	r.file.Write(p)
}

// dissect runs tshark, which must be there: an independent reading of our octets
// is the point.
func (r *record) dissect(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "session.pcap")
	if err := os.WriteFile(file, r.file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("tshark", "-r", file, "-V", "-d", "tcp.port==2775,smpp").Output()
	if err != nil {
		t.Fatalf("tshark (Debian package tshark): %v", err)
	}
	return string(out)
}

// TestTsharkReadsEverySampleAsWritten holds the golden octets against another
// implementation's reading of them.
func TestTsharkReadsEverySampleAsWritten(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := AppendPDU(nil, 1, p)
			if err != nil {
				t.Fatal(err)
			}
			r := newRecord()
			r.packet(p.CommandID().IsResponse(), b)
			text := r.dissect(t)
			if strings.Contains(text, "alformed") || !strings.Contains(text, "Short Message Peer to Peer") {
				t.Error(text)
			}
			want := []string{"Sequence #: 1"}
			if m, ok := p.(*SubmitSM); ok {
				want = append(want, "Originator address: "+m.Source.Addr, "Recipient address: "+m.Destination.Addr,
					"Type of number (originator): Alphanumeric (0x05)")
			}
			for _, line := range want {
				if !strings.Contains(text, line) {
					t.Errorf("%q is not in\n%s", line, text)
				}
			}
		})
	}
}

func TestTsharkFindsNoMalformedPDUInASession(t *testing.T) {
	r := newRecord()
	a, b := net.Pipe()
	handler := HandlerFunc(func(_ context.Context, p PDU, reply Reply) {
		switch p.(type) {
		case *SubmitSM:
			_ = reply.With(&SubmitSMResp{MessageID: "1a2b"})
		case *QuerySM:
			_ = reply.With(&QuerySMResp{MessageID: "1a2b", State: StateDelivered, FinalDate: "261123010203400+"})
		default:
			reply.OK()
		}
	})
	client := NewSession(capture{a, r, false}, ESME, Config{Handler: handler})
	server := NewSession(capture{b, r, true}, SMSC, Config{Handler: handler, SystemID: "smsc"})
	client.Start()
	server.Start()
	playSession(t, client, server)
	text := r.dissect(t)
	if strings.Contains(text, "alformed") {
		t.Error(text)
	}
	for _, name := range []string{"Bind_transceiver", "Bind_transceiver - resp", "Submit_sm", "Submit_sm - resp", "Deliver_sm",
		"Deliver_sm - resp", "Data_sm", "Data_sm - resp", "Query_sm", "Query_sm - resp", "Cancel_sm", "Replace_sm",
		"Enquire_link", "Enquire_link - resp", "Unbind", "Unbind - resp"} {
		if !strings.Contains(text, "Operation: "+name+" (") {
			t.Errorf("tshark saw no %s", name)
		}
	}
}

func playSession(t *testing.T, client, server *Session) {
	t.Helper()
	ctx, all := t.Context(), samples()
	check := func(what string, err error) {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := client.Bind(ctx, transceiver)
	check("bind", err)
	for _, name := range []string{"submit_sm", "submit_sm_udh"} {
		_, err = client.Submit(ctx, all[name].(*SubmitSM))
		check(name, err)
	}
	_, err = server.Deliver(ctx, all["deliver_sm"].(*DeliverSM))
	check("deliver_sm", err)
	_, err = server.Data(ctx, all["data_sm"].(*DataSM))
	check("data_sm", err)
	_, err = client.Query(ctx, all["query_sm"].(*QuerySM))
	check("query_sm", err)
	_, err = client.Cancel(ctx, all["cancel_sm"].(*CancelSM))
	check("cancel_sm", err)
	_, err = client.Replace(ctx, all["replace_sm"].(*ReplaceSM))
	check("replace_sm", err)
	check("enquire_link", client.EnquireLink(ctx))
	check("close", client.Close(ctx))
	<-server.Done()
}
