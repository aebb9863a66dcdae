package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"heliograph/message"
)

// A search looks at messages in stretches of the time-ordered id, short ones
// first: what is looked for is mostly new, and no stretch keeps a read open for
// long.
const (
	firstStretch = 500
	lastStretch  = 20_000
)

// SearchMessages looks for messages, newest first, among those within the
// search's bounds of time. No index on what is looked for exists, since it
// would cost every message: the search looks at up to Search.Rows messages and
// says how far it came. It reads beside the writer and never waits for it.
func (db *DB) SearchMessages(ctx context.Context, s message.Search) (found message.Found, err error) {
	low, high := earliestID(s.Since), latest(s)
	if s.Since.IsZero() {
		low = message.ID{}
	}
	for stretch := firstStretch; s.Rows > 0 && len(found.Messages) < s.Limit; stretch = min(4*stretch, lastStretch) {
		floor, more, err := db.stretch(ctx, low, high, min(stretch, s.Rows))
		if err != nil {
			return found, wrap(err, "store: search of messages")
		}
		list, err := db.searchStretch(ctx, s, floor, high, s.Limit-len(found.Messages))
		if err != nil {
			return found, wrap(err, "store: search of messages")
		}
		found.Messages = append(found.Messages, list...)
		if len(found.Messages) >= s.Limit {
			floor = list[len(list)-1].ID // the stretch may hold more below it
		} else if !more {
			found.Next, found.Back = message.ID{}, s.Since
			return found, nil
		}
		s.Rows -= min(stretch, s.Rows)
		high = floor
		found.Next, found.Back = floor, madeAt(floor)
	}
	return found, nil
}

// latest is an id above all that a search wants.
func latest(s message.Search) message.ID {
	var high message.ID
	for i := range high {
		high[i] = 0xFF
	}
	if !s.Until.IsZero() {
		high = earliestID(s.Until)
	}
	if s.After != (message.ID{}) && string(s.After[:]) < string(high[:]) {
		high = s.After
	}
	return high
}

// madeAt is the time within a UUIDv7 (RFC 9562 §5.7).
func madeAt(id message.ID) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(id[:8]) >> 16)).UTC()
}

// stretch finds the lowest of the n messages below high; more is false where
// there are not that many.
func (db *DB) stretch(ctx context.Context, low, high message.ID, n int) (floor message.ID, more bool, err error) {
	floor, more, err = first(ctx, db.reads, scanID, `SELECT id FROM messages WHERE id >= $1 AND id < $2
		ORDER BY id DESC LIMIT 1 OFFSET $3`, low[:], high[:], n-1)
	if !more {
		floor = low
	}
	return floor, more, err
}

// searchStretch gives the messages of a stretch that a search wants.
func (db *DB) searchStretch(ctx context.Context, s message.Search, floor, high message.ID, limit int) (list []*message.Message, err error) {
	query, args := messageColumns+` WHERE id >= $1 AND id < $2`, []any{floor[:], high[:]}
	where := func(column string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(` AND %s = $%d`, column, len(args))
	}
	for _, given := range [...]struct{ column, value string }{{`destination`, s.To}, {`account`, s.Account}, {`region`, s.Region}} {
		if given.value != "" {
			where(given.column, given.value)
		}
	}
	if s.State != nil {
		where(`+state`, int64(*s.State)) // the sign keeps the index of the queue out
	}
	args = append(args, limit)
	err = db.snapshot(ctx, func(q querier) (err error) {
		list, err = all(ctx, q, scanMessage, query+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
		for _, m := range list {
			err = errors.Join(err, readParts(ctx, q, m))
		}
		return err
	})
	return list, err
}
