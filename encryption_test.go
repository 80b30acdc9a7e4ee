package kmsfake_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

const (
	incorrectKeyText = "The key ID in the request does not identify a CMK that can perform this operation."
	dryRunText       = "The request would have succeeded, but the DryRun option is set."
	unknownKeyText   = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."
)

func TestEncryptAndDecrypt(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	material := describe(t, f, key).CurrentKeyMaterialId
	for _, size := range []int{1, 2, 15, 16, 17, 32, 4095, 4096} {
		plaintext := bytes.Repeat([]byte{0xa5}, size)
		sealed := got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: plaintext})).ok(t)
		equal(t, "answer of Encrypt", sealed, &kms.EncryptOutput{
			CiphertextBlob: sealed.CiphertextBlob, KeyId: aws.String(keyARN(f, key)), EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault,
		})
		if bytes.Contains(sealed.CiphertextBlob, plaintext) && size > 2 {
			t.Errorf("the plaintext of %d bytes stands in the ciphertext", size)
		}
		if len(sealed.CiphertextBlob) > 6144 {
			t.Errorf("a ciphertext of %d bytes is longer than Decrypt takes", len(sealed.CiphertextBlob))
		}
		opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t)
		equal(t, "answer of Decrypt", opened, &kms.DecryptOutput{
			KeyId: aws.String(keyARN(f, key)), Plaintext: plaintext, EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault, KeyMaterialId: material,
		})
	}
	one, two := got(encrypt(t, f, key, "same")).ok(t), got(encrypt(t, f, key, "same")).ok(t)
	if bytes.Equal(one.CiphertextBlob, two.CiphertextBlob) {
		t.Error("the same plaintext gave the same ciphertext twice")
	}
}

// Decrypt succeeds under the encryption context of Encrypt, and under no other.
func TestEncryptionContext(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	contexts := []map[string]string{
		nil,
		{"a": "b"},
		{"a": "B"},
		{"A": "b"},
		{"a": ""},
		{"": "b"},
		{"a": "b", "c": "d"},
		{"a": "bc", "": "d"},
		{"a": "bcd"},
		{"ab": "cd"},
		{"abc": "d"},
		{"a\x00": "b"},
		{"ä": "ö"},
		{strings.Repeat("k", 1000): strings.Repeat("v", 1000)},
	}
	blobs := make([][]byte, len(contexts))
	for i, encryptionContext := range contexts {
		blobs[i] = got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), EncryptionContext: encryptionContext})).ok(t).CiphertextBlob
	}
	for i, blob := range blobs {
		for j, encryptionContext := range contexts {
			opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, EncryptionContext: encryptionContext}))
			if i == j {
				equal(t, "plaintext", string(opened.ok(t).Plaintext), "x")
			} else {
				opened.fails(t, "InvalidCiphertextException", "")
			}
		}
	}
	// No encryption context and an empty one are the same.
	equal(t, "plaintext", string(got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blobs[0], EncryptionContext: map[string]string{}})).ok(t).Plaintext), "x")
}

// A ciphertext with a single bit altered, one that is cut short or goes on, and
// one that never was one are invalid, with KeyId and without.
func TestInvalidCiphertexts(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	blob := got(encrypt(t, f, key, "attack at dawn")).ok(t).CiphertextBlob
	refuse := func(what string, altered []byte) {
		t.Helper()
		for _, keyID := range []*string{nil, &key} {
			out, err := f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: altered, KeyId: keyID})
			if out != nil || err == nil {
				t.Errorf("%s: decrypted to %v", what, out)
				continue
			}
			got(out, err).fails(t, "InvalidCiphertextException", "")
		}
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: altered, DestinationKeyId: &key})).fails(t, "InvalidCiphertextException", "")
	}
	for i := range blob {
		for bit := range 8 {
			altered := bytes.Clone(blob)
			altered[i] ^= 1 << bit
			refuse(fmt.Sprintf("bit %d of byte %d", bit, i), altered)
		}
	}
	for n := 1; n < len(blob); n++ {
		refuse(fmt.Sprintf("the first %d bytes", n), blob[:n])
		refuse(fmt.Sprintf("all but the first %d bytes", n), blob[n:])
	}
	refuse("one byte more", append(bytes.Clone(blob), 0))
	refuse("twice", append(bytes.Clone(blob), blob...))
	refuse("longest", bytes.Repeat([]byte{0xff}, 6144))
	refuse("longest that begins well", append(bytes.Clone(blob), make([]byte, 6144-len(blob))...))
	refuse("garbage", []byte("garbage"))
}

