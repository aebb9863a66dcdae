package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// frameReader cuts a stream into PDUs. A PDU must be complete within timeout of
// its first octet; between PDUs there is no limit here.
type frameReader struct {
	conn       net.Conn
	timeout    time.Duration
	buffer     []byte
	start, end int
	armed      bool   // a read deadline is set
	cut        bool   // a PDU was taken since, so the deadline is not the next one's
	received   func() // called after each read
}

const readBuffer = 16 << 10

// next is the next PDU. The slice is the reader's own and valid until next is
// called again. Errors are the connection's and a fatal *DecodeError; io.EOF only
// between PDUs.
func (f *frameReader) next() (Header, []byte, error) {
	for {
		need := HeaderLen
		if have := f.end - f.start; have >= HeaderLen {
			h, err := ParseHeader(f.buffer[f.start:f.end])
			if err != nil {
				return h, nil, err
			}
			need = int(h.Length)
			if have >= need {
				frame := f.buffer[f.start : f.start+need : f.start+need]
				f.start += need
				f.cut = true
				return h, frame, nil
			}
		} else if err := f.earlyLength(); err != nil {
			return Header{}, nil, err
		}
		if err := f.fill(need); err != nil {
			return Header{}, nil, err
		}
	}
}

// earlyLength refuses a bad length as soon as its four octets are there: a peer
// that announces fewer than a header may never send a whole one.
func (f *frameReader) earlyLength() error {
	if f.end-f.start < 4 {
		return nil
	}
	length := binary.BigEndian.Uint32(f.buffer[f.start:])
	if length >= HeaderLen && length <= MaxPDULen {
		return nil
	}
	return &DecodeError{Header: Header{Length: length}, Status: StatusInvCmdLen, Field: "command_length", Fatal: true}
}

func (f *frameReader) fill(need int) error {
	f.makeRoom(need)
	if err := f.arm(); err != nil {
		return err
	}
	n, err := f.conn.Read(f.buffer[f.end:])
	f.end += n
	if n > 0 {
		f.received()
		return nil
	}
	if errors.Is(err, io.EOF) && f.end > f.start {
		return io.ErrUnexpectedEOF
	}
	return err
}

// makeRoom moves what is unread to the front and grows the buffer for need octets,
// which ParseHeader has bounded.
func (f *frameReader) makeRoom(need int) {
	if f.start == f.end {
		f.start, f.end = 0, 0
	}
	if len(f.buffer)-f.start >= need && f.end < len(f.buffer) {
		return
	}
	to := f.buffer
	if len(to) < need {
		to = make([]byte, max(need, readBuffer))
	}
	f.end = copy(to, f.buffer[f.start:f.end])
	f.buffer, f.start = to, 0
}

// arm sets the deadline when a PDU has begun, each a new one, and clears it when
// none has.
func (f *frameReader) arm() error {
	begun := f.end > f.start
	if begun == f.armed && !(begun && f.cut) {
		return nil
	}
	f.cut = false
	var deadline time.Time
	if begun {
		deadline = time.Now().Add(f.timeout)
	}
	if err := f.conn.SetReadDeadline(deadline); err != nil {
		return fmt.Errorf("smpp: read: %w", err)
	}
	f.armed = begun
	return nil
}
