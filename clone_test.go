package kmsfake_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// lived is a fake in which much has happened.
func lived(t *testing.T) (f *kmsfake.Fake, keys []string, blob []byte) {
	t.Helper()
	f = newFake()
	for range 4 {
		keys = append(keys, newKeyLike(t, f, &kms.CreateKeyInput{Description: aws.String("mine"), Tags: tags("a=1", "b=2")}))
	}
	newAlias(t, f, "alias/a", keys[0])
	newAlias(t, f, "alias/b", keys[0])
	newAlias(t, f, "alias/doomed", keys[1])
	blob = got(encrypt(t, f, keys[0], "hello")).ok(t).CiphertextBlob
	scheduleDeletion(t, f, keys[1], 7)
	disable(t, f, keys[2])
	putPolicy(t, f, keys[3], delegating(account, 5))
	newAlias(t, f.InAccount(otherAccount), "alias/a", newKey(t, f.InAccount(otherAccount)))
	newAlias(t, f.InRegion(otherRegion), "alias/a", newKey(t, f.InRegion(otherRegion)))
	f.Advance(day)
	return f, keys, blob
}

func TestCloneIsTheSame(t *testing.T) {
	t.Parallel()
	f, keys, blob := lived(t)
	twin := f.Clone()
	equal(t, "Dump", dump(twin), dump(f))
	equal(t, "Now", twin.Now(), f.Now())
	equal(t, "Region", twin.Region(), f.Region())
	equal(t, "Account", twin.Account(), f.Account())
	equal(t, "Principal", twin.Principal(), f.Principal())
	for _, h := range []struct{ a, b *kmsfake.Fake }{
		{f, twin}, {f.InAccount(otherAccount), twin.InAccount(otherAccount)}, {f.InRegion(otherRegion), twin.InRegion(otherRegion)},
	} {
		equal(t, "aliases", listAliases(t, h.b, nil), listAliases(t, h.a, nil))
		equal(t, "keys", listKeys(t, h.b), listKeys(t, h.a))
	}
	for _, key := range keys {
		equal(t, "metadata", describe(t, twin, key), describe(t, f, key))
		equal(t, "tags", tagsOf(t, twin, key), tagsOf(t, f, key))
		equal(t, "policy", policyOf(t, twin, key), policyOf(t, f, key))
		equal(t, "aliases of the key", aliasesOf(t, twin, key), aliasesOf(t, f, key))
	}
	equal(t, "plaintext", string(got(twin.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})).ok(t).Plaintext), "hello")
	// A list that began before goes on after.
	marker := got(f.ListAliases(t.Context(), &kms.ListAliasesInput{Limit: aws.Int32(1)})).ok(t).NextMarker
	got(twin.ListAliases(t.Context(), &kms.ListAliasesInput{Marker: marker})).ok(t)

	// The same calls give the same answers: ids, key material, random bytes.
	next := func(f *kmsfake.Fake) []any {
		key := got(f.CreateKey(t.Context(), nil)).ok(t).KeyMetadata
		return []any{
			key, got(encrypt(t, f, *key.KeyId, "x")).ok(t).CiphertextBlob,
			got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)})).ok(t).Plaintext,
			got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: key.KeyId, KeySpec: types.DataKeySpecAes256})).ok(t),
		}
	}
	equal(t, "what comes next", next(twin), next(f))
}

