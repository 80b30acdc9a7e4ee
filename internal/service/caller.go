package service

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/kmsfake/internal/iam"
)

// Identity is a principal and what it may do. It is immutable once it is in use.
type Identity struct {
	// Account is the account that calls. A service principal has none of its own:
	// its calls are made in the account that it acts in.
	Account   string
	ARN       string
	Principal *iam.Principal
	Policies  []*iam.Policy // the identity policies

	conditions    map[string][]string // condition keys that were given, in lower case
	administrator bool                // the identity policies are kms:* on * and nothing else
}

// Caller is who calls, and where. It is immutable once it is in use.
type Caller struct {
	*Identity
	Region string
}

// Partition is the partition of the caller's Region: aws, aws-cn or aws-us-gov.
func (c *Caller) Partition() string { return partitionOf(c.Region) }

// administration is the identity policy of an administrator.
var administration = func() []*iam.Policy {
	policy, err := iam.Parse(`{"Version": "2012-10-17",
		"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}`, iam.IdentityPolicy)
	if err != nil {
		panic(err)
	}
	return []*iam.Policy{policy}
}()

// Administrator is a principal of an account who may do all that the account may.
// It panics if the account is not 12 digits.
func Administrator(account, region string) *Caller {
	arn := "arn:" + partitionOf(region) + ":iam::" + account + ":user/kmsfake"
	principal, err := iam.ParsePrincipal(arn, nil)
	if err != nil {
		panic(fmt.Sprintf("kmsfake: account %q is not 12 digits", account))
	}
	return &Caller{
		Region: region,
		Identity: &Identity{
			Account: account, ARN: arn, Principal: principal, Policies: administration, administrator: true,
		},
	}
}

// As is another principal in the same Region, with these identity policies and
// with the conditions of c. The error says which of the texts is wrong, and how.
func (c *Caller) As(principal string, policies []string) (*Caller, error) {
	p, err := iam.ParsePrincipal(principal, nil)
	if err != nil {
		return nil, err
	}
	who := &Identity{Account: p.Account(), ARN: p.ARN(), Principal: p, conditions: c.conditions}
	if p.Type() == iam.Service {
		who.Account = c.Account
		if len(policies) > 0 {
			return nil, fmt.Errorf("the service principal %s has no identity policies", p.ARN())
		}
	}
	for i, text := range policies {
		policy, err := iam.Parse(text, iam.IdentityPolicy)
		if err != nil {
			return nil, fmt.Errorf("identity policy %d: %w", i+1, err)
		}
		who.Policies = append(who.Policies, policy)
	}
	return &Caller{Region: c.Region, Identity: who}, nil
}

// With is the same principal whose requests have a condition key with these
// values, or lack it if there are none. The error says that the key has no form
// of one, or that it follows from the request.
func (c *Caller) With(conditionKey string, values []string) (*Caller, error) {
	if err := checkSettable(conditionKey); err != nil {
		return nil, err
	}
	who := *c.Identity
	who.conditions = maps.Clone(who.conditions)
	if who.conditions == nil {
		who.conditions = map[string][]string{}
	}
	name := strings.ToLower(conditionKey)
	if len(values) == 0 {
		delete(who.conditions, name)
	} else {
		who.conditions[name] = slices.Clone(values)
	}
	return &Caller{Region: c.Region, Identity: &who}, nil
}

// In is the same principal in another Region.
func (c *Caller) In(region string) *Caller {
	return &Caller{Identity: c.Identity, Region: region}
}

// isService says whether an AWS service calls for itself.
func (c *Caller) isService() bool { return c.Principal.Type() == iam.Service }
