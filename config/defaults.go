package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"
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
		switch value.Type() {
		case reflect.TypeFor[Limits](), reflect.TypeFor[Keywords](), reflect.TypeFor[Inbound]():
			setDefaults(value)
		}
	}
}

// setDefault puts a default's text into a field.
func setDefault(v reflect.Value, text string) {
	if span, ok := v.Addr().Interface().(*Duration); ok {
		*span = Duration(constant(text))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(text == "true")
	case reflect.Float64:
		v.SetFloat(fraction(text))
	case reflect.Slice:
		v.Set(reflect.ValueOf(strings.Split(text, ",")))
	default:
		v.SetInt(*number(text))
	}
}

// constant reads a span of time that a tag of this package bears.
func constant(text string) time.Duration {
	span, err := time.ParseDuration(text)
	if err != nil {
		panic("config: a default is no span of time: " + text)
	}
	return span
}

// fraction reads a decimal number that a tag of this package bears.
func fraction(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("config: a default is no number: " + text)
	}
	return f
}
