package kmsfake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/keywrap"
	"example.com/kmsfake/internal/material"
)

// importClock is a clock that stands still unless it is advanced, at a time
// without a fraction.
func importClock() kmsfake.Option {
	return kmsfake.WithClock(func() time.Time { return time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC) })
}

// externalKey makes a KMS key for imported key material.
func externalKey(t testing.TB, fake *kmsfake.Fake, spec types.KeySpec, usage types.KeyUsageType) *types.KeyMetadata {
	t.Helper()
	out, err := fake.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage, Origin: types.OriginTypeExternal})
	if err != nil {
		t.Fatalf("CreateKey: %v", err)
	}
	return out.KeyMetadata
}

// wrapFor wraps key material for a key and returns the import that carries it,
// without expiration.
func wrapFor(t testing.TB, fake *kmsfake.Fake, keyID string, algorithm types.AlgorithmSpec, spec types.WrappingKeySpec, encoded []byte) *kms.ImportKeyMaterialInput {
	t.Helper()
	params, err := fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: &keyID, WrappingAlgorithm: algorithm, WrappingKeySpec: spec,
	})
	if err != nil {
		t.Fatalf("GetParametersForImport: %v", err)
	}
	wrapped, err := keywrap.Wrap(algorithm, params.PublicKey, encoded, rand.Reader)
	if err != nil {
		t.Fatalf("Wrap: %v", err)
	}
	return &kms.ImportKeyMaterialInput{
		KeyId: &keyID, ImportToken: params.ImportToken, EncryptedKeyMaterial: wrapped,
		ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
	}
}

func wrapSymmetric(t testing.TB, fake *kmsfake.Fake, keyID string, encoded []byte) *kms.ImportKeyMaterialInput {
	t.Helper()
	return wrapFor(t, fake, keyID, types.AlgorithmSpecRsaesOaepSha256, types.WrappingKeySpecRsa2048, encoded)
}

func importSymmetric(t testing.TB, fake *kmsfake.Fake, keyID string, encoded []byte, changes ...func(*kms.ImportKeyMaterialInput)) string {
	t.Helper()
	in := wrapSymmetric(t, fake, keyID, encoded)
	for _, change := range changes {
		change(in)
	}
	out, err := fake.ImportKeyMaterial(t.Context(), in)
	if err != nil {
		t.Fatalf("ImportKeyMaterial: %v", err)
	}
	return aws.ToString(out.KeyMaterialId)
}

func newMaterial(in *kms.ImportKeyMaterialInput) { in.ImportType = types.ImportTypeNewKeyMaterial }

func expiring(at time.Time) func(*kms.ImportKeyMaterialInput) {
	return func(in *kms.ImportKeyMaterialInput) {
		in.ExpirationModel, in.ValidTo = types.ExpirationModelTypeKeyMaterialExpires, &at
	}
}

func raw(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

// wantCode fails unless the error is an exception with the code and, if one is
// given, the text.
func wantCode(t testing.TB, what string, err error, code string, text ...string) {
	t.Helper()
	var exception smithy.APIError
	if !errors.As(err, &exception) || exception.ErrorCode() != code {
		t.Errorf("%s: %v, want %s", what, err, code)
		return
	}
	if len(text) > 0 && exception.ErrorMessage() != text[0] {
		t.Errorf("%s: %q, want %q", what, exception.ErrorMessage(), text[0])
	}
}

// What AWS answered for a symmetric key before and after an import, and when the
// key material was deleted.
func TestImportAsRecorded(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	key := externalKey(t, fake, types.KeySpecSymmetricDefault, "")
	id, arn := *key.KeyId, *key.Arn
	pending := &types.KeyMetadata{
		AWSAccountId: aws.String("111122223333"), Arn: &arn, KeyId: &id, CreationDate: key.CreationDate,
		CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, KeySpec: types.KeySpecSymmetricDefault,
		Description: aws.String(""), EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
		KeyManager: types.KeyManagerTypeCustomer, KeyState: types.KeyStatePendingImport, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
		MultiRegion: aws.Bool(false), Origin: types.OriginTypeExternal,
	}
	same := func(what string, want *types.KeyMetadata) {
		t.Helper()
		if diff := cmp.Diff(want, describe(t, fake, id), cmp.AllowUnexported(types.KeyMetadata{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	same("before", pending)
	_, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("x")})
	wantCode(t, "Encrypt before", err, "KMSInvalidStateException", arn+" is pending import.")

	in := wrapSymmetric(t, fake, id, raw(1, 32))
	in.ExpirationModel = ""
	_, err = fake.ImportKeyMaterial(t.Context(), in)
	wantCode(t, "no ValidTo", err, "ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
	in.ExpirationModel = types.ExpirationModelTypeKeyMaterialDoesNotExpire
	out, err := fake.ImportKeyMaterial(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.KeyId) != arn || len(aws.ToString(out.KeyMaterialId)) != 64 {
		t.Errorf("ImportKeyMaterial answered %v, %v", aws.ToString(out.KeyId), aws.ToString(out.KeyMaterialId))
	}
	enabled := *pending
	enabled.Enabled, enabled.KeyState = true, types.KeyStateEnabled
	enabled.CurrentKeyMaterialId = out.KeyMaterialId
	enabled.ExpirationModel = types.ExpirationModelTypeKeyMaterialDoesNotExpire
	same("after", &enabled)

	sealed, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("kept")})
	if err != nil {
		t.Fatal(err)
	}
	deleted, err := fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if *deleted.KeyId != arn || *deleted.KeyMaterialId != *out.KeyMaterialId {
		t.Errorf("DeleteImportedKeyMaterial answered %v, %v", *deleted.KeyId, *deleted.KeyMaterialId)
	}
	gone := *pending
	gone.CurrentKeyMaterialId = out.KeyMaterialId
	same("deleted", &gone)
	_, err = fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("x")})
	wantCode(t, "Encrypt after", err, "KMSInvalidStateException", arn+" is pending import.")

	if again := importSymmetric(t, fake, id, raw(1, 32)); again != *out.KeyMaterialId {
		t.Errorf("the same key material has id %s, then %s", *out.KeyMaterialId, again)
	}
	opened, err := fake.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	if err != nil || string(opened.Plaintext) != "kept" {
		t.Errorf("Decrypt after reimport: %v", err)
	}
}

