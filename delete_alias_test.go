package kmsfake_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// Each test of this file is a sentence of the documentation of DeleteAlias,
// quoted.
func TestDeleteAlias(t *testing.T) {
	t.Parallel()

	// Deletes the specified alias.
	t.Run("deletes the specified alias and no other", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		newAlias(t, f, "alias/a2", key)
		equal(t, "answer", got(deleteAlias(t, f, "alias/a")).ok(t), &kms.DeleteAliasOutput{})
		equal(t, "aliases", aliasNames(ownAliases(t, f)), []string{"alias/a2"})
		equal(t, "aliases of the key", aliasNames(aliasesOf(t, f, key)), []string{"alias/a2"})
		unchanged(t, f, func() {
			got(deleteAlias(t, f, "alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/a")+" is not found.")
		})
	})

	// Because an alias is not a property of a KMS key, you can delete and change
	// the aliases of a KMS key without affecting the KMS key.
	t.Run("the key is not affected", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		before := describe(t, f, key)
		newAlias(t, f, "alias/a", key)
		blob := got(encrypt(t, f, "alias/a", "x")).ok(t).CiphertextBlob
		got(deleteAlias(t, f, "alias/a")).ok(t)
		equal(t, "metadata", describe(t, f, key), before)
		equal(t, "plaintext", string(got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})).ok(t).Plaintext), "x")
	})

	// Also, aliases do not appear in the response from the DescribeKey operation.
	// To get the aliases of all KMS keys, use the ListAliases operation.
	t.Run("DescribeKey is the same with and without aliases", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		with := got(describeKey(t, f, key)).ok(t)
		equal(t, "aliases", aliasNames(ownAliases(t, f)), []string{"alias/a"})
		got(deleteAlias(t, f, "alias/a")).ok(t)
		equal(t, "DescribeKey", got(describeKey(t, f, key)).ok(t), with)
		equal(t, "aliases", ownAliases(t, f), []types.AliasListEntry{})
	})

	// Each KMS key can have multiple aliases. To change the alias of a KMS key, use
	// DeleteAlias to delete the current alias and CreateAlias to create a new alias.
	t.Run("delete and create to change the alias of a key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/current", key)
		newAlias(t, f, "alias/stays", key)
		got(deleteAlias(t, f, "alias/current")).ok(t)
		newAlias(t, f, "alias/new", key)
		equal(t, "aliases of the key", aliasNames(aliasesOf(t, f, key)), []string{"alias/new", "alias/stays"})
		newAlias(t, f, "alias/current", newKey(t, f)) // the name is free for another key
	})

	// To associate an existing alias with a different KMS key, call UpdateAlias.
	t.Run("a re-pointed alias is deleted from where it is", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		first, second := newKey(t, f), newKey(t, f)
		newAlias(t, f, "alias/a", first)
		got(updateAlias(t, f, "alias/a", second)).ok(t)
		got(deleteAlias(t, f, "alias/a")).ok(t)
		for _, key := range []string{first, second} {
			equal(t, "aliases", aliasesOf(t, f, key), []types.AliasListEntry{})
		}
	})

	// Cross-account use: No. You cannot perform this operation on an alias in a
	// different Amazon Web Services account.
	t.Run("not in another account or Region", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		allowAll(t, f, key)
		newAlias(t, f, "alias/a", key)
		unchanged(t, f, func() {
			for _, h := range []*kmsfake.Fake{f.InAccount(otherAccount), f.InRegion(otherRegion)} {
				got(deleteAlias(t, h, "alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(h, "alias/a")+" is not found.")
			}
			got(deleteAlias(t, f.InAccount(otherAccount), aliasARN(f, "alias/a"))).fails(t, "ValidationException", aliasPrefixText)
		})
	})

	// Required permissions: kms:DeleteAlias on the KMS key (key policy).
	t.Run("the key policy must allow it", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		deny(t, f, key, "kms:DeleteAlias")
		unchanged(t, f, func() { got(deleteAlias(t, f, "alias/a")).failsWith(t, "AccessDeniedException") })
		allowAll(t, f, key)
		got(deleteAlias(t, f, "alias/a")).ok(t)
	})

	// The alias to be deleted. The alias name must begin with alias/ followed by
	// the alias name, such as alias/ExampleAlias.
	t.Run("the name begins with alias and a slash", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		newAlias(t, f, "alias/a", newKey(t, f))
		unchanged(t, f, func() {
			for _, name := range []string{"a", "alias", aliasARN(f, "alias/a")} {
				got(deleteAlias(t, f, name)).fails(t, "ValidationException", aliasPrefixText)
			}
			got(deleteAlias(t, f, "alias/ä")).fails(t, "ValidationException",
				oneFailure("Value 'alias/ä' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"))
			got(deleteAlias(t, f, "alias/A")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/A")+" is not found.")
			_, err := f.DeleteAlias(t.Context(), &kms.DeleteAliasInput{})
			missingMember(t, err, "operation error KMS: DeleteAlias, 1 validation error(s) found.\n- missing required field, DeleteAliasInput.AliasName.\n")
		})
	})

	// The alias/aws/ prefix is reserved for Amazon Web Services managed keys.
	t.Run("the aliases of AWS stay", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		got(deleteAlias(t, f, "alias/aws/s3")).fails(t, "NotAuthorizedException", "UnknownError")
		equal(t, "aliases", len(listAliases(t, f, &kms.ListAliasesInput{})), len(predefinedAliases))
	})

	// Key states: DeleteAlias succeeds in every key state.
	t.Run("whatever the state of the key", func(t *testing.T) {
		t.Parallel()
		f := newFake()
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		newAlias(t, f, "alias/b", key)
		disable(t, f, key)
		got(deleteAlias(t, f, "alias/a")).ok(t)
		scheduleDeletion(t, f, key, 7)
		got(deleteAlias(t, f, "alias/b")).ok(t)
		imported := newKeyLike(t, f, &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
		newAlias(t, f, "alias/c", imported)
		got(deleteAlias(t, f, "alias/c")).ok(t)
	})
}
