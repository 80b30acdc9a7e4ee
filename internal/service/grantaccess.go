package service

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
)

// granted says whether a grant permits the request, and which.
func (q *inquiry) granted() (bool, string) {
	if q.key.grants.byGrantee.Len() == 0 {
		return false, ""
	}
	operation := types.GrantOperation(strings.TrimPrefix(q.action, "kms:"))
	for _, index := range partiesOf(q.who.Principal) {
		if g := q.grantTo(index, operation); g != nil {
			return true, "grant " + g.id + " allows it"
		}
	}
	if q.who.isService() || q.who.Principal.Type() == iam.Root {
		return false, ""
	}
	// A grant to an account lets its administrators delegate, as a key policy does.
	if g := q.grantTo(accountIndex(q.who.Principal), operation); g != nil && q.decideOn(q.key.arn).Allowed {
		return true, "grant " + g.id + " allows it to account " + q.who.Principal.Account() + ", and an identity policy there"
	}
	return false, ""
}

// grantTo is a grant to a principal that permits the operation, or nil.
func (q *inquiry) grantTo(index string, operation types.GrantOperation) (found *grant) {
	place := indexed(index, "")
	q.key.grants.byGrantee.Ascend(place, func(at string, g *grant) bool {
		if !strings.HasPrefix(at, place) {
			return false
		}
		if g.permits(q, operation) {
			found = g
		}
		return found == nil
	})
	return found
}

func (g *grant) permits(q *inquiry, operation types.GrantOperation) bool {
	if !slices.Contains(g.operations, operation) || !g.known(q.call) || !g.constraints.permit(q, operation) {
		return false
	}
	in, ok := q.in.(*kms.CreateGrantInput)
	if operation != types.GrantOperationCreateGrant || !ok {
		return true
	}
	for _, wanted := range in.Operations {
		if !slices.Contains(g.operations, wanted) {
			return false
		}
	}
	return constraintsOf(in.Constraints).atLeast(g.constraints)
}

// known says whether AWS KMS knows of a grant where the request arrives: it is
// old enough, or the request brings its token, and it is not over.
func (g *grant) known(c *call) bool {
	if !g.ended.IsZero() {
		return c.now.Before(g.ended)
	}
	return g.seen(c) || slices.Contains(c.tokens, g.id)
}

// seen says whether the news of a grant has gone round.
func (g *grant) seen(c *call) bool { return !c.now.Before(g.visible) }