// Which wrapping algorithm may carry which key, as the Developer Guide says, for
// the Regions outside China.
func TestImportEveryKeySpec(t *testing.T) {
	t.Parallel()
	const (
		aes1, aes256   = types.AlgorithmSpecRsaAesKeyWrapSha1, types.AlgorithmSpecRsaAesKeyWrapSha256
		oaep1, oaep256 = types.AlgorithmSpecRsaesOaepSha1, types.AlgorithmSpecRsaesOaepSha256
	)
	secret := []types.AlgorithmSpec{oaep1, oaep256}
	all := []types.AlgorithmSpec{aes1, aes256, oaep1, oaep256}
	tests := []struct {
		spec       types.KeySpec
		usage      types.KeyUsageType
		algorithms []types.AlgorithmSpec // with RSA_3072
	}{
		{types.KeySpecSymmetricDefault, types.KeyUsageTypeEncryptDecrypt, secret},
		{types.KeySpecHmac224, types.KeyUsageTypeGenerateVerifyMac, secret},
		{types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac, secret},
		{types.KeySpecHmac384, types.KeyUsageTypeGenerateVerifyMac, secret},
		{types.KeySpecHmac512, types.KeyUsageTypeGenerateVerifyMac, secret},
		{types.KeySpecRsa2048, types.KeyUsageTypeSignVerify, []types.AlgorithmSpec{aes1, aes256}},
		{types.KeySpecRsa3072, types.KeyUsageTypeEncryptDecrypt, []types.AlgorithmSpec{aes1, aes256}},
		{types.KeySpecRsa4096, types.KeyUsageTypeSignVerify, []types.AlgorithmSpec{aes1, aes256}},
		{types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify, all},
		{types.KeySpecEccNistP384, types.KeyUsageTypeKeyAgreement, all},
		{types.KeySpecEccNistP521, types.KeyUsageTypeSignVerify, all},
		{types.KeySpecEccSecgP256k1, types.KeyUsageTypeSignVerify, all},
		{types.KeySpecEccNistEdwards25519, types.KeyUsageTypeSignVerify, all},
		{types.KeySpecMlDsa44, types.KeyUsageTypeSignVerify, secret},
		{types.KeySpecMlDsa87, types.KeyUsageTypeSignVerify, secret},
		{types.KeySpecMlKem768, types.KeyUsageTypeEncapsulateDecapsulate, secret},
	}
	for _, test := range tests {
		t.Run(string(test.spec), func(t *testing.T) {
			t.Parallel()
			fake := kmsfake.New()
			m, err := material.Derive(test.spec, "aws", [32]byte{7})
			if err != nil {
				t.Fatal(err)
			}
			symmetric := test.spec == types.KeySpecSymmetricDefault
			for _, algorithm := range append(all, types.AlgorithmSpecRsaesPkcs1V15, types.AlgorithmSpecSm2pke) {
				id := *externalKey(t, fake, test.spec, test.usage).KeyId
				if !slices.Contains(test.algorithms, algorithm) {
					_, err := fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
						KeyId: &id, WrappingAlgorithm: algorithm, WrappingKeySpec: types.WrappingKeySpecRsa3072,
					})
					wantCode(t, string(algorithm), err, "UnsupportedOperationException")
					continue
				}
				before := describe(t, fake, id)
				out, err := fake.ImportKeyMaterial(t.Context(), wrapFor(t, fake, id, algorithm, types.WrappingKeySpecRsa3072, m.Encode()))
				if err != nil {
					t.Errorf("%s: %v", algorithm, err)
					continue
				}
				got := describe(t, fake, id)
				if got.KeyState != types.KeyStateEnabled || got.ExpirationModel != types.ExpirationModelTypeKeyMaterialDoesNotExpire {
					t.Errorf("%s: the key is %s, %s", algorithm, got.KeyState, got.ExpirationModel)
				}
				if (out.KeyMaterialId != nil) != symmetric || (got.CurrentKeyMaterialId != nil) != symmetric {
					t.Errorf("%s: key material ids %v and %v", algorithm, out.KeyMaterialId, got.CurrentKeyMaterialId)
				}
				// Without its key material the key is as it was, but that it keeps
				// the id of what it had.
				must(fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id}))
				before.CurrentKeyMaterialId = got.CurrentKeyMaterialId
				equal(t, string(algorithm), describe(t, fake, id), before)
			}
		})
	}
}