// A ciphertext of another AWS, Region or account is not the caller's.
func TestForeignCiphertexts(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	decrypt := func(f *kmsfake.Fake, blob []byte, keyID *string) result[kms.DecryptOutput] {
		return got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: keyID}))
	}
	elsewhere, other, another := f.InRegion(otherRegion), f.InAccount(otherAccount), newFake(kmsfake.WithSeed(2))
	for _, h := range []*kmsfake.Fake{elsewhere, other, another} {
		foreign := newKey(t, h)
		blob := got(encrypt(t, h, foreign, "x")).ok(t).CiphertextBlob
		decrypt(f, blob, nil).fails(t, "AccessDeniedException", unknownKeyText)
		decrypt(f, blob, &key).fails(t, "IncorrectKeyException", incorrectKeyText)
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &key})).fails(t, "AccessDeniedException", unknownKeyText)
		equal(t, "plaintext at home", string(decrypt(h, blob, nil).ok(t).Plaintext), "x")
	}

	// The ciphertexts of a key that is gone cannot be decrypted any more.
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	scheduleDeletion(t, f, key, 7)
	decrypt(f, blob, nil).fails(t, "KMSInvalidStateException", keyARN(f, key)+" is pending deletion.")
	f.Advance(7 * day)
	decrypt(f, blob, nil).fails(t, "AccessDeniedException", unknownKeyText)
	decrypt(f, blob, &key).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
}

// KeyId of Decrypt is not needed; where it is given, it must be the key that
// encrypted.
func TestDecryptNamesTheKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	key, wrong := newKey(t, f), newKey(t, f)
	newAlias(t, f, "alias/a", key)
	newAlias(t, f, "alias/wrong", wrong)
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	for _, name := range []string{key, keyARN(f, key), "alias/a", aliasARN(f, "alias/a")} {
		out := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &name})).ok(t)
		equal(t, "KeyId of the answer", *out.KeyId, keyARN(f, key))
	}
	for _, name := range []string{wrong, keyARN(f, wrong), "alias/wrong"} {
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &name})).fails(t, "IncorrectKeyException", incorrectKeyText)
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: &name, DestinationKeyId: &key})).fails(t, "IncorrectKeyException", incorrectKeyText)
	}
	// The key that is named comes before the ciphertext: its state, its usage.
	disable(t, f, wrong)
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &wrong})).fails(t, "DisabledException", keyARN(f, wrong)+" is disabled.")
	mac := newKeyOf(t, f, types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac)
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &mac})).fails(t, "InvalidKeyUsageException",
		keyARN(f, mac)+" key usage is GENERATE_VERIFY_MAC which is not valid for Decrypt.")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256, KeyId: &key})).fails(t,
		"InvalidKeyUsageException", "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.")
}

func TestReEncrypt(t *testing.T) {
	t.Parallel()
	f := newFake()
	from, to := newKey(t, f), newKey(t, f)
	newAlias(t, f, "alias/to", to)
	blob := got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &from, Plaintext: []byte("x"), EncryptionContext: map[string]string{"a": "b"}})).ok(t).CiphertextBlob
	out := got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
		CiphertextBlob: blob, SourceEncryptionContext: map[string]string{"a": "b"},
		DestinationKeyId: aws.String("alias/to"), DestinationEncryptionContext: map[string]string{"c": "d"},
	})).ok(t)
	equal(t, "answer", out, &kms.ReEncryptOutput{
		CiphertextBlob:                 out.CiphertextBlob,
		KeyId:                          aws.String(keyARN(f, to)),
		SourceKeyId:                    aws.String(keyARN(f, from)),
		SourceEncryptionAlgorithm:      types.EncryptionAlgorithmSpecSymmetricDefault,
		DestinationEncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault,
		SourceKeyMaterialId:            describe(t, f, from).CurrentKeyMaterialId,
		DestinationKeyMaterialId:       describe(t, f, to).CurrentKeyMaterialId,
	})
	opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob, KeyId: &to, EncryptionContext: map[string]string{"c": "d"}})).ok(t)
	equal(t, "plaintext", string(opened.Plaintext), "x")

	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &to})).fails(t, "InvalidCiphertextException", "")
	good := kms.ReEncryptInput{CiphertextBlob: blob, SourceEncryptionContext: map[string]string{"a": "b"}, DestinationKeyId: &to}
	disable(t, f, to)
	got(f.ReEncrypt(t.Context(), &good)).fails(t, "DisabledException", keyARN(f, to)+" is disabled.")
	got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &to})).ok(t)
	disable(t, f, from)
	got(f.ReEncrypt(t.Context(), &good)).fails(t, "DisabledException", keyARN(f, from)+" is disabled.")
}

