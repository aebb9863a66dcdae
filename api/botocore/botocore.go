// Package botocore writes the model of the API in the form of botocore, the
// library under the AWS CLI and boto3: service-2.json and paginators-1.json.
// With them a client that is older than an operation can call it. The files
// hold facts alone: names, types, limits and exceptions. Left out: texts of
// documentation, endpoint rules, waiters and examples, which a client that
// knows the service has.
package botocore

import (
	"bytes"
	"encoding/json"
	"fmt"

	"heliograph/api/model"
)

// metadata says how the service is spoken to. The identifiers that the model
// does not hold are the service's own.
type metadata struct {
	APIVersion       string   `json:"apiVersion"`
	Auth             []string `json:"auth"`
	EndpointPrefix   string   `json:"endpointPrefix"`
	JSONVersion      string   `json:"jsonVersion"`
	Protocol         string   `json:"protocol"`
	Protocols        []string `json:"protocols"`
	ServiceFullName  string   `json:"serviceFullName"`
	ServiceID        string   `json:"serviceId"`
	SignatureVersion string   `json:"signatureVersion"`
	SigningName      string   `json:"signingName"`
	TargetPrefix     string   `json:"targetPrefix"`
	UID              string   `json:"uid"`
}

// service is the whole of service-2.json.
type service struct {
	Version    string                   `json:"version"`
	Notice     string                   `json:"notice"` // clients ignore it
	Metadata   metadata                 `json:"metadata"`
	Operations map[string]operation     `json:"operations"`
	Shapes     map[string]shapeDocument `json:"shapes"`
}

type operation struct {
	Name   string      `json:"name"`
	HTTP   request     `json:"http"`
	Input  reference   `json:"input"`
	Output reference   `json:"output"`
	Errors []reference `json:"errors"`
}

type request struct {
	Method     string `json:"method"`
	RequestURI string `json:"requestUri"`
}

type reference struct {
	Shape            string `json:"shape"`
	IdempotencyToken bool   `json:"idempotencyToken,omitempty"`
}

// paginators is the whole of paginators-1.json.
type paginators struct {
	Pagination map[string]pagination `json:"pagination"`
}

type pagination struct {
	InputToken  string `json:"input_token"`
	OutputToken string `json:"output_token"`
	LimitKey    string `json:"limit_key"`
	ResultKey   string `json:"result_key"`
}

// Service writes service-2.json. The same model gives the same octets.
func Service(m *model.Model) ([]byte, error) {
	s := service{
		Version:    "2.0",
		Notice:     m.Notice,
		Metadata:   describe(m),
		Operations: make(map[string]operation, len(m.Operations)),
		Shapes:     make(map[string]shapeDocument, len(m.Shapes)),
	}
	for _, o := range m.Operations {
		s.Operations[o.Name] = operation{
			Name: o.Name, HTTP: request{"POST", "/"},
			Input: reference{Shape: o.Input}, Output: reference{Shape: o.Output}, Errors: references(o.Errors),
		}
	}
	for i := range m.Shapes {
		s.Shapes[m.Shapes[i].Name] = document(&m.Shapes[i])
	}
	return write(s)
}

// Paginators writes paginators-1.json.
func Paginators(m *model.Model) ([]byte, error) {
	p := paginators{Pagination: map[string]pagination{}}
	for _, o := range m.Operations {
		if o.Page != nil {
			p.Pagination[o.Name] = pagination{o.Page.InputToken, o.Page.OutputToken, o.Page.Size, o.Page.List}
		}
	}
	return write(p)
}

func describe(m *model.Model) metadata {
	return metadata{
		APIVersion:       m.APIVersion,
		Auth:             []string{"aws.auth#sigv4"},
		EndpointPrefix:   m.SigningName,
		JSONVersion:      m.JSONVersion,
		Protocol:         "json",
		Protocols:        []string{"json"},
		ServiceFullName:  "Amazon Pinpoint SMS Voice V2",
		ServiceID:        "Pinpoint SMS Voice V2",
		SignatureVersion: "v4",
		SigningName:      m.SigningName,
		TargetPrefix:     m.TargetPrefix,
		UID:              ServiceName + "-" + m.APIVersion,
	}
}

func references(names []string) []reference {
	list := make([]reference, 0, len(names))
	for _, name := range names {
		list = append(list, reference{Shape: name})
	}
	return list
}

// write gives indented JSON; patterns keep their < and > as they are.
func write(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("botocore: %w", err)
	}
	return out.Bytes(), nil
}
