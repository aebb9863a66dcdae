package simulator

import (
	"context"
	"fmt"
	"sync"
	"time"

	"heliograph/account"
	"heliograph/protocol/smpp"
)

// memory is what the centre knows of texts that may come again.
type memory struct {
	mu    sync.Mutex
	long  longTexts
	shown recent
}

// verdict is what the centre makes of one submission.
type verdict struct {
	sub    *submission
	err    error  // why it is refused; nothing is written then
	id     string // the centre's message id
	change Change

	// For memory: what to undo when the change is not written, and what to
	// forget when it is.
	added  *Part
	shown  *[16]byte
	forget string
}

// judge decides as the network would. It remembers parts and shown texts at
// once, so that the same one in the next submission is recognised; undo takes
// that back.
func (c *SMSC) judge(ctx context.Context, s *submission) *verdict {
	v := &verdict{sub: s}
	v.err = c.weigh(ctx, v)
	return v
}

func (c *SMSC) weigh(ctx context.Context, v *verdict) error {
	e, err := v.sub.read()
	if err != nil {
		return err
	}
	if c.foreign(v.sub.system) {
		e.messageID = ""
	}
	owner, err := c.ownerOf(ctx, e.messageID)
	if err != nil {
		return err
	}
	rule := c.rules.match(owner, e.to.E164)
	switch rule.Outcome {
	case Rejected:
		return &refusal{status: smpp.StatusXRAppn}
	case Throttled:
		return &refusal{status: c.throttle(v.sub.system)}
	}
	shown, ok, err := display(ctx, c.settings.Directory, owner, e.from, e.to)
	if err != nil {
		return err
	}
	if !ok {
		return &refusal{status: smpp.StatusInvSrcAdr}
	}
	e.from = shown
	now := c.settings.Now().UTC().Truncate(time.Millisecond)
	v.id = c.ids.next()
	if rule.Outcome.shows() {
		c.show(v, &e, owner, now)
	}
	done := now.Add(time.Duration(rule.ReceiptDelay))
	c.fates.add(v.id, fate{endingOf(rule.Outcome), done})
	if wanted(v.sub.registered, rule.Outcome) {
		return c.owe(v, &e, rule.Outcome, now, done)
	}
	return nil
}

// throttle is how a text is refused that may be sent again. The gateway would pause all that it
// sends, other accounts' texts too, which must not feel one account's rule: it
// is told of a fault that passes.
func (c *SMSC) throttle(system string) smpp.Status {
	if c.settings.GatewayPassword != "" && system == c.settings.Gateway {
		return smpp.StatusXTAppn
	}
	return smpp.StatusThrottled
}

// ownerOf is the account that a message belongs to: the operator's for those
// of foreign clients.
func (c *SMSC) ownerOf(ctx context.Context, messageID string) (string, error) {
	if messageID == "" {
		return account.Operator, nil
	}
	owner, err := c.settings.Directory.MessageAccount(ctx, messageID)
	if err != nil {
		return "", fmt.Errorf("simulator: account of message: %w", err)
	}
	if owner == "" {
		return account.Operator, nil
	}
	return owner, nil
}

// show puts a text on the handset, once it is whole and unless it was there
// already: a client that lost the answer in a crash sends a text again.
func (c *SMSC) show(v *verdict, e *envelope, owner string, now time.Time) {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	if e.messageID != "" && c.memory.shown.has(e.id) {
		return
	}
	e.part.SMSC, e.part.At = c.settings.Name, now
	parts := []Part{e.part}
	if e.joined {
		if parts = c.gather(v, e); parts == nil {
			return
		}
	}
	text, encoding := join(parts)
	count := len(parts)
	if !e.joined {
		count = partsOf(e.part.Data, text, alphabetOf(e.part.Coding))
	}
	v.change.Message = &Message{
		MessageID: e.messageID, Direction: ToHandset, From: e.from.text, To: e.to.E164, FromKind: e.from.kind,
		Body: text, Encoding: encoding.String(), Parts: count, ReceivedAt: now, TLVs: e.tlvs,
		Account: owner, Handset: e.to.E164, System: v.sub.system,
	}
	if e.messageID != "" {
		c.memory.shown.add(e.id)
		v.shown = &e.id
	}
}

// gather adds a part to its long text and gives all parts when none is
// missing, else nil. The parts of an API message are forgotten when the text
// is shown, since its message id is remembered; those of others stay until
// they cannot come again.
func (c *SMSC) gather(v *verdict, e *envelope) []Part {
	c.memory.long.sweep(e.part.At)
	a := c.memory.long.add(e.part)
	if a.again {
		return nil
	}
	part := e.part
	v.added = &part
	// A foreign text's rows may outlive the memory of it.
	if a.fresh || a.first && e.messageID == "" {
		v.change.Forget = part.Key
	}
	if a.whole != nil && e.messageID != "" {
		v.change.Forget, v.forget = part.Key, part.Key
	} else {
		v.change.Part = &part
	}
	return a.whole
}

// owe adds the receipt that the client is to get.
func (c *SMSC) owe(v *verdict, e *envelope, o Outcome, taken, done time.Time) error {
	text := alphabetOf(e.part.Coding).decode(e.part.Data)
	d, err := c.newDelivery(v.sub.system, done, receipt(v.sub, v.id, text, o, taken, done))
	if err != nil {
		c.undo(v)
		return err
	}
	v.change.Deliveries = []*Delivery{d}
	return nil
}

// newDelivery encodes a deliver_sm for the disk.
func (c *SMSC) newDelivery(system string, due time.Time, p *smpp.DeliverSM) (*Delivery, error) {
	pdu, err := smpp.AppendPDU(nil, 1, p)
	if err != nil {
		return nil, fmt.Errorf("simulator: deliver_sm: %w", err)
	}
	return &Delivery{SMSC: c.settings.Name, System: system, DueAt: due, PDU: pdu}, nil
}

// undo forgets a submission whose change was not written.
func (c *SMSC) undo(v *verdict) {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	if v.added != nil {
		c.memory.long.remove(*v.added)
	}
	if v.shown != nil {
		c.memory.shown.drop(*v.shown)
	}
}

// written settles memory after the change is on disk.
func (c *SMSC) written(v *verdict) {
	if v.forget == "" {
		return
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	c.memory.long.forget(v.forget)
}

func (ch *Change) empty() bool {
	return ch.Forget == "" && ch.Part == nil && ch.Message == nil && len(ch.Deliveries) == 0
}
