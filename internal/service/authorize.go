package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
)

// authorize says whether the caller may do the action with the key. shown is
// how the caller named it, which is all that a refusal may tell to another
// account. The lock must be held.
func (c *call) authorize(action string, k *key, shown string) error {
	q := inquiry{call: c, key: k, action: action}
	if k.account.id != c.who.Account {
		return q.authorizeAcross(shown)
	}
	if c.trusts(k) {
		return nil
	}
	if d := q.decide(); !d.Allowed {
		return c.refused(action, "resource: "+k.arn, d)
	}
	return nil
}

// trusts says whether there is nothing to decide about a key of the caller's
// account: the caller may do everything with it, or the key policy has no say in
// what was authorized before.
func (c *call) trusts(k *key) bool {
	return c.who.administrator && c.policySeen(k) == k.account.defaultPolicy || c.config.WithoutAuthorization || c.traits.onAccount
}

// authorizeAcross is authorize for a key of another account.
func (q *inquiry) authorizeAcross(shown string) error {
	if !q.traits.crossAccount {
		return q.denied(q.action, shown)
	}
	if q.config.WithoutAuthorization {
		return nil
	}
	d := q.decide()
	if d.Allowed {
		return nil
	}
	err := q.denied(q.action, shown)
	q.why = d.Reason()
	return err
}

// denied is the answer about a key of another account that is not there for the
// caller, whatever the reason: it follows from the caller's own policies alone,
// as if there were no such key.
func (c *call) denied(action, shown string) error {
	q := inquiry{call: c, action: action}
	d := iam.Decide(&iam.Question{
		Request:   iam.Request{Principal: c.who.Principal, Action: action, Resource: shown, Lookup: q.lookup},
		KeyPolicy: &iam.Policy{},
		Identity:  c.who.Policies,
	})
	c.why = "the operation cannot use a KMS key of another account"
	if c.traits.crossAccount {
		c.why = "there is no such KMS key in that account"
	}
	return notAllowed(c.who.ARN, action, "resource: "+shown, d.Denial)
}

// decide asks the key policy, the caller's identity policies and the grants.
func (q *inquiry) decide() iam.Decision {
	return iam.Decide(&iam.Question{
		Request:    iam.Request{Principal: q.who.Principal, Action: q.action, Resource: q.key.arn, Lookup: q.lookup},
		KeyPolicy:  q.policySeen(q.key),
		KeyAccount: q.key.account.id,
		Identity:   q.who.Policies,
		Grant:      q.granted,
	})
}

// authorizeOn says whether the caller's identity policies allow the action on a
// resource that has no policy of its own: an alias, a principal, or "*". about is
// the key that the condition keys tell of, or nil.
func (c *call) authorizeOn(action, resource string, about *key) error {
	if c.mayAll() {
		return nil
	}
	q := inquiry{call: c, key: about, action: action}
	if d := q.decideOn(resource); !d.Allowed {
		return c.refused(action, "resource: "+resource, d)
	}
	return nil
}

// authorizeAlias says whether the caller may do with an alias of its account what
// the operation does. The keys of the alias are asked about apart.
func (c *call) authorizeAlias(name string) error {
	if c.mayAll() {
		return nil
	}
	return c.authorizeOn(c.traits.action, c.home.arn(name), nil)
}

// mayAll says whether the caller may do everything where no key policy counts.
func (c *call) mayAll() bool { return c.who.administrator || c.config.WithoutAuthorization }

func (q *inquiry) decideOn(resource string) iam.Decision {
	return iam.Decide(&iam.Question{
		Request:  iam.Request{Principal: q.who.Principal, Action: q.action, Resource: resource, Lookup: q.lookup},
		Identity: q.who.Policies,
	})
}

// authorizeNew says whether the caller may make a key, and give it tags if it shall
// have some.
func (c *call) authorizeNew(k *key, tags []types.Tag) error {
	if err := c.authorizeOn("kms:CreateKey", "*", k); err != nil {
		return err
	}
	if len(tags) == 0 {
		return nil
	}
	return c.authorizeOn("kms:TagResource", k.arn, k)
}

// authorizeSealed is authorize for a key that only a ciphertext names, and that a
// refusal does not name either.
func (c *call) authorizeSealed(action string, k *key) error {
	if k.account.id != c.who.Account {
		if c.authorize(action, k, k.arn) != nil {
			return ciphertextOfUnknownKey()
		}
		return nil
	}
	if c.trusts(k) {
		return nil
	}
	q := inquiry{call: c, key: k, action: action}
	if d := q.decide(); !d.Allowed {
		return c.refused(action, sealedResource, d)
	}
	return nil
}

// refused notes why, for the journal, and is the answer.
func (c *call) refused(action, resource string, d iam.Decision) error {
	c.why = d.Reason()
	return notAllowed(c.who.ARN, action, resource, d.Denial)
}