func TestImportWrappingKeys(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	id := *externalKey(t, fake, types.KeySpecEccNistP521, types.KeyUsageTypeSignVerify).KeyId
	for spec, bits := range map[types.WrappingKeySpec]int{
		types.WrappingKeySpecRsa2048: 2048, types.WrappingKeySpecRsa3072: 3072, types.WrappingKeySpecRsa4096: 4096,
	} {
		out, err := fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
			KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaAesKeyWrapSha256, WrappingKeySpec: spec,
		})
		if err != nil {
			t.Fatal(err)
		}
		public, err := x509.ParsePKIXPublicKey(out.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		if n := public.(*rsa.PublicKey).N.BitLen(); n != bits {
			t.Errorf("%s has %d bits", spec, n)
		}
		if want := fake.Now().Add(24 * time.Hour); !out.ParametersValidTo.Equal(want) {
			t.Errorf("valid to %v, want %v", out.ParametersValidTo, want)
		}
	}
	// An ECC_NIST_P521 key does not fit an RSA_2048 key directly.
	_, err := fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	})
	wantCode(t, "P521 under RSA_2048", err, "UnsupportedOperationException")
	_, err = fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecSm2pke, WrappingKeySpec: types.WrappingKeySpecSm2,
	})
	wantCode(t, "SM2 outside China", err, "UnsupportedOperationException")
}

func TestImportInChina(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(kmsfake.WithRegion("cn-north-1"))
	symmetric := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	_, err := fake.ImportKeyMaterial(t.Context(), wrapSymmetric(t, fake, symmetric, raw(1, 32)))
	wantCode(t, "32 bytes", err, "IncorrectKeyMaterialException")
	importSymmetric(t, fake, symmetric, raw(1, 16))

	m, err := material.Derive(types.KeySpecSm2, "aws-cn", [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	pair := *externalKey(t, fake, types.KeySpecSm2, types.KeyUsageTypeSignVerify).KeyId
	in := wrapFor(t, fake, pair, types.AlgorithmSpecSm2pke, types.WrappingKeySpecSm2, m.Encode())
	if _, err := fake.ImportKeyMaterial(t.Context(), in); err != nil {
		t.Errorf("SM2 under SM2: %v", err)
	}
}

// The lengths of imported secrets that AWS takes, in bytes.
func TestImportLengths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		spec        types.KeySpec
		usage       types.KeyUsageType
		least, most int
	}{
		{types.KeySpecSymmetricDefault, types.KeyUsageTypeEncryptDecrypt, 32, 32},
		{types.KeySpecHmac224, types.KeyUsageTypeGenerateVerifyMac, 28, 64},
		{types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac, 32, 64},
		{types.KeySpecHmac384, types.KeyUsageTypeGenerateVerifyMac, 48, 128},
		{types.KeySpecHmac512, types.KeyUsageTypeGenerateVerifyMac, 64, 128},
	} {
		fake := kmsfake.New()
		for _, n := range []int{1, test.least - 1, test.most + 1} {
			id := *externalKey(t, fake, test.spec, test.usage).KeyId
			_, err := fake.ImportKeyMaterial(t.Context(), wrapSymmetric(t, fake, id, raw(1, n)))
			wantCode(t, string(test.spec), err, "IncorrectKeyMaterialException")
			if state := describe(t, fake, id).KeyState; state != types.KeyStatePendingImport {
				t.Errorf("%s: after a refusal the key is %s", test.spec, state)
			}
		}
		for _, n := range []int{test.least, test.most} {
			id := *externalKey(t, fake, test.spec, test.usage).KeyId
			if _, err := fake.ImportKeyMaterial(t.Context(), wrapSymmetric(t, fake, id, raw(1, n))); err != nil {
				t.Errorf("%s, %d bytes: %v", test.spec, n, err)
			}
		}
	}
}

