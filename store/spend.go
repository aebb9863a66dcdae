package store

import (
	"context"
	"database/sql/driver"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
)

// channelText is the channel of spend that texts count towards.
const channelText = "TEXT"

// acceptance is a new message with its row.
type acceptance struct {
	m   *message.Message
	row []driver.Value

	answer   *answer // to a text from a handset, nil = it is none
	withheld bool    // the change beside it lets no message go
}

// purse is what counts against one limit.
type purse struct {
	scope resource.Scope
	month string // 2026-07, UTC
}

// account of a purse in a step, in millionths of a US dollar.
type balance struct {
	limit int64 // -1 = none
	spent int64 // before the step
	added int64 // by the step
}

// takeAccepted adds new messages and what they cost. One to somebody who opted
// out is refused, and one that would exceed its account's limit, and the others
// go on.
func (r *road) takeAccepted(ctx context.Context, q querier, step []*write) error {
	var purses map[purse]*balance
	for _, one := range step {
		if one.accept == nil || one.accept.withheld {
			continue
		}
		m := one.accept.m
		out, err := r.optedOut(ctx, m)
		if err != nil {
			return err
		}
		if out {
			one.refused = m.OptedOut()
			continue
		}
		if m.Price > 0 {
			if purses == nil {
				purses = map[purse]*balance{}
			}
			b, err := open(ctx, q, purses, purseOf(m))
			if err != nil {
				return err
			}
			if !b.pay(int64(m.Price)) {
				one.refused = overSpent()
				continue
			}
		}
		r.step.accepted = append(r.step.accepted, one.accept.row...)
		r.sent.note(m)
		r.step.answered(one.accept)
		l := newLife(m)
		r.tell(l, millis(m.AcceptedAt))
		if len(r.lives) < roadKept {
			r.lives[m.ID] = l
		}
	}
	for p, b := range purses {
		if b.added > 0 {
			r.step.spend = append(r.step.spend, p.scope.Account, p.scope.Region, channelText, p.month, b.added)
		}
	}
	return nil
}

// pay takes a price from the balance, unless it would exceed the limit.
func (b *balance) pay(price int64) bool {
	if b.limit >= 0 && b.spent+b.added+price > b.limit {
		return false
	}
	b.added += price
	return true
}

// purseOf is what a message counts against.
func purseOf(m *message.Message) purse {
	return purse{m.Scope, m.AcceptedAt.UTC().Format("2006-01")}
}

func overSpent() error {
	return api.QuotaExceeded(api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText,
		"Wait for the next calendar month, raise or delete the override that DescribeSpendLimits shows, or have the operator raise the limit.")
}

// open gives the balance of a purse, read at its first use in a step.
func open(ctx context.Context, q querier, purses map[purse]*balance, p purse) (*balance, error) {
	if b := purses[p]; b != nil {
		return b, nil
	}
	b, err := readBalance(ctx, q, p)
	if err != nil {
		return nil, err
	}
	purses[p] = b
	return b, nil
}

// readBalance reads what a purse may hold and what was spent of it. The lower
// of the operator's limit and the customer's own one counts.
func readBalance(ctx context.Context, q querier, p purse) (*balance, error) {
	var operator, own *int64
	b := &balance{limit: -1}
	err := q.QueryRowContext(ctx, `SELECT (SELECT text_spend_limit FROM accounts WHERE id = $1),
		(SELECT limit_usd FROM spend_overrides WHERE account = $1 AND region = $2 AND channel = $3),
		COALESCE((SELECT micro_usd FROM spend WHERE account = $1 AND region = $2 AND channel = $3 AND month = $4), 0)`,
		p.scope.Account, p.scope.Region, channelText, p.month).Scan(&operator, &own, &b.spent)
	for _, limit := range []*int64{operator, own} {
		if limit != nil && (b.limit < 0 || *limit*1_000_000 < b.limit) {
			b.limit = *limit * 1_000_000
		}
	}
	return b, err
}
