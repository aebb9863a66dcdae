package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
	"heliograph/resource/origination"
)

var _ origination.Store = (*DB)(nil)

// Identities is all that a scope holds now. The view is shared and must not be
// changed.
func (db *DB) Identities(ctx context.Context, s resource.Scope) (*origination.View, error) {
	return db.identities.get(s, func() (*origination.View, error) {
		view := &origination.View{Scope: s}
		err := db.snapshot(ctx, func(q querier) error { return readIdentities(ctx, q, view) })
		return view, wrap(err, "store: identities of %s", s.Account)
	})
}

func readIdentities(ctx context.Context, q querier, v *origination.View) (err error) {
	if v.Revision, err = scopeRevision(ctx, q, v.Scope); err != nil {
		return err
	}
	if v.OptOuts, err = listNames(ctx, q, v.Scope); err != nil {
		return err
	}
	account, region := v.Scope.Account, v.Scope.Region
	if v.Numbers, err = all(ctx, q, scanNumber, numberRows, account, region); err != nil {
		return err
	}
	if v.Senders, err = all(ctx, q, scanSender, senderRows, account, region); err != nil {
		return err
	}
	if v.Pools, err = all(ctx, q, scanPool, poolRows, account, region); err != nil {
		return err
	}
	seats, err := all(ctx, q, scanSeat, memberRows, account, region)
	pools := make(map[string]*origination.Pool, len(v.Pools))
	for i := range v.Pools {
		pools[v.Pools[i].ID] = &v.Pools[i]
	}
	for _, seat := range seats {
		if pool := pools[seat.pool]; pool != nil {
			pool.Members = append(pool.Members, seat.member)
		}
	}
	return err
}

const numberRows = `SELECT p.id, p.number, p.country, p.type, p.message_type, p.capabilities, p.status, p.monthly_price,
		p.two_way, p.two_way_channel_arn, p.two_way_channel_role, p.self_managed_opt_out, p.opt_out_list,
		p.international, p.deletion_protection, p.pool, p.registration, p.fictitious,
		COALESCE(i.withdrawn, FALSE), p.provisions, p.tags, p.created_at
	FROM phone_numbers p LEFT JOIN inventory i ON i.number = p.number
	WHERE p.account = $1 AND p.region = $2 ORDER BY p.created_at, p.id`

func scanNumber(row *sql.Rows) (n origination.PhoneNumber, err error) {
	var created int64
	err = row.Scan(&n.ID, &n.Number, &n.ISOCountryCode, &n.Type, &n.MessageType, of(&n.Capabilities), &n.Status, &n.MonthlyPrice,
		&n.Settings.TwoWay, &n.Settings.TwoWayChannelARN, &n.Settings.TwoWayChannelRole, &n.Settings.SelfManagedOptOut,
		&n.Settings.OptOutList, &n.International, &n.DeletionProtection, &n.PoolID, &n.RegistrationID, &n.Fictitious,
		&n.Withdrawn, of(&n.Provisions), of(&n.Tags), &created)
	n.CreatedAt = instant(created)
	return n, err
}

const senderRows = `SELECT text, spelling, country, message_types, registered, registration, deletion_protection,
		provisions, tags, created_at
	FROM sender_ids WHERE account = $1 AND region = $2 ORDER BY created_at, text, country`

func scanSender(row *sql.Rows) (s origination.SenderID, err error) {
	var created int64
	err = row.Scan(&s.Text, &s.Spelling, &s.ISOCountryCode, of(&s.MessageTypes), &s.Registered, &s.RegistrationID,
		&s.DeletionProtection, of(&s.Provisions), of(&s.Tags), &created)
	s.CreatedAt = instant(created)
	return s, err
}

const poolRows = `SELECT id, message_type, status, two_way, two_way_channel_arn, two_way_channel_role,
		self_managed_opt_out, opt_out_list, shared_routes, deletion_protection, tags, created_at
	FROM pools WHERE account = $1 AND region = $2 ORDER BY created_at, id`

func scanPool(row *sql.Rows) (p origination.Pool, err error) {
	var created int64
	err = row.Scan(&p.ID, &p.MessageType, &p.Status, &p.Settings.TwoWay, &p.Settings.TwoWayChannelARN,
		&p.Settings.TwoWayChannelRole, &p.Settings.SelfManagedOptOut, &p.Settings.OptOutList, &p.SharedRoutes,
		&p.DeletionProtection, of(&p.Tags), &created)
	p.CreatedAt = instant(created)
	return p, err
}

const memberRows = `SELECT pool, phone_number, sender_id, country, joined_at
	FROM pool_members WHERE account = $1 AND region = $2 ORDER BY pool, seat`

// seat is a member with its pool's id.
type seat struct {
	pool   string
	member origination.Member
}

func scanSeat(row *sql.Rows) (s seat, err error) {
	var joined int64
	err = row.Scan(&s.pool, &s.member.PhoneNumberID, &s.member.SenderID, &s.member.ISOCountryCode, &joined)
	s.member.JoinedAt = instant(joined)
	return s, err
}
