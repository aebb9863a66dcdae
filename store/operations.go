package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/resource"
)

// PausedCarriers are the carriers that the operator paused, by name.
func (db *DB) PausedCarriers(ctx context.Context) ([]dispatch.Paused, error) {
	list, err := all(ctx, db.reads, func(row *sql.Rows) (p dispatch.Paused, err error) {
		var at int64
		err = row.Scan(&p.Carrier, &at, &p.AccessKeyID, &p.Reason)
		p.Since = instant(at)
		return p, err
	}, `SELECT carrier, paused_at, access_key_id, reason FROM carrier_pauses ORDER BY carrier`)
	return list, wrap(err, "store: paused carriers")
}

// PauseCarrier records that a carrier is paused. Of one that is the time stays,
// and a reason that is given replaces who and why.
func (db *DB) PauseCarrier(ctx context.Context, p dispatch.Paused) error {
	err := db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}, "carrier/"+p.Carrier)
		_, err := tx.exec(ctx, `INSERT INTO carrier_pauses (carrier, paused_at, access_key_id, reason) VALUES ($1, $2, $3, $4)
			ON CONFLICT (carrier) DO UPDATE SET access_key_id = excluded.access_key_id, reason = excluded.reason
			WHERE excluded.reason <> '' AND excluded.reason <> carrier_pauses.reason`,
			p.Carrier, millis(p.Since), p.AccessKeyID, p.Reason)
		return err
	})
	return wrap(err, "store: pause of carrier %s", p.Carrier)
}

// ResumeCarrier records that a carrier is paused no more.
func (db *DB) ResumeCarrier(ctx context.Context, name string) error {
	err := db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}, "carrier/"+name)
		_, err := tx.exec(ctx, `DELETE FROM carrier_pauses WHERE carrier = $1`, name)
		return err
	})
	return wrap(err, "store: pause of carrier %s", name)
}

// Reroute gives a message to another carrier. The error is message.ErrTaken when
// it does not wait for the former one any more.
func (db *DB) Reroute(ctx context.Context, r message.Reroute) error {
	one := &rerouting{Reroute: r}
	if r.Why != nil {
		why, err := json.Marshal(r.Why)
		if err != nil {
			return wrap(err, "store: reasons of message %s", r.ID)
		}
		one.why = string(why)
	}
	return db.writer.do(ctx, &write{reroute: one})
}

// rerouting is a message that goes to another carrier.
type rerouting struct {
	message.Reroute
	why string // as JSON text, "" = as it is
}

// Explain replaces the record of how a message got its carrier.
func (db *DB) Explain(ctx context.Context, id message.ID, why message.Why) error {
	text, err := json.Marshal(why)
	if err != nil {
		return wrap(err, "store: reasons of message %s", id)
	}
	return wrap(db.change(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, `UPDATE messages SET why = $1 WHERE id = $2`, string(text), id[:])
		return err
	}), "store: reasons of message %s", id)
}

var (
	// reroute changes the carrier of messages.
	reroute = statement{`UPDATE messages SET carrier = ?, origin_wire = ? WHERE id = ?`, 3}
	// newReasons are why it has that carrier.
	newReasons = statement{`UPDATE messages SET why = ? WHERE id = ?`, 2}
)

func (r *road) takeReroutes(ctx context.Context, q querier, step []*write) error {
	for _, one := range step {
		if one.reroute == nil {
			continue
		}
		l, p, err := r.part(ctx, q, one, one.reroute.ID, 1)
		if err != nil {
			return err
		}
		if p == nil {
			continue // refused
		}
		if l.carrier != one.reroute.From || !l.untaken() {
			one.refused = message.ErrTaken
			continue
		}
		l.carrier = one.reroute.To
		r.step.reroutes = append(r.step.reroutes, l.carrier, one.reroute.Wire, l.id[:])
		if one.reroute.why != "" {
			r.step.reasons = append(r.step.reasons, one.reroute.why, l.id[:])
		}
	}
	return nil
}

// untaken says that no part was taken by a carrier, and that none has ended.
func (l *life) untaken() bool {
	for i := range l.parts {
		if l.parts[i].State != message.Queued {
			return false
		}
	}
	return true
}
