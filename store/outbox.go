package store

import (
	"bytes"
	"context"
	"database/sql"

	"heliograph/event"
	"heliograph/message"
	"heliograph/resource"
)

var (
	newEvent = statement{`INSERT INTO events (message_id, place, account, region, configuration_set, type, at, payload)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, place) DO NOTHING`, 8}
	putOutbox = statement{`INSERT INTO outbox (arn, account, region, message_id, place, destination, at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, 7}
	dropOutbox = statement{`DELETE FROM outbox
		WHERE arn = ? AND account = ? AND region = ? AND message_id = ? AND place = ? AND destination = ?`, 6}
	putDead = statement{`INSERT INTO dead_events (arn, account, region, message_id, place, destination, dead_at, cause)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, 8}
)

// Settle records what targets have, and what they will not get.
func (db *DB) Settle(ctx context.Context, list []event.Settlement) error {
	return db.writer.do(ctx, &write{settled: list})
}

// takeSettlements leaves the rows of what targets have.
func (r *road) takeSettlements(step []*write) {
	for _, one := range step {
		for i := range one.settled {
			s := &one.settled[i]
			r.step.settled = append(r.step.settled, s.Target.ARN, s.Target.Scope.Account, s.Target.Scope.Region, s.MessageID[:], int64(s.Place), s.Destination)
			if s.Cause != "" {
				r.step.dead = append(r.step.dead, s.Target.ARN, s.Target.Scope.Account, s.Target.Scope.Region, s.MessageID[:], int64(s.Place), s.Destination,
					millis(s.At), s.Cause)
			}
		}
	}
}

// EventsWait gets a signal after a commit that made events.
func (db *DB) EventsWait() <-chan struct{} { return db.writer.events }

// Targets are those that events wait for, each found by a step of the index.
func (db *DB) Targets(ctx context.Context) (list []event.Target, err error) {
	var last event.Target
	// Behind the last row of a target: a bound of the first three columns alone
	// would have SQLite read all of the target's rows.
	behind := bytes.Repeat([]byte{0xff}, len(message.ID{})+1)
	for {
		next, found, err := first(ctx, db.reads, scanTarget, `SELECT arn, account, region FROM outbox
			WHERE (arn, account, region, message_id) > ($1, $2, $3, $4) ORDER BY arn, account, region, message_id LIMIT 1`,
			last.ARN, last.Scope.Account, last.Scope.Region, behind)
		if err != nil || !found {
			return list, wrap(err, "store: targets of events")
		}
		list, last = append(list, next), next
	}
}

func scanTarget(row *sql.Rows) (t event.Target, err error) {
	return t, row.Scan(&t.ARN, &t.Scope.Account, &t.Scope.Region)
}

const outboxColumns = `SELECT o.message_id, o.place, o.destination, COALESCE(e.configuration_set, ''), COALESCE(e.type, ''), o.at, COALESCE(e.payload, '') FROM outbox o
	LEFT JOIN events e ON e.message_id = o.message_id AND e.place = o.place`

// Outbox gives the events that wait for a target, those of older messages
// first and those of one message in order, after a key. A key without a message
// begins.
func (db *DB) Outbox(ctx context.Context, after event.Key, limit int) (list []event.Entry, err error) {
	t := after.Target
	scan := func(row *sql.Rows) (e event.Entry, err error) {
		var id []byte
		var at int64
		if err := row.Scan(&id, &e.Key.Place, &e.Destination, &e.ConfigurationSet, &e.Type, &at, &e.Payload); err != nil {
			return e, err
		}
		e.Target, e.Event.Scope, e.At = t, t.Scope, instant(at)
		e.Key.MessageID, err = toID(id)
		e.Event.MessageID, e.Event.Place = e.Key.MessageID, e.Key.Place
		return e, err
	}
	err = db.snapshot(ctx, func(q querier) (err error) {
		list, err = all(ctx, q, scan, outboxColumns+` WHERE o.arn = $1 AND o.account = $2 AND o.region = $3
			AND (o.message_id, o.place, o.destination) > ($4, $5, $6)
			ORDER BY o.message_id, o.place, o.destination LIMIT $7`,
			t.ARN, t.Scope.Account, t.Scope.Region, after.MessageID[:], after.Place, after.Destination, limit)
		if err != nil {
			return err
		}
		return readMessages(ctx, q, list)
	})
	return list, wrap(err, "store: events that wait for %s", t.ARN)
}

// readMessages fills in the messages that events are of.
func readMessages(ctx context.Context, q querier, list []event.Entry) error {
	known := map[message.ID]*message.Message{}
	for i := range list {
		e := &list[i].Event
		if e.Payload != "" {
			continue
		}
		m, read := known[e.MessageID]
		if !read {
			var err error
			if m, _, err = first(ctx, q, scanMessage, messageColumns+` WHERE id = $1`, e.MessageID[:]); err != nil {
				return err
			}
			known[e.MessageID] = m
		}
		e.Message = m
	}
	return nil
}

// Lags are how many events wait for each target, and since when.
func (db *DB) Lags(ctx context.Context) ([]event.Lag, error) {
	list, err := all(ctx, db.reads, func(row *sql.Rows) (l event.Lag, err error) {
		var since int64
		err = row.Scan(&l.Target.ARN, &l.Target.Scope.Account, &l.Target.Scope.Region, &l.Waiting, &since)
		l.Since = instant(since)
		return l, err
	}, `SELECT arn, account, region, count(*), min(at) FROM outbox GROUP BY arn, account, region ORDER BY arn, account, region`)
	return list, wrap(err, "store: events that wait")
}

