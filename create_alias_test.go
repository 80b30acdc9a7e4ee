package kmsfake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

const aliasPrefixText = `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`

// Each test of this file is a sentence of the documentation of CreateAlias,
// quoted.
func TestCreateAlias(t *testing.T) {
	t.Parallel()

	// Creates a friendly name for a KMS key.
	t.Run("creates a friendly name for a KMS key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/ExampleAlias", key)
		equal(t, "the key behind the alias", describe(t, f, "alias/ExampleAlias"), describe(t, f, key))
	})

	// Adding, deleting, or updating an alias can allow or deny permission to the
	// KMS key.
	t.Run("adding, deleting or updating an alias can allow or deny permission", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		denied, other := newKey(t, f), newKey(t, f)
		denyByAlias(t, f, denied, "alias/denied")
		got(encrypt(t, f, denied, "x")).ok(t)
		newAlias(t, f, "alias/denied", denied)
		got(encrypt(t, f, denied, "x")).failsWith(t, "AccessDeniedException")
		got(updateAlias(t, f, "alias/denied", other)).ok(t)
		got(encrypt(t, f, denied, "x")).ok(t)
		got(updateAlias(t, f, "alias/denied", denied)).ok(t)
		got(encrypt(t, f, denied, "x")).failsWith(t, "AccessDeniedException")
		got(deleteAlias(t, f, "alias/denied")).ok(t)
		got(encrypt(t, f, denied, "x")).ok(t)
	})

	// You can use an alias to identify a KMS key in the KMS console, in the
	// DescribeKey operation and in cryptographic operations, such as Encrypt and
	// GenerateDataKey.
	t.Run("an alias identifies the key in DescribeKey and cryptographic operations", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/ExampleAlias", key)
		for _, name := range []string{"alias/ExampleAlias", aliasARN(f, "alias/ExampleAlias")} {
			equal(t, "DescribeKey", *describe(t, f, name).Arn, keyARN(f, key))
			equal(t, "Encrypt", *got(encrypt(t, f, name, "x")).ok(t).KeyId, keyARN(f, key))
			dataKey := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &name, KeySpec: types.DataKeySpecAes256})).ok(t)
			equal(t, "GenerateDataKey", *dataKey.KeyId, keyARN(f, key))
		}
	})

	// You can also change the KMS key that's associated with the alias
	// (UpdateAlias) or delete the alias (DeleteAlias) at any time.
	t.Run("the alias can be re-pointed and deleted at any time", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		got(updateAlias(t, f, "alias/a", second)).ok(t)
		equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, second)
		got(deleteAlias(t, f, "alias/a")).ok(t)
		got(describeKey(t, f, "alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/a")+" is not found.")
	})

	// These operations don't affect the underlying KMS key.
	t.Run("the underlying keys are not affected", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		keys := []string{newKey(t, f), newKey(t, f)}
		before := []*types.KeyMetadata{describe(t, f, keys[0]), describe(t, f, keys[1])}
		newAlias(t, f, "alias/a", keys[0])
		got(updateAlias(t, f, "alias/a", keys[1])).ok(t)
		got(deleteAlias(t, f, "alias/a")).ok(t)
		for i, key := range keys {
			equal(t, "metadata", describe(t, f, key), before[i])
		}
	})

	// You can associate the alias with any customer managed key in the same
	// Amazon Web Services Region.
	t.Run("any customer managed key can have an alias", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		for i, in := range []kms.CreateKeyInput{
			{},
			{MultiRegion: aws.Bool(true)},
			{Origin: types.OriginTypeExternal},
			{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt},
			{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify},
			{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify},
			{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeKeyAgreement},
			{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac},
		} {
			key, name := newKeyLike(t, f, &in), fmt.Sprintf("alias/any-%d", i)
			newAlias(t, f, name, key)
			equal(t, "the key behind the alias", *describe(t, f, name).KeyId, key)
		}
	})

	// Each alias is associated with only one KMS key at a time, but a KMS key can
	// have multiple aliases.
	t.Run("an alias has one key, a key has many aliases", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key, other := newKey(t, f), newKey(t, f)
		names := []string{"alias/a", "alias/b", "alias/c"}
		for _, name := range names {
			newAlias(t, f, name, key)
		}
		equal(t, "aliases of the key", aliasNames(aliasesOf(t, f, key)), names)
		exists := "An alias with the name " + aliasARN(f, "alias/a") + " already exists"
		for _, target := range []string{key, other} {
			unchanged(t, f, func() {
				got(createAlias(t, f, "alias/a", target)).fails(t, "AlreadyExistsException", exists)
			})
		}
	})

	// A valid KMS key is required. You can't create an alias without a KMS key.
	t.Run("there is no alias without a key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		unchanged(t, f, func() {
			got(createAlias(t, f, "alias/a", unknownKey)).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
			got(createAlias(t, f, "alias/a", keyARN(f, unknownKey))).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
			got(createAlias(t, f, "alias/a", "my-key")).fails(t, "NotFoundException", "Invalid keyId 'my-key'")
		})
		equal(t, "aliases", ownAliases(t, f), []types.AliasListEntry{})
	})

	// The alias must be unique in the account and Region, but you can have aliases
	// with the same name in different Regions.
	t.Run("unique in the account and Region, free in others", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		keys := map[string]bool{}
		handles := []*kmsfake.Fake{f, f.InRegion(otherRegion), f.InAccount(otherAccount), f.InAccount(otherAccount).InRegion(otherRegion)}
		for _, h := range handles {
			newAlias(t, h, "alias/shared", newKey(t, h))
		}
		for _, h := range handles {
			list := ownAliases(t, h)
			if len(list) != 1 {
				t.Fatalf("%s in %s has the aliases %v, want one", h.Account(), h.Region(), aliasNames(list))
			}
			equal(t, "ARN", *list[0].AliasArn, aliasARN(h, "alias/shared"))
			keys[*describe(t, h, "alias/shared").Arn] = true
			got(createAlias(t, h, "alias/shared", newKey(t, h))).fails(t, "AlreadyExistsException",
				"An alias with the name "+aliasARN(h, "alias/shared")+" already exists")
		}
		equal(t, "keys behind the name", len(keys), len(handles))
	})

	// This operation does not return a response. To get the alias that you
	// created, use the ListAliases operation.
	t.Run("the answer is empty and ListAliases has the alias", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		out := got(createAlias(t, f, "alias/a", key)).ok(t)
		equal(t, "answer", out, &kms.CreateAliasOutput{})
		equal(t, "aliases", ownAliases(t, f), []types.AliasListEntry{{
			AliasName: aws.String("alias/a"), AliasArn: aws.String("arn:aws:kms:us-east-1:111122223333:alias/a"), TargetKeyId: &key,
			CreationDate: &startMS, LastUpdatedDate: &startMS,
		}})
	})

	// The KMS key that you use for this operation must be in a compatible key
	// state.
	t.Run("not for a key that is pending deletion", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		disable(t, f, key)
		newAlias(t, f, "alias/of-disabled", key)
		scheduleDeletion(t, f, key, 7)
		unchanged(t, f, func() {
			got(createAlias(t, f, "alias/a", key)).fails(t, "KMSInvalidStateException", keyARN(f, key)+" is pending deletion.")
		})
		newAlias(t, f, "alias/a", newKeyLike(t, f, &kms.CreateKeyInput{Origin: types.OriginTypeExternal}))
	})

	// Cross-account use: No. You cannot perform this operation on an alias in a
	// different Amazon Web Services account.
	t.Run("not for a key of another account, though its policy allows all", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		allowAll(t, f, key)
		other := f.InAccount(otherAccount)
		unchanged(t, f, func() {
			got(createAlias(t, other, "alias/a", keyARN(f, key))).failsWith(t, "AccessDeniedException")
			got(createAlias(t, other, "alias/a", key)).fails(t, "NotFoundException", "Key '"+keyARN(other, key)+"' does not exist")
		})
		equal(t, "aliases of the other account", ownAliases(t, other), []types.AliasListEntry{})
	})

	// Required permissions: kms:CreateAlias on the KMS key (key policy).
	t.Run("the key policy must allow it", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		deny(t, f, key, "kms:CreateAlias")
		unchanged(t, f, func() { got(createAlias(t, f, "alias/a", key)).failsWith(t, "AccessDeniedException") })
		deny(t, f, key, "kms:UpdateAlias") // and no other action of it
		newAlias(t, f, "alias/a", key)
	})

	// This value must begin with alias/ followed by a name, such as
	// alias/ExampleAlias.
	t.Run("the name begins with alias and a slash", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		unchanged(t, f, func() {
			for _, name := range []string{"ExampleAlias", "Alias/a", "ALIAS/a", "/alias/a", "alias", "alias_a", "aws/s3", "arn-alias/a"} {
				got(createAlias(t, f, name, key)).fails(t, "ValidationException", aliasPrefixText)
			}
			got(createAlias(t, f, aliasARN(f, "alias/a"), key)).fails(t, "ValidationException", aliasPrefixText)
			got(createAlias(t, f, "alias/", key)).failsWith(t, "InvalidAliasNameException")
		})
	})

	// The AliasName value must be string of 1-256 characters.
	t.Run("the name has 1 to 256 characters", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		longest := "alias/" + strings.Repeat("a", 250)
		newAlias(t, f, longest, key)
		newAlias(t, f, "alias/a", key)
		unchanged(t, f, func() {
			got(createAlias(t, f, longest+"a", key)).fails(t, "ValidationException",
				oneFailure("Value '"+longest+"a' at 'aliasName' failed to satisfy constraint: Member must have length less than or equal to 256"))
			got(createAlias(t, f, "", key)).failsWith(t, "ValidationException")
		})
	})

	// It can contain only alphanumeric characters, forward slashes (/),
	// underscores (_), and dashes (-).
	t.Run("the name has alphanumeric characters, slashes, underscores and dashes", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		// Every ASCII character and some beyond, one at a time.
		for c := rune(0x20); c < 0x100; c++ {
			name := "alias/x" + string(c) + "y"
			switch {
			case c < 0x7f && (c == '/' || c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'):
				newAlias(t, f, name, key)
				got(deleteAlias(t, f, name)).ok(t)
			case c == ':':
				got(createAlias(t, f, name, key)).fails(t, "InvalidAliasNameException", name+" contains invalid characters for an alias")
			default:
				got(createAlias(t, f, name, key)).fails(t, "ValidationException",
					oneFailure("Value '"+name+"' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"))
			}
		}
		equal(t, "aliases left", aliasesOf(t, f, key), []types.AliasListEntry{})
		for _, name := range []string{"alias/alias/aws/lambda", "alias//", "alias/-", "alias/aws", "alias/AWS/s3", "alias/awss/s3", "alias/a/b/c", "alias/0"} {
			newAlias(t, f, name, key)
			equal(t, "the key behind "+name, *describe(t, f, name).KeyId, key)
		}
	})

	// The alias name cannot begin with alias/aws/. The alias/aws/ prefix is
	// reserved for Amazon Web Services managed keys.
	t.Run("alias/aws/ is reserved", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		unchanged(t, f, func() {
			for _, name := range []string{"alias/aws/s3", "alias/aws/mine", "alias/aws/"} {
				got(createAlias(t, f, name, key)).fails(t, "NotAuthorizedException", "UnknownError")
			}
		})
		bare := newFake(kmsfake.WithoutAWSAliases())
		got(createAlias(t, bare, "alias/aws/s3", newKey(t, bare))).fails(t, "NotAuthorizedException", "UnknownError")
	})

	// Associates the alias with the specified customer managed key.
	t.Run("not with an AWS managed key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		managed := awsManagedKey(t, f)
		unchanged(t, f, func() {
			got(createAlias(t, f, "alias/a", managed)).notPermitted(t)
			got(createAlias(t, f, "alias/a", keyARN(f, managed))).notPermitted(t)
		})
	})

	// The KMS key must be in the same Amazon Web Services Region.
	t.Run("the key is in the same Region", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		elsewhere := f.InRegion(otherRegion)
		key := newKey(t, elsewhere)
		unchanged(t, f, func() {
			got(createAlias(t, f, "alias/a", keyARN(elsewhere, key))).fails(t, "NotFoundException", "Invalid arn "+otherRegion)
			got(createAlias(t, f, "alias/a", key)).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
		})
	})

	// A valid key ID is required. If you supply a null or empty string value, this
	// operation returns an error.
	t.Run("a null or empty key id is an error", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		_, err := f.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/a")})
		missingMember(t, err, "operation error KMS: CreateAlias, 1 validation error(s) found.\n- missing required field, CreateAliasInput.TargetKeyId.\n")
		_, err = f.CreateAlias(t.Context(), &kms.CreateAliasInput{TargetKeyId: aws.String(unknownKey)})
		missingMember(t, err, "operation error KMS: CreateAlias, 1 validation error(s) found.\n- missing required field, CreateAliasInput.AliasName.\n")
		got(createAlias(t, f, "alias/a", "")).fails(t, "ValidationException",
			oneFailure("Value '' at 'targetKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1"))
	})

	// Specify the key ID or key ARN of the KMS key.
	t.Run("the key is given by key id or key ARN, not by an alias", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/by-id", key)
		newAlias(t, f, "alias/by-arn", keyARN(f, key))
		equal(t, "aliases", aliasNames(aliasesOf(t, f, key)), []string{"alias/by-arn", "alias/by-id"})
		unchanged(t, f, func() {
			for _, target := range []string{"alias/by-id", aliasARN(f, "alias/by-id"), "alias/no-such"} {
				got(createAlias(t, f, "alias/a", target)).fails(t, "ValidationException", "Aliases must refer to keys. Not aliases")
			}
			malformed := "arn:aws:kms:us-east-1:111122223333:" + key
			got(createAlias(t, f, "alias/a", malformed)).failsWith(t, "InvalidArnException")
		})
	})
}

