package operator

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"heliograph/audit"
	"heliograph/config"
	"heliograph/country"
	"heliograph/message"
)

// Messages finds messages.
type Messages interface {
	// Message finds a message with its parts.
	Message(ctx context.Context, id message.ID) (*message.Message, bool, error)
	// SearchMessages looks for messages, newest first, as far back as the
	// search allows.
	SearchMessages(ctx context.Context, s message.Search) (message.Found, error)
}

// messageShown is a message as the operator sees it. What tells of the person
// it went to, and what it said, is shown to who gives a reason.
type messageShown struct {
	ID               string            `json:"id"`
	Account          string            `json:"account"`
	Region           string            `json:"region"`
	From             string            `json:"from"`
	FromKind         string            `json:"fromKind"`
	Identity         string            `json:"originationIdentity,omitempty"`
	Pool             string            `json:"poolId,omitempty"`
	To               string            `json:"to"`
	Masked           bool              `json:"masked"` // to is, and body, context and parameters are left out
	Body             string            `json:"body,omitempty"`
	Country          string            `json:"country"`
	Network          string            `json:"network,omitempty"` // mobile country and network code: a receipt's, else the table's
	Carrier          string            `json:"carrier"`
	MessageType      string            `json:"messageType"`
	State            string            `json:"state"`
	Code             string            `json:"code,omitempty"`
	Encoding         string            `json:"encoding"`
	Parts            []partShown       `json:"parts"`
	Price            string            `json:"price"` // US dollars, of all parts
	ConfigurationSet string            `json:"configurationSet,omitempty"`
	Context          map[string]string `json:"context,omitempty"`
	Parameters       map[string]string `json:"parameters,omitempty"` // DestinationCountryParameters
	Feedback         string            `json:"feedback,omitempty"`   // RECEIVED or FAILED, as the caller said or after an hour in silence
	AcceptedAt       time.Time         `json:"acceptedAt"`
	ExpiresAt        time.Time         `json:"expiresAt"`
	EndedAt          time.Time         `json:"endedAt,omitzero"`
	Why              []string          `json:"why"`
}

type partShown struct {
	Number           int       `json:"number"`
	State            string    `json:"state"`
	Code             string    `json:"code,omitempty"`
	CarrierMessageID string    `json:"carrierMessageId,omitempty"`
	Attempts         int       `json:"attempts"`
	SubmittedAt      time.Time `json:"submittedAt,omitzero"`
	EndedAt          time.Time `json:"endedAt,omitzero"`
	DoneAt           time.Time `json:"doneAt,omitzero"` // by the network's clock
}

// message answers what became of a message, and why it went as it went.
func (p Parts) message(r *http.Request) (any, error) {
	asked := asked{r.URL.Query(), p.Now, nil}
	reason := asked.reason()
	if asked.wrong != nil {
		return nil, asked.wrong
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return nil, invalid("a message id is a UUID, as SendTextMessage answered it")
	}
	m, ok, err := p.Messages.Message(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unknown("there is no message with this id")
	}
	if err := p.noteLook(r, reason, m.Scope.Account, m.Scope.Region, "", []*message.Message{m}); err != nil {
		return nil, err
	}
	return p.show(m, reason == ""), nil
}

// noteLook puts on record that somebody looks at numbers and texts, before
// they are shown.
func (p Parts) noteLook(r *http.Request, reason, owner, region, parameters string, list []*message.Message) error {
	if reason == "" {
		return nil
	}
	entry, _ := audit.From(r.Context())
	entry.Account, entry.Region, entry.Reason, entry.Parameters = owner, region, reason, parameters
	for _, m := range list {
		entry.Targets = append(entry.Targets, "message/"+m.ID.String())
	}
	return p.Audit.Audit(r.Context(), entry)
}

// Bounds of a reason, in letters and digits, and in octets.
const (
	shortestReason = 3
	longestReason  = 500
)

func reasonParameter() parameter {
	return parameter{name: "reason", kind: "string", summary: "why number, text and context are to be shown, at least three letters or digits; it is kept in the audit"}
}

// reason reads why somebody wants to see what is masked, "" = does not.
func (a *asked) reason() string {
	if !a.Has("reason") {
		return ""
	}
	reason := strings.TrimSpace(a.text("reason"))
	if said(reason) < shortestReason || len(reason) > longestReason || !utf8.ValidString(reason) {
		a.refuse("a reason has at least three letters or digits, and at most 500 octets of UTF-8")
	}
	return reason
}

// said counts what can be read in a text: nobody reads blanks, signs and
// characters of no width.
func said(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func (p Parts) show(m *message.Message, masked bool) messageShown {
	shown := messageShown{
		ID: m.ID.String(), Account: m.Scope.Account, Region: m.Scope.Region,
		From: m.Origin.Wire, FromKind: string(m.Origin.Kind), Identity: m.Origin.Identity, Pool: m.Origin.Pool,
		To: country.Mask(m.To), Masked: masked, Country: m.Country, Network: m.Network, Carrier: m.Carrier, MessageType: string(m.Type),
		State: m.State.String(), Code: m.Code, Encoding: m.Encoding.String(),
		Price: config.MicroUSD(m.Price).String(), ConfigurationSet: m.ConfigurationSet,
		Feedback: string(m.FeedbackNow(p.Now())), AcceptedAt: m.AcceptedAt, ExpiresAt: m.ExpiresAt, EndedAt: m.EndedAt,
		Parts: make([]partShown, len(m.PartLog)), Why: why(m),
	}
	if shown.Network == "" && p.Network != nil {
		shown.Network, _ = p.Network(m.To)
	}
	if !masked {
		shown.To, shown.Body, shown.Context, shown.Parameters = m.To, m.Body, m.Context, m.Parameters
	}
	for i, part := range m.PartLog {
		shown.Parts[i] = partShown{
			Number: part.Number, State: part.State.String(), Code: part.Code, CarrierMessageID: part.CarrierMessageID,
			Attempts: part.Attempts, SubmittedAt: part.SubmittedAt, EndedAt: part.EndedAt, DoneAt: part.DoneAt,
		}
	}
	return shown
}
