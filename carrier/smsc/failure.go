package smsc

import (
	"errors"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// Class is what a refusal is about, and so who can do something against it.
type Class string

// The classes of refusals.
const (
	ClassThrottle  Class = "throttle"  // too much at once: nobody's fault, it passes
	ClassTransient Class = "transient" // the SMSC's trouble of the moment
	ClassQuota     Class = "quota"     // credit or quota of the account: somebody has to pay
	ClassAddress   Class = "address"   // the destination
	ClassSender    Class = "sender"    // what the part is sent from
	ClassContent   Class = "content"   // text, coding or options of the part
	ClassService   Class = "service"   // what the carrier's settings ask for
	ClassBind      Class = "bind"      // the account
	ClassState     Class = "state"     // the two ends disagree about the session
	ClassVendor    Class = "vendor"    // a code of the carrier's own
)

// refusal is what a command_status says of the part and to the operator. The
// state that the message ends in follows from the failure: message.Refused.
type refusal struct {
	status  smpp.Status
	class   Class
	failure carrier.Failure
	advice  string // to the operator, a sentence; "" where there is nothing to do
}

const (
	throttleAdvice = "The carrier is asked too much at a time: ask for its limits, and set throughput, window and binds to them."
	senderAdvice   = "The carrier does not accept the sender: have it provisioned there, or name in `carriers:` of the identity where it is."
	contentAdvice  = "The carrier does not accept how texts are coded or which options they bear: compare its interface description with the carrier's settings."
	serviceAdvice  = "The carrier does not accept a setting of its service: compare system_type and service_type with what was agreed."
	quotaAdvice    = "Credit or quota of the account is used up at the carrier: top it up, or ask for more; messages go over other carriers of their routes, or wait until they expire."
	accountAdvice  = "The carrier does not accept the account: check system_id and password, and ask whether the account is open and paid."
)

// refusals is what SMPP 3.4 §5.1.3 says by each status that an SMSC may answer
// to submit_sm, and ESME_RINVDCS of SMPP 5.0.
var refusals = []refusal{
	{smpp.StatusThrottled, ClassThrottle, carrier.Throttled, throttleAdvice},
	{smpp.StatusMsgQFul, ClassThrottle, carrier.QueueFull, "The carrier's queue is full: where that goes on, ask for its limits, and set throughput, window and binds to them."},

	{smpp.StatusSysErr, ClassTransient, carrier.Transient, ""},
	{smpp.StatusXTAppn, ClassTransient, carrier.Transient, ""},
	{smpp.StatusQueryFail, ClassTransient, carrier.Transient, ""},
	{smpp.StatusSubmitFail, ClassTransient, carrier.Transient, ""},
	{smpp.StatusUnknownErr, ClassTransient, carrier.Transient, ""},

	{smpp.StatusInvDstAdr, ClassAddress, carrier.InvalidNumber, ""},
	{smpp.StatusInvDstTON, ClassAddress, carrier.InvalidNumber, "The carrier wants another type of number for destinations: check its addressing."},
	{smpp.StatusInvDstNPI, ClassAddress, carrier.InvalidNumber, "The carrier wants another numbering plan for destinations: check its addressing."},

	{smpp.StatusInvSrcAdr, ClassSender, carrier.SenderRefused, senderAdvice},
	{smpp.StatusInvSrcTON, ClassSender, carrier.SenderRefused, "The carrier wants another type of number for senders: check its addressing."},
	{smpp.StatusInvSrcNPI, ClassSender, carrier.SenderRefused, "The carrier wants another numbering plan for senders: check its addressing."},

	{smpp.StatusInvMsgLen, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvEsmClass, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvDCS, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvOptParStream, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusOptParNotAllwd, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvParLen, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusMissingOptParam, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvOptParamVal, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvSched, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusInvExpiry, ClassContent, carrier.InvalidMessage, "The carrier does not accept the validity period: try another validity_format."},
	{smpp.StatusXPAppn, ClassContent, carrier.InvalidMessage, contentAdvice},
	{smpp.StatusXRAppn, ClassContent, carrier.InvalidMessage, contentAdvice},

	{smpp.StatusInvSerTyp, ClassService, carrier.ConfigurationFail, serviceAdvice},
	{smpp.StatusInvSysTyp, ClassService, carrier.ConfigurationFail, serviceAdvice},
	{smpp.StatusInvRegDlvFlg, ClassService, carrier.ConfigurationFail, serviceAdvice},
	{smpp.StatusInvPrtFlg, ClassService, carrier.ConfigurationFail, serviceAdvice},

	// The account is refused, not the message: it waits until the account is
	// in order, or for another carrier.
	{smpp.StatusBindFail, ClassBind, carrier.Transient, accountAdvice},
	{smpp.StatusInvPaswd, ClassBind, carrier.Transient, accountAdvice},
	{smpp.StatusInvSysID, ClassBind, carrier.Transient, accountAdvice},
	{smpp.StatusAlyBnd, ClassBind, carrier.Transient, "The SMSC holds an older session of the account: it ends by itself, or another program uses the account."},

	// The session is out of step; it is bound anew, and the part goes again.
	{smpp.StatusInvBndSts, ClassState, carrier.Transient, ""},
	{smpp.StatusInvCmdID, ClassState, carrier.Transient, ""},
	{smpp.StatusInvCmdLen, ClassState, carrier.Transient, ""},
}

// byStatus is refusals by their status.
var byStatus = func() map[smpp.Status]refusal {
	found := make(map[smpp.Status]refusal, len(refusals))
	for _, r := range refusals {
		found[r.status] = r
	}
	return found
}()

// refusalBy is what a status means at a carrier: by its own map, else by the
// standard. One that neither knows is a refusal for good whose reason is not told.
func (s *Settings) refusalBy(status smpp.Status) refusal {
	r, standard := byStatus[status]
	if !standard {
		r = refusal{status, ClassVendor, carrier.Rejected,
			"The carrier refuses messages by a code of its own: ask what it means, and say in `errors:` what becomes of them."}
	}
	switch failure, mapped := s.meaning(status); {
	case mapped && failure == carrier.QuotaUsed:
		r = refusal{status, ClassQuota, failure, quotaAdvice}
	case mapped && failure == carrier.Elsewhere && standard:
		r.failure = failure // what it is about stays, should there be no other carrier
	case mapped:
		r = refusal{status, ClassVendor, failure, ""}
	case r.class == ClassSender:
		r.failure = carrier.Elsewhere // it may be provisioned at another one
	}
	if r.failure == carrier.QueueFull && s.QueueFullPauses {
		r.failure = carrier.Throttled
	}
	return r
}

// meaning is what the carrier's own map says of a status, the narrowest range first.
func (s *Settings) meaning(status smpp.Status) (carrier.Failure, bool) {
	var best *Meaning
	for i := range s.Errors {
		m := &s.Errors[i]
		if m.First <= status && status <= m.Last && (best == nil || m.Last-m.First < best.Last-best.First) {
			best = m
		}
	}
	if best == nil {
		return "", false
	}
	return best.Failure, true
}

// failure is an error of smpp.Session.Submit in the carrier's terms, nil for a
// context that ended before anything was written. The refusal is the zero value
// where the SMSC gave no answer.
func (s *Settings) failure(err error) (*carrier.Error, refusal) {
	var status smpp.Status
	switch {
	case errors.Is(err, smpp.ErrNoResponse):
		return &carrier.Error{Failure: carrier.InDoubt, Err: err}, refusal{}
	case errors.As(err, &status):
		r := s.refusalBy(status)
		e := &carrier.Error{Failure: r.failure, Code: status.String()}
		if r.failure == carrier.Elsewhere {
			e.Otherwise = byStatus[status].failure
		}
		return e, r
	case errors.Is(err, smpp.ErrField):
		return &carrier.Error{Failure: carrier.InvalidMessage, Err: err}, refusal{}
	}
	return nil, refusal{}
}