func TestImportedKeyPair(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	m, err := material.Derive(types.KeySpecRsa2048, "aws", [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	encoded := m.Encode()
	private, err := x509.ParsePKCS8PrivateKey(encoded)
	if err != nil {
		t.Fatal(err)
	}
	id := *externalKey(t, fake, types.KeySpecRsa2048, types.KeyUsageTypeEncryptDecrypt).KeyId
	in := wrapFor(t, fake, id, types.AlgorithmSpecRsaAesKeyWrapSha256, types.WrappingKeySpecRsa4096, encoded)
	if _, err := fake.ImportKeyMaterial(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	sealed, err := fake.Encrypt(t.Context(), &kms.EncryptInput{
		KeyId: &id, Plaintext: []byte("kept"), EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256,
	})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := rsa.DecryptOAEP(sha256.New(), nil, private.(*rsa.PrivateKey), sealed.CiphertextBlob, nil)
	if err != nil || string(opened) != "kept" {
		t.Errorf("the imported key does not open the ciphertext: %v", err)
	}
	// Another key, one of another size, and one of another family.
	for _, spec := range []types.KeySpec{types.KeySpecRsa2048, types.KeySpecRsa3072, types.KeySpecEccNistP256} {
		other, err := material.Derive(spec, "aws", [32]byte{8})
		if err != nil {
			t.Fatal(err)
		}
		in := wrapFor(t, fake, id, types.AlgorithmSpecRsaAesKeyWrapSha1, types.WrappingKeySpecRsa2048, other.Encode())
		_, err = fake.ImportKeyMaterial(t.Context(), in)
		wantCode(t, string(spec), err, "IncorrectKeyMaterialException")
	}
	for member, change := range map[string]func(*kms.ImportKeyMaterialInput){
		"ImportType":             newMaterial,
		"KeyMaterialId":          func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialId = aws.String(string(raw('a', 64))) },
		"KeyMaterialDescription": func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialDescription = aws.String("text") },
	} {
		in := wrapFor(t, fake, id, types.AlgorithmSpecRsaAesKeyWrapSha256, types.WrappingKeySpecRsa2048, encoded)
		change(in)
		_, err := fake.ImportKeyMaterial(t.Context(), in)
		wantCode(t, member+" of a key pair", err, "UnsupportedOperationException")
	}
}

func TestImportTokens(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	id := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	other := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	good := func() *kms.ImportKeyMaterialInput { return wrapSymmetric(t, fake, id, raw(1, 32)) }
	for _, test := range []struct {
		name, code string
		change     func(*kms.ImportKeyMaterialInput)
	}{
		{"garbage", "InvalidImportTokenException", func(in *kms.ImportKeyMaterialInput) { in.ImportToken = raw(1, 500) }},
		{"one byte", "InvalidImportTokenException", func(in *kms.ImportKeyMaterialInput) { in.ImportToken = raw(1, 1) }},
		{"altered", "InvalidImportTokenException", func(in *kms.ImportKeyMaterialInput) { in.ImportToken[20] ^= 1 }},
		{"cut", "InvalidImportTokenException", func(in *kms.ImportKeyMaterialInput) { in.ImportToken = in.ImportToken[:len(in.ImportToken)-1] }},
		{"another key's", "InvalidImportTokenException", func(in *kms.ImportKeyMaterialInput) {
			in.ImportToken = wrapSymmetric(t, fake, other, raw(1, 32)).ImportToken
		}},
		{"another response's", "InvalidCiphertextException", func(in *kms.ImportKeyMaterialInput) { in.ImportToken = good().ImportToken }},
		{"not wrapped", "InvalidCiphertextException", func(in *kms.ImportKeyMaterialInput) { in.EncryptedKeyMaterial = raw(1, 32) }},
		{"altered material", "InvalidCiphertextException", func(in *kms.ImportKeyMaterialInput) { in.EncryptedKeyMaterial[9] ^= 1 }},
	} {
		in := good()
		test.change(in)
		_, err := fake.ImportKeyMaterial(t.Context(), in)
		wantCode(t, test.name, err, test.code)
	}
	late := good()
	fake.Advance(24*time.Hour - time.Millisecond)
	if _, err := fake.ImportKeyMaterial(t.Context(), late); err != nil {
		t.Errorf("just before the token expires: %v", err)
	}
	fake.Advance(time.Millisecond)
	_, err := fake.ImportKeyMaterial(t.Context(), late)
	wantCode(t, "after a day", err, "ExpiredImportTokenException")
	if twin := fake.Clone(); twin != nil {
		_, err := twin.ImportKeyMaterial(t.Context(), wrapSymmetric(t, fake, id, raw(1, 32)))
		if err != nil {
			t.Errorf("a token in a clone: %v", err)
		}
	}
}

func TestImportRefusesGeneratedKeys(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	out, err := fake.CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	id, arn := out.KeyMetadata.KeyId, *out.KeyMetadata.Arn
	text := arn + " origin is AWS_KMS which is not valid for this operation."
	_, err = fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	})
	wantCode(t, "GetParametersForImport", err, "UnsupportedOperationException", text)
	_, err = fake.ImportKeyMaterial(t.Context(), &kms.ImportKeyMaterialInput{
		KeyId: id, ImportToken: raw(1, 9), EncryptedKeyMaterial: raw(1, 9), ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
	})
	wantCode(t, "ImportKeyMaterial", err, "UnsupportedOperationException", text)
	_, err = fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: id})
	wantCode(t, "DeleteImportedKeyMaterial", err, "UnsupportedOperationException", text)
}