// The quota of aliases is 50 for each KMS key.
func TestAliasesPerKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	full, other := newKey(t, f), newKey(t, f)
	for i := range 50 {
		newAlias(t, f, fmt.Sprintf("alias/full-%02d", i), full)
	}
	newAlias(t, f, "alias/other", other)
	const text = "Aliases per key quota for this account in this region is 50, current usage is 50."
	unchanged(t, f, func() {
		got(createAlias(t, f, "alias/one-more", full)).fails(t, "LimitExceededException", text)
		got(updateAlias(t, f, "alias/other", full)).fails(t, "LimitExceededException", text)
	})
	got(updateAlias(t, f, "alias/full-00", full)).ok(t) // where it was
	got(deleteAlias(t, f, "alias/full-49")).ok(t)
	got(updateAlias(t, f, "alias/other", full)).ok(t)
	got(createAlias(t, f, "alias/one-more", full)).fails(t, "LimitExceededException", text)
	got(updateAlias(t, f, "alias/full-00", other)).ok(t)
	newAlias(t, f, "alias/one-more", full)
	equal(t, "aliases of the full key", len(aliasesOf(t, f, full)), 50)
	equal(t, "aliases of the other key", aliasNames(aliasesOf(t, f, other)), []string{"alias/full-00"})
}

