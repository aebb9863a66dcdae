package smsc

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"time"

	"heliograph/protocol/smpp"
)

// Connection is how a carrier's binds are made. Its zero value is transceivers over
// TCP to Settings.Address.
type Connection struct {
	// Addresses have binds of their own each: one that is down does not stop the
	// others, and parts go to whatever is up. None means Settings.Address with
	// Settings.Binds.
	Addresses []Address
	// ResolveAll gives each DNS record of a host the binds of its address; else the
	// first record that answers takes them.
	ResolveAll bool
	// Pairs makes each bind a transmitter and a receiver (SMPP 3.4 §2.2.1). The
	// transmitter sends only while its receiver is up, since receipts would be
	// lost, unless Receipts.None says that there are none.
	Pairs bool
	// TLS is asked at each dial, so that renewed files are taken up; nil is none.
	TLS func() (*tls.Config, error)
	// SourceAddress to dial from; nil is the system's choice.
	SourceAddress net.IP
	// InterfaceVersion of the bind: 0x33, 0x34 or 0x50; 0 is 0x34. With 0x33 no
	// optional parameters are sent.
	InterfaceVersion uint8
	ServiceType      string // of every submit_sm, at most 5 octets
	AddressRange     string // of the bind, at most 40 octets (SMPP 3.4 §5.2.7)
	// Inactivity binds a session anew on which nothing but enquire_link has come for
	// so long; 0 never does.
	Inactivity time.Duration
	// MinRebind is the least time from one attempt of a bind to the next.
	MinRebind time.Duration
	// Maintenance is when an SMSC may be away without that being an error.
	Maintenance []Maintenance
	// OutbindListen is where SMSCs connect to that send outbind; "" is nowhere. Only
	// the hosts of Addresses may, since they are told the password.
	OutbindListen string

	// DialContext and LookupHost stand for the network; nil in service.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	LookupHost  func(ctx context.Context, host string) ([]string, error)
}

// Address is a host:port of the SMSC and how many binds are held there.
type Address struct {
	Address string
	Binds   int
	// Standby is an address whose binds are held and take parts only while none of
	// the others is up.
	Standby bool
}

// addresses are those of the settings, in either form.
func (s *Settings) addresses() []Address {
	if len(s.Addresses) > 0 {
		return s.Addresses
	}
	return []Address{{Address: s.Address, Binds: s.Binds}}
}

// version of the interface that the binds announce.
func (s *Settings) version() uint8 {
	if s.InterfaceVersion == 0 {
		return smpp.InterfaceVersion
	}
	return s.InterfaceVersion
}

// slotRecords is how many records of a host count in Slots with ResolveAll.
const slotRecords = 4

// senders is how many sessions may take parts at a time when all are up.
func (s *Settings) senders() int {
	n, standby := 0, 0
	for _, a := range s.addresses() {
		if a.Standby {
			standby += a.Binds
		} else {
			n += a.Binds
		}
	}
	n = max(n, standby)
	if s.ResolveAll {
		n *= slotRecords
	}
	if s.OutbindListen != "" && !s.Pairs {
		n++
	}
	return n
}

// fit leaves optional parameters out for an SMSC that knows none (SMPP 3.4 §1.5),
// save those that the carrier's settings carry the text itself in.
func (l *line) fit(m *smpp.SubmitSM) {
	if !l.plain {
		return
	}
	m.TLVs = slices.DeleteFunc(slices.Clone(m.TLVs), func(t smpp.TLV) bool { return t.Tag != smpp.TagMessagePayload })
}
