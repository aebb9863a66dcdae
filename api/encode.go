package api

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// EncodeAnswer returns the body of an answer: lists and booleans that cannot
// be null are always written, everything else that is absent is left out.
func EncodeAnswer(out Answer) []byte {
	e := encoder{answer: true}
	out.encode(&e)
	return e.b
}

// encoder appends JSON. In an answer lists and plain booleans are always
// written; in a request they are left out when nil or false. The zero value
// writes a request.
type encoder struct {
	b      []byte
	answer bool
}

// encodable is a pointer to a generated structure.
type encodable[T any] interface {
	*T
	encode(*encoder)
}

func (e *encoder) open(c byte)  { e.next(); e.b = append(e.b, c) }
func (e *encoder) close(c byte) { e.b = append(e.b, c) }

// next writes the comma that separates an entry from the one before.
func (e *encoder) next() {
	if n := len(e.b); n > 0 && e.b[n-1] != '{' && e.b[n-1] != '[' && e.b[n-1] != ':' {
		e.b = append(e.b, ',')
	}
}

func (e *encoder) key(name string) {
	e.text(name)
	e.b = append(e.b, ':')
}

// text writes a JSON string; octets that are no UTF-8 become U+FFFD.
func (e *encoder) text(s string) {
	e.next()
	e.b, _ = jsontext.AppendQuote(e.b, s) // the error only tells of the replacement
}

func encodeString[T ~string](e *encoder, name string, v T, required bool) {
	if v == "" && !required {
		return
	}
	e.key(name)
	e.text(string(v))
}

func (e *encoder) boolean(name string, v bool) {
	if !v && !e.answer {
		return
	}
	e.key(name)
	e.b = strconv.AppendBool(e.b, v)
}

func (e *encoder) nullableBoolean(name string, v *bool) {
	if v == nil {
		return
	}
	e.key(name)
	e.b = strconv.AppendBool(e.b, *v)
}

func encodeInteger[T ~int | ~int64](e *encoder, name string, v *T) {
	if v == nil {
		return
	}
	e.key(name)
	e.b = strconv.AppendInt(e.b, int64(*v), 10)
}

func (e *encoder) double(name string, v *float64) {
	if v == nil {
		return
	}
	e.key(name)
	e.b = strconv.AppendFloat(e.b, *v, 'g', -1, 64)
}

func (e *encoder) timestamp(name string, v Timestamp) {
	if v.IsZero() {
		return
	}
	e.key(name)
	e.b = v.AppendJSON(e.b)
}

func (e *encoder) blob(name string, v []byte) {
	if v == nil {
		return
	}
	e.key(name)
	e.b = append(e.b, '"')
	e.b = base64.StdEncoding.AppendEncode(e.b, v)
	e.b = append(e.b, '"')
}

func encodeStructure[T any, P encodable[T]](e *encoder, name string, v P) {
	if v == nil {
		return
	}
	e.key(name)
	v.encode(e)
}

func encodeStrings[T ~string](e *encoder, name string, list []T) {
	if list == nil && !e.answer {
		return
	}
	e.key(name)
	e.open('[')
	for _, s := range list {
		e.text(string(s))
	}
	e.close(']')
}

func encodeIntegers[T ~int | ~int64](e *encoder, name string, list []T) {
	if list == nil && !e.answer {
		return
	}
	e.key(name)
	e.open('[')
	for _, n := range list {
		e.next()
		e.b = strconv.AppendInt(e.b, int64(n), 10)
	}
	e.close(']')
}

func encodeStructures[T any, P encodable[T]](e *encoder, name string, list []T) {
	if list == nil && !e.answer {
		return
	}
	e.key(name)
	e.open('[')
	for i := range list {
		P(&list[i]).encode(e)
	}
	e.close(']')
}

func encodeStringMap[K, V ~string](e *encoder, name string, m map[K]V, required bool) {
	if m == nil && !required {
		return
	}
	e.key(name)
	e.open('{')
	for _, k := range sortedKeys(m) {
		e.key(string(k))
		e.text(string(m[k]))
	}
	e.close('}')
}

func encodeIntegerMap[K ~string, V ~int | ~int64](e *encoder, name string, m map[K]V, required bool) {
	if m == nil && !required {
		return
	}
	e.key(name)
	e.open('{')
	for _, k := range sortedKeys(m) {
		v := m[k]
		encodeInteger(e, string(k), &v)
	}
	e.close('}')
}

func encodeStructureMap[K ~string, T any, P encodable[T]](e *encoder, name string, m map[K]T, required bool) {
	if m == nil && !required {
		return
	}
	e.key(name)
	e.open('{')
	for _, k := range sortedKeys(m) {
		v := m[k]
		e.key(string(k))
		P(&v).encode(e)
	}
	e.close('}')
}

// sortedKeys makes the same map always the same text, so that its hash can be
// compared.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
