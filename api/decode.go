package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// maxFields bounds how many offending members one answer names.
const maxFields = 200

// decoder reads a request and gathers everything that is wrong with it. A
// syntax error ends the reading; a member that breaks a limit does not.
type decoder struct {
	json    *jsontext.Decoder
	path    []byte // of the structure that is being read, as in Tags[0]
	fields  []Field
	missing bool
	err     error // of the JSON syntax
}

// decodable is a pointer to a generated structure of an input.
type decodable[T any] interface {
	*T
	decode(*decoder)
}

// decoders are kept, since each holds buffers that are expensive to make.
var decoders = sync.Pool{New: func() any { return &decoder{json: jsontext.NewDecoder(bytes.NewReader(nil))} }}

// decodeBody reads the whole body into a structure. Errors are *Error:
// SerializationException where the body is no JSON object,
// ValidationException with all offending members where it breaks a limit.
func decodeBody(body []byte, decode func(*decoder)) error {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.json.Reset(bytes.NewBuffer(body))
	d.path, d.fields, d.missing, d.err = d.path[:0], nil, false, nil
	if d.json.PeekKind() != '{' {
		return d.syntaxError()
	}
	decode(d)
	if d.err == nil {
		if _, err := d.json.ReadToken(); !errors.Is(err, io.EOF) {
			return d.syntaxError()
		}
	}
	return d.verdict()
}

// release keeps the decoder for another request, but not the body.
func (d *decoder) release() {
	d.json.Reset(bytes.NewBuffer(nil))
	d.fields = nil
	decoders.Put(d)
}

func (d *decoder) verdict() error {
	if d.err != nil {
		return d.syntaxError()
	}
	if len(d.fields) == 0 {
		return nil
	}
	reason := ValidationExceptionReasonInvalidParameter
	if d.missing {
		reason = ValidationExceptionReasonMissingParameter
	}
	said := make([]string, len(d.fields))
	for i, f := range d.fields {
		said[i] = f.Name + " " + f.Message
	}
	e := Invalid(reason, "Correct the request: "+strings.Join(said, "; ")+".")
	e.Fields = d.fields
	return e
}

// syntaxError does not repeat what the parser says, which quotes the body.
func (d *decoder) syntaxError() error {
	at := strconv.FormatInt(d.json.InputOffset(), 10)
	return Protocol(SerializationException, "The body is not a JSON object with each name once and valid UTF-8 (after octet "+at+"). Send a JSON object.")
}

// push enters a member; pop(mark) leaves it again.
func (d *decoder) push(name string) (mark int) {
	mark = len(d.path)
	if mark > 0 {
		d.path = append(d.path, '.')
	}
	d.path = append(d.path, name...)
	return mark
}

func (d *decoder) pushIndex(i int) (mark int) {
	mark = len(d.path)
	d.path = append(d.path, '[')
	d.path = strconv.AppendInt(d.path, int64(i), 10)
	d.path = append(d.path, ']')
	return mark
}

func (d *decoder) pop(mark int) { d.path = d.path[:mark] }

// report complains about what the path leads to.
func (d *decoder) report(message string) {
	if len(d.fields) < maxFields && d.err == nil {
		d.fields = append(d.fields, Field{Name: string(d.path), Message: message})
	}
}

// refuse complains about a member of the present structure.
func (d *decoder) refuse(name, message string) {
	mark := d.push(name)
	d.report(message)
	d.pop(mark)
}

// require complains where a required member was not there.
func (d *decoder) require(present bool, name string) {
	if !present && d.err == nil {
		d.missing = true
		d.refuse(name, "is required")
	}
}

// one complains where a union has not exactly one member.
func (d *decoder) one(members int) {
	if members != 1 {
		d.report("must have exactly one member")
	}
}

func (d *decoder) token() {
	if _, err := d.json.ReadToken(); err != nil {
		d.err = err
	}
}

func (d *decoder) skip() {
	if err := d.json.SkipValue(); err != nil {
		d.err = err
	}
}

// more says whether the object or list that ends with that character goes on;
// it reads the end.
func (d *decoder) more(end jsontext.Kind) bool {
	if d.err != nil {
		return false
	}
	if d.json.PeekKind() == end {
		d.token()
		return false
	}
	return true
}

// name returns the next member's name, or false at the end of the object. It
// is valid until the next read.
func (d *decoder) name() ([]byte, bool) {
	if !d.more('}') {
		return nil, false
	}
	raw, err := d.json.ReadValue()
	if err != nil {
		d.err = err
		return nil, false
	}
	return unquote(raw), true
}

// unquote returns the text of a JSON string that the parser has accepted.
func unquote(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // the parser has seen it is valid
	return text
}

// begin looks at the value of a member. null is absent; a value of another
// kind is refused. Only where usable is true is there a value to read.
func (d *decoder) begin(name string, kind jsontext.Kind) (present, usable bool) {
	switch got := d.json.PeekKind(); got {
	case kind:
		return true, true
	case 'n':
		d.skip()
		return false, false
	default:
		d.refuse(name, wrongKind(kind))
		d.skip()
		return true, false
	}
}

