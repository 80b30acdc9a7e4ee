package kmsfake_test

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// The model keeps key policies and answers them. All that it draws let the
// account's administrators in, as those of most keys do.
var modelPolicyCommands = []modelCommand{
	modelOperation("GetKeyPolicy", (*kmsfake.Fake).GetKeyPolicy,
		func(d *modelDraw) *kms.GetKeyPolicyInput {
			return &kms.GetKeyPolicyInput{KeyId: d.keyID("KeyId"), PolicyName: d.policyName()}
		},
		func(c *modelCall, in *kms.GetKeyPolicyInput, _ *kms.GetKeyPolicyOutput) (*kms.GetKeyPolicyOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.keyID("keyId", in.KeyId)
			c.checkPolicyName(in.PolicyName)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.policed(in.KeyId, in.PolicyName)
			if refusal != nil {
				return nil, refusal
			}
			return &kms.GetKeyPolicyOutput{Policy: &k.policy, PolicyName: aws.String("default")}, nil
		}),
	modelOperation("PutKeyPolicy", (*kmsfake.Fake).PutKeyPolicy,
		func(d *modelDraw) *kms.PutKeyPolicyInput {
			return &kms.PutKeyPolicyInput{KeyId: d.keyID("KeyId"), PolicyName: d.policyName(), Policy: modelUsually(d, "Policy", d.policies()...)}
		},
		func(c *modelCall, in *kms.PutKeyPolicyInput, _ *kms.PutKeyPolicyOutput) (*kms.PutKeyPolicyOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.required("Policy", in.Policy != nil)
			c.checks.keyID("keyId", in.KeyId)
			c.checkPolicyName(in.PolicyName)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.policed(in.KeyId, in.PolicyName)
			if refusal != nil {
				return nil, refusal
			}
			if len(*in.Policy) > 32768 {
				return nil, modelRefuseSomehow("LimitExceededException")
			}
			k.policy = strings.Clone(*in.Policy)
			return &kms.PutKeyPolicyOutput{}, nil
		}),
	modelOperation("ListKeyPolicies", (*kmsfake.Fake).ListKeyPolicies,
		func(d *modelDraw) *kms.ListKeyPoliciesInput {
			return &kms.ListKeyPoliciesInput{KeyId: d.keyID("KeyId"), Limit: d.limit()}
		},
		func(c *modelCall, in *kms.ListKeyPoliciesInput, _ *kms.ListKeyPoliciesOutput) (*kms.ListKeyPoliciesOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.keyID("keyId", in.KeyId)
			if refusal := c.checkPage(in.Limit, nil, 1000); refusal != nil {
				return nil, refusal
			}
			if _, refusal := c.named(in.KeyId); refusal != nil {
				return nil, refusal
			}
			return &kms.ListKeyPoliciesOutput{PolicyNames: []string{"default"}}, nil
		}),
}

var modelPolicyNamePattern = regexp.MustCompile(`^\w+$`)

func (c *modelCall) checkPolicyName(name *string) {
	c.checks.length("policyName", name, 1, 128)
	c.checks.pattern("policyName", name, modelPolicyNamePattern, `[\w]+`)
}

// policed finds a key and its one policy, whose name is default.
func (c *modelCall) policed(keyID, policyName *string) (*modelKey, *modelRefusal) {
	k, refusal := c.named(keyID)
	if refusal != nil {
		return nil, refusal
	}
	if policyName != nil && *policyName != "default" {
		return nil, modelRefuse("NotFoundException", "No such policy exists")
	}
	return k, nil
}

func (d *modelDraw) policyName() *string {
	return modelOptional(d, "PolicyName", "default", "other", "Default", "", "no-word")
}

func (d *modelDraw) policies() []string { return modelPolicies[d.at.account] }

// modelPolicies are the policies to draw from, by account; the last is too long.
var modelPolicies = func() map[string][]string {
	policies := map[string][]string{}
	for _, at := range modelPlaces {
		whole := modelDefaultPolicy(at.account)
		policies[at.account] = []string{
			strings.Join(strings.Fields(whole), ""), whole, strings.Replace(whole, "key-default-1", "other", 1), whole + strings.Repeat(" ", 32768),
		}
	}
	return policies
}()

// modelDefaultPolicy is the policy of a key that was made without one.
func modelDefaultPolicy(account string) string {
	return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::` + account + `:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
}
