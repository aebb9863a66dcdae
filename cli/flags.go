package cli

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"heliograph/api/model"
)

// usageError is wrong usage: exit status 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// Usagef makes an error that ends the program with exit status 2.
func Usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// IsUsage says whether the error is wrong usage.
func IsUsage(err error) bool {
	var usage usageError
	return errors.As(err, &usage)
}

// callOptions are the flags of `heliograph api` that are not the operation's.
type callOptions struct {
	endpoint string
	region   string
	paginate bool
	help     bool
	output   string
}

// parsed is a command line turned into an operation's input.
type parsed struct {
	input map[string]any
	callOptions
}

// parseFlags reads flags named as in the AWS CLI into the members of the
// operation's input shape.
func parseFlags(m *model.Model, op *model.Operation, args []string) (parsed, error) {
	p := parsed{input: map[string]any{}, callOptions: callOptions{paginate: true, output: "json"}}
	shape := m.Shape(op.Input)
	for len(args) > 0 {
		name, inline, hasInline := strings.Cut(args[0], "=")
		if !strings.HasPrefix(name, "--") {
			return p, Usagef("unexpected %q: flags begin with -- (heliograph api %s --help lists them)", args[0], kebab(op.Name))
		}
		values := takeValues(args[1:])
		args = args[1+len(values):]
		if hasInline {
			values = append([]string{inline}, values...)
		}
		known, err := p.setOption(name, values)
		if err != nil {
			return p, err
		}
		if known {
			continue
		}
		if err := p.setMember(m, op, shape, name, values); err != nil {
			return p, err
		}
	}
	return p, nil
}

// takeValues gives the words up to the next flag. A single dash begins a
// value, for texts such as "-5".
func takeValues(args []string) []string {
	for i, a := range args {
		if strings.HasPrefix(a, "--") {
			return args[:i]
		}
	}
	return args
}

func (p *parsed) setOption(name string, values []string) (bool, error) {
	var target *string
	switch name {
	case "--help":
		p.help = true
	case "--no-paginate":
		p.paginate = false
	case "--endpoint-url":
		target = &p.endpoint
	case "--region":
		target = &p.region
	case "--output":
		target = &p.output
	case "--cli-input-json":
		return true, p.setWhole(values)
	default:
		return false, nil
	}
	if target == nil {
		return true, nil
	}
	if len(values) != 1 {
		return true, Usagef("%s wants one value", name)
	}
	*target = values[0]
	if p.output != "json" {
		return true, Usagef("--output %s: only json is built", p.output)
	}
	return true, nil
}

// setWhole takes the whole input as JSON; flags given beside it win.
func (p *parsed) setWhole(values []string) error {
	if len(values) != 1 {
		return Usagef("--cli-input-json wants one value")
	}
	text, err := orFile(values[0])
	if err != nil {
		return err
	}
	given := map[string]any{}
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return Usagef("--cli-input-json: %v", err)
	}
	for name, value := range given {
		if _, set := p.input[name]; !set {
			p.input[name] = value
		}
	}
	return nil
}

func (p *parsed) setMember(m *model.Model, op *model.Operation, shape *model.Shape, flag string, values []string) error {
	for _, member := range shape.Members {
		target := m.Shape(member.Shape)
		name := "--" + kebab(member.Name)
		if target.Kind == model.Boolean && flag == "--no-"+kebab(member.Name) {
			p.input[member.Name] = false
			return nil
		}
		if flag != name {
			continue
		}
		value, err := flagValue(m, target, values)
		if err != nil {
			return Usagef("%s: %v", flag, err)
		}
		p.input[member.Name] = value
		return nil
	}
	return Usagef("unknown flag %s for %s; heliograph api %s --help lists its flags", flag, op.Name, kebab(op.Name))
}

