package store

import (
	"context"
	"fmt"

	"heliograph/resource"
	"heliograph/resource/origination"
)

// ChangeIdentities applies a change. Errors: api.ErrStale when the scope is no
// longer at the revision or a number was leased meanwhile, api.ErrTokenTaken
// when the idempotency row exists.
func (db *DB) ChangeIdentities(ctx context.Context, c origination.Change) error {
	seen := revision{seen: c.Revision, override: c.Override, once: c.Once,
		reads: func(ctx context.Context, tx *tx) error { return checkLeases(ctx, tx, c.Lease) }}
	err := db.changeScope(ctx, c.Scope, seen, func(ctx context.Context, tx *tx) error {
		tx.changed(c.Scope, identityTargets(c)...)
		return applyChange(ctx, tx, c)
	})
	return wrap(err, "store: change of the identities of %s", c.Scope.Account)
}

// identityTargets names what a change writes, as the audit shows it: what the
// caller asked for before what follows from it.
func identityTargets(c origination.Change) []string {
	var targets []string
	for _, p := range c.PutPools {
		targets = append(targets, "pool/"+p.ID)
	}
	for _, id := range c.DropPools {
		targets = append(targets, "pool/"+id)
	}
	for _, n := range c.PutNumbers {
		targets = append(targets, "phone-number/"+n.ID)
	}
	for _, id := range c.DropNumbers {
		targets = append(targets, "phone-number/"+id)
	}
	for _, s := range c.PutSenders {
		targets = append(targets, "sender-id/"+s.Text+"/"+s.ISOCountryCode)
	}
	for _, key := range c.DropSenders {
		targets = append(targets, "sender-id/"+key.Text+"/"+key.ISOCountryCode)
	}
	return targets
}

// applyChange frees before it takes, so that one change may do both to a name.
func applyChange(ctx context.Context, t *tx, c origination.Change) error {
	for _, part := range []func(context.Context, *tx, origination.Change) error{
		returnStock, leaseStock, dropIdentities, dropKeywords, putNumbers, putSenders, putPools, copyKeywords, putApplied,
	} {
		if err := part(ctx, t, c); err != nil {
			return err
		}
	}
	return nil
}

