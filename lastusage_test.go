package kmsfake_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go/middleware"

	"example.com/kmsfake"
)

func lastUsage(t testing.TB, f *kmsfake.Fake, keyID string) *kms.GetKeyLastUsageOutput {
	t.Helper()
	return got(f.GetKeyLastUsage(t.Context(), &kms.GetKeyLastUsageInput{KeyId: &keyID})).ok(t)
}

func requestIDOf(t testing.TB, metadata middleware.Metadata) string {
	t.Helper()
	id, ok := awsmiddleware.GetRequestIDMetadata(metadata)
	if !ok {
		t.Fatal("an answer without a request id")
	}
	return id
}

func TestLastUsage(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	unused := &kms.GetKeyLastUsageOutput{
		KeyId: aws.String(keyARN(f, id)), KeyCreationDate: &startMS,
		TrackingStartDate: aws.Time(startMS.Truncate(day)), KeyLastUsage: &types.KeyLastUsageData{},
	}
	equal(t, "never used", lastUsage(t, f, id), unused)
	f.Advance(time.Hour)
	first := got(encrypt(t, f, id, "text")).ok(t)
	usage := lastUsage(t, f, id).KeyLastUsage
	if event := aws.ToString(usage.CloudTrailEventId); !isUUID(event) || event == *usage.KmsRequestId {
		t.Errorf("CloudTrail event %q", event)
	}
	equal(t, "used", usage, &types.KeyLastUsageData{
		Operation: types.KeyLastUsageTrackingOperationEncrypt, Timestamp: aws.Time(startMS.Add(time.Hour)),
		KmsRequestId: aws.String(requestIDOf(t, first.ResultMetadata)), CloudTrailEventId: usage.CloudTrailEventId,
	})
	equal(t, "asked again", lastUsage(t, f, id).KeyLastUsage, usage)
	twin := f.Clone()
	equal(t, "in a clone", lastUsage(t, twin, id).KeyLastUsage, usage)

	f.Advance(time.Hour)
	second := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: first.CiphertextBlob})).ok(t)
	later := lastUsage(t, f, id).KeyLastUsage
	equal(t, "used again", *later.Timestamp, startMS.Add(2*time.Hour))
	equal(t, "by", later.Operation, types.KeyLastUsageTrackingOperationDecrypt)
	equal(t, "in request", *later.KmsRequestId, requestIDOf(t, second.ResultMetadata))
	if *later.CloudTrailEventId == *usage.CloudTrailEventId {
		t.Error("two requests, one CloudTrail event")
	}
	equal(t, "in the clone still", lastUsage(t, twin, id).KeyLastUsage, usage)
}

// Every cryptographic operation counts, under its own name.
func TestLastUsageByOperation(t *testing.T) {
	t.Parallel()
	f := newFake()
	digest := sha256.Sum256(nil)
	symmetric := newKey(t, f)
	signing := newKeyOf(t, f, types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify)
	mac := newKeyOf(t, f, types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac)
	agreement := newKeyOf(t, f, types.KeySpecEccNistP256, types.KeyUsageTypeKeyAgreement)
	kem := newKeyOf(t, f, types.KeySpecMlKem768, types.KeyUsageTypeEncapsulateDecapsulate)
	peer := got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &agreement})).ok(t).PublicKey
	equal(t, "GetPublicKey", lastUsage(t, f, agreement).KeyLastUsage, &types.KeyLastUsageData{})
	sealed := got(encrypt(t, f, symmetric, "text")).ok(t).CiphertextBlob
	sign := &kms.SignInput{KeyId: &signing, Message: digest[:], MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256}
	signature := got(f.Sign(t.Context(), sign)).ok(t).Signature
	code := &kms.GenerateMacInput{KeyId: &mac, Message: digest[:], MacAlgorithm: types.MacAlgorithmSpecHmacSha256}
	made := got(f.GenerateMac(t.Context(), code)).ok(t).Mac
	encapsulation := &kms.EncapsulateInput{KeyId: &kem, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}
	encapsulated := got(f.Encapsulate(t.Context(), encapsulation)).ok(t).SharedSecretCiphertextBlob
	for operation, use := range map[types.KeyLastUsageTrackingOperation]struct {
		id string
		in any
	}{
		types.KeyLastUsageTrackingOperationEncrypt:                             {symmetric, &kms.EncryptInput{KeyId: &symmetric, Plaintext: sealed}},
		types.KeyLastUsageTrackingOperationDecrypt:                             {symmetric, &kms.DecryptInput{CiphertextBlob: sealed}},
		types.KeyLastUsageTrackingOperationReEncrypt:                           {symmetric, &kms.ReEncryptInput{CiphertextBlob: sealed, DestinationKeyId: &symmetric}},
		types.KeyLastUsageTrackingOperationGenerateDataKey:                     {symmetric, &kms.GenerateDataKeyInput{KeyId: &symmetric, KeySpec: types.DataKeySpecAes256}},
		types.KeyLastUsageTrackingOperationGenerateDataKeyWithoutPlaintext:     {symmetric, &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: &symmetric, KeySpec: types.DataKeySpecAes256}},
		types.KeyLastUsageTrackingOperationGenerateDataKeyPair:                 {symmetric, &kms.GenerateDataKeyPairInput{KeyId: &symmetric, KeyPairSpec: types.DataKeyPairSpecEccNistP256}},
		types.KeyLastUsageTrackingOperationGenerateDataKeyPairWithoutPlaintext: {symmetric, &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: &symmetric, KeyPairSpec: types.DataKeyPairSpecEccNistP256}},
		types.KeyLastUsageTrackingOperationSign:                                {signing, sign},
		types.KeyLastUsageTrackingOperationVerify:                              {signing, &kms.VerifyInput{KeyId: &signing, Message: digest[:], MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Signature: signature}},
		types.KeyLastUsageTrackingOperationGenerateMac:                         {mac, code},
		types.KeyLastUsageTrackingOperationVerifyMac:                           {mac, &kms.VerifyMacInput{KeyId: &mac, Message: digest[:], MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Mac: made}},
		types.KeyLastUsageTrackingOperationDeriveSharedSecret:                  {agreement, &kms.DeriveSharedSecretInput{KeyId: &agreement, PublicKey: peer, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh}},
		types.KeyLastUsageTrackingOperationEncapsulate:                         {kem, encapsulation},
		types.KeyLastUsageTrackingOperationDecapsulate:                         {kem, &kms.DecapsulateInput{KeyId: &kem, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem, SharedSecretCiphertextBlob: encapsulated}},
	} {
		f.Advance(time.Minute)
		if _, err := invoke(t, f, string(operation), use.in); err != nil {
			t.Errorf("%s: %v", operation, err)
			continue
		}
		usage := lastUsage(t, f, use.id).KeyLastUsage
		equal(t, "operation", usage.Operation, operation)
		equal(t, string(operation), *usage.Timestamp, f.Now().Truncate(time.Millisecond))
	}
}