func TestCloneIsIndependent(t *testing.T) {
	t.Parallel()
	for _, which := range []string{"the clone", "the original"} {
		t.Run("changes to "+which, func(t *testing.T) {
			t.Parallel()
			changed, keys, blob := lived(t)
			kept := changed.Clone()
			if which == "the clone" {
				changed, kept = kept, changed
			}
			want := seen(t, kept, keys[0], blob)
			got(updateAlias(t, changed, "alias/a", keys[3])).ok(t)
			got(deleteAlias(t, changed, "alias/b")).ok(t)
			newAlias(t, changed, "alias/c", keys[0])
			newKey(t, changed)
			got(changed.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &keys[0], Tags: tags("a=changed", "c=3")})).ok(t)
			got(changed.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &keys[0], TagKeys: []string{"b"}})).ok(t)
			got(changed.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: &keys[0], Description: aws.String("changed")})).ok(t)
			putPolicy(t, changed, keys[0], delegating(account, 9))
			disable(t, changed, keys[3])
			got(changed.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &keys[1]})).ok(t)
			scheduleDeletion(t, changed, keys[0], 7)
			changed.Advance(30 * day)
			equal(t, "the other", seen(t, kept, keys[0], blob), want)
			// The key that was to go goes in the one where nobody saved it.
			kept.Advance(6 * day)
			got(describeKey(t, kept, "alias/doomed")).fails(t, "NotFoundException", "Alias "+aliasARN(kept, "alias/doomed")+" is not found.")
			equal(t, "state of the saved key", describe(t, changed, keys[1]).KeyState, types.KeyStateDisabled)
			equal(t, "a key that was not touched", describe(t, kept, keys[3]).KeyState, types.KeyStateEnabled)
		})
	}
}

// A refused call changes nothing that can ever be noticed: not even what comes
// next is another than it would have been.
func TestRefusedCallsChangeNothing(t *testing.T) {
	t.Parallel()
	f, keys, blob := lived(t)
	twin := f.Clone()
	unchanged(t, f, func() {
		for i := range keyOperations {
			op := &keyOperations[i]
			scratch := newFake()
			in := op.input(t, scratch, op.newKey(t, scratch))
			for _, name := range []string{unknownKey, "no-key", "alias/none", keyARN(f.InRegion(otherRegion), keys[0]), keyARN(f.InAccount(otherAccount), keys[0])} {
				if _, err := invoke(t, f, op.name, op.naming(in, name)); err == nil {
					t.Errorf("%s of %s succeeded", op.name, name)
				}
			}
		}
		got(f.CreateKey(t.Context(), &kms.CreateKeyInput{KeyUsage: types.KeyUsageTypeSignVerify})).failsWith(t, "ValidationException")
		got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Tags: tags("a=1", "a=2")})).failsWith(t, "TagException")
		got(createAlias(t, f, "alias/a", keys[3])).failsWith(t, "AlreadyExistsException")
		got(createAlias(t, f, "alias/new", keys[1])).failsWith(t, "KMSInvalidStateException")
		got(updateAlias(t, f, "alias/a", keys[1])).failsWith(t, "KMSInvalidStateException")
		got(updateAlias(t, f, "alias/none", keys[0])).failsWith(t, "NotFoundException")
		got(deleteAlias(t, f, "alias/none")).failsWith(t, "NotFoundException")
		got(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &keys[1]})).failsWith(t, "KMSInvalidStateException")
		got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &keys[1]})).failsWith(t, "KMSInvalidStateException")
		got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &keys[1]})).failsWith(t, "KMSInvalidStateException")
		got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &keys[0]})).failsWith(t, "KMSInvalidStateException")
		got(f.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: &keys[1], Description: aws.String("x")})).failsWith(t, "KMSInvalidStateException")
		got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &keys[0], Tags: tags("x=1", "aws:y=2")})).failsWith(t, "TagException")
		got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &keys[1], TagKeys: []string{"a"}})).failsWith(t, "KMSInvalidStateException")
		got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &keys[0], Policy: aws.String(delegating(account, 0)), PolicyName: aws.String("other")})).failsWith(t, "NotFoundException")
		got(encrypt(t, f, keys[2], "x")).failsWith(t, "DisabledException")
		got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &keys[0]})).failsWith(t, "ValidationException")
		got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &keys[0], KeySpec: types.DataKeySpecAes128, DryRun: aws.Bool(true)})).failsWith(t, "DryRunOperationException")
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob[1:]})).failsWith(t, "InvalidCiphertextException")
		got(f.GenerateRandom(t.Context(), nil)).failsWith(t, "ValidationException")
	})
	for range 3 {
		equal(t, "the next key", got(f.CreateKey(t.Context(), nil)).ok(t), got(twin.CreateKey(t.Context(), nil)).ok(t))
		n := &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(64)}
		equal(t, "the next random bytes", got(f.GenerateRandom(t.Context(), n)).ok(t), got(twin.GenerateRandom(t.Context(), n)).ok(t))
	}
}
