package config

// File is the configuration file.
type File struct {
	// Customer accounts to make. Each line is applied once; what is changed later by other means stays until the line changes. Removing a line removes nothing.
	Accounts []Account `yaml:"accounts"`
	// Connections to networks. None at all means one built-in simulated carrier named `simulator`.
	Carriers []Carrier `yaml:"carriers"`
	// Which carriers serve which messages, in order. None at all means every carrier in the order of the file.
	Routes []Route `yaml:"routes"`
	// When a carrier that takes messages and does not deliver them is passed over. Absent means never.
	Health *Health `yaml:"health"`
	// Which mobile networks numbers belong to, by their prefixes.
	Networks []Network `yaml:"networks"`
	// A service that is asked which mobile network a number is in. Absent means none.
	NetworkLookup *NetworkLookup `yaml:"network_lookup"`
	// The inventory that RequestPhoneNumber leases from; a number is leased to one account and Region. Each line is applied once. Removing the line of an unleased number takes it out of the inventory; a leased one stays with its holder, marked withdrawn.
	Numbers []Number `yaml:"numbers"`
	// Sender IDs put into accounts. Each line is applied once in each Region: one that the customer released stays released until the line changes. Removing a line removes nothing.
	SenderIDs []SenderID `yaml:"sender_ids"`
	// What messages come from that have no identity of their own, where a country and the caller allow shared routes.
	SharedIdentities []SharedIdentity `yaml:"shared_identities"`
	// What message parts cost. A country without a line costs nothing.
	Prices []Price `yaml:"prices"`
	// Quotas and rates.
	Limits Limits `yaml:"limits"`
	// When messages are held, by country and message type.
	QuietHours []QuietHours `yaml:"quiet_hours"`
	// What HELP, STOP and words like it do on every number and pool.
	Keywords Keywords `yaml:"keywords"`
	// How texts from handsets are taken.
	Inbound Inbound `yaml:"inbound"`
	// How events and inbound messages reach their targets. The first line that takes a target's ARN is used. None at all means the built-in journal.
	Sinks []Sink `yaml:"sinks"`
	// Certificate of both listeners. Absent means plain HTTP, which is refused for a console listener that is not on loopback.
	TLS *TLS `yaml:"tls"`

	routeLines []int // where each of Routes begins
	warnings   Errors
}

// Account is a customer account to make.
type Account struct {
	// Twelve digits.
	ID string `yaml:"id" rule:"required is=account"`
	// A name for people, at most 100 characters.
	Name string `yaml:"name" rule:"max=100"`
	// What the account may reach: PRODUCTION, or SANDBOX, which reaches verified destinations alone.
	Tier string `yaml:"tier" rule:"oneof=PRODUCTION|SANDBOX default=PRODUCTION"`
	// Whole US dollars of text messages in a calendar month (UTC). Absent means none is enforced.
	TextSpendLimitUSD *int64 `yaml:"text_spend_limit_usd" rule:"min=0 max=1000000000"`
}

// Number is a phone number of the inventory.
type Number struct {
	// E.164 with +, or the digits of a short code.
	Number string `yaml:"number" rule:"required is=number"`
	// Kind of number.
	Type string `yaml:"type" rule:"required oneof=LONG_CODE|TOLL_FREE|TEN_DLC|SHORT_CODE"`
	// ISO 3166-1 alpha-2 code. Needed for a short code; of other numbers it follows from the number.
	Country string `yaml:"country" rule:"is=country"`
	// What the number can do. Only SMS is sent; VOICE, MMS and RCS are shown to callers.
	Capabilities []string `yaml:"capabilities" rule:"oneof=SMS|VOICE|MMS|RCS default=SMS"`
	// What the number may be leased for. Absent means either.
	MessageType string `yaml:"message_type" rule:"oneof=TRANSACTIONAL|PROMOTIONAL"`
	// US dollars as callers see them, at most five digits after the point.
	MonthlyPrice string `yaml:"monthly_price" rule:"is=price default=1.00"`
	// Carriers that the number is provisioned on. Absent means all.
	Carriers []Provision `yaml:"carriers"`
}

// Provision says that an identity is provisioned on a carrier.
type Provision struct {
	// A carrier's name.
	Name string `yaml:"name" rule:"required is=name"`
	// What this carrier's network knows the identity as. Absent means the identity itself.
	As string `yaml:"as" rule:"is=address"`
}

