package smpp

// GenericNack answers a PDU that could not be read (SMPP 3.4 §4.3). It has no
// body.
type GenericNack struct {
	Status Status
}

// CommandID is CommandGenericNack.
func (*GenericNack) CommandID() CommandID { return CommandGenericNack }

// CommandStatus is Status.
func (p *GenericNack) CommandStatus() Status { return p.Status }

func (p *GenericNack) setStatus(s Status) { p.Status = s }
func (*GenericNack) encode(*encoder)      {}
func (*GenericNack) decode(*decoder)      {}