// Aliases go with their key, when it is deleted and not before.
func TestAliasesGoWithTheirKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	gone, kept := newKey(t, f), newKey(t, f)
	for _, name := range []string{"alias/a", "alias/b", "alias/saved"} {
		newAlias(t, f, name, gone)
	}
	newAlias(t, f, "alias/kept", kept)
	scheduleDeletion(t, f, gone, 7)
	f.Advance(describe(t, f, gone).DeletionDate.Sub(f.Now()) - 1)
	equal(t, "aliases while pending deletion", aliasNames(aliasesOf(t, f, gone)), []string{"alias/a", "alias/b", "alias/saved"})
	equal(t, "state", describe(t, f, "alias/a").KeyState, types.KeyStatePendingDeletion)
	got(updateAlias(t, f, "alias/saved", kept)).ok(t)
	f.Advance(1)
	equal(t, "aliases of the account", aliasNames(ownAliases(t, f)), []string{"alias/kept", "alias/saved"})
	for _, name := range []string{"alias/a", aliasARN(f, "alias/a")} {
		got(describeKey(t, f, name)).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/a")+" is not found.")
	}
	noSuchKey := "Key '" + keyARN(f, gone) + "' does not exist"
	got(f.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &gone})).fails(t, "NotFoundException", noSuchKey)
	newAlias(t, f, "alias/a", kept) // the name is free again
	equal(t, "the key behind the alias", *describe(t, f, "alias/a").KeyId, kept)
}

// A ciphertext names its key, not the alias that the key was called by.
func TestCiphertextsOutliveAliases(t *testing.T) {
	t.Parallel()
	f := newFake()
	first, second := newKey(t, f), newKey(t, f)
	newAlias(t, f, "alias/a", first)
	blob := got(encrypt(t, f, "alias/a", "hello")).ok(t).CiphertextBlob
	decrypt := func(keyID *string) result[kms.DecryptOutput] {
		return got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: keyID}))
	}
	equal(t, "plaintext by alias", string(decrypt(aws.String("alias/a")).ok(t).Plaintext), "hello")

	got(updateAlias(t, f, "alias/a", second)).ok(t)
	out := decrypt(nil).ok(t)
	equal(t, "plaintext", string(out.Plaintext), "hello")
	equal(t, "key", *out.KeyId, keyARN(f, first))
	decrypt(aws.String("alias/a")).fails(t, "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")

	got(deleteAlias(t, f, "alias/a")).ok(t)
	equal(t, "plaintext", string(decrypt(nil).ok(t).Plaintext), "hello")
	decrypt(aws.String("alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/a")+" is not found.")
	if slices.Contains(aliasNames(ownAliases(t, f)), "alias/a") {
		t.Error("the deleted alias is listed")
	}
}
