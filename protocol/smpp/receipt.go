package smpp

import (
	"errors"
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
// case, any of them missing; the first of its kind counts. Dates of ten
// (YYMMDDhhmm), twelve (with seconds) and fourteen digits (YYYYMMDDhhmmss) are
// read in zone, nil for UTC; others are left zero. The error is ErrNotReceipt.
func ParseReceipt(text []byte, zone *time.Location) (Receipt, error) {
	if zone == nil {
		zone = time.UTC
	}
	values := receiptValues(strings.Trim(string(text), "\x00 \r\n\t"))
	if values["id:"] == "" && values["stat:"] == "" {
		return Receipt{}, ErrNotReceipt
	}
	return Receipt{
		ID:         values["id:"],
		Submitted:  values["sub:"],
		Delivered:  values["dlvrd:"],
		SubmitDate: receiptTime(values["submit date:"], zone),
		DoneDate:   receiptTime(values["done date:"], zone),
		Stat:       values["stat:"],
		Err:        values["err:"],
		Text:       values["text:"],
	}, nil
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
			v, _, _ = strings.Cut(v, " ")
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

func receiptTime(text string, zone *time.Location) time.Time {
	layouts := map[int]string{10: receiptDate, 12: "060102150405", 14: "20060102150405"}
	layout, ok := layouts[len(text)]
	if !ok {
		return time.Time{}
	}
	t, err := time.ParseInLocation(layout, text, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
