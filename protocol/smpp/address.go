package smpp

// TON is a type of number (SMPP 3.4 §5.2.5).
type TON uint8

// The types of number.
const (
	TONUnknown         TON = 0
	TONInternational   TON = 1
	TONNational        TON = 2
	TONNetworkSpecific TON = 3
	TONSubscriber      TON = 4
	TONAlphanumeric    TON = 5
	TONAbbreviated     TON = 6
)

// NPI is a numbering plan indicator (SMPP 3.4 §5.2.6).
type NPI uint8

// The numbering plans in use.
const (
	NPIUnknown  NPI = 0
	NPIISDN     NPI = 1 // E.163, E.164
	NPINational NPI = 8
	NPIPrivate  NPI = 9
)

// Address is a source or destination with its type and plan. Digits of an
// international number bear no plus sign.
type Address struct {
	TON  TON
	NPI  NPI
	Addr string
}

// Longest addresses including the NUL: §5.2.8 for short messages, §5.2.10 and
// §4.7.1 for data_sm and alert_notification.
const (
	maxAddr     = 21
	maxDataAddr = 65
)

func (e *encoder) address(a Address, limit int, name string) {
	e.byte(uint8(a.TON))
	e.byte(uint8(a.NPI))
	e.cstring(a.Addr, limit, name)
}

func (d *decoder) address(a *Address, limit int, name string, st Status) {
	a.TON = TON(d.byte(name))
	a.NPI = NPI(d.byte(name))
	d.cstring(&a.Addr, limit, name, st)
}