func TestImportValidTo(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	now := fake.Now()
	id := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	for _, test := range []struct {
		name  string
		model types.ExpirationModelType
		at    time.Time
		ok    bool
	}{
		{"past", types.ExpirationModelTypeKeyMaterialExpires, now.Add(-time.Hour), false},
		{"now", types.ExpirationModelTypeKeyMaterialExpires, now, false},
		{"soon", types.ExpirationModelTypeKeyMaterialExpires, now.Add(time.Second), true},
		{"by default", "", now.Add(time.Hour), true},
		{"365 days", types.ExpirationModelTypeKeyMaterialExpires, now.AddDate(0, 0, 365), true},
		{"more", types.ExpirationModelTypeKeyMaterialExpires, now.AddDate(0, 0, 365).Add(time.Second), false},
		{"does not expire", types.ExpirationModelTypeKeyMaterialDoesNotExpire, now.Add(time.Hour), false},
	} {
		in := wrapSymmetric(t, fake, id, raw(1, 32))
		in.ExpirationModel, in.ValidTo = test.model, &test.at
		_, err := fake.ImportKeyMaterial(t.Context(), in)
		if !test.ok {
			wantCode(t, test.name, err, "ValidationException")
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := describe(t, fake, id)
		if got.ExpirationModel != types.ExpirationModelTypeKeyMaterialExpires || !aws.ToTime(got.ValidTo).Equal(test.at) {
			t.Errorf("%s: %s, %v", test.name, got.ExpirationModel, got.ValidTo)
		}
	}
}

func TestImportedKeyMaterialExpires(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	id := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	importSymmetric(t, fake, id, raw(1, 32), expiring(fake.Now().Add(time.Hour)))
	sealed, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("kept")})
	if err != nil {
		t.Fatal(err)
	}
	fake.Advance(time.Hour - time.Millisecond)
	if state := describe(t, fake, id).KeyState; state != types.KeyStateEnabled {
		t.Errorf("before it expires: %s", state)
	}
	fake.Advance(time.Millisecond)
	got := describe(t, fake, id)
	if got.KeyState != types.KeyStatePendingImport || got.ValidTo != nil || got.ExpirationModel != "" || got.CurrentKeyMaterialId == nil {
		t.Errorf("expired: %s, %v, %q, %v", got.KeyState, got.ValidTo, got.ExpirationModel, got.CurrentKeyMaterialId)
	}
	_, err = fake.ImportKeyMaterial(t.Context(), wrapSymmetric(t, fake, id, raw(2, 32)))
	wantCode(t, "other key material", err, "IncorrectKeyMaterialException")
	importSymmetric(t, fake, id, raw(1, 32))
	fake.Advance(1000 * 24 * time.Hour)
	opened, err := fake.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	if err != nil || string(opened.Plaintext) != "kept" {
		t.Errorf("Decrypt after reimport: %v", err)
	}
}

