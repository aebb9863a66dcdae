package operator

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// schemas are the named shapes of a description, made from Go types.
type schemas map[string]any

// of is the schema of a value's type: of a struct, a reference to it by name.
func (s schemas) of(value any) document { return s.ofType(reflect.TypeOf(value)) }

func (s schemas) ofType(t reflect.Type) document {
	switch t.Kind() {
	case reflect.Pointer:
		return s.ofType(t.Elem())
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return document{"type": "string", "format": "date-time"}
		}
		return s.ofStruct(t)
	case reflect.Slice:
		if t == reflect.TypeFor[json.RawMessage]() {
			return document{"type": "object"}
		}
		return document{"type": "array", "items": s.ofType(t.Elem())}
	case reflect.Map:
		if t == reflect.TypeFor[document]() {
			return document{"type": "object"}
		}
		return document{"type": "object", "additionalProperties": s.ofType(t.Elem())}
	case reflect.Bool:
		return document{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return document{"type": "integer", "format": "int64"}
	default:
		return document{"type": "string"}
	}
}

// ofStruct names a struct's shape. A member that is left out when it is empty
// is optional, all others are required, and there are no others.
func (s schemas) ofStruct(t reflect.Type) document {
	name := schemaName(t)
	reference := document{"$ref": "#/components/schemas/" + name}
	if _, known := s[name]; known {
		return reference
	}
	s[name] = nil // a shape may hold itself
	properties, required := document{}, []string{}
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		member, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[member] = s.ofType(t.Field(i).Type)
		if !strings.HasPrefix(options, "omit") {
			required = append(required, member)
		}
	}
	slices.Sort(required)
	shape := document{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		shape["required"] = required
	}
	s[name] = shape
	return reference
}

// schemaName is a type's name without what the package adds to it.
func schemaName(t reflect.Type) string {
	name := strings.TrimSuffix(t.Name(), "Shown")
	if rest, request := strings.CutSuffix(name, "Asked"); request {
		name = rest + "Request"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
