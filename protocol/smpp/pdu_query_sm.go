package smpp

// QuerySM is query_sm: what became of a message (SMPP 3.4 §4.8.1).
type QuerySM struct {
	MessageID string
	Source    Address
}

// CommandID is CommandQuerySM.
func (*QuerySM) CommandID() CommandID { return CommandQuerySM }

func (p *QuerySM) encode(e *encoder) {
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.address(p.Source, maxAddr, "source_addr")
}

func (p *QuerySM) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.address(&p.Source, maxAddr, "source_addr", StatusInvSrcAdr)
}

// QuerySMResp is query_sm_resp (SMPP 3.4 §4.8.2).
type QuerySMResp struct {
	Status    Status
	MessageID string
	FinalDate string // see ParseTime; empty while there is no final state
	State     MessageState
	ErrorCode uint8
}

// CommandID is CommandQuerySMResp.
func (*QuerySMResp) CommandID() CommandID { return CommandQuerySMResp }

// CommandStatus is Status.
func (p *QuerySMResp) CommandStatus() Status { return p.Status }

func (p *QuerySMResp) setStatus(s Status) { p.Status = s }

func (p *QuerySMResp) encode(e *encoder) {
	if p.Status != StatusOK && p.MessageID == "" {
		return
	}
	e.cstring(p.MessageID, maxMessageID, "message_id")
	e.cstring(p.FinalDate, maxTime, "final_date")
	e.byte(uint8(p.State))
	e.byte(p.ErrorCode)
}

func (p *QuerySMResp) decode(d *decoder) {
	d.cstring(&p.MessageID, maxMessageID, "message_id", StatusInvMsgID)
	d.cstring(&p.FinalDate, maxTime, "final_date", StatusInvParLen)
	p.State = MessageState(d.byte("message_state"))
	p.ErrorCode = d.byte("error_code")
}