// SenderID is a sender ID put into an account.
type SenderID struct {
	// 1 to 11 letters, digits, dashes and underscores, with at least one letter; six digits alone for India's promotional headers. The wire carries this spelling.
	SenderID string `yaml:"sender_id" rule:"required is=sender"`
	// ISO 3166-1 alpha-2 code of the country that it is for.
	Country string `yaml:"country" rule:"required is=country"`
	// Twelve digits of the account.
	Account string `yaml:"account" rule:"required is=account"`
	// Region. Absent means every Region of the account.
	Region string `yaml:"region" rule:"is=region"`
	// Whether the country's registry holds it.
	Registered bool `yaml:"registered"`
	// What it may send. Absent means both.
	MessageTypes []string `yaml:"message_types" rule:"oneof=TRANSACTIONAL|PROMOTIONAL default=TRANSACTIONAL,PROMOTIONAL"`
	// Carriers that it is provisioned on. Absent means all.
	Carriers []Provision `yaml:"carriers"`
}

// SharedIdentity is a sender that belongs to no customer.
type SharedIdentity struct {
	// ISO 3166-1 alpha-2 code of destinations.
	Country string `yaml:"country" rule:"required is=country"`
	// E.164 with +, the digits of a short code, or a sender ID.
	Identity string `yaml:"identity" rule:"required is=address"`
	// Carriers that it is provisioned on. Absent means all.
	Carriers []Provision `yaml:"carriers"`
}

// Price is what messages to a country cost.
type Price struct {
	// ISO 3166-1 alpha-2 code of destinations.
	Country string `yaml:"country" rule:"required is=country"`
	// US dollars per message part, in quotes, at most five digits after the point.
	TextPart MicroUSD `yaml:"text_part" rule:"required"`
}

// Limits are quotas, per account and Region, and rates.
type Limits struct {
	// Requests per second for each operation of an account in a Region; the next one is answered ThrottlingException. In place of the published figures, also where `published_rates` is on. 0 means not limited.
	APIRequestsPerSecond int `yaml:"api_requests_per_second" rule:"min=0 max=100000"`
	// Message parts per second of each account. 0 means not limited.
	MessagePartsPerSecond int `yaml:"message_parts_per_second" rule:"min=0 max=100000"`
	// The service's published figures: requests per second by operation, sending aside; message parts per second by kind of identity (short code to the US and CA 100, toll-free 3, 10DLC 1, long code of CA 1 and others 10, sender ID 10, shared routes 20); one message per second to a recipient. A line of `rates` goes before.
	PublishedRates bool `yaml:"published_rates"`
	// Message parts per second of what a line names. What is limited waits, in memory and on disk, and holds up nothing else.
	Rates []Rate `yaml:"rates"`
	// Phone numbers in an account and Region.
	PhoneNumbersPerAccount int `yaml:"phone_numbers_per_account" rule:"min=0 max=1000000 default=25"`
	// Sender IDs in an account and Region.
	SenderIDsPerAccount int `yaml:"sender_ids_per_account" rule:"min=0 max=1000000 default=200"`
	// Pools in an account and Region.
	PoolsPerAccount int `yaml:"pools_per_account" rule:"min=0 max=1000000 default=25"`
	// Origination identities in a pool.
	OriginationIdentitiesPerPool int `yaml:"origination_identities_per_pool" rule:"min=0 max=1000000 default=100"`
	// Configuration sets in an account and Region.
	ConfigurationSetsPerAccount int `yaml:"configuration_sets_per_account" rule:"min=0 max=1000000 default=25"`
	// Event destinations of a configuration set. The service does not raise it.
	EventDestinationsPerConfigurationSet int `yaml:"event_destinations_per_configuration_set" rule:"min=0 max=1000 default=5"`
	// Opt-out lists in an account and Region; Default is one of them.
	OptOutListsPerAccount int `yaml:"opt_out_lists_per_account" rule:"min=1 max=1000000 default=25"`
	// Keywords of a phone number, HELP and STOP aside.
	KeywordsPerPhoneNumber int `yaml:"keywords_per_phone_number" rule:"min=0 max=1000 default=30"`
	// Keywords of a pool, HELP and STOP aside.
	KeywordsPerPool int `yaml:"keywords_per_pool" rule:"min=0 max=1000 default=30"`
	// Days for which a destination that DeleteOptedOutNumber took off a list is not taken off one again. 0 means that it may be at any time.
	OptInDays int `yaml:"opt_in_days" rule:"min=0 max=3650 default=30"`
	// Tags on a resource.
	TagsPerResource int `yaml:"tags_per_resource" rule:"min=0 max=200 default=50"`
}

// TLS is a server's certificate.
type TLS struct {
	// PEM file of the certificate and its chain.
	CertFile string `yaml:"cert_file" rule:"required is=file"`
	// PEM file of its private key.
	KeyFile string `yaml:"key_file" rule:"required is=file"`
}
