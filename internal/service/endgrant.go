package service

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
)

// revokeGrant answers RevokeGrant.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html
func revokeGrant(c *call, in *kms.RevokeGrantInput) (*kms.RevokeGrantOutput, error) {
	if !wellFormedGrantID(*in.GrantId) {
		return nil, invalidGrantID()
	}
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:RevokeGrant")
	if err != nil {
		return nil, err
	}
	g, ok := k.grants.byID.Get(strings.ToLower(*in.GrantId))
	if !ok || !g.seen(c) {
		return nil, noSuchGrant(*in.GrantId)
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	c.end(g)
	return &kms.RevokeGrantOutput{}, nil
}

// retireGrant answers RetireGrant: the grant itself says who may retire it.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
func retireGrant(c *call, in *kms.RetireGrantInput) (*kms.RetireGrantOutput, error) {
	c.lock()
	defer c.unlock()
	g, err := c.grantToRetire(in)
	if err != nil {
		return nil, err
	}
	if err := c.checkState(g.key); err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	c.end(g)
	return &kms.RetireGrantOutput{}, nil
}

// grantToRetire finds the grant that a token names, or a grant id and a key, and
// asks whether the caller may retire it. The lock must be held.
func (c *call) grantToRetire(in *kms.RetireGrantInput) (*grant, error) {
	if in.GrantToken != nil {
		id, err := c.readToken(*in.GrantToken)
		if err != nil {
			return nil, err
		}
		g := c.home.region.grants[id]
		if g == nil {
			return nil, noSuchGrant(id)
		}
		return g, c.authorizeRetirement(g)
	}
	if in.GrantId == nil || in.KeyId == nil {
		return nil, grantNotIdentified()
	}
	if !wellFormedGrantID(*in.GrantId) {
		return nil, invalidGrantID()
	}
	ref, err := c.parse(*in.KeyId)
	if err != nil {
		return nil, err
	}
	if ref.alias != "" {
		return nil, aliasNotSupported()
	}
	k := c.lookup(ref)
	own := ref.account == c.who.Account
	if k == nil && own {
		return nil, noSuchKey(c.arnOf(ref))
	}
	var g *grant
	if k != nil {
		g, _ = k.grants.byID.Get(strings.ToLower(*in.GrantId))
	}
	if g == nil || !g.seen(c) {
		if own {
			c.found(k)
			return nil, noSuchGrant(*in.GrantId)
		}
		return nil, c.denied("kms:RetireGrant", c.arnOf(ref))
	}
	return g, c.authorizeRetirement(g)
}

// authorizeRetirement says whether the caller may retire a grant: its retiring
// principal may, its grantee if the grant permits RetireGrant, and the account
// that it was made in or whose key it is on, with whomever the account lets. The
// key policy has no say; an identity policy can deny.
func (c *call) authorizeRetirement(g *grant) error {
	const action = "kms:RetireGrant"
	c.found(g.key)
	if c.config.WithoutAuthorization {
		return nil
	}
	q := inquiry{call: c, key: g.key, grant: g, action: action}
	d := q.decideOn(g.key.arn)
	if d.Denial != iam.DenyInIdentity {
		p := c.who.Principal
		retirers := []string{g.retiring.index}
		if slices.Contains(g.operations, types.GrantOperationRetireGrant) {
			retirers = append(retirers, g.grantee.index)
		}
		for _, index := range partiesOf(p) {
			if slices.Contains(retirers, index) {
				return nil
			}
		}
		if d.Allowed && !c.who.isService() && (p.Account() == g.issuer || p.Account() == g.key.account.id ||
			slices.Contains(retirers, accountIndex(p))) {
			return nil
		}
	}
	if g.key.account.id != c.who.Account {
		return c.denied(action, g.key.arn)
	}
	return c.refused(action, "resource: "+g.key.arn, d)
}
