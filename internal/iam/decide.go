package iam

import (
	"cmp"
	"strings"
)

// Request is one action on one resource by one principal.
type Request struct {
	// Principal is who calls. It is not nil.
	Principal *Principal
	// Action is the permission asked for, such as "kms:Decrypt".
	Action string
	// Resource is the ARN of the key, alias or custom key store, or "*".
	Resource string
	// Lookup returns the values of a condition key and whether the request has it.
	// The name comes in lower case ("kms:encryptioncontext:appname"). It is called
	// only when a condition asks, and not for what the principal answers
	// (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalTag/...,
	// aws:username, aws:PrincipalIsAWSService, aws:PrincipalServiceName). The slice is
	// read and not kept. A nil Lookup has no keys.
	Lookup func(key string) (values []string, present bool)
}

// values returns the values of a condition key by its name in lower case.
func (r *Request) values(key string) ([]string, bool) {
	var values []string
	var ok bool
	if strings.HasPrefix(key, "aws:principal") || key == "aws:username" {
		values, ok = r.Principal.keys[key]
	}
	if !ok && r.Lookup != nil {
		values, ok = r.Lookup(key)
	}
	return values, ok && len(values) > 0
}

// Question is a request with all that decides it.
type Question struct {
	Request
	// KeyPolicy is the key policy of the KMS key that is the resource. It is nil if
	// the resource is no KMS key; identity policies alone decide then.
	KeyPolicy *Policy
	// KeyAccount is the id of the account that owns the key.
	KeyAccount string
	// Identity are the caller's identity policies.
	Identity []*Policy
	// Grant tells whether a grant of the key allows the request, and which in one
	// line. It is asked last, and only if nothing else allows. It may be nil.
	Grant func() (allowed bool, reason string)
}

// Denial is why a request is denied, as AWS's text tells it.
type Denial uint8

const (
	// NotDenied is the denial of an allowed request.
	NotDenied Denial = iota
	// NoIdentityAllow is "because no identity-based policy allows the ... action".
	NoIdentityAllow
	// NoResourceAllow is "because no resource-based policy allows the ... action".
	NoResourceAllow
	// DenyInIdentity is "with an explicit deny in an identity-based policy".
	DenyInIdentity
	// DenyInResource is "with an explicit deny in a resource-based policy".
	DenyInResource
)

// Decision is the answer to a [Question]. It holds on to the policies, not to the
// request.
type Decision struct {
	Allowed bool
	Denial  Denial

	key      *statement // of the key policy, that allowed
	identity source     // of an identity policy, that allowed
	caller   *Principal
	text     string // of a denial or a grant
}

// source is a statement and which of the caller's identity policies it is in.
type source struct {
	*statement
	policy int
}

// Decide answers a question as AWS KMS does.
//
// An explicit deny in any policy comes before all else. In the key's account the
// key policy allows if it names the caller, or if it names the account and an
// identity policy allows too; identity policies alone allow nothing. The account
// names its root user. A caller of another account needs the key policy to name it
// or its account, and an identity policy of its own; the root user has all that
// its account has. A service has no identity policies: the key policy names it. A
// grant allows whatever the rest lacks, also to a caller of another account. Where
// no KMS key is the resource, identity policies decide, and the root user may all.
//
// Decide does not change q and keeps no reference to it.
func Decide(q *Question) Decision {
	r := &q.Request
	if s := identityStatement(q, true); s.statement != nil {
		return denied(q, DenyInIdentity, s)
	}
	if q.KeyPolicy == nil {
		if r.Principal.kind == Root {
			return Decision{Allowed: true, caller: r.Principal}
		}
		if s := identityStatement(q, false); s.statement != nil {
			return Decision{Allowed: true, identity: s, caller: r.Principal}
		}
		return denied(q, NoIdentityAllow, source{})
	}
	if s := q.KeyPolicy.denying(r); s != nil {
		return denied(q, DenyInResource, source{statement: s})
	}
	key, how := q.KeyPolicy.allowing(r)
	// A root user is its account, and a service has no account to add anything.
	alone := how == byName && r.Principal.account == q.KeyAccount ||
		how != notNamed && (r.Principal.kind == Root || r.Principal.kind == Service)
	if alone {
		return Decision{Allowed: true, key: key, caller: r.Principal}
	}
	identity := identityStatement(q, false)
	if key != nil && identity.statement != nil {
		return Decision{Allowed: true, key: key, identity: identity, caller: r.Principal}
	}
	if q.Grant != nil {
		if ok, reason := q.Grant(); ok {
			return Decision{Allowed: true, caller: r.Principal, text: cmp.Or(reason, "a grant allows it")}
		}
	}
	// AWS tells of one lack where there are two. In the key's account that is the
	// key policy's: without it identity policies do not count.
	if key != nil || r.Principal.account != q.KeyAccount && r.Principal.kind != Service &&
		r.Principal.kind != Root && identity.statement == nil {
		return denied(q, NoIdentityAllow, source{})
	}
	return denied(q, NoResourceAllow, identity)
}

// identityStatement returns the first statement of the identity policies that
// denies, or allows, the request.
func identityStatement(q *Question, deny bool) source {
	for i, p := range q.Identity {
		list := p.allows
		if deny {
			list = p.denies
		}
		for _, s := range list {
			if s.applies(&q.Request) {
				return source{s, i}
			}
		}
	}
	return source{}
}

// denying returns the first statement of a key policy that denies the request.
func (p *Policy) denying(r *Request) *statement {
	for _, s := range p.denies {
		if s.names(r.Principal) != notNamed && s.applies(r) {
			return s
		}
	}
	return nil
}

// allowing returns the statement of a key policy that allows the request, the
// first that names the caller before those that name its account.
func (p *Policy) allowing(r *Request) (*statement, match) {
	var first *statement
	for _, s := range p.allows {
		how := s.names(r.Principal)
		if how == notNamed || how == byAccount && first != nil || !s.applies(r) {
			continue
		}
		if how == byName {
			return s, byName
		}
		first = s
	}
	if first == nil {
		return nil, notNamed
	}
	return first, byAccount
}

// LocksOut reports whether the caller could not put another key policy once p is
// the policy of the key that r.Resource names by its ARN: the policy neither names
// the caller for kms:PutKeyPolicy nor lets its account use identity policies for
// it, or denies it. The caller's identity policies do not matter. Conditions are
// asked of the request at hand; its action does not matter.
func LocksOut(p *Policy, r *Request) bool {
	probe := *r
	probe.Action = "kms:PutKeyPolicy"
	if r.Principal.account != accountOf(r.Resource) || p.denying(&probe) != nil {
		return true
	}
	s, _ := p.allowing(&probe)
	return s == nil
}

// accountOf returns the account id of an ARN, or "".
func accountOf(arn string) string {
	for range 4 {
		_, after, ok := strings.Cut(arn, ":")
		if !ok {
			return ""
		}
		arn = after
	}
	account, _, _ := strings.Cut(arn, ":")
	return account
}
