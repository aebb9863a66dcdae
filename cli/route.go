package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// OperatorAccount is the account of the server's operator.
const OperatorAccount = "000000000000"

// RouteOptions are a message that is not sent.
type RouteOptions struct {
	To               string // E.164 with +
	From             string // an origination identity, "" = the account's choice
	Account          string // twelve digits, "" = the operator's
	Region           string // "" = that of the environment or profile
	MessageType      string
	ConfigurationSet string
	Body             string
	Output           string
}

// shownRoute is what the operator API tells of such a message.
type shownRoute struct {
	Sends       bool         `json:"sends"`
	Refusal     string       `json:"refusal"`
	Country     string       `json:"country"`
	Network     string       `json:"network"`
	Line        int          `json:"line"`
	From        string       `json:"from"`
	FromKind    string       `json:"fromKind"`
	MessageType string       `json:"messageType"`
	Carrier     string       `json:"carrier"`
	Groups      []shownGroup `json:"groups"`
	Encoding    string       `json:"encoding"`
	Parts       int          `json:"parts"`
	Price       string       `json:"price"`
	Why         []string     `json:"why"`
}

type shownGroup struct {
	Carriers []struct {
		Name    string `json:"name"`
		Weight  int    `json:"weight"`
		Up      bool   `json:"up"`
		Well    bool   `json:"well"`
		Chosen  bool   `json:"chosen"`
		Because string `json:"because"`
	} `json:"carriers"`
}

// ExplainRoute tells what would become of a message.
func ExplainRoute(ctx context.Context, env Environment, o RouteOptions) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	query := url.Values{}
	for name, value := range map[string]string{
		"to": o.To, "from": o.From, "account": firstOf(o.Account, OperatorAccount), "region": firstOf(o.Region, c.credentials.Region),
		"messageType": o.MessageType, "configurationSet": o.ConfigurationSet, "body": o.Body,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	answer := json.RawMessage{}
	if err := c.do(ctx, http.MethodGet, "/operator/v1/route?"+query.Encode(), nil, &answer); err != nil {
		return err
	}
	if o.Output == JSON {
		return printJSON(env.Stdout, answer)
	}
	var r shownRoute
	if err := json.Unmarshal(answer, &r); err != nil {
		return err
	}
	return r.show(env.Stdout)
}

// show tells of it in words.
func (r shownRoute) show(w io.Writer) error {
	if r.Sends {
		fmt.Fprintf(w, "It would be sent from %s (%s) by carrier %s, as %s.\n", plain(r.From), dash(r.FromKind), r.Carrier, r.MessageType)
	} else {
		fmt.Fprintln(w, "It would be refused:", plain(r.Refusal))
	}
	if r.Country != "" {
		network := "network not known"
		if r.Network != "" {
			network = "network " + r.Network
		}
		fmt.Fprintf(w, "The destination is in %s, %s.\n", r.Country, network)
	}
	switch {
	case r.Parts > 0:
		fmt.Fprintf(w, "The text takes %s (%s) and costs %s US dollars.\n", counted(r.Parts, "part"), r.Encoding, r.Price)
	case r.Price != "":
		fmt.Fprintf(w, "A part costs %s US dollars.\n", r.Price)
	}
	if err := r.showGroups(w); err != nil {
		return err
	}
	if len(r.Why) > 0 {
		fmt.Fprintln(w, "\nWhy:")
	}
	for _, sentence := range r.Why {
		fmt.Fprintln(w, "  -", plain(sentence))
	}
	return nil
}

func (r shownRoute) showGroups(w io.Writer) error {
	if len(r.Groups) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	if r.Line > 0 {
		fmt.Fprintf(w, "The route in line %d of the configuration file:\n", r.Line)
	}
	var rows [][]string
	for i, g := range r.Groups {
		for _, c := range g.Carriers {
			taken := c.Because
			if c.Chosen {
				taken = "taken"
			}
			rows = append(rows, []string{
				"  " + strconv.Itoa(i+1), c.Name, strconv.Itoa(c.Weight), either(c.Up, "up", "down"), either(c.Well, "well", "not well"), dash(taken),
			})
		}
	}
	return table(w, []string{"  GROUP", "CARRIER", "WEIGHT", "CONNECTION", "DELIVERY", ""}, rows)
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
