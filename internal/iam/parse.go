package iam

import (
	"fmt"
	"strings"
)

// The texts of AWS KMS.
const (
	msgNoPrincipal       = "Policy contains a statement with no principal."
	msgInvalidPrincipals = "Policy contains a statement with one or more invalid principals."
)

// The texts of IAM, which takes the identity policies.
const (
	msgSyntax       = "Syntax errors in policy."
	msgVersion      = "The policy must contain a valid version string."
	msgPrincipal    = "Policy document should not specify a principal."
	msgNoActions    = "Policy statement must contain actions."
	msgNoResources  = "Policy statement must contain resources."
	msgSidChars     = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	msgSidUnique    = "Statement IDs (SID) in a single policy must be unique."
	msgVendor       = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	msgOneColon     = "Actions/Condition can contain only one colon."
	msgResourceForm = "Resource %s must be in ARN format or \"*\"."
)

const (
	latestVersion = "2012-10-17"
	firstVersion  = "2008-10-17"
)

// Parse reads a policy document. An error is a *[Malformed].
//
// In a key policy a statement without Action or Resource is accepted and has no
// effect, and principals that are well formed are taken to exist. Version is
// 2008-10-17 if missing, which knows no policy variables. The size of the
// document is the caller's to limit.
func Parse(document string, kind Kind) (*Policy, error) {
	p := &parser{kind: kind, policy: &Policy{document: document, kind: kind}, sids: make(map[string]bool)}
	root, err := readDocument(document)
	if err == nil {
		err = p.root(&root)
	} else {
		err = p.syntax("%v", err)
	}
	if err != nil {
		return nil, err
	}
	return p.policy, nil
}

type parser struct {
	kind      Kind
	policy    *Policy
	variables bool
	sids      map[string]bool
}

// fail returns the error with IAM's text for an identity policy and none for a
// key policy, of which AWS KMS says nothing.
func (p *parser) fail(message, format string, args ...any) error {
	if p.kind == KeyPolicy {
		message = ""
	}
	return &Malformed{Message: message, Detail: detail(format, args...)}
}

// detail is Sprintf that shortens what the document says, which may be long.
func detail(format string, args ...any) string {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = shorten(s)
		}
	}
	return fmt.Sprintf(format, args...)
}

func (p *parser) syntax(format string, args ...any) error {
	return p.fail(msgSyntax, format, args...)
}

func (p *parser) root(n *node) error {
	version := firstVersion
	var statements *node
	for i := range n.members {
		m := &n.members[i]
		switch m.name {
		case "Version":
			if v := &m.value; v.kind != stringNode || v.text != latestVersion && v.text != firstVersion {
				return p.fail(msgVersion, "Version is neither %s nor %s", latestVersion, firstVersion)
			}
			version = m.value.text
		case "Id":
			if m.value.kind != stringNode {
				return p.syntax("Id is %s, not a string", m.value.kind)
			}
			p.policy.id = m.value.text
		case "Statement":
			statements = &m.value
		default:
			return p.syntax("%q is not an element of a policy", m.name)
		}
	}
	p.variables = version == latestVersion
	if statements == nil {
		return p.syntax("Statement is missing")
	}
	list := []node{*statements}
	if statements.kind == listNode {
		list = statements.items
	}
	if len(list) == 0 {
		return p.syntax("Statement is empty")
	}
	for i := range list {
		if err := p.statement(i+1, &list[i]); err != nil {
			return err
		}
	}
	p.policy.count = len(list)
	return nil
}

func (p *parser) statement(index int, n *node) error {
	s := &statement{index: index}
	if n.kind != objectNode {
		return p.syntax("%s is %s, not an object", s.label(), n.kind)
	}
	// The label of every error wants the Sid, wherever it stands.
	for i := range n.members {
		if m := &n.members[i]; m.name == "Sid" {
			if err := p.sid(s, &m.value); err != nil {
				return err
			}
		}
	}
	seen := make(map[string]bool, len(n.members))
	for i := range n.members {
		m := &n.members[i]
		seen[m.name] = true
		if err := p.element(s, m); err != nil {
			return err
		}
	}
	for _, name := range []string{"Principal", "Action", "Resource"} {
		if seen[name] && seen["Not"+name] {
			return p.syntax("%s has both %s and Not%s", s.label(), name, name)
		}
	}
	if !seen["Effect"] {
		return p.syntax("%s has no Effect", s.label())
	}
	if p.kind == KeyPolicy && len(s.principals) == 0 {
		return &Malformed{Message: msgNoPrincipal, Detail: s.label() + " names no principal"}
	}
	list := &p.policy.allows
	switch {
	case len(s.actions) == 0:
		if p.kind == IdentityPolicy {
			return p.fail(msgNoActions, "%s has neither Action nor NotAction", s.label())
		}
		list = &p.policy.inert
	case len(s.resources) == 0:
		if p.kind == IdentityPolicy {
			return p.fail(msgNoResources, "%s has neither Resource nor NotResource", s.label())
		}
		list = &p.policy.inert
	case s.deny:
		list = &p.policy.denies
	}
	*list = append(*list, s)
	return nil
}

