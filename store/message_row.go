package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"heliograph/message"
)

// messageNames are the columns of messages, in the order that messageRow and
// scanMessage keep.
const messageNames = `id, state, code, ended_at, carrier_message_id, attempts, submitted_at, carrier, account, region,
	origin_kind, origin_identity, origin_wire, pool, destination, country, type, encoding, parts, reference, price,
	configuration_set, feedback, invocation, request_hash, accepted_at, expires_at, context, parameters, why, body,
	opt_out_list, confirmation`

const messageColumns = `SELECT ` + messageNames + `, wire_parts, done_at, network, feedback_status FROM messages`

// messageRow is a new message as values of the columns that are not constant
// for it. It is made by the caller, not by the writer, whose time is scarce.
func messageRow(m *message.Message) ([]driver.Value, error) {
	contextText, err := compact(m.Context)
	if err != nil {
		return nil, err
	}
	parameters, err := compact(m.Parameters)
	if err != nil {
		return nil, err
	}
	why, err := json.Marshal(m.Why)
	if err != nil {
		return nil, fmt.Errorf("store: reasons of a message: %w", err)
	}
	return []driver.Value{
		m.ID[:], m.Carrier, m.Scope.Account, m.Scope.Region,
		string(m.Origin.Kind), m.Origin.Identity, m.Origin.Wire, m.Origin.Pool, m.To, m.Country, string(m.Type),
		int64(m.Encoding), int64(m.Parts), int64(m.Reference), int64(m.Price),
		m.ConfigurationSet, m.Feedback, m.InvocationID, int64(m.RequestHash), millis(m.AcceptedAt), millis(m.ExpiresAt),
		contextText, parameters, string(why), m.Body,
		m.OptOutList, m.Confirmation,
	}, nil
}

// newMessage writes a row of messageRow. A caller that repeats a message after
// an error finds it written once.
var newMessage = statement{`INSERT INTO messages (` + messageNames + `)
	VALUES (?, 0, '', 0, '', 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (id) DO NOTHING`, 27}

// compact is a map as JSON text, "" when it is empty.
func compact(values map[string]string) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	text, err := json.Marshal(values)
	return string(text), err
}

func scanMessage(row *sql.Rows) (*message.Message, error) {
	m, part := &message.Message{}, message.Part{Number: 1}
	var id []byte
	var ended, submitted, done, accepted, expires, hash int64
	var contextText, parameters, why string
	err := row.Scan(&id, &m.State, &m.Code, &ended, &part.CarrierMessageID, &part.Attempts, &submitted, &m.Carrier,
		&m.Scope.Account, &m.Scope.Region, &m.Origin.Kind, &m.Origin.Identity, &m.Origin.Wire, &m.Origin.Pool,
		&m.To, &m.Country, &m.Type, &m.Encoding, &m.Parts, &m.Reference, &m.Price, &m.ConfigurationSet, &m.Feedback,
		&m.InvocationID, &hash, &accepted, &expires, &contextText, &parameters, &why, &m.Body,
		&m.OptOutList, &m.Confirmation, &m.WireParts, &done, &m.Network, &m.FeedbackStatus)
	if err != nil {
		return nil, err
	}
	m.EndedAt, m.AcceptedAt, m.ExpiresAt, m.RequestHash = instant(ended), instant(accepted), instant(expires), uint64(hash)
	if m.OnWire() == 1 {
		part.State, part.Code, part.EndedAt, part.SubmittedAt = m.State, m.Code, m.EndedAt, instant(submitted)
		part.DoneAt = instant(done)
		m.PartLog = []message.Part{part}
	}
	if err := errors.Join(parse(contextText, &m.Context), parse(parameters, &m.Parameters), parse(why, &m.Why)); err != nil {
		return nil, err
	}
	m.ID, err = toID(id)
	return m, err
}

// parse reads JSON text, "" leaves the value as it is.
func parse(text string, into any) error {
	if text == "" {
		return nil
	}
	return wrap(json.Unmarshal([]byte(text), into), "store: a message's row")
}

func toID(octets []byte) (id message.ID, err error) {
	if copy(id[:], octets) != len(id) {
		return id, fmt.Errorf("store: a message id of %d octets", len(octets))
	}
	return id, nil
}

// readParts fills in the parts of a message that has several.
func readParts(ctx context.Context, q querier, m *message.Message) error {
	if m.OnWire() == 1 {
		return nil
	}
	m.PartLog = newParts(m.OnWire())
	known, err := all(ctx, q, scanPart, `SELECT part, state, code, carrier_message_id, attempts, submitted_at, ended_at, done_at
		FROM message_parts WHERE message_id = $1`, m.ID[:])
	for _, p := range known {
		if p.Number >= 1 && p.Number <= len(m.PartLog) {
			m.PartLog[p.Number-1] = p
		}
	}
	return err
}

func scanPart(row *sql.Rows) (p message.Part, err error) {
	var submitted, ended, done int64
	err = row.Scan(&p.Number, &p.State, &p.Code, &p.CarrierMessageID, &p.Attempts, &submitted, &ended, &done)
	p.SubmittedAt, p.EndedAt, p.DoneAt = instant(submitted), instant(ended), instant(done)
	return p, err
}

// newParts are the parts of a message that was just accepted.
func newParts(n int) []message.Part {
	parts := make([]message.Part, n)
	for i := range parts {
		parts[i].Number = i + 1
	}
	return parts
}