func dropIdentities(ctx context.Context, tx *tx, c origination.Change) error {
	for _, id := range c.DropNumbers {
		if err := deleteRow(ctx, tx, c.Scope, `phone_numbers`, `id`, id); err != nil {
			return err
		}
	}
	for _, id := range c.DropPools {
		if err := deleteRow(ctx, tx, c.Scope, `pools`, `id`, id); err != nil {
			return err
		}
		if err := deleteRow(ctx, tx, c.Scope, `pool_members`, `pool`, id); err != nil {
			return err
		}
	}
	for _, key := range c.DropSenders {
		_, err := tx.exec(ctx, `DELETE FROM sender_ids WHERE account = $1 AND region = $2 AND text = $3 AND country = $4`,
			c.Scope.Account, c.Scope.Region, key.Text, key.ISOCountryCode)
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteRow deletes a scope's row by its key; table and key are never data.
func deleteRow(ctx context.Context, tx *tx, s resource.Scope, table, key, value string) error {
	query := fmt.Sprintf(`DELETE FROM %s WHERE account = $1 AND region = $2 AND %s = $3`, table, key)
	_, err := tx.exec(ctx, query, s.Account, s.Region, value)
	return err
}

const putNumber = `INSERT INTO phone_numbers (account, region, id, number, country, type, message_type, capabilities, status,
		monthly_price, two_way, two_way_channel_arn, two_way_channel_role, self_managed_opt_out, opt_out_list,
		international, deletion_protection, pool, registration, fictitious, provisions, tags, created_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
	ON CONFLICT (account, region, id) DO UPDATE SET number = excluded.number, country = excluded.country,
		type = excluded.type, message_type = excluded.message_type, capabilities = excluded.capabilities,
		status = excluded.status, monthly_price = excluded.monthly_price, two_way = excluded.two_way,
		two_way_channel_arn = excluded.two_way_channel_arn, two_way_channel_role = excluded.two_way_channel_role,
		self_managed_opt_out = excluded.self_managed_opt_out, opt_out_list = excluded.opt_out_list,
		international = excluded.international, deletion_protection = excluded.deletion_protection,
		pool = excluded.pool, registration = excluded.registration, fictitious = excluded.fictitious,
		provisions = excluded.provisions, tags = excluded.tags, created_at = excluded.created_at`

func putNumbers(ctx context.Context, tx *tx, c origination.Change) error {
	for _, n := range c.PutNumbers {
		_, err := tx.exec(ctx, putNumber, c.Scope.Account, c.Scope.Region, n.ID, n.Number, n.ISOCountryCode,
			string(n.Type), string(n.MessageType), jsonText(n.Capabilities), string(n.Status), n.MonthlyPrice,
			n.Settings.TwoWay, n.Settings.TwoWayChannelARN, n.Settings.TwoWayChannelRole, n.Settings.SelfManagedOptOut,
			n.Settings.OptOutList, n.International, n.DeletionProtection, n.PoolID, n.RegistrationID, n.Fictitious,
			jsonText(n.Provisions), jsonText(n.Tags), millis(n.CreatedAt))
		if err != nil {
			return wrap(err, "phone number %s", n.ID)
		}
	}
	return nil
}

const putSender = `INSERT INTO sender_ids (account, region, text, country, spelling, message_types, registered, registration,
		deletion_protection, provisions, tags, created_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	ON CONFLICT (account, region, text, country) DO UPDATE SET spelling = excluded.spelling,
		message_types = excluded.message_types, registered = excluded.registered,
		registration = excluded.registration, deletion_protection = excluded.deletion_protection,
		provisions = excluded.provisions, tags = excluded.tags, created_at = excluded.created_at`

func putSenders(ctx context.Context, tx *tx, c origination.Change) error {
	for _, s := range c.PutSenders {
		_, err := tx.exec(ctx, putSender, c.Scope.Account, c.Scope.Region, s.Text, s.ISOCountryCode, s.Spelling,
			jsonText(s.MessageTypes), s.Registered, s.RegistrationID, s.DeletionProtection,
			jsonText(s.Provisions), jsonText(s.Tags), millis(s.CreatedAt))
		if err != nil {
			return wrap(err, "sender ID %s", s.Text)
		}
	}
	return nil
}

const putPool = `INSERT INTO pools (account, region, id, message_type, status, two_way, two_way_channel_arn,
		two_way_channel_role, self_managed_opt_out, opt_out_list, shared_routes, deletion_protection, tags, created_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
	ON CONFLICT (account, region, id) DO UPDATE SET message_type = excluded.message_type, status = excluded.status,
		two_way = excluded.two_way, two_way_channel_arn = excluded.two_way_channel_arn,
		two_way_channel_role = excluded.two_way_channel_role, self_managed_opt_out = excluded.self_managed_opt_out,
		opt_out_list = excluded.opt_out_list, shared_routes = excluded.shared_routes,
		deletion_protection = excluded.deletion_protection, tags = excluded.tags, created_at = excluded.created_at`

func putPools(ctx context.Context, tx *tx, c origination.Change) error {
	for _, p := range c.PutPools {
		_, err := tx.exec(ctx, putPool, c.Scope.Account, c.Scope.Region, p.ID, string(p.MessageType), string(p.Status),
			p.Settings.TwoWay, p.Settings.TwoWayChannelARN, p.Settings.TwoWayChannelRole, p.Settings.SelfManagedOptOut,
			p.Settings.OptOutList, p.SharedRoutes, p.DeletionProtection, jsonText(p.Tags), millis(p.CreatedAt))
		if err != nil {
			return wrap(err, "pool %s", p.ID)
		}
		if err := putMembers(ctx, tx, c.Scope, p); err != nil {
			return wrap(err, "members of pool %s", p.ID)
		}
	}
	return nil
}

// putMembers replaces the members of a pool.
func putMembers(ctx context.Context, tx *tx, s resource.Scope, p origination.Pool) error {
	if err := deleteRow(ctx, tx, s, `pool_members`, `pool`, p.ID); err != nil {
		return err
	}
	for i, m := range p.Members {
		_, err := tx.exec(ctx, `INSERT INTO pool_members (account, region, pool, seat, phone_number, sender_id, country, joined_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			s.Account, s.Region, p.ID, i, m.PhoneNumberID, m.SenderID, m.ISOCountryCode, millis(m.JoinedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

func putApplied(ctx context.Context, tx *tx, c origination.Change) error {
	for _, line := range c.Unapply {
		if _, err := tx.exec(ctx, `DELETE FROM applied_lines WHERE line = $1`, line); err != nil {
			return err
		}
	}
	for _, line := range c.Applied {
		if _, err := tx.exec(ctx, `INSERT INTO applied_lines (line) VALUES ($1) ON CONFLICT (line) DO NOTHING`, line); err != nil {
			return err
		}
	}
	return nil
}
