package awsjson

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"heliograph/api"
	"heliograph/api/model"
)

// flaw is a value that breaks one limit of a shape.
type flaw struct {
	rule   string // for the name of the case
	value  any
	field  string // path that the answer must name, below the shape
	reason string
}

const (
	invalid = "INVALID_PARAMETER"
	missing = "MISSING_PARAMETER"
)

// absent marks a member to leave out.
type absent struct{}

// maker makes values that keep the limits of the model, and such that break
// exactly one.
type maker struct {
	t *testing.T
	m *model.Model
}

// valid is a value that keeps all limits; full gives optional members too.
func (k maker) valid(shape string, full bool) any {
	s := k.m.Shape(shape)
	switch s.Kind {
	case model.Structure:
		return k.structure(s, full)
	case model.List:
		return k.list(s, max(1, size(s.Min, 0)), full)
	case model.Map:
		return k.mapping(s, max(1, size(s.Min, 0)), full)
	case model.String:
		return k.text(s, nil)
	case model.Boolean:
		return true
	case model.Blob:
		return base64.StdEncoding.EncodeToString(make([]byte, size(s.Min, 1)))
	case model.Timestamp:
		return 1767323045.5
	}
	return size(s.Min, 1)
}

func (k maker) structure(s *model.Shape, full bool) map[string]any {
	value := map[string]any{}
	for i, mb := range s.Members {
		if s.IsRequired(mb.Name) || s.Union && i == 0 || full && !s.Union {
			value[mb.Name] = k.valid(mb.Shape, full)
		}
	}
	return value
}

func (k maker) list(s *model.Shape, n int, full bool) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = k.valid(s.Element, full)
	}
	return list
}

// mapping has n entries, or fewer where there are not so many valid keys.
func (k maker) mapping(s *model.Shape, n int, full bool) map[string]any {
	value, keys := map[string]any{}, k.m.Shape(s.Key)
	for i := 0; len(value) < n && i < 26*26; i++ {
		key := string([]byte{'A' + byte(i/26), 'A' + byte(i%26)})
		if len(keys.Enum) > 0 {
			if i >= len(keys.Enum) {
				break
			}
			key = keys.Enum[i]
		}
		value[key] = k.valid(s.Value, full)
	}
	return value
}

func size(b *float64, otherwise int) int {
	if b == nil {
		return otherwise
	}
	return int(*b)
}

// asciiBlanks is \s, which knows ASCII alone.
const asciiBlanks = " \t\n\v\f\r"

// matches says what the model says of a string, by other means than the
// generated checks.
func matches(s *model.Shape, text string) bool {
	switch n := len([]rune(text)); {
	case len(s.Enum) > 0:
		return slices.Contains(s.Enum, text)
	case s.Min != nil && n < int(*s.Min), s.Max != nil && n > int(*s.Max):
		return false
	case s.Name == "ContextValue":
		return text != "" && strings.Trim(text, asciiBlanks) == text
	case strings.Contains(s.Pattern, "(?!"):
		return strings.Trim(text, asciiBlanks) != ""
	}
	return s.Pattern == "" || regexp.MustCompile(`\A(?:`+s.Pattern+`)\z`).MatchString(text)
}

// text returns a string that keeps the limits, of n characters where n is
// given and the pattern allows it ("" where not).
func (k maker) text(s *model.Shape, n *int) string {
	if len(s.Enum) > 0 && n == nil {
		return s.Enum[0]
	}
	length := max(1, size(s.Min, 0))
	if n != nil {
		length = *n
	}
	for _, pair := range [][2]string{
		{"", "A"}, {"", "a"}, {"", "1"}, {"+", "1"}, {"+1", "2"}, {"arn:", "a"}, {"s3://abc/", "d"}, {"https://", "a"}, {".", "1"}, {"11.", "1"},
	} {
		for l := length; l <= length+12; l++ {
			text := pair[0] + strings.Repeat(pair[1], max(0, l-len(pair[0])))
			if matches(s, text) && (n == nil || len(text) == *n) {
				return text
			}
		}
	}
	if n == nil {
		k.t.Fatalf("no valid text for %s", s.Name)
	}
	return ""
}

