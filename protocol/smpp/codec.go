package smpp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// HeaderLen is the octets of a PDU's header (SMPP 3.4 §3.2).
	HeaderLen = 16
	// MaxPDULen is the longest PDU that is read or written, in octets: a
	// message_payload of 64 KiB and room for everything else.
	MaxPDULen = 64<<10 + 2048
)

// Header is the first sixteen octets of every PDU (SMPP 3.4 §3.2).
type Header struct {
	Length   uint32 // of the whole PDU, in octets
	ID       CommandID
	Status   Status
	Sequence uint32
}

// DecodeError says why a PDU could not be read and how its sender is answered.
type DecodeError struct {
	Header Header
	Status Status // for the answer
	Field  string // the first field that is wrong
	Fatal  bool   // the length is wrong, so the rest of the stream is unreadable
}

// Error names the PDU, the field and the status.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("smpp: %v, sequence %d: bad %s (%v)", e.Header.ID, e.Header.Sequence, e.Field, e.Status)
}

// ErrField is a value that does not fit its field, found before a PDU is sent.
var ErrField = errors.New("smpp: value does not fit its field")

// AppendPDU appends p to b under a sequence number. The error is ErrField, and b
// comes back unchanged with it.
func AppendPDU(b []byte, sequence uint32, p PDU) ([]byte, error) {
	e := encoder{b: b}
	err := e.pdu(sequence, p)
	return e.b, err
}

// ParseHeader reads the header at the start of b, which holds HeaderLen octets or
// more, and checks the length that it announces. The error is a fatal
// *DecodeError.
func ParseHeader(b []byte) (Header, error) {
	h := Header{
		Length:   binary.BigEndian.Uint32(b),
		ID:       CommandID(binary.BigEndian.Uint32(b[4:])),
		Status:   Status(binary.BigEndian.Uint32(b[8:])),
		Sequence: binary.BigEndian.Uint32(b[12:]),
	}
	if h.Length < HeaderLen || h.Length > MaxPDULen {
		return h, &DecodeError{Header: h, Status: StatusInvCmdLen, Field: "command_length", Fatal: true}
	}
	return h, nil
}

// DecodePDU reads one PDU from frame, which holds it exactly. Octet strings and
// TLV values of the result point into frame. The error is a *DecodeError; that of
// a command id nobody knows bears StatusInvCmdID.
func DecodePDU(frame []byte) (Header, PDU, error) {
	if len(frame) < HeaderLen {
		return Header{}, nil, &DecodeError{Status: StatusInvCmdLen, Field: "command_length", Fatal: true}
	}
	h, err := ParseHeader(frame)
	if err != nil {
		return h, nil, err
	}
	if int(h.Length) != len(frame) {
		return h, nil, &DecodeError{Header: h, Status: StatusInvCmdLen, Field: "command_length", Fatal: true}
	}
	p := newPDU(h.ID)
	if p == nil {
		return h, nil, &DecodeError{Header: h, Status: StatusInvCmdID, Field: "command_id"}
	}
	var d decoder
	return h, p, d.pdu(h, frame[HeaderLen:], p)
}

// ReadPDU reads one PDU from r. It checks the length before it allocates. The
// result is the caller's own. Errors are those of r and of DecodePDU.
func ReadPDU(r io.Reader) (Header, PDU, error) {
	var head [HeaderLen]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Header{}, nil, err
	}
	h, err := ParseHeader(head[:])
	if err != nil {
		return h, nil, err
	}
	frame := make([]byte, h.Length)
	copy(frame, head[:])
	if _, err := io.ReadFull(r, frame[HeaderLen:]); err != nil {
		return h, nil, fmt.Errorf("smpp: body of %v: %w", h.ID, err)
	}
	return DecodePDU(frame)
}

// encoder appends fields; its first error sticks.
type encoder struct {
	b   []byte
	err error
}

func (e *encoder) pdu(sequence uint32, p PDU) error {
	start := len(e.b)
	e.err = nil
	var st Status
	if r, ok := p.(Response); ok {
		st = r.CommandStatus()
	}
	e.uint32(0)
	e.uint32(uint32(p.CommandID()))
	e.uint32(uint32(st))
	e.uint32(sequence)
	p.encode(e)
	if length := len(e.b) - start; length > MaxPDULen {
		e.fail("command_length")
	} else {
		binary.BigEndian.PutUint32(e.b[start:], uint32(length))
	}
	if e.err != nil {
		e.b = e.b[:start]
		return fmt.Errorf("%v: %w", p.CommandID(), e.err)
	}
	return nil
}

func (e *encoder) fail(field string) {
	if e.err == nil {
		e.err = fmt.Errorf("%w: %s", ErrField, field)
	}
}

func (e *encoder) byte(v uint8)    { e.b = append(e.b, v) }
func (e *encoder) uint32(v uint32) { e.b = binary.BigEndian.AppendUint32(e.b, v) }

// cstring writes a C-octet string; limit includes the NUL, as in the
// specification's tables.
func (e *encoder) cstring(v string, limit int, field string) {
	if len(v) >= limit || strings.IndexByte(v, 0) >= 0 {
		e.fail(field)
		return
	}
	e.b = append(e.b, v...)
	e.b = append(e.b, 0)
}

// decoder reads fields of one body; its first error sticks, and fields after it
// stay empty.
type decoder struct {
	rest   []byte
	status Status
	field  string
}

func (d *decoder) pdu(h Header, body []byte, p PDU) error {
	*d = decoder{rest: body}
	r, isResponse := p.(Response)
	if isResponse {
		r.setStatus(h.Status)
	}
	// A refused request may be answered without a body (§4.4.2), and some peers
	// leave it out of every answer.
	if isResponse && len(body) == 0 {
		return nil
	}
	p.decode(d)
	if d.field == "" {
		return nil
	}
	return &DecodeError{Header: h, Status: d.status, Field: d.field}
}

func (d *decoder) fail(field string, st Status) {
	if d.field == "" {
		d.field, d.status = field, st
		d.rest = nil
	}
}

func (d *decoder) byte(field string) uint8 {
	if len(d.rest) == 0 {
		d.fail(field, StatusInvCmdLen)
		return 0
	}
	v := d.rest[0]
	d.rest = d.rest[1:]
	return v
}

// cstring reads a C-octet string of at most limit octets including the NUL. The
// string that is there already is kept when it says the same: a PDU struct that
// is used again costs nothing for the fields that repeat.
func (d *decoder) cstring(dst *string, limit int, field string, st Status) {
	n := bytes.IndexByte(d.rest[:min(limit, len(d.rest))], 0)
	if n < 0 {
		if len(d.rest) < limit {
			st = StatusInvCmdLen
		}
		d.fail(field, st)
		*dst = ""
		return
	}
	if *dst != string(d.rest[:n]) {
		*dst = string(d.rest[:n])
	}
	d.rest = d.rest[n+1:]
}

func (d *decoder) octets(n int, field string, st Status) []byte {
	if n > len(d.rest) {
		d.fail(field, st)
		return nil
	}
	v := d.rest[:n:n]
	d.rest = d.rest[n:]
	return v
}