// An RSA plaintext that is too long for ReEncrypt's destination is told so.
func TestReEncryptToAnotherKindOfKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	symmetric, pair := newKey(t, f), newKeyOf(t, f, types.KeySpecRsa2048, types.KeyUsageTypeEncryptDecrypt)
	oaep := types.EncryptionAlgorithmSpecRsaesOaepSha256
	reEncrypt := func(size int) result[kms.ReEncryptOutput] {
		blob := got(encrypt(t, f, symmetric, strings.Repeat("x", size))).ok(t).CiphertextBlob
		return got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &pair, DestinationEncryptionAlgorithm: oaep}))
	}
	reEncrypt(191).fails(t, "ValidationException", "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.")
	out := reEncrypt(190).ok(t)
	equal(t, "DestinationKeyMaterialId of a key pair", out.DestinationKeyMaterialId, (*string)(nil))
	equal(t, "DestinationEncryptionAlgorithm", out.DestinationEncryptionAlgorithm, oaep)
	opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob, KeyId: &pair, EncryptionAlgorithm: oaep})).ok(t)
	equal(t, "plaintext", string(opened.Plaintext), strings.Repeat("x", 190))
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionAlgorithm: oaep})).failsWith(t, "ValidationException")
	got(encrypt(t, f, pair, "x")).fails(t, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.")
}

func TestDataKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	material := describe(t, f, key).CurrentKeyMaterialId
	for _, c := range []struct {
		spec  types.DataKeySpec
		bytes *int32
		size  int
	}{
		{types.DataKeySpecAes128, nil, 16},
		{types.DataKeySpecAes256, nil, 32},
		{"", aws.Int32(1), 1},
		{"", aws.Int32(64), 64},
		{"", aws.Int32(1024), 1024},
	} {
		encryptionContext := map[string]string{"purpose": "test"}
		out := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: c.spec, NumberOfBytes: c.bytes, EncryptionContext: encryptionContext})).ok(t)
		equal(t, "answer of GenerateDataKey", out, &kms.GenerateDataKeyOutput{
			CiphertextBlob: out.CiphertextBlob, Plaintext: out.Plaintext, KeyId: aws.String(keyARN(f, key)), KeyMaterialId: material,
		})
		equal(t, "length", len(out.Plaintext), c.size)
		opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionContext: encryptionContext})).ok(t)
		equal(t, "data key", opened.Plaintext, out.Plaintext)
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob})).fails(t, "InvalidCiphertextException", "")

		without := got(f.GenerateDataKeyWithoutPlaintext(t.Context(), &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: &key, KeySpec: c.spec, NumberOfBytes: c.bytes})).ok(t)
		equal(t, "answer of GenerateDataKeyWithoutPlaintext", without, &kms.GenerateDataKeyWithoutPlaintextOutput{
			CiphertextBlob: without.CiphertextBlob, KeyId: aws.String(keyARN(f, key)), KeyMaterialId: material,
		})
		equal(t, "length", len(got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: without.CiphertextBlob})).ok(t).Plaintext), c.size)
	}
	const either = "Please specify either number of bytes or key spec."
	for _, in := range []kms.GenerateDataKeyInput{{KeyId: &key}, {KeyId: &key, KeySpec: types.DataKeySpecAes128, NumberOfBytes: aws.Int32(16)}} {
		got(f.GenerateDataKey(t.Context(), &in)).fails(t, "ValidationException", either)
		got(f.GenerateDataKeyWithoutPlaintext(t.Context(), &kms.GenerateDataKeyWithoutPlaintextInput{
			KeyId: in.KeyId, KeySpec: in.KeySpec, NumberOfBytes: in.NumberOfBytes,
		})).fails(t, "ValidationException", either)
	}
	got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, NumberOfBytes: aws.Int32(1025)})).fails(t, "ValidationException",
		oneFailure("Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"))
	pair := newKeyOf(t, f, types.KeySpecRsa2048, types.KeyUsageTypeSignVerify)
	got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &pair, KeySpec: types.DataKeySpecAes256})).fails(t, "InvalidKeyUsageException",
		keyARN(f, pair)+" key usage is SIGN_VERIFY which is not valid for GenerateDataKey.")
	a := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: types.DataKeySpecAes256})).ok(t)
	b := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: types.DataKeySpecAes256})).ok(t)
	if bytes.Equal(a.Plaintext, b.Plaintext) {
		t.Error("the same data key twice")
	}
}

