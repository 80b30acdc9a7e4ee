package kmsrapid_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// The key of the callers.
var appKey = kmsrapid.Keys(kmsfake.Key{ID: "abcdef00-0000-4000-8000-000000000000", Aliases: []string{"alias/app"}})

type api interface {
	kmsfake.API
}

// envelope is what the callers store.
type envelope struct {
	Key        string
	Ciphertext []byte
}

func seal(ctx context.Context, fake *kmsfake.Fake, plaintext []byte) ([]byte, error) {
	return sealBy(ctx, fake, plaintext)
}

func sealBy(ctx context.Context, client api, plaintext []byte) ([]byte, error) {
	out, err := client.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: plaintext})
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope{*out.KeyId, out.CiphertextBlob})
}

// open is careful: it decrypts under the key that encrypted.
func open(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	var e envelope
	if err := json.Unmarshal(stored, &e); err != nil {
		return nil, err
	}
	out, err := fake.Decrypt(ctx, &kms.DecryptInput{KeyId: &e.Key, CiphertextBlob: e.Ciphertext})
	if err != nil {
		return nil, err
	}
	return out.Plaintext, nil
}

// openByAlias is not.
func openByAlias(ctx context.Context, fake *kmsfake.Fake, stored []byte) ([]byte, error) {
	return openUnderAlias(ctx, fake, stored)
}

func openUnderAlias(ctx context.Context, client api, stored []byte) ([]byte, error) {
	var e envelope
	if err := json.Unmarshal(stored, &e); err != nil {
		return nil, err
	}
	out, err := client.Decrypt(ctx, &kms.DecryptInput{KeyId: aws.String("alias/app"), CiphertextBlob: e.Ciphertext})
	if err != nil {
		return nil, err
	}
	return out.Plaintext, nil
}

func TestACarefulCallerPasses(t *testing.T) {
	t.Parallel()
	kmsrapid.Check(t, kmsrapid.RoundTrips(seal, open), appKey)
}

func TestACallerThatDecryptsUnderAnAlias(t *testing.T) {
	t.Parallel()
	kmsrapid.Check(t, kmsrapid.RoundTrips(seal, openByAlias), appKey, kmsrapid.Quiet())
	begun := time.Now()
	log, failed := check(t, kmsrapid.RoundTrips(seal, openByAlias), appKey)
	t.Log(time.Since(begun), log)
	if !failed {
		t.Error("is not found")
	}
}

var _ = rapid.Check
