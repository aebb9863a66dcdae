package config

import (
	"reflect"
	"strings"
)

// setDefaults puts the value of its tag into every field of a struct and of the
// structs within it. It runs before the file is read, so that a zero in the
// file stays a zero.
func setDefaults(v reflect.Value) {
	for i := range v.NumField() {
		value := v.Field(i)
		if text := rulesOf(v.Type().Field(i)).byDefault; text != "" {
			setDefault(value, text)
		}
		if value.Type() == reflect.TypeFor[Limits]() {
			setDefaults(value)
		}
	}
}

// setDefault puts a default's text into a field.
func setDefault(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		v.Set(reflect.ValueOf(strings.Split(text, ",")))
	default:
		v.SetInt(*number(text))
	}
}
