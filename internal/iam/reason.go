package iam

import (
	"strconv"
	"strings"
	"unicode"
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
	return s.statement.label() + " of identity policy " + strconv.Itoa(s.policy+1)
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
		return d.key.label() + " of the key policy lets account " + d.caller.account + " use IAM policies, and " +
			d.identity.label() + " allows it"
	case d.key != nil && d.identity.statement != nil:
		return d.key.label() + " of the key policy allows it to another account, and " + d.identity.label() + " allows it there"
	case d.key != nil:
		return d.key.label() + " of the key policy allows it"
	case d.identity.statement != nil:
		return d.identity.label() + " allows it"
	default:
		return "the root user may do everything in its account"
	}
}

// denied composes the decision and its reason at once, while what the request
// looks up is as it was. s is the statement that denies or, for NoResourceAllow,
// one of an identity policy that allows in vain. Strings are joined and not
// printed: what is printed escapes to the heap, and the question with it.
func denied(q *Question, why Denial, s source) Decision {
	r := &q.Request
	caller := shorten(r.Principal.arn)
	var text string
	var near notes
	switch why {
	case DenyInIdentity:
		text = s.label() + " denies it"
		near.absentKeys(s.statement, r)
	case DenyInResource:
		text = s.statement.label() + " of the key policy denies it"
		near.absentKeys(s.statement, r)
	case NoIdentityAllow:
		text = "no identity policy of " + caller + " allows " + r.Action + " on " + shorten(r.Resource)
		near.misses(q)
	default:
		text = "the key policy allows " + r.Action + " neither to " + caller + " nor to its account"
		if r.Principal.kind == Service {
			text = "the key policy does not allow " + r.Action + " to " + caller
		}
		if s.statement != nil {
			text += ", so " + s.label() + " counts for nothing"
		}
		near.misses(q)
	}
	text += near.String()
	return Decision{Denial: why, caller: r.Principal, text: text}
}

// notes are what a reason adds. Those beyond maxNotes are counted and not
// composed, since a policy may have hundreds.
type notes struct {
	list []string
	more int
}

// room reports whether another note is wanted, and counts it if not.
func (n *notes) room() bool {
	if len(n.list) < maxNotes {
		return true
	}
	n.more++
	return false
}

func (n *notes) String() string {
	if len(n.list) == 0 {
		return ""
	}
	text := ": " + strings.Join(n.list, "; ")
	if n.more > 0 {
		text += "; and " + strconv.Itoa(n.more) + " more"
	}
	return text
}

// absentKeys tells of the condition keys that a statement asked for in vain and
// took effect all the same.
func (n *notes) absentKeys(s *statement, r *Request) {
	for i := range s.conditions {
		c := &s.conditions[i]
		if _, ok := r.values(c.key); !ok && n.room() {
			n.list = append(n.list, c.standing(r))
		}
	}
}

// misses tells of the statements that would allow the request but for one thing.
func (n *notes) misses(q *Question) {
	r := &q.Request
	if q.KeyPolicy != nil {
		for _, s := range q.KeyPolicy.inert {
			if !s.deny && s.names(r.Principal) != notNamed && n.room() {
				n.list = append(n.list, s.label()+" of the key policy lacks Action or Resource, so has no effect")
			}
		}
		for _, s := range q.KeyPolicy.allows {
			if s.names(r.Principal) == notNamed {
				continue
			}
			if c, missed := s.miss(r); missed && n.room() {
				n.list = append(n.list, s.label()+" of the key policy "+c.lack(r))
			}
		}
	}
	for i, p := range q.Identity {
		for _, s := range p.allows {
			if c, missed := s.miss(r); missed && n.room() {
				n.list = append(n.list, source{s, i}.label()+" "+c.lack(r))
			}
		}
	}
}

// miss reports whether one thing keeps a statement about the action from
// applying: the condition returned or, if nil, an alias as its resource.
func (s *statement) miss(r *Request) (*condition, bool) {
	if anyPattern(s.actions, r.Action, r) == s.notAction {
		return nil, false
	}
	if anyPattern(s.resources, r.Resource, r) == s.notResource {
		return nil, strings.Contains(r.Resource, ":key/") && s.namesAlias()
	}
	for i := range s.conditions {
		if c := &s.conditions[i]; !c.holds(r) {
			return c, true
		}
	}
	return nil, false
}

// lack says what a miss is.
func (c *condition) lack(r *Request) string {
	if c == nil {
		return "has an alias as Resource, which stands for no key"
	}
	return "asks " + shorten(c.written) + " of " + shorten(c.name) + ", and " + c.standing(r)
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
	name, key := shorten(c.name), findConditionKey(c.key)
	if values, ok := r.values(c.key); ok {
		text := name + " is "
		for i, v := range values[:min(len(values), maxValues)] {
			if i > 0 {
				text += ", "
			}
			text += strconv.Quote(shorten(v))
		}
		if n := len(values) - maxValues; n > 0 {
			text += " and " + strconv.Itoa(n) + " more"
		}
		if key != nil && key.Many && c.set == single && c.operator != nil {
			text += " (a key of several values takes ForAnyValue or ForAllValues)"
		}
		return text
	}
	switch {
	case key == nil:
		return name + " is not a condition key that is known"
	case !key.carriedBy(r.Action):
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
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
}
