package iam

// Kind is what a policy document is attached to.
type Kind uint8

const (
	// KeyPolicy is the resource policy of a KMS key: every statement has principals.
	KeyPolicy Kind = iota
	// IdentityPolicy is attached to a user or role and has no principals.
	IdentityPolicy
)

// Policy is a parsed policy document. It is immutable and safe for concurrent
// use. The zero value allows and denies nothing; [Parse] makes others.
type Policy struct {
	document string
	kind     Kind
	id       string
	count    int
	allows   []*statement
	denies   []*statement
	inert    []*statement
}

// Document returns the text that was parsed, byte for byte.
func (p *Policy) Document() string { return p.document }

// Kind returns what the document was parsed as.
func (p *Policy) Kind() Kind { return p.kind }

// ID returns the Id element, or "".
func (p *Policy) ID() string { return p.id }

// Len returns the number of statements, those without effect included.
func (p *Policy) Len() int { return p.count }

// CheckPartition returns a *[Malformed] if a statement names a principal of
// another partition than the one given ("aws", "aws-cn", ...): AWS cannot see it
// from there.
func (p *Policy) CheckPartition(partition string) error {
	for _, list := range [...][]*statement{p.allows, p.denies, p.inert} {
		for _, s := range list {
			for _, e := range s.principals {
				if e.partition != "" && e.partition != partition {
					return &Malformed{
						Message: msgInvalidPrincipals,
						Detail:  s.label() + " names a principal of partition " + e.partition + ", the key is in " + partition,
					}
				}
			}
		}
	}
	return nil
}

// statement is one statement, compiled. A nil actions or resources list means
// that the element is missing, and such a statement is kept among the inert.
type statement struct {
	index        int
	sid          string
	deny         bool
	principals   []entry
	notPrincipal bool
	actions      []pattern
	notAction    bool
	resources    []pattern
	notResource  bool
	conditions   []condition
}

// covers reports whether the statement is about the request's action and resource.
func (s *statement) covers(r *Request) bool {
	return anyPattern(s.actions, r.Action, r) != s.notAction &&
		anyPattern(s.resources, r.Resource, r) != s.notResource
}

// meets reports whether every condition holds.
func (s *statement) meets(r *Request) bool {
	for i := range s.conditions {
		if !s.conditions[i].holds(r) {
			return false
		}
	}
	return true
}

// applies reports whether the statement takes effect on the request, its
// principals left aside.
func (s *statement) applies(r *Request) bool { return s.covers(r) && s.meets(r) }

func anyPattern(list []pattern, text string, r *Request) bool {
	for i := range list {
		if list[i].matches(text, r) {
			return true
		}
	}
	return false
}

// Malformed is the error of [Parse].
type Malformed struct {
	// Message is AWS's text. It is empty where AWS gives none, as AWS KMS does
	// for a document that is not JSON.
	Message string
	// Detail says to a person what is wrong and where.
	Detail string
}

func (m *Malformed) Error() string {
	switch {
	case m.Message == "":
		return "malformed policy document: " + m.Detail
	case m.Detail == "":
		return m.Message
	default:
		return m.Message + " (" + m.Detail + ")"
	}
}

// DefaultKeyPolicy returns the key policy that AWS KMS gives to a key created
// without one through the API, in the text that GetKeyPolicy answers.
func DefaultKeyPolicy(partition, account string) string {
	return "{\n" +
		"  \"Version\" : \"2012-10-17\",\n" +
		"  \"Id\" : \"key-default-1\",\n" +
		"  \"Statement\" : [ {\n" +
		"    \"Sid\" : \"Enable IAM User Permissions\",\n" +
		"    \"Effect\" : \"Allow\",\n" +
		"    \"Principal\" : {\n" +
		"      \"AWS\" : \"arn:" + partition + ":iam::" + account + ":root\"\n" +
		"    },\n" +
		"    \"Action\" : \"kms:*\",\n" +
		"    \"Resource\" : \"*\"\n" +
		"  } ]\n" +
		"}"
}
