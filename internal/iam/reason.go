package iam

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	maxNotes  = 3  // near misses told of in a reason
	maxValues = 3  // values shown of a condition key
	maxShown  = 64 // bytes shown of a value
)

// label names a statement to a person.
func (s *statement) label() string {
	if s.sid != "" {
		return "statement " + strconv.Quote(shorten(s.sid))
	}
	return "statement " + strconv.Itoa(s.index)
}

func (s source) label() string {
	return fmt.Sprintf("%s of identity policy %d", s.statement.label(), s.policy+1)
}

// Reason says in one line which statement of which policy, or which grant,
// allowed or denied the request, or what came near to allowing it.
func (d Decision) Reason() string {
	switch {
	case d.text != "":
		return d.text
	case d.caller == nil:
		return ""
	case d.key != nil && d.identity.statement != nil && d.key.names(d.caller) == byAccount:
		return fmt.Sprintf("%s of the key policy lets account %s use IAM policies, and %s allows it",
			d.key.label(), d.caller.account, d.identity.label())
	case d.key != nil && d.identity.statement != nil:
		return fmt.Sprintf("%s of the key policy allows it to another account, and %s allows it there",
			d.key.label(), d.identity.label())
	case d.key != nil:
		return d.key.label() + " of the key policy allows it"
	case d.identity.statement != nil:
		return d.identity.label() + " allows it"
	default:
		return "the root user may do everything in its account"
	}
}

// denied composes the decision and its reason at once, while what the request
// looks up is as it was. s is the statement that denies, or for NoResourceAllow
// the one of an identity policy that allows in vain.
func denied(q *Question, why Denial, s source) Decision {
	r := &q.Request
	var text string
	var notes []string
	switch why {
	case DenyInIdentity:
		text = s.label() + " denies it"
		notes = absentKeys(s.statement, r)
	case DenyInResource:
		text = s.statement.label() + " of the key policy denies it"
		notes = absentKeys(s.statement, r)
	case NoIdentityAllow:
		text = fmt.Sprintf("no identity policy of %s allows %s on %s", shorten(r.Principal.arn), r.Action, shorten(r.Resource))
		notes = nearMisses(q)
	default:
		text = fmt.Sprintf("the key policy allows %s neither to %s nor to its account", r.Action, shorten(r.Principal.arn))
		if r.Principal.kind == Service {
			text = fmt.Sprintf("the key policy does not allow %s to %s", r.Action, shorten(r.Principal.arn))
		}
		if s.statement != nil {
			text += ", so " + s.label() + " counts for nothing"
		}
		notes = nearMisses(q)
	}
	if len(notes) > maxNotes {
		notes = append(notes[:maxNotes], fmt.Sprintf("and %d more", len(notes)-maxNotes))
	}
	if len(notes) > 0 {
		text += ": " + strings.Join(notes, "; ")
	}
	return Decision{Denial: why, caller: r.Principal, text: text}
}

// absentKeys tells of the condition keys that a statement asked for in vain and
// took effect all the same.
func absentKeys(s *statement, r *Request) []string {
	var notes []string
	for i := range s.conditions {
		c := &s.conditions[i]
		if _, ok := r.values(c.key); !ok {
			notes = append(notes, c.standing(r))
		}
	}
	return notes
}

// nearMisses tells of the statements that would allow the request but for one thing.
func nearMisses(q *Question) []string {
	var notes []string
	r := &q.Request
	if q.KeyPolicy != nil {
		for _, s := range q.KeyPolicy.inert {
			if !s.deny && s.names(r.Principal) != notNamed {
				notes = append(notes, s.label()+" of the key policy lacks Action or Resource, so has no effect")
			}
		}
		for _, s := range q.KeyPolicy.allows {
			if s.names(r.Principal) == notNamed {
				continue
			}
			if miss := s.miss(r); miss != "" {
				notes = append(notes, s.label()+" of the key policy "+miss)
			}
		}
	}
	for i, p := range q.Identity {
		for _, s := range p.allows {
			if miss := s.miss(r); miss != "" {
				notes = append(notes, source{s, i}.label()+" "+miss)
			}
		}
	}
	return notes
}

// miss says what keeps a statement about the action from applying, or returns ""
// if it applies or is about something else.
func (s *statement) miss(r *Request) string {
	if anyPattern(s.actions, r.Action, r) == s.notAction {
		return ""
	}
	if anyPattern(s.resources, r.Resource, r) == s.notResource {
		if strings.Contains(r.Resource, ":key/") && s.namesAlias() {
			return "has an alias as Resource, which stands for no key"
		}
		return ""
	}
	for i := range s.conditions {
		if c := &s.conditions[i]; !c.holds(r) {
			return fmt.Sprintf("asks %s of %s, and %s", shorten(c.operator), shorten(c.name), c.standing(r))
		}
	}
	return ""
}

func (s *statement) namesAlias() bool {
	for i := range s.resources {
		for _, e := range s.resources[i].elems {
			if e.kind == literal && strings.Contains(e.text, ":alias/") {
				return true
			}
		}
	}
	return false
}

// standing says what the request has of the condition's key.
func (c *condition) standing(r *Request) string {
	name := shorten(c.name)
	values, ok := r.values(c.key)
	if ok {
		shown := make([]string, 0, maxValues)
		for _, v := range values[:min(len(values), maxValues)] {
			shown = append(shown, strconv.Quote(shorten(v)))
		}
		more := ""
		if n := len(values) - maxValues; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return name + " is " + strings.Join(shown, ", ") + more
	}
	switch known, carried := conditionKey(c.key, r.Action); {
	case !known:
		return name + " is not a condition key that is known"
	case !carried:
		return name + " is not in a request for " + r.Action
	default:
		return name + " is absent from the request"
	}
}

// shorten keeps a reason in one line of bounded length.
func shorten(s string) string {
	if len(s) > 2*maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "..." + strings.ToValidUTF8(s[len(s)-maxShown/2:], "")
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, s)
}
