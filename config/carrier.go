package config

import "strings"

// The built types of carrier.
const (
	SMPP      = "smpp"
	Simulator = "simulator"
)

// defaultCarrier is the name of the carrier that exists when none is configured.
const defaultCarrier = "simulator"

// Carrier is a connection to a network.
type Carrier struct {
	// Its name, for routes and reports: letters, digits, dashes and underscores, at most 64.
	Name string `yaml:"name" rule:"required is=name"`
	// smpp (SMPP 3.4) or simulator (an SMSC of our own, with handsets).
	Type string `yaml:"type" rule:"required"`
	// HOST:PORT of the SMSC. For type smpp, and needed there unless `addresses` stands in its place.
	Address string `yaml:"address" rule:"is=hostport"`
	// IP:PORT on loopback that the simulated SMSC listens on. For type simulator. Absent means any free port.
	Listen string `yaml:"listen" rule:"is=hostport"`
	// true, or authorities, server name and certificate of one's own. For type smpp: TLS from the first octet.
	TLS *CarrierTLS `yaml:"tls"`
	// Login, at most 15 octets. For type smpp, and needed there.
	SystemID string `yaml:"system_id" rule:"max=15"`
	// Kind of ESME as agreed with the carrier, at most 12 octets; mostly absent. For type smpp.
	SystemType string `yaml:"system_type" rule:"max=12"`
	// A secret. For type smpp, and needed there.
	Password Secret `yaml:"password"`
	// Logins that other SMPP clients may bind to the simulated SMSC with. For type simulator.
	Logins []Login `yaml:"logins"`
	// Sessions held with the SMSC.
	Binds int `yaml:"binds" rule:"min=1 max=100 default=1"`
	// Hosts of the account in place of `address` and `binds`, with sessions of their own each: one that is down does not stop the others. For type smpp.
	Addresses []Address `yaml:"addresses"`
	// DNS records of a host that get sessions: the first that answers, or all. For type smpp.
	Resolve string `yaml:"resolve" rule:"oneof=first|all default=first"`
	// transceiver, or pairs: each bind is a transmitter and a receiver, and sends while both are up (the transmitter alone where no receipts are expected). For type smpp.
	Mode string `yaml:"mode" rule:"oneof=transceiver|pairs default=transceiver"`
	// IP address of this computer to connect from, where the carrier admits one alone. For type smpp.
	SourceAddress string `yaml:"source_address" rule:"is=ip"`
	// Version of SMPP that binds announce: 33, 34 or 50. No optional parameters are sent with 33, and none to an SMSC that does not announce 3.4 or more in its answer. For type smpp.
	InterfaceVersion int `yaml:"interface_version" rule:"oneof=33|34|50 default=34"`
	// service_type of every message as agreed with the carrier, at most 5 octets; mostly absent. For type smpp.
	ServiceType string `yaml:"service_type" rule:"max=5"`
	// address_range of binds as agreed with the carrier (SMPP 3.4 §5.2.7), at most 40 octets; mostly absent. For type smpp.
	AddressRange string `yaml:"address_range" rule:"max=40"`
	// Whether the password may be longer than the 8 octets of SMPP 3.4, up to 64. With false a longer one is refused here, for a carrier that would cut it off. For type smpp.
	LongPassword bool `yaml:"long_password" rule:"default=true"`
	// Timers of the sessions. For type smpp.
	Timers *Timers `yaml:"timers"`
	// When the SMSC may be away: its loss is no warning then. For type smpp.
	Maintenance []Maintenance `yaml:"maintenance"`
	// IP:PORT to listen on for SMSCs that send outbind, from the hosts of the addresses alone. Without TLS. For type smpp.
	OutbindListen string `yaml:"outbind_listen" rule:"is=hostport"`
	// Requests that may stand unanswered on a session.
	Window int `yaml:"window" rule:"min=1 max=1000 default=10"`
	// Message parts per second of this carrier account, all its sessions together. Absent means none.
	Throughput int `yaml:"throughput" rule:"min=1 max=100000"`
	// What becomes of a sender ID that the destination's registry does not hold: refuse, pass, or substitute:TEXT.
	UnregisteredSender string `yaml:"unregistered_sender" rule:"is=unregistered default=refuse"`
	// Optional parameters of messages. Absent on a simulator means the two of the example below.
	TLVs []TLV `yaml:"tlvs"`
	// How the SMSC writes message ids: same (the receipt repeats the response's text), fold_case or no_dashes (the same but for that), hex_in_response (the response is hexadecimal, the receipt decimal), hex_in_receipt (the other way round), hex or decimal (both, leading zeros aside), or learn (same until several receipts show that it is one of the others). For type smpp.
	MsgIDType string `yaml:"msg_id_type" rule:"oneof=learn|same|fold_case|no_dashes|hex_in_response|hex_in_receipt|hex|decimal default=learn"`
	// The same as `detection: text` of `receipts`. For type smpp.
	TextReceipts bool `yaml:"text_receipts"`
	// What delivery receipts are like. Absent means by the book. For type smpp.
	Receipts *Receipts `yaml:"receipts"`
	// How validity_period is written (SMPP 3.4 §7.1.1), or none to leave it to the SMSC. For type smpp.
	ValidityFormat string `yaml:"validity_format" rule:"oneof=absolute|relative|none default=absolute"`
	// Bits of the reference that ties the parts of a long text together (3GPP TS 23.040 §9.2.3.24.1 and .8). With 16 a part holds one character less.
	Reference int `yaml:"reference" rule:"oneof=8|16 default=8"`
	// How a long text is sent: udh8 or udh16 (a user data header before each part, 3GPP TS 23.040 §9.2.3.24), sar (parameters of each part, the SMSC makes the header; udh8 over sessions whose SMSC does not announce to know parameters) or payload (whole in message_payload: the SMSC cuts it, and gives one id and one receipt). Parts and price stay those of the API's own count. Absent means what `reference` says.
	Concatenation string `yaml:"concatenation" rule:"oneof=udh8|udh16|sar|payload"`
	// How texts are encoded. For type smpp. Absent means GSM 7-bit, unpacked, or UCS-2.
	Text *CarrierText `yaml:"text"`
	// How addresses are written. For type smpp. Absent means by the book.
	Addressing *CarrierAddressing `yaml:"addressing"`
	// priority_flag by message type. Absent means 0.
	Priority *Priority `yaml:"priority"`
	// Identifiers in India's registry of those who pass messages on, in their order, the last one the carrier's. The chain hash is SHA-256 over the message's IN_ENTITY_ID and these, joined by commas, in lower-case hexadecimal; it travels as TLV 0x1402 to India unless `tlvs` has the field DLT_CHAIN_HASH.
	DLTChain []string `yaml:"dlt_chain" rule:"is=dlt"`
	// What a refusal of submit_sm means at this carrier, by its command_status (0x400, or 1024) or a range of them ("0x400-0x4FF", where a single one or a narrower range goes before), where that is not what the standard says: tried again here (TRANSIENT, THROTTLED, QUEUE_FULL), by another carrier of the route (ELSEWHERE; where there is none it means what it does without this line), by another one or tried again until there is more credit or quota, which the operator is told of (QUOTA), or final. Absent, the codes of a refused sender (0x0A, 0x48, 0x49) mean ELSEWHERE, and others what the standard says. For type smpp.
	Errors map[string]string `yaml:"errors" rule:"oneof=TRANSIENT|THROTTLED|QUEUE_FULL|QUOTA|ELSEWHERE|INVALID|CARRIER_BLOCKED|INVALID_MESSAGE|REJECTED"`
	// What waits when the SMSC says that its queue is full (ESME_RMSGQFUL): the message that it said so to, or bind, everything. For type smpp.
	QueueFull string `yaml:"queue_full" rule:"oneof=message|bind default=message"`
	// How long the carrier may be without a connection, or answer a message with trouble of its own, before other carriers of the route take what waits. Absent means 10s.
	Patience Duration `yaml:"patience"`
	// What becomes of a part that the carrier may have taken without an answer. Absent means that it is sent again.
	InDoubt *InDoubt `yaml:"in_doubt"`
	// The least time to live that the SMSC takes. A message with less left ends as TTL_EXPIRED. For type smpp. Absent means any.
	ValidityMin Duration `yaml:"validity_min"`
}

