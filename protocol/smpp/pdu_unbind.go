package smpp

// Unbind ends a session from either side (SMPP 3.4 §4.2). It has no body.
type Unbind struct{}

// CommandID is CommandUnbind.
func (*Unbind) CommandID() CommandID { return CommandUnbind }

func (*Unbind) encode(*encoder) {}
func (*Unbind) decode(*decoder) {}

// UnbindResp answers Unbind (SMPP 3.4 §4.2). A body, which strict
// peers refuse, is never written; one that comes is passed over.
type UnbindResp struct {
	Status Status
}

// CommandID is CommandUnbindResp.
func (*UnbindResp) CommandID() CommandID { return CommandUnbindResp }

// CommandStatus is Status.
func (p *UnbindResp) CommandStatus() Status { return p.Status }

func (p *UnbindResp) setStatus(s Status) { p.Status = s }
func (*UnbindResp) encode(*encoder)      {}
func (*UnbindResp) decode(*decoder)      {}
