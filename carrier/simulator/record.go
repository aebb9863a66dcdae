package simulator

import (
	"time"

	"heliograph/carrier"
)

// Direction says which way a text went.
type Direction string

// The two directions.
const (
	ToHandset   Direction = "TO_HANDSET"
	FromHandset Direction = "FROM_HANDSET"
)

// Message is a text on a simulated handset, as the person holding it sees it.
type Message struct {
	ID         int64               `json:"id"`                  // increasing, given by the store
	MessageID  string              `json:"messageId,omitempty"` // the API's, "" for a foreign client's message
	Direction  Direction           `json:"direction"`
	From       string              `json:"from"` // as a phone shows it
	To         string              `json:"to"`
	FromKind   carrier.AddressKind `json:"fromKind"`
	Body       string              `json:"body"`
	Encoding   string              `json:"encoding"` // "GSM" or "UCS2"
	Parts      int                 `json:"parts"`
	ReceivedAt time.Time           `json:"receivedAt"`
	TLVs       map[string]string   `json:"tlvs"` // tag as four hex digits → value as hex

	Account string `json:"-"` // whose message it is
	Handset string `json:"-"` // E.164 with +
	System  string `json:"-"` // system_id of the client that sent it, or gets it
}

// Handset is one line of the list of handsets.
type Handset struct {
	Number        string    `json:"number"`
	Messages      int       `json:"messages"`
	LastMessageAt time.Time `json:"lastMessageAt"`
}

// Part is a part of a long text, kept until the handset can show the whole and
// as long as it may come again.
type Part struct {
	SMSC   string // the Settings.Name of the centre that took it
	Key    string // the same for all parts of a text
	Number int    // 1-based
	Total  int
	Coding uint8  // data_coding (SMPP 3.4 §5.2.19)
	Data   []byte // without its user data header
	At     time.Time
}

// Delivery is a deliver_sm that a client has yet to acknowledge: a delivery
// receipt, or a text from a handset.
type Delivery struct {
	ID     int64  // given by the store
	SMSC   string // the Settings.Name of the centre that sends it
	System string // system_id whose receivers may get it
	DueAt  time.Time
	PDU    []byte // body of the deliver_sm (SMPP 3.4 §4.6.1)

	attempts int
}

// Change is what one event writes, all of it or nothing, in this order.
type Change struct {
	Forget     string      // key of parts that are no longer needed, "" = none
	Part       *Part       // nil = none
	Message    *Message    // nil = none; Save sets its ID
	Deliveries []*Delivery // Save sets their IDs
}

// Backlog is what a centre finds on disk when it starts.
type Backlog struct {
	Parts      []Part
	Deliveries []*Delivery
	Shown      []string // the API's ids of the texts that handsets show, oldest first
	Rules      map[string][]Rule
}

// Query chooses messages. Zero fields choose all.
type Query struct {
	Account   string
	Handset   string
	After     int64 // messages with a greater ID only
	From      string
	Direction Direction
	Newest    bool // newest first instead of oldest first
	Limit     int  // 0 = all
}