// CarrierTLS is how a carrier's certificate is checked and ours is shown. The files are read at each connection.
type CarrierTLS struct {
	// PEM file of the authorities to trust. Absent, or `tls: true`, means those of the system.
	CAFile string `yaml:"ca_file" rule:"is=file"`
	// Name in the carrier's certificate. Absent means the host of the address.
	ServerName string `yaml:"server_name" rule:"max=253"`
	// PEM file of our certificate, for carriers that ask for one.
	CertFile string `yaml:"cert_file" rule:"is=file"`
	// PEM file of its key.
	KeyFile string `yaml:"key_file" rule:"is=file"`
}

// Login is a system id and password of an SMPP client.
type Login struct {
	// At most 15 octets.
	SystemID string `yaml:"system_id" rule:"required max=15"`
	// A secret.
	Password Secret `yaml:"password" rule:"required"`
}

// TLV is an optional parameter that a carrier wants in messages.
type TLV struct {
	// Tag, 1 to 0xFFFF.
	Tag int `yaml:"tag" rule:"required min=1 max=65535"`
	// DestinationCountryParameter that it bears, or DLT_CHAIN_HASH, which is computed (see dlt_chain). This or value.
	Field string `yaml:"field" rule:"oneof=IN_ENTITY_ID|IN_TEMPLATE_ID|DLT_CHAIN_HASH"`
	// A constant that it bears.
	Value string `yaml:"value"`
	// octet_string, or c_octet_string with a NUL at the end.
	Type string `yaml:"type" rule:"oneof=octet_string|c_octet_string default=octet_string"`
	// The most octets, without the NUL. A message whose value is longer ends as INVALID_MESSAGE and is not submitted. Absent means any.
	MaxLength int `yaml:"max_length" rule:"min=1 max=1000"`
	// A message that lacks the parameter ends as INVALID_MESSAGE and is not submitted.
	Required bool `yaml:"required"`
	// ISO 3166-1 alpha-2 codes of destinations. Absent means all.
	Countries []string `yaml:"countries" rule:"is=country"`
}

// Unregistered is what a carrier does with a sender ID that is not registered
// for the destination: "refuse", "pass" or "substitute", the last with the
// text to put in its place.
func (c Carrier) Unregistered() (action, text string) {
	action, text, _ = strings.Cut(c.UnregisteredSender, ":")
	return action, text
}

// indianTLVs are the tags that most Indian operators use for the two
// identifiers of the DLT registry.
func indianTLVs() []TLV {
	return []TLV{
		{Tag: 0x1400, Field: "IN_ENTITY_ID", Type: "octet_string", Countries: []string{"IN"}},
		{Tag: 0x1401, Field: "IN_TEMPLATE_ID", Type: "octet_string", Countries: []string{"IN"}},
	}
}
