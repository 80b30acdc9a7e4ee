package kmsfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// Each test of this file is a sentence of the documentation of UpdateAlias,
// quoted.
func TestUpdateAlias(t *testing.T) {
	t.Parallel()

	// Associates an existing KMS alias with a different KMS key.
	t.Run("associates an existing alias with a different key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		f.Advance(1500 * time.Microsecond)
		equal(t, "answer", got(updateAlias(t, f, "alias/a", second)).ok(t), &kms.UpdateAliasOutput{})
		// CreationDate: Date and time that the alias was most recently created in
		// the account and Region. LastUpdatedDate: Date and time that the alias was
		// most recently associated with a KMS key in the account and Region.
		updated := start.Add(1500 * time.Microsecond).Truncate(time.Millisecond)
		equal(t, "aliases", ownAliases(t, f), []types.AliasListEntry{{
			AliasName: aws.String("alias/a"), AliasArn: aws.String("arn:aws:kms:us-east-1:111122223333:alias/a"), TargetKeyId: &second,
			CreationDate: &startMS, LastUpdatedDate: &updated,
		}})
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/b", second)).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/b")+" is not found.")
			got(updateAlias(t, f, "alias/a", unknownKey)).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
		})
	})

	// Each alias is associated with only one KMS key at a time, although a KMS key
	// can have multiple aliases.
	t.Run("one key for each alias, many aliases for a key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		newAlias(t, f, "alias/b", first)
		newAlias(t, f, "alias/c", second)
		got(updateAlias(t, f, "alias/b", second)).ok(t)
		equal(t, "aliases of the first", aliasNames(aliasesOf(t, f, first)), []string{"alias/a"})
		equal(t, "aliases of the second", aliasNames(aliasesOf(t, f, second)), []string{"alias/b", "alias/c"})
	})

	// The alias and the KMS key must be in the same Amazon Web Services account and
	// Region.
	t.Run("alias and key are in the same account and Region", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		newAlias(t, f, "alias/a", newKey(t, f))
		elsewhere, other := f.InRegion(otherRegion), f.InAccount(otherAccount)
		remote, foreign := newKey(t, elsewhere), newKey(t, other)
		allowAll(t, other, foreign)
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/a", keyARN(elsewhere, remote))).fails(t, "NotFoundException", "Invalid arn "+otherRegion)
			got(updateAlias(t, f, "alias/a", remote)).fails(t, "NotFoundException", "Key '"+keyARN(f, remote)+"' does not exist")
			got(updateAlias(t, f, "alias/a", keyARN(other, foreign))).failsWith(t, "AccessDeniedException")
			got(updateAlias(t, f, "alias/a", foreign)).fails(t, "NotFoundException", "Key '"+keyARN(f, foreign)+"' does not exist")
			got(updateAlias(t, elsewhere, "alias/a", remote)).fails(t, "NotFoundException", "Alias "+aliasARN(elsewhere, "alias/a")+" is not found.")
		})
	})

	// The current and new KMS key must be the same type (both symmetric or both
	// asymmetric or both HMAC), and they must have the same key usage. This
	// restriction prevents errors in code that uses aliases.
	t.Run("both keys have the same type and usage", func(t *testing.T) {
		t.Parallel()
		const (
			symmetric, asymmetric, hmac = "symmetric", "asymmetric", "HMAC"
			cipher, sign, agree, mac    = types.KeyUsageTypeEncryptDecrypt, types.KeyUsageTypeSignVerify, types.KeyUsageTypeKeyAgreement, types.KeyUsageTypeGenerateVerifyMac
		)
		keys := []struct {
			kind  string
			spec  types.KeySpec
			usage types.KeyUsageType
		}{
			{symmetric, types.KeySpecSymmetricDefault, cipher},
			{asymmetric, types.KeySpecRsa2048, cipher},
			{asymmetric, types.KeySpecRsa4096, cipher},
			{asymmetric, types.KeySpecRsa2048, sign},
			{asymmetric, types.KeySpecEccNistP256, sign},
			{asymmetric, types.KeySpecEccSecgP256k1, sign},
			{asymmetric, types.KeySpecEccNistP256, agree},
			{asymmetric, types.KeySpecEccNistP384, agree},
			{hmac, types.KeySpecHmac256, mac},
			{hmac, types.KeySpecHmac512, mac},
		}
		f := newFake()
		ids := make([]string, len(keys))
		for i, key := range keys {
			ids[i] = newKeyOf(t, f, key.spec, key.usage)
		}
		for i, current := range keys {
			for j, target := range keys {
				newAlias(t, f, "alias/a", ids[i])
				update := got(updateAlias(t, f, "alias/a", ids[j]))
				if current.kind == target.kind && current.usage == target.usage {
					update.ok(t)
					equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, ids[j])
				} else {
					update.failsWith(t, "ValidationException")
					for _, told := range []string{current.kind + " " + string(current.usage), target.kind + " " + string(target.usage)} {
						if !strings.Contains(update.err.Error(), told) {
							t.Errorf("%v does not tell of %s", update.err, told)
						}
					}
					equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, ids[i])
				}
				got(deleteAlias(t, f, "alias/a")).ok(t)
			}
		}
	})

	// If you must assign an alias to a different type of KMS key, use DeleteAlias
	// to delete the old alias and CreateAlias to create a new alias.
	t.Run("DeleteAlias and CreateAlias assign it to another type", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		symmetric, hmac := newKey(t, f), newKeyOf(t, f, types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac)
		newAlias(t, f, "alias/a", symmetric)
		unchanged(t, f, func() { got(updateAlias(t, f, "alias/a", hmac)).failsWith(t, "ValidationException") })
		got(deleteAlias(t, f, "alias/a")).ok(t)
		f.Advance(time.Hour)
		newAlias(t, f, "alias/a", hmac)
		list := aliasesOf(t, f, hmac)
		created := startMS.Add(time.Hour)
		equal(t, "CreationDate of the new alias", list[0].CreationDate, &created)
	})

	// You cannot use UpdateAlias to change an alias name. To change an alias name,
	// use DeleteAlias to delete the old alias and CreateAlias to create a new alias.
	t.Run("the name stays", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/old", key)
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/new", key)).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/new")+" is not found.")
			got(updateAlias(t, f, "alias/old", "alias/new")).fails(t, "ValidationException", "Aliases must refer to keys. Not aliases")
		})
		got(deleteAlias(t, f, "alias/old")).ok(t)
		newAlias(t, f, "alias/new", key)
		equal(t, "aliases", aliasNames(ownAliases(t, f)), []string{"alias/new"})
	})

	// Because an alias is not a property of a KMS key, you can create, update, and
	// delete the aliases of a KMS key without affecting the KMS key. Also, aliases
	// do not appear in the response from the DescribeKey operation.
	t.Run("the keys are not affected and do not tell their aliases", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		before := []*kms.DescribeKeyOutput{got(describeKey(t, f, first)).ok(t), got(describeKey(t, f, second)).ok(t)}
		newAlias(t, f, "alias/a", first)
		got(updateAlias(t, f, "alias/a", second)).ok(t)
		equal(t, "DescribeKey of the first", got(describeKey(t, f, first)).ok(t), before[0])
		equal(t, "DescribeKey of the second", got(describeKey(t, f, second)).ok(t), before[1])
		equal(t, "DescribeKey by the alias", got(describeKey(t, f, "alias/a")).ok(t), before[1])
	})

	// To get the aliases of all KMS keys in the account, use the ListAliases
	// operation. To verify that the alias is mapped to the correct KMS key, use
	// ListAliases.
	t.Run("ListAliases shows the new key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		newAlias(t, f, "alias/b", second)
		got(updateAlias(t, f, "alias/a", second)).ok(t)
		for _, entry := range ownAliases(t, f) {
			equal(t, "target of "+*entry.AliasName, *entry.TargetKeyId, second)
		}
	})

	// The KMS key that you use for this operation must be in a compatible key
	// state. (Pending deletion is one for the key that the alias leaves, and none
	// for the key that it goes to.)
	t.Run("not to a key that is pending deletion, but from one", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		doomed, kept := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/of-doomed", doomed)
		newAlias(t, f, "alias/of-kept", kept)
		scheduleDeletion(t, f, doomed, 7)
		pending := keyARN(f, doomed) + " is pending deletion."
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/of-kept", doomed)).fails(t, "KMSInvalidStateException", pending)
			got(updateAlias(t, f, "alias/of-doomed", doomed)).fails(t, "KMSInvalidStateException", pending)
		})
		got(updateAlias(t, f, "alias/of-doomed", kept)).ok(t)
		disabled := newKey(t, f)
		disable(t, f, disabled)
		got(updateAlias(t, f, "alias/of-doomed", disabled)).ok(t)
		imported := newKeyLike(t, f, &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
		got(updateAlias(t, f, "alias/of-doomed", imported)).ok(t)
		equal(t, "state of the key behind the alias", describe(t, f, "alias/of-doomed").KeyState, types.KeyStatePendingImport)
	})

	// Cross-account use: No. You cannot perform this operation on a KMS key in a
	// different Amazon Web Services account.
	t.Run("not from another account, though the policies allow all", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		allowAll(t, f, first)
		allowAll(t, f, second)
		newAlias(t, f, "alias/a", first)
		other := f.InAccount(otherAccount)
		newAlias(t, other, "alias/b", newKey(t, other))
		unchanged(t, f, func() {
			got(updateAlias(t, other, "alias/b", keyARN(f, second))).failsWith(t, "AccessDeniedException")
			got(updateAlias(t, other, "alias/a", keyARN(f, second))).fails(t, "NotFoundException", "Alias "+aliasARN(other, "alias/a")+" is not found.")
		})
	})

	// An alias that stays with its key takes no more of the quota.
	t.Run("the key that it has may be full", func(t *testing.T) {
		t.Parallel()
		f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{AliasesPerKey: 1}))
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		newAlias(t, f, "alias/b", second)
		got(updateAlias(t, f, "alias/a", first)).ok(t)
		unchanged(t, f, func() { got(updateAlias(t, f, "alias/a", second)).failsWith(t, "LimitExceededException") })
	})

	// Required permissions: kms:UpdateAlias on the current KMS key (key policy),
	// kms:UpdateAlias on the new KMS key (key policy).
	t.Run("the policies of both keys must allow it", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		current, target, denied := newKey(t, f), newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", current)
		newAlias(t, f, "alias/of-denied", denied)
		deny(t, f, denied, "kms:UpdateAlias")
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/a", denied)).failsWith(t, "AccessDeniedException")
			got(updateAlias(t, f, "alias/of-denied", target)).failsWith(t, "AccessDeniedException")
		})
		got(updateAlias(t, f, "alias/a", target)).ok(t)
	})

	// AliasName: This value must begin with alias/ followed by the alias name, such
	// as alias/ExampleAlias.
	t.Run("the name begins with alias and a slash", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		unchanged(t, f, func() {
			got(updateAlias(t, f, "a", key)).fails(t, "ValidationException", aliasPrefixText)
			got(updateAlias(t, f, aliasARN(f, "alias/a"), key)).fails(t, "ValidationException", aliasPrefixText)
			got(updateAlias(t, f, "alias/a b", key)).fails(t, "ValidationException",
				oneFailure("Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"))
			got(updateAlias(t, f, "alias/", key)).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/")+" is not found.")
		})
	})

	// You don't have permission to associate an alias with an Amazon Web Services
	// managed key.
	t.Run("not with an AWS managed key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		newAlias(t, f, "alias/a", newKey(t, f))
		managed := awsManagedKey(t, f)
		unchanged(t, f, func() { got(updateAlias(t, f, "alias/a", managed)).notPermitted(t) })
	})

	// The alias/aws/ prefix is reserved for Amazon Web Services managed keys.
	t.Run("the aliases of AWS are not the caller's", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		unchanged(t, f, func() {
			got(updateAlias(t, f, "alias/aws/s3", key)).fails(t, "NotAuthorizedException", "UnknownError")
			got(updateAlias(t, f, "alias/aws/no-such", key)).fails(t, "NotAuthorizedException", "UnknownError")
		})
	})

	// Specify the key ID or key ARN of the KMS key.
	t.Run("the key is given by key id or key ARN, not by an alias", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		newAlias(t, f, "alias/b", second)
		got(updateAlias(t, f, "alias/a", keyARN(f, second))).ok(t)
		equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, second)
		got(updateAlias(t, f, "alias/a", first)).ok(t)
		equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, first)
		unchanged(t, f, func() {
			for _, target := range []string{"alias/b", aliasARN(f, "alias/b"), "alias/no-such"} {
				got(updateAlias(t, f, "alias/a", target)).fails(t, "ValidationException", "Aliases must refer to keys. Not aliases")
			}
			got(updateAlias(t, f, "alias/a", "")).fails(t, "ValidationException",
				oneFailure("Value '' at 'targetKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1"))
			_, err := f.UpdateAlias(t.Context(), &kms.UpdateAliasInput{})
			missingMember(t, err, "operation error KMS: UpdateAlias, 2 validation error(s) found.\n"+
				"- missing required field, UpdateAliasInput.AliasName.\n- missing required field, UpdateAliasInput.TargetKeyId.\n")
		})
	})
}
