package wire

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// decode reads body, which is an object, into v. Its errors are the
// SerializationExceptions of the service. One for a body that is no JSON
// object has no text.
func decode(body []byte, s *structure, v reflect.Value) error {
	if !validJSON(body) {
		return serializationError("")
	}
	p := &parser{data: body}
	if p.peek() != '{' {
		return serializationError("")
	}
	return s.decode(p, v)
}

// decodeValue sets v from the next value; null leaves it absent.
func decodeValue(c codec, p *parser, v reflect.Value) error {
	if p.peek() == 'n' {
		p.literal()
		v.SetZero()
		return nil
	}
	return c.decode(p, v)
}

// expect fails unless the next value is of the kind that the service calls
// wanted. The texts are those of other services that speak the same protocol;
// that KMS has the same ones is a guess.
func (p *parser) expect(first byte, wanted string) error {
	c := p.peek()
	switch {
	case c == first, first == '0' && (c == '-' || '0' <= c && c <= '9'), first == 't' && c == 'f':
		return nil
	case c == '[':
		return serializationError("Start of list found where not expected")
	case c == '{':
		return serializationError("Start of structure or map found where not expected.")
	case first == '[' || first == '{':
		return serializationError("Expected " + wanted)
	}
	token := "NUMBER"
	switch c {
	case '"':
		token = "STRING"
	case 't':
		token = "TRUE"
	case 'f':
		token = "FALSE"
	}
	return serializationError(token + "_VALUE can not be converted to " + wanted)
}

func (text) decode(p *parser, v reflect.Value) error {
	if err := p.expect('"', "a String"); err != nil {
		return err
	}
	v.SetString(p.str())
	return nil
}

func (boolean) decode(p *parser, v reflect.Value) error {
	if err := p.expect('t', "a Boolean"); err != nil {
		return err
	}
	v.SetBool(p.literal()[0] == 't')
	return nil
}

// decode drops the fraction, as the service does.
func (integer) decode(p *parser, v reflect.Value) error {
	if err := p.expect('0', "an Integer"); err != nil {
		return err
	}
	literal := string(p.literal())
	n, err := strconv.ParseInt(literal, 10, 32)
	if err != nil {
		f, err := strconv.ParseFloat(literal, 64)
		f = math.Trunc(f)
		if err != nil || f < math.MinInt32 || f > math.MaxInt32 {
			return serializationError("NUMBER_VALUE can not be converted to an Integer")
		}
		n = int64(f)
	}
	v.SetInt(n)
	return nil
}

// maxEpoch bounds timestamps to the years that have four digits and those as
// long before 1970.
const maxEpoch = 253402300799

func (timestamp) decode(p *parser, v reflect.Value) error {
	if err := p.expect('0', "a Timestamp"); err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(string(p.literal()), 64)
	if err != nil || math.Abs(seconds) > maxEpoch {
		return serializationError("NUMBER_VALUE can not be converted to a Timestamp")
	}
	*v.Addr().Interface().(*time.Time) = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}

func (blob) decode(p *parser, v reflect.Value) error {
	if err := p.expect('"', "a Blob"); err != nil {
		return err
	}
	raw, escaped := p.raw()
	if escaped {
		raw = []byte(unescape(raw))
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	n, err := base64.StdEncoding.Strict().Decode(data, raw)
	// The decoder passes over line ends, the service does not.
	if err != nil || bytes.ContainsAny(raw, "\r\n") {
		return serializationError(fmt.Sprintf("'%s' can not be converted to a Blob: %s", raw, base64Fault(raw)))
	}
	v.SetBytes(data[:n])
	return nil
}

// base64Fault says what is wrong with raw, in the service's words and spelling.
func base64Fault(raw []byte) string {
	if len(raw)%4 != 0 {
		return fmt.Sprintf("Base64 encoded length is expected a multiple of 4 bytes but found: %d", len(raw))
	}
	body := bytes.TrimRight(raw, "=")
	for _, r := range string(body) {
		switch {
		case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '+', r == '/':
		default:
			return fmt.Sprintf("Invalid Base64 character: '%c'", r)
		}
	}
	if len(raw)-len(body) > 2 {
		return "Invalid Base64 character: '='"
	}
	return "Invalid last non-pad Base64 character dectected"
}

func (c list) decode(p *parser, v reflect.Value) error {
	if err := p.expect('[', "list or null"); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	p.enter()
	for p.more() {
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		// A null keeps its place, so that what is wrong with it can be told.
		if err := decodeValue(c.elem, p, v.Index(n)); err != nil {
			return err
		}
	}
	return nil
}

func (c mapping) decode(p *parser, v reflect.Value) error {
	if err := p.expect('{', "map or null"); err != nil {
		return err
	}
	t := v.Type()
	m := reflect.MakeMap(t)
	p.enter()
	for p.more() {
		key := reflect.ValueOf(string(p.key())).Convert(t.Key())
		if p.peek() == 'n' {
			p.literal()
			m.SetMapIndex(key, reflect.Value{}) // of duplicates the last one wins
			continue
		}
		elem := reflect.New(t.Elem()).Elem()
		if err := c.elem.decode(p, elem); err != nil {
			return err
		}
		m.SetMapIndex(key, elem)
	}
	v.Set(m)
	return nil
}

func (c pointer) decode(p *parser, v reflect.Value) error {
	elem := reflect.New(v.Type().Elem())
	if err := c.elem.decode(p, elem.Elem()); err != nil {
		return err
	}
	v.Set(elem)
	return nil
}

func (s *structure) decode(p *parser, v reflect.Value) error {
	if err := p.expect('{', "null"); err != nil {
		return err
	}
	p.enter()
	for p.more() {
		i, known := s.byName[string(p.key())]
		if !known {
			p.skip()
			continue
		}
		m := &s.members[i]
		if err := decodeValue(m.codec, p, v.Field(m.field)); err != nil {
			return err
		}
	}
	return nil
}
