package wire

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func (text) absent(v reflect.Value) bool     { return v.Len() == 0 }
func (boolean) absent(reflect.Value) bool    { return false }
func (integer) absent(reflect.Value) bool    { return false }
func (timestamp) absent(reflect.Value) bool  { return false }
func (*structure) absent(reflect.Value) bool { return false }
func (blob) absent(v reflect.Value) bool     { return v.IsNil() }
func (list) absent(v reflect.Value) bool     { return v.IsNil() }
func (mapping) absent(v reflect.Value) bool  { return v.IsNil() }
func (pointer) absent(v reflect.Value) bool  { return v.IsNil() }

func (text) encode(dst []byte, v reflect.Value) []byte { return appendString(dst, v.String()) }

func (boolean) encode(dst []byte, v reflect.Value) []byte { return strconv.AppendBool(dst, v.Bool()) }

func (integer) encode(dst []byte, v reflect.Value) []byte { return strconv.AppendInt(dst, v.Int(), 10) }

func (timestamp) encode(dst []byte, v reflect.Value) []byte {
	return appendTime(dst, *v.Addr().Interface().(*time.Time))
}

func (blob) encode(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, v.Bytes())
	return append(dst, '"')
}

func (c list) encode(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = c.elem.encode(dst, v.Index(i))
	}
	return append(dst, ']')
}

func (c mapping) encode(dst []byte, v reflect.Value) []byte {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, key.String()), ':')
		// A map's elements are not addressable, as some codecs need.
		elem := reflect.New(v.Type().Elem()).Elem()
		elem.Set(v.MapIndex(key))
		dst = c.elem.encode(dst, elem)
	}
	return append(dst, '}')
}

func (c pointer) encode(dst []byte, v reflect.Value) []byte { return c.elem.encode(dst, v.Elem()) }

func (s *structure) encode(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '{')
	return append(s.encodeMembers(dst, v), '}')
}

// encodeMembers appends the members without the braces.
func (s *structure) encodeMembers(dst []byte, v reflect.Value) []byte {
	first := true
	for i := range s.members {
		m := &s.members[i]
		f := v.Field(m.field)
		if m.absent(f) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = m.encode(append(dst, m.key...), f)
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// appendTime appends the epoch seconds of t with its milliseconds, in the form
// of the service, which is that of Java's doubles: 1.699999999123E9.
func appendTime(dst []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		dst = append(dst, '-')
		ms = -ms
	}
	if ms < 1e10 { // below 1E7 seconds Java writes plain decimals
		dst = strconv.AppendInt(dst, ms/1000, 10)
		return appendFraction(dst, strconv.Itoa(int(ms%1000) + 1000)[1:])
	}
	digits := strconv.FormatInt(ms, 10)
	dst = appendFraction(append(dst, digits[0]), digits[1:])
	return strconv.AppendInt(append(dst, 'E'), int64(len(digits)-4), 10)
}

func appendFraction(dst []byte, digits string) []byte {
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		digits = "0"
	}
	return append(append(dst, '.'), digits...)
}
