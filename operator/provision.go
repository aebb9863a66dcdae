package operator

import (
	"net/http"
	"slices"

	"heliograph/api"
	"heliograph/config"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// provisionShown is a carrier that an identity is provisioned on.
type provisionShown struct {
	Name string `json:"name"`
	As   string `json:"as,omitempty"`
}

// senderAsked is a sender ID that is to be put into an account.
type senderAsked struct {
	Account      string           `json:"account"`
	Region       string           `json:"region"`
	SenderID     string           `json:"senderId"`
	Country      string           `json:"country"`
	Registered   bool             `json:"registered,omitempty"`
	MessageTypes []string         `json:"messageTypes,omitempty"` // absent = both
	Carriers     []provisionShown `json:"carriers,omitempty"`     // absent = all
}

type senderShown struct {
	Account      string           `json:"account"`
	Region       string           `json:"region"`
	SenderID     string           `json:"senderId"`
	Country      string           `json:"country"`
	Registered   bool             `json:"registered"`
	MessageTypes []string         `json:"messageTypes"`
	Carriers     []provisionShown `json:"carriers"` // empty = all
}

// provisionSender puts a sender ID into an account and Region, also one that
// the customer released before.
func (p Parts) provisionSender(r *http.Request) (any, error) {
	var in senderAsked
	r, err := read(r, &in)
	if err != nil {
		return nil, err
	}
	if len(in.MessageTypes) == 0 {
		in.MessageTypes = []string{string(api.MessageTypeTransactional), string(api.MessageTypePromotional)}
	}
	line := config.SenderID{
		SenderID: in.SenderID, Country: in.Country, Account: in.Account, Region: in.Region,
		Registered: in.Registered, MessageTypes: in.MessageTypes,
	}
	if err := line.Check(); err != nil {
		return nil, invalid(err.Error())
	}
	for _, c := range in.Carriers {
		if !slices.Contains(p.Carriers(), c.Name) {
			return nil, invalid("no carrier is named " + c.Name)
		}
		line.Carriers = append(line.Carriers, config.Provision{Name: c.Name, As: c.As})
	}
	if err := p.knownAccount(r, in.Account); err != nil {
		return nil, err
	}
	scope := resource.Scope{Account: in.Account, Region: in.Region}
	err = p.Provisioner.change(r.Context(), scope, func(v *origination.View) (origination.Change, error) {
		return origination.Change{PutSenders: []origination.SenderID{senderOf(v, line, p.Now())}}, nil
	})
	if in.Carriers == nil {
		in.Carriers = []provisionShown{}
	}
	return senderShown(in), err
}

// numberAsked is a number that is to be leased to an account.
type numberAsked struct {
	Account     string `json:"account"`
	Region      string `json:"region"`
	Number      string `json:"number"`
	MessageType string `json:"messageType,omitempty"` // absent = the inventory's, else TRANSACTIONAL
}

type numberShown struct {
	Account       string `json:"account"`
	Region        string `json:"region"`
	Number        string `json:"number"`
	MessageType   string `json:"messageType"`
	PhoneNumberID string `json:"phoneNumberId"`
}

// provisionNumber leases a number of the inventory to an account and Region.
func (p Parts) provisionNumber(r *http.Request) (any, error) {
	var in numberAsked
	r, err := read(r, &in)
	if err != nil {
		return nil, err
	}
	if err := config.CheckRegion(in.Region); err != nil {
		return nil, invalid(err.Error())
	}
	if err := p.knownAccount(r, in.Account); err != nil {
		return nil, err
	}
	var number origination.PhoneNumber
	id, scope := resource.NewID(origination.NumberPrefix), resource.Scope{Account: in.Account, Region: in.Region}
	err = p.Provisioner.change(r.Context(), scope, func(*origination.View) (origination.Change, error) {
		stock, err := p.free(r, in.Number)
		if err != nil {
			return origination.Change{}, err
		}
		number, err = p.lease(id, in.MessageType, stock)
		return origination.Change{PutNumbers: []origination.PhoneNumber{number}, Lease: []origination.Stock{stock}}, err
	})
	return numberShown{
		Account: in.Account, Region: in.Region, Number: in.Number, MessageType: string(number.MessageType), PhoneNumberID: id,
	}, err
}

// free finds a number of the inventory that nobody has.
func (p Parts) free(r *http.Request, number string) (origination.Stock, error) {
	stock, err := p.Provisioner.FreeStock(r.Context())
	if err != nil {
		return origination.Stock{}, err
	}
	for _, s := range stock {
		if s.Number == number {
			return s, nil
		}
	}
	return origination.Stock{}, unknown("no free number of the inventory is this one: put it into `numbers` of the configuration file, or see whether it is leased")
}

// lease is the number as its new holder has it.
func (p Parts) lease(id, messageType string, s origination.Stock) (origination.PhoneNumber, error) {
	kind := api.MessageType(messageType)
	if kind == "" {
		kind = api.MessageTypeTransactional
		if s.MessageType != "" {
			kind = s.MessageType
		}
	}
	switch {
	case kind != api.MessageTypeTransactional && kind != api.MessageTypePromotional:
		return origination.PhoneNumber{}, invalid("messageType is TRANSACTIONAL or PROMOTIONAL")
	case s.MessageType != "" && kind != s.MessageType:
		return origination.PhoneNumber{}, invalid("the inventory has this number for " + string(s.MessageType) + " alone")
	}
	return origination.PhoneNumber{
		ID: id, Number: s.Number, ISOCountryCode: s.ISOCountryCode, Type: s.Type, MessageType: kind,
		Capabilities: s.Capabilities, Status: api.NumberStatusActive, MonthlyPrice: s.MonthlyPrice,
		Settings: origination.Settings{OptOutList: resource.DefaultOptOutList}, Provisions: s.Provisions, CreatedAt: p.Now(),
	}, nil
}

// knownAccount refuses an account that does not exist.
func (p Parts) knownAccount(r *http.Request, id string) error {
	_, ok, err := p.Accounts.Account(r.Context(), id)
	if err == nil && !ok {
		err = unknown("there is no account " + id + ": put it into `accounts` of the configuration file")
	}
	return err
}
