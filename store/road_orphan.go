package store

import (
	"context"
	"database/sql"

	"heliograph/message"
)

// forgetOrphans has orphans read again: they were purged.
func (r *road) forgetOrphans() { r.orphans = nil }

// orphan keeps a receipt until its submission comes. Of two that say the same
// the first is kept, and of ids no more than roadKept. It says whether an earlier
// one said the same.
func (r *road) orphan(key carrierID, receipt message.Receipt) (repeated bool) {
	known, kept := r.orphans[key]
	if !kept && len(r.orphans) >= roadKept {
		return false // somebody else's receipts come by the thousand
	}
	for _, earlier := range known {
		if earlier.State == receipt.State {
			return true
		}
	}
	r.orphans[key] = append(known, receipt)
	r.step.orphans = append(r.step.orphans, key.carrier, key.id, int64(receipt.State), receipt.Code, millis(receipt.At), int64(len(known)),
		millis(receipt.DoneAt), receipt.Whole, receipt.Network)
	return false
}

func (r *road) readOrphans(ctx context.Context, q querier) error {
	if r.orphans != nil {
		return nil
	}
	receipts, err := all(ctx, q, scanOrphan, orphanColumns+` ORDER BY o.place`)
	if err != nil {
		return err
	}
	r.orphans = map[carrierID][]message.Receipt{}
	for _, receipt := range receipts {
		key := carrierID{receipt.Carrier, receipt.CarrierMessageID}
		r.orphans[key] = append(r.orphans[key], receipt)
	}
	return nil
}

const orphanColumns = `SELECT o.carrier, o.carrier_message_id, o.state, o.code, o.received_at, o.done_at, o.whole, o.network FROM orphan_receipts o`

func scanOrphan(row *sql.Rows) (o message.Receipt, err error) {
	var at, done int64
	err = row.Scan(&o.Carrier, &o.CarrierMessageID, &o.State, &o.Code, &at, &done, &o.Whole, &o.Network)
	o.At, o.DoneAt = instant(at), instant(done)
	return o, err
}