// flaws are all the ways to break a value of the shape.
func (k maker) flaws(shape string) []flaw {
	s := k.m.Shape(shape)
	switch s.Kind {
	case model.Structure:
		return append(k.structureFlaws(s), flaw{"wrong type", []any{}, "", invalid})
	case model.List:
		return append(k.listFlaws(s), flaw{"wrong type", map[string]any{}, "", invalid})
	case model.Map:
		return append(k.mapFlaws(s), flaw{"wrong type", []any{}, "", invalid})
	case model.String:
		return append(k.textFlaws(s), flaw{"wrong type", 7, "", invalid})
	case model.Boolean:
		return []flaw{{"wrong type", "true", "", invalid}, {"wrong type", 1, "", invalid}}
	case model.Timestamp:
		return []flaw{{"wrong type", "2026-01-31T09:30:00Z", "", invalid}}
	case model.Blob:
		return blobFlaws(s)
	}
	return numberFlaws(s)
}

func (k maker) textFlaws(s *model.Shape) (flaws []flaw) {
	if len(s.Enum) > 0 {
		return []flaw{{"enumeration", "NO_SUCH_VALUE", "", invalid}, {"enumeration, case", swapCase(s.Enum[0]), "", invalid}}
	}
	if size(s.Min, 0) > 0 {
		flaws = append(flaws, flaw{"minimum length", strings.Repeat("A", size(s.Min, 0)-1), "", invalid})
	}
	if s.Max != nil {
		flaws = append(flaws, flaw{"maximum length", strings.Repeat("1", size(s.Max, 0)+1), "", invalid})
	}
	if s.Pattern == "" {
		return flaws
	}
	for _, c := range []string{"\n", " ", "é", "!", "\u2028"} {
		text := strings.Repeat(c, max(1, size(s.Min, 0)))
		if !matches(s, text) {
			flaws = append(flaws, flaw{"pattern", text, "", invalid})
		}
	}
	if tail := k.text(s, nil) + "\n"; !matches(s, tail) {
		flaws = append(flaws, flaw{"pattern to the end", tail, "", invalid})
	}
	return flaws
}

func swapCase(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}

func blobFlaws(s *model.Shape) []flaw {
	flaws := []flaw{{"wrong type", 7, "", invalid}, {"base64", "!!!!", "", invalid}}
	if size(s.Min, 0) > 0 {
		flaws = append(flaws, flaw{"minimum size", "", "", invalid})
	}
	return append(flaws, flaw{"maximum size", base64.StdEncoding.EncodeToString(make([]byte, size(s.Max, 0)+1)), "", invalid})
}

func numberFlaws(s *model.Shape) []flaw {
	flaws := []flaw{{"wrong type", "7", "", invalid}}
	if s.Kind != model.Double {
		flaws = append(flaws, flaw{"fraction", 7.5, "", invalid})
	}
	if s.Min != nil {
		flaws = append(flaws, flaw{"minimum", *s.Min - 1, "", invalid})
	}
	if s.Max != nil {
		flaws = append(flaws, flaw{"maximum", *s.Max + 1, "", invalid})
	}
	return flaws
}

func (k maker) listFlaws(s *model.Shape) (flaws []flaw) {
	least := max(1, size(s.Min, 0))
	if size(s.Min, 0) > 0 {
		flaws = append(flaws, flaw{"minimum entries", k.list(s, size(s.Min, 0)-1, false), "", invalid})
	}
	if s.Max != nil {
		flaws = append(flaws, flaw{"maximum entries", k.list(s, size(s.Max, 0)+1, false), "", invalid})
	}
	for _, f := range append(k.flaws(s.Element), flaw{"null entry", nil, "", invalid}) {
		list := k.list(s, least, false)
		list[least-1] = f.value
		flaws = append(flaws, flaw{"entry: " + f.rule, list, below(fmt.Sprintf("[%d]", least-1), f.field), f.reason})
	}
	return flaws
}

func (k maker) mapFlaws(s *model.Shape) (flaws []flaw) {
	if size(s.Min, 0) > 0 {
		flaws = append(flaws, flaw{"minimum entries", k.mapping(s, size(s.Min, 0)-1, false), "", invalid})
	}
	if s.Max != nil {
		if tooMany := k.mapping(s, size(s.Max, 0)+1, false); len(tooMany) > size(s.Max, 0) {
			flaws = append(flaws, flaw{"maximum entries", tooMany, "", invalid})
		}
	}
	one := k.mapping(s, 1, false)
	name := slices.Collect(maps.Keys(one))[0]
	for _, f := range k.flaws(s.Key) {
		if key, isText := f.value.(string); isText {
			flaws = append(flaws, flaw{"key: " + f.rule, map[string]any{key: one[name]}, "", invalid})
		}
	}
	for _, f := range append(k.flaws(s.Value), flaw{"null value", nil, "", invalid}) {
		flaws = append(flaws, flaw{"value: " + f.rule, map[string]any{name: f.value}, below("."+name, f.field), f.reason})
	}
	return flaws
}

