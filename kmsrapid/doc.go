// Package kmsrapid tests code that calls AWS KMS by its properties, in a world in
// which it is not alone: between any two of its calls somebody disables a key,
// points an alias to another, revokes a grant, or KMS itself throttles.
//
//	func TestVault(t *testing.T) {
//		kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
//			v := vault.New(fake)
//			secret := kmsrapid.Plaintext().Draw(t, "secret")
//			stored, err := v.Seal(t.Context(), secret)
//			if err != nil {
//				return // refused, as it may be
//			}
//			opened, err := v.Open(t.Context(), stored)
//			if err == nil && !bytes.Equal(opened, secret) {
//				t.Fatalf("opened %q", opened)
//			}
//			var wrongKey *types.IncorrectKeyException
//			if errors.As(err, &wrongKey) {
//				t.Fatal("looks for the secret under the wrong key")
//			}
//		})
//	}
//
// [Check] runs the property a hundred times, as [rapid.Check] does, each time on a
// fresh fake: with keys of the [World] to begin with, and with another future. What
// the code under test makes itself is touched as well. [Quiet] has nobody
// interfere, [Only] and [Without] choose among the [Acts], [Keys] adds the keys that
// the code is told to use.
//
// A failure is shrunk to the smallest world and the fewest acts, and its log ends
// with the calls as a plain test to paste, which needs neither this package nor
// the code under test:
//
//	encrypt, err := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("\x00")})
//	if err != nil {
//		t.Fatal(err)
//	}
//
//	if _, err := administrator.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: createKey.KeyMetadata.KeyId}); err != nil {
//		t.Fatal(err)
//	}
//
//	// IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.
//	if _, err := fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: encrypt.CiphertextBlob, KeyId: aws.String("alias/app")}); err == nil || !strings.Contains(err.Error(), "IncorrectKeyException") {
//		t.Errorf("Decrypt: %v", err)
//	}
//
// [RoundTrips], [NeverLeaks], [Rotates] and [CleansUp] are laws that most callers
// are to obey: ready properties that know what a refusal may be due to.
//
// The code under test may call the handle, its Client, or an HTTP server of it.
// The SDK's client retries and waits in between; set a retryer without backoff, or
// leave out [Throttle] and [Fail].
package kmsrapid
