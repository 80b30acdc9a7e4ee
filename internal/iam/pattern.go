package iam

import (
	"strings"
	"unicode/utf8"
)

type elemKind uint8

const (
	literal  elemKind = iota
	anyRun            // *
	anyOne            // ?
	variable          // ${text} or ${text, 'fallback'}
)

// elem is a piece of a pattern. text is the literal, or the name of the variable
// in lower case.
type elem struct {
	kind        elemKind
	text        string
	fallback    string
	hasFallback bool
}

type shape uint8

const (
	general   shape = iota
	anything        // *
	exactly         // no wildcard
	beginning       // one * at the end
)

// pattern is a compiled text with wildcards and policy variables.
type pattern struct {
	shape shape
	fold  bool   // ASCII case is ignored; literals are in lower case
	lit   string // of exactly and beginning
	elems []elem
	vars  bool
}

// syntax is what of a pattern's text is special.
type syntax struct {
	wildcards, variables, fold bool
}

func compile(text string, x syntax) pattern {
	p := pattern{fold: x.fold, elems: splitElems(text, x)}
	for _, e := range p.elems {
		p.vars = p.vars || e.kind == variable
	}
	switch e := p.elems; {
	case len(e) == 0:
		p.shape = exactly
	case len(e) == 1 && e[0].kind == anyRun:
		p.shape = anything
	case len(e) == 1 && e[0].kind == literal:
		p.shape, p.lit = exactly, e[0].text
	case len(e) == 2 && e[0].kind == literal && e[1].kind == anyRun:
		p.shape, p.lit = beginning, e[0].text
	}
	return p
}

func splitElems(text string, x syntax) []elem {
	var out []elem
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			out = append(out, elem{kind: literal, text: foldIf(x.fold, lit.String())})
			lit.Reset()
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '*' && x.wildcards:
			flush()
			if n := len(out); n == 0 || out[n-1].kind != anyRun {
				out = append(out, elem{kind: anyRun})
			}
			i++
		case c == '?' && x.wildcards:
			flush()
			out = append(out, elem{kind: anyOne})
			i++
		case c == '$' && x.variables:
			e, n := readVariable(text[i:])
			switch {
			case n == 0:
				lit.WriteByte('$')
				n = 1
			case e.kind == literal:
				lit.WriteString(e.text)
			default:
				flush()
				out = append(out, e)
			}
			i += n
		default:
			lit.WriteByte(c)
			i++
		}
	}
	flush()
	return out
}

// readVariable reads a policy variable at the start of text and returns how many
// bytes it takes, 0 if none stands there. ${*}, ${?} and ${$} are literals.
func readVariable(text string) (elem, int) {
	body, ok := strings.CutPrefix(text, "${")
	if !ok {
		return elem{}, 0
	}
	end := strings.IndexByte(body, '}')
	if end < 0 {
		return elem{}, 0
	}
	name, rest, hasFallback := strings.Cut(body[:end], ",")
	name = strings.TrimSpace(name)
	if !hasFallback {
		switch name {
		case "*", "?", "$":
			return elem{kind: literal, text: name}, end + 3
		case "":
			return elem{}, 0
		}
		return elem{kind: variable, text: strings.ToLower(name)}, end + 3
	}
	// The fallback is quoted and may hold a brace.
	open := strings.IndexByte(body, ',') + 1
	open += len(body[open:]) - len(strings.TrimLeft(body[open:], " "))
	if name == "" || !strings.HasPrefix(strings.TrimLeft(rest, " "), "'") {
		return elem{}, 0
	}
	closing := strings.IndexByte(body[open+1:], '\'')
	if closing < 0 {
		return elem{}, 0
	}
	after := open + 1 + closing + 1
	tail := strings.TrimLeft(body[after:], " ")
	if !strings.HasPrefix(tail, "}") {
		return elem{}, 0
	}
	e := elem{kind: variable, text: strings.ToLower(name), fallback: body[open+1 : after-1], hasFallback: true}
	return e, len(text) - len(tail) + 1
}

// matches reports whether the whole of text matches.
func (p *pattern) matches(text string, r *Request) bool {
	switch p.shape {
	case anything:
		return true
	case exactly:
		return len(text) == len(p.lit) && hasPrefix(text, p.lit, p.fold)
	case beginning:
		return hasPrefix(text, p.lit, p.fold)
	}
	elems := p.elems
	if p.vars {
		var ok bool
		if elems, ok = resolve(elems, p.fold, r); !ok {
			return false
		}
	}
	return matchElems(elems, text, p.fold)
}

// resolve puts values in place of variables. What a value holds is literal, its
// asterisks too. It reports false if a variable has neither value nor fallback.
func resolve(elems []elem, fold bool, r *Request) ([]elem, bool) {
	out := make([]elem, len(elems))
	for i, e := range elems {
		if e.kind == variable {
			values, ok := r.values(e.text)
			switch {
			case ok && len(values) == 1:
				e = elem{kind: literal, text: foldIf(fold, values[0])}
			case e.hasFallback:
				e = elem{kind: literal, text: foldIf(fold, e.fallback)}
			default:
				return nil, false
			}
		}
		out[i] = e
	}
	return out, true
}

// matchElems goes back to the last asterisk only, so its cost is at most the
// product of the lengths.
func matchElems(elems []elem, text string, fold bool) bool {
	at, pos := 0, 0
	star, mark := -1, 0
	for {
		if at < len(elems) {
			switch e := &elems[at]; e.kind {
			case anyRun:
				star, mark = at, pos
				at++
				continue
			case anyOne:
				if pos < len(text) {
					pos += runeLen(text[pos:])
					at++
					continue
				}
			default:
				if hasPrefix(text[pos:], e.text, fold) {
					pos += len(e.text)
					at++
					continue
				}
			}
		} else if pos == len(text) {
			return true
		}
		if star < 0 || mark >= len(text) {
			return false
		}
		mark += runeLen(text[mark:])
		if next := star + 1; !fold && next < len(elems) && elems[next].kind == literal {
			skip := strings.Index(text[mark:], elems[next].text)
			if skip < 0 {
				return false
			}
			mark += skip
		}
		at, pos = star+1, mark
	}
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// hasPrefix reports whether text begins with prefix, which is in lower case if fold.
func hasPrefix(text, prefix string, fold bool) bool {
	if !fold {
		return strings.HasPrefix(text, prefix)
	}
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// foldIf lowers ASCII letters alone, which keeps the length.
func foldIf(fold bool, s string) string {
	if !fold {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
