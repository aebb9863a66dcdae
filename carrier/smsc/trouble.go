package smsc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"heliograph/protocol/smpp"
)

// refusedBinds is what a refusal of bind asks of the operator.
var refusedBinds = map[smpp.Status]string{
	smpp.StatusInvPaswd:  "the SMSC refuses the password: check password and system_id",
	smpp.StatusInvSysID:  "the SMSC does not know the system_id: check system_id and that the address is the right SMSC",
	smpp.StatusBindFail:  "the SMSC refuses the bind: check system_id, password and system_type, and with the carrier how many binds of which mode the account may hold and from which address",
	smpp.StatusAlyBnd:    "already bound: the account has as many sessions as it may; the SMSC still holds an old one, another client uses the login, or binds is too high",
	smpp.StatusInvSysTyp: "the SMSC refuses the system_type: check system_type",
	smpp.StatusInvCmdID:  "the SMSC does not know this kind of bind: set mode: pairs, or transceiver where it is pairs",
	smpp.StatusThrottled: "throttled: the SMSC is asked for binds too often; raise timers.min_rebind or lower binds",
	smpp.StatusMsgQFul:   "throttled: the SMSC is full and takes no binds now; it is asked again",
	smpp.StatusSysErr:    "the SMSC has an error of its own; it is asked again",
	smpp.StatusInvParLen: "the SMSC refuses a field of the bind: check the length of password and address_range",
	smpp.StatusInvCmdLen: "the SMSC cannot read the bind: check interface_version, and that the password is no longer than it allows",
	smpp.StatusInvBndSts: "the SMSC refuses the bind in this state: check mode",
}

// advise says what keeps a bind down and what to do about it, in one sentence that
// is the same each time the same happens.
func advise(err error, address string, secured bool) string {
	var status smpp.Status
	if errors.As(err, &status) {
		if text, known := refusedBinds[status]; known {
			return text + " (" + status.String() + ")"
		}
		return "the SMSC refuses the bind: ask the carrier what its status means (" + status.String() + ")"
	}
	at := established
	var staged *stageError
	if errors.As(err, &staged) {
		at = staged.stage
	}
	switch at {
	case resolving:
		return "the name of " + address + " does not resolve: check address and the DNS (" + innermost(err) + ")"
	case connecting:
		return unreachable(err, address)
	case securing:
		return unsecured(err, address)
	case binding:
		return unanswered(err, address, secured)
	}
	return gone(err, address)
}

func unreachable(err error, address string) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "the name of " + address + " does not resolve: check address and the DNS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "port refused: nothing listens at " + address + ": check host and port of address"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "source_address is no address of this computer, or cannot reach " + address + ": check source_address"
	case isTimeout(err):
		return "timeout: " + address + " does not answer: check address, firewalls and VPN, and that the carrier admits our address"
	}
	return address + " cannot be reached: check address and the network (" + innermost(err) + ")"
}

func unsecured(err error, address string) string {
	var notTLS tls.RecordHeaderError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &notTLS):
		return "TLS mismatch: " + address + " does not speak TLS: take the carrier's TLS port, or remove tls"
	case errors.As(err, &name):
		return "the SMSC's certificate is for another name: set tls.server_name to the name in it, or correct address"
	case errors.As(err, &authority):
		return "the SMSC's certificate is signed by an authority that is not trusted: set tls.ca_file to the carrier's"
	case errors.As(err, &invalid):
		return "the SMSC's certificate is not valid: " + invalid.Error()
	case alert(err) != "":
		return "the SMSC broke the TLS handshake off (" + alert(err) + "): check tls.cert_file and tls.key_file, which it may ask for"
	case isTimeout(err), hungUp(err):
		return "TLS mismatch: " + address + " does not answer the TLS handshake: it may be a port without TLS; take the carrier's TLS port, or remove tls"
	}
	return "the TLS handshake with " + address + " fails: check the files of tls (" + innermost(err) + ")"
}

// unanswered is a connection that ended, or went on in another tongue, before the
// bind was answered.
func unanswered(err error, address string, secured bool) string {
	var bad *smpp.DecodeError
	switch {
	case alert(err) != "":
		return "the SMSC refuses our certificate (" + alert(err) + "): check tls.cert_file and tls.key_file"
	case errors.As(err, &bad) && speaksTLS(bad.Header.Length):
		return "TLS mismatch: " + address + " speaks TLS: set tls: true, or take the carrier's port without TLS"
	case errors.As(err, &bad):
		return address + " does not speak SMPP: check the port of address"
	case errors.Is(err, smpp.ErrPeerUnbound):
		return "the SMSC unbound instead of binding: ask the carrier whether the account is enabled"
	case hungUp(err) && secured:
		return "the SMSC closes the connection at the bind: check that the carrier admits our address and certificate"
	case hungUp(err):
		return "the SMSC closes the connection at the bind: check that the carrier admits our address, and whether the port wants TLS (set tls: true)"
	case isTimeout(err) && !secured:
		return "timeout: " + address + " does not answer the bind: check the port of address, and whether it wants TLS (set tls: true)"
	case isTimeout(err):
		return "timeout: " + address + " does not answer the bind: check the port of address"
	}
	return "the bind fails: " + innermost(err)
}

// speaksTLS says whether what was read as a length begins a TLS record: alert or
// handshake, major version 3.
func speaksTLS(length uint32) bool {
	first := length >> 16
	return first == 0x1503 || first == 0x1603
}

// gone is the end of a session that was up.
func gone(err error, address string) string {
	var bad *smpp.DecodeError
	switch {
	case errors.Is(err, errRenewed), errors.Is(err, errInactive), errors.Is(err, errOutOfStep):
		return err.Error()
	case errors.Is(err, smpp.ErrPeerUnbound):
		return "the SMSC unbound, as for maintenance; it is bound again"
	case errors.Is(err, smpp.ErrLinkDead):
		return "the SMSC stopped to answer enquire_link: the network drops quiet connections (lower timers.enquire), or the SMSC hangs"
	case alert(err) != "":
		return "the SMSC ended TLS (" + alert(err) + "): check tls.cert_file and tls.key_file"
	case errors.As(err, &bad):
		return "the SMSC sent what is no SMPP; it is bound again (" + bad.Error() + ")"
	case isTimeout(err):
		return "timeout: " + address + " takes nothing more; it is bound again"
	case hungUp(err):
		return "the SMSC closed the connection without unbind; it is bound again"
	}
	return "the connection was lost: " + innermost(err)
}

// alert is the TLS alert that the SMSC sent, "" for none. Package tls has no type for
// it outside QUIC.
func alert(err error) string {
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Op == "remote error" {
		return operation.Err.Error()
	}
	return ""
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.Is(err, smpp.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.Is(err, syscall.ETIMEDOUT) || errors.As(err, &network) && network.Timeout()
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

// innermost is the text of the error below the network's wrappings, which name a
// port of ours that is another each time.
func innermost(err error) string {
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err.Error()
	}
	var staged *stageError
	if errors.As(err, &staged) {
		return fmt.Sprint(staged.err)
	}
	return err.Error()
}
