package kmsrapid

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// place is where keys are.
type place struct{ account, region string }

// target is what an act is done to: a key, and of an alias or a grant its name.
type target struct {
	at    place
	key   *types.KeyMetadata
	alias string
	grant string
}

// surroundings are what an administrator finds, the most recently used first.
type surroundings struct {
	keys, aliases, grants []target
}

// look looks around in a clone, so that looking leaves no trace.
func look(clone *kmsfake.Fake, places []place, used []string) *surroundings {
	s := &surroundings{}
	for _, at := range places {
		s.lookIn(clone.InAccount(at.account).InRegion(at.region), at)
	}
	last := func(t target) int {
		for i, name := range used {
			switch {
			case t.alias != "":
				if name == t.alias || strings.HasSuffix(name, ":"+t.alias) {
					return i
				}
			case name == *t.key.KeyId || name == *t.key.Arn:
				return i
			}
		}
		return len(used)
	}
	for _, list := range [][]target{s.keys, s.aliases, s.grants} {
		slices.SortStableFunc(list, func(a, b target) int { return cmp.Compare(last(a), last(b)) })
	}
	return s
}

func (s *surroundings) lookIn(admin *kmsfake.Fake, at place) {
	ctx := context.Background()
	byID := map[string]*types.KeyMetadata{}
	for pages := kms.NewListKeysPaginator(admin, &kms.ListKeysInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return
		}
		for _, entry := range page.Keys {
			out, err := admin.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: entry.KeyId})
			if err != nil || out.KeyMetadata.KeyManager != types.KeyManagerTypeCustomer {
				continue
			}
			byID[*entry.KeyId] = out.KeyMetadata
			s.keys = append(s.keys, target{at: at, key: out.KeyMetadata})
			s.lookAtGrants(admin, at, out.KeyMetadata)
		}
	}
	for pages := kms.NewListAliasesPaginator(admin, &kms.ListAliasesInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return
		}
		for _, entry := range page.Aliases {
			if entry.TargetKeyId == nil || byID[*entry.TargetKeyId] == nil {
				continue
			}
			s.aliases = append(s.aliases, target{at: at, key: byID[*entry.TargetKeyId], alias: *entry.AliasName})
		}
	}
}

func (s *surroundings) lookAtGrants(admin *kmsfake.Fake, at place, key *types.KeyMetadata) {
	for pages := kms.NewListGrantsPaginator(admin, &kms.ListGrantsInput{KeyId: key.KeyId}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return
		}
		for _, entry := range page.Grants {
			s.grants = append(s.grants, target{at: at, key: key, grant: *entry.GrantId})
		}
	}
}

func (s *surroundings) keysThat(fit func(*types.KeyMetadata) bool) []target {
	return slices.DeleteFunc(slices.Clone(s.keys), func(t target) bool { return !fit(t.key) })
}

// ownerOf is a handle of the account and the Region of a key or an alias.
func ownerOf(fake *kmsfake.Fake, name string) *kmsfake.Fake {
	a, err := arn.Parse(name)
	if err != nil {
		return fake
	}
	return fake.InAccount(a.AccountID).InRegion(a.Region)
}
