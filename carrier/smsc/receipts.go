package smsc

import (
	"regexp"
	"strings"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// Detection is how a delivery receipt is known from a text of a handset. Each knows
// what those before it know.
type Detection string

// The ways to know receipts; "" is DetectClass.
const (
	DetectClass Detection = "esm_class" // by the type bits, or by id and state among the parameters
	DetectTLV   Detection = "tlv"       // by the id among the parameters alone
	DetectText  Detection = "text"      // by the form of the text, which anybody could forge
)

// Receipts is what a carrier's delivery receipts are like. The zero value is an
// SMSC by the book: receipts are asked for with every part and marked as such.
type Receipts struct {
	// None is for a carrier that gives no receipts: registered_delivery is 0
	// (SMPP 3.4 §5.2.17), and a part's road ends with its response.
	None bool
	// Detection of receipts.
	Detection Detection
	// PerMessage is for a carrier whose receipts speak for all parts of a message.
	PerMessage bool
	// AcceptedIsFinal takes ACCEPTED for the last word: the carrier hears nothing of
	// handsets.
	AcceptedIsFinal bool
	// Errors is what the carrier's error codes mean in receipts of failure, in the
	// API's words for event types. The keys are as ErrorKey makes them.
	Errors map[string]string
	// Pattern reads a text in a form of the carrier's own by its groups id, stat,
	// err and done; nil, or a text that it does not match, is read by the book.
	Pattern *regexp.Regexp
	// NetworkTLV bears the recipient's mobile country and network code in digits; 0 =
	// none does.
	NetworkTLV smpp.Tag
	// Zone of the dates in receipts, nil for UTC.
	Zone *time.Location
}

// ErrorKey is an error code as Receipts.Errors has it: leading zeros and case aside.
func ErrorKey(code string) string { return strings.ToUpper(strings.TrimLeft(code, "0")) }

// parse reads the text of a receipt.
func (s *Receipts) parse(text []byte) (smpp.Receipt, error) {
	if s.Pattern != nil {
		text := smpp.ReceiptText(text)
		if found := s.Pattern.FindStringSubmatch(text); found != nil {
			return s.named(found), nil
		}
	}
	return smpp.ParseReceipt(text, s.Zone)
}

// network is the recipient's mobile country and network code (ITU-T E.212), where
// the pattern has a group for it, or a parameter bears it.
func (s *Receipts) network(text []byte, parameters smpp.TLVs) string {
	if network := s.networkIn(text); network != "" || s.NetworkTLV == 0 {
		return network
	}
	value, _ := parameters.Text(s.NetworkTLV)
	if value = strings.TrimSpace(value); !isNetwork(value) {
		return ""
	}
	return value
}

func (s *Receipts) networkIn(text []byte) string {
	if s.Pattern == nil {
		return ""
	}
	group := s.Pattern.SubexpIndex("mccmnc")
	if group < 0 {
		return ""
	}
	found := s.Pattern.FindStringSubmatch(smpp.ReceiptText(text))
	if found == nil || !isNetwork(found[group]) {
		return ""
	}
	return found[group]
}

// isNetwork says whether text is five or six digits.
func isNetwork(text string) bool {
	const shortest, longest = 5, 6
	return len(text) >= shortest && len(text) <= longest && strings.Trim(text, "0123456789") == ""
}

// named is a receipt by the groups of the pattern.
func (s *Receipts) named(found []string) smpp.Receipt {
	var r smpp.Receipt
	for i, name := range s.Pattern.SubexpNames() {
		value := strings.TrimSpace(found[i])
		switch name {
		case "id":
			r.ID = value
		case "stat":
			r.Stat = value
		case "err":
			r.Err = value
		case "done":
			r.DoneDate = smpp.ParseReceiptTime(value, s.Zone)
		}
	}
	return r
}

// verdict is what the settings make of a receipt, "" for its usual meaning.
func (s *Receipts) verdict(r carrier.Receipt) string {
	switch r.State {
	case carrier.Enroute, carrier.Delivered:
		return ""
	case carrier.Accepted:
		if s.AcceptedIsFinal {
			return "SUCCESSFUL"
		}
		return ""
	}
	return s.Errors[ErrorKey(r.Code)]
}

// registered asks for receipts, or for none.
func (s *Receipts) registered() smpp.RegisteredDelivery {
	if s.None {
		return 0
	}
	return smpp.FinalReceipt
}
