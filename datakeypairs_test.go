package kmsfake_test

import (
	"bytes"
	"crypto"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/emmansun/gmsm/smx509"

	"example.com/kmsfake"
)

// privateKeyInfo is that of RFC 5958, as far as data key pairs have it.
type privateKeyInfo struct {
	Version   int
	Algorithm pkix.AlgorithmIdentifier
	Key       []byte
}

func pairRegion(spec types.DataKeyPairSpec) string { return specRegion(types.KeySpec(spec)) }

func generatePair(t testing.TB, f *kmsfake.Fake, id string, spec types.DataKeyPairSpec, context map[string]string) result[kms.GenerateDataKeyPairOutput] {
	return got(f.GenerateDataKeyPair(t.Context(), &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: spec, EncryptionContext: context}))
}

// The private key is PKCS #8 and the public key its own, as code that is not
// ours reads them. Decrypt gives the private key back under its encryption
// context alone.
func TestDataKeyPairs(t *testing.T) {
	t.Parallel()
	for _, spec := range types.DataKeyPairSpec("").Values() {
		t.Run(string(spec), func(t *testing.T) {
			t.Parallel()
			f := newFake(kmsfake.WithRegion(pairRegion(spec)))
			id := newKey(t, f)
			key := describe(t, f, id)
			context := map[string]string{"purpose": "pair"}
			pair := generatePair(t, f, id, spec, context).ok(t)
			equal(t, "GenerateDataKeyPair", pair, &kms.GenerateDataKeyPairOutput{
				KeyId: key.Arn, KeyPairSpec: spec, KeyMaterialId: key.CurrentKeyMaterialId,
				PrivateKeyCiphertextBlob: pair.PrivateKeyCiphertextBlob, PrivateKeyPlaintext: pair.PrivateKeyPlaintext, PublicKey: pair.PublicKey,
			})
			if public := publicOf(t, spec, pair.PrivateKeyPlaintext); !bytes.Equal(public, pair.PublicKey) {
				t.Errorf("the public key is\n%x\nand not\n%x", pair.PublicKey, public)
			}
			opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: pair.PrivateKeyCiphertextBlob, EncryptionContext: context})).ok(t)
			if !bytes.Equal(opened.Plaintext, pair.PrivateKeyPlaintext) {
				t.Error("Decrypt gives another private key")
			}
			got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: pair.PrivateKeyCiphertextBlob})).fails(t, "InvalidCiphertextException", "")

			without := got(f.GenerateDataKeyPairWithoutPlaintext(t.Context(), &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: &id, KeyPairSpec: spec})).ok(t)
			equal(t, "GenerateDataKeyPairWithoutPlaintext", without, &kms.GenerateDataKeyPairWithoutPlaintextOutput{
				KeyId: key.Arn, KeyPairSpec: spec, KeyMaterialId: key.CurrentKeyMaterialId,
				PrivateKeyCiphertextBlob: without.PrivateKeyCiphertextBlob, PublicKey: without.PublicKey,
			})
			private := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: without.PrivateKeyCiphertextBlob})).ok(t).Plaintext
			if !bytes.Equal(publicOf(t, spec, private), without.PublicKey) {
				t.Error("the encrypted private key is not that of the public key")
			}
			if bytes.Equal(private, pair.PrivateKeyPlaintext) {
				t.Error("the same pair twice")
			}
		})
	}
}

