package smpp

// SubmitSM is submit_sm: a message from the ESME (SMPP 3.4 §4.4.1).
type SubmitSM struct {
	ServiceType          string
	Source               Address
	Destination          Address
	ESMClass             ESMClass
	ProtocolID           uint8
	Priority             uint8
	ScheduleDeliveryTime string // see FormatAbsolute, FormatRelative
	ValidityPeriod       string
	RegisteredDelivery   RegisteredDelivery
	ReplaceIfPresent     uint8
	DataCoding           DataCoding
	DefaultMessageID     uint8  // sm_default_msg_id
	ShortMessage         []byte // at most MaxShortMessage octets
	TLVs                 TLVs
}

// CommandID is CommandSubmitSM.
func (*SubmitSM) CommandID() CommandID { return CommandSubmitSM }

// Body is ShortMessage, or message_payload when that is empty.
func (p *SubmitSM) Body() []byte { return bodyOf(p.ShortMessage, p.TLVs) }

// Clone copies the message and everything that it borrows.
func (p *SubmitSM) Clone() *SubmitSM {
	c := *p
	c.ShortMessage = append([]byte(nil), p.ShortMessage...)
	c.TLVs = p.TLVs.Clone()
	return &c
}

func (p *SubmitSM) encode(e *encoder) {
	e.cstring(p.ServiceType, maxServiceType, "service_type")
	e.address(p.Source, maxAddr, "source_addr")
	e.address(p.Destination, maxAddr, "destination_addr")
	e.byte(uint8(p.ESMClass))
	e.byte(p.ProtocolID)
	e.byte(p.Priority)
	e.cstring(p.ScheduleDeliveryTime, maxTime, "schedule_delivery_time")
	e.cstring(p.ValidityPeriod, maxTime, "validity_period")
	e.byte(uint8(p.RegisteredDelivery))
	e.byte(p.ReplaceIfPresent)
	e.byte(uint8(p.DataCoding))
	e.byte(p.DefaultMessageID)
	e.shortMessage(p.ShortMessage)
	e.tlvs(p.TLVs)
}

func (p *SubmitSM) decode(d *decoder) {
	d.cstring(&p.ServiceType, maxServiceType, "service_type", StatusInvSerTyp)
	d.address(&p.Source, maxAddr, "source_addr", StatusInvSrcAdr)
	d.address(&p.Destination, maxAddr, "destination_addr", StatusInvDstAdr)
	p.ESMClass = ESMClass(d.byte("esm_class"))
	p.ProtocolID = d.byte("protocol_id")
	p.Priority = d.byte("priority_flag")
	d.cstring(&p.ScheduleDeliveryTime, maxTime, "schedule_delivery_time", StatusInvSched)
	d.cstring(&p.ValidityPeriod, maxTime, "validity_period", StatusInvExpiry)
	p.RegisteredDelivery = RegisteredDelivery(d.byte("registered_delivery"))
	p.ReplaceIfPresent = d.byte("replace_if_present_flag")
	p.DataCoding = DataCoding(d.byte("data_coding"))
	p.DefaultMessageID = d.byte("sm_default_msg_id")
	p.ShortMessage = d.shortMessage()
	d.tlvs(&p.TLVs)
}

// SubmitSMResp is submit_sm_resp (SMPP 3.4 §4.4.2).
type SubmitSMResp struct {
	Status    Status
	MessageID string // the SMSC's, which receipts bear
	TLVs      TLVs   // not in the specification; some peers send them
}

// CommandID is CommandSubmitSMResp.
func (*SubmitSMResp) CommandID() CommandID { return CommandSubmitSMResp }

// CommandStatus is Status.
func (p *SubmitSMResp) CommandStatus() Status { return p.Status }

func (p *SubmitSMResp) setStatus(s Status) { p.Status = s }

// encode leaves the body out when the message is refused (§4.4.2).
func (p *SubmitSMResp) encode(e *encoder) {
	if p.Status != StatusOK && p.MessageID == "" && len(p.TLVs) == 0 {
		return
	}
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.tlvs(p.TLVs)
}

func (p *SubmitSMResp) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.tlvs(&p.TLVs)
}