func wrongKind(want jsontext.Kind) string {
	switch want {
	case '"':
		return "must be a string"
	case '0':
		return "must be a number"
	case '{':
		return "must be an object"
	}
	return "must be a list"
}

// value reads the text of a scalar.
func (d *decoder) value() []byte {
	raw, err := d.json.ReadValue()
	if err != nil {
		d.err = err
		return nil
	}
	return raw
}

// text reads a string's text; it is valid until the next read.
func (d *decoder) text() []byte {
	raw := d.value()
	if d.err != nil {
		return nil
	}
	return unquote(raw)
}

// check is a limit of the model on a string. It returns what is wrong, or
// nothing; nil allows every string.
type check func(string) string

func decodeString[T ~string](d *decoder, name string, limit check, v *T) (present bool) {
	present, usable := d.begin(name, '"')
	if !usable {
		return present
	}
	s := string(d.text())
	*v = T(s)
	if limit != nil && d.err == nil {
		if wrong := limit(s); wrong != "" {
			d.refuse(name, wrong)
		}
	}
	return true
}

// decodeNonEmpty takes the empty string for an absent member.
func decodeNonEmpty(d *decoder, name string, limit check, v *string) (present bool) {
	asked := func(s string) string {
		if s == "" {
			return ""
		}
		return limit(s)
	}
	before := len(d.fields)
	present = decodeString(d, name, asked, v)
	return present && (*v != "" || len(d.fields) > before)
}

// decodeAbsentOrFull takes a member that may be absent, and complains about an
// empty one as if a required one were missing.
func decodeAbsentOrFull(d *decoder, name string, limit check, v *string) {
	before := len(d.fields)
	present := decodeString(d, name, limit, v)
	d.require(!present || *v != "" || len(d.fields) > before, name)
}

func decodeBoolean(d *decoder, name string, v *bool) (present bool) {
	switch d.json.PeekKind() {
	case 't':
		*v = true
		d.skip()
		return true
	case 'f':
		d.skip()
		return true
	case 'n':
		d.skip()
		return false
	}
	d.refuse(name, "must be true or false")
	d.skip()
	return true
}

func decodeNullableBoolean(d *decoder, name string, v **bool) (present bool) {
	var b bool
	present = decodeBoolean(d, name, &b)
	if present {
		*v = &b
	}
	return present
}

// bounds is a closed range.
type bounds[T int | int64 | float64] struct{ min, max T }

func (b bounds[T]) wrong(n T) string {
	if n >= b.min && n <= b.max {
		return ""
	}
	return "must be " + number(float64(b.min)) + " to " + number(float64(b.max))
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func decodeNumber[T int | int64 | float64](d *decoder, name string, limit bounds[T], v *T) (present bool) {
	present, usable := d.begin(name, '0')
	if !usable {
		return present
	}
	n, wrong := parseNumber[T](string(d.value()))
	if wrong == "" {
		wrong = limit.wrong(n)
	}
	if wrong != "" {
		d.refuse(name, wrong)
	}
	*v = n
	return true
}

func decodeOptionalNumber[T int | int64 | float64](d *decoder, name string, limit bounds[T], v **T) (present bool) {
	var n T
	present = decodeNumber(d, name, limit, &n)
	if present {
		*v = &n
	}
	return present
}

func parseNumber[T int | int64 | float64](text string) (n T, wrong string) {
	if _, isFloat := any(n).(float64); isFloat {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, "is out of range"
		}
		return T(f), ""
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, "must be a whole number of at most 64 bits"
	}
	return T(i), ""
}

func decodeTimestamp(d *decoder, name string, v *Timestamp) (present bool) {
	present, usable := d.begin(name, '0')
	if !usable {
		return present
	}
	if raw := d.value(); d.err == nil {
		if err := v.UnmarshalJSON(raw); err != nil {
			d.refuse(name, "must be seconds since the epoch")
		}
	}
	return true
}

func decodeBlob(d *decoder, name string, limit bounds[int], v *[]byte) (present bool) {
	present, usable := d.begin(name, '"')
	if !usable {
		return present
	}
	octets, err := base64.StdEncoding.AppendDecode([]byte{}, d.text())
	if err != nil {
		d.refuse(name, "must be base64")
	} else if wrong := limit.wrong(len(octets)); wrong != "" {
		d.refuse(name, wrong+" octets")
	}
	*v = octets
	return true
}

func decodeStructure[T any, P decodable[T]](d *decoder, name string, v P) (present bool) {
	present, usable := d.begin(name, '{')
	if !usable {
		return present
	}
	mark := d.push(name)
	v.decode(d)
	d.pop(mark)
	return true
}

func decodeOptionalStructure[T any, P decodable[T]](d *decoder, name string, v *P) (present bool) {
	var s T
	present = decodeStructure[T, P](d, name, &s)
	if present {
		*v = &s
	}
	return present
}
