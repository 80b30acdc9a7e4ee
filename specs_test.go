package kmsfake_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

const chinaRegion = "cn-north-1"

// specUse is one key spec with one of its usages, and the algorithms that the
// documentation of CreateKey, Encrypt, Sign, GenerateMac, DeriveSharedSecret and
// Encapsulate gives to the two.
type specUse struct {
	spec       types.KeySpec
	usage      types.KeyUsageType
	algorithms []string
}

var (
	oaepAlgorithms = []string{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}
	rsaAlgorithms  = []string{
		"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
		"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
	}
)

var specUses = []specUse{
	{"SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", []string{"SYMMETRIC_DEFAULT"}},
	{"HMAC_224", "GENERATE_VERIFY_MAC", []string{"HMAC_SHA_224"}},
	{"HMAC_256", "GENERATE_VERIFY_MAC", []string{"HMAC_SHA_256"}},
	{"HMAC_384", "GENERATE_VERIFY_MAC", []string{"HMAC_SHA_384"}},
	{"HMAC_512", "GENERATE_VERIFY_MAC", []string{"HMAC_SHA_512"}},
	{"RSA_2048", "ENCRYPT_DECRYPT", oaepAlgorithms},
	{"RSA_2048", "SIGN_VERIFY", rsaAlgorithms},
	{"RSA_3072", "ENCRYPT_DECRYPT", oaepAlgorithms},
	{"RSA_3072", "SIGN_VERIFY", rsaAlgorithms},
	{"RSA_4096", "ENCRYPT_DECRYPT", oaepAlgorithms},
	{"RSA_4096", "SIGN_VERIFY", rsaAlgorithms},
	{"ECC_NIST_P256", "SIGN_VERIFY", []string{"ECDSA_SHA_256"}},
	{"ECC_NIST_P256", "KEY_AGREEMENT", []string{"ECDH"}},
	{"ECC_NIST_P384", "SIGN_VERIFY", []string{"ECDSA_SHA_384"}},
	{"ECC_NIST_P384", "KEY_AGREEMENT", []string{"ECDH"}},
	{"ECC_NIST_P521", "SIGN_VERIFY", []string{"ECDSA_SHA_512"}},
	{"ECC_NIST_P521", "KEY_AGREEMENT", []string{"ECDH"}},
	{"ECC_SECG_P256K1", "SIGN_VERIFY", []string{"ECDSA_SHA_256"}},
	{"ECC_NIST_EDWARDS25519", "SIGN_VERIFY", []string{"ED25519_SHA_512", "ED25519_PH_SHA_512"}},
	{"ML_DSA_44", "SIGN_VERIFY", []string{"ML_DSA_SHAKE_256"}},
	{"ML_DSA_65", "SIGN_VERIFY", []string{"ML_DSA_SHAKE_256"}},
	{"ML_DSA_87", "SIGN_VERIFY", []string{"ML_DSA_SHAKE_256"}},
	{"ML_KEM_512", "ENCAPSULATE_DECAPSULATE", []string{"ML_KEM"}},
	{"ML_KEM_768", "ENCAPSULATE_DECAPSULATE", []string{"ML_KEM"}},
	{"ML_KEM_1024", "ENCAPSULATE_DECAPSULATE", []string{"ML_KEM"}},
	{"SM2", "ENCRYPT_DECRYPT", []string{"SM2PKE"}},
	{"SM2", "SIGN_VERIFY", []string{"SM2DSA"}},
	{"SM2", "KEY_AGREEMENT", []string{"ECDH"}},
}

// specRegion is a Region that offers the key spec.
func specRegion(spec types.KeySpec) string {
	if spec == types.KeySpecSm2 {
		return chinaRegion
	}
	return region
}

// specFake is a fake in a Region that offers the key spec.
func specFake(spec types.KeySpec) *kmsfake.Fake {
	return newFake(kmsfake.WithRegion(specRegion(spec)))
}

func TestKeySpecsAreAll(t *testing.T) {
	t.Parallel()
	for _, spec := range types.KeySpec("").Values() {
		if !slices.ContainsFunc(specUses, func(s specUse) bool { return s.spec == spec }) {
			t.Errorf("%s is not in the table", spec)
		}
	}
}

