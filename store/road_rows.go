package store

import (
	"context"
	"time"

	"heliograph/message"
)

// stepRows are the rows that a step writes on the road of messages.
type stepRows struct {
	accepted values
	messages values
	parts    values
	awaited  map[carrierID]awaitedRow
	orphans  values
	adopted  values         // orphans that found their part
	found    map[string]int // how many those are, by carrier
	spend    values
	reroutes values
	reasons  values
	wires    values // numbers of parts on the wire
	networks values // of recipients, as receipts told
	answers  values // to texts from handsets
	replied  values // texts from handsets that got one
	events   values
	outbox   values
	settled  values // what targets have
	dead     values // what targets will not get

	told    []told
	ended   []end
	touched []*life
	read    []*life // from the database
}

// awaitedRow is what becomes of a row of awaited_receipts.
type awaitedRow struct {
	seat             seatOf
	submitted, ended int64
	drop             bool
}

func (s *stepRows) clear() {
	for _, list := range []*values{&s.accepted, &s.messages, &s.parts, &s.orphans, &s.adopted, &s.spend, &s.reroutes, &s.reasons, &s.wires, &s.networks,
		&s.answers, &s.replied, &s.events, &s.outbox, &s.settled, &s.dead} {
		clear(*list)
		*list = (*list)[:0]
	}
	if s.awaited == nil {
		s.awaited, s.found = map[carrierID]awaitedRow{}, map[string]int{}
	}
	clear(s.awaited)
	clear(s.found)
	clear(s.told)
	clear(s.touched)
	clear(s.read)
	s.told, s.ended, s.touched, s.read = s.told[:0], s.ended[:0], s.touched[:0], s.read[:0]
}

// outcome leaves the rows of a message that had news.
func (s *stepRows) outcome(l *life) {
	state, code, ended := l.fold()
	changed := state != l.state || code != l.code
	if state != l.state && state.Final() {
		s.ended = append(s.ended, end{l.country, state})
	}
	l.state, l.code = state, code
	if len(l.parts) == 1 {
		p := &l.parts[0]
		s.messages = append(s.messages, int64(state), code, millis(ended), p.CarrierMessageID,
			int64(p.Attempts), millis(p.SubmittedAt), millis(p.DoneAt), l.id[:])
		return
	}
	if changed {
		s.messages = append(s.messages, int64(state), code, millis(ended), "", int64(0), int64(0), int64(0), l.id[:])
	}
	for i := range l.parts {
		if p := &l.parts[i]; l.news[i] {
			s.parts = append(s.parts, l.id[:], int64(p.Number), int64(p.State), p.Code, p.CarrierMessageID,
				int64(p.Attempts), millis(p.SubmittedAt), millis(p.EndedAt), millis(p.DoneAt))
		}
	}
}

// fold is the message's state, the code of the part that decided it, and when
// it ended.
func (l *life) fold() (message.State, string, time.Time) {
	if len(l.parts) == 1 {
		return l.parts[0].State, l.parts[0].Code, l.parts[0].EndedAt
	}
	states := make([]message.State, len(l.parts))
	for i := range l.parts {
		states[i] = l.parts[i].State
	}
	state := message.Fold(states)
	if state.Failed() && l.failed != message.Queued {
		state = l.failed
	}
	var code string
	var ended time.Time
	for i := len(l.parts) - 1; i >= 0; i-- {
		p := &l.parts[i]
		if p.State == state {
			code = p.Code
		}
		if state.Final() && p.EndedAt.After(ended) {
			ended = p.EndedAt
		}
	}
	return state, code, ended
}

// remember keeps how the message failed first.
func (l *life) remember() {
	if l.failed != message.Queued || len(l.parts) == 1 {
		return
	}
	if state, _, _ := l.fold(); state.Failed() {
		l.failed = state
	}
}

var (
	messageNews = statement{`UPDATE messages SET state = ?, code = ?, ended_at = ?, carrier_message_id = ?, attempts = ?,
		submitted_at = ?, done_at = ? WHERE id = ?`, 8}
	partNews = statement{`INSERT INTO message_parts (message_id, part, state, code, carrier_message_id, attempts, submitted_at,
			ended_at, done_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (message_id, part) DO UPDATE SET state = excluded.state, code = excluded.code,
			carrier_message_id = excluded.carrier_message_id, attempts = excluded.attempts,
			submitted_at = excluded.submitted_at, ended_at = excluded.ended_at, done_at = excluded.done_at`, 9}
	wireParts = statement{`UPDATE messages SET wire_parts = ? WHERE id = ?`, 2}
	network   = statement{`UPDATE messages SET network = ? WHERE id = ?`, 2}
	// A carrier that uses an id again means the newer part.
	putAwaited = statement{`INSERT INTO awaited_receipts (carrier, carrier_message_id, message_id, part, submitted_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (carrier, carrier_message_id) DO UPDATE SET message_id = excluded.message_id,
			part = excluded.part, submitted_at = excluded.submitted_at, ended_at = excluded.ended_at`, 6}
	dropAwaited = statement{`DELETE FROM awaited_receipts WHERE carrier = ? AND carrier_message_id = ?`, 2}
	putOrphan   = statement{`INSERT INTO orphan_receipts (carrier, carrier_message_id, state, code, received_at, place, done_at, whole, network)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (carrier, carrier_message_id, state) DO NOTHING`, 9}
	dropOrphan = statement{`DELETE FROM orphan_receipts WHERE carrier = ? AND carrier_message_id = ?`, 2}
	addSpend   = statement{`INSERT INTO spend (account, region, channel, month, micro_usd) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, region, channel, month) DO UPDATE SET micro_usd = spend.micro_usd + excluded.micro_usd`, 5}
)

// write writes the step's rows.
func (r *road) write(ctx context.Context, f *fast) error {
	s := &r.step
	put, drop := s.awaitedValues()
	for _, w := range []struct {
		statement *statement
		rows      values
	}{
		{&newMessage, s.accepted}, {&addSpend, s.spend}, {&reroute, s.reroutes}, {&newReasons, s.reasons}, {&wireParts, s.wires}, {&network, s.networks}, {&messageNews, s.messages}, {&partNews, s.parts},
		{&putAwaited, put}, {&dropAwaited, drop}, {&putOrphan, s.orphans}, {&dropOrphan, s.adopted},
		{&newAnswer, s.answers}, {&textReplied, s.replied}, {&newEvent, s.events}, {&putOutbox, s.outbox}, {&putDead, s.dead}, {&dropOutbox, s.settled},
	} {
		if err := f.each(ctx, w.statement, w.rows); err != nil {
			return err
		}
	}
	return nil
}

func (s *stepRows) awaitedValues() (put, drop values) {
	for key, row := range s.awaited {
		if row.drop {
			drop = append(drop, key.carrier, key.id)
			continue
		}
		id := row.seat.id
		put = append(put, key.carrier, key.id, id[:], int64(row.seat.part), row.submitted, row.ended)
	}
	return put, drop
}
