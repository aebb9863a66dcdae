package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"heliograph/protocol/smpp"
)

// acceptedOctets is about what a gateway must keep of an accepted message.
const acceptedOctets = 300

// limit is what durability and the wire alone cost, in this process: a message is
// durable before it counts as accepted, a submission's answer before its window
// slot is free, a receipt before it is acknowledged.
type limit struct {
	journal  *journal
	sessions []*smpp.Session
	queue    chan int // accepted, not yet submitted
	workers  sync.WaitGroup
	cancel   context.CancelCauseFunc
	ctx      context.Context // its cause is the first failure behind the callers
}

func startLimit(ctx context.Context, s settings, dir, smsc string) (side, error) {
	j, err := openJournal(filepath.Join(dir, "limit.journal"))
	if err != nil {
		return nil, err
	}
	l := &limit{journal: j, queue: make(chan int, s.messages)}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	for range s.binds {
		session, err := smpp.Dial(ctx, smsc, nil,
			&smpp.Bind{Mode: smpp.Transceiver, SystemID: "limit"},
			smpp.Config{Window: s.window, Handler: smpp.HandlerFunc(l.receipt)})
		if err != nil {
			l.stop()
			return nil, err
		}
		l.sessions = append(l.sessions, session)
		for range s.window {
			l.workers.Go(func() { l.submit(session) })
		}
	}
	return l, nil
}

func (l *limit) pid() int { return 0 }

// explain adds what failed behind the callers.
func (l *limit) explain(err error) error { return errors.Join(err, context.Cause(l.ctx)) }

func (l *limit) callers(_ context.Context, n int) ([]caller, func(), error) {
	made := make([]caller, n)
	for i := range made {
		made[i] = &limitCaller{limit: l, pen: newPen(l.journal), record: make([]byte, acceptedOctets)}
	}
	return made, func() {}, nil
}

// limitCaller accepts messages as the gateway does, less everything but the disk.
type limitCaller struct {
	limit  *limit
	pen    *pen
	record []byte
}

func (c *limitCaller) send(_ context.Context, number int) error {
	copy(c.record[copy(c.record, messageText):], appendNumber(nil, number))
	if err := c.pen.write(c.record); err != nil {
		return err
	}
	select {
	case c.limit.queue <- number:
		return nil
	case <-c.limit.ctx.Done():
		return context.Cause(c.limit.ctx)
	}
}

// submit is one window slot of a session.
func (l *limit) submit(session *smpp.Session) {
	pen := newPen(l.journal)
	message := &smpp.SubmitSM{
		Source:             smpp.Address{TON: smpp.TONAlphanumeric, Addr: senderID},
		Destination:        smpp.Address{TON: smpp.TONInternational, NPI: smpp.NPIISDN},
		RegisteredDelivery: smpp.FinalReceipt,
		ShortMessage:       []byte(messageText),
	}
	record := []byte{}
	for {
		select {
		case <-l.ctx.Done():
			return
		case number := <-l.queue:
			record = append(appendNumber(record[:0], number), ' ')
			message.Destination.Addr = string(record[:len(record)-1])
			answer, err := session.Submit(l.ctx, message)
			if err == nil {
				err = pen.write(append(append(record, answer.MessageID...), '\n'))
			}
			if err != nil {
				l.cancel(fmt.Errorf("submit_sm: %w", err))
				return
			}
		}
	}
}

// receipt acknowledges a deliver_sm when it is durable.
func (l *limit) receipt(_ context.Context, request smpp.PDU, reply smpp.Reply) {
	deliver, ok := request.(*smpp.DeliverSM)
	if !ok {
		reply.Refuse(smpp.StatusInvCmdID)
		return
	}
	id, _ := deliver.TLVs.Get(smpp.TagReceiptedMessageID)
	state, _ := deliver.TLVs.Get(smpp.TagMessageState)
	l.journal.append(append(append([]byte("receipt "), id...), state...), func(err error) {
		if err != nil {
			reply.Refuse(smpp.StatusSysErr)
			return
		}
		reply.OK()
	})
}

func (l *limit) stop() {
	ended, cancel := context.WithCancel(context.Background())
	cancel() // nothing is under way: close at once
	l.cancel(errors.New("the limit's side has stopped"))
	for _, session := range l.sessions {
		_ = session.Close(ended)
	}
	l.workers.Wait()
	_ = l.journal.close() // the file is thrown away
}
