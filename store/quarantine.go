package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"time"

	"heliograph/resource"
)

// quarantined bounds the PDUs in quarantine; those that came longest ago go first.
const quarantined = 200

// Unreadable is a PDU that a carrier delivered and nobody can read.
type Unreadable struct {
	Carrier             string
	Octets              []byte // its sequence number is 0
	Cause               string
	Times               int // how often it came
	FirstSeen, LastSeen time.Time
}

// Quarantine keeps a PDU that cannot be read, once for each carrier and content,
// and says how often it came.
func (db *DB) Quarantine(ctx context.Context, carrier string, octets []byte, cause string, at time.Time) (times int, err error) {
	hash := sha256.Sum256(octets)
	err = db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}) // nothing that the audit shows
		_, err := tx.exec(ctx, `INSERT INTO quarantine (carrier, hash, octets, cause, times, first_seen, last_seen)
			VALUES ($1, $2, $3, $4, 1, $5, $5) ON CONFLICT (carrier, hash) DO UPDATE SET times = quarantine.times + 1,
			last_seen = excluded.last_seen`, carrier, hash[:], octets, cause, millis(at))
		if err != nil {
			return err
		}
		times, _, err = first(ctx, tx, scanInt, `SELECT times FROM quarantine WHERE carrier = $1 AND hash = $2`, carrier, hash[:])
		if err != nil || times > 1 {
			return err
		}
		return boundQuarantine(ctx, tx)
	})
	return times, wrap(err, "store: quarantine of carrier %s", carrier)
}

func boundQuarantine(ctx context.Context, tx *tx) error {
	kept, _, err := first(ctx, tx, scanInt, `SELECT count(*) FROM quarantine`)
	if err != nil || kept <= quarantined {
		return err
	}
	_, err = tx.exec(ctx, `DELETE FROM quarantine WHERE (carrier, hash) IN
		(SELECT carrier, hash FROM quarantine ORDER BY last_seen, carrier, hash LIMIT $1)`, kept-quarantined)
	return err
}

// Quarantined are the PDUs in quarantine, what came last first.
func (db *DB) Quarantined(ctx context.Context) ([]Unreadable, error) {
	list, err := all(ctx, db.reads, scanUnreadable, `SELECT carrier, octets, cause, times, first_seen, last_seen
		FROM quarantine ORDER BY last_seen DESC, carrier, hash`)
	return list, wrap(err, "store: quarantine")
}

func scanUnreadable(row *sql.Rows) (u Unreadable, err error) {
	var since, last int64
	err = row.Scan(&u.Carrier, &u.Octets, &u.Cause, &u.Times, &since, &last)
	u.FirstSeen, u.LastSeen = instant(since), instant(last)
	return u, err
}

func scanInt(row *sql.Rows) (n int, err error) { return n, row.Scan(&n) }