// DeadEvents are what targets did not get, after a key, oldest message first.
func (db *DB) DeadEvents(ctx context.Context, after event.Key, limit int) ([]event.Dead, error) {
	list, err := all(ctx, db.reads, scanDead, `SELECT d.arn, d.account, d.region, d.message_id, d.place, d.destination, e.type, e.at, d.dead_at, d.cause
		FROM dead_events d JOIN events e ON e.message_id = d.message_id AND e.place = d.place
		WHERE (d.arn, d.account, d.region, d.message_id, d.place, d.destination) > ($1, $2, $3, $4, $5, $6)
		ORDER BY d.arn, d.account, d.region, d.message_id, d.place, d.destination LIMIT $7`,
		after.Target.ARN, after.Target.Scope.Account, after.Target.Scope.Region, after.MessageID[:], after.Place, after.Destination, limit)
	return list, wrap(err, "store: dead events")
}

// DeadCounts are how many events are dead, by the target's ARN.
func (db *DB) DeadCounts(ctx context.Context) (map[string]float64, error) {
	type count struct {
		arn string
		n   float64
	}
	list, err := all(ctx, db.reads, func(row *sql.Rows) (c count, err error) {
		return c, row.Scan(&c.arn, &c.n)
	}, `SELECT arn, count(*) FROM dead_events GROUP BY arn`)
	counts := map[string]float64{}
	for _, c := range list {
		counts[c.arn] = c.n
	}
	return counts, wrap(err, "store: dead events")
}

func scanDead(row *sql.Rows) (d event.Dead, err error) {
	var id []byte
	var at, since int64
	if err := row.Scan(&d.Target.ARN, &d.Target.Scope.Account, &d.Target.Scope.Region, &id, &d.Place, &d.Destination, &d.Type, &at, &since, &d.Cause); err != nil {
		return d, err
	}
	d.At, d.DeadAt = instant(at), instant(since)
	d.MessageID, err = toID(id)
	return d, err
}

// Replay sends dead events on their way again: all of an ARN, "" = of every one.
// It says how many.
func (db *DB) Replay(ctx context.Context, arn string) (n int, err error) {
	one := &write{change: func(ctx context.Context, tx *tx) error {
		moved, err := tx.exec(ctx, `INSERT INTO outbox (arn, account, region, message_id, place, destination, at)
			SELECT d.arn, d.account, d.region, d.message_id, d.place, d.destination, e.at FROM dead_events d
			JOIN events e ON e.message_id = d.message_id AND e.place = d.place WHERE d.arn = $1 OR $1 = ''
			ON CONFLICT DO NOTHING`, arn)
		if err != nil {
			return err
		}
		n = int(moved)
		if n > 0 {
			tx.changed(resource.Scope{}, "events/"+arn)
		}
		_, err = tx.exec(ctx, `DELETE FROM dead_events WHERE arn = $1 OR $1 = ''`, arn)
		return err
	}, committed: db.writer.signalEvents}
	err = db.writer.do(ctx, one)
	return n, wrap(err, "store: replay of events")
}

// Events gives events by time, from one on; a key that is zero begins.
func (db *DB) Events(ctx context.Context, from event.Mark, s event.Search) (list []event.Event, err error) {
	scan := func(row *sql.Rows) (e event.Event, err error) {
		var id []byte
		var at int64
		if err := row.Scan(&id, &e.Place, &e.Scope.Account, &e.Scope.Region, &e.ConfigurationSet, &e.Type, &at, &e.Payload); err != nil {
			return e, err
		}
		e.At = instant(at)
		e.MessageID, err = toID(id)
		return e, err
	}
	err = db.snapshot(ctx, func(q querier) error {
		where, values := journalOf(s)
		found, err := all(ctx, q, scan, `SELECT message_id, place, account, region, configuration_set, type, at, payload FROM events
			WHERE (at, message_id, place) > ($1, $2, $3)`+where+` ORDER BY at, message_id, place LIMIT $4`,
			append([]any{millis(from.At), from.MessageID[:], from.Place, s.Limit}, values...)...)
		if err != nil {
			return err
		}
		entries := make([]event.Entry, len(found))
		for i := range found {
			entries[i].Event = found[i]
		}
		if err := readMessages(ctx, q, entries); err != nil {
			return err
		}
		for _, e := range entries {
			list = append(list, e.Event)
		}
		return nil
	})
	return list, wrap(err, "store: events")
}

// journalOf chooses events so that an index serves it.
func journalOf(s event.Search) (where string, values []any) {
	switch {
	case s.MessageID != message.ID{} && s.Account != "":
		return ` AND message_id = $5 AND account = $6`, []any{s.MessageID[:], s.Account}
	case s.MessageID != message.ID{}:
		return ` AND message_id = $5`, []any{s.MessageID[:]}
	case s.Account != "":
		return ` AND account = $5`, []any{s.Account}
	}
	return "", nil
}

// MessageEvents are those of one message, in order.
func (db *DB) MessageEvents(ctx context.Context, id message.ID) ([]event.Event, error) {
	list, err := all(ctx, db.reads, func(row *sql.Rows) (e event.Event, err error) {
		var at int64
		e.MessageID = id
		err = row.Scan(&e.Place, &e.Scope.Account, &e.Scope.Region, &e.ConfigurationSet, &e.Type, &at, &e.Payload)
		e.At = instant(at)
		return e, err
	}, `SELECT place, account, region, configuration_set, type, at, payload FROM events WHERE message_id = $1 ORDER BY place`, id[:])
	return list, wrap(err, "store: events of message %s", id)
}
