package compat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// modelFile holds the facts of the API that the product is made from.
const modelFile = "../api/model/model.json"

// apiModel is what these tests read of the facts.
type apiModel struct {
	Operations []apiOperation `json:"operations"`
	Shapes     []*apiShape    `json:"shapes"`
	byName     map[string]*apiShape
}

type apiOperation struct {
	Name     string   `json:"name"`
	Input    string   `json:"input"`
	Output   string   `json:"output"`
	Errors   []string `json:"errors"`
	Inferred bool     `json:"inferred"`
	Page     *struct {
		List string `json:"list"`
	} `json:"page"`
}

type apiShape struct {
	Name     string   `json:"name"`
	Kind     string   `json:"type"`
	Required []string `json:"required"`
	Members  []struct {
		Name  string `json:"name"`
		Shape string `json:"shape"`
	} `json:"members"`
	Enum    []string `json:"enum"`
	Min     *float64 `json:"min"`
	Max     *float64 `json:"max"`
	Pattern string   `json:"pattern"`
	Element string   `json:"element"`
	Key     string   `json:"key"`
	Value   string   `json:"value"`
	Boxed   bool     `json:"boxed"`
	Union   bool     `json:"union"`
}

func readModel(t testing.TB) *apiModel {
	t.Helper()
	text, err := os.ReadFile(modelFile)
	if err != nil {
		t.Fatal(err)
	}
	m := &apiModel{byName: map[string]*apiShape{}}
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Shapes {
		m.byName[s.Name] = s
	}
	return m
}

func (m *apiModel) operation(name string) *apiOperation {
	for i := range m.Operations {
		if m.Operations[i].Name == name {
			return &m.Operations[i]
		}
	}
	return nil
}

// has says whether a structure has a member.
func (m *apiModel) has(shape, member string) bool {
	for _, mb := range m.byName[shape].Members {
		if mb.Name == member {
			return true
		}
	}
	return false
}

// valid is a value that keeps all limits of the shape, with required members
// alone.
func (m *apiModel) valid(t testing.TB, shape string) any {
	t.Helper()
	s := m.byName[shape]
	switch s.Kind {
	case "structure":
		value := map[string]any{}
		for i, member := range s.Members {
			if slices.Contains(s.Required, member.Name) || s.Union && i == 0 {
				value[member.Name] = m.valid(t, member.Shape)
			}
		}
		return value
	case "list":
		return slices.Repeat([]any{m.valid(t, s.Element)}, max(1, least(s, 0)))
	case "map":
		return map[string]any{m.validText(t, m.byName[s.Key]): m.valid(t, s.Value)}
	case "string":
		return m.validText(t, s)
	case "boolean":
		return true
	case "blob":
		return base64.StdEncoding.EncodeToString(make([]byte, least(s, 1)))
	case "timestamp":
		return 1767323045.5
	}
	return least(s, 1)
}

func least(s *apiShape, otherwise int) int {
	if s.Min == nil {
		return otherwise
	}
	return int(*s.Min)
}

func (m *apiModel) validText(t testing.TB, s *apiShape) string {
	t.Helper()
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	if strings.Contains(s.Pattern, "(?") { // not only blanks, which Go's regexp cannot say
		return strings.Repeat("a", max(1, least(s, 1)))
	}
	pattern := regexp.MustCompile(`\A(?:` + s.Pattern + `)\z`)
	for _, pair := range [][2]string{{"", "A"}, {"", "a"}, {"", "1"}, {"+1", "2"}, {"arn:", "a"}, {"s3://abc/", "d"}, {"https://", "a"}, {".", "1"}, {"11.", "1"}} {
		for n := max(1, least(s, 0)); n <= least(s, 0)+13; n++ {
			text := pair[0] + strings.Repeat(pair[1], max(0, n-len(pair[0])))
			if len(text) >= least(s, 0) && (s.Pattern == "" || pattern.MatchString(text)) {
				return text
			}
		}
	}
	t.Fatalf("no valid text for %s", s.Name)
	return ""
}

// validInputs has a valid request for each operation.
func (m *apiModel) validInputs(t testing.TB) map[string]any {
	t.Helper()
	inputs := map[string]any{}
	for _, o := range m.Operations {
		inputs[o.Name] = m.valid(t, o.Input)
	}
	return inputs
}

// builtOperations asks a server of its own for every operation: it is built
// unless a valid request is answered by UNKNOWN_OPERATION.
func builtOperations(t testing.TB, m *apiModel) []string {
	t.Helper()
	s := dev(t, "--empty")
	defer s.kill()
	var built []string
	for _, o := range m.Operations {
		body, err := json.Marshal(m.valid(t, o.Input))
		if err != nil {
			t.Fatal(err)
		}
		answer := struct{ Reason string }{}
		s.raw(o.Name, body, &answer)
		if answer.Reason != "UNKNOWN_OPERATION" {
			built = append(built, o.Name)
		}
	}
	if claimed := claimedOperations(t); !slices.Equal(slices.Sorted(slices.Values(built)), claimed) {
		t.Fatalf("built are %v,\n%s says %v", built, compatibilityPage, claimed)
	}
	return built
}

// compatibilityPage says for each operation whether it is real.
const compatibilityPage = "../docs/compatibility.md"

// claimedOperations are those that the page calls real.
func claimedOperations(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(compatibilityPage)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^\| (\w+) \| \*\*real\*\* \|`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return names
}

// raw posts a signed request as it stands and reads the answer, whatever its
// status.
func (s *server) raw(operation string, body []byte, into any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.api+"/", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "PinpointSMSVoiceV2."+operation)
	sum := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: rootKey, SecretAccessKey: rootSecret}
	if err := v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(sum[:]), "sms-voice", "us-east-1", time.Now()); err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		s.t.Fatal(err)
	}
}
