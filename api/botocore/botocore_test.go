package botocore

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"heliograph/api/model"
)

func loaded(t *testing.T) *model.Model {
	t.Helper()
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// read parses what was written.
func read(t *testing.T, text []byte, err error, into any) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// written is service-2.json as a client reads it.
type written struct {
	Notice     string         `json:"notice"`
	Metadata   map[string]any `json:"metadata"`
	Operations map[string]struct {
		Input, Output struct{ Shape string }
		Errors        []struct{ Shape string }
	} `json:"operations"`
	Shapes map[string]map[string]any `json:"shapes"`
}

func TestServiceFileNamesEveryOperationAndShape(t *testing.T) {
	m, got := loaded(t), written{}
	text, err := Service(m)
	read(t, text, err, &got)
	if len(got.Operations) != len(m.Operations) || len(got.Shapes) != len(m.Shapes) {
		t.Fatalf("%d operations and %d shapes, want %d and %d", len(got.Operations), len(got.Shapes), len(m.Operations), len(m.Shapes))
	}
	for _, o := range m.Operations {
		w := got.Operations[o.Name]
		var errors []string
		for _, e := range w.Errors {
			errors = append(errors, e.Shape)
		}
		if w.Input.Shape != o.Input || w.Output.Shape != o.Output || !slices.Equal(errors, o.Errors) {
			t.Errorf("%s is written as %+v", o.Name, w)
		}
	}
	for _, s := range m.Shapes {
		if w := got.Shapes[s.Name]; w == nil || w["type"] != string(s.Kind) {
			t.Errorf("%s is written as %v", s.Name, w)
		}
	}
}

func TestServiceFileSaysHowToSpeak(t *testing.T) {
	got := written{}
	text, err := Service(loaded(t))
	read(t, text, err, &got)
	if !strings.Contains(got.Notice, "Apache License") {
		t.Errorf("the file does not tell its licence: %q", got.Notice)
	}
	for name, want := range map[string]string{
		"apiVersion": "2022-03-31", "endpointPrefix": "sms-voice", "jsonVersion": "1.0", "protocol": "json",
		"serviceId": "Pinpoint SMS Voice V2", "signatureVersion": "v4", "signingName": "sms-voice",
		"targetPrefix": "PinpointSMSVoiceV2", "uid": "pinpoint-sms-voice-v2-2022-03-31",
	} {
		if got.Metadata[name] != want {
			t.Errorf("%s is %v, want %s", name, got.Metadata[name], want)
		}
	}
}

func TestShapesKeepTheirTraits(t *testing.T) {
	text, err := Service(loaded(t))
	for shape, want := range map[string]string{
		"Boolean":                      `{"type":"boolean","box":true}`,
		"PrimitiveBoolean":             `{"type":"boolean"}`,
		"MaxResults":                   `{"type":"integer","max":100,"min":1,"box":true}`,
		"MonthlyLimit":                 `{"type":"long","max":1000000000,"min":0,"box":true}`,
		"PoolIdList":                   `{"type":"list","member":{"shape":"PoolIdOrArn"},"max":5,"min":0}`,
		"DestinationCountryParameters": `{"type":"map","key":{"shape":"DestinationCountryParameterKey"},"value":{"shape":"DestinationCountryParameterValue"},"max":10,"min":0}`,
		"DescribeAccountLimitsRequest": `{"type":"structure","members":{"NextToken":{"shape":"NextToken"},"MaxResults":{"shape":"MaxResults"}}}`,
		"ThrottlingException":          `{"type":"structure","members":{"Message":{"shape":"String"}},"exception":true,"retryable":{"throttling":true}}`,
		"DeleteOptOutListRequest":      `{"type":"structure","required":["OptOutListName"],"members":{"OptOutListName":{"shape":"OptOutListNameOrArn"}}}`,
		"CreateOptOutListRequest": `{"type":"structure","required":["OptOutListName"],"members":{"OptOutListName":{"shape":"OptOutListName"},` +
			`"Tags":{"shape":"TagList"},"ClientToken":{"shape":"ClientToken","idempotencyToken":true}}}`,
	} {
		got := struct{ Shapes map[string]json.RawMessage }{}
		read(t, text, err, &got)
		var flat bytes.Buffer
		if err := json.Compact(&flat, got.Shapes[shape]); err != nil {
			t.Fatal(err)
		}
		if flat.String() != want {
			t.Errorf("%s is written as\n%s\nwant\n%s", shape, flat.String(), want)
		}
	}
}

func TestPaginatorsAreThoseOfTheModel(t *testing.T) {
	m, got := loaded(t), struct{ Pagination map[string]pagination }{}
	text, err := Paginators(m)
	read(t, text, err, &got)
	pages := 0
	for _, o := range m.Operations {
		if o.Page == nil {
			continue
		}
		pages++
		if want := (pagination{o.Page.InputToken, o.Page.OutputToken, o.Page.Size, o.Page.List}); got.Pagination[o.Name] != want {
			t.Errorf("%s pages by %+v, want %+v", o.Name, got.Pagination[o.Name], want)
		}
	}
	if pages == 0 || len(got.Pagination) != pages {
		t.Errorf("%d paginators are written, want %d", len(got.Pagination), pages)
	}
}

func TestFilesAreServedToAnybody(t *testing.T) {
	s := httptest.NewServer(Handler())
	defer s.Close()
	for path, status := range map[string]int{
		Root + "service-2.json": http.StatusOK, Root + "paginators-1.json": http.StatusOK, Root + "waiters-2.json": http.StatusNotFound,
	} {
		answer, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != status || status == http.StatusOK && !json.Valid(text) {
			t.Errorf("%s: HTTP %d, %d octets, %v", path, answer.StatusCode, len(text), err)
		}
	}
	if loaded(t).APIVersion != "2022-03-31" {
		t.Error("Root names another version of the API than the model")
	}
}
