package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"heliograph/message"
)

// carrierID is a carrier's id of a part.
type carrierID struct{ carrier, id string }

// seatOf is the part that a carrier's id stands for.
type seatOf struct {
	id   message.ID
	part int
}

// codeIDReused is of a part whose carrier gave its id to another one.
const codeIDReused = "CARRIER_ID_REUSED"

// displace ends the part that a carrier's id stood for so far, when the carrier
// gives it to another one, as an SMSC does that counts anew after a restart: no
// receipt will be its own. A part that is not in memory is left as it is: a read
// for each submission would cost more than that case is worth.
func (r *road) displace(ctx context.Context, q querier, key carrierID, next seatOf, at time.Time) error {
	old, known := r.seats[key]
	if !known || old == next {
		return nil
	}
	l, err := r.life(ctx, q, old.id)
	if err != nil || l == nil {
		return err
	}
	r.hear(l, &l.parts[old.part-1], message.Receipt{State: message.Unknown, Code: codeIDReused, At: at})
	return nil
}

// seat finds the part that a carrier's id stands for.
func (r *road) seat(ctx context.Context, q querier, key carrierID) (seatOf, bool, error) {
	if row, changed := r.step.awaited[key]; changed {
		return row.seat, !row.drop, nil
	}
	if seat, found := r.seats[key]; found {
		return seat, true, nil
	}
	return first(ctx, q, scanSeatOf, `SELECT message_id, part FROM awaited_receipts
		WHERE carrier = $1 AND carrier_message_id = $2`, key.carrier, key.id)
}

func scanSeatOf(row *sql.Rows) (s seatOf, err error) {
	var id []byte
	if err := row.Scan(&id, &s.part); err != nil {
		return s, err
	}
	s.id, err = toID(id)
	return s, err
}

// settle says whether a receipt of a part is still awaited: until it is final,
// and longer when it ended without word, since a late delivery still counts.
func (r *road) settle(l *life, p *message.Part) {
	if p.SubmittedAt.IsZero() {
		return
	}
	key, seat := l.awaits(p), seatOf{l.id, p.Number}
	late := p.CarrierMessageID != "" && (p.State == message.Unknown || p.State == message.Expired)
	switch {
	case !p.State.Final():
		if len(r.seats) < roadKept {
			r.seats[key] = seat
		}
		r.gone.forget(key)
		r.step.awaited[key] = awaitedRow{seat: seat, submitted: millis(p.SubmittedAt)}
	case late:
		delete(r.seats, key)
		r.step.awaited[key] = awaitedRow{seat: seat, submitted: millis(p.SubmittedAt), ended: millis(p.EndedAt)}
	default:
		r.unseat(key)
	}
}

// awaits is what a part that was submitted is found by.
func (l *life) awaits(p *message.Part) carrierID {
	return awaitedAs(l.carrier, p.CarrierMessageID, seatOf{l.id, p.Number})
}

// awaitedAs is the carrier's id of a part; one that the carrier gave no id has a
// name of its own, which no receipt bears, so that it does not wait for ever.
func awaitedAs(carrier, id string, seat seatOf) carrierID {
	if id == "" {
		id = nameless + seat.id.String() + "/" + strconv.Itoa(seat.part)
	}
	return carrierID{carrier, id}
}

// nameless begins what stands for the id of a part that has none.
const nameless = " "

func (r *road) unseat(key carrierID) {
	delete(r.seats, key)
	r.gone.note(key)
	r.step.awaited[key] = awaitedRow{drop: true}
}
