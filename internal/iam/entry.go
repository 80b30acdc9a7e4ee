package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// match is how a statement's principals name a caller.
type match uint8

const (
	notNamed match = iota
	byAccount
	byName // the caller itself, or everyone
)

// entryKind is what an entry of a Principal element names.
type entryKind uint8

const (
	everyone entryKind = iota
	anAccount
	anARN
	aRole
	aService
	nobody // a federated or canonical user
)

// entry is one value of a Principal element.
type entry struct {
	kind      entryKind
	caller    PrincipalType
	partition string // "" if it names none
	account   string
	name      string
}

func (e *entry) matches(p *Principal) match {
	switch e.kind {
	case everyone:
		return byName
	case anAccount:
		if p.account == e.account && (e.partition == "" || p.partition == e.partition) {
			return byAccount
		}
	case anARN:
		if p.arn == e.name {
			return byName
		}
	case aRole:
		if (p.kind == AssumedRole || p.kind == Role) &&
			p.name == e.name && p.account == e.account && p.partition == e.partition {
			return byName
		}
	case aService:
		if p.kind == Service && p.name == e.name {
			return byName
		}
	}
	return notNamed
}

// names tells how the statement names the caller.
func (s *statement) names(p *Principal) match {
	if s.notPrincipal {
		if s.spares(p) {
			return notNamed
		}
		return byName
	}
	best := notNamed
	for i := range s.principals {
		if best = max(best, s.principals[i].matches(p)); best == byName {
			break
		}
	}
	return best
}

// spares reports whether NotPrincipal takes the caller out. AWS wants a caller
// that is spared a denial to be listed with its account, and a session with its
// role too. To an Allow, being listed in any of these ways is enough.
func (s *statement) spares(p *Principal) bool {
	var all, itself, role, account bool
	for i := range s.principals {
		e := &s.principals[i]
		if e.matches(p) == notNamed {
			continue
		}
		switch e.kind {
		case everyone:
			all = true
		case anAccount:
			account = true
		case aRole:
			role = true
		default:
			itself = true
		}
	}
	switch {
	case all:
		return true
	case !s.deny:
		return itself || role || account
	case p.kind == Root:
		return account
	case p.kind == Role:
		return role && account
	case p.kind == AssumedRole:
		return itself && role && account
	case p.kind == Service:
		return itself
	default:
		return itself && account
	}
}

// partitions are the partitions of AWS.
var partitions = map[string]bool{
	"aws": true, "aws-cn": true, "aws-us-gov": true, "aws-eusc": true,
	"aws-iso": true, "aws-iso-b": true, "aws-iso-e": true, "aws-iso-f": true,
}

// parseEntry reads one value of the Principal element of a type ("AWS",
// "Service", ...).
func parseEntry(kind, text string) (entry, bool) {
	switch kind {
	case "AWS":
		switch {
		case text == "*":
			return entry{kind: everyone}, true
		case IsAccount(text):
			return entry{kind: anAccount, account: text}, true
		default:
			return parsePrincipalARN(text)
		}
	case "Service":
		return entry{kind: aService, name: text}, isService(text)
	case "Federated":
		return entry{kind: nobody}, isProvider(text)
	case "CanonicalUser":
		return entry{kind: nobody}, len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
	default:
		return entry{}, false
	}
}

// parsePrincipalARN reads the ARN of an account, user, role or session. Groups and
// wildcards are no principals.
func parsePrincipalARN(text string) (entry, bool) {
	a, err := arn.Parse(text)
	if err != nil || !partitions[a.Partition] || a.Region != "" || !IsAccount(a.AccountID) {
		return entry{}, false
	}
	e := entry{kind: anARN, partition: a.Partition, account: a.AccountID, name: text}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch a.Service + ":" + kind {
	case "iam:root":
		e.kind, e.caller, e.name = anAccount, Root, ""
		return e, a.Resource == "root"
	case "iam:user":
		e.caller = User
		return e, isPath(rest)
	case "iam:role":
		e.kind, e.caller, e.name = aRole, Role, rest[strings.LastIndexByte(rest, '/')+1:]
		return e, isPath(rest)
	case "sts:assumed-role":
		e.caller = AssumedRole
		role, session, ok := strings.Cut(rest, "/")
		return e, ok && isName(role, 64) && isName(session, 64)
	case "sts:federated-user":
		e.caller = FederatedUser
		return e, isName(rest, 64)
	default:
		return entry{}, false
	}
}

// IsAccount reports whether text is the id of an account: twelve digits.
func IsAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// isName reports whether text is a name that IAM takes.
func isName(text string, limit int) bool {
	if text == "" || len(text) > limit {
		return false
	}
	for _, c := range []byte(text) {
		if !isAlphanumeric(c) && !strings.ContainsRune("_+=,.@-", rune(c)) {
			return false
		}
	}
	return true
}

// isPath reports whether text is a name, perhaps below a path of printable ASCII.
func isPath(text string) bool {
	cut := strings.LastIndexByte(text, '/') + 1
	path, name := text[:cut], text[cut:]
	if len(path) > 511 || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "*?") {
		return false
	}
	for _, c := range []byte(path) {
		if c < '!' || c > '~' {
			return false
		}
	}
	return isName(name, 64)
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// serviceSuffixes end the names of service principals, by partition.
var serviceSuffixes = []string{
	".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal", ".c2s.ic.gov", ".sc2s.sgov.gov",
}

func isService(text string) bool {
	for _, suffix := range serviceSuffixes {
		name, ok := strings.CutSuffix(text, suffix)
		if !ok || name == "" || len(text) > 256 {
			continue
		}
		for label := range strings.SplitSeq(name, ".") {
			if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				return false
			}
		}
		return true
	}
	return false
}

// isProvider reports whether text names an identity provider: a SAML or OpenID
// Connect provider of an account, or a domain that IAM knows by itself.
func isProvider(text string) bool {
	switch text {
	case "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com":
		return true
	}
	a, err := arn.Parse(text)
	return err == nil && partitions[a.Partition] && a.Service == "iam" && IsAccount(a.AccountID) &&
		(strings.HasPrefix(a.Resource, "saml-provider/") || strings.HasPrefix(a.Resource, "oidc-provider/"))
}