// A deletion that is cancelled leaves the key disabled; disabled keys keep so
// over a reimport, keys without key material become enabled by one.
func TestImportAndKeyState(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	id := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
	importSymmetric(t, fake, id, raw(1, 32))
	state := func(what string, want types.KeyState) {
		t.Helper()
		if got := describe(t, fake, id).KeyState; got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	must(fake.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &id}))
	importSymmetric(t, fake, id, raw(1, 32))
	state("reimported while disabled", types.KeyStateDisabled)
	must(fake.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &id}))
	must(fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id}))
	state("deleted while pending deletion", types.KeyStatePendingDeletion)
	_, err := fake.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	})
	wantCode(t, "while pending deletion", err, "KMSInvalidStateException")
	must(fake.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &id}))
	state("deletion cancelled", types.KeyStatePendingImport)
	importSymmetric(t, fake, id, raw(1, 32))
	state("reimported", types.KeyStateEnabled)
}

// The whole way of several key materials, with the states that ListKeyRotations
// tells.
func TestSeveralKeyMaterials(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(importClock())
	key := externalKey(t, fake, types.KeySpecSymmetricDefault, "")
	id, arn := *key.KeyId, *key.Arn
	one, two, three := raw(1, 32), raw(2, 32), raw(3, 32)
	rotate := func() error {
		_, err := fake.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})
		return err
	}
	import_ := func(encoded []byte, changes ...func(*kms.ImportKeyMaterialInput)) error {
		in := wrapSymmetric(t, fake, id, encoded)
		for _, change := range changes {
			change(in)
		}
		_, err := fake.ImportKeyMaterial(t.Context(), in)
		return err
	}
	wantCode(t, "existing, and there is none", import_(one, func(in *kms.ImportKeyMaterialInput) {
		in.ImportType = types.ImportTypeExistingKeyMaterial
	}), "IncorrectKeyMaterialException")
	first := importSymmetric(t, fake, id, one, func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialDescription = aws.String("first") })
	wantCode(t, "nothing pending", rotate(), "KMSInvalidStateException", "No available key material pending rotation for the key: "+arn+".")
	wantCode(t, "new that is known", import_(one, newMaterial), "IncorrectKeyMaterialException")
	wantCode(t, "existing that is new", import_(two), "IncorrectKeyMaterialException")
	wantCode(t, "named and new", import_(two, newMaterial, func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialId = &first }), "ValidationException")

	old, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("old")})
	if err != nil {
		t.Fatal(err)
	}
	second := importSymmetric(t, fake, id, two, newMaterial, expiring(fake.Now().Add(48*time.Hour)))
	if current := *describe(t, fake, id).CurrentKeyMaterialId; current != first {
		t.Errorf("before rotation %s is current, want %s", current, first)
	}
	third := importSymmetric(t, fake, *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId, three)
	err = import_(three, newMaterial)
	wantCode(t, "another pending", err, "KMSInvalidStateException")
	if third == second {
		t.Error("ids of different key material are the same")
	}
	type row struct {
		ID, Description string
		State           types.KeyMaterialState
		Import          types.ImportState
		Model           types.ExpirationModelType
		ValidTo         time.Time
		Rotation        types.RotationType
	}
	list := func(include types.IncludeKeyMaterial) (rows []row) {
		t.Helper()
		out, err := fake.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id, IncludeKeyMaterial: include})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range out.Rotations {
			if *e.KeyId != arn || (e.RotationDate == nil) != (e.RotationType == "") {
				t.Errorf("entry of %s, rotated %v %s", *e.KeyId, e.RotationDate, e.RotationType)
			}
			rows = append(rows, row{*e.KeyMaterialId, aws.ToString(e.KeyMaterialDescription), e.KeyMaterialState, e.ImportState, e.ExpirationModel, aws.ToTime(e.ValidTo), e.RotationType})
		}
		return rows
	}
	const (
		keeps   = types.ExpirationModelTypeKeyMaterialDoesNotExpire
		expires = types.ExpirationModelTypeKeyMaterialExpires
		there   = types.ImportStateImported
		missing = types.ImportStatePendingImport
		manual  = types.RotationTypeOnDemand
	)
	validTo := fake.Now().Add(48 * time.Hour)
	same := func(what string, got []row, want ...row) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	same("pending", list(types.IncludeKeyMaterialAllKeyMaterial),
		row{first, "first", types.KeyMaterialStateCurrent, there, keeps, time.Time{}, ""},
		row{second, "", types.KeyMaterialStatePendingRotation, there, expires, validTo, ""})
	same("rotations alone", list(""))
	if got := describe(t, fake, id); got.ValidTo != nil || got.ExpirationModel != keeps {
		t.Errorf("what is pending shows in the key: %v, %s", got.ValidTo, got.ExpirationModel)
	}
	if err := rotate(); err != nil {
		t.Fatal(err)
	}
	same("rotated", list(types.IncludeKeyMaterialAllKeyMaterial),
		row{first, "first", types.KeyMaterialStateNonCurrent, there, keeps, time.Time{}, ""},
		row{second, "", types.KeyMaterialStateCurrent, there, expires, validTo, manual})
	if got := describe(t, fake, id); !aws.ToTime(got.ValidTo).Equal(validTo) || got.ExpirationModel != expires || *got.CurrentKeyMaterialId != second {
		t.Errorf("rotated: %v, %s, %s", got.ValidTo, got.ExpirationModel, *got.CurrentKeyMaterialId)
	}
	opened, err := fake.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: old.CiphertextBlob})
	if err != nil || *opened.KeyMaterialId != first {
		t.Errorf("an old ciphertext after rotation: %v", err)
	}
	// Without one of them the key is unusable, whichever it is.
	must(fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &first}))
	if state := describe(t, fake, id).KeyState; state != types.KeyStatePendingImport {
		t.Errorf("without the first key material: %s", state)
	}
	same("deleted", list(types.IncludeKeyMaterialAllKeyMaterial),
		row{first, "first", types.KeyMaterialStateNonCurrent, missing, "", time.Time{}, ""},
		row{second, "", types.KeyMaterialStateCurrent, there, expires, validTo, manual})
	wantCode(t, "the wrong one by name", import_(two, func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialId = &first }), "IncorrectKeyMaterialException")
	if err := import_(one, func(in *kms.ImportKeyMaterialInput) { in.KeyMaterialId = &first }); err != nil {
		t.Errorf("the right one by name: %v", err)
	}
	if state := describe(t, fake, id).KeyState; state != types.KeyStateEnabled {
		t.Errorf("with all key material: %s", state)
	}
	same("reimported", list(types.IncludeKeyMaterialAllKeyMaterial)[:1],
		row{first, "first", types.KeyMaterialStateNonCurrent, there, keeps, time.Time{}, ""})
	fake.Advance(48 * time.Hour)
	if state := describe(t, fake, id).KeyState; state != types.KeyStatePendingImport {
		t.Errorf("when the second has expired: %s", state)
	}
	// What waits for rotation does not belong to the key.
	importSymmetric(t, fake, id, two)
	waiting := importSymmetric(t, fake, id, three, newMaterial)
	out, err := fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &waiting})
	if err != nil || *out.KeyMaterialId != waiting {
		t.Errorf("deleting what waits: %v", err)
	}
	if state := describe(t, fake, id).KeyState; state != types.KeyStateEnabled {
		t.Errorf("without what waited: %s", state)
	}
	wantCode(t, "deleting it again", errOf(fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &waiting})), "NotFoundException")
	wantCode(t, "rotation without it", rotate(), "KMSInvalidStateException")
	importSymmetric(t, fake, id, three, newMaterial, expiring(fake.Now().Add(time.Minute)))
	fake.Advance(time.Minute)
	wantCode(t, "rotation to what expired", rotate(), "KMSInvalidStateException")
	importSymmetric(t, fake, id, raw(4, 32), newMaterial)
}