// flagValue turns the words after a flag into the shape's JSON value.
func flagValue(m *model.Model, shape *model.Shape, values []string) (any, error) {
	if shape.Kind == model.Boolean && len(values) == 0 {
		return true, nil
	}
	if shape.Kind == model.List {
		return listValue(m, shape, values)
	}
	if len(values) != 1 {
		return nil, fmt.Errorf("wants one value, got %d", len(values))
	}
	text, err := orFile(values[0])
	if err != nil {
		return nil, err
	}
	return scalarValue(m, shape, text)
}

func scalarValue(m *model.Model, shape *model.Shape, text string) (any, error) {
	switch shape.Kind {
	case model.Integer, model.Long:
		return readAs("a whole number", text, func() (int64, error) { return strconv.ParseInt(text, 10, 64) })
	case model.Double, model.Timestamp:
		return readAs("a number", text, func() (float64, error) { return strconv.ParseFloat(text, 64) })
	case model.Boolean:
		return readAs("true or false", text, func() (bool, error) { return strconv.ParseBool(text) })
	case model.Structure, model.Map:
		return structureValue(m, shape, text)
	default:
		return text, nil
	}
}

// readAs words what a scalar has to be.
func readAs[T any](kind, text string, read func() (T, error)) (any, error) {
	value, err := read()
	if err != nil {
		return nil, fmt.Errorf("%q is not %s", text, kind)
	}
	return value, nil
}

// listValue takes one JSON array, or each word as a member.
func listValue(m *model.Model, shape *model.Shape, values []string) (any, error) {
	if len(values) == 1 && strings.HasPrefix(values[0], "[") {
		var list []any
		err := json.Unmarshal([]byte(values[0]), &list)
		return list, err
	}
	list := []any{}
	for _, word := range values {
		member, err := scalarValue(m, m.Shape(shape.Element), word)
		if err != nil {
			return nil, err
		}
		list = append(list, member)
	}
	return list, nil
}

// orFile reads file://PATH values, and fileb://PATH values into base64, as the
// AWS CLI does.
func orFile(value string) (string, error) {
	if path, ok := strings.CutPrefix(value, "fileb://"); ok {
		octets, err := os.ReadFile(path)
		return base64.StdEncoding.EncodeToString(octets), err
	}
	path, ok := strings.CutPrefix(value, "file://")
	if !ok {
		return value, nil
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// structureValue takes JSON, or the short form Key=Value,Key=Value where words
// without a key belong to the list before them.
func structureValue(m *model.Model, shape *model.Shape, text string) (any, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		value := map[string]any{}
		err := json.Unmarshal([]byte(text), &value)
		return value, err
	}
	value, last := map[string]any{}, ""
	for _, word := range strings.Split(text, ",") {
		key, part, keyed := strings.Cut(word, "=")
		if !keyed && last == "" {
			return nil, fmt.Errorf("%q is neither JSON nor Key=Value", text)
		}
		if !keyed {
			key, part = last, word
		}
		last = key
		if err := addShorthand(m, shape, value, key, part); err != nil {
			return nil, err
		}
	}
	return value, nil
}

func addShorthand(m *model.Model, shape *model.Shape, value map[string]any, key, text string) error {
	if shape.Kind == model.Map {
		value[key] = text
		return nil
	}
	at := slices.IndexFunc(shape.Members, func(member model.Member) bool { return member.Name == key })
	if at < 0 {
		return fmt.Errorf("%s has no member %s", shape.Name, key)
	}
	member := m.Shape(shape.Members[at].Shape)
	if member.Kind != model.List {
		scalar, err := scalarValue(m, member, text)
		value[key] = scalar
		return err
	}
	element, err := scalarValue(m, m.Shape(member.Element), strings.Trim(text, "[]"))
	list, _ := value[key].([]any)
	value[key] = append(list, element)
	return err
}

// kebab turns a member's or operation's name into the AWS CLI's form:
// "IsoCountryCode" becomes "iso-country-code".
func kebab(name string) string {
	var out strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		startsWord := unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if startsWord {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
