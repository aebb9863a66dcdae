package smpp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

func FuzzReadPDU(f *testing.F) {
	for _, p := range samples() {
		b, err := AppendPDU(nil, 1, p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, p, err := ReadPDU(bytes.NewReader(b))
		if err != nil {
			return
		}
		written, err := AppendPDU(nil, h.Sequence, p)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", p, err)
		}
		_, again, err := DecodePDU(written)
		if err != nil {
			t.Fatalf("%x was written and cannot be read: %v", written, err)
		}
		twice, err := AppendPDU(nil, h.Sequence, again)
		if err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("%x became %x (%v)", written, twice, err)
		}
	})
}

func FuzzReceiptText(f *testing.F) {
	f.Add([]byte("id:1a2b sub:001 dlvrd:001 submit date:2611230102 done date:2611230102 stat:DELIVRD err:000 text:hi"))
	f.Add([]byte("stat:EXPIRED id: text:id:\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseReceipt(text, nil)
		if err == nil && r.ID == "" && r.Stat == "" {
			t.Fatal("a receipt without id and state")
		}
	})
}

func FuzzTLV(f *testing.F) {
	f.Add([]byte{0x14, 0, 0, 1, 'x', 0x13, 0x0C, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := decoder{rest: b}
		var got TLVs
		d.tlvs(&got)
		if d.field != "" {
			return
		}
		var e encoder
		e.tlvs(got)
		if !bytes.Equal(e.b, b) {
			t.Fatalf("%x became %x", b, e.b)
		}
	})
}

// kinds are the command ids of every PDU, so that FuzzBody spends no time on
// finding them.
func kinds() []CommandID {
	var ids []CommandID
	for id := CommandID(0); id <= CommandDataSM; id++ {
		for _, id := range []CommandID{id, id.Response()} {
			if newPDU(id) != nil {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// FuzzBody reads a body as that of each kind of PDU in turn.
func FuzzBody(f *testing.F) {
	ids := kinds()
	for _, p := range samples() {
		b, err := AppendPDU(nil, 1, p)
		if err != nil {
			f.Fatal(err)
		}
		for kind, id := range ids {
			if id == p.CommandID() {
				f.Add(uint8(kind), uint32(0), b[HeaderLen:])
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, status uint32, body []byte) {
		if len(body) > MaxPDULen-HeaderLen {
			return
		}
		frame := binary.BigEndian.AppendUint32(nil, uint32(HeaderLen+len(body)))
		frame = binary.BigEndian.AppendUint32(frame, uint32(ids[int(kind)%len(ids)]))
		frame = binary.BigEndian.AppendUint32(frame, status)
		frame = append(binary.BigEndian.AppendUint32(frame, 1), body...)
		h, p, err := DecodePDU(frame)
		var bad *DecodeError
		if err != nil && (!errors.As(err, &bad) || bad.Fatal || bad.Status == StatusOK || bad.Field == "") {
			t.Fatalf("%v body %x: %v", h.ID, body, err)
		}
		if m, ok := p.(interface{ Body() []byte }); ok && err == nil {
			_ = m.Body()
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"", "261123010203400+", "261123010203448-", "000000010000000R", "991231235959948-", "991399999999999R", "0000000100000001"} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		at, err := ParseTime(text, now)
		if err != nil || at.IsZero() {
			return
		}
		written := FormatAbsolute(at)
		again, err := ParseTime(written, now)
		if at.Year() >= 2069 || at.Year() < 2000 {
			return // two digits do not tell the century
		}
		if err != nil || !again.Equal(at.Truncate(100*time.Millisecond)) {
			t.Fatalf("%q is %v, written %q, read %v, %v", text, at, written, again, err)
		}
	})
}

// pieces gives a stream in reads of at most size octets.
type pieces struct {
	net.Conn // nil: only what is below is called
	rest     []byte
	size     int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(p.size, len(b))], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (*pieces) SetReadDeadline(time.Time) error { return nil }

// FuzzFrames cuts a stream into PDUs: the same ones however the octets arrive.
func FuzzFrames(f *testing.F) {
	var stream []byte
	for _, p := range samples() {
		var err error
		if stream, err = AppendPDU(stream, 7, p); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(stream, uint16(1))
	f.Add([]byte{0, 0, 0, 15}, uint16(2))
	f.Add([]byte{0, 1, 8, 1, 0}, uint16(3))
	f.Fuzz(func(t *testing.T, stream []byte, size uint16) {
		whole, wholeErr := frames(stream, len(stream)+1)
		cut, cutErr := frames(stream, int(size)+1)
		if !bytes.Equal(whole, cut) || errors.Is(wholeErr, io.EOF) != errors.Is(cutErr, io.EOF) {
			t.Fatalf("whole %x, %v; in pieces of %d %x, %v", whole, wholeErr, size+1, cut, cutErr)
		}
		if !bytes.HasPrefix(stream, whole) || errors.Is(wholeErr, io.EOF) && len(whole) != len(stream) {
			t.Fatalf("%x was read of %x", whole, stream)
		}
	})
}

func frames(stream []byte, size int) (read []byte, err error) {
	r := frameReader{conn: &pieces{rest: stream, size: size}, received: func() {}}
	for {
		_, frame, err := r.next()
		if err != nil {
			return read, err
		}
		read = append(read, frame...)
	}
}

// FuzzSession has a peer write anything to either end of a session, bound or
// not: it ends when the peer hangs up, and sooner when the stream cannot be read.
func FuzzSession(f *testing.F) {
	var stream []byte
	for _, p := range samples() {
		b, err := AppendPDU(nil, 1, p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, false)
		f.Add(b, true)
		stream = append(stream, b...)
	}
	f.Add(stream, false)
	f.Fuzz(func(t *testing.T, stream []byte, esme bool) {
		role := SMSC
		if esme {
			role = ESME
		}
		ours, peers := net.Pipe()
		s := NewSession(ours, role, Config{Handler: HandlerFunc(func(_ context.Context, p PDU, reply Reply) { reply.Refuse(StatusSysErr) })})
		s.Start()
		heard := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, peers) // ends with the session
			close(heard)
		}()
		_, _ = peers.Write(stream) // fails when the session has had enough
		_ = peers.Close()
		<-s.Done()
		<-heard
	})
}