func TestKeySpecsAndUsages(t *testing.T) {
	t.Parallel()
	for _, spec := range types.KeySpec("").Values() {
		f := specFake(spec)
		for _, usage := range types.KeyUsageType("").Values() {
			out := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage}))
			i := slices.IndexFunc(specUses, func(s specUse) bool { return s.spec == spec && s.usage == usage })
			if i < 0 {
				out.fails(t, "ValidationException", fmt.Sprintf("KeyUsage %s is not compatible with KeySpec %s", usage, spec))
				continue
			}
			key := out.ok(t).KeyMetadata
			equal(t, "the answer of CreateKey and that of DescribeKey", describe(t, f, *key.KeyId), key)
			if key.KeySpec != spec || string(key.CustomerMasterKeySpec) != string(spec) || key.KeyUsage != usage {
				t.Errorf("%s, %s: made a %s, %s, %s", spec, usage, key.KeySpec, key.CustomerMasterKeySpec, key.KeyUsage)
			}
			checkAlgorithmLists(t, *key, specUses[i])
		}
		out := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec}))
		if spec == types.KeySpecSymmetricDefault {
			equal(t, "the default usage", out.ok(t).KeyMetadata.KeyUsage, types.KeyUsageTypeEncryptDecrypt)
		} else {
			out.fails(t, "ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
		}
	}
}

// checkAlgorithmLists checks that a key has the list of algorithms of its usage
// and no other. It takes KeyMetadata or the answer of GetPublicKey.
func checkAlgorithmLists(t *testing.T, of any, use specUse) {
	t.Helper()
	lists := map[string]types.KeyUsageType{
		"EncryptionAlgorithms": "ENCRYPT_DECRYPT", "SigningAlgorithms": "SIGN_VERIFY", "MacAlgorithms": "GENERATE_VERIFY_MAC",
		"KeyAgreementAlgorithms": "KEY_AGREEMENT", "EncapsulationAlgorithms": "ENCAPSULATE_DECAPSULATE",
	}
	for name, usage := range lists {
		field := reflect.ValueOf(of).FieldByName(name)
		if !field.IsValid() {
			continue
		}
		var have, want []string
		for i := range field.Len() {
			have = append(have, field.Index(i).String())
		}
		if usage == use.usage {
			want = use.algorithms
		}
		equal(t, fmt.Sprintf("%s of %s, %s", name, use.spec, use.usage), have, want)
	}
}

func TestKeySpecsInTheirRegions(t *testing.T) {
	t.Parallel()
	china, elsewhere := newFake(kmsfake.WithRegion(chinaRegion)), newFake()
	for _, use := range specUses {
		in := &kms.CreateKeyInput{KeySpec: use.spec, KeyUsage: use.usage}
		inChina, out := got(china.CreateKey(t.Context(), in)), got(elsewhere.CreateKey(t.Context(), in))
		switch use.spec {
		case "SM2":
			inChina.ok(t)
			out.failsWith(t, "UnsupportedOperationException")
		case "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024":
			inChina.failsWith(t, "UnsupportedOperationException")
			out.ok(t)
		default:
			out.ok(t)
			arn := *inChina.ok(t).KeyMetadata.Arn
			if want := "arn:aws-cn:kms:cn-north-1:" + account + ":key/"; !bytes.HasPrefix([]byte(arn), []byte(want)) {
				t.Errorf("a key of China is %s", arn)
			}
		}
	}
}

func TestOriginsOfKeySpecs(t *testing.T) {
	t.Parallel()
	for _, use := range specUses {
		f := specFake(use.spec)
		for _, multiRegion := range []bool{false, true} {
			in := kms.CreateKeyInput{KeySpec: use.spec, KeyUsage: use.usage, MultiRegion: &multiRegion, Origin: types.OriginTypeExternal}
			key := got(f.CreateKey(t.Context(), &in)).ok(t).KeyMetadata
			if key.Origin != types.OriginTypeExternal || key.KeyState != types.KeyStatePendingImport {
				t.Errorf("%s, %s: origin %s, %s", use.spec, use.usage, key.Origin, key.KeyState)
			}
		}
		if use.spec != types.KeySpecSymmetricDefault {
			for _, origin := range []types.OriginType{types.OriginTypeAwsCloudhsm, types.OriginTypeExternalKeyStore} {
				got(f.CreateKey(t.Context(), &kms.CreateKeyInput{
					KeySpec: use.spec, KeyUsage: use.usage, Origin: origin,
					CustomKeyStoreId: aws.String("cks-1234567890abcdef0"), XksKeyId: aws.String("external"),
				})).failsWith(t, "UnsupportedOperationException")
			}
		}
	}
}

