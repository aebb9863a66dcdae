package smpp

// ESMClass is the esm_class of a message (SMPP 3.4 §5.2.12).
type ESMClass uint8

// Bits of esm_class: the message mode in bits 1-0, the message type in bits 5-2,
// GSM network features in bits 7-6.
const (
	ESMDefault                  ESMClass = 0x00
	ESMDatagram                 ESMClass = 0x01
	ESMForward                  ESMClass = 0x02
	ESMStoreAndForward          ESMClass = 0x03
	ESMDeliveryReceipt          ESMClass = 0x04
	ESMDeliveryAck              ESMClass = 0x08
	ESMUserAck                  ESMClass = 0x10
	ESMConversationAbort        ESMClass = 0x18
	ESMIntermediateNotification ESMClass = 0x20
	ESMUDHI                     ESMClass = 0x40 // short_message starts with a user data header
	ESMReplyPath                ESMClass = 0x80

	esmTypeMask ESMClass = 0x3C
)

// Type is the message type alone, bits 5-2; 0 is a message from a handset.
func (c ESMClass) Type() ESMClass { return c & esmTypeMask }

// UDHI says whether the message starts with a user data header.
func (c ESMClass) UDHI() bool { return c&ESMUDHI != 0 }

// DataCoding is the data_coding of a message (SMPP 3.4 §5.2.19).
type DataCoding uint8

// The data codings in use; 0 is the SMSC's own default alphabet.
const (
	CodingDefault DataCoding = 0
	CodingASCII   DataCoding = 1
	CodingOctets  DataCoding = 2
	CodingLatin1  DataCoding = 3
	CodingBinary  DataCoding = 4
	CodingUCS2    DataCoding = 8
)

// RegisteredDelivery says which receipts are wanted (SMPP 3.4 §5.2.17).
type RegisteredDelivery uint8

// Bits of registered_delivery.
const (
	NoReceipt           RegisteredDelivery = 0x00
	FinalReceipt        RegisteredDelivery = 0x01
	FailureReceipt      RegisteredDelivery = 0x02
	IntermediateReceipt RegisteredDelivery = 0x10

	receiptMask RegisteredDelivery = 0x03
)

// Receipt is the wish for a final receipt alone, bits 1-0.
func (r RegisteredDelivery) Receipt() RegisteredDelivery { return r & receiptMask }

// MaxShortMessage is the longest short_message in octets (SMPP 3.4 §5.2.21).
const MaxShortMessage = 254

// Longest fields of message PDUs including the NUL.
const (
	maxServiceType = 6
	maxTime        = 17
	maxMessageID   = 65
)

func (e *encoder) shortMessage(m []byte) {
	if len(m) > MaxShortMessage {
		e.fail("sm_length")
		return
	}
	e.byte(uint8(len(m)))
	e.b = append(e.b, m...)
}

func (d *decoder) shortMessage() []byte {
	n := int(d.byte("sm_length"))
	if n > MaxShortMessage {
		d.fail("sm_length", StatusInvMsgLen)
		return nil
	}
	return d.octets(n, "short_message", StatusInvMsgLen)
}

// bodyOf is the text of a message wherever it is: a message has either
// short_message or message_payload (§5.3.2.32).
func bodyOf(short []byte, t TLVs) []byte {
	if len(short) > 0 {
		return short
	}
	payload, _ := t.Get(TagMessagePayload)
	return payload
}