// What is refused, only tried, or not cryptographic leaves no trace.
func TestLastUsageOfOthers(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("text"), DryRun: aws.Bool(true)})).failsWith(t, "DryRunOperationException")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &id, CiphertextBlob: []byte("text")})).failsWith(t, "InvalidCiphertextException")
	describe(t, f, id)
	enableRotation(t, f, id, 90)
	got(rotateOnDemand(t, f, id)).ok(t)
	newAlias(t, f, "alias/a", id)
	lastUsage(t, f, id)
	disable(t, f, id)
	got(encrypt(t, f, id, "text")).failsWith(t, "DisabledException")
	equal(t, "unused", lastUsage(t, f, id).KeyLastUsage, &types.KeyLastUsageData{})
	got(f.GetKeyLastUsage(t.Context(), &kms.GetKeyLastUsageInput{KeyId: aws.String("alias/a")})).fails(t, "InvalidArnException", "Key Aliases are not supported for this operation.")

	signing := newKeyOf(t, f, types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify)
	got(f.Verify(t.Context(), &kms.VerifyInput{
		KeyId: &signing, Message: []byte("m"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Signature: []byte("none"),
	})).failsWith(t, "KMSInvalidSignatureException")
	equal(t, "a signature that is none", lastUsage(t, f, signing).KeyLastUsage, &types.KeyLastUsageData{})
}

// ReEncrypt uses two keys, and one request has one CloudTrail event in an account.
func TestLastUsageOfReEncrypt(t *testing.T) {
	t.Parallel()
	f := newFake()
	from, to := newKey(t, f), newKey(t, f)
	sealed := got(encrypt(t, f, from, "text")).ok(t)
	f.Advance(time.Hour)
	out := got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: &to})).ok(t)
	source, destination := lastUsage(t, f, from).KeyLastUsage, lastUsage(t, f, to).KeyLastUsage
	equal(t, "both", source, destination)
	equal(t, "operation", source.Operation, types.KeyLastUsageTrackingOperationReEncrypt)
	equal(t, "request", *source.KmsRequestId, requestIDOf(t, out.ResultMetadata))
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
		CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: aws.String(unknownKey),
	})).failsWith(t, "NotFoundException")
	equal(t, "the source of what failed", lastUsage(t, f, from).KeyLastUsage, source)
}

// Keys of two accounts show one request, each with its own account's event.
func TestLastUsageOfTwoAccounts(t *testing.T) {
	t.Parallel()
	f := newFake()
	other := f.InAccount(otherAccount)
	from, to := newKey(t, f), newKey(t, other)
	allowAll(t, other, to)
	sealed := got(encrypt(t, f, from, "text")).ok(t)
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
		CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: aws.String(keyARN(other, to)),
	})).ok(t)
	source, destination := lastUsage(t, f, from).KeyLastUsage, lastUsage(t, other, to).KeyLastUsage
	equal(t, "request", source.KmsRequestId, destination.KmsRequestId)
	if *source.CloudTrailEventId == *destination.CloudTrailEventId {
		t.Error("one CloudTrail event in two accounts")
	}
}

// AWS KMS records usage since April 23, 2026: of older keys, no use before that is
// known.
func TestLastUsageTracking(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, time.April, 23, 0, 0, 0, 0, time.UTC)
	f := newFake()
	old := newKey(t, f)
	sealed := got(encrypt(t, f, old, "text")).ok(t)
	f.Advance(began.Sub(start))
	out := lastUsage(t, f, old)
	equal(t, "since", *out.TrackingStartDate, began)
	equal(t, "used before", out.KeyLastUsage, &types.KeyLastUsageData{})
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t)
	equal(t, "used since", lastUsage(t, f, old).KeyLastUsage.Operation, types.KeyLastUsageTrackingOperationDecrypt)
	f.Advance(100*day + 7*time.Hour)
	equal(t, "of a new key", *lastUsage(t, f, newKey(t, f)).TrackingStartDate, began.Add(100*day))
}
