package service

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake/internal/iam"
)

const (
	policyName        = "default" // the only one that there is
	defaultPolicyPage = 100
	largestPolicyPage = 1000
)

// getKeyPolicy answers GetKeyPolicy.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
func getKeyPolicy(c *call, in *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(*in.KeyId, "kms:GetKeyPolicy")
	if err != nil {
		return nil, err
	}
	if in.PolicyName != nil && *in.PolicyName != policyName {
		return nil, noSuchPolicy()
	}
	policy, name := c.policySeen(k).Document(), policyName
	return &kms.GetKeyPolicyOutput{Policy: &policy, PolicyName: &name}, nil
}

// putKeyPolicy answers PutKeyPolicy.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
func putKeyPolicy(c *call, in *kms.PutKeyPolicyInput) (*kms.PutKeyPolicyOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:PutKeyPolicy")
	if err != nil {
		return nil, err
	}
	if in.PolicyName != nil && *in.PolicyName != policyName {
		return nil, noSuchPolicy()
	}
	policy, err := c.parsePolicy(*in.Policy)
	if err != nil {
		return nil, err
	}
	if err := c.checkLockout(policy, k, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	k.policyPast = changed(c, k.policyPast, k.policy)
	k.policy = policy
	return &kms.PutKeyPolicyOutput{}, nil
}

// listKeyPolicies answers ListKeyPolicies: every key has the one policy default.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
func listKeyPolicies(c *call, in *kms.ListKeyPoliciesInput) (*kms.ListKeyPoliciesOutput, error) {
	if _, err := pageLimit(in.Limit, defaultPolicyPage, largestPolicyPage); err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(*in.KeyId, "kms:ListKeyPolicies")
	if err != nil {
		return nil, err
	}
	if _, err := c.position(in.Marker, k.id); err != nil {
		return nil, err
	}
	return &kms.ListKeyPoliciesOutput{PolicyNames: []string{policyName}}, nil
}

// parsePolicy reads a key policy for a key in the caller's Region. Nothing is kept
// of the input.
func (c *call) parsePolicy(document string) (*iam.Policy, error) {
	if limit := c.quotas.PolicyBytes; len(document) > limit {
		return nil, policyTooLong(limit)
	}
	policy, err := iam.Parse(strings.Clone(document), iam.KeyPolicy)
	if err == nil {
		err = policy.CheckPartition(c.who.Partition())
	}
	if err != nil {
		c.why = err.Error()
		return nil, malformedPolicy(err)
	}
	return policy, nil
}

// checkLockout refuses a key policy under which the caller could not put another.
func (c *call) checkLockout(policy *iam.Policy, k *key, bypass bool) error {
	if bypass {
		return nil
	}
	q := inquiry{call: c, key: k, action: "kms:PutKeyPolicy"}
	if iam.LocksOut(policy, &iam.Request{Principal: c.who.Principal, Resource: k.arn, Lookup: q.lookup}) {
		return policyLocksOut()
	}
	return nil
}

// keyPolicyByDefault is the policy of a key that was made without one. It is
// parsed once for an account and Region. The lock must be held for writing.
func (h *account) keyPolicyByDefault() (*iam.Policy, error) {
	if h.defaultPolicy == nil {
		policy, err := iam.Parse(iam.DefaultKeyPolicy(h.region.partition, h.id), iam.KeyPolicy)
		if err != nil {
			return nil, internalFailure(err)
		}
		h.defaultPolicy = policy
	}
	return h.defaultPolicy, nil
}

// policyOfNew is the key policy of a new key.
func (c *call) policyOfNew(k *key, document *string, bypass bool) (*iam.Policy, error) {
	if document == nil {
		return k.account.keyPolicyByDefault()
	}
	policy, err := c.parsePolicy(*document)
	if err != nil {
		return nil, err
	}
	return policy, c.checkLockout(policy, k, bypass)
}
