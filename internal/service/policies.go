package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

const (
	policyName        = "default" // the only one that there is
	policySize        = 32768     // bytes
	defaultPolicyPage = 100
	largestPolicyPage = 1000
)

// getKeyPolicy answers GetKeyPolicy.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
func getKeyPolicy(c *call, in *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.find(*in.KeyId, "kms:GetKeyPolicy")
	if err != nil {
		return nil, err
	}
	if in.PolicyName != nil && *in.PolicyName != policyName {
		return nil, noSuchPolicy()
	}
	policy, name := c.policySeen(k), policyName
	return &kms.GetKeyPolicyOutput{Policy: &policy, PolicyName: &name}, nil
}

// putKeyPolicy answers PutKeyPolicy.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
func putKeyPolicy(c *call, in *kms.PutKeyPolicyInput) (*kms.PutKeyPolicyOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.find(*in.KeyId, "kms:PutKeyPolicy")
	if err != nil {
		return nil, err
	}
	if in.PolicyName != nil && *in.PolicyName != policyName {
		return nil, noSuchPolicy()
	}
	if len(*in.Policy) > policySize {
		return nil, policyTooLong(policySize)
	}
	k.policyPast = changed(c, k.policyPast, k.policy)
	k.policy = *in.Policy
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
	k, err := c.find(*in.KeyId, "kms:ListKeyPolicies")
	if err != nil {
		return nil, err
	}
	if _, err := c.position(in.Marker, k.id); err != nil {
		return nil, err
	}
	return &kms.ListKeyPoliciesOutput{PolicyNames: []string{policyName}}, nil
}

// defaultKeyPolicy is the policy of a key that was made without one.
func defaultKeyPolicy(h *account) string {
	return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:` + h.region.partition + `:iam::` + h.id + `:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
}
