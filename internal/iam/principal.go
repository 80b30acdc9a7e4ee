package iam

import (
	"fmt"
	"maps"
	"strings"
)

// PrincipalType is what kind of caller a principal is.
type PrincipalType uint8

const (
	// User is an IAM user.
	User PrincipalType = iota + 1
	// Role is an IAM role as such. AWS lets only its sessions call.
	Role
	// AssumedRole is a session of a role.
	AssumedRole
	// FederatedUser is a session of GetFederationToken.
	FederatedUser
	// Root is the root user of an account.
	Root
	// Service is an AWS service that calls for itself.
	Service
)

// principalTypes are the values of aws:PrincipalType.
var principalTypes = [...]string{
	User: "User", Role: "AssumedRole", AssumedRole: "AssumedRole",
	FederatedUser: "FederatedUser", Root: "Account", Service: "Service",
}

// Principal is a caller. It is immutable and safe for concurrent use.
type Principal struct {
	arn       string
	partition string
	account   string
	kind      PrincipalType
	name      string
	path      string // of a role, between "role/" and its name
	session   string
	tags      map[string]string   // as given
	keys      map[string][]string // condition keys that the principal itself answers
}

// ParsePrincipal returns the principal that text names: the ARN of a user, role,
// session or root user, the id of an account (its root user), or a service
// principal such as "s3.amazonaws.com". The tags are the principal's, those of its
// session included; they are copied. The error says what is wrong with the text.
func ParsePrincipal(text string, tags map[string]string) (*Principal, error) {
	p := &Principal{arn: text}
	switch {
	case IsAccount(text):
		p.partition, p.account, p.kind = "aws", text, Root
		p.arn = "arn:aws:iam::" + text + ":root"
	case isService(text):
		p.kind, p.name = Service, text
	default:
		e, ok := parsePrincipalARN(text)
		if !ok {
			return nil, fmt.Errorf("%q is neither the ARN of a user, role, session or root user, nor an account id, nor a service principal", shorten(text))
		}
		p.partition, p.account = e.partition, e.account
		resource := text[strings.LastIndexByte(text, ':')+1:]
		p.kind = e.caller
		switch e.caller {
		case AssumedRole:
			_, rest, _ := strings.Cut(resource, "/")
			p.name, p.session, _ = strings.Cut(rest, "/")
		case User, Role, FederatedUser:
			p.name = resource[strings.LastIndexByte(resource, '/')+1:]
			if e.caller == Role {
				p.path = strings.TrimSuffix(strings.TrimPrefix(resource, "role/"), p.name)
			}
		}
	}
	p.tags = maps.Clone(tags)
	p.keys = p.conditionKeys()
	seen := make(map[string]bool, len(tags))
	for tag := range tags {
		if seen[strings.ToLower(tag)] {
			return nil, fmt.Errorf("the tag %q is there twice: IAM ignores the case of its tags' keys", strings.ToLower(tag))
		}
		seen[strings.ToLower(tag)] = true
	}
	return p, nil
}

// Assume returns the principal of a session of the role, with the role's tags.
// It is an error if the principal is not a role or no session is so called.
func (p *Principal) Assume(session string) (*Principal, error) {
	if p.kind != Role {
		return nil, fmt.Errorf("%s is not a role", p.arn)
	}
	s, err := ParsePrincipal("arn:"+p.partition+":sts::"+p.account+":assumed-role/"+p.name+"/"+session, p.tags)
	if err != nil {
		return nil, err
	}
	s.path = p.path
	s.keys = s.conditionKeys()
	return s, nil
}

// ARN returns the ARN, or the name of a service principal.
func (p *Principal) ARN() string { return p.arn }

// Account returns the id of the account, "" for a service principal.
func (p *Principal) Account() string { return p.account }

// Type returns what kind of caller it is.
func (p *Principal) Type() PrincipalType { return p.kind }

// Name returns the name of the user, role or service, "" for a root user.
func (p *Principal) Name() string { return p.name }

// conditionKeys returns the condition keys that the principal answers, by name
// in lower case.
func (p *Principal) conditionKeys() map[string][]string {
	if p.kind == Service {
		return map[string][]string{
			"aws:principalisawsservice": {"true"},
			"aws:principalservicename":  {p.name},
		}
	}
	arn := p.arn
	if p.kind == AssumedRole {
		arn = "arn:" + p.partition + ":iam::" + p.account + ":role/" + p.path + p.name
	}
	keys := map[string][]string{
		"aws:principalarn":          {arn},
		"aws:principalaccount":      {p.account},
		"aws:principaltype":         {principalTypes[p.kind]},
		"aws:principalisawsservice": {"false"},
	}
	if p.kind == User {
		keys["aws:username"] = []string{p.name}
	}
	for tag, value := range p.tags {
		keys["aws:principaltag/"+strings.ToLower(tag)] = []string{value}
	}
	return keys
}
