package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/optout"
)

// answer is what is remembered of an automatic reply.
type answer struct {
	text     message.ID
	number   string // id
	bodyHash uint64
}

var (
	newAnswer = statement{`INSERT INTO automatic_replies (account, region, number, person, sent_at, message_id, body_hash)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, 7}
	textReplied = statement{`UPDATE inbound_texts SET reply = ? WHERE id = ?`, 2}
)

// answered leaves the rows of an automatic reply that was accepted.
func (s *stepRows) answered(a *acceptance) {
	if a.answer == nil {
		return
	}
	m := a.m
	s.answers = append(s.answers, m.Scope.Account, m.Scope.Region, a.answer.number, m.To, millis(m.AcceptedAt), m.ID[:], int64(a.answer.bodyHash))
	s.replied = append(s.replied, m.ID[:], a.answer.text[:])
}

// Conclude writes what follows from a text, in one commit. The reply is accepted
// as any message is, after the opt-out or opt-in: where the spend limit or an
// opt-out refuses it the rest holds, and where the sender had opted out by
// themselves before, nothing confirms it again. A text that was concluded before
// changes nothing. False means that no reply is to be sent. Errors: api.ErrStale
// where the list is not the number's any more, or gone: nothing is written then,
// and numbers and lists are read anew.
//
// A caller that leaves is ignored, as in Accept.
func (db *DB) Conclude(ctx context.Context, c message.Conclusion) (replied bool, err error) {
	one := &write{before: true}
	if c.Reply != nil {
		row, err := messageRow(c.Reply)
		if err != nil {
			return false, err
		}
		one.accept = &acceptance{m: c.Reply, row: row, answer: &answer{c.Text.ID, c.Number, c.BodyHash}}
	}
	one.change = func(ctx context.Context, tx *tx) error {
		fresh, again, err := conclude(ctx, tx, c)
		if one.accept != nil {
			one.accept.withheld = !fresh || again
		}
		return err
	}
	if c.Channel != "" {
		one.committed = db.writer.signalEvents
	}
	err = db.writer.do(context.WithoutCancel(ctx), one)
	if errors.Is(err, api.ErrStale) {
		db.identities.forget(c.Text.Scope) // another node may have changed them
		return false, err
	}
	refused := one.refused != nil && errors.Is(err, one.refused)
	if refused {
		err = nil // the reply alone was: the rest is written
	}
	return err == nil && !refused && one.accept != nil && !one.accept.withheld, wrap(err, "store: text from a handset")
}

// conclude writes all but the reply. fresh: the text was not concluded before;
// again: the sender had opted out already.
func conclude(ctx context.Context, tx *tx, c message.Conclusion) (fresh, again bool, err error) {
	if err := listHolds(ctx, tx, c); err != nil {
		return false, false, err
	}
	n, err := putText(ctx, tx, c)
	if err != nil || n == 0 {
		return false, false, wrap(err, "text")
	}
	for _, id := range c.Text.Parts {
		if _, err := tx.exec(ctx, `UPDATE inbound_parts SET done_at = $1 WHERE id = $2`, millis(c.At), id[:]); err != nil {
			return false, false, wrap(err, "inbound part")
		}
	}
	if again, err = optOutOrIn(ctx, tx, c); err != nil {
		return false, false, err
	}
	return true, again, tellChannel(ctx, tx, c)
}

// listHolds says api.ErrStale unless the list that a person goes on, or comes off,
// is the number's, or is there where the number was released meanwhile.
func listHolds(ctx context.Context, q querier, c message.Conclusion) error {
	list := cmp.Or(c.OptOut, c.OptIn)
	if list == "" {
		return nil
	}
	s := c.Text.Scope
	now, held, err := first(ctx, q, scanText, listOfNumber+`$3`, s.Account, s.Region, c.Number)
	if err == nil && !held {
		err = listThere(ctx, q, s, list)
	}
	if errors.Is(err, optout.ErrNoList) || err == nil && held && now != list {
		return api.ErrStale
	}
	return wrap(err, "opt-out list %s", list)
}

func putText(ctx context.Context, tx *tx, c message.Conclusion) (int64, error) {
	action := ""
	switch {
	case c.OptOut != "":
		action = "OPT_OUT"
	case c.OptIn != "":
		action = "OPT_IN"
	}
	t := &c.Text
	return tx.exec(ctx, `INSERT INTO inbound_texts (id, account, region, carrier, sender, recipient, number, body, missing, keyword, action,
			received_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`,
		t.ID[:], t.Scope.Account, t.Scope.Region, t.Carrier, t.From, t.To, c.Number, t.Body, t.Missing, c.Keyword, action,
		millis(t.At), millis(c.At))
}

// optOutOrIn says whether the sender was on the list by their own will before.
func optOutOrIn(ctx context.Context, tx *tx, c message.Conclusion) (again bool, err error) {
	t := &c.Text
	if c.OptIn != "" {
		_, err := dropOptedOut(ctx, tx, t.Scope, c.OptIn, t.From)
		return false, err
	}
	if c.OptOut == "" {
		return false, nil
	}
	before, _, err := readOptedOut(ctx, tx, t.Scope, c.OptOut, t.From)
	if err != nil {
		return false, err
	}
	_, err = putOptedOut(ctx, tx, t.Scope, c.OptOut, optout.Entry{Number: t.From, At: t.At, ByEndUser: true})
	return before.ByEndUser, err
}

// tellChannel leaves the event for a two-way channel, of the time at which the text
// was concluded: who follows the journal has gone on behind that of its arrival.
func tellChannel(ctx context.Context, tx *tx, c message.Conclusion) error {
	if c.Channel == "" {
		return nil
	}
	t := &c.Text
	_, err := tx.exec(ctx, `INSERT INTO events (message_id, place, account, region, configuration_set, type, at, payload)
		VALUES ($1, 0, $2, $3, '', '', $4, $5) ON CONFLICT (message_id, place) DO NOTHING`,
		t.ID[:], t.Scope.Account, t.Scope.Region, millis(c.At), c.Payload)
	if err == nil {
		_, err = tx.exec(ctx, `INSERT INTO outbox (arn, account, region, message_id, place, destination, at)
			VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT DO NOTHING`, c.Channel, t.Scope.Account, t.Scope.Region, t.ID[:], millis(c.At))
	}
	return wrap(err, "event of a text")
}

// AutomaticReplies are what a number answered a person since a time, which is a
// day ago at most, newest first.
func (db *DB) AutomaticReplies(ctx context.Context, s resource.Scope, number, person string, since time.Time) ([]message.Answered, error) {
	list, err := all(ctx, db.reads, func(row *sql.Rows) (a message.Answered, err error) {
		var at, hash int64
		err = row.Scan(&at, &hash)
		a.At, a.BodyHash = instant(at), uint64(hash)
		return a, err
	}, `SELECT sent_at, body_hash FROM automatic_replies
		WHERE account = $1 AND region = $2 AND number = $3 AND person = $4 AND sent_at >= $5 ORDER BY sent_at DESC, message_id DESC`,
		s.Account, s.Region, number, person, millis(since))
	return list, wrap(err, "store: automatic replies")
}
