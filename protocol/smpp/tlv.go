package smpp

import (
	"encoding/binary"
	"strings"
)

// Tag is the tag of an optional parameter (SMPP 3.4 §5.3.2).
type Tag uint16

// The optional parameters that this product's peers use.
const (
	TagDestBearerType        Tag = 0x0007
	TagQosTimeToLive         Tag = 0x0017
	TagPayloadType           Tag = 0x0019
	TagAdditionalStatusInfo  Tag = 0x001D // additional_status_info_text
	TagReceiptedMessageID    Tag = 0x001E
	TagUserMessageReference  Tag = 0x0204
	TagSourcePort            Tag = 0x020A
	TagDestinationPort       Tag = 0x020B
	TagSarMsgRefNum          Tag = 0x020C
	TagLanguageIndicator     Tag = 0x020D
	TagSarTotalSegments      Tag = 0x020E
	TagSarSegmentSeqnum      Tag = 0x020F
	TagSCInterfaceVersion    Tag = 0x0210
	TagCallbackNum           Tag = 0x0381
	TagDpfResult             Tag = 0x0420
	TagMsAvailabilityStatus  Tag = 0x0422
	TagNetworkErrorCode      Tag = 0x0423
	TagMessagePayload        Tag = 0x0424
	TagDeliveryFailureReason Tag = 0x0425
	TagMoreMessagesToSend    Tag = 0x0426
	TagMessageState          Tag = 0x0427
	TagUssdServiceOp         Tag = 0x0501
	TagMsValidity            Tag = 0x1204
	TagAlertOnDelivery       Tag = 0x130C // alert_on_message_delivery, has no value
	TagItsSessionInfo        Tag = 0x1383
)

// TLV is an optional parameter. Its value may be empty.
type TLV struct {
	Tag   Tag
	Value []byte
}

// TLVs are the optional parameters of a PDU in the order of the wire, unknown
// ones included.
type TLVs []TLV

// Get is the value of the first parameter with a tag.
func (t TLVs) Get(tag Tag) (value []byte, ok bool) {
	for i := range t {
		if t[i].Tag == tag {
			return t[i].Value, true
		}
	}
	return nil, false
}

// Text is the value of a C-octet string parameter without its NUL; peers leave
// the NUL out as often as not.
func (t TLVs) Text(tag Tag) (text string, ok bool) {
	v, ok := t.Get(tag)
	return strings.TrimRight(string(v), "\x00"), ok
}

// Uint8 is the value of a one-octet parameter; ok is false for another length.
func (t TLVs) Uint8(tag Tag) (value uint8, ok bool) {
	v, _ := t.Get(tag)
	if len(v) != 1 {
		return 0, false
	}
	return v[0], true
}

// Uint16 is the value of a two-octet parameter; ok is false for another length.
func (t TLVs) Uint16(tag Tag) (value uint16, ok bool) {
	v, _ := t.Get(tag)
	if len(v) != 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(v), true
}

// Add appends a parameter; value is kept, not copied.
func (t *TLVs) Add(tag Tag, value []byte) { *t = append(*t, TLV{tag, value}) }

// AddText appends a C-octet string parameter with its NUL.
func (t *TLVs) AddText(tag Tag, text string) {
	t.Add(tag, append([]byte(text), 0))
}

// AddUint8 appends a one-octet parameter.
func (t *TLVs) AddUint8(tag Tag, value uint8) { t.Add(tag, []byte{value}) }

// AddUint16 appends a two-octet parameter.
func (t *TLVs) AddUint16(tag Tag, value uint16) {
	t.Add(tag, binary.BigEndian.AppendUint16(nil, value))
}

// Clone copies the parameters and their values.
func (t TLVs) Clone() TLVs {
	if len(t) == 0 {
		return nil
	}
	c := make(TLVs, len(t))
	for i := range t {
		c[i] = TLV{t[i].Tag, append([]byte(nil), t[i].Value...)}
	}
	return c
}

// NetworkError is the value of network_error_code (SMPP 3.4 §5.3.2.31).
type NetworkError struct {
	Network uint8 // 1 ANSI-136, 2 IS-95, 3 GSM
	Code    uint16
}

// NetworkError is the network_error_code among the parameters.
func (t TLVs) NetworkError() (code NetworkError, ok bool) {
	v, _ := t.Get(TagNetworkErrorCode)
	if len(v) != 3 {
		return NetworkError{}, false
	}
	return NetworkError{v[0], binary.BigEndian.Uint16(v[1:])}, true
}

func (e *encoder) tlvs(t TLVs) {
	for i := range t {
		if len(t[i].Value) > 0xFFFF {
			e.fail("optional parameter length")
			return
		}
		e.b = binary.BigEndian.AppendUint16(e.b, uint16(t[i].Tag))
		e.b = binary.BigEndian.AppendUint16(e.b, uint16(len(t[i].Value)))
		e.b = append(e.b, t[i].Value...)
	}
}

// tlvs reads everything that is left as optional parameters into dst's room.
func (d *decoder) tlvs(dst *TLVs) {
	*dst = (*dst)[:0]
	for len(d.rest) > 0 {
		if len(d.rest) < 4 {
			d.fail("optional parameters", StatusInvOptParStream)
			return
		}
		tag := Tag(binary.BigEndian.Uint16(d.rest))
		n := int(binary.BigEndian.Uint16(d.rest[2:]))
		d.rest = d.rest[4:]
		if n > len(d.rest) {
			d.fail("optional parameters", StatusInvOptParStream)
			return
		}
		*dst = append(*dst, TLV{tag, d.rest[:n:n]})
		d.rest = d.rest[n:]
	}
}
