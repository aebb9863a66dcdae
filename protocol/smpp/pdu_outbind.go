package smpp

// Outbind is the SMSC's request that the ESME bind to it (SMPP 3.4 §4.1.7). It
// has no answer but the bind.
type Outbind struct {
	SystemID string
	Password string
}

// CommandID is CommandOutbind.
func (*Outbind) CommandID() CommandID { return CommandOutbind }

func (p *Outbind) encode(e *encoder) {
	e.cstring(p.SystemID, MaxSystemID, "system_id")
	e.cstring(p.Password, maxLongPassword, "password")
}

func (p *Outbind) decode(d *decoder) {
	d.cstring(&p.SystemID, MaxSystemID, "system_id", StatusInvSysID)
	d.cstring(&p.Password, maxLongPassword, "password", StatusInvPaswd)
}
