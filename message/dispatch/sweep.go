package dispatch

import (
	"context"
	"time"

	"heliograph/message"
)

const (
	receiptWait = 72 * time.Hour // for a receipt, from the submission of the last part
	orphanKept  = time.Hour      // a receipt that came before its submission was written
	sweepPage   = 1000
)

// sweep ends messages that no receipt came for or that no carrier is there for,
// and forgets receipts that nothing was submitted for.
func (d *Dispatcher) sweep() {
	for wait(sweepTick, d.quit) {
		if err := d.giveUp(); err != nil {
			d.Log.Error("messages without a receipt cannot be ended", "error", err)
		}
		if err := d.expireStranded(); err != nil {
			d.Log.Error("messages of carriers that are not configured cannot be ended", "error", err)
		}
		if err := d.Store.PurgeOrphans(d.ctx, d.Now().Add(-orphanKept)); err != nil {
			d.Log.Error("unmatched receipts cannot be forgotten", "error", err)
		}
	}
}

func (d *Dispatcher) giveUp() error {
	now := d.Now()
	var first message.ID
	for {
		ids, err := d.Store.AwaitingReceipt(d.ctx, now.Add(-receiptWait), sweepPage)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e := message.Ending{ID: id, State: message.Unknown, Code: codeNoReceipt, At: now}
			if err := d.Store.Ended(context.WithoutCancel(d.ctx), e); err != nil {
				return err
			}
		}
		// The same page again would mean that nothing more can be ended.
		if len(ids) < sweepPage || ids[0] == first {
			return nil
		}
		first = ids[0]
	}
}

// expireStranded ends messages whose carrier is not configured when their time
// to live is over: no lane looks after them.
func (d *Dispatcher) expireStranded() error {
	for _, name := range d.abandoned() {
		list, err := d.Backlog.ExpiredMessages(d.ctx, name, d.Now(), sweepPage)
		if err != nil {
			return err
		}
		for _, m := range list {
			for n := firstQueued(m); n <= len(m.PartLog); n++ {
				e := message.Ending{ID: m.ID, Part: n, State: message.Expired, At: d.Now()}
				if err := d.Store.Ended(context.WithoutCancel(d.ctx), e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
