package simulator

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// answerIn is a text that a person writes on a handset.
type answerIn struct {
	To   string `json:"to"`
	Body string `json:"body"`
}

// recipient is who gets an answer from a handset.
type recipient struct {
	address string // E.164 with +, or a short code
	account string
	system  string // login whose receivers get it
}

// reply sends a person's text: onto the handset's screen and, by the same way
// over the disk as receipts, to the client behind the number.
func (c *SMSC) reply(r *request) (int, any, error) {
	handset, err := r.number()
	if err != nil {
		return 0, nil, err
	}
	var in answerIn
	if err := r.decode(&in); err != nil {
		return 0, nil, err
	}
	if in.Body == "" || !gsm.Fits(in.Body) {
		return 0, nil, problem(http.StatusBadRequest, "body must hold 1 to %d septets or %d UTF-16 units", gsm.MaxGSMSeptets, gsm.MaxUCS2Units)
	}
	to, err := c.findRecipient(r, handset, in.To)
	if err != nil {
		return 0, nil, err
	}
	change, err := c.answer(handset, to, in.Body)
	if err != nil {
		return 0, nil, err
	}
	// The change is the store's until it returns, whether the client stays or not.
	if err := c.settings.Store.SaveHandsets(context.WithoutCancel(r.Context()), []*Change{change}); err != nil {
		return 0, nil, fmt.Errorf("simulator: save answer: %w", err)
	}
	c.publish(change)
	return http.StatusCreated, change.Message, nil
}

// findRecipient refuses what cannot be answered: a sender ID, which is one-way,
// and nobody's number. A number that no customer holds may be a foreign
// client's, which is known by the texts it sent to this handset.
func (c *SMSC) findRecipient(r *request, handset, text string) (recipient, error) {
	number := strings.TrimPrefix(text, "+")
	switch {
	case number == "":
		return recipient{}, problem(http.StatusBadRequest, "to must be a number that sent to this handset")
	case !digits(number):
		return recipient{}, oneWay(text)
	case len(number) >= shortestE164:
		number = "+" + number
	}
	kind, owner, err := c.settings.Directory.NumberKind(r.Context(), number)
	if err != nil {
		return recipient{}, fmt.Errorf("simulator: kind of recipient: %w", err)
	}
	if kind != "" && (r.sees() == "" || r.sees() == owner) {
		return recipient{number, owner, c.settings.Gateway}, nil
	}
	return c.findForeign(r.Context(), r.sees(), handset, number)
}

func (c *SMSC) findForeign(ctx context.Context, seen, handset, number string) (recipient, error) {
	q := Query{Account: seen, Handset: handset, From: number, Direction: ToHandset, Newest: true, Limit: 1}
	last, err := c.settings.Store.HandsetMessages(ctx, q)
	if err != nil {
		return recipient{}, fmt.Errorf("simulator: find client of number: %w", err)
	}
	if len(last) > 0 && last[0].FromKind == carrier.Alphanumeric {
		return recipient{}, oneWay(number) // a sender ID of digits, as India has
	}
	if len(last) == 0 || last[0].MessageID != "" {
		return recipient{}, problem(http.StatusNotFound, "%s is nobody's number", number)
	}
	return recipient{number, last[0].Account, last[0].System}, nil
}

func oneWay(text string) error {
	return problem(http.StatusConflict, "%s is a sender ID: it is one-way, nobody can answer it", text)
}

// answer makes the screen's message and a deliver_sm for each of its parts.
func (c *SMSC) answer(handset string, to recipient, body string) (*Change, error) {
	now := c.settings.Now().UTC().Truncate(time.Millisecond)
	segments := gsm.Split(body, uint16(c.answers.Add(1)), gsm.Reference8)
	change := &Change{Message: &Message{
		Direction: FromHandset, From: handset, To: to.address, FromKind: carrier.LongCode,
		Body: body, Encoding: segments[0].Encoding.String(), Parts: len(segments), ReceivedAt: now,
		TLVs: map[string]string{}, Account: to.account, Handset: handset, System: to.system,
	}}
	for _, s := range segments {
		d, err := c.newDelivery(to.system, now, answerPart(handset, to.address, s))
		if err != nil {
			return nil, err
		}
		change.Deliveries = append(change.Deliveries, d)
	}
	return change, nil
}

// answerPart is one part of a person's text (SMPP 3.4 §4.6.1).
func answerPart(handset, to string, s gsm.Segment) *smpp.DeliverSM {
	p := &smpp.DeliverSM{
		Source:       smpp.Address{TON: smpp.TONInternational, NPI: smpp.NPIISDN, Addr: strings.TrimPrefix(handset, "+")},
		Destination:  smpp.Address{TON: smpp.TONInternational, NPI: smpp.NPIISDN, Addr: strings.TrimPrefix(to, "+")},
		ShortMessage: append(append([]byte{}, s.UDH...), s.Data...),
	}
	if to[0] != '+' {
		p.Destination.TON, p.Destination.NPI = smpp.TONNetworkSpecific, smpp.NPIUnknown
	}
	if s.UDH != nil {
		p.ESMClass = smpp.ESMUDHI
	}
	if s.Encoding == gsm.UCS2 {
		p.DataCoding = smpp.CodingUCS2
	}
	return p
}
