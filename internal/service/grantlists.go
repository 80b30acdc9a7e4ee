package service

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/iam"
)

const (
	defaultGrantPage = 50
	largestGrantPage = 100
)

// listGrants answers ListGrants, by grant id.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html
func listGrants(c *call, in *kms.ListGrantsInput) (*kms.ListGrantsOutput, error) {
	limit, err := pageLimit(in.Limit, defaultGrantPage, largestGrantPage)
	if err != nil {
		return nil, err
	}
	if in.GranteePrincipal != nil && in.GranteeServicePrincipal != nil {
		return nil, eitherPrincipal("GranteePrincipal", "GranteeServicePrincipal")
	}
	if in.GranteeServicePrincipal != nil && !c.who.isService() {
		return nil, serviceFilter("GranteeServicePrincipal")
	}
	if in.GrantId != nil && !wellFormedGrantID(*in.GrantId) {
		return nil, invalidGrantID()
	}
	grantee, err := c.party(in.GranteePrincipal, in.GranteeServicePrincipal)
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(*in.KeyId, "kms:ListGrants")
	if err != nil {
		return nil, err
	}
	of := k.id + " " + grantee.index
	if in.GrantId != nil {
		of += " " + strings.ToLower(*in.GrantId)
	}
	after, err := c.position(in.Marker, of)
	if err != nil {
		return nil, err
	}
	var page []*grant
	var next string
	switch {
	case in.GrantId != nil:
		g, ok := k.grants.byID.Get(strings.ToLower(*in.GrantId))
		if ok && after == "" && g.seen(c) && (grantee.index == "" || g.grantee == grantee) {
			page = []*grant{g}
		}
	case grantee.index != "":
		page, next = c.grantPage(&k.grants.byGrantee, indexed(grantee.index, ""), after, limit)
	default:
		page, next = c.grantPage(&k.grants.byID, "", after, limit)
	}
	out := &kms.ListGrantsOutput{Grants: grantEntries(page)}
	out.NextMarker, out.Truncated = c.marker(next, of)
	return out, nil
}

// listRetirableGrants answers ListRetirableGrants, by grant id: the grants of the
// Region, on keys of any account, that a principal of the caller's account can
// retire.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html
func listRetirableGrants(c *call, in *kms.ListRetirableGrantsInput) (*kms.ListRetirableGrantsOutput, error) {
	limit, err := pageLimit(in.Limit, defaultGrantPage, largestGrantPage)
	if err != nil {
		return nil, err
	}
	if (in.RetiringPrincipal == nil) == (in.RetiringServicePrincipal == nil) {
		return nil, eitherPrincipal("RetiringPrincipal", "RetiringServicePrincipal")
	}
	if in.RetiringServicePrincipal != nil && !c.who.isService() {
		return nil, serviceFilter("RetiringServicePrincipal")
	}
	retiring, err := c.party(in.RetiringPrincipal, in.RetiringServicePrincipal)
	if err != nil {
		return nil, err
	}
	if err := c.authorizeRetiring(retiring); err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	after, err := c.position(in.Marker, retiring.index)
	if err != nil {
		return nil, err
	}
	page, next := c.grantPage(&c.home.region.retirable, indexed(retiring.index, ""), after, limit)
	out := &kms.ListRetirableGrantsOutput{Grants: grantEntries(page)}
	out.NextMarker, out.Truncated = c.marker(next, retiring.index)
	return out, nil
}

// authorizeRetiring says whether the caller may list what a principal can retire.
// A service may of itself alone.
func (c *call) authorizeRetiring(retiring party) error {
	const action = "kms:ListRetirableGrants"
	if retiring.service {
		if retiring.index == c.who.Principal.ARN() {
			return nil
		}
		return notAllowed(c.who.ARN, action, "resource: "+retiring.text, iam.NoIdentityAllow)
	}
	p, err := iam.ParsePrincipal(retiring.text, nil)
	if err != nil || p.Account() != c.who.Account {
		c.why = retiring.text + " is a principal of another account"
		return notAllowed(c.who.ARN, action, "resource: "+retiring.text, iam.NoIdentityAllow)
	}
	return c.authorizeOn(action, retiring.text, nil)
}

// grantPage is the page of an index that follows a grant id, of the grants below
// a prefix that the news is out of, and the id that the next page follows.
func (c *call) grantPage(index *btree.Map[string, *grant], prefix, after string, limit int) (page []*grant, next string) {
	index.Ascend(prefix+after, func(place string, g *grant) bool {
		if !strings.HasPrefix(place, prefix) {
			return false
		}
		if g.id == after || !g.ended.IsZero() || !g.seen(c) {
			return true
		}
		if len(page) == limit {
			next = page[limit-1].id
			return false
		}
		page = append(page, g)
		return true
	})
	return page, next
}

func grantEntries(page []*grant) []types.GrantListEntry {
	list := make([]types.GrantListEntry, 0, len(page))
	for _, g := range page {
		list = append(list, g.entry())
	}
	return list
}
