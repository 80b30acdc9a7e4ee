package wire

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// A parser walks over JSON that is known to be valid, see validJSON.
type parser struct {
	data []byte
	pos  int
}

// validJSON tells whether data is one JSON value in UTF-8 that is nested no
// deeper than encoding/json allows.
func validJSON(data []byte) bool { return utf8.Valid(data) && json.Valid(data) }

// peek skips white space and returns the first byte of what follows, 0 at the
// end.
func (p *parser) peek() byte {
	for ; p.pos < len(p.data); p.pos++ {
		switch c := p.data[p.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// enter consumes the bracket that opens a list or an object.
func (p *parser) enter() { p.pos++ }

// more tells whether another element or member follows, and consumes the comma
// before it or the closing bracket.
func (p *parser) more() bool {
	c := p.peek()
	if c == ',' {
		p.pos++
		c = p.peek()
	}
	if c == ']' || c == '}' {
		p.pos++
		return false
	}
	return c != 0
}

// key consumes a member's name and the colon. It may alias the data.
func (p *parser) key() []byte {
	raw, escaped := p.raw()
	if escaped {
		raw = []byte(unescape(raw))
	}
	p.peek() // the colon
	p.pos++
	return raw
}

// str consumes a string. It does not alias the data.
func (p *parser) str() string {
	raw, escaped := p.raw()
	if escaped {
		return unescape(raw)
	}
	return string(raw)
}

// raw consumes a string and returns what stands between its quotes.
func (p *parser) raw() (raw []byte, escaped bool) {
	p.peek()
	start := min(p.pos+1, len(p.data))
	for i := start; i < len(p.data); i++ {
		switch p.data[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			p.pos = i + 1
			return p.data[start:i], escaped
		}
	}
	p.pos = len(p.data)
	return nil, false
}

// unescape resolves the escapes of a string. Half a surrogate pair becomes
// U+FFFD.
func unescape(raw []byte) string {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return string(raw) // cannot be: the text is valid
	}
	return s
}

// literal consumes a number, true, false or null.
func (p *parser) literal() []byte {
	p.peek()
	rest := p.data[p.pos:]
	n := bytes.IndexAny(rest, ",]} \t\r\n")
	if n < 0 {
		n = len(rest)
	}
	p.pos += n
	return rest[:n]
}

// skip consumes any value.
func (p *parser) skip() {
	for depth := 0; ; {
		switch p.peek() {
		case 0:
			return
		case '{', '[':
			depth++
			p.pos++
		case '}', ']':
			depth--
			p.pos++
		case ',', ':':
			p.pos++
		case '"':
			p.raw()
		default:
			p.literal()
		}
		if depth == 0 {
			return
		}
	}
}
