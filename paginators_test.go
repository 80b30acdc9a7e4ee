package kmsfake_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

type paginator[O any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*kms.Options)) (*O, error)
}

// pages takes all pages, and answers how many items each has.
func pages[O any](t *testing.T, p paginator[O], items func(*O) int) (sizes []int) {
	t.Helper()
	for p.HasMorePages() {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, items(page))
	}
	return sizes
}

// The SDK's eight paginators take the fake and its client alike.
func TestPaginators(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAWSAliases(), kmsfake.WithKeys(kmsfake.Key{
		ID: plainID, Aliases: []string{"alias/a", "alias/b", "alias/c"}, Tags: map[string]string{"a": "", "b": "", "c": ""},
	}, kmsfake.Key{}, kmsfake.Key{}))
	id, limit := ptr(plainID), ptr[int32](2)
	retiring := ptr("arn:aws:iam::111122223333:role/retire")
	for i := range 3 {
		got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
			KeyId: id, GranteePrincipal: ptr("arn:aws:iam::111122223333:role/app"), RetiringPrincipal: retiring,
			Operations: []types.GrantOperation{types.GrantOperationDecrypt}, Name: ptr(fmt.Sprint(i)),
		})).ok(t)
		got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: id})).ok(t)
		f.Advance(day)
		got(f.CreateCustomKeyStore(t.Context(), &kms.CreateCustomKeyStoreInput{
			CustomKeyStoreName: ptr(fmt.Sprint("store-", i)), CloudHsmClusterId: ptr(fmt.Sprintf("cluster-2a23b4cdef%c", 'g'+i)),
			KeyStorePassword: ptr("password-1"), TrustAnchorCertificate: ptr("-----BEGIN CERTIFICATE-----"),
		})).ok(t)
	}
	for way, api := range map[string]kmsfake.API{"directly": f, "in process": f.Client()} {
		for name, sizes := range map[string][]int{
			"ListKeys": pages(t, kms.NewListKeysPaginator(api, &kms.ListKeysInput{Limit: limit}),
				func(o *kms.ListKeysOutput) int { return len(o.Keys) }),
			"ListAliases": pages(t, kms.NewListAliasesPaginator(api, &kms.ListAliasesInput{Limit: limit, KeyId: id}),
				func(o *kms.ListAliasesOutput) int { return len(o.Aliases) }),
			"ListGrants": pages(t, kms.NewListGrantsPaginator(api, &kms.ListGrantsInput{Limit: limit, KeyId: id}),
				func(o *kms.ListGrantsOutput) int { return len(o.Grants) }),
			"ListRetirableGrants": pages(t, kms.NewListRetirableGrantsPaginator(api, &kms.ListRetirableGrantsInput{Limit: limit, RetiringPrincipal: retiring}),
				func(o *kms.ListRetirableGrantsOutput) int { return len(o.Grants) }),
			"ListResourceTags": pages(t, kms.NewListResourceTagsPaginator(api, &kms.ListResourceTagsInput{Limit: limit, KeyId: id}),
				func(o *kms.ListResourceTagsOutput) int { return len(o.Tags) }),
			"ListKeyRotations": pages(t, kms.NewListKeyRotationsPaginator(api, &kms.ListKeyRotationsInput{Limit: limit, KeyId: id}),
				func(o *kms.ListKeyRotationsOutput) int { return len(o.Rotations) }),
			"DescribeCustomKeyStores": pages(t, kms.NewDescribeCustomKeyStoresPaginator(api, &kms.DescribeCustomKeyStoresInput{Limit: limit}),
				func(o *kms.DescribeCustomKeyStoresOutput) int { return len(o.CustomKeyStores) }),
		} {
			equal(t, name+" "+way, sizes, []int{2, 1})
		}
		equal(t, "ListKeyPolicies "+way, pages(t, kms.NewListKeyPoliciesPaginator(api, &kms.ListKeyPoliciesInput{Limit: limit, KeyId: id}),
			func(o *kms.ListKeyPoliciesOutput) int { return len(o.PolicyNames) }), []int{1})
	}
}
