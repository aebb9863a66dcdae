package smsc

import (
	"fmt"
	"strconv"
	"strings"

	"heliograph/country"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// line is a request as a trace shows it: the names of SMPP 3.4 §4 and their
// values, of a text its length alone.
func (w *watch) line(p smpp.PDU) string {
	var b strings.Builder
	switch p := p.(type) {
	case *smpp.SubmitSM:
		w.message(&b, "submit_sm", p, w.own(p.Source), w.handset(p.Destination))
	case *smpp.DeliverSM:
		w.message(&b, "deliver_sm", (*smpp.SubmitSM)(p), w.handset(p.Source), w.own(p.Destination))
	case *smpp.DataSM:
		fmt.Fprintf(&b, "data_sm source_addr=%s destination_addr=%s esm_class=0x%02X registered_delivery=0x%02X data_coding=0x%02X",
			w.handset(p.Source), w.own(p.Destination), uint8(p.ESMClass), uint8(p.RegisteredDelivery), uint8(p.DataCoding))
		receiptOf(&b, p.ESMClass, p.Body())
		parameters(&b, p.TLVs)
	default:
		fmt.Fprintf(&b, "%v", p.CommandID())
	}
	return b.String()
}

func (w *watch) message(b *strings.Builder, name string, p *smpp.SubmitSM, source, destination string) {
	fmt.Fprintf(b, "%s source_addr=%s destination_addr=%s esm_class=0x%02X", name, source, destination, uint8(p.ESMClass))
	for _, field := range [...]struct{ name, value string }{
		{"service_type", p.ServiceType}, {"schedule_delivery_time", p.ScheduleDeliveryTime}, {"validity_period", p.ValidityPeriod},
	} {
		if field.value != "" {
			fmt.Fprintf(b, " %s=%s", field.name, quoted(field.value))
		}
	}
	fmt.Fprintf(b, " protocol_id=%d priority_flag=%d registered_delivery=0x%02X data_coding=0x%02X sm_length=%d",
		p.ProtocolID, p.Priority, uint8(p.RegisteredDelivery), uint8(p.DataCoding), len(p.ShortMessage))
	if p.ESMClass.UDHI() {
		if _, rest, err := gsm.ParseUDH(p.ShortMessage); err == nil {
			fmt.Fprintf(b, " udh=%X", p.ShortMessage[:len(p.ShortMessage)-len(rest)])
		}
	}
	receiptOf(b, p.ESMClass, p.Body())
	parameters(b, p.TLVs)
}

// receiptOf shows what a receipt's text says, without the text that some SMSCs
// repeat in it.
func receiptOf(b *strings.Builder, class smpp.ESMClass, body []byte) {
	if class.Type() == 0 {
		return
	}
	if r, err := smpp.ParseReceipt(body, nil); err == nil {
		fmt.Fprintf(b, " receipt{id=%s stat=%s err=%s}", quoted(r.ID), quoted(r.Stat), quoted(r.Err))
	}
}

// shownTags are parameters whose value tells nothing of people and texts.
var shownTags = [...]smpp.Tag{
	smpp.TagSarMsgRefNum, smpp.TagSarTotalSegments, smpp.TagSarSegmentSeqnum, smpp.TagMessageState, smpp.TagNetworkErrorCode,
	smpp.TagReceiptedMessageID, smpp.TagUserMessageReference, smpp.TagMoreMessagesToSend, smpp.TagDeliveryFailureReason,
}

// parameters shows the tags of all optional parameters, and the values of those
// that may be seen.
func parameters(b *strings.Builder, tlvs smpp.TLVs) {
	for _, t := range tlvs {
		shown := false
		for _, tag := range shownTags {
			shown = shown || tag == t.Tag
		}
		switch {
		case t.Tag == smpp.TagReceiptedMessageID:
			fmt.Fprintf(b, " tlv_%04X=%s", uint16(t.Tag), quoted(strings.TrimRight(string(t.Value), "\x00")))
		case shown:
			fmt.Fprintf(b, " tlv_%04X=%X", uint16(t.Tag), t.Value)
		default:
			fmt.Fprintf(b, " tlv_%04X=(%d octets)", uint16(t.Tag), len(t.Value))
		}
	}
}

// own shows an address of the gateway's side: a sender ID and what its type says is
// a short code as they are, a number as handset does.
func (w *watch) own(a smpp.Address) string {
	switch a.TON {
	case smpp.TONAlphanumeric, smpp.TONNetworkSpecific, smpp.TONAbbreviated:
		return shown(a, a.Addr)
	}
	return w.handset(a)
}

// handset shows the number that is traced; of another one, however it is written,
// little.
func (w *watch) handset(a smpp.Address) string {
	addr := a.Addr
	if strings.Trim(addr, "+0123456789") == "" && !strings.HasSuffix(w.number, national(addr)) {
		addr = masked(addr)
	}
	return shown(a, addr)
}

// masked leaves the country and the last two digits of a number that may have a
// calling code, of a shorter one the digits alone.
func masked(addr string) string {
	const withCallingCode, last = 11, 2
	if len(addr) >= withCallingCode {
		return country.Mask(addr)
	}
	hidden := max(0, len(addr)-last)
	return strings.Repeat("*", hidden) + addr[hidden:]
}

func shown(a smpp.Address, addr string) string {
	return fmt.Sprintf("%d/%d:%s", uint8(a.TON), uint8(a.NPI), quoted(addr))
}

// national is what all forms of a number end with: without plus sign and zeros
// in front.
func national(addr string) string { return strings.TrimLeft(addr, "+0") }

// quoted is a text of the wire on one line.
func quoted(text string) string { return strconv.QuoteToASCII(text) }