// publicOf is the public key of a PKCS #8 private key, as code that is not ours
// makes it.
func publicOf(t *testing.T, spec types.DataKeyPairSpec, pkcs8 []byte) []byte {
	t.Helper()
	switch spec {
	case "SM2":
		private := signingParse(t, smx509.ParsePKCS8PrivateKey, pkcs8).(crypto.Signer)
		return must(smx509.MarshalPKIXPublicKey(private.Public()))
	case "ECC_SECG_P256K1":
		var info privateKeyInfo
		var inner struct {
			Version int
			Key     []byte
			Public  asn1.BitString `asn1:"optional,explicit,tag:1"`
		}
		must(asn1.Unmarshal(pkcs8, &info))
		must(asn1.Unmarshal(info.Key, &inner))
		public := secp256k1.PrivKeyFromBytes(inner.Key).PubKey().SerializeUncompressed()
		return must(asn1.Marshal(subjectPublicKeyInfo{info.Algorithm, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}}))
	case "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024":
		var info privateKeyInfo
		var seed asn1.RawValue
		must(asn1.Unmarshal(pkcs8, &info))
		if rest, err := asn1.Unmarshal(info.Key, &seed); err != nil || len(rest) > 0 || seed.Class != asn1.ClassContextSpecific || seed.Tag != 0 || len(seed.Bytes) != 64 {
			t.Fatalf("the private key is not in seed format: %x", info.Key)
		}
		var public []byte
		switch spec {
		case "ML_KEM_512":
			key, _ := mlkem512.Scheme().DeriveKeyPair(seed.Bytes)
			public = must(key.MarshalBinary())
		case "ML_KEM_768":
			public = must(mlkem.NewDecapsulationKey768(seed.Bytes)).EncapsulationKey().Bytes()
		default:
			public = must(mlkem.NewDecapsulationKey1024(seed.Bytes)).EncapsulationKey().Bytes()
		}
		return must(asn1.Marshal(subjectPublicKeyInfo{info.Algorithm, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}}))
	}
	private := signingParse(t, x509.ParsePKCS8PrivateKey, pkcs8).(crypto.Signer)
	if key, ok := private.(*rsa.PrivateKey); ok {
		if err := key.Validate(); err != nil || fmt.Sprint("RSA_", key.N.BitLen()) != string(spec) {
			t.Fatalf("a key of %d bits: %v", key.N.BitLen(), err)
		}
	}
	return must(x509.MarshalPKIXPublicKey(private.Public()))
}

func TestDataKeyPairsInTheirRegions(t *testing.T) {
	t.Parallel()
	for _, where := range []string{region, chinaRegion} {
		f := newFake(kmsfake.WithRegion(where))
		id := newKey(t, f)
		for _, spec := range pairEnum {
			spec := types.DataKeyPairSpec(spec)
			offered := pairRegion(spec) == region
			if where == chinaRegion {
				offered = spec != "ML_KEM_512" && spec != "ML_KEM_768" && spec != "ML_KEM_1024"
			}
			for _, dryRun := range []bool{false, true} {
				out := got(f.GenerateDataKeyPairWithoutPlaintext(t.Context(), &kms.GenerateDataKeyPairWithoutPlaintextInput{
					KeyId: &id, KeyPairSpec: spec, DryRun: &dryRun,
				}))
				switch {
				case !offered:
					out.failsWith(t, "UnsupportedOperationException")
				case dryRun:
					out.failsWith(t, "DryRunOperationException")
				default:
					out.ok(t)
				}
			}
		}
	}
}

// A pair is drawn from the seed, and the private key that a caller was given is
// the caller's.
func TestDataKeyPairsFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	pairOf := func(seed uint64) *kms.GenerateDataKeyPairOutput {
		f := newFake(kmsfake.WithSeed(seed))
		return generatePair(t, f, newKey(t, f), types.DataKeyPairSpecRsa2048, nil).ok(t)
	}
	one := pairOf(3)
	equal(t, "the pairs of one seed", pairOf(3), one)
	if bytes.Equal(one.PrivateKeyPlaintext, pairOf(4).PrivateKeyPlaintext) {
		t.Error("the same pair from two seeds")
	}
}

// An imported key that wraps data key pairs is as good as any.
func TestDataKeyPairUnderImportedKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKeyLike(t, f, &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
	got(f.ImportKeyMaterial(t.Context(), wrapSymmetric(t, f, id, bytes.Repeat([]byte{9}, 32)))).ok(t)
	pair := generatePair(t, f, id, "ECC_NIST_P256", nil).ok(t)
	opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &id, CiphertextBlob: pair.PrivateKeyCiphertextBlob})).ok(t)
	if !bytes.Equal(opened.Plaintext, pair.PrivateKeyPlaintext) {
		t.Error("Decrypt gives another private key")
	}
}

