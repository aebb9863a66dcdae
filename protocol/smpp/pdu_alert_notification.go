package smpp

// AlertNotification is alert_notification: a handset that a data_sm waited for is
// reachable again (SMPP 3.4 §4.12.1). It has no answer.
type AlertNotification struct {
	Source Address // the handset
	ESME   Address
	TLVs   TLVs // ms_availability_status
}

// CommandID is CommandAlertNotification.
func (*AlertNotification) CommandID() CommandID { return CommandAlertNotification }

func (p *AlertNotification) encode(e *encoder) {
	e.address(p.Source, maxDataAddr, "source_addr")
	e.address(p.ESME, maxDataAddr, "esme_addr")
	e.tlvs(p.TLVs)
}

func (p *AlertNotification) decode(d *decoder) {
	d.address(&p.Source, maxDataAddr, "source_addr", StatusInvSrcAdr)
	d.address(&p.ESME, maxDataAddr, "esme_addr", StatusInvDstAdr)
	d.tlvs(&p.TLVs)
}