func errOf[T any](_ T, err error) error { return err }

// Whatever is imported, rotated, deleted and expired: a ciphertext opens exactly
// when all key material of its key is there.
func TestImportProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		fake := kmsfake.New(importClock())
		id := *externalKey(t, fake, types.KeySpecSymmetricDefault, "").KeyId
		type piece struct {
			there   bool
			expires time.Time // zero if never
		}
		list := map[byte]*piece{} // what belongs to the key
		var pending byte
		var pendingPiece piece
		here := func(p piece) bool { return p.there && (p.expires.IsZero() || fake.Now().Before(p.expires)) }
		whole := func() bool {
			for _, p := range list {
				if !here(*p) {
					return false
				}
			}
			return len(list) > 0
		}
		var sealed [][]byte
		names := map[byte]string{}
		wrapped, since := map[byte]kms.ImportKeyMaterialInput{}, fake.Now()
		wrap := func(b byte) *kms.ImportKeyMaterialInput {
			if fake.Now().Sub(since) >= day {
				clear(wrapped) // the tokens have expired
				since = fake.Now()
			}
			if _, ok := wrapped[b]; !ok {
				wrapped[b] = *wrapSymmetric(t, fake, id, raw(b, 32))
			}
			in := wrapped[b]
			return &in
		}
		rt.Repeat(map[string]func(*rapid.T){
			"import": func(rt *rapid.T) {
				b := byte(rapid.IntRange(1, 4).Draw(rt, "material"))
				in := wrap(b)
				p := piece{there: true}
				if days := rapid.IntRange(0, 3).Draw(rt, "days"); days > 0 {
					p.expires = fake.Now().AddDate(0, 0, days)
					expiring(p.expires)(in)
				}
				isNew := rapid.Bool().Draw(rt, "new")
				if isNew {
					in.ImportType = types.ImportTypeNewKeyMaterial
				} else {
					isNew = len(list) == 0
				}
				waiting := pending != 0 && here(pendingPiece)
				known := list[b] != nil || waiting && pending == b
				out, err := fake.ImportKeyMaterial(t.Context(), in)
				if ok := isNew != known && !(isNew && waiting); ok != (err == nil) {
					rt.Fatalf("import of %d (new %v, known %v, pending %v): %v", b, isNew, known, waiting, err)
				}
				switch {
				case err != nil:
					return
				case list[b] != nil:
					*list[b] = p
				case isNew && len(list) == 0:
					list[b] = &p
				default:
					pending, pendingPiece = b, p
				}
				names[b] = *out.KeyMaterialId
			},
			"rotate": func(rt *rapid.T) {
				_, err := fake.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})
				if ok := whole() && pending != 0 && here(pendingPiece); ok != (err == nil) {
					rt.Fatalf("rotation to %d: %v", pending, err)
				}
				if err == nil {
					moved := pendingPiece
					list[pending], pending = &moved, 0
				}
			},
			"delete": func(rt *rapid.T) {
				b := byte(rapid.IntRange(1, 4).Draw(rt, "material"))
				name := names[b]
				if name == "" {
					name = string(raw('f', 64))
				}
				waiting := pending == b && here(pendingPiece)
				_, err := fake.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &name})
				if ok := list[b] != nil || waiting; ok != (err == nil) {
					rt.Fatalf("deleting %d: %v", b, err)
				}
				if list[b] != nil {
					list[b].there = false
				} else if waiting {
					pending = 0
				}
			},
			"time": func(rt *rapid.T) {
				fake.Advance(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			},
			"encrypt": func(rt *rapid.T) {
				out, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("text")})
				if whole() != (err == nil) {
					rt.Fatalf("Encrypt: %v", err)
				}
				if err == nil {
					sealed = append(sealed, out.CiphertextBlob)
				}
			},
			"": func(rt *rapid.T) {
				for _, blob := range sealed {
					_, err := fake.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})
					if whole() != (err == nil) {
						rt.Fatalf("Decrypt: %v", err)
					}
				}
				want := types.KeyStatePendingImport
				if whole() {
					want = types.KeyStateEnabled
				}
				if got := describe(t, fake, id).KeyState; got != want {
					rt.Fatalf("the key is %s, want %s", got, want)
				}
			},
		})
	})
}

