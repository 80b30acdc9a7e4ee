package kmsfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// predefinedAliases are what an account that was little used shows.
var predefinedAliases = []string{
	"alias/aws/dynamodb", "alias/aws/ebs", "alias/aws/elasticfilesystem", "alias/aws/es", "alias/aws/glue", "alias/aws/kinesisvideo",
	"alias/aws/rds", "alias/aws/redshift", "alias/aws/s3", "alias/aws/ssm", "alias/aws/xray",
}

// Each test of this file is a sentence of the documentation of ListAliases,
// quoted.
func TestListAliases(t *testing.T) {
	t.Parallel()

	// Gets a list of aliases in the caller's Amazon Web Services account and
	// region. By default, the ListAliases operation returns all aliases in the
	// account and region.
	t.Run("all aliases of the account and Region", func(t *testing.T) {
		t.Parallel()
		f := newFake(kmsfake.WithoutAWSAliases())
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/b", first)
		newAlias(t, f, "alias/a", second)
		newAlias(t, f, "alias/c", first)
		elsewhere := f.InRegion(otherRegion)
		newAlias(t, elsewhere, "alias/d", newKey(t, elsewhere))
		equal(t, "aliases", aliasNames(listAliases(t, f, &kms.ListAliasesInput{})), []string{"alias/a", "alias/b", "alias/c"})
		equal(t, "aliases in the other Region", aliasNames(listAliases(t, elsewhere, nil)), []string{"alias/d"})
	})

	// To get only the aliases associated with a particular KMS key, use the KeyId
	// parameter.
	t.Run("the aliases of one key by its id or ARN", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second, none := newKey(t, f), newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/b", first)
		newAlias(t, f, "alias/a", first)
		newAlias(t, f, "alias/c", second)
		for _, name := range []string{first, keyARN(f, first)} {
			equal(t, "aliases of the first", aliasNames(aliasesOf(t, f, name)), []string{"alias/a", "alias/b"})
		}
		out := got(f.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &none})).ok(t)
		equal(t, "answer for a key without aliases", out, &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{}})
	})

	// The ListAliases response can include aliases that you created and associated
	// with your customer managed keys, and aliases that Amazon Web Services created
	// and associated with Amazon Web Services managed keys in your account. You can
	// recognize Amazon Web Services aliases because their names have the format
	// aws/<service-name>, such as aws/dynamodb.
	t.Run("the customer's aliases and those of AWS, by name", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		for _, name := range []string{"alias/skunk", "alias/BlockStorageKey", "alias/aws", "alias/awt"} {
			newAlias(t, f, name, key)
		}
		want := append([]string{"alias/BlockStorageKey", "alias/aws"}, predefinedAliases...)
		want = append(want, "alias/awt", "alias/skunk")
		equal(t, "aliases", aliasNames(listAliases(t, f, &kms.ListAliasesInput{})), want)
	})

	// The response might also include aliases that have no TargetKeyId field. These
	// are predefined aliases that Amazon Web Services has created but has not yet
	// associated with a KMS key.
	t.Run("predefined aliases have no TargetKeyId", func(t *testing.T) {
		t.Parallel()
		for _, f := range []*kmsfake.Fake{newFake(), newFake().InRegion(otherRegion), newFake().InAccount(otherAccount)} {
			var want []types.AliasListEntry
			for _, name := range predefinedAliases {
				want = append(want, types.AliasListEntry{AliasName: aws.String(name), AliasArn: aws.String(aliasARN(f, name))})
			}
			equal(t, "aliases of a fresh account", listAliases(t, f, &kms.ListAliasesInput{}), want)
		}
		bare := newFake(kmsfake.WithoutAWSAliases())
		out := got(bare.ListAliases(t.Context(), &kms.ListAliasesInput{})).ok(t)
		equal(t, "answer without them", out, &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{}})
	})

	// ... and aliases that Amazon Web Services created and associated with Amazon
	// Web Services managed keys in your account.
	t.Run("an alias of AWS that has its key has a TargetKeyId", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		f.Advance(time.Hour)
		managed := awsManagedKey(t, f)
		made := startMS.Add(time.Hour)
		want := types.AliasListEntry{
			AliasName: aws.String("alias/aws/ebs"), AliasArn: aws.String(aliasARN(f, "alias/aws/ebs")),
			TargetKeyId: &managed, CreationDate: &made, LastUpdatedDate: &made,
		}
		equal(t, "aliases of the AWS managed key", aliasesOf(t, f, managed), []types.AliasListEntry{want})
		for _, entry := range listAliases(t, f, nil) {
			if *entry.AliasName == "alias/aws/ebs" {
				equal(t, "entry", entry, want)
			} else {
				equal(t, "TargetKeyId of "+*entry.AliasName, entry.TargetKeyId, (*string)(nil))
			}
		}
	})

	// Aliases that Amazon Web Services creates in your account, including predefined
	// aliases, do not count against your KMS aliases quota.
	t.Run("predefined aliases do not count", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		for i := range 50 {
			newAlias(t, f, fmt.Sprintf("alias/%d", i), key)
		}
		equal(t, "aliases", len(listAliases(t, f, &kms.ListAliasesInput{})), 50+len(predefinedAliases))
	})

	// Cross-account use: No. ListAliases does not return aliases in other Amazon Web
	// Services accounts.
	t.Run("none of another account", func(t *testing.T) {
		t.Parallel()
		f := newFake(kmsfake.WithoutAWSAliases())
		key := newKey(t, f)
		allowAll(t, f, key)
		newAlias(t, f, "alias/a", key)
		other := f.InAccount(otherAccount)
		equal(t, "aliases of the other account", listAliases(t, other, nil), []types.AliasListEntry{})
		arn := keyARN(f, key)
		got(other.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &arn})).failsWith(t, "AccessDeniedException")
		got(other.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &key})).fails(t, "NotFoundException", "Key '"+keyARN(other, key)+"' does not exist")
	})

	// Required permissions: kms:ListAliases (IAM policy). A key policy has no say.
	t.Run("whatever the key policy says", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		deny(t, f, key, "kms:ListAliases")
		equal(t, "aliases", aliasNames(ownAliases(t, f)), []string{"alias/a"})
		equal(t, "aliases of the key", aliasNames(aliasesOf(t, f, key)), []string{"alias/a"})
	})

	// KeyId: Lists only aliases that are associated with the specified KMS key.
	// Specify the key ID or key ARN of the KMS key.
	t.Run("KeyId is a key that there is, and no alias", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		list := func(keyID string) result[kms.ListAliasesOutput] {
			return got(f.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &keyID}))
		}
		for _, name := range []string{"alias/a", aliasARN(f, "alias/a"), "alias/no-such", "alias/aws/s3"} {
			list(name).fails(t, "InvalidArnException", "Key Aliases are not supported for this operation.")
		}
		list(unknownKey).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
		list("a").fails(t, "NotFoundException", "Invalid keyId 'a'")
		list("").fails(t, "ValidationException",
			oneFailure("Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1"))
	})

	// Limit: When this value is present, KMS does not return more than the
	// specified number of items. If you include a value, it must be between 1 and
	// 100, inclusive. If you do not include a value, it defaults to 50.
	t.Run("Limit is 1 to 100 and 50 by default", func(t *testing.T) {
		t.Parallel()
		f := newFake(kmsfake.WithoutAWSAliases())
		for k := range 3 {
			key := newKey(t, f)
			for i := range 40 {
				newAlias(t, f, fmt.Sprintf("alias/%d/%02d", k, i), key)
			}
		}
		list := func(limit *int32) result[kms.ListAliasesOutput] {
			return got(f.ListAliases(t.Context(), &kms.ListAliasesInput{Limit: limit}))
		}
		equal(t, "items by default", len(list(nil).ok(t).Aliases), 50)
		for _, limit := range []int32{1, 2, 50, 99, 100} {
			out := list(&limit).ok(t)
			equal(t, "items", len(out.Aliases), int(limit))
			equal(t, "Truncated", out.Truncated, true)
		}
		list(aws.Int32(0)).fails(t, "ValidationException",
			oneFailure("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"))
		list(aws.Int32(101)).fails(t, "ValidationException",
			oneFailure("Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100"))
		list(aws.Int32(1001)).fails(t, "ValidationException",
			oneFailure("Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000"))
	})

	// Marker: Use this parameter in a subsequent request after you receive a
	// response with truncated results. Set it to the value of NextMarker from the
	// truncated response you just received.
	t.Run("Marker goes on where the truncated answer stopped", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		newAlias(t, f, "alias/z", key)
		all := listAliases(t, f, &kms.ListAliasesInput{})
		for limit := int32(1); int(limit) <= len(all)+1; limit++ {
			var list []types.AliasListEntry
			in := &kms.ListAliasesInput{Limit: &limit}
			for {
				out := got(f.ListAliases(t.Context(), in)).ok(t)
				list = append(list, out.Aliases...)
				if out.Truncated != (out.NextMarker != nil) {
					t.Fatalf("Truncated %v beside NextMarker %v", out.Truncated, aws.ToString(out.NextMarker))
				}
				if !out.Truncated {
					break
				}
				equal(t, "items of a truncated page", len(out.Aliases), int(limit))
				in.Marker = out.NextMarker
			}
			equal(t, fmt.Sprintf("pages of %d", limit), list, all)
		}
	})
}

// An alias is compared and sorted bytewise, and its case counts.
func TestAliasOrder(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAWSAliases())
	key := newKey(t, f)
	// In the order of the bytes: - / 0 9 A Z _ a z
	want := strings.Fields("alias/- alias// alias/0 alias/9 alias/A alias/Z alias/_ alias/a alias/a- alias/a/ alias/aa alias/z")
	for i := range want {
		newAlias(t, f, want[(i*5)%len(want)], key)
	}
	equal(t, "aliases", aliasNames(listAliases(t, f, nil)), want)
	equal(t, "aliases of the key", aliasNames(aliasesOf(t, f, key)), want)
}