func (k maker) structureFlaws(s *model.Shape) (flaws []flaw) {
	for _, mb := range s.Members {
		for _, f := range k.memberFlaws(s, mb) {
			value := k.structure(s, false)
			if s.Union {
				value = map[string]any{}
			}
			value[mb.Name] = f.value
			if f.value == (absent{}) {
				delete(value, mb.Name)
			}
			flaws = append(flaws, flaw{mb.Name + ": " + f.rule, value, below("."+mb.Name, f.field), f.reason})
		}
	}
	if !s.Union {
		return flaws
	}
	two := map[string]any{}
	for _, mb := range s.Members[:2] {
		two[mb.Name] = k.valid(mb.Shape, false)
	}
	return append(flaws, flaw{"union without a member", map[string]any{}, "", invalid},
		flaw{"union with null", map[string]any{s.Members[0].Name: nil}, "", invalid},
		flaw{"union with two members", two, "", invalid})
}

func (k maker) memberFlaws(s *model.Shape, mb model.Member) []flaw {
	var flaws []flaw
	for _, f := range k.flaws(mb.Shape) {
		if text, ok := f.value.(string); !ok || text != "" || mb.Shape != "PoolIdOrArn" {
			flaws = append(flaws, f)
		}
	}
	if !s.IsRequired(mb.Name) {
		return flaws
	}
	flaws = append(flaws, flaw{"required", absent{}, "", missing}, flaw{"required, null", nil, "", missing})
	if mb.Shape == "PoolIdOrArn" {
		flaws = append(flaws, flaw{"required, empty", "", "", missing})
	}
	return flaws
}

// below joins a step to the path under it.
func below(step, path string) string { return step + path }

// boundaries are the longest and shortest texts that a top-level member allows.
func (k maker) boundaries(s *model.Shape) []map[string]any {
	var values []map[string]any
	for _, mb := range s.Members {
		shape := k.m.Shape(mb.Shape)
		for _, bound := range []*float64{shape.Min, shape.Max} {
			value := k.structure(s, false)
			switch {
			case bound == nil:
				continue
			case shape.Kind == model.String:
				n := int(*bound)
				text := k.text(shape, &n)
				if text == "" {
					continue
				}
				value[mb.Name] = text
			case shape.Kind == model.List:
				value[mb.Name] = k.list(shape, int(*bound), false)
			case shape.Kind == model.Integer, shape.Kind == model.Long, shape.Kind == model.Double:
				value[mb.Name] = *bound
			default:
				continue
			}
			values = append(values, value)
		}
	}
	return values
}

func TestEveryLimitOfEveryOperationIsKept(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, broken, good := newServer(t), 0, 0
	for _, o := range m.Operations {
		t.Run(o.Name, func(t *testing.T) {
			k := maker{t, m}
			for _, f := range k.flaws(o.Input) {
				if f.field == "" {
					continue // the body itself; see TestProtocolErrors
				}
				broken++
				a := s.call(t, o.Name, text(t, f.value))
				if field := strings.TrimPrefix(f.field, "."); !a.complains(f.reason, field) {
					t.Errorf("%s: want %s %s, got %s", f.rule, f.reason, field, a.text)
				}
			}
			shape := m.Shape(o.Input)
			for _, value := range append(k.boundaries(shape), k.structure(shape, true), k.structure(shape, false)) {
				good++
				if a := s.call(t, o.Name, text(t, value)); !a.complains("UNKNOWN_OPERATION", "") {
					t.Errorf("%s: refused: %s", text(t, value), a.text)
				}
			}
		})
	}
	t.Logf("%d operations: %d broken requests refused, %d valid ones passed", len(m.Operations), broken, good)
	if broken < 3000 || good < 220 {
		t.Errorf("only %d broken and %d valid requests: cases were lost", broken, good)
	}
}

// complains says whether the answer is a ValidationException about exactly
// that field, or about none.
func (a answer) complains(reason, field string) bool {
	if a.status != http.StatusBadRequest || a.body.Type != api.ValidationException || a.body.Reason != reason {
		return false
	}
	if field == "" {
		return len(a.body.Fields) == 0 && strings.Contains(a.body.Message, "not implemented")
	}
	return len(a.body.Fields) == 1 && a.body.Fields[0].Name == field && strings.Contains(a.body.Message, field)
}

func text(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
