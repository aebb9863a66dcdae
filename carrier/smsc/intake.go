package smsc

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

const (
	// intakeLanes is how many reports may become durable at once: the store writes
	// together what comes together.
	intakeLanes = 64
	// laneRoom is how many more may wait for each lane before the SMSC has to.
	laneRoom = 16
	// intakePatience is how long an answer to a part may be held up by deliveries
	// that wait for their lanes in front of it.
	intakePatience = 5 * time.Second
)

// intake takes receipts and texts off the sessions' readers and answers each when
// it is durable. What belongs together (one message id, one handset) stays in
// order: it takes the same lane.
type intake struct {
	settings *Settings
	reports  carrier.Reports
	ids      *ids
	late     <-chan lateAnswer
	nameless atomic.Int64 // receipts without an id
	unkept   seldom       // deliveries that the store did not take
	turned   seldom       // deliveries that there was no room for
	unread   seldom       // deliveries that cannot be read, each content once

	seed   maphash.Seed
	lanes  [intakeLanes]chan report
	runs   sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc
}

// report is a receipt, a text, or what is neither, one of the three.
type report struct {
	receipt *carrier.Receipt
	id      string // of the receipt as it came
	inbound *carrier.Inbound
	octets  []byte // of what cannot be read
	cause   string // why
	reply   smpp.Reply
	traced  *watch // nil = nobody asked to see it
}

func (r report) key() string {
	switch {
	case r.receipt != nil:
		return r.receipt.MessageID
	case r.inbound != nil:
		return r.inbound.From
	}
	return string(r.octets)
}

func (i *intake) start() {
	i.seed = maphash.MakeSeed()
	i.ctx, i.cancel = context.WithCancel(context.Background())
	i.runs.Go(func() { i.ids.settle(i.ctx) })
	i.runs.Go(func() { i.reportLate(i.ctx, i.late) })
	for n := range i.lanes {
		lane := make(chan report, laneRoom)
		i.lanes[n] = lane
		i.runs.Go(func() { i.run(lane) })
	}
}

// stop ends the lanes; no session is left that could fill them. What still waits is
// not answered, so the SMSC sends it again.
func (i *intake) stop() {
	i.cancel()
	i.runs.Wait()
}

func (i *intake) run(lane chan report) {
	for {
		select {
		case r := <-lane:
			i.record(r)
		case <-i.ctx.Done():
			return
		}
	}
}

func (i *intake) record(r report) {
	var err error
	switch {
	case r.receipt != nil:
		err = i.reports.Receipt(i.ctx, *r.receipt)
	case r.inbound != nil:
		err = i.reports.Inbound(i.ctx, *r.inbound)
	default:
		err = i.quarantine(r)
	}
	if err != nil {
		if times, say := i.unkept.say(i.settings.Now()); say && i.ctx.Err() == nil {
			i.settings.Log.Error("what the SMSC delivered cannot be kept; it will come again", "error", err, "times", times)
		}
		i.refuse(r)
		return
	}
	r.reply.OK()
	r.traced.answered(i.settings.Name, smpp.StatusOK)
	if r.receipt != nil {
		i.ids.heard(i.ctx, r.id)
	}
}

// Handle takes deliver_sm and data_sm (smpp.Handler).
func (i *intake) Handle(ctx context.Context, request smpp.PDU, reply smpp.Reply) {
	var d delivered
	switch p := request.(type) {
	case *smpp.DeliverSM:
		d = delivered{p.Source, p.Destination, p.ESMClass, p.DataCoding, p.Body(), p.TLVs}
	case *smpp.DataSM:
		d = delivered{p.Source, p.Destination, p.ESMClass, p.DataCoding, p.Body(), p.TLVs}
	case *smpp.AlertNotification, *smpp.Outbind:
		return // nothing here waits for a handset, and the bind is there already
	default:
		reply.Refuse(smpp.StatusInvCmdID)
		return
	}
	traced := i.trace(&d, request)
	r, ok := i.report(d)
	if !ok {
		if n := i.nameless.Add(1); n&(n-1) == 0 { // now and then, not in a flood
			i.settings.Log.Warn("receipts of the SMSC name no message: their text may want receipts.pattern", "times", n)
		}
		reply.OK() // it would come again for ever
		traced.answered(i.settings.Name, smpp.StatusOK)
		return
	}
	r.reply, r.traced = reply, traced
	i.queue(ctx, r)
}

// refuse has the SMSC deliver it again later.
func (i *intake) refuse(r report) {
	r.reply.Refuse(smpp.StatusXTAppn)
	r.traced.answered(i.settings.Name, smpp.StatusXTAppn)
}

// queue puts a report into its lane. While that is full the SMSC has to wait, but
// not for so long that answers to parts, which come behind on the same session, are
// taken for missing: then it has to deliver again.
func (i *intake) queue(ctx context.Context, r report) {
	lane := i.lanes[maphash.String(i.seed, r.key())%intakeLanes]
	select {
	case lane <- r:
		return
	default:
	}
	for {
		left := i.patience() - r.reply.Session().Unanswered()
		if left <= 0 {
			break
		}
		if enter(ctx, lane, r, left) || ctx.Err() != nil {
			return
		}
	}
	if times, say := i.turned.say(i.settings.Now()); say {
		i.settings.Log.Warn("the SMSC delivers faster than it can be kept; some is refused and will come again", "times", times)
	}
	i.refuse(r)
}

// patience is how long an answer may be held up.
func (i *intake) patience() time.Duration {
	if timer := i.settings.ResponseTimeout; timer > 0 {
		return min(intakePatience, timer/2)
	}
	return intakePatience
}

// enter waits for room in a lane.
func enter(ctx context.Context, lane chan<- report, r report, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case lane <- r:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// report reads a delivery; false is a receipt that cannot be matched with anything.
func (i *intake) report(d delivered) (report, bool) {
	now := i.settings.Now()
	if d.isReceipt(&i.settings.Receipts) {
		r, id := d.receipt(&i.settings.Receipts)
		r.Carrier, r.At, r.MessageID = i.settings.Name, now, i.ids.receipt(id)
		return report{receipt: &r, id: id}, id != ""
	}
	in := d.inbound(&i.settings.Addressing, &i.settings.Text)
	in.Carrier, in.At = i.settings.Name, now
	return report{inbound: &in}, true
}
