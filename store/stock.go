package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// leaseQuery is how many numbers are asked for at once.
const leaseQuery = 500

const stockColumns = `SELECT number, country, type, message_type, capabilities, monthly_price, provisions, fictitious FROM inventory`

// FreeStock is the operator's inventory that is not leased, by number.
func (db *DB) FreeStock(ctx context.Context) ([]origination.Stock, error) {
	return all(ctx, db.reads, scanStock, stockColumns+` WHERE lessee_account = '' ORDER BY number`)
}

func scanStock(row *sql.Rows) (s origination.Stock, err error) {
	return s, row.Scan(&s.Number, &s.ISOCountryCode, &s.Type, &s.MessageType, of(&s.Capabilities), &s.MonthlyPrice,
		of(&s.Provisions), &s.Fictitious)
}

// lease is a number and who has it.
type lease struct {
	number string
	lessee resource.Scope
}

// Leased says which of these numbers are leased to somebody.
func (db *DB) Leased(ctx context.Context, numbers []string) (map[string]resource.Scope, error) {
	leased := map[string]resource.Scope{}
	for some := range slices.Chunk(numbers, leaseQuery) {
		places, args := make([]string, len(some)), make([]any, len(some))
		for i, number := range some {
			places[i], args[i] = fmt.Sprintf("$%d", i+1), number
		}
		leases, err := all(ctx, db.reads, scanLease, `SELECT number, lessee_account, lessee_region FROM inventory
			WHERE lessee_account <> '' AND number IN (`+strings.Join(places, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range leases {
			leased[l.number] = l.lessee
		}
	}
	return leased, nil
}

func scanLease(row *sql.Rows) (l lease, err error) {
	return l, row.Scan(&l.number, &l.lessee.Account, &l.lessee.Region)
}

// AppliedLines gives the keys of the configuration lines that were applied.
func (db *DB) AppliedLines(ctx context.Context) (map[string]bool, error) {
	lines, err := all(ctx, db.reads, func(r *sql.Rows) (line string, err error) { return line, r.Scan(&line) },
		`SELECT line FROM applied_lines`)
	applied := make(map[string]bool, len(lines))
	for _, line := range lines {
		applied[line] = true
	}
	return applied, err
}

// checkLeases is the read before leasing: api.ErrStale when a number cannot be
// had any more.
func checkLeases(ctx context.Context, tx *tx, stock []origination.Stock) error {
	for _, s := range stock {
		var lessee string
		err := tx.QueryRowContext(ctx, `SELECT lessee_account FROM inventory WHERE number = $1`, s.Number).Scan(&lessee)
		absent := errors.Is(err, sql.ErrNoRows)
		if err != nil && !absent {
			return err
		}
		if lessee != "" || absent != s.Fictitious {
			return api.ErrStale
		}
	}
	return nil
}

func leaseStock(ctx context.Context, tx *tx, c origination.Change) error {
	for _, s := range c.Lease {
		if s.Fictitious {
			if err := putStock(ctx, tx, s, c.Scope); err != nil {
				return err
			}
			continue
		}
		n, err := tx.exec(ctx, `UPDATE inventory SET lessee_account = $1, lessee_region = $2
			WHERE number = $3 AND lessee_account = ''`, c.Scope.Account, c.Scope.Region, s.Number)
		if err != nil {
			return err
		}
		if n == 0 {
			return api.ErrStale
		}
	}
	return nil
}

// returnStock gives numbers back: what belongs to the operator becomes free,
// what is fictitious or withdrawn leaves.
func returnStock(ctx context.Context, tx *tx, c origination.Change) error {
	const owned = ` WHERE number = $1 AND lessee_account = $2 AND lessee_region = $3`
	for _, number := range c.Return {
		_, err := tx.exec(ctx, `DELETE FROM inventory`+owned+` AND (fictitious OR withdrawn)`, number, c.Scope.Account, c.Scope.Region)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE inventory SET lessee_account = '', lessee_region = ''`+owned, number, c.Scope.Account, c.Scope.Region)
		if err != nil {
			return err
		}
	}
	return nil
}

// PutStock writes the operator's inventory. Facts of a number that is there
// already are replaced, and a leased one's provisions with them. With
// withdrawOthers the inventory is what was given and nothing else: another
// number leaves, or is marked withdrawn while it is leased.
func (db *DB) PutStock(ctx context.Context, stock []origination.Stock, withdrawOthers bool) error {
	one := &write{change: func(ctx context.Context, tx *tx) error {
		before, err := inventory(ctx, tx)
		if err != nil {
			return err
		}
		if withdrawOthers {
			if _, err := tx.exec(ctx, `UPDATE inventory SET withdrawn = TRUE WHERE NOT fictitious`); err != nil {
				return err
			}
		}
		for _, s := range stock {
			if err := putStock(ctx, tx, s, resource.Scope{}); err != nil {
				return wrap(err, "inventory")
			}
			_, err := tx.exec(ctx, `UPDATE phone_numbers SET provisions = $1 WHERE number = $2`, jsonText(s.Provisions), s.Number)
			if err != nil {
				return wrap(err, "inventory")
			}
		}
		if _, err := tx.exec(ctx, `DELETE FROM inventory WHERE withdrawn AND lessee_account = ''`); err != nil {
			return err
		}
		return noteInventory(ctx, tx, before)
	}, committed: db.identities.forgetAll}
	return db.writer.do(ctx, one)
}

// inventory is what the operator's own numbers are, by number, for comparison.
func inventory(ctx context.Context, q querier) (map[string]string, error) {
	type fact struct{ number, facts string }
	list, err := all(ctx, q, func(r *sql.Rows) (f fact, err error) { return f, r.Scan(&f.number, &f.facts) },
		`SELECT number, country || '|' || type || '|' || message_type || '|' || capabilities || '|' || monthly_price || '|' ||
			provisions || CASE WHEN withdrawn THEN '|withdrawn' ELSE '' END FROM inventory WHERE NOT fictitious`)
	facts := make(map[string]string, len(list))
	for _, f := range list {
		facts[f.number] = f.facts
	}
	return facts, err
}

// noteInventory names for the audit the numbers that came, went or changed. The
// same inventory again, as at each start, is no change.
func noteInventory(ctx context.Context, tx *tx, before map[string]string) error {
	after, err := inventory(ctx, tx)
	if err != nil {
		return err
	}
	var targets []string
	for number, facts := range after {
		if before[number] != facts {
			targets = append(targets, "inventory/"+number)
		}
	}
	for number := range before {
		if _, stays := after[number]; !stays {
			targets = append(targets, "inventory/"+number)
		}
	}
	slices.Sort(targets)
	tx.changed(resource.Scope{}, targets...)
	return nil
}

// putStock writes a number's facts; its lessee changes only when it is new.
func putStock(ctx context.Context, tx *tx, s origination.Stock, lessee resource.Scope) error {
	_, err := tx.exec(ctx, `INSERT INTO inventory (number, country, type, message_type, capabilities, monthly_price, provisions,
			fictitious, withdrawn, lessee_account, lessee_region)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, $9, $10)
		ON CONFLICT (number) DO UPDATE SET country = excluded.country, type = excluded.type,
			message_type = excluded.message_type, capabilities = excluded.capabilities,
			monthly_price = excluded.monthly_price, provisions = excluded.provisions,
			fictitious = excluded.fictitious, withdrawn = FALSE`,
		s.Number, s.ISOCountryCode, string(s.Type), string(s.MessageType), jsonText(s.Capabilities), s.MonthlyPrice,
		jsonText(s.Provisions), s.Fictitious, lessee.Account, lessee.Region)
	return err
}
