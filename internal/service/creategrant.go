package service

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake/internal/iam"
)

// createGrant answers CreateGrant. A request that has a name and is the same as
// one before it makes no second grant, but its token is new.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
func createGrant(c *call, in *kms.CreateGrantInput) (*kms.CreateGrantOutput, error) {
	grantee, retiring, err := c.partiesIn(in)
	if err != nil {
		return nil, err
	}
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:CreateGrant")
	if err != nil {
		return nil, err
	}
	of := constraintsOf(in.Constraints)
	if err := of.check(k); err != nil {
		return nil, err
	}
	operations, bad := k.grantable(in.Operations)
	if bad != "" {
		return nil, grantOperationNotValid(bad, k)
	}
	g := &grant{
		key: k, grantee: grantee, retiring: retiring, operations: operations,
		issuer: c.who.Principal.Account(), created: stamp(c.now), visible: c.seenFrom(),
	}
	if g.issuer == "" {
		g.issuer = k.account.id
	}
	if in.Name != nil {
		g.name = strings.Clone(*in.Name)
		g.print = fingerprint(in, g)
	}
	if old := k.grants.named[g.print]; old != nil && g.name != "" {
		g = old
	} else if usage := k.grants.byID.Len(); usage >= c.quotas.GrantsPerKey {
		return nil, grantsPerKey(c.quotas.GrantsPerKey, usage)
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	if g.id == "" {
		c.grantsMade++
		id := c.entropy.derive("grant", "", c.grantsMade)
		g.id, g.constraints = hex.EncodeToString(id[:]), of.clone()
		g.add()
	}
	id, token := g.id, c.grantToken(g)
	return &kms.CreateGrantOutput{GrantId: &id, GrantToken: &token}, nil
}

// partiesIn are the principals of a new grant.
func (c *call) partiesIn(in *kms.CreateGrantInput) (grantee, retiring party, err error) {
	if (in.GranteePrincipal == nil) == (in.GranteeServicePrincipal == nil) {
		return grantee, retiring, eitherPrincipal("GranteePrincipal", "GranteeServicePrincipal")
	}
	if in.RetiringPrincipal != nil && in.RetiringServicePrincipal != nil {
		return grantee, retiring, eitherPrincipal("RetiringPrincipal", "RetiringServicePrincipal")
	}
	if in.GranteeServicePrincipal != nil {
		if constraintsOf(in.Constraints).sourceARN == "" {
			return grantee, retiring, serviceNeeds("a SourceArn grant constraint")
		}
		if in.RetiringPrincipal == nil && in.RetiringServicePrincipal == nil {
			return grantee, retiring, serviceNeeds("a RetiringPrincipal or a RetiringServicePrincipal")
		}
	}
	if grantee, err = c.party(in.GranteePrincipal, in.GranteeServicePrincipal); err != nil {
		return grantee, retiring, err
	}
	retiring, err = c.party(in.RetiringPrincipal, in.RetiringServicePrincipal)
	return grantee, retiring, err
}

// party reads a principal of a grant, by its ARN, or a service principal. Whether
// there is such a principal is not known here, as in policies.
func (c *call) party(principal, service *string) (party, error) {
	switch {
	case principal != nil:
		p, err := iam.ParsePrincipal(*principal, nil)
		if err != nil || !strings.HasPrefix(*principal, "arn:"+c.who.Partition()+":") {
			return party{}, noSuchPrincipal(*principal)
		}
		return party{text: strings.Clone(*principal), index: indexOf(p)}, nil
	case service != nil:
		p, err := iam.ParsePrincipal(*service, nil)
		if err != nil || p.Type() != iam.Service {
			return party{}, noSuchPrincipal(*service)
		}
		return party{text: strings.Clone(*service), service: true, index: strings.Clone(*service)}, nil
	}
	return party{}, nil
}

// fingerprint is the same for requests that are the same: a retry.
func fingerprint(in *kms.CreateGrantInput, g *grant) [32]byte {
	of := constraintsOf(in.Constraints)
	text, err := json.Marshal([]any{
		g.name, g.issuer, g.grantee.text, g.grantee.service, g.retiring.text, g.retiring.service,
		g.operations, cloneContext(of.equals), cloneContext(of.subset), of.sourceARN,
	})
	if err != nil {
		panic(err) // strings and maps of strings are always JSON
	}
	return sha256.Sum256(text)
}
