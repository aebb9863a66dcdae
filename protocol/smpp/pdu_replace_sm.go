package smpp

// ReplaceSM is replace_sm: a new text for a message that is not delivered yet
// (SMPP 3.4 §4.10.1). It has no optional parameters.
type ReplaceSM struct {
	MessageID            string
	Source               Address
	ScheduleDeliveryTime string
	ValidityPeriod       string
	RegisteredDelivery   RegisteredDelivery
	DefaultMessageID     uint8 // sm_default_msg_id
	ShortMessage         []byte
}

// CommandID is CommandReplaceSM.
func (*ReplaceSM) CommandID() CommandID { return CommandReplaceSM }

// Clone copies the message and everything that it borrows.
func (p *ReplaceSM) Clone() *ReplaceSM {
	c := *p
	c.ShortMessage = append([]byte(nil), p.ShortMessage...)
	return &c
}

func (p *ReplaceSM) encode(e *encoder) {
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.address(p.Source, maxAddr, "source_addr")
	e.cstring(p.ScheduleDeliveryTime, maxTime, "schedule_delivery_time")
	e.cstring(p.ValidityPeriod, maxTime, "validity_period")
	e.byte(uint8(p.RegisteredDelivery))
	e.byte(p.DefaultMessageID)
	e.shortMessage(p.ShortMessage)
}

func (p *ReplaceSM) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.address(&p.Source, maxAddr, "source_addr", StatusInvSrcAdr)
	d.cstring(&p.ScheduleDeliveryTime, maxTime, "schedule_delivery_time", StatusInvSched)
	d.cstring(&p.ValidityPeriod, maxTime, "validity_period", StatusInvExpiry)
	p.RegisteredDelivery = RegisteredDelivery(d.byte("registered_delivery"))
	p.DefaultMessageID = d.byte("sm_default_msg_id")
	p.ShortMessage = d.shortMessage()
}

// ReplaceSMResp is replace_sm_resp (SMPP 3.4 §4.10.2). It has no body.
type ReplaceSMResp struct {
	Status Status
}

// CommandID is CommandReplaceSMResp.
func (*ReplaceSMResp) CommandID() CommandID { return CommandReplaceSMResp }

// CommandStatus is Status.
func (p *ReplaceSMResp) CommandStatus() Status { return p.Status }

func (p *ReplaceSMResp) setStatus(s Status) { p.Status = s }
func (*ReplaceSMResp) encode(*encoder)      {}
func (*ReplaceSMResp) decode(*decoder)      {}
