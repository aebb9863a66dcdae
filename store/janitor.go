package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Kept is how long what people did is kept.
type Kept struct {
	Texts  time.Duration // of a text from a handset, its number and its words
	OptIns time.Duration // of when the API took a number off an opt-out list
}

// Janitor deletes beside all else what nobody needs any more: entries of opt-out
// lists that are gone, and what is older than it is kept.
type Janitor struct {
	DB   *DB
	Kept func() Kept // in force now
	Now  func() time.Time
	Log  *slog.Logger

	cancel context.CancelFunc
	ended  chan struct{}
}

const cleanEvery = time.Hour

// Start begins at once with what an earlier run left.
func (j *Janitor) Start(ctx context.Context) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	j.cancel, j.ended = cancel, make(chan struct{})
	go j.run(running)
}

// Stop ends between two steps; what is left goes after the next start. It does not
// wait longer than ctx.
func (j *Janitor) Stop(ctx context.Context) error {
	if j.cancel == nil {
		return nil
	}
	j.cancel()
	select {
	case <-j.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: something is still being deleted: %w", ctx.Err())
	}
}

func (j *Janitor) run(ctx context.Context) {
	defer close(j.ended)
	for {
		if err := j.clean(ctx); err != nil && ctx.Err() == nil {
			j.Log.Error("what is needed no more cannot be deleted; it is tried again later", "error", err)
		}
		select {
		case <-j.DB.purge:
		case <-time.After(cleanEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (j *Janitor) clean(ctx context.Context) error {
	now, kept := j.Now(), j.Kept()
	return errors.Join(
		j.DB.PurgeOptOuts(ctx, now),
		j.DB.purgeTexts(ctx, now.Add(-kept.Texts)),
		j.DB.purgeOptIns(ctx, now.Add(-kept.OptIns)),
	)
}

// purgeTexts deletes texts from handsets that came before a time. Their ids are
// in the order of time.
func (db *DB) purgeTexts(ctx context.Context, before time.Time) error {
	id := earliestID(before)
	err := db.purgeInSteps(ctx, `DELETE FROM inbound_texts WHERE id IN (SELECT id FROM inbound_texts WHERE id < $1 ORDER BY id LIMIT $2)`,
		id[:], purgeRows)
	return wrap(err, "store: purge of texts from handsets")
}

// purgeOptIns deletes when numbers were taken off a list before a time. No index
// leads there: whether there are any is looked for beside the writer.
func (db *DB) purgeOptIns(ctx context.Context, before time.Time) error {
	_, some, err := first(ctx, db.reads, scanOne, `SELECT 1 FROM opt_ins WHERE opted_in_at <= $1 LIMIT 1`, millis(before))
	if err == nil && some {
		err = db.purgeInSteps(ctx, `DELETE FROM opt_ins WHERE (account, region, number) IN (
			SELECT account, region, number FROM opt_ins WHERE opted_in_at <= $1 LIMIT $2)`, millis(before), purgeRows)
	}
	return wrap(err, "store: purge of opt-ins")
}
