package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A model holds the input shapes of a service.
type model struct {
	Source     string            `json:"source"`
	Operations map[string]string `json:"operations"` // operation name to the name of its input shape
	Shapes     map[string]shape  `json:"shapes"`

	Errors map[string][]string `json:"errors"` // operation name to the exceptions that it may throw
}

// A shape is what the model says of one type. Min and Max are lengths for
// strings (code points), blobs (bytes) and lists, and values for integers.
type shape struct {
	Type      string   `json:"type"`
	Min       *int     `json:"min"`
	Max       *int     `json:"max"`
	Pattern   string   `json:"pattern"`
	Enum      []string `json:"enum"`
	Sensitive bool     `json:"sensitive"`
	Member    string   `json:"member"` // element shape of a list
	Key       string   `json:"key"`    // of a map
	Value     string   `json:"value"`
	Members   []member `json:"members"` // of a structure, in the model's order
}

type member struct {
	Name       string `json:"name"`
	Shape      string `json:"shape"`
	Required   bool   `json:"required"`
	Deprecated bool   `json:"deprecated"`
}

// constrained reports whether some value of the shape's Go type breaks it.
func (s shape) constrained() bool {
	return s.Min != nil || s.Max != nil || s.Pattern != "" || s.Enum != nil
}

// parse reads a model and refuses members it does not know and references
// that lead nowhere.
func parse(data []byte) (*model, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var m model
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the model")
	}
	for operation, input := range m.Operations {
		if m.Shapes[input].Type != "structure" {
			return nil, fmt.Errorf("operation %s: input %q is not a structure", operation, input)
		}
	}
	for operation := range m.Errors {
		if _, ok := m.Operations[operation]; !ok {
			return nil, fmt.Errorf("errors of %q, which is no operation", operation)
		}
	}
	for name, s := range m.Shapes {
		refs := []string{s.Member, s.Key, s.Value}
		for _, x := range s.Members {
			if x.Shape == "" {
				return nil, fmt.Errorf("shape %s: member %q has no shape", name, x.Name)
			}
			refs = append(refs, x.Shape)
		}
		for _, ref := range refs {
			if _, ok := m.Shapes[ref]; ref != "" && !ok {
				return nil, fmt.Errorf("shape %s: no shape %q", name, ref)
			}
		}
	}
	return &m, nil
}
