package iam

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// operator is a condition operator. A negated one holds where its values find no
// match.
type operator struct {
	name    string
	negated bool
	kind    valueKind
	syntax  syntax         // of texts
	holds   func(int) bool // of numbers and dates: whether the order of request and policy is right
}

// valueKind is how the values of a condition are compared.
type valueKind uint8

const (
	text valueKind = iota
	number
	date
	boolean
	binary
	address
	resourceName
)

func equal(order int) bool   { return order == 0 }
func less(order int) bool    { return order < 0 }
func atMost(order int) bool  { return order <= 0 }
func greater(order int) bool { return order > 0 }
func atLeast(order int) bool { return order >= 0 }

// operators are the condition operators of IAM but Null, by name in lower case.
var operators = indexOperators([]operator{
	{name: "StringEquals"},
	{name: "StringNotEquals", negated: true},
	{name: "StringEqualsIgnoreCase", syntax: syntax{fold: true}},
	{name: "StringNotEqualsIgnoreCase", syntax: syntax{fold: true}, negated: true},
	{name: "StringLike", syntax: syntax{wildcards: true}},
	{name: "StringNotLike", syntax: syntax{wildcards: true}, negated: true},
	{name: "NumericEquals", kind: number, holds: equal},
	{name: "NumericNotEquals", kind: number, holds: equal, negated: true},
	{name: "NumericLessThan", kind: number, holds: less},
	{name: "NumericLessThanEquals", kind: number, holds: atMost},
	{name: "NumericGreaterThan", kind: number, holds: greater},
	{name: "NumericGreaterThanEquals", kind: number, holds: atLeast},
	{name: "DateEquals", kind: date, holds: equal},
	{name: "DateNotEquals", kind: date, holds: equal, negated: true},
	{name: "DateLessThan", kind: date, holds: less},
	{name: "DateLessThanEquals", kind: date, holds: atMost},
	{name: "DateGreaterThan", kind: date, holds: greater},
	{name: "DateGreaterThanEquals", kind: date, holds: atLeast},
	{name: "Bool", kind: boolean},
	{name: "BinaryEquals", kind: binary},
	{name: "IpAddress", kind: address},
	{name: "NotIpAddress", kind: address, negated: true},
	{name: "ArnEquals", kind: resourceName},
	{name: "ArnLike", kind: resourceName},
	{name: "ArnNotEquals", kind: resourceName, negated: true},
	{name: "ArnNotLike", kind: resourceName, negated: true},
})

func indexOperators(list []operator) map[string]*operator {
	out := make(map[string]*operator, len(list))
	for i := range list {
		out[strings.ToLower(list[i].name)] = &list[i]
	}
	return out
}

// operands are the values of a condition, read as its operator takes them. What
// cannot be read so is left out, as it matches nothing.
type operands struct {
	texts     []pattern
	numbers   []float64
	dates     []time.Time
	yes, no   bool
	binaries  []string
	addresses []netip.Prefix
	arns      []arnPattern
}

// read compiles the values of a condition.
func (o *operator) read(values []string, variables bool) *operands {
	out := new(operands)
	x := o.syntax
	x.variables = variables
	for _, v := range values {
		switch o.kind {
		case text:
			out.texts = append(out.texts, compile(v, x))
		case number:
			if f, ok := parseNumber(v); ok {
				out.numbers = append(out.numbers, f)
			}
		case date:
			if t, ok := parseDate(v); ok {
				out.dates = append(out.dates, t)
			}
		case boolean:
			out.yes = out.yes || strings.EqualFold(v, "true")
			out.no = out.no || strings.EqualFold(v, "false")
		case binary:
			if b, err := base64.StdEncoding.DecodeString(v); err == nil {
				out.binaries = append(out.binaries, string(b))
			}
		case address:
			if p, ok := parseRange(v); ok {
				out.addresses = append(out.addresses, p)
			}
		case resourceName:
			out.arns = append(out.arns, compileARN(v, variables))
		}
	}
	return out
}

// match reports whether a value of the request matches any of the policy. It is
// no interface of a type for each kind, since the request would then escape to
// the heap with every decision.
func (o *operator) match(values *operands, value string, r *Request) bool {
	switch o.kind {
	case text:
		return anyPattern(values.texts, value, r)
	case number:
		f, ok := parseNumber(value)
		return ok && slices.ContainsFunc(values.numbers, func(v float64) bool { return o.holds(cmp.Compare(f, v)) })
	case date:
		t, ok := parseDate(value)
		return ok && slices.ContainsFunc(values.dates, func(v time.Time) bool { return o.holds(t.Compare(v)) })
	case boolean:
		return values.yes && strings.EqualFold(value, "true") || values.no && strings.EqualFold(value, "false")
	case binary:
		b, err := base64.StdEncoding.DecodeString(value)
		return err == nil && slices.Contains(values.binaries, string(b))
	case address:
		a, err := netip.ParseAddr(value)
		return err == nil && slices.ContainsFunc(values.addresses, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	default:
		for i := range values.arns {
			if values.arns[i].matches(value, r) {
				return true
			}
		}
		return false
	}
}

func parseNumber(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// dateLayouts are the forms of ISO 8601 that IAM takes.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15Z07:00",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006",
}

// parseDate reads a date of ISO 8601, UTC if it tells no zone, or seconds of the
// Unix epoch. Four digits are a year.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	seconds, ok := parseNumber(text)
	if !ok || math.Abs(seconds) > 1e11 {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)), true
}

// parseRange reads a range of addresses, or one address.
func parseRange(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
