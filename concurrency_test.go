package kmsfake_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

// expected are the exceptions that callers who get in each other's way may see.
var expected = []string{
	"AccessDeniedException", "AlreadyExistsException", "DisabledException", "IncorrectKeyException", "KMSInvalidStateException",
	"LimitExceededException", "NotFoundException",
}

// Many callers at once, who share their inputs, see nothing but what one after
// another could see.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	f := newFake()
	keys := make([]string, 6)
	blobs := make([][]byte, len(keys))
	for i := range keys {
		keys[i] = newKey(t, f)
		blobs[i] = got(encrypt(t, f, keys[i], fmt.Sprint("plaintext ", i))).ok(t).CiphertextBlob
	}
	shared := &kms.EncryptInput{KeyId: &keys[0], Plaintext: []byte("shared"), EncryptionContext: map[string]string{"a": "b"}}
	var callers sync.WaitGroup
	for n := range 8 {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 0))
			for range 150 {
				i := random.IntN(len(keys))
				key, name := keys[i], fmt.Sprintf("alias/%d", random.IntN(8))
				var err error
				switch random.IntN(18) {
				case 0, 1:
					_, err = createAlias(t, f, name, key)
				case 2:
					_, err = updateAlias(t, f, name, key)
				case 3:
					_, err = deleteAlias(t, f, name)
				case 4:
					_, err = f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key})
				case 5, 6:
					_, err = f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &key})
				case 7:
					var out *kms.DescribeKeyOutput
					if out, err = describeKey(t, f, name); err == nil && !slices.Contains(keys, *out.KeyMetadata.KeyId) {
						t.Errorf("%s is %s", name, *out.KeyMetadata.KeyId)
					}
				case 8:
					_, err = f.Encrypt(t.Context(), shared)
				case 9:
					_, err = encrypt(t, f, name, "x")
				case 10:
					var out *kms.DecryptOutput
					if out, err = f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blobs[i]}); err == nil && string(out.Plaintext) != fmt.Sprint("plaintext ", i) {
						t.Errorf("blob %d decrypts to %q", i, out.Plaintext)
					}
				case 11:
					_, err = f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags(fmt.Sprintf("tag-%d=%d", random.IntN(5), n))})
				case 12:
					_, err = f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &key, TagKeys: []string{fmt.Sprintf("tag-%d", random.IntN(5))}})
				case 13:
					_, err = f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &keys[5], PendingWindowInDays: aws.Int32(7)})
				case 14:
					_, err = f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &keys[5]})
				case 15:
					_, err = f.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: &key})
				case 16:
					_, err = f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: types.DataKeySpecAes256})
				case 17:
					f.Clone().Dump(io.Discard)
					f.Advance(time.Minute)
					f.InRegion(otherRegion).InAccount(otherAccount).Dump(io.Discard)
				}
				var exception smithy.APIError
				if err != nil && (!errors.As(err, &exception) || !slices.Contains(expected, exception.ErrorCode())) {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()

	// The aliases of the account are the aliases of its keys, each of one key.
	var ofKeys []types.AliasListEntry
	for _, key := range listKeys(t, f) {
		for _, entry := range aliasesOf(t, f, *key.KeyId) {
			equal(t, "TargetKeyId", *entry.TargetKeyId, *key.KeyId)
			ofKeys = append(ofKeys, entry)
		}
	}
	slices.SortFunc(ofKeys, func(a, b types.AliasListEntry) int {
		if *a.AliasName < *b.AliasName {
			return -1
		}
		return 1
	})
	equal(t, "aliases", ownAliases(t, f), slices.Concat([]types.AliasListEntry{}, ofKeys))
}

// One of many who make the same alias at once gets it.
func TestOneAliasForManyCallers(t *testing.T) {
	t.Parallel()
	f := newFake()
	keys := make([]string, 16)
	for i := range keys {
		keys[i] = newKey(t, f)
	}
	var callers sync.WaitGroup
	errs := make([]error, len(keys))
	for i := range keys {
		callers.Go(func() { _, errs[i] = createAlias(t, f, "alias/a", keys[i]) })
	}
	callers.Wait()
	winner := *describe(t, f, "alias/a").KeyId
	for i, err := range errs {
		if keys[i] == winner {
			if err != nil {
				t.Errorf("the alias is there, and its caller got %v", err)
			}
			continue
		}
		checkError(t, "CreateAlias", err, "AlreadyExistsException", "An alias with the name "+aliasARN(f, "alias/a")+" already exists")
	}
}
