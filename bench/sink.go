package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"heliograph/protocol/smpp"
)

const (
	// receiptWindow is how many receipts may stand unacknowledged on a session:
	// enough that the sink never is what others wait for.
	receiptWindow = 200
	// refusedPause is how long a refused receipt waits before it is sent again.
	refusedPause = 10 * time.Millisecond
)

// smsc is the network's end: it answers every submit_sm with an id and sends its
// receipt at once, until the receipt is acknowledged.
type smsc struct {
	submitted    atomic.Int64
	acknowledged atomic.Int64
	refused      atomic.Int64

	target  atomic.Int64  // of acknowledged; reached gets a token when it is met
	reached chan struct{} // holds one
	queues  sessionQueues
}

// runSink serves until in ends. Its protocol is lines: it first prints
// "listening HOST:PORT"; then each "await N" is answered with
// "counts SUBMITTED ACKNOWLEDGED REFUSED" as soon as N receipts are acknowledged,
// or as soon as another line comes.
func runSink(in io.Reader, out io.Writer) error {
	s := &smsc{reached: make(chan struct{}, 1)}
	server := &smpp.Server{Config: smpp.Config{
		Handler:  smpp.HandlerFunc(s.submit),
		Bound:    s.bound,
		SystemID: "sink",
		Window:   receiptWindow,
	}}
	if err := server.Start(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "listening %s\n", server.Addr()); err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	for line := range lines {
		text, _ := strings.CutPrefix(line, "await ")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue // asked to hurry when the answer was out already
		}
		s.await(n, lines)
		if _, err := fmt.Fprintf(out, "counts %d %d %d\n", s.submitted.Load(), s.acknowledged.Load(), s.refused.Load()); err != nil {
			return err
		}
	}
	return nil
}

// await waits until n receipts are acknowledged or a line comes.
func (s *smsc) await(n int64, lines <-chan string) {
	select {
	case <-s.reached: // of an earlier target
	default:
	}
	s.target.Store(n)
	if s.acknowledged.Load() >= n {
		return
	}
	select {
	case <-s.reached:
	case <-lines:
	}
}

// bound starts the session's senders of receipts: a request waits for its answer,
// so each place of the window has one.
func (s *smsc) bound(session *smpp.Session) {
	queue := s.queues.open(session)
	for range receiptWindow {
		go s.deliver(session, queue)
	}
	go func() {
		<-session.Done()
		s.queues.drop(session)
	}()
}

func (s *smsc) submit(_ context.Context, request smpp.PDU, reply smpp.Reply) {
	message, ok := request.(*smpp.SubmitSM)
	if !ok {
		reply.Refuse(smpp.StatusInvCmdID)
		return
	}
	id := strconv.FormatInt(1_000_000_000+s.submitted.Add(1), 10)
	if reply.With(&smpp.SubmitSMResp{MessageID: id}) != nil {
		return // the session has ended; the message will come again
	}
	if queue := s.queues.of(reply.Session()); queue != nil {
		queue.push(receipt{id: id, from: message.Destination, to: message.Source})
	}
}

// deliver sends receipts of a session until it ends.
func (s *smsc) deliver(session *smpp.Session, queue *receiptQueue) {
	for {
		r, ok := queue.pop()
		if !ok {
			return
		}
		_, err := session.Deliver(context.Background(), r.pdu(time.Now()))
		if err == nil {
			s.count()
			continue
		}
		s.refused.Add(1)
		time.AfterFunc(refusedPause, func() { queue.push(r) })
	}
}

func (s *smsc) count() {
	if s.acknowledged.Add(1) != s.target.Load() {
		return
	}
	select {
	case s.reached <- struct{}{}:
	default:
	}
}
