package kmsfake_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// BenchmarkAuthorization is DescribeKey, the cheapest operation on a key, by who
// asks and what decides: the difference to "nothing" is the price of deciding.
func BenchmarkAuthorization(b *testing.B) {
	statements := make([]string, 49)
	for i := range statements {
		statements[i] = allowStatement(fmt.Sprintf(`{"AWS": "arn:aws:iam::%s:role/r%d"}`, account, i), "kms:Describe*",
			fmt.Sprintf(`{"StringEquals": {"aws:PrincipalTag/team": "t%d"}, "ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/app-%d*"}}`, i, i))
	}
	long := keyPolicy(append(statements[:48:48], allowStatement(`{"AWS": "`+appRole+`"}`, "kms:DescribeKey", `{"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}`))...)
	for _, bench := range []struct {
		name   string
		policy string
		who    func(f *kmsfake.Fake) *kmsfake.Fake
		option []kmsfake.Option
	}{
		{name: "nothing", option: []kmsfake.Option{kmsfake.WithoutAuthorization()}},
		{name: "administrator"},
		{name: "role", who: func(f *kmsfake.Fake) *kmsfake.Fake { return f.As(appRole, allowing("kms:DescribeKey")) }},
		{name: "50 statements", policy: long, who: func(f *kmsfake.Fake) *kmsfake.Fake { return f.As(appRole) }},
		{name: "50 statements denied", policy: long, who: func(f *kmsfake.Fake) *kmsfake.Fake { return f.As(otherUser, allowing("kms:*")) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			f := newFake(bench.option...)
			key := newKey(b, f)
			if bench.policy != "" {
				putPolicy(b, f, key, bench.policy)
			}
			who := f
			if bench.who != nil {
				who = bench.who(f)
			}
			in := &kms.DescribeKeyInput{KeyId: aws.String(keyARN(f, key))}
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				who.DescribeKey(ctx, in)
			}
		})
	}
}

// BenchmarkListGrants is a page in the middle of the list, and one of a grantee's.
func BenchmarkListGrants(b *testing.B) {
	for _, n := range []int{100, 50_000} {
		f := newFake()
		key := newKey(b, f)
		for i := range n {
			to := fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, i%(n/50))
			if _, err := f.CreateGrant(b.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: &to, Operations: []types.GrantOperation{types.GrantOperationDecrypt}}); err != nil {
				b.Fatal(err)
			}
		}
		first, err := f.ListGrants(b.Context(), &kms.ListGrantsInput{KeyId: &key})
		if err != nil {
			b.Fatal(err)
		}
		for name, in := range map[string]*kms.ListGrantsInput{
			"page":    {KeyId: &key, Marker: first.NextMarker},
			"grantee": {KeyId: &key, GranteePrincipal: aws.String("arn:aws:iam::" + account + ":user/u1")},
		} {
			b.Run(fmt.Sprintf("%s of %d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := f.ListGrants(b.Context(), in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkGrantedUse is Encrypt by the grantee of one grant among many.
func BenchmarkGrantedUse(b *testing.B) {
	for _, n := range []int{1, 50_000} {
		b.Run(fmt.Sprintf("one of %d", n), func(b *testing.B) {
			f := newFake()
			key := newKey(b, f)
			for i := range n {
				to := fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, i)
				if _, err := f.CreateGrant(b.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: &to, Operations: []types.GrantOperation{types.GrantOperationDescribeKey}}); err != nil {
					b.Fatal(err)
				}
			}
			who := f.As(fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, n/2))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := who.DescribeKey(b.Context(), &kms.DescribeKeyInput{KeyId: &key}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
