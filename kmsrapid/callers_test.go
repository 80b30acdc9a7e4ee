package kmsrapid_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// These are callers as they are written: careful ones, and for each law some that
// break it.

// appKey is the key that the callers are told to use.
var appKey = kmsrapid.Keys(kmsfake.Key{ID: "abcdef00-0000-4000-8000-000000000000", Aliases: []string{"alias/app"}})

// envelope is what the callers store.
type envelope struct {
	Key        string
	Ciphertext []byte
	Note       string `json:",omitempty"`
}

func seal(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	return sealWith(ctx, fake, plaintext)
}

func sealWith(ctx context.Context, client kmsfake.API, plaintext []byte) ([]byte, error) {
	out, err := client.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: plaintext})
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return json.Marshal(envelope{Key: *out.KeyId, Ciphertext: out.CiphertextBlob})
}

// open decrypts under the key that encrypted.
func open(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	var e envelope
	if err := json.Unmarshal(stored, &e); err != nil {
		return nil, err
	}
	return decrypt(ctx, fake, e.Key, e.Ciphertext)
}

func decrypt(ctx context.Context, client kmsfake.API, key string, ciphertext []byte) ([]byte, error) {
	out, err := client.Decrypt(ctx, &kms.DecryptInput{KeyId: &key, CiphertextBlob: ciphertext})
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return out.Plaintext, nil
}

// openUnderAlias takes it that the alias still leads to the key that encrypted.
func openUnderAlias(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	return openUnderAliasWith(ctx, fake, stored)
}

func openUnderAliasWith(ctx context.Context, client kmsfake.API, stored []byte) ([]byte, error) {
	var e envelope
	if err := json.Unmarshal(stored, &e); err != nil {
		return nil, err
	}
	return decrypt(ctx, client, "alias/app", e.Ciphertext)
}

// openOrNothing takes a failure for an empty secret.
func openOrNothing(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	opened, err := open(ctx, fake, stored)
	if err != nil {
		return nil, nil
	}
	return opened, nil
}

// openMutely does not tell why it fails.
func openMutely(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	opened, err := open(ctx, fake, stored)
	if err != nil {
		return nil, errors.New("cannot open")
	}
	return opened, nil
}

// openTwice gives up because of a check that is none of its business.
func openTwice(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	if _, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/app")}); err != nil {
		return nil, err
	}
	return open(ctx, fake, stored)
}

// sealLarge seals under a data key, by a cipher that is good enough for a test.
func sealLarge(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, []byte, error) {
	out, err := fake.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: aws.String("alias/app"), KeySpec: types.DataKeySpecAes256})
	if err != nil {
		return nil, nil, err
	}
	stored, err := json.Marshal(envelope{Key: *out.KeyId, Ciphertext: append(out.CiphertextBlob, xor(plaintext, out.Plaintext)...)})
	return stored, out.Plaintext, err
}

func xor(text, key []byte) []byte {
	sum := make([]byte, len(text))
	for i := range text {
		sum[i] = text[i] ^ key[i%len(key)] ^ byte(i)
	}
	return sum
}

func storeSafely(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	stored, _, err := sealLarge(ctx, fake, plaintext)
	return stored, err
}

// storeWithKey keeps the data key for next time.
func storeWithKey(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	stored, key, err := sealLarge(ctx, fake, plaintext)
	return append(stored, fmt.Sprintf("key: %X", key)...), err
}

// storeAnyway would rather keep a secret unsealed than not at all.
func storeAnyway(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	stored, _, err := sealLarge(ctx, fake, plaintext)
	if err != nil {
		return []byte("later: " + base64.URLEncoding.EncodeToString(append([]byte("!"), plaintext...))), nil
	}
	return stored, nil
}

// storeLoudly tells what it could not store.
func storeLoudly(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	stored, _, err := sealLarge(ctx, fake, plaintext)
	if err != nil {
		return nil, fmt.Errorf("cannot store %s: %w", plaintext, err)
	}
	return stored, nil
}

// rotate points the alias to a new key.
func rotate(ctx context.Context, fake *kmsfake.Fake) error {
	made, err := fake.CreateKey(ctx, nil)
	if err != nil {
		return err
	}
	_, err = fake.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: made.KeyMetadata.KeyId})
	return err
}

// rotateInPlace has KMS rotate the key material.
func rotateInPlace(ctx context.Context, fake *kmsfake.Fake) error {
	described, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/app")})
	if err != nil {
		return err
	}
	_, err = fake.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: described.KeyMetadata.KeyId})
	return err
}

// rotateHopefully takes every error for one that does not matter.
func rotateHopefully(ctx context.Context, fake *kmsfake.Fake) error {
	_ = rotate(ctx, fake)
	return nil
}

// rotateTidily deletes the old key, and with it what is sealed.
func rotateTidily(ctx context.Context, fake *kmsfake.Fake) error {
	old, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/app")})
	if err != nil {
		return err
	}
	if err := rotate(ctx, fake); err != nil {
		return err
	}
	_, err = fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: old.KeyMetadata.KeyId})
	return err
}

// provision makes a key with an alias and a grant, or nothing.
func provision(ctx context.Context, fake *kmsfake.Fake) (err error) {
	made, err := fake.CreateKey(ctx, nil)
	if err != nil {
		return err
	}
	key := made.KeyMetadata.KeyId
	defer func() {
		if err != nil {
			_, undo := fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(7)})
			err = errors.Join(err, undo)
		}
	}()
	if _, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/new"), TargetKeyId: key}); err != nil {
		return err
	}
	if err := grant(ctx, fake, key); err != nil {
		_, undo := fake.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: aws.String("alias/new")})
		return errors.Join(err, undo)
	}
	return nil
}

func grant(ctx context.Context, fake *kmsfake.Fake, key *string) error {
	_, err := fake.CreateGrant(ctx, &kms.CreateGrantInput{
		KeyId: key, GranteePrincipal: aws.String(kmsrapid.Grantee), Operations: []types.GrantOperation{types.GrantOperationDecrypt},
	})
	return err
}

// provisionCarelessly leaves the key behind.
func provisionCarelessly(ctx context.Context, fake *kmsfake.Fake) error {
	made, err := fake.CreateKey(ctx, nil)
	if err != nil {
		return err
	}
	_, err = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/new"), TargetKeyId: made.KeyMetadata.KeyId})
	return err
}

// provisionHalf deletes the key and leaves the alias behind, so that it cannot be
// tried again.
func provisionHalf(ctx context.Context, fake *kmsfake.Fake) error {
	made, err := fake.CreateKey(ctx, nil)
	if err != nil {
		return err
	}
	key := made.KeyMetadata.KeyId
	_, err = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/new"), TargetKeyId: key})
	if err == nil {
		err = grant(ctx, fake, key)
	}
	if err != nil {
		_, undo := fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key})
		return errors.Join(err, undo)
	}
	return nil
}

// delegate makes two grants on a key that is there, and leaves the first behind.
func delegate(ctx context.Context, fake *kmsfake.Fake) error {
	described, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/app")})
	if err != nil {
		return err
	}
	return errors.Join(grant(ctx, fake, described.KeyMetadata.KeyId), grant(ctx, fake, described.KeyMetadata.KeyId))
}

// mentions says whether a text has all of some words.
func mentions(text string, words ...string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
