package smpp

// EnquireLink asks whether the peer is still there (SMPP 3.4 §4.11). It has no body.
type EnquireLink struct{}

// CommandID is CommandEnquireLink.
func (*EnquireLink) CommandID() CommandID { return CommandEnquireLink }

func (*EnquireLink) encode(*encoder) {}
func (*EnquireLink) decode(*decoder) {}

// EnquireLinkResp answers EnquireLink (SMPP 3.4 §4.11). A body, which strict
// peers refuse, is never written; one that comes is passed over.
type EnquireLinkResp struct {
	Status Status
}

// CommandID is CommandEnquireLinkResp.
func (*EnquireLinkResp) CommandID() CommandID { return CommandEnquireLinkResp }

// CommandStatus is Status.
func (p *EnquireLinkResp) CommandStatus() Status { return p.Status }

func (p *EnquireLinkResp) setStatus(s Status) { p.Status = s }
func (*EnquireLinkResp) encode(*encoder)      {}
func (*EnquireLinkResp) decode(*decoder)      {}
