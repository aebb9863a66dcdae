package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// field is a struct's field with its limits.
type field struct {
	value reflect.Value
	rules rules
}

// fieldsOf gives a struct's fields by their keys in the file.
func fieldsOf(v reflect.Value) map[string]field {
	fields := map[string]field{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		fields[f.Tag.Get("yaml")] = field{value: v.Field(i), rules: rulesOf(f)}
	}
	return fields
}

// keysOf lists a struct's keys in the file, in their order.
func keysOf(t reflect.Type) []string {
	keys := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			keys = append(keys, f.Tag.Get("yaml"))
		}
	}
	return keys
}

// keyOf gives a pair's key without quotes.
func keyOf(pair *ast.MappingValueNode) string { return pair.Key.GetToken().Value }

// plainText gives the text of a string, in quotes or not, or of a block.
func plainText(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	}
	return "", false
}

// isNull says that a key stands without a value.
func isNull(n ast.Node) bool {
	_, null := n.(*ast.NullNode)
	return null
}

// found says what stands where something else is wanted, without its value.
func (d *decoder) found(n ast.Node) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return ": here is a number or a truth value; text that looks so needs quotes"
	case *ast.StringNode, *ast.LiteralNode:
		return ": here is text"
	case *ast.SequenceNode:
		return ": here is a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return ": here are keys with values"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		return ": anchors, aliases and tags are not read"
	}
	return ""
}

// builtCarriers are the types of carrier; all others are refused by name.
func builtCarriers() []string { return []string{SMPP, Simulator} }

// built looks at the type of a carrier or a sink before its keys are read: those
// of a type that is not built would all be reported as unknown.
func (d *decoder) built(v reflect.Value, pairs []*ast.MappingValueNode, path string) bool {
	switch target := v.Addr().Interface().(type) {
	case *Carrier:
		for _, pair := range pairs {
			if keyOf(pair) == "name" {
				target.Name, _ = plainText(pair.Value) // so that routes to it are not reported too
			}
		}
		return d.builtType("carriers", builtCarriers(), pairs, path)
	case *Sink:
		return d.builtType("sinks", builtSinks(), pairs, path)
	}
	return true
}

func (d *decoder) builtType(of string, built []string, pairs []*ast.MappingValueNode, path string) bool {
	for _, pair := range pairs {
		text, ok := plainText(pair.Value)
		if keyOf(pair) == "type" && ok && !slices.Contains(built, text) {
			d.note(join(path, "type"), pair.Key)
			d.fail(join(path, "type"), "%s of type %q are not built; built are %s", of, text, strings.Join(built, ", "))
			return false
		}
	}
	return true
}

// unknown refuses a key, and says so where the key is one that is named in the
// reference but not built.
func (d *decoder) unknown(path string, pair *ast.MappingValueNode, in reflect.Type) {
	key := keyOf(pair)
	switch {
	case in == reflect.TypeFor[File]() && key == "retention":
		d.fail(path, "retention is not built: nothing is deleted by its age")
	case in == reflect.TypeFor[Limits]() && slices.Contains(unbuiltQuotas(), key):
		d.fail(path, "this quota belongs to operations that are not built")
	default:
		d.fail(path, "unknown key; the keys here are %s", strings.Join(keysOf(in), ", "))
	}
}

// unbuiltQuotas are the service's quotas whose operations are not built, in
// lower case of the reasons of ServiceQuotaExceededException.
func unbuiltQuotas() []string {
	return []string{
		"associations_per_registration", "notify_configurations_per_account", "phone_numbers_per_registration",
		"protect_configurations_per_account", "rcs_agents_per_account", "registration_attachments_created_per_day",
		"registration_attachments_per_account", "registration_versions_created_per_day", "registrations_per_account",
		"verification_attempts_per_day", "verified_destination_numbers_per_account",
	}
}
