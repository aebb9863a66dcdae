// Package smpp speaks the Short Message Peer-to-Peer Protocol, version 3.4, at
// both ends: as the ESME that sends messages and as the SMSC that takes them.
//
// It has every PDU of SMPP 3.4 §4 save submit_multi, each in a file of its own;
// the optional parameters of §5.3; the time format of §7.1.1; the text of
// delivery receipts of Appendix B; and a Session with window, enquire_link,
// timers and both ways of unbind. What it leaves out: submit_multi (answered
// with ESME_RINVCMDID), broadcast and everything else of SMPP 5.0, and the
// meaning of message text, which is for package gsm.
//
// It is written for throughput: PDUs are appended to a buffer that is written
// in one piece, and read from a buffer that is used again. What a Handler is
// given is therefore borrowed; see Handler.
package smpp

import "fmt"

// CommandID is the command_id of a PDU (SMPP 3.4 §5.1.2.1).
type CommandID uint32

// The command ids of SMPP 3.4 §5.1.2.1 that this package knows.
const (
	CommandBindReceiver        CommandID = 0x00000001
	CommandBindTransmitter     CommandID = 0x00000002
	CommandQuerySM             CommandID = 0x00000003
	CommandSubmitSM            CommandID = 0x00000004
	CommandDeliverSM           CommandID = 0x00000005
	CommandUnbind              CommandID = 0x00000006
	CommandReplaceSM           CommandID = 0x00000007
	CommandCancelSM            CommandID = 0x00000008
	CommandBindTransceiver     CommandID = 0x00000009
	CommandOutbind             CommandID = 0x0000000B
	CommandEnquireLink         CommandID = 0x00000015
	CommandAlertNotification   CommandID = 0x00000102
	CommandDataSM              CommandID = 0x00000103
	CommandGenericNack         CommandID = 0x80000000
	CommandBindReceiverResp    CommandID = 0x80000001
	CommandBindTransmitterResp CommandID = 0x80000002
	CommandQuerySMResp         CommandID = 0x80000003
	CommandSubmitSMResp        CommandID = 0x80000004
	CommandDeliverSMResp       CommandID = 0x80000005
	CommandUnbindResp          CommandID = 0x80000006
	CommandReplaceSMResp       CommandID = 0x80000007
	CommandCancelSMResp        CommandID = 0x80000008
	CommandBindTransceiverResp CommandID = 0x80000009
	CommandEnquireLinkResp     CommandID = 0x80000015
	CommandDataSMResp          CommandID = 0x80000103
)

const responseBit CommandID = 0x80000000

// IsResponse says whether the PDU answers another one.
func (c CommandID) IsResponse() bool { return c&responseBit != 0 }

// Response is the command id that answers c.
func (c CommandID) Response() CommandID { return c | responseBit }

// String is the PDU's name in the specification.
func (c CommandID) String() string {
	name, known := requestNames[c&^responseBit]
	switch {
	case c == CommandGenericNack:
		return "generic_nack"
	case !known:
		return fmt.Sprintf("command 0x%08X", uint32(c))
	case c.IsResponse():
		return name + "_resp"
	}
	return name
}

var requestNames = map[CommandID]string{
	CommandBindReceiver: "bind_receiver", CommandBindTransmitter: "bind_transmitter",
	CommandBindTransceiver: "bind_transceiver", CommandQuerySM: "query_sm",
	CommandSubmitSM: "submit_sm", CommandDeliverSM: "deliver_sm", CommandUnbind: "unbind",
	CommandReplaceSM: "replace_sm", CommandCancelSM: "cancel_sm", CommandOutbind: "outbind",
	CommandEnquireLink: "enquire_link", CommandAlertNotification: "alert_notification",
	CommandDataSM: "data_sm",
}

// InterfaceVersion is what both ends announce: SMPP 3.4 (§5.2.4).
const InterfaceVersion = 0x34

// PDU is one of the structs of this package: *SubmitSM, *SubmitSMResp, …
type PDU interface {
	// CommandID is the PDU's command_id.
	CommandID() CommandID
	encode(*encoder)
	decode(*decoder)
}

// Response is a PDU that answers another one.
type Response interface {
	PDU
	// CommandStatus is the outcome that the PDU's header bears.
	CommandStatus() Status
	setStatus(Status)
}

// newPDU makes an empty PDU for a command id, or nil for an unknown one.
func newPDU(id CommandID) PDU {
	if id.IsResponse() {
		return newResponse(id)
	}
	switch id {
	case CommandBindReceiver, CommandBindTransmitter, CommandBindTransceiver:
		return &Bind{Mode: BindMode(id)}
	case CommandOutbind:
		return &Outbind{}
	case CommandUnbind:
		return &Unbind{}
	case CommandEnquireLink:
		return &EnquireLink{}
	case CommandSubmitSM:
		return &SubmitSM{}
	case CommandDeliverSM:
		return &DeliverSM{}
	case CommandDataSM:
		return &DataSM{}
	case CommandQuerySM:
		return &QuerySM{}
	case CommandCancelSM:
		return &CancelSM{}
	case CommandReplaceSM:
		return &ReplaceSM{}
	case CommandAlertNotification:
		return &AlertNotification{}
	}
	return nil
}

func newResponse(id CommandID) PDU {
	switch id {
	case CommandGenericNack:
		return &GenericNack{}
	case CommandBindReceiverResp, CommandBindTransmitterResp, CommandBindTransceiverResp:
		return &BindResp{Mode: BindMode(id &^ responseBit)}
	case CommandUnbindResp:
		return &UnbindResp{}
	case CommandEnquireLinkResp:
		return &EnquireLinkResp{}
	case CommandSubmitSMResp:
		return &SubmitSMResp{}
	case CommandDeliverSMResp:
		return &DeliverSMResp{}
	case CommandDataSMResp:
		return &DataSMResp{}
	case CommandQuerySMResp:
		return &QuerySMResp{}
	case CommandCancelSMResp:
		return &CancelSMResp{}
	case CommandReplaceSMResp:
		return &ReplaceSMResp{}
	}
	return nil
}
