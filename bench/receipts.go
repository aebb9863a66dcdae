package main

import (
	"sync"
	"time"

	"heliograph/protocol/smpp"
)

// receipt is a delivery receipt that is still to be sent.
type receipt struct {
	id       string
	from, to smpp.Address
}

// pdu is the receipt both ways at once: by optional parameters and as the text of
// SMPP 3.4 Appendix B.
func (r receipt) pdu(now time.Time) *smpp.DeliverSM {
	p := &smpp.DeliverSM{
		Source:      r.from,
		Destination: r.to,
		ESMClass:    smpp.ESMDeliveryReceipt,
		ShortMessage: smpp.AppendReceipt(nil, smpp.Receipt{
			ID: r.id, Delivered: "001", SubmitDate: now, DoneDate: now, Stat: smpp.StateDelivered.Stat(),
		}),
		TLVs: make(smpp.TLVs, 0, 2),
	}
	p.TLVs.AddText(smpp.TagReceiptedMessageID, r.id)
	p.TLVs.AddUint8(smpp.TagMessageState, uint8(smpp.StateDelivered))
	return p
}

// receiptQueue holds receipts without bound: whoever reads a session must not wait
// for its peer.
type receiptQueue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []receipt
	first   int // of waiting
	closed  bool
}

func (q *receiptQueue) push(r receipt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	q.changed.Signal()
}

// pop waits for a receipt; not ok when the queue is closed.
func (q *receiptQueue) pop() (r receipt, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.first == len(q.waiting) && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return receipt{}, false
	}
	r = q.waiting[q.first]
	q.first++
	if q.first == len(q.waiting) {
		q.waiting, q.first = q.waiting[:0], 0
	}
	return r, true
}

func (q *receiptQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// sessionQueues are the queues of the bound sessions.
type sessionQueues struct{ queues sync.Map }

func (s *sessionQueues) open(session *smpp.Session) *receiptQueue {
	q := &receiptQueue{}
	q.changed = sync.NewCond(&q.mu)
	s.queues.Store(session, q)
	return q
}

// of is the queue of a session, nil when it has ended.
func (s *sessionQueues) of(session *smpp.Session) *receiptQueue {
	q, ok := s.queues.Load(session)
	if !ok {
		return nil
	}
	return q.(*receiptQueue)
}

func (s *sessionQueues) drop(session *smpp.Session) {
	if q, ok := s.queues.LoadAndDelete(session); ok {
		q.(*receiptQueue).close()
	}
}