// TestOriginsAndTheirMembers goes through the pairings of Origin with the members
// that are for custom key stores.
func TestOriginsAndTheirMembers(t *testing.T) {
	t.Parallel()
	store, external := aws.String("cks-1234567890abcdef0"), aws.String("external")
	for _, test := range []struct {
		in   kms.CreateKeyInput
		code string
	}{
		{kms.CreateKeyInput{Origin: "AWS_CLOUDHSM"}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "EXTERNAL_KEY_STORE", XksKeyId: external}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId: store}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "AWS_CLOUDHSM", CustomKeyStoreId: store, XksKeyId: external}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "EXTERNAL", CustomKeyStoreId: store}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "EXTERNAL", XksKeyId: external}, "ValidationException"},
		{kms.CreateKeyInput{CustomKeyStoreId: store}, "ValidationException"},
		{kms.CreateKeyInput{XksKeyId: external}, "ValidationException"},
		{kms.CreateKeyInput{Origin: "AWS_CLOUDHSM", CustomKeyStoreId: store, MultiRegion: aws.Bool(true)}, "UnsupportedOperationException"},
		{kms.CreateKeyInput{Origin: "AWS_CLOUDHSM", CustomKeyStoreId: store}, "CustomKeyStoreNotFoundException"},
		{kms.CreateKeyInput{Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId: store, XksKeyId: external}, "CustomKeyStoreNotFoundException"},
	} {
		f := newFake()
		unchanged(t, f, func() { got(f.CreateKey(t.Context(), &test.in)).failsWith(t, test.code) })
	}
}

// specOperation is an operation that takes an algorithm, as a dry run.
type specOperation struct {
	name       string
	usage      types.KeyUsageType
	algorithms []string // that the member can have
	call       func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error)
}

