package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
)

// The simulated carrier's records: simulator.Store.

// handsetSweep is how many messages come between two sweeps of the oldest.
const handsetSweep = 1000

// SaveHandsets writes what a batch of texts changes; see simulator.Journal.
func (db *DB) SaveHandsets(ctx context.Context, changes []*simulator.Change) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		var messages []*simulator.Message
		var deliveries []*simulator.Delivery
		for _, c := range changes {
			if err := saveHandsetParts(ctx, tx, c); err != nil {
				return err
			}
			if c.Message != nil {
				messages = append(messages, c.Message)
			}
			deliveries = append(deliveries, c.Deliveries...)
		}
		if err := db.saveHandsetMessages(ctx, tx, messages); err != nil {
			return err
		}
		return db.saveHandsetDeliveries(ctx, tx, deliveries)
	})
}

func saveHandsetParts(ctx context.Context, tx *tx, c *simulator.Change) error {
	if c.Forget != "" {
		_, err := tx.exec(ctx, `DELETE FROM handset_parts WHERE part_key = $1`, c.Forget)
		if err != nil {
			return fmt.Errorf("store: forget handset parts: %w", err)
		}
	}
	if p := c.Part; p != nil {
		_, err := tx.exec(ctx, `INSERT INTO handset_parts (smsc, part_key, number, total, coding, data, arrived_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (smsc, part_key, number) DO UPDATE
			SET total = excluded.total, coding = excluded.coding, data = excluded.data, arrived_at = excluded.arrived_at`,
			p.SMSC, p.Key, p.Number, p.Total, p.Coding, octets(p.Data), millis(p.At))
		if err != nil {
			return fmt.Errorf("store: keep handset part: %w", err)
		}
	}
	return nil
}

// octets is never NULL.
func octets(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Statements of the hot path, prepared once.
var (
	putHandsetMessage = statement{`INSERT INTO handset_messages (` + handsetColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, 14}
	putHandsetDelivery  = statement{`INSERT INTO handset_deliveries (id, smsc, system_id, due_at, pdu) VALUES (?, ?, ?, ?, ?)`, 5}
	dropHandsetDelivery = statement{`DELETE FROM handset_deliveries WHERE id = ?`, 1}
)

func (db *DB) saveHandsetMessages(ctx context.Context, tx *tx, messages []*simulator.Message) error {
	if len(messages) == 0 {
		return nil
	}
	last, err := countHandset(ctx, tx, "message", len(messages))
	if err != nil {
		return err
	}
	rows := make(values, 0, len(messages)*putHandsetMessage.values)
	for i, m := range messages {
		m.ID = last - int64(len(messages)-1-i)
		rows = append(rows, m.ID, m.Account, m.Handset, m.MessageID, string(m.Direction), m.From, m.To, string(m.FromKind),
			m.Body, m.Encoding, int64(m.Parts), millis(m.ReceivedAt), tlvText(m.TLVs), m.System)
	}
	if err := db.writer.fast.each(ctx, &putHandsetMessage, rows); err != nil {
		return fmt.Errorf("store: save handset messages: %w", err)
	}
	if last/handsetSweep == (last-int64(len(messages)))/handsetSweep {
		return nil
	}
	if _, err := tx.exec(ctx, `DELETE FROM handset_messages WHERE id <= $1`, last-simulator.Kept); err != nil {
		return fmt.Errorf("store: drop old handset messages: %w", err)
	}
	return nil
}

func (db *DB) saveHandsetDeliveries(ctx context.Context, tx *tx, deliveries []*simulator.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	last, err := countHandset(ctx, tx, "delivery", len(deliveries))
	if err != nil {
		return err
	}
	rows := make(values, 0, len(deliveries)*putHandsetDelivery.values)
	for i, d := range deliveries {
		d.ID = last - int64(len(deliveries)-1-i)
		rows = append(rows, d.ID, d.SMSC, d.System, millis(d.DueAt), d.PDU)
	}
	if err := db.writer.fast.each(ctx, &putHandsetDelivery, rows); err != nil {
		return fmt.Errorf("store: save deliveries to clients: %w", err)
	}
	return nil
}

// countHandset takes n ids and gives the last of them.
func countHandset(ctx context.Context, tx *tx, name string, n int) (last int64, err error) {
	tx.wrote = true
	err = tx.QueryRowContext(ctx, `UPDATE handset_counters SET last = last + $1 WHERE name = $2 RETURNING last`, n, name).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("store: count handset %s: %w", name, err)
	}
	return last, nil
}

