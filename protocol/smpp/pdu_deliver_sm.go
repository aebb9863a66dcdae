package smpp

// DeliverSM is deliver_sm: a message from a handset or a delivery receipt, from
// the SMSC (SMPP 3.4 §4.6.1). Its wire form is that of SubmitSM; the fields that
// deliver_sm does not use are sent empty by a careful SMSC and passed over here.
type DeliverSM struct {
	ServiceType          string
	Source               Address
	Destination          Address
	ESMClass             ESMClass
	ProtocolID           uint8
	Priority             uint8
	ScheduleDeliveryTime string // unused
	ValidityPeriod       string // unused
	RegisteredDelivery   RegisteredDelivery
	ReplaceIfPresent     uint8 // unused
	DataCoding           DataCoding
	DefaultMessageID     uint8  // unused
	ShortMessage         []byte // at most MaxShortMessage octets
	TLVs                 TLVs
}

// CommandID is CommandDeliverSM.
func (*DeliverSM) CommandID() CommandID { return CommandDeliverSM }

// Body is ShortMessage, or message_payload when that is empty.
func (p *DeliverSM) Body() []byte { return bodyOf(p.ShortMessage, p.TLVs) }

// Clone copies the message and everything that it borrows.
func (p *DeliverSM) Clone() *DeliverSM { return (*DeliverSM)((*SubmitSM)(p).Clone()) }

func (p *DeliverSM) encode(e *encoder) { (*SubmitSM)(p).encode(e) }
func (p *DeliverSM) decode(d *decoder) { (*SubmitSM)(p).decode(d) }

// DeliverSMResp is deliver_sm_resp (SMPP 3.4 §4.6.2). Its message_id is unused and
// always written as one NUL.
type DeliverSMResp struct {
	Status    Status
	MessageID string
	TLVs      TLVs
}

// CommandID is CommandDeliverSMResp.
func (*DeliverSMResp) CommandID() CommandID { return CommandDeliverSMResp }

// CommandStatus is Status.
func (p *DeliverSMResp) CommandStatus() Status { return p.Status }

func (p *DeliverSMResp) setStatus(s Status) { p.Status = s }

func (p *DeliverSMResp) encode(e *encoder) {
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.tlvs(p.TLVs)
}

func (p *DeliverSMResp) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.tlvs(&p.TLVs)
}
