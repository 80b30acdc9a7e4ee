package iam

import (
	"fmt"
	"strings"
)

// set is how the values of the request are compared with those of the policy.
type set uint8

const (
	single set = iota
	forAllValues
	forAnyValue
)

// setPrefixes are the set operators, in lower case.
var setPrefixes = map[string]set{"forallvalues": forAllValues, "foranyvalue": forAnyValue}

// condition is one operator on one condition key.
type condition struct {
	written  string // the operator, as written
	name     string // of the key, as written
	key      string // in lower case
	set      set
	ifExists bool
	operator *operator // nil for Null
	values   *operands
	absent   bool // Null: holds if the key is absent
	present  bool // Null: holds if the key is present
}

// newCondition compiles a condition. The error says what is wrong with the operator.
func newCondition(written, name string, values []string, variables bool) (condition, error) {
	c := condition{written: written, name: name, key: strings.ToLower(name)}
	op := strings.ToLower(written)
	if before, after, ok := strings.Cut(op, ":"); ok {
		if c.set = setPrefixes[before]; c.set == single {
			return c, fmt.Errorf("%q is not a condition operator", shorten(written))
		}
		op = after
	}
	op, c.ifExists = strings.CutSuffix(op, "ifexists")
	if op == "null" {
		if c.ifExists || c.set != single {
			return c, fmt.Errorf("%q: Null takes neither IfExists nor a set operator", written)
		}
		for _, v := range values {
			c.absent = c.absent || strings.EqualFold(v, "true")
			c.present = c.present || strings.EqualFold(v, "false")
		}
		return c, nil
	}
	if c.operator = operators[op]; c.operator == nil {
		return c, fmt.Errorf("%q is not a condition operator", shorten(written))
	}
	c.values = c.operator.read(values, variables)
	return c, nil
}

// holds reports whether the request meets the condition. A key with an empty list
// of values is absent.
func (c *condition) holds(r *Request) bool {
	values, ok := r.values(c.key)
	if c.operator == nil {
		return ok && c.present || !ok && c.absent
	}
	negated := c.operator.negated
	if !ok {
		switch {
		case c.ifExists, c.set == forAllValues:
			return true
		case c.set == forAnyValue:
			return false
		default:
			return negated
		}
	}
	switch c.set {
	case forAllValues:
		for _, v := range values {
			if c.operator.match(c.values, v, r) == negated {
				return false
			}
		}
		return true
	case forAnyValue:
		for _, v := range values {
			if c.operator.match(c.values, v, r) != negated {
				return true
			}
		}
		return false
	default:
		for _, v := range values {
			if c.operator.match(c.values, v, r) {
				return !negated
			}
		}
		return negated
	}
}