func tlvText(tlvs map[string]string) string {
	if len(tlvs) == 0 {
		return ""
	}
	text, err := json.Marshal(tlvs)
	if err != nil { // strings always marshal
		return ""
	}
	return string(text)
}

// SettleHandsets forgets acknowledged deliveries and stale parts; see
// simulator.Journal.
func (db *DB) SettleHandsets(ctx context.Context, smsc string, deliveries []int64, staleBefore time.Time) error {
	rows := make(values, len(deliveries))
	for i, id := range deliveries {
		rows[i] = id
	}
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.wrote = true
		if err := db.writer.fast.each(ctx, &dropHandsetDelivery, rows); err != nil {
			return fmt.Errorf("store: forget deliveries to clients: %w", err)
		}
		_, err := tx.exec(ctx, `DELETE FROM handset_parts WHERE smsc = $1 AND arrived_at < $2`, smsc, millis(staleBefore))
		if err != nil {
			return fmt.Errorf("store: forget stale handset parts: %w", err)
		}
		return nil
	})
}

// SaveHandsetRules replaces an account's rules; see simulator.Journal.
func (db *DB) SaveHandsetRules(ctx context.Context, account string, rules []simulator.Rule) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		text, err := json.Marshal(rules)
		if err != nil {
			return fmt.Errorf("store: handset rules: %w", err)
		}
		_, err = tx.exec(ctx, `INSERT INTO handset_rules (account, rules) VALUES ($1, $2)
			ON CONFLICT (account) DO UPDATE SET rules = excluded.rules`, account, string(text))
		if err != nil {
			return fmt.Errorf("store: save handset rules: %w", err)
		}
		return nil
	})
}

// HandsetBacklog reads what a centre left on disk; see simulator.Journal.
func (db *DB) HandsetBacklog(ctx context.Context, smsc string) (left simulator.Backlog, err error) {
	left.Parts, err = all(ctx, db.reads, scanHandsetPart, `SELECT smsc, part_key, number, total, coding, data, arrived_at
		FROM handset_parts WHERE smsc = $1 ORDER BY arrived_at`, smsc)
	if err != nil {
		return left, fmt.Errorf("store: read handset parts: %w", err)
	}
	left.Deliveries, err = all(ctx, db.reads, scanHandsetDelivery, `SELECT id, smsc, system_id, due_at, pdu
		FROM handset_deliveries WHERE smsc = $1 ORDER BY id`, smsc)
	if err != nil {
		return left, fmt.Errorf("store: read deliveries to clients: %w", err)
	}
	left.Shown, err = all(ctx, db.reads, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) },
		`SELECT message_id FROM handset_messages WHERE message_id <> '' ORDER BY id`)
	if err != nil {
		return left, fmt.Errorf("store: read handset messages: %w", err)
	}
	left.Rules, err = db.handsetRules(ctx)
	return left, err
}

func scanHandsetPart(r *sql.Rows) (p simulator.Part, err error) {
	var at int64
	err = r.Scan(&p.SMSC, &p.Key, &p.Number, &p.Total, &p.Coding, &p.Data, &at)
	p.At = instant(at)
	return p, err
}

