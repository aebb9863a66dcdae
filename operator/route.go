package operator

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"heliograph/api"
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/route"
	"heliograph/resource"
)

// Chooser runs the choice of a message's sender and carrier without sending.
type Chooser interface {
	// Trial answers the message that a request would make, and beside an error
	// of the API what is known of it.
	Trial(ctx context.Context, scope resource.Scope, in *api.SendTextMessageInput) (*message.Message, error)
	// Survey tells of the route that a message was given.
	Survey(m *message.Message) route.Survey
}

// routeShown is what would become of a message.
type routeShown struct {
	Sends       bool         `json:"sends"`
	Refusal     string       `json:"refusal,omitempty"` // what SendTextMessage would answer in place of an id
	Country     string       `json:"country,omitempty"` // ISO 3166-1 alpha-2 of the destination
	Network     string       `json:"network,omitempty"` // mobile country and network code, where it is known
	Line        int          `json:"line,omitempty"`    // of the route in the configuration file, absent = it names none
	From        string       `json:"from,omitempty"`    // what the wire would carry
	FromKind    string       `json:"fromKind,omitempty"`
	Identity    string       `json:"identity,omitempty"`
	Pool        string       `json:"pool,omitempty"`
	MessageType string       `json:"messageType,omitempty"`
	Carrier     string       `json:"carrier,omitempty"`
	Groups      []groupShown `json:"groups"`
	Encoding    string       `json:"encoding,omitempty"` // with a body
	Parts       int          `json:"parts,omitempty"`    // with a body
	Price       string       `json:"price,omitempty"`    // US dollars: of the message with a body, else of a part
	Why         []string     `json:"why"`
}

// groupShown are carriers that share messages by weight.
type groupShown struct {
	Carriers []stopShown `json:"carriers"`
}

type stopShown struct {
	Name    string `json:"name"`
	Weight  int    `json:"weight"`
	Up      bool   `json:"up"`                // it has a connection
	Well    bool   `json:"well"`              // its messages to the country are reported delivered as they should be
	Chosen  bool   `json:"chosen"`            //
	Because string `json:"because,omitempty"` // why it was passed over
}

func (p Parts) routeRoute() endpoint {
	return endpoint{
		method: http.MethodGet, path: "/route", id: "explainRoute", status: http.StatusOK,
		summary: "What would become of a message, and why. Nothing is sent, and nothing is said of what the account spent.",
		query: []parameter{
			{name: "to", kind: "string", summary: "the destination, E.164 with +; needed"},
			{name: "account", kind: "string", summary: "twelve digits; needed"},
			{name: "region", kind: "string", summary: "such as us-east-1; needed"},
			{name: "from", kind: "string", summary: "the origination identity as in SendTextMessage; the account's choice unless told"},
			{name: "messageType", kind: "string", summary: "as in SendTextMessage", values: []string{"TRANSACTIONAL", "PROMOTIONAL"}},
			{name: "configurationSet", kind: "string", summary: "its name"},
			{name: "body", kind: "string", summary: "a text, to count its parts"},
		},
		tells: routeShown{}, refuses: []int{http.StatusNotFound}, serve: p.explainRoute,
	}
}

// explainRoute answers what would become of a message.
func (p Parts) explainRoute(r *http.Request) (any, error) {
	q := r.URL.Query()
	for _, needed := range []string{"to", "account", "region"} {
		if q.Get(needed) == "" {
			return nil, invalid("the query parameter " + needed + " is needed")
		}
	}
	if t := q.Get("messageType"); t != "" && t != string(api.MessageTypeTransactional) && t != string(api.MessageTypePromotional) {
		return nil, invalid("messageType is TRANSACTIONAL or PROMOTIONAL")
	}
	if err := config.CheckRegion(q.Get("region")); err != nil {
		return nil, invalid(err.Error())
	}
	if err := p.knownAccount(r, q.Get("account")); err != nil {
		return nil, err
	}
	m, err := p.Chooser.Trial(r.Context(), resource.Scope{Account: q.Get("account"), Region: q.Get("region")}, &api.SendTextMessageInput{
		DestinationPhoneNumber: q.Get("to"), OriginationIdentity: q.Get("from"), MessageType: api.MessageType(q.Get("messageType")),
		ConfigurationSetName: q.Get("configurationSet"), MessageBody: q.Get("body"),
	})
	var refused *api.Error
	if err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	return p.showRoute(m, refused), nil
}

func (p Parts) showRoute(m *message.Message, refused *api.Error) routeShown {
	shown := routeShown{
		Sends: refused == nil, Country: m.Country, From: m.Origin.Wire, FromKind: string(m.Origin.Kind),
		Identity: m.Origin.Identity, Pool: m.Origin.Pool, MessageType: string(m.Type), Carrier: m.Carrier,
		Groups: []groupShown{}, Why: []string{},
	}
	if m.Why.Asked != "" || m.Why.Candidates != nil {
		shown.Why = route.Explain(m.Why)
	}
	if refused != nil {
		shown.Refusal = fmt.Sprintf("%s: %s", refused.Exception, refused.Error())
	} else {
		shown.Price = config.MicroUSD(m.Price).String()
	}
	if m.Parts > 0 {
		shown.Encoding, shown.Parts = m.Encoding.String(), m.Parts
	}
	if m.Country == "" {
		return shown
	}
	s := p.Chooser.Survey(m)
	shown.Network, shown.Line = s.Network, s.Line
	for _, group := range s.Groups {
		shown.Groups = append(shown.Groups, showGroup(m, group))
	}
	return shown
}

func showGroup(m *message.Message, stops []route.Stop) groupShown {
	var g groupShown
	for _, s := range stops {
		shown := stopShown{Name: s.Carrier, Weight: s.Weight, Up: s.Up, Well: s.Well, Chosen: s.Carrier == m.Carrier}
		for _, passed := range m.Why.Routes {
			if passed.Carrier == s.Carrier && !shown.Chosen {
				shown.Because = route.PassedOver(passed)
			}
		}
		g.Carriers = append(g.Carriers, shown)
	}
	return g
}
