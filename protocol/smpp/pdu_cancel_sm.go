package smpp

// CancelSM is cancel_sm: takes a message back that is not delivered yet (SMPP 3.4
// §4.9.1).
type CancelSM struct {
	ServiceType string
	MessageID   string // empty: all messages between the two addresses
	Source      Address
	Destination Address
}

// CommandID is CommandCancelSM.
func (*CancelSM) CommandID() CommandID { return CommandCancelSM }

func (p *CancelSM) encode(e *encoder) {
	e.cstring(p.ServiceType, maxServiceType, "service_type")
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.address(p.Source, maxAddr, "source_addr")
	e.address(p.Destination, maxAddr, "destination_addr")
}

func (p *CancelSM) decode(d *decoder) {
	d.cstring(&p.ServiceType, maxServiceType, "service_type", StatusInvSerTyp)
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.address(&p.Source, maxAddr, "source_addr", StatusInvSrcAdr)
	d.address(&p.Destination, maxAddr, "destination_addr", StatusInvDstAdr)
}

// CancelSMResp is cancel_sm_resp (SMPP 3.4 §4.9.2). It has no body.
type CancelSMResp struct {
	Status Status
}

// CommandID is CommandCancelSMResp.
func (*CancelSMResp) CommandID() CommandID { return CommandCancelSMResp }

// CommandStatus is Status.
func (p *CancelSMResp) CommandStatus() Status { return p.Status }

func (p *CancelSMResp) setStatus(s Status) { p.Status = s }
func (*CancelSMResp) encode(*encoder)      {}
func (*CancelSMResp) decode(*decoder)      {}