func (p *parser) element(s *statement, m *member) (err error) {
	switch m.name {
	case "Sid":
	case "Effect":
		s.deny = m.value.text == "Deny"
		if m.value.kind != stringNode || m.value.text != "Allow" && !s.deny {
			return p.syntax("%s: Effect is neither Allow nor Deny", s.label())
		}
	case "Principal", "NotPrincipal":
		if p.kind == IdentityPolicy {
			return p.fail(msgPrincipal, "%s has %s", s.label(), m.name)
		}
		s.notPrincipal = m.name == "NotPrincipal"
		s.principals, err = p.principals(s, m)
	case "Action", "NotAction":
		s.notAction = m.name == "NotAction"
		s.actions, err = p.actions(s, m)
	case "Resource", "NotResource":
		s.notResource = m.name == "NotResource"
		s.resources, err = p.resources(s, m)
	case "Condition":
		s.conditions, err = p.conditions(s, &m.value)
	default:
		return p.syntax("%s: %q is not an element of a statement", s.label(), m.name)
	}
	return err
}

func (p *parser) sid(s *statement, n *node) error {
	if n.kind != stringNode {
		return p.syntax("%s: Sid is %s, not a string", s.label(), n.kind)
	}
	s.sid = n.text
	if p.kind == IdentityPolicy {
		for _, c := range []byte(s.sid) {
			if !isAlphanumeric(c) {
				return p.fail(msgSidChars, "%s", s.label())
			}
		}
	}
	if s.sid != "" && p.sids[s.sid] {
		return p.fail(msgSidUnique, "%s is there twice", s.label())
	}
	p.sids[s.sid] = true
	return nil
}

func (p *parser) principals(s *statement, m *member) ([]entry, error) {
	if m.value.kind == stringNode {
		if m.value.text != "*" {
			return nil, &Malformed{Message: msgInvalidPrincipals, Detail: detail("%s: %s is %q", s.label(), m.name, m.value.text)}
		}
		return []entry{{kind: everyone}}, nil
	}
	if m.value.kind != objectNode {
		return nil, p.syntax("%s: %s is %s", s.label(), m.name, m.value.kind)
	}
	var out []entry
	for i := range m.value.members {
		kind := &m.value.members[i]
		values, err := kind.value.strings()
		if err != nil {
			return nil, p.syntax("%s: %s %s %v", s.label(), m.name, kind.name, err)
		}
		for _, v := range values {
			e, ok := parseEntry(kind.name, v)
			if !ok {
				return nil, &Malformed{Message: msgInvalidPrincipals, Detail: detail("%s: %q is not a principal of type %s", s.label(), v, kind.name)}
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func (p *parser) actions(s *statement, m *member) ([]pattern, error) {
	values, err := m.value.strings()
	if err != nil {
		return nil, p.syntax("%s: %s %v", s.label(), m.name, err)
	}
	var out []pattern
	for _, v := range values {
		switch {
		case v == "*":
		case strings.Count(v, ":") == 0:
			return nil, p.fail(msgVendor, "%s: %s %q", s.label(), m.name, v)
		case strings.Count(v, ":") > 1:
			return nil, p.fail(msgOneColon, "%s: %s %q", s.label(), m.name, v)
		}
		out = append(out, compile(v, syntax{wildcards: true, fold: true}))
	}
	return out, nil
}

func (p *parser) resources(s *statement, m *member) ([]pattern, error) {
	values, err := m.value.strings()
	if err != nil {
		return nil, p.syntax("%s: %s %v", s.label(), m.name, err)
	}
	var out []pattern
	for _, v := range values {
		if p.kind == IdentityPolicy && v != "*" && !strings.HasPrefix(v, "arn:") {
			return nil, p.fail(fmt.Sprintf(msgResourceForm, v), "%s: %s", s.label(), m.name)
		}
		out = append(out, compile(v, syntax{wildcards: true, variables: p.variables}))
	}
	return out, nil
}

func (p *parser) conditions(s *statement, n *node) ([]condition, error) {
	if n.kind != objectNode {
		return nil, p.syntax("%s: Condition is %s, not an object", s.label(), n.kind)
	}
	var out []condition
	for i := range n.members {
		op := &n.members[i]
		if op.value.kind != objectNode {
			return nil, p.syntax("%s: Condition %s is %s, not an object", s.label(), op.name, op.value.kind)
		}
		for j := range op.value.members {
			key := &op.value.members[j]
			values, err := key.value.scalars(true)
			if err != nil {
				return nil, p.syntax("%s: Condition %s %s %v", s.label(), op.name, key.name, err)
			}
			if p.kind == IdentityPolicy && !strings.Contains(key.name, ":") {
				return nil, p.fail(msgVendor, "%s: Condition %s", s.label(), key.name)
			}
			c, err := newCondition(op.name, key.name, values, p.variables)
			if err != nil {
				return nil, p.syntax("%s: %v", s.label(), err)
			}
			if what := overlyPermissive(&c); what != "" && p.kind == KeyPolicy {
				return nil, &Malformed{
					Message: "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key " +
						"matches requests without the specified " + what + " or with an unspecified " + what + ". To fix, remove ForAllValues.",
					Detail: s.label() + ": " + op.name + " on " + key.name,
				}
			}
			out = append(out, c)
		}
		if len(op.value.members) == 0 {
			if _, err := newCondition(op.name, "", nil, false); err != nil {
				return nil, p.syntax("%s: %v", s.label(), err)
			}
		}
	}
	return out, nil
}

// overlyPermissive returns what AWS KMS calls the key of a condition that it
// refuses because of ForAllValues, or "".
func overlyPermissive(c *condition) string {
	switch {
	case c.set != forAllValues:
		return ""
	case strings.HasPrefix(c.key, "kms:encryptioncontext:"):
		return "encryption context"
	case strings.HasPrefix(c.key, "aws:requesttag/"):
		return "tag"
	default:
		return ""
	}
}
