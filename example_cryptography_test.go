package kmsfake_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// A key pair signs in KMS, and whoever has its public key verifies.
func ExampleFake_Sign() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify}))

	message := []byte("a release")
	signed := must(fake.Sign(ctx, &kms.SignInput{
		KeyId: key.KeyMetadata.KeyId, Message: message, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
	}))

	public := must(fake.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key.KeyMetadata.KeyId}))
	verifier := must(x509.ParsePKIXPublicKey(public.PublicKey)).(*ecdsa.PublicKey)
	digest := sha256.Sum256(message)
	fmt.Println(ecdsa.VerifyASN1(verifier, digest[:], signed.Signature))

	_, err := fake.Verify(ctx, &kms.VerifyInput{
		KeyId: key.KeyMetadata.KeyId, Message: []byte("another"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Signature: signed.Signature,
	})
	var invalid *types.KMSInvalidSignatureException
	fmt.Println(errors.As(err, &invalid))
	// Output:
	// true
	// true
}

func ExampleFake_GenerateMac() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac}))

	out := must(fake.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId: key.KeyMetadata.KeyId, Message: []byte("session 17"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256,
	}))
	checked := must(fake.VerifyMac(ctx, &kms.VerifyMacInput{
		KeyId: key.KeyMetadata.KeyId, Message: []byte("session 17"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Mac: out.Mac,
	}))
	fmt.Println(len(out.Mac), checked.MacValid)
	// Output: 32 true
}

// Whoever has the public key of an RSA key encrypts, without KMS; KMS decrypts.
func ExampleFake_Decrypt_offline() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}))

	public := must(fake.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key.KeyMetadata.KeyId}))
	encrypter := must(x509.ParsePKIXPublicKey(public.PublicKey)).(*rsa.PublicKey)
	sealed := must(rsa.EncryptOAEP(sha256.New(), rand.Reader, encrypter, []byte("from outside"), nil))

	opened := must(fake.Decrypt(ctx, &kms.DecryptInput{
		KeyId: key.KeyMetadata.KeyId, CiphertextBlob: sealed, EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256,
	}))
	fmt.Printf("%s\n", opened.Plaintext)
	// Output: from outside
}

// A key in KMS and a key pair outside of it agree on a secret.
func ExampleFake_DeriveSharedSecret() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeKeyAgreement}))

	peer := must(ecdh.P256().GenerateKey(rand.Reader))
	here := must(fake.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{
		KeyId: key.KeyMetadata.KeyId, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh,
		PublicKey: must(x509.MarshalPKIXPublicKey(peer.PublicKey())),
	}))

	public := must(fake.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key.KeyMetadata.KeyId}))
	ours := must(must(x509.ParsePKIXPublicKey(public.PublicKey)).(*ecdsa.PublicKey).ECDH())
	fmt.Println(bytes.Equal(here.SharedSecret, must(peer.ECDH(ours))))
	// Output: true
}

// A peer encapsulates a secret for an ML-KEM key, and KMS recovers it.
func ExampleFake_Decapsulate() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecMlKem768, KeyUsage: types.KeyUsageTypeEncapsulateDecapsulate}))

	public := must(fake.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key.KeyMetadata.KeyId}))
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	must(asn1.Unmarshal(public.PublicKey, &info))
	secret, encapsulated := must(mlkem.NewEncapsulationKey768(info.Key.Bytes)).Encapsulate()

	out := must(fake.Decapsulate(ctx, &kms.DecapsulateInput{
		KeyId: key.KeyMetadata.KeyId, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem, SharedSecretCiphertextBlob: encapsulated,
	}))
	fmt.Println(bytes.Equal(out.SharedSecret, secret))
	// Output: true
}

// A data key pair comes with its private key in plaintext and encrypted. The
// encrypted one is kept, and decrypted when it is needed.
func ExampleFake_GenerateDataKeyPair() {
	ctx, fake := context.Background(), kmsfake.New()
	key := must(fake.CreateKey(ctx, nil))

	pair := must(fake.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{
		KeyId: key.KeyMetadata.KeyId, KeyPairSpec: types.DataKeyPairSpecEccNistP256,
	}))
	kept := must(fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: pair.PrivateKeyCiphertextBlob}))
	private := must(x509.ParsePKCS8PrivateKey(kept.Plaintext)).(*ecdsa.PrivateKey)
	public := must(x509.ParsePKIXPublicKey(pair.PublicKey)).(*ecdsa.PublicKey)
	fmt.Println(private.PublicKey.Equal(public))
	// Output: true
}

// Code that runs in an enclave sends an attestation document, and gets secrets
// that its private key alone opens.
func ExampleAttestation() {
	ctx, fake := context.Background(), kmsfake.New()
	private := must(rsa.GenerateKey(rand.Reader, 2048))

	image := bytes.Repeat([]byte{0xab}, 48) // PCR0, the hash of the enclave's image
	document := must(kmsfake.Attestation(&private.PublicKey, image))
	out := must(fake.GenerateRandom(ctx, &kms.GenerateRandomInput{
		NumberOfBytes: aws.Int32(32),
		Recipient: &types.RecipientInfo{
			AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
		},
	}))
	fmt.Println(out.Plaintext == nil, len(out.CiphertextForRecipient) > 0)
	// Output: true true
}