// A pair that KMS made is one that KMS imports: the public key stays the same.
func TestDataKeyPairsImport(t *testing.T) {
	t.Parallel()
	for _, spec := range types.DataKeyPairSpec("").Values() {
		f := newFake(kmsfake.WithRegion(pairRegion(spec)))
		pair := generatePair(t, f, newKey(t, f), spec, nil).ok(t)
		usage := types.KeyUsageTypeSignVerify
		if _, kem := encapsulatedSizes[types.KeySpec(spec)]; kem {
			usage = types.KeyUsageTypeEncapsulateDecapsulate
		}
		algorithm := types.AlgorithmSpecRsaesOaepSha256
		if strings.HasPrefix(string(spec), "RSA") {
			algorithm = types.AlgorithmSpecRsaAesKeyWrapSha256
		}
		id := newKeyLike(t, f, &kms.CreateKeyInput{KeySpec: types.KeySpec(spec), KeyUsage: usage, Origin: types.OriginTypeExternal})
		got(f.ImportKeyMaterial(t.Context(), wrapFor(t, f, id, algorithm, types.WrappingKeySpecRsa3072, pair.PrivateKeyPlaintext))).ok(t)
		if !bytes.Equal(publicKeyOf(t, f, id), pair.PublicKey) {
			t.Errorf("%s: the imported key has another public key", spec)
		}
	}
}

// What is encrypted with the public key of a pair outside of KMS is opened with
// the private key outside of KMS.
func TestDataKeyPairOutsideOfKMS(t *testing.T) {
	t.Parallel()
	f := newFake()
	pair := generatePair(t, f, newKey(t, f), "RSA_3072", nil).ok(t)
	public := signingParse(t, x509.ParsePKIXPublicKey, pair.PublicKey).(*rsa.PublicKey)
	private := signingParse(t, x509.ParsePKCS8PrivateKey, pair.PrivateKeyPlaintext).(*rsa.PrivateKey)
	sealed := must(rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte("outside"), nil))
	if opened := must(rsa.DecryptOAEP(sha256.New(), nil, private, sealed, nil)); string(opened) != "outside" {
		t.Errorf("%q", opened)
	}
}

func TestDataKeyPairRefusals(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	unchanged(t, f, func() {
		got(f.GenerateDataKeyPair(t.Context(), &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: "RSA_2048", DryRun: aws.Bool(true)})).
			fails(t, "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
		generatePair(t, f, id, "RSA_1024", nil).failsWith(t, "ValidationException")
		generatePair(t, f, unknownKey, "RSA_2048", nil).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
	})
	disable(t, f, id)
	generatePair(t, f, id, "SM2", nil).fails(t, "DisabledException", keyARN(f, id)+" is disabled.")
}

// The private key of a pair is not encrypted under a key in a custom key store,
// which encrypts data keys.
func TestNoDataKeyPairInACustomKeyStore(t *testing.T) {
	t.Parallel()
	f := newFake()
	store := got(f.CreateCustomKeyStore(t.Context(), &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: aws.String("pairs"), CloudHsmClusterId: aws.String("cluster-2a23b4cdefg"),
		KeyStorePassword: aws.String("kmsPswd-1"), TrustAnchorCertificate: aws.String("-----BEGIN CERTIFICATE-----"),
	})).ok(t).CustomKeyStoreId
	got(f.ConnectCustomKeyStore(t.Context(), &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: store})).ok(t)
	f.Advance(time.Hour) // connecting takes minutes
	id := newKeyLike(t, f, &kms.CreateKeyInput{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: store})
	text := keyARN(f, id) + " origin is AWS_CLOUDHSM which is not valid for this operation."
	generatePair(t, f, id, "RSA_2048", nil).fails(t, "UnsupportedOperationException", text)
	got(f.GenerateDataKeyPairWithoutPlaintext(t.Context(), &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: &id, KeyPairSpec: "RSA_2048"})).
		fails(t, "UnsupportedOperationException", text)
	got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: types.DataKeySpecAes256})).ok(t)
}
