package main

import (
	"fmt"
	"regexp/syntax"
	"strings"
)

// translate rewrites a pattern of the model, which is in Java's syntax, for
// Go's regexp. A value has to match as a whole, anchors in the pattern or not.
func translate(pattern string) (string, error) {
	var b strings.Builder
	b.WriteString(`\A(?:`)
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && strings.HasPrefix(pattern[i+1:], "u") && len(pattern) >= i+6:
			fmt.Fprintf(&b, `\x{%s}`, pattern[i+2:i+6])
			i += 5
		case c == '\\' && strings.HasPrefix(pattern[i+1:], "s"):
			// Java's white space has the vertical tab, Go's has not.
			if class {
				b.WriteString(`\s\v`)
			} else {
				b.WriteString(`[\s\v]`)
			}
			i++
		case c == '\\' && i+1 < len(pattern):
			b.WriteString(pattern[i : i+2])
			i++
		case c == '.' && !class:
			// Java's dot stops at more line ends than Go's.
			b.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
		default:
			class = c == '[' || class && c != ']'
			b.WriteByte(c)
		}
	}
	b.WriteString(`)\z`)
	expr := b.String()
	if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
		return "", fmt.Errorf("pattern %s: %w", pattern, err)
	}
	return expr, nil
}

// repeatedClass recognizes an expression that is nothing but one class of code
// points below 256, repeated: the set as 256 bits, and whether no repetition
// at all will do.
func repeatedClass(expr string) (set [4]uint64, empty, ok bool) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return set, false, false
	}
	var body *syntax.Regexp
	for _, part := range flatten(re) {
		switch part.Op {
		case syntax.OpBeginText, syntax.OpEndText:
		case syntax.OpPlus, syntax.OpStar:
			if body != nil {
				return set, false, false
			}
			body = part
		default:
			return set, false, false
		}
	}
	if body == nil || body.Sub[0].Op != syntax.OpCharClass {
		return set, false, false
	}
	ranges := body.Sub[0].Rune
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1] > 0xFF {
			return set, false, false
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			set[r>>6] |= 1 << (r & 63)
		}
	}
	return set, body.Op == syntax.OpStar, true
}

// flatten lists the parts of nested concatenations.
func flatten(re *syntax.Regexp) []*syntax.Regexp {
	if re.Op != syntax.OpConcat {
		return []*syntax.Regexp{re}
	}
	var parts []*syntax.Regexp
	for _, sub := range re.Sub {
		parts = append(parts, flatten(sub)...)
	}
	return parts
}
