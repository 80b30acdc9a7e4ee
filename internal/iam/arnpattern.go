package iam

import "strings"

// arnPattern matches an ARN component by component, as the Arn operators do.
type arnPattern struct {
	elems []elem // as written, kept for variables
	vars  bool
	parts [6][]elem
	any   bool // a lone asterisk
	ok    bool // has six components
}

func compileARN(text string, variables bool) arnPattern {
	p := arnPattern{elems: splitElems(text, syntax{wildcards: true, variables: variables})}
	for _, e := range p.elems {
		p.vars = p.vars || e.kind == variable
	}
	p.any = len(p.elems) == 1 && p.elems[0].kind == anyRun
	if !p.vars {
		p.parts, p.ok = arnParts(p.elems)
	}
	return p
}

// arnParts cuts at the first five colons.
func arnParts(elems []elem) (parts [6][]elem, ok bool) {
	n := 0
	for _, e := range elems {
		for e.kind == literal && n < 5 {
			before, after, found := strings.Cut(e.text, ":")
			if !found {
				break
			}
			if before != "" {
				parts[n] = append(parts[n], elem{kind: literal, text: before})
			}
			n++
			e.text = after
		}
		if e.kind != literal || e.text != "" {
			parts[n] = append(parts[n], e)
		}
	}
	return parts, n == 5
}

func (p *arnPattern) matches(text string, r *Request) bool {
	if !strings.HasPrefix(text, "arn:") {
		return false
	}
	if p.any {
		return true
	}
	parts, ok := p.parts, p.ok
	if p.vars {
		elems, resolved := resolve(p.elems, false, r)
		if !resolved {
			return false
		}
		parts, ok = arnParts(elems)
	}
	if !ok {
		return false
	}
	for i := range 5 {
		before, after, found := strings.Cut(text, ":")
		if !found || !matchElems(parts[i], before, false) {
			return false
		}
		text = after
	}
	return matchElems(parts[5], text, false)
}