func TestGenerateRandom(t *testing.T) {
	t.Parallel()
	f := newFake()
	generate := func(n *int32) result[kms.GenerateRandomOutput] {
		return got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: n}))
	}
	for _, n := range []int32{1, 32, 1024} {
		equal(t, "length", len(generate(&n).ok(t).Plaintext), int(n))
	}
	if bytes.Equal(generate(aws.Int32(32)).ok(t).Plaintext, generate(aws.Int32(32)).ok(t).Plaintext) {
		t.Error("the same bytes twice")
	}
	generate(nil).fails(t, "ValidationException", "NumberOfBytes is required.")
	generate(aws.Int32(0)).fails(t, "ValidationException",
		oneFailure("Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"))
	generate(aws.Int32(1025)).fails(t, "ValidationException",
		oneFailure("Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"))
}

// A dry run of what would succeed fails with DryRunOperationException; of what
// would fail, as it would; and nothing is done.
func TestDryRun(t *testing.T) {
	t.Parallel()
	f := newFake()
	key, disabled := newKey(t, f), newKey(t, f)
	yes := aws.Bool(true)
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	blobOfDisabled := got(encrypt(t, f, disabled, "x")).ok(t).CiphertextBlob
	disable(t, f, disabled)
	const dryRun = "DryRunOperationException"
	unchanged(t, f, func() {
		got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), DryRun: yes})).fails(t, dryRun, dryRunText)
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, DryRun: yes})).fails(t, dryRun, dryRunText)
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &key, DryRun: yes})).fails(t, dryRun, dryRunText)
		got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: types.DataKeySpecAes256, DryRun: yes})).fails(t, dryRun, dryRunText)
		got(f.GenerateDataKeyWithoutPlaintext(t.Context(), &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: &key, KeySpec: types.DataKeySpecAes256, DryRun: yes})).fails(t, dryRun, dryRunText)

		isDisabled := keyARN(f, disabled) + " is disabled."
		got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &disabled, Plaintext: []byte("x"), DryRun: yes})).fails(t, "DisabledException", isDisabled)
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blobOfDisabled, DryRun: yes})).fails(t, "DisabledException", isDisabled)
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &disabled, DryRun: yes})).fails(t, "DisabledException", isDisabled)
		got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &disabled, KeySpec: types.DataKeySpecAes256, DryRun: yes})).fails(t, "DisabledException", isDisabled)
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: []byte("garbage"), DryRun: yes})).fails(t, "InvalidCiphertextException", "")
	})
	no := aws.Bool(false)
	got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), DryRun: no})).ok(t)
}

// With the modifier IGNORE_CIPHERTEXT a dry run of Decrypt or ReEncrypt looks at
// the permissions and the key alone, and must be told which key.
func TestDryRunModifiers(t *testing.T) {
	t.Parallel()
	f := newFake()
	key, disabled := newKey(t, f), newKey(t, f)
	disable(t, f, disabled)
	yes, ignore := aws.Bool(true), []types.DryRunModifierType{types.DryRunModifierTypeIgnoreCiphertext}
	const dryRun = "DryRunOperationException"
	for _, blob := range [][]byte{nil, []byte("garbage")} {
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &key, DryRun: yes, DryRunModifiers: ignore})).fails(t, dryRun, dryRunText)
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &disabled, DryRun: yes, DryRunModifiers: ignore})).fails(t,
			"DisabledException", keyARN(f, disabled)+" is disabled.")
		got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, DryRun: yes, DryRunModifiers: ignore})).failsWith(t, "ValidationException")
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: blob, SourceKeyId: &key, DestinationKeyId: &key, DryRun: yes, DryRunModifiers: ignore,
		})).fails(t, dryRun, dryRunText)
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &key, DryRun: yes, DryRunModifiers: ignore})).failsWith(t, "ValidationException")
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: blob, SourceKeyId: &key, DestinationKeyId: &disabled, DryRun: yes, DryRunModifiers: ignore,
		})).fails(t, "DisabledException", keyARN(f, disabled)+" is disabled.")
	}
	// Without a dry run the modifier means nothing, and the ciphertext is needed.
	null := oneFailure("Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &key, DryRunModifiers: ignore})).fails(t, "ValidationException", null)
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &key, DryRun: yes})).fails(t, "ValidationException", null)
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{SourceKeyId: &key, DestinationKeyId: &key})).fails(t, "ValidationException", null)
}
