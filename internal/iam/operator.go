package iam

import (
	"encoding/base64"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// matcher compares one value of the request with the values of a condition, and
// reports whether any of them matches.
type matcher interface {
	match(value string, r *Request) bool
}

// operator is a condition operator. A negated one holds where its matcher finds
// no match.
type operator struct {
	name    string
	negated bool
	build   func(values []string, variables bool) matcher
}

// operators are the condition operators of IAM but Null, by name in lower case.
var operators = indexOperators([]operator{
	{"StringEquals", false, texts(syntax{})},
	{"StringNotEquals", true, texts(syntax{})},
	{"StringEqualsIgnoreCase", false, texts(syntax{fold: true})},
	{"StringNotEqualsIgnoreCase", true, texts(syntax{fold: true})},
	{"StringLike", false, texts(syntax{wildcards: true})},
	{"StringNotLike", true, texts(syntax{wildcards: true})},
	{"NumericEquals", false, numbers(func(a, b float64) bool { return a == b })},
	{"NumericNotEquals", true, numbers(func(a, b float64) bool { return a == b })},
	{"NumericLessThan", false, numbers(func(a, b float64) bool { return a < b })},
	{"NumericLessThanEquals", false, numbers(func(a, b float64) bool { return a <= b })},
	{"NumericGreaterThan", false, numbers(func(a, b float64) bool { return a > b })},
	{"NumericGreaterThanEquals", false, numbers(func(a, b float64) bool { return a >= b })},
	{"DateEquals", false, dates(func(c int) bool { return c == 0 })},
	{"DateNotEquals", true, dates(func(c int) bool { return c == 0 })},
	{"DateLessThan", false, dates(func(c int) bool { return c < 0 })},
	{"DateLessThanEquals", false, dates(func(c int) bool { return c <= 0 })},
	{"DateGreaterThan", false, dates(func(c int) bool { return c > 0 })},
	{"DateGreaterThanEquals", false, dates(func(c int) bool { return c >= 0 })},
	{"Bool", false, booleans},
	{"BinaryEquals", false, binaries},
	{"IpAddress", false, addresses},
	{"NotIpAddress", true, addresses},
	{"ArnEquals", false, arns},
	{"ArnLike", false, arns},
	{"ArnNotEquals", true, arns},
	{"ArnNotLike", true, arns},
})

func indexOperators(list []operator) map[string]*operator {
	out := make(map[string]*operator, len(list))
	for i := range list {
		out[strings.ToLower(list[i].name)] = &list[i]
	}
	return out
}

type textMatcher []pattern

func texts(x syntax) func([]string, bool) matcher {
	return func(values []string, variables bool) matcher {
		x := x
		x.variables = variables
		out := make(textMatcher, len(values))
		for i, v := range values {
			out[i] = compile(v, x)
		}
		return out
	}
}

func (m textMatcher) match(value string, r *Request) bool { return anyPattern(m, value, r) }

type arnMatcher []arnPattern

func arns(values []string, variables bool) matcher {
	out := make(arnMatcher, len(values))
	for i, v := range values {
		out[i] = compileARN(v, variables)
	}
	return out
}

func (m arnMatcher) match(value string, r *Request) bool {
	for i := range m {
		if m[i].matches(value, r) {
			return true
		}
	}
	return false
}

type numberMatcher struct {
	values []float64
	holds  func(request, policy float64) bool
}

func numbers(holds func(request, policy float64) bool) func([]string, bool) matcher {
	return func(values []string, _ bool) matcher {
		m := numberMatcher{holds: holds}
		for _, v := range values {
			if f, ok := parseNumber(v); ok {
				m.values = append(m.values, f)
			}
		}
		return m
	}
}

func (m numberMatcher) match(value string, _ *Request) bool {
	f, ok := parseNumber(value)
	return ok && slices.ContainsFunc(m.values, func(v float64) bool { return m.holds(f, v) })
}

func parseNumber(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

type dateMatcher struct {
	values []time.Time
	holds  func(order int) bool
}

func dates(holds func(order int) bool) func([]string, bool) matcher {
	return func(values []string, _ bool) matcher {
		m := dateMatcher{holds: holds}
		for _, v := range values {
			if t, ok := parseDate(v); ok {
				m.values = append(m.values, t)
			}
		}
		return m
	}
}

func (m dateMatcher) match(value string, _ *Request) bool {
	t, ok := parseDate(value)
	return ok && slices.ContainsFunc(m.values, func(v time.Time) bool { return m.holds(t.Compare(v)) })
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

type boolMatcher struct{ yes, no bool }

func booleans(values []string, _ bool) matcher {
	var m boolMatcher
	for _, v := range values {
		m.yes = m.yes || strings.EqualFold(v, "true")
		m.no = m.no || strings.EqualFold(v, "false")
	}
	return m
}

func (m boolMatcher) match(value string, _ *Request) bool {
	return m.yes && strings.EqualFold(value, "true") || m.no && strings.EqualFold(value, "false")
}

type binaryMatcher []string

func binaries(values []string, _ bool) matcher {
	var m binaryMatcher
	for _, v := range values {
		if b, err := base64.StdEncoding.DecodeString(v); err == nil {
			m = append(m, string(b))
		}
	}
	return m
}

func (m binaryMatcher) match(value string, _ *Request) bool {
	b, err := base64.StdEncoding.DecodeString(value)
	return err == nil && slices.Contains(m, string(b))
}

type addressMatcher []netip.Prefix

func addresses(values []string, _ bool) matcher {
	var m addressMatcher
	for _, v := range values {
		if p, err := netip.ParsePrefix(v); err == nil {
			m = append(m, p)
		} else if a, err := netip.ParseAddr(v); err == nil && a.Zone() == "" {
			m = append(m, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return m
}

func (m addressMatcher) match(value string, _ *Request) bool {
	a, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	a = a.Unmap()
	return slices.ContainsFunc(m, func(p netip.Prefix) bool { return p.Contains(a) })
}