func BenchmarkGetParametersForImport(b *testing.B) {
	fake := kmsfake.New()
	id := *externalKey(b, fake, types.KeySpecSymmetricDefault, "").KeyId
	for _, spec := range types.WrappingKeySpecRsa2048.Values() {
		if spec == types.WrappingKeySpecSm2 {
			continue
		}
		b.Run(string(spec), func(b *testing.B) {
			for b.Loop() {
				must(fake.GetParametersForImport(b.Context(), &kms.GetParametersForImportInput{
					KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: spec,
				}))
			}
		})
	}
}

// Whatever comes in as token and key material, the answer is one of AWS's
// exceptions, and the key is as before.
func FuzzImportKeyMaterial(f *testing.F) {
	fake := newFake()
	id := *externalKey(f, fake, types.KeySpecSymmetricDefault, "").KeyId
	good := wrapSymmetric(f, fake, id, raw(1, 32))
	f.Add(good.ImportToken, []byte("not wrapped"))
	f.Add(good.ImportToken[1:], good.EncryptedKeyMaterial)
	f.Add([]byte{0}, []byte{0})
	f.Fuzz(func(t *testing.T, token, wrapped []byte) {
		if bytes.Equal(token, good.ImportToken) && bytes.Equal(wrapped, good.EncryptedKeyMaterial) {
			t.Skip("the one that is good")
		}
		_, err := fake.ImportKeyMaterial(t.Context(), &kms.ImportKeyMaterialInput{
			KeyId: &id, ImportToken: token, EncryptedKeyMaterial: wrapped,
			ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
		})
		var exception smithy.APIError
		if !errors.As(err, &exception) || !slices.Contains([]string{
			"InvalidImportTokenException", "InvalidCiphertextException", "ValidationException",
		}, exception.ErrorCode()) {
			t.Fatalf("ImportKeyMaterial: %v", err)
		}
		if state := describe(t, fake, id).KeyState; state != types.KeyStatePendingImport {
			t.Fatalf("the key is %s", state)
		}
	})
}
