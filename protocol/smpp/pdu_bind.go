package smpp

import "fmt"

// BindMode is which of the three binds a Bind is: its command id.
type BindMode CommandID

// The three binds (SMPP 3.4 §2.2.1).
const (
	Receiver    = BindMode(CommandBindReceiver)
	Transmitter = BindMode(CommandBindTransmitter)
	Transceiver = BindMode(CommandBindTransceiver)
)

// String is the name of the bind in the specification.
func (m BindMode) String() string { return CommandID(m).String() }

// Longest fields of a bind including the NUL (SMPP 3.4 §4.1.1). The
// specification gives a password eight characters, MaxPassword with its NUL; enough
// SMSCs hand out longer ones that the codec takes up to 64.
const (
	MaxSystemID     = 16
	MaxPassword     = 9
	maxLongPassword = 65
	maxSystemType   = 13
	maxAddressRange = 41
)

// Bind is bind_receiver, bind_transmitter or bind_transceiver (SMPP 3.4 §4.1).
type Bind struct {
	Mode             BindMode
	SystemID         string
	Password         string
	SystemType       string
	InterfaceVersion uint8 // 0 is sent as InterfaceVersion
	AddressTON       TON
	AddressNPI       NPI
	AddressRange     string
	TLVs             TLVs // not in the specification; some peers send them
}

// CommandID is the command id of the bind's mode.
func (p *Bind) CommandID() CommandID { return CommandID(p.Mode) }

// String hides the password, so that a bind may be logged.
func (p *Bind) String() string { return fmt.Sprintf("%v of %q", p.Mode, p.SystemID) }

func (p *Bind) encode(e *encoder) {
	switch p.Mode {
	case Receiver, Transmitter, Transceiver:
	default:
		e.fail("command_id")
	}
	version := p.InterfaceVersion
	if version == 0 {
		version = InterfaceVersion
	}
	e.cstring(p.SystemID, MaxSystemID, "system_id")
	e.cstring(p.Password, maxLongPassword, "password")
	e.cstring(p.SystemType, maxSystemType, "system_type")
	e.byte(version)
	e.byte(uint8(p.AddressTON))
	e.byte(uint8(p.AddressNPI))
	e.cstring(p.AddressRange, maxAddressRange, "address_range")
	e.tlvs(p.TLVs)
}

func (p *Bind) decode(d *decoder) {
	d.cstring(&p.SystemID, MaxSystemID, "system_id", StatusInvSysID)
	d.cstring(&p.Password, maxLongPassword, "password", StatusInvPaswd)
	d.cstring(&p.SystemType, maxSystemType, "system_type", StatusInvSysTyp)
	p.InterfaceVersion = d.byte("interface_version")
	p.AddressTON = TON(d.byte("addr_ton"))
	p.AddressNPI = NPI(d.byte("addr_npi"))
	d.cstring(&p.AddressRange, maxAddressRange, "address_range", StatusInvParLen)
	d.tlvs(&p.TLVs)
}

// BindResp answers a Bind of the same mode (SMPP 3.4 §4.1.2).
type BindResp struct {
	Mode     BindMode
	Status   Status
	SystemID string // of the SMSC
	TLVs     TLVs   // sc_interface_version
}

// CommandID is the command id of the answer to the bind's mode.
func (p *BindResp) CommandID() CommandID { return CommandID(p.Mode).Response() }

// CommandStatus is Status.
func (p *BindResp) CommandStatus() Status { return p.Status }

func (p *BindResp) setStatus(s Status) { p.Status = s }

// encode leaves the body out when the bind is refused (§4.1.2).
func (p *BindResp) encode(e *encoder) {
	if p.Status != StatusOK && p.SystemID == "" {
		return
	}
	e.cstring(p.SystemID, MaxSystemID, "system_id")
	e.tlvs(p.TLVs)
}

func (p *BindResp) decode(d *decoder) {
	d.cstring(&p.SystemID, MaxSystemID, "system_id", StatusInvSysID)
	d.tlvs(&p.TLVs)
}
