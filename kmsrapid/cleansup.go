package kmsrapid

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// CleansUp is the law of code that makes keys, aliases and grants: if it returns
// an error, none is left of those that KMS told it that it made. A KMS key is
// scheduled for deletion then, and with it the grants on it; an alias is deleted.
// What the code tried to undo is forgiven: it was refused, or somebody restored it.
func CleansUp(provision func(ctx context.Context, fake *kmsfake.Fake) error) func(t *rapid.T, fake *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		during := from(fake)
		err := provision(t.Context(), fake)
		if err == nil {
			return
		}
		calls, clone := during.calls(), fake.Clone()
		for i, c := range calls {
			m, ok := madeBy(c)
			if ok && m.isLeft(clone.InAccount(c.Account).InRegion(c.Region)) && !slices.ContainsFunc(calls[i+1:], m.undone) {
				t.Fatalf("it leaves %s behind when it fails: %v", m.what, err)
			}
		}
	}
}

// made is something that a call made.
type made struct {
	what   string
	isLeft func(owner *kmsfake.Fake) bool
	undone func(c kmsfake.Call) bool // whether a call undoes it, or tries to
}

func madeBy(c kmsfake.Call) (made, bool) {
	if c.Error != nil {
		return made{}, false
	}
	switch in := c.Input.(type) {
	case *kms.CreateKeyInput:
		key := c.KeyARN
		return made{
			"the KMS key " + key,
			func(owner *kmsfake.Fake) bool { return isKept(owner, key) },
			func(c kmsfake.Call) bool { return c.Operation == "ScheduleKeyDeletion" && c.KeyARN == key },
		}, true
	case *kms.CreateAliasInput:
		name := *in.AliasName
		return made{
			name,
			func(owner *kmsfake.Fake) bool { return aliasExists(owner, name) },
			func(c kmsfake.Call) bool {
				undo, ok := c.Input.(*kms.DeleteAliasInput)
				return ok && aws.ToString(undo.AliasName) == name
			},
		}, true
	case *kms.CreateGrantInput:
		out, ok := c.Output.(*kms.CreateGrantOutput)
		if !ok || out == nil || out.GrantId == nil { // a dry run
			return made{}, false
		}
		id, key := *out.GrantId, c.KeyARN
		return made{
			"grant " + id,
			func(owner *kmsfake.Fake) bool { return isKept(owner, key) && grantExists(owner, key, id) },
			func(c kmsfake.Call) bool {
				switch undo := c.Input.(type) {
				case *kms.RevokeGrantInput:
					return aws.ToString(undo.GrantId) == id
				case *kms.RetireGrantInput:
					return aws.ToString(undo.GrantId) == id || aws.ToString(undo.GrantToken) == aws.ToString(out.GrantToken)
				}
				return false
			},
		}, true
	}
	return made{}, false
}

// isKept says whether a key is there and is going to stay.
func isKept(owner *kmsfake.Fake, key string) bool {
	out, err := owner.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &key})
	if err != nil {
		return false
	}
	state := out.KeyMetadata.KeyState
	return state != types.KeyStatePendingDeletion && state != types.KeyStatePendingReplicaDeletion
}

func aliasExists(owner *kmsfake.Fake, name string) bool {
	for pages := kms.NewListAliasesPaginator(owner, &kms.ListAliasesInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return false
		}
		if slices.ContainsFunc(page.Aliases, func(a types.AliasListEntry) bool { return *a.AliasName == name }) {
			return true
		}
	}
	return false
}

func grantExists(owner *kmsfake.Fake, key, id string) bool {
	out, err := owner.ListGrants(context.Background(), &kms.ListGrantsInput{KeyId: &key, GrantId: &id})
	return err == nil && len(out.Grants) > 0
}