func scanHandsetDelivery(r *sql.Rows) (*simulator.Delivery, error) {
	var d simulator.Delivery
	var due int64
	err := r.Scan(&d.ID, &d.SMSC, &d.System, &due, &d.PDU)
	d.DueAt = instant(due)
	return &d, err
}

func (db *DB) handsetRules(ctx context.Context) (rules map[string][]simulator.Rule, err error) {
	type row struct{ account, text string }
	list, err := all(ctx, db.reads, func(r *sql.Rows) (one row, err error) { return one, r.Scan(&one.account, &one.text) },
		`SELECT account, rules FROM handset_rules`)
	if err != nil {
		return nil, fmt.Errorf("store: read handset rules: %w", err)
	}
	rules = map[string][]simulator.Rule{}
	for _, one := range list {
		var parsed []simulator.Rule
		if err := json.Unmarshal([]byte(one.text), &parsed); err != nil {
			return nil, fmt.Errorf("store: read handset rules of %s: %w", one.account, err)
		}
		rules[one.account] = parsed
	}
	return rules, nil
}

// Handsets lists the handsets that show messages; see simulator.Screens.
func (db *DB) Handsets(ctx context.Context, account string) ([]simulator.Handset, error) {
	list, err := all(ctx, db.reads, func(r *sql.Rows) (h simulator.Handset, err error) {
		var last int64
		err = r.Scan(&h.Number, &h.Messages, &last)
		h.LastMessageAt = instant(last)
		return h, err
	}, `SELECT handset, COUNT(*), MAX(received_at) FROM handset_messages
		WHERE account = $1 OR $1 = '' GROUP BY handset ORDER BY handset`, account)
	if err != nil {
		return nil, fmt.Errorf("store: list handsets: %w", err)
	}
	return list, nil
}

const handsetColumns = `id, account, handset, message_id, direction, sender, recipient, sender_kind, body, encoding, parts,
	received_at, tlvs, system_id`

// HandsetMessages lists messages on handsets; see simulator.Screens.
func (db *DB) HandsetMessages(ctx context.Context, q simulator.Query) ([]simulator.Message, error) {
	query := `SELECT ` + handsetColumns + ` FROM handset_messages WHERE id > $1 AND (account = $2 OR $2 = '')
		AND (handset = $3 OR $3 = '') AND (sender = $4 OR $4 = '') AND (direction = $5 OR $5 = '') ORDER BY id`
	if q.Newest {
		query += ` DESC`
	}
	if q.Limit > 0 {
		query += ` LIMIT ` + strconv.Itoa(q.Limit)
	}
	list, err := all(ctx, db.reads, scanHandsetMessage, query, q.After, q.Account, q.Handset, q.From, string(q.Direction))
	if err != nil {
		return nil, fmt.Errorf("store: list handset messages: %w", err)
	}
	return list, nil
}

func scanHandsetMessage(r *sql.Rows) (m simulator.Message, err error) {
	var at int64
	var direction, kind, tlvs string
	err = r.Scan(&m.ID, &m.Account, &m.Handset, &m.MessageID, &direction, &m.From, &m.To, &kind, &m.Body, &m.Encoding,
		&m.Parts, &at, &tlvs, &m.System)
	if err != nil {
		return m, err
	}
	m.Direction, m.FromKind = simulator.Direction(direction), carrier.AddressKind(kind)
	m.ReceivedAt, m.TLVs = instant(at), map[string]string{}
	if tlvs != "" {
		err = json.Unmarshal([]byte(tlvs), &m.TLVs)
	}
	return m, err
}

// ClearHandsets deletes messages; see simulator.Screens.
func (db *DB) ClearHandsets(ctx context.Context, account, number string) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, `DELETE FROM handset_messages WHERE (account = $1 OR $1 = '') AND (handset = $2 OR $2 = '')`,
			account, number)
		if err != nil {
			return fmt.Errorf("store: clear handsets: %w", err)
		}
		return nil
	})
}
