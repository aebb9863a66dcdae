package smpp

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

// Receipt is the text of a delivery receipt (SMPP 3.4 Appendix B). The format is
// informative there, and every field may be missing.
type Receipt struct {
	ID         string // the SMSC's message id
	Submitted  string // sub: how many messages were submitted
	Delivered  string // dlvrd
	SubmitDate time.Time
	DoneDate   time.Time
	Stat       string // as it came; see ParseStat
	Err        string // as it came: decimal, hexadecimal or a word
	Text       string // the message's first characters
}

// ErrNotReceipt is a text that has neither the id nor the state of a receipt.
var ErrNotReceipt = errors.New("smpp: not the text of a delivery receipt")

const receiptDate = "0601021504"

// AppendReceipt appends r in the form of Appendix B, dates in UTC to the minute.
// The text is cut to twenty octets.
func AppendReceipt(b []byte, r Receipt) []byte {
	field := func(key, value, absent string) {
		if value == "" {
			value = absent
		}
		b = append(append(b, key...), value...)
	}
	field("id:", r.ID, "")
	field(" sub:", r.Submitted, "001")
	field(" dlvrd:", r.Delivered, "000")
	field(" submit date:", r.SubmitDate.UTC().Format(receiptDate), "")
	field(" done date:", r.DoneDate.UTC().Format(receiptDate), "")
	field(" stat:", r.Stat, "UNKNOWN")
	field(" err:", r.Err, "000")
	field(" text:", r.Text[:min(20, len(r.Text))], "")
	return b
}

// receiptKeys in the order that they are looked for; those with a space first, so
// that "submit date" is not read as "date".
var receiptKeys = [...]string{"submit date:", "done date:", "id:", "sub:", "dlvrd:", "stat:", "err:", "text:"}

// ParseReceipt reads the text of a receipt: each key by itself, in any order and
// case, any of them missing; the first of its kind counts. Dates are read as
// ParseReceiptTime does, and put right where a peer has swapped them. The error is
// ErrNotReceipt.
func ParseReceipt(text []byte, zone *time.Location) (Receipt, error) {
	values := receiptValues(ReceiptText(text))
	if values["id:"] == "" && values["stat:"] == "" {
		return Receipt{}, ErrNotReceipt
	}
	r := Receipt{
		ID:         values["id:"],
		Submitted:  values["sub:"],
		Delivered:  values["dlvrd:"],
		SubmitDate: ParseReceiptTime(values["submit date:"], zone),
		DoneDate:   ParseReceiptTime(values["done date:"], zone),
		Stat:       values["stat:"],
		Err:        values["err:"],
		Text:       values["text:"],
	}
	if !r.DoneDate.IsZero() && r.DoneDate.Before(r.SubmitDate) {
		r.SubmitDate, r.DoneDate = r.DoneDate, r.SubmitDate
	}
	return r, nil
}

// ReceiptText is the text of a receipt without what peers wrap it in: NULs, which
// stand around it or, of UCS-2 that is declared otherwise, between the characters,
// and URL-encoding.
func ReceiptText(text []byte) string {
	s := strings.Trim(strings.ReplaceAll(string(text), "\x00", ""), " \r\n\t")
	if strings.ContainsAny(s, " \r\n\t") {
		return s // URL-encoding would have no space
	}
	lower := strings.ToLower(s)
	for _, sign := range []string{"%3a", "%20", "+stat:", "+sub:"} {
		if !strings.Contains(lower, sign) {
			continue
		}
		if plain, err := url.QueryUnescape(s); err == nil {
			return strings.TrimSpace(plain)
		}
	}
	return s
}

// receiptValues cuts the text at the keys. What stands before the first key, or
// between a value and the next key, is passed over, except in text, which runs to
// the next key or to the end.
func receiptValues(s string) map[string]string {
	values := make(map[string]string, len(receiptKeys))
	key, start := "", 0
	store := func(end int) {
		if key == "" {
			return
		}
		v := strings.TrimSpace(s[start:end])
		if key != "text:" {
			if end := strings.IndexAny(v, " \r\n\t"); end >= 0 {
				v = v[:end]
			}
			v = strings.TrimRight(v, ",;|")
		}
		values[key] = v
	}
	for i := 0; i < len(s); {
		next := keyAt(s, i)
		if _, seen := values[next]; next == "" || seen || next == key {
			i++
			continue
		}
		store(i)
		key, start = next, i+len(next)
		i = start
	}
	store(len(s))
	return values
}

// keyAt is the key that starts at i, at the start of a word.
func keyAt(s string, i int) string {
	if i > 0 && !strings.ContainsRune(" ,;|\n\r\t", rune(s[i-1])) && s[i-1] != ':' {
		return ""
	}
	for _, key := range receiptKeys {
		if len(s)-i >= len(key) && strings.EqualFold(s[i:i+len(key)], key) {
			return key
		}
	}
	return ""
}

// ParseReceiptTime reads a date of ten (YYMMDDhhmm), twelve (with seconds) or
// fourteen digits (YYYYMMDDhhmmss) in zone, nil for UTC; any other is zero.
func ParseReceiptTime(text string, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	var layout string
	switch len(text) {
	case 10:
		layout = receiptDate
	case 12:
		layout = "060102150405"
	case 14:
		layout = "20060102150405"
	default:
		return time.Time{}
	}
	t, err := time.ParseInLocation(layout, text, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
