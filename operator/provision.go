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

type senderShown struct {
	Account      string           `json:"account"`
	Region       string           `json:"region"`
	SenderID     string           `json:"senderId"`
	Country      string           `json:"country"`
	Registered   bool             `json:"registered"`
	MessageTypes []string         `json:"messageTypes"` // absent = both
	Carriers     []provisionShown `json:"carriers"`     // absent = all
}

// provisionSender puts a sender ID into an account and Region, also one that
// the customer released before.
func (p Parts) provisionSender(r *http.Request) (int, any, error) {
	var in senderShown
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if len(in.MessageTypes) == 0 {
		in.MessageTypes = []string{string(api.MessageTypeTransactional), string(api.MessageTypePromotional)}
	}
	line := config.SenderID{
		SenderID: in.SenderID, Country: in.Country, Account: in.Account, Region: in.Region,
		Registered: in.Registered, MessageTypes: in.MessageTypes,
	}
	if err := line.Check(); err != nil {
		return 0, nil, invalid(err.Error())
	}
	for _, c := range in.Carriers {
		if !slices.Contains(p.Carriers, c.Name) {
			return 0, nil, invalid("no carrier is named " + c.Name)
		}
		line.Carriers = append(line.Carriers, config.Provision{Name: c.Name, As: c.As})
	}
	if err := p.knownAccount(r, in.Account); err != nil {
		return 0, nil, err
	}
	scope := resource.Scope{Account: in.Account, Region: in.Region}
	err := p.Provisioner.change(r.Context(), scope, func(v *origination.View) (origination.Change, error) {
		return origination.Change{PutSenders: []origination.SenderID{senderOf(v, line, p.Now())}}, nil
	})
	if in.Carriers == nil {
		in.Carriers = []provisionShown{}
	}
	return http.StatusCreated, in, err
}

type numberShown struct {
	Account       string `json:"account"`
	Region        string `json:"region"`
	Number        string `json:"number"`
	MessageType   string `json:"messageType"` // absent = the inventory's, else TRANSACTIONAL
	PhoneNumberID string `json:"phoneNumberId,omitempty"`
}

// provisionNumber leases a number of the inventory to an account and Region.
func (p Parts) provisionNumber(r *http.Request) (int, any, error) {
	var in numberShown
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	in.PhoneNumberID = resource.NewID(origination.NumberPrefix)
	if err := config.CheckRegion(in.Region); err != nil {
		return 0, nil, invalid(err.Error())
	}
	if err := p.knownAccount(r, in.Account); err != nil {
		return 0, nil, err
	}
	scope := resource.Scope{Account: in.Account, Region: in.Region}
	err := p.Provisioner.change(r.Context(), scope, func(*origination.View) (origination.Change, error) {
		stock, err := p.free(r, in.Number)
		if err != nil {
			return origination.Change{}, err
		}
		number, err := p.lease(&in, stock)
		return origination.Change{PutNumbers: []origination.PhoneNumber{number}, Lease: []origination.Stock{stock}}, err
	})
	return http.StatusCreated, in, err
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
func (p Parts) lease(in *numberShown, s origination.Stock) (origination.PhoneNumber, error) {
	if in.MessageType == "" {
		in.MessageType = string(api.MessageTypeTransactional)
		if s.MessageType != "" {
			in.MessageType = string(s.MessageType)
		}
	}
	kind := api.MessageType(in.MessageType)
	switch {
	case kind != api.MessageTypeTransactional && kind != api.MessageTypePromotional:
		return origination.PhoneNumber{}, invalid("messageType is TRANSACTIONAL or PROMOTIONAL")
	case s.MessageType != "" && kind != s.MessageType:
		return origination.PhoneNumber{}, invalid("the inventory has this number for " + string(s.MessageType) + " alone")
	}
	return origination.PhoneNumber{
		ID: in.PhoneNumberID, Number: s.Number, ISOCountryCode: s.ISOCountryCode, Type: s.Type, MessageType: kind,
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
