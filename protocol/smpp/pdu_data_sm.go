package smpp

// DataSM is data_sm: a message or a receipt in either direction, with its text in
// message_payload (SMPP 3.4 §4.7.1).
type DataSM struct {
	ServiceType        string
	Source             Address
	Destination        Address
	ESMClass           ESMClass
	RegisteredDelivery RegisteredDelivery
	DataCoding         DataCoding
	TLVs               TLVs
}

// CommandID is CommandDataSM.
func (*DataSM) CommandID() CommandID { return CommandDataSM }

// Body is message_payload.
func (p *DataSM) Body() []byte { return bodyOf(nil, p.TLVs) }

// Clone copies the message and everything that it borrows.
func (p *DataSM) Clone() *DataSM {
	c := *p
	c.TLVs = p.TLVs.Clone()
	return &c
}

func (p *DataSM) encode(e *encoder) {
	e.cstring(p.ServiceType, maxServiceType, "service_type")
	e.address(p.Source, maxDataAddr, "source_addr")
	e.address(p.Destination, maxDataAddr, "destination_addr")
	e.byte(uint8(p.ESMClass))
	e.byte(uint8(p.RegisteredDelivery))
	e.byte(uint8(p.DataCoding))
	e.tlvs(p.TLVs)
}

func (p *DataSM) decode(d *decoder) {
	d.cstring(&p.ServiceType, maxServiceType, "service_type", StatusInvSerTyp)
	d.address(&p.Source, maxDataAddr, "source_addr", StatusInvSrcAdr)
	d.address(&p.Destination, maxDataAddr, "destination_addr", StatusInvDstAdr)
	p.ESMClass = ESMClass(d.byte("esm_class"))
	p.RegisteredDelivery = RegisteredDelivery(d.byte("registered_delivery"))
	p.DataCoding = DataCoding(d.byte("data_coding"))
	d.tlvs(&p.TLVs)
}

// DataSMResp is data_sm_resp (SMPP 3.4 §4.7.2).
type DataSMResp struct {
	Status    Status
	MessageID string
	TLVs      TLVs
}

// CommandID is CommandDataSMResp.
func (*DataSMResp) CommandID() CommandID { return CommandDataSMResp }

// CommandStatus is Status.
func (p *DataSMResp) CommandStatus() Status { return p.Status }

func (p *DataSMResp) setStatus(s Status) { p.Status = s }

func (p *DataSMResp) encode(e *encoder) {
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.tlvs(p.TLVs)
}

func (p *DataSMResp) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.tlvs(&p.TLVs)
}
