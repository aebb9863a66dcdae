package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder fills structs from YAML nodes. It goes on after a fault, so that one
// look at a file tells all that is wrong with it.
type decoder struct {
	file   string
	folder string
	env    func(string) (string, bool)
	lines  map[string]int // of every field that the file has, by path
	errs   Errors
	// warnings are what is allowed and yet hardly meant.
	warnings Errors
}

// fail notes a fault of a field at its own line, or at the line of the nearest
// field above it that the file has.
func (d *decoder) fail(path, format string, args ...any) {
	line := 0
	for at := path; line == 0 && at != ""; at = parent(at) {
		line = d.lines[at]
	}
	d.errs = append(d.errs, Error{File: d.file, Line: line, Path: path, Text: fmt.Sprintf(format, args...)})
}

// parent is the path of what holds a field: "a[0].b" lies in "a[0]", that in "a".
func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

// join appends a key to a path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// note records where a field stands.
func (d *decoder) note(path string, n ast.Node) {
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		d.lines[path] = tk.Position.Line
	}
}

// value fills v from a node.
func (d *decoder) value(n ast.Node, v reflect.Value, path string, r rules) {
	switch target := v.Addr().Interface().(type) {
	case *Secret:
		d.secret(n, target, path)
		return
	case *MicroUSD:
		d.money(n, target, path)
		return
	case *Share:
		d.share(n, target, path)
		return
	case *Duration:
		d.duration(n, target, path)
		return
	case **CarrierTLS:
		if b, ok := n.(*ast.BoolNode); ok {
			*target = map[bool]*CarrierTLS{true: {}}[b.Value]
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, r)
	case reflect.Struct:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.list(n, v, path, r)
	case reflect.Map:
		d.table(n, v, path, r)
	default:
		d.scalar(n, v, path, r)
	}
}

// mapping fills a struct: every key must be one of its fields, and every
// required field must be there.
func (d *decoder) mapping(n ast.Node, v reflect.Value, path string) {
	pairs, ok := d.pairs(n, path)
	if !ok || !d.built(v, pairs, path) {
		return
	}
	setDefaults(v)
	fields := fieldsOf(v)
	given := map[string]bool{}
	for _, pair := range pairs {
		key := keyOf(pair)
		at := join(path, key)
		d.note(at, pair.Key)
		f, known := fields[key]
		switch {
		case !known:
			d.unknown(at, pair, v.Type())
		case isNull(pair.Value):
			d.null(at, f)
		default:
			given[key] = true
			d.value(pair.Value, f.value, at, f.rules)
		}
	}
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("yaml")
		if fields[key].rules.required && !given[key] && !d.has(join(path, key)) {
			d.fail(join(path, key), "is missing")
		}
	}
}

// has says that the file has a field.
func (d *decoder) has(path string) bool { return d.lines[path] != 0 }

// null refuses a key without a value, except at the top, where every line of a
// list may be commented out. Further down an absent list has a meaning, such as
// "all", that an empty one must not get by accident.
func (d *decoder) null(path string, f field) {
	top := parent(path) == ""
	if !top || f.value.Kind() != reflect.Slice && f.value.Kind() != reflect.Struct {
		d.fail(path, "has no value")
	}
}

// pairs are the keys and values of a mapping node.
func (d *decoder) pairs(n ast.Node, path string) ([]*ast.MappingValueNode, bool) {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	default:
		d.fail(path, "want keys with values%s", d.found(n))
		return nil, false
	}
	return pairs, true
}

// list fills a slice.
func (d *decoder) list(n ast.Node, v reflect.Value, path string, r rules) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(path, "want a list%s", d.found(n))
		return
	}
	if len(s.Values) == 0 && parent(path) != "" {
		d.fail(path, "is an empty list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	for i, element := range s.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.note(at, element)
		d.value(element, v.Index(i), at, r)
	}
}

// scalar fills a text, an integer or a truth value.
func (d *decoder) scalar(n ast.Node, v reflect.Value, path string, r rules) {
	var err error
	switch v.Kind() {
	case reflect.String:
		err = d.text(n, v, r)
	case reflect.Bool:
		err = d.boolean(n, v)
	default:
		err = d.integer(n, v, r)
	}
	if err != nil {
		d.fail(path, "%s", err)
	}
}

func (d *decoder) text(n ast.Node, v reflect.Value, r rules) error {
	s, ok := plainText(n)
	if !ok {
		return errors.New("want text" + d.found(n))
	}
	v.SetString(s)
	if s == "" {
		return errors.New("is empty")
	}
	return r.text(d, s)
}

func (d *decoder) boolean(n ast.Node, v reflect.Value) error {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		return errors.New("want true or false" + d.found(n))
	}
	v.SetBool(b.Value)
	return nil
}

func (d *decoder) integer(n ast.Node, v reflect.Value, r rules) error {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		return errors.New("want a whole number" + d.found(n))
	}
	var whole int64
	switch value := i.Value.(type) {
	case int64:
		whole = value
	case uint64:
		whole = int64(min(value, 1<<62))
	default:
		return errors.New("want a whole number that fits 63 bits")
	}
	v.SetInt(whole)
	return r.integer(whole)
}

// secret resolves a secret; nothing of what was written is shown.
func (d *decoder) secret(n ast.Node, target *Secret, path string) {
	s, ok := plainText(n)
	if !ok {
		d.fail(path, "write a secret as ${NAME} of an environment variable or as file:PATH")
		return
	}
	secret, err := d.resolve(s)
	if err != nil {
		d.fail(path, "%s", err)
		return
	}
	*target = secret
}

func (d *decoder) money(n ast.Node, target *MicroUSD, path string) {
	s, _ := plainText(n)
	sum, err := ParseUSD(s)
	if err != nil {
		d.fail(path, "%s", err)
		return
	}
	*target = sum
}
