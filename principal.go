package kmsfake

import "fmt"

// As gives a handle on the same AWS that acts as another principal, in the same
// Region: a user, a role, a session of a role, the root user of an account, all by
// their ARNs, or an AWS service by its service principal, such as
// "s3.amazonaws.com". The account becomes the principal's; a service has none, and
// acts in the account of this handle.
//
// The identity policies are JSON documents, those that IAM would have attached to
// the principal or, of a session, to its role, which has no others: without one a
// principal may do only what key policies and grants let itself do. The root user
// needs none, and a service has none. Handles of one principal do not share
// policies.
//
// What [New] and [Fake.InAccount] give acts as an administrator, whose identity
// policy allows kms:* on everything.
//
// As panics, with a text that names the argument, if the principal is none or a
// policy is malformed: a test that goes on would test something else.
func (f *Fake) As(principal string, identityPolicies ...string) *Fake {
	caller, err := f.caller.As(principal, identityPolicies)
	if err != nil {
		panic(fmt.Sprintf("kmsfake: As(%q): %v", principal, err))
	}
	return &Fake{aws: f.aws, caller: caller}
}

// WithCondition gives a handle that acts as this one does and whose requests have
// a condition key with these values, or lack it if there are none. It is for what
// does not follow from a request itself: aws:SourceIp, aws:SourceVpce,
// aws:PrincipalOrgID, aws:PrincipalTag/Team, aws:SourceArn, kms:ViaService and
// their kin, in any case of letters. With kms:ViaService the request is one that
// an AWS service sends for the principal, and kms:GrantIsForAWSResource is true.
//
// The conditions stay with [Fake.As] and [Fake.InRegion], and go with
// [Fake.Credentials] over HTTP.
//
// WithCondition panics if there is no such condition key in AWS KMS, or if it
// follows from the request, as kms:EncryptionContextKeys and aws:CurrentTime do.
func (f *Fake) WithCondition(conditionKey string, values ...string) *Fake {
	caller, err := f.caller.With(conditionKey, values)
	if err != nil {
		panic(fmt.Sprintf("kmsfake: WithCondition(%q): %v", conditionKey, err))
	}
	return &Fake{aws: f.aws, caller: caller}
}
