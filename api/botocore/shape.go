package botocore

import (
	"bytes"
	"encoding/json"

	"heliograph/api/model"
)

// shapeDocument is one entry of "shapes".
type shapeDocument struct {
	Type      model.Kind `json:"type"`
	Required  []string   `json:"required,omitempty"`
	Members   *members   `json:"members,omitempty"` // structures always have it
	Member    *reference `json:"member,omitempty"`
	Key       *reference `json:"key,omitempty"`
	Value     *reference `json:"value,omitempty"`
	Enum      []string   `json:"enum,omitempty"`
	Max       *float64   `json:"max,omitempty"`
	Min       *float64   `json:"min,omitempty"`
	Pattern   string     `json:"pattern,omitempty"`
	Box       bool       `json:"box,omitempty"`
	Exception bool       `json:"exception,omitempty"`
	Fault     bool       `json:"fault,omitempty"`
	Retryable *retryable `json:"retryable,omitempty"`
	Union     bool       `json:"union,omitempty"`
}

// retryable marks an exception after which a client tries again.
type retryable struct {
	Throttling bool `json:"throttling"` // it asked too often; otherwise the server is at fault
}

// members is written as an object in the model's order: by it the AWS CLI
// orders its options and skeletons.
type members []model.Member

// MarshalJSON implements json.Marshaler.
func (list members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, mb := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(mb.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(reference{mb.Shape, mb.Token})
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func document(s *model.Shape) shapeDocument {
	d := shapeDocument{
		Type: s.Kind, Required: s.Required, Enum: s.Enum, Max: s.Max, Min: s.Min, Pattern: s.Pattern,
		Box: s.Boxed, Exception: s.Exception, Fault: s.Fault, Union: s.Union,
		Member: optional(s.Element), Key: optional(s.Key), Value: optional(s.Value),
	}
	if s.Kind == model.Structure {
		list := members(s.Members)
		d.Members = &list
	}
	if s.Retry {
		d.Retryable = &retryable{Throttling: !s.Fault}
	}
	return d
}

func optional(shape string) *reference {
	if shape == "" {
		return nil
	}
	return &reference{Shape: shape}
}
