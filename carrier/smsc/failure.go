package smsc

import (
	"errors"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// failures is what a refusal of submit_sm means for the part. A status that is not
// here, a vendor's own among them, is a refusal for good whose reason is not told.
var failures = map[smpp.Status]carrier.Failure{
	smpp.StatusThrottled: carrier.Throttled,
	smpp.StatusMsgQFul:   carrier.Throttled,

	smpp.StatusSysErr:     carrier.Transient,
	smpp.StatusXTAppn:     carrier.Transient,
	smpp.StatusQueryFail:  carrier.Transient,
	smpp.StatusSubmitFail: carrier.Transient,
	smpp.StatusUnknownErr: carrier.Transient,

	// The session is out of step; it is bound anew, and the part goes again.
	smpp.StatusInvBndSts: carrier.Transient,
	smpp.StatusInvCmdID:  carrier.Transient,
	smpp.StatusInvCmdLen: carrier.Transient,

	smpp.StatusInvDstAdr: carrier.InvalidNumber,
	smpp.StatusInvDstTON: carrier.InvalidNumber,
	smpp.StatusInvDstNPI: carrier.InvalidNumber,

	smpp.StatusInvSrcAdr: carrier.SenderRefused,
	smpp.StatusInvSrcTON: carrier.SenderRefused,
	smpp.StatusInvSrcNPI: carrier.SenderRefused,

	smpp.StatusInvMsgLen:       carrier.InvalidMessage,
	smpp.StatusInvEsmClass:     carrier.InvalidMessage,
	smpp.StatusInvDCS:          carrier.InvalidMessage,
	smpp.StatusInvOptParStream: carrier.InvalidMessage,
	smpp.StatusOptParNotAllwd:  carrier.InvalidMessage,
	smpp.StatusInvParLen:       carrier.InvalidMessage,
	smpp.StatusMissingOptParam: carrier.InvalidMessage,
	smpp.StatusInvOptParamVal:  carrier.InvalidMessage,
	smpp.StatusInvSched:        carrier.InvalidMessage,
	smpp.StatusInvExpiry:       carrier.InvalidMessage,
	smpp.StatusXPAppn:          carrier.InvalidMessage,
	smpp.StatusXRAppn:          carrier.InvalidMessage,

	smpp.StatusInvSerTyp:    carrier.ConfigurationFail,
	smpp.StatusInvSysTyp:    carrier.ConfigurationFail,
	smpp.StatusInvRegDlvFlg: carrier.ConfigurationFail,
	smpp.StatusInvPrtFlg:    carrier.ConfigurationFail,
}

// failure is an error of smpp.Session.Submit in the carrier's terms, nil for a
// context that ended before anything was written.
func failure(err error) *carrier.Error {
	var status smpp.Status
	switch {
	case errors.Is(err, smpp.ErrNoResponse):
		return &carrier.Error{Failure: carrier.InDoubt, Err: err}
	case errors.As(err, &status):
		kind, known := failures[status]
		if !known {
			kind = carrier.Rejected
		}
		return &carrier.Error{Failure: kind, Code: status.String()}
	case errors.Is(err, smpp.ErrField):
		return &carrier.Error{Failure: carrier.InvalidMessage, Err: err}
	}
	return nil
}

// outOfStep says whether the SMSC's answer shows that the two ends disagree about
// the session.
func outOfStep(err error) bool {
	return errors.Is(err, smpp.StatusInvBndSts) || errors.Is(err, smpp.StatusInvCmdID) || errors.Is(err, smpp.StatusInvCmdLen)
}