func enum[S ~string](values []S) (list []string) {
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

var (
	encryptionEnum = enum(types.EncryptionAlgorithmSpec("").Values())
	signingEnum    = enum(types.SigningAlgorithmSpec("").Values())
	macEnum        = enum(types.MacAlgorithmSpec("").Values())
	pairEnum       = enum(types.DataKeyPairSpec("").Values())
)

var specOperations = []specOperation{
	{"Encrypt", "ENCRYPT_DECRYPT", encryptionEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.Encrypt(t.Context(), &kms.EncryptInput{
			KeyId: key.KeyId, Plaintext: []byte("p"), EncryptionAlgorithm: types.EncryptionAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"Decrypt", "ENCRYPT_DECRYPT", encryptionEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.Decrypt(t.Context(), &kms.DecryptInput{
			KeyId: key.KeyId, EncryptionAlgorithm: types.EncryptionAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
			DryRunModifiers: []types.DryRunModifierType{types.DryRunModifierTypeIgnoreCiphertext},
		})
	}},
	{"ReEncrypt", "ENCRYPT_DECRYPT", encryptionEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.ReEncrypt(t.Context(), &kms.ReEncryptInput{ // from the key
			SourceKeyId: key.KeyId, SourceEncryptionAlgorithm: types.EncryptionAlgorithmSpec(algorithm),
			DestinationKeyId: aws.String(newKey(t, f)), DryRun: aws.Bool(true),
			DryRunModifiers: []types.DryRunModifierType{types.DryRunModifierTypeIgnoreCiphertext},
		})
	}},
	{"ReEncrypt", "ENCRYPT_DECRYPT", encryptionEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		source := newKey(t, f)
		sealed := got(encrypt(t, f, source, "p")).ok(t)
		return f.ReEncrypt(t.Context(), &kms.ReEncryptInput{ // to the key
			CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: key.KeyId,
			DestinationEncryptionAlgorithm: types.EncryptionAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"Sign", "SIGN_VERIFY", signingEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		kind, message := messageFor(algorithm)
		return f.Sign(t.Context(), &kms.SignInput{
			KeyId: key.KeyId, Message: message, MessageType: kind, SigningAlgorithm: types.SigningAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"Verify", "SIGN_VERIFY", signingEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		kind, message := messageFor(algorithm)
		return f.Verify(t.Context(), &kms.VerifyInput{
			KeyId: key.KeyId, Message: message, MessageType: kind, SigningAlgorithm: types.SigningAlgorithmSpec(algorithm),
			Signature: []byte("s"), DryRun: aws.Bool(true),
		})
	}},
	{"GenerateMac", "GENERATE_VERIFY_MAC", macEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.GenerateMac(t.Context(), &kms.GenerateMacInput{
			KeyId: key.KeyId, Message: []byte("m"), MacAlgorithm: types.MacAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"VerifyMac", "GENERATE_VERIFY_MAC", macEnum, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.VerifyMac(t.Context(), &kms.VerifyMacInput{
			KeyId: key.KeyId, Message: []byte("m"), Mac: []byte("t"), MacAlgorithm: types.MacAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"DeriveSharedSecret", "KEY_AGREEMENT", []string{"ECDH"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.DeriveSharedSecret(t.Context(), &kms.DeriveSharedSecretInput{
			KeyId: key.KeyId, PublicKey: []byte("k"), KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"Encapsulate", "ENCAPSULATE_DECAPSULATE", []string{"ML_KEM"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		return f.Encapsulate(t.Context(), &kms.EncapsulateInput{
			KeyId: key.KeyId, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"Decapsulate", "ENCAPSULATE_DECAPSULATE", []string{"ML_KEM"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, algorithm string) (any, error) {
		size := max(encapsulatedSizes[key.KeySpec], 1)
		return f.Decapsulate(t.Context(), &kms.DecapsulateInput{
			KeyId: key.KeyId, SharedSecretCiphertextBlob: make([]byte, size),
			EncapsulationAlgorithm: types.EncapsulationAlgorithmSpec(algorithm), DryRun: aws.Bool(true),
		})
	}},
	{"GenerateDataKey", "ENCRYPT_DECRYPT", []string{"SYMMETRIC_DEFAULT"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, _ string) (any, error) {
		return f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: key.KeyId, KeySpec: types.DataKeySpecAes256, DryRun: aws.Bool(true)})
	}},
	{"GenerateDataKeyWithoutPlaintext", "ENCRYPT_DECRYPT", []string{"SYMMETRIC_DEFAULT"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, _ string) (any, error) {
		return f.GenerateDataKeyWithoutPlaintext(t.Context(), &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: key.KeyId, NumberOfBytes: aws.Int32(8), DryRun: aws.Bool(true)})
	}},
	{"GenerateDataKeyPair", "ENCRYPT_DECRYPT", []string{"SYMMETRIC_DEFAULT"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, _ string) (any, error) {
		return f.GenerateDataKeyPair(t.Context(), &kms.GenerateDataKeyPairInput{KeyId: key.KeyId, KeyPairSpec: types.DataKeyPairSpecRsa2048, DryRun: aws.Bool(true)})
	}},
	{"GenerateDataKeyPairWithoutPlaintext", "ENCRYPT_DECRYPT", []string{"SYMMETRIC_DEFAULT"}, func(t *testing.T, f *kmsfake.Fake, key types.KeyMetadata, _ string) (any, error) {
		return f.GenerateDataKeyPairWithoutPlaintext(t.Context(), &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: key.KeyId, KeyPairSpec: types.DataKeyPairSpecRsa2048, DryRun: aws.Bool(true)})
	}},
}

// messageFor is a message that the signing algorithm takes.
func messageFor(algorithm string) (types.MessageType, []byte) {
	if algorithm == "ED25519_PH_SHA_512" {
		return types.MessageTypeDigest, make([]byte, 64)
	}
	return types.MessageTypeRaw, []byte("m")
}

// TestEveryPairing asks every operation for every algorithm of every kind of key.
// A dry run goes as far as it can without doing the work.
func TestEveryPairing(t *testing.T) {
	t.Parallel()
	for _, use := range specUses {
		f := specFake(use.spec)
		key := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: use.spec, KeyUsage: use.usage})).ok(t).KeyMetadata
		for _, op := range specOperations {
			for _, algorithm := range op.algorithms {
				out, err := op.call(t, f, *key, algorithm)
				if !reflect.ValueOf(out).IsNil() {
					t.Errorf("%s of a dry run: %v", op.name, out)
				}
				code, text := "DryRunOperationException", "The request would have succeeded, but the DryRun option is set."
				switch {
				case f.Region() == chinaRegion && op.usage == "ENCAPSULATE_DECAPSULATE":
					code, text = "UnsupportedOperationException", "The "+op.name+" operation is not supported in this Region."
				case op.usage != use.usage:
					code, text = "InvalidKeyUsageException", *key.Arn+" key usage is "+string(use.usage)+" which is not valid for "+op.name+"."
				case !slices.Contains(use.algorithms, algorithm):
					code, text = "InvalidKeyUsageException", "Algorithm "+algorithm+" is incompatible with key spec "+string(use.spec)+"."
				}
				checkError(t, op.name, err, code, text)
			}
		}
	}
}

// An operation that needs a key pair or an algorithm says what is wrong before
// it looks at what it was given to work on.
func TestUsageComesBeforeTheWork(t *testing.T) {
	t.Parallel()
	f := newFake()
	rsa := newKeyOf(t, f, "RSA_2048", "SIGN_VERIFY")
	mac := newKeyOf(t, f, "HMAC_256", "GENERATE_VERIFY_MAC")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &rsa, CiphertextBlob: []byte("garbage")})).
		fails(t, "InvalidKeyUsageException", keyARN(f, rsa)+" key usage is SIGN_VERIFY which is not valid for Decrypt.")
	got(f.Verify(t.Context(), &kms.VerifyInput{KeyId: &rsa, Message: []byte("m"), Signature: []byte("s"), SigningAlgorithm: "ECDSA_SHA_256"})).
		fails(t, "InvalidKeyUsageException", "Algorithm ECDSA_SHA_256 is incompatible with key spec RSA_2048.")
	got(f.VerifyMac(t.Context(), &kms.VerifyMacInput{KeyId: &mac, Message: []byte("m"), Mac: []byte("s"), MacAlgorithm: "HMAC_SHA_512"})).
		fails(t, "InvalidKeyUsageException", "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.")
	got(f.DeriveSharedSecret(t.Context(), &kms.DeriveSharedSecretInput{KeyId: &rsa, PublicKey: []byte("none"), KeyAgreementAlgorithm: "ECDH"})).
		fails(t, "InvalidKeyUsageException", keyARN(f, rsa)+" key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.")
}

// TestOrderOfChecks takes one thing after another out of a request that has all
// of them wrong.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	f := newFake()
	signing, other := newKeyOf(t, f, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"), newKeyOf(t, f, "RSA_2048", "ENCRYPT_DECRYPT")
	disabled := newKeyOf(t, f, "RSA_2048", "ENCRYPT_DECRYPT")
	disable(t, f, disabled)
	in := kms.VerifyInput{
		KeyId: aws.String(unknownKey), Message: make([]byte, 4097), MessageType: types.MessageTypeExternalMu,
		SigningAlgorithm: "SM2DSA", Signature: []byte("none"), DryRun: aws.Bool(true),
	}
	for _, step := range []struct {
		change     func()
		code, text string // no text where AWS's is not known
	}{
		{func() {}, "ValidationException", oneFailure("Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096")},
		{func() { in.Message = in.Message[:63] }, "NotFoundException", "Key '" + keyARN(f, unknownKey) + "' does not exist"},
		{func() { in.KeyId = &disabled }, "DisabledException", keyARN(f, disabled) + " is disabled."},
		{func() { in.KeyId = &other }, "InvalidKeyUsageException", keyARN(f, other) + " key usage is ENCRYPT_DECRYPT which is not valid for Verify."},
		{func() { in.KeyId = &signing }, "InvalidKeyUsageException", "Algorithm SM2DSA is incompatible with key spec ECC_NIST_EDWARDS25519."},
		{func() { in.SigningAlgorithm = "ED25519_PH_SHA_512" }, "ValidationException", ""},
		{func() { in.MessageType = types.MessageTypeDigest }, "ValidationException", "Digest is invalid length for algorithm ED25519_PH_SHA_512."},
		{func() { in.Message = in.Message[:64] }, "DryRunOperationException", "The request would have succeeded, but the DryRun option is set."},
		{func() { in.DryRun = nil }, "KMSInvalidSignatureException", ""},
	} {
		step.change()
		out := got(f.Verify(t.Context(), &in))
		if step.text == "" {
			out.failsWith(t, step.code)
		} else {
			out.fails(t, step.code, step.text)
		}
	}
	in.Signature = got(f.Sign(t.Context(), &kms.SignInput{
		KeyId: &signing, Message: in.Message, MessageType: in.MessageType, SigningAlgorithm: in.SigningAlgorithm,
	})).ok(t).Signature
	got(f.Verify(t.Context(), &in)).ok(t)
}

func TestAlgorithmsThatAreNone(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKeyOf(t, f, "ECC_NIST_P256", "KEY_AGREEMENT")
	got(f.DeriveSharedSecret(t.Context(), &kms.DeriveSharedSecretInput{KeyId: &id, PublicKey: []byte("k"), KeyAgreementAlgorithm: "INVALID"})).
		fails(t, "ValidationException", oneFailure("Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]"))
	got(f.Encapsulate(t.Context(), &kms.EncapsulateInput{KeyId: &id, EncapsulationAlgorithm: "INVALID"})).
		fails(t, "ValidationException", oneFailure("Value 'INVALID' at 'encapsulationAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ML_KEM]"))
	got(f.Sign(t.Context(), &kms.SignInput{KeyId: &id, Message: []byte("m"), SigningAlgorithm: "INVALID"})).failsWith(t, "ValidationException")
	got(f.GenerateDataKeyPair(t.Context(), &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: "ML_DSA_44"})).failsWith(t, "ValidationException")
}

// The SDK's client reaches the China Regions, which have endpoints of their own,
// and their key specs.
func TestChinaThroughTheClient(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithRegion(chinaRegion))
	client := f.Client()
	id := newKeyOf(t, f, "SM2", "SIGN_VERIFY")
	signed := got(client.Sign(t.Context(), &kms.SignInput{KeyId: &id, Message: []byte("m"), SigningAlgorithm: "SM2DSA"})).ok(t)
	got(client.Verify(t.Context(), &kms.VerifyInput{
		KeyId: signed.KeyId, Message: []byte("m"), SigningAlgorithm: "SM2DSA", Signature: signed.Signature,
	})).ok(t)
	symmetric := newKey(t, f)
	sealed := got(client.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &symmetric, Plaintext: []byte("SM4")})).ok(t)
	if opened := got(client.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t); string(opened.Plaintext) != "SM4" {
		t.Errorf("%q", opened.Plaintext)
	}
}

// A key costs nothing until it is used: RSA_4096 is made with as many
// allocations as a symmetric key.
func TestKeysCostNothingUntilUsed(t *testing.T) {
	f := newFake()
	making := func(spec types.KeySpec, usage types.KeyUsageType) float64 {
		in := &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage}
		return testing.AllocsPerRun(50, func() { must(f.CreateKey(t.Context(), in)) })
	}
	symmetric := making("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
	for _, use := range specUses {
		if specRegion(use.spec) != region {
			continue
		}
		if allocations := making(use.spec, use.usage); allocations > symmetric+2 {
			t.Errorf("%s, %s: %v allocations, a symmetric key takes %v", use.spec, use.usage, allocations, symmetric)
		}
	}
}

// checkCode checks that an error is one of the exceptions.
func checkCode(t testing.TB, err error, codes ...string) {
	t.Helper()
	var exception smithy.APIError
	if !errors.As(err, &exception) {
		if invalid := (smithy.InvalidParamsError{}); errors.As(err, &invalid) {
			return // the SDK's own, before the request is sent
		}
		t.Fatalf("%v is no exception", err)
	}
	if !slices.Contains(codes, exception.ErrorCode()) {
		t.Fatalf("%v, want one of %q", err, codes)
	}
}
