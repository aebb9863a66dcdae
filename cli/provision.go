package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Carrier is a carrier that an identity is provisioned on.
type Carrier struct {
	Name string `json:"name"`
	As   string `json:"as,omitempty"` // what the carrier calls the identity; empty = the same
}

// ParseCarriers reads NAME or NAME=AS.
func ParseCarriers(list []string) ([]Carrier, error) {
	var carriers []Carrier
	for _, text := range list {
		name, as, renamed := strings.Cut(text, "=")
		if name == "" || renamed && as == "" {
			return nil, Usagef("--carrier %s: give NAME, or NAME=AS with what that carrier calls it", text)
		}
		carriers = append(carriers, Carrier{Name: name, As: as})
	}
	return carriers, nil
}

// SenderProvision is a sender ID to put into an account and Region.
type SenderProvision struct {
	Account      string    `json:"account"` // twelve digits
	Region       string    `json:"region"`
	SenderID     string    `json:"senderId"`
	Country      string    `json:"country"` // ISO 3166-1, two letters
	Registered   bool      `json:"registered"`
	MessageTypes []string  `json:"messageTypes,omitempty"` // none = both
	Carriers     []Carrier `json:"carriers,omitempty"`     // none = all
}

// ProvisionSender puts a sender ID into an account.
func ProvisionSender(ctx context.Context, env Environment, p SenderProvision) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	if err := c.do(ctx, http.MethodPost, "/operator/v1/provision/sender-ids", p, nil); err != nil {
		return err
	}
	kind := "unregistered"
	if p.Registered {
		kind = "registered"
	}
	_, err = fmt.Fprintf(env.Stdout, "account %s has the sender ID %s for %s (%s) in %s\n", p.Account, p.SenderID, p.Country, kind, p.Region)
	return err
}

// NumberProvision is a number of the inventory to lease to an account and
// Region.
type NumberProvision struct {
	Account     string `json:"account"` // twelve digits
	Region      string `json:"region"`
	Number      string `json:"number"`                // E.164
	MessageType string `json:"messageType,omitempty"` // empty = the inventory's
}

// ProvisionNumber leases a number of the inventory to an account.
func ProvisionNumber(ctx context.Context, env Environment, p NumberProvision) error {
	if !numberPattern.MatchString(p.Number) {
		return Usagef("%q is no phone number such as +12065550142", p.Number)
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer := struct {
		ID          string `json:"phoneNumberId"`
		MessageType string `json:"messageType"`
	}{}
	if err := c.do(ctx, http.MethodPost, "/operator/v1/provision/phone-numbers", p, &answer); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "account %s has %s (%s, %s) in %s\n", p.Account, p.Number, answer.ID, answer.MessageType, p.Region)
	return err
}
