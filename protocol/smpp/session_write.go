package smpp

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// outboxRoom is how many octets may wait to be written before an append waits too.
const outboxRoom = 1 << 20

// outbox gathers PDUs while a write is under way and hands them to the next one in
// one piece: under load many PDUs share one system call.
type outbox struct {
	mu      sync.Mutex
	changed sync.Cond
	encode  encoder
	spare   []byte
	cause   error // set by finish: what remains is written, then the session ends
	closed  bool
}

func (o *outbox) init() { o.changed.L = &o.mu }

// append adds a PDU. The errors are ErrField and ErrClosed.
func (o *outbox) append(sequence uint32, p PDU) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.encode.b) > outboxRoom && !o.closed {
		o.changed.Wait()
	}
	if o.closed || o.cause != nil {
		return ErrClosed
	}
	empty := len(o.encode.b) == 0
	if err := o.encode.pdu(sequence, p); err != nil {
		return err
	}
	if empty {
		o.changed.Broadcast()
	}
	return nil
}

// take waits for octets to write and gives all there are; done is what wrote the
// last ones. It is empty at the end: closed, or finished with a cause.
func (o *outbox) take(done []byte) (batch []byte, cause error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if cap(done) <= MaxPDULen {
		o.spare = done[:0] // a buffer that one flood has swollen is not kept
	}
	for len(o.encode.b) == 0 && o.cause == nil && !o.closed {
		o.changed.Wait()
	}
	if o.closed {
		return nil, ErrClosed
	}
	batch, o.encode.b, o.spare = o.encode.b, o.spare, nil
	if len(batch) > outboxRoom {
		o.changed.Broadcast()
	}
	return batch, o.cause
}

// finish lets nothing more in and ends the session with cause when what there is
// has been written.
func (o *outbox) finish(cause error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cause == nil {
		o.cause = cause
	}
	o.changed.Broadcast()
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.changed.Broadcast()
}

// write is the session's writer.
func (s *Session) write() {
	var batch []byte
	for {
		var cause error
		batch, cause = s.out.take(batch)
		if len(batch) > 0 {
			if err := s.flush(batch); err != nil {
				s.fail(err)
				return
			}
			continue
		}
		if cause != nil {
			s.endWrite(cause)
			return
		}
	}
}

func (s *Session) flush(batch []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.config.WriteTimeout)); err != nil {
		return fmt.Errorf("smpp: write: %w", err)
	}
	_, err := s.conn.Write(batch)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%w: write: %w", ErrTimeout, err)
	}
	if err != nil {
		return fmt.Errorf("smpp: write: %w", err)
	}
	return nil
}

// endWrite ends the session after its last PDU. Closing a TCP connection that has
// unread octets resets it, and the reset can overtake that PDU: so the writing side
// is closed first and the reader drains what still comes, for a moment.
func (s *Session) endWrite(cause error) {
	half, ok := s.conn.(interface{ CloseWrite() error })
	if !ok || s.Err() != nil || half.CloseWrite() != nil {
		s.fail(cause)
		return
	}
	select {
	case <-s.reading.drained:
	case <-s.ctx.Done():
	}
	s.fail(cause)
}
