package kmsfake_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"testing"

	"filippo.io/mldsa"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	decred "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/emmansun/gmsm/sm2"

	"example.com/kmsfake"
)

// benchSignings is one algorithm of every key spec that signs.
var benchSignings = []struct {
	spec      types.KeySpec
	algorithm types.SigningAlgorithmSpec
}{
	{"RSA_2048", "RSASSA_PSS_SHA_256"},
	{"RSA_3072", "RSASSA_PSS_SHA_256"},
	{"RSA_4096", "RSASSA_PSS_SHA_256"},
	{"ECC_NIST_P256", "ECDSA_SHA_256"},
	{"ECC_NIST_P384", "ECDSA_SHA_384"},
	{"ECC_NIST_P521", "ECDSA_SHA_512"},
	{"ECC_SECG_P256K1", "ECDSA_SHA_256"},
	{"ECC_NIST_EDWARDS25519", "ED25519_SHA_512"},
	{"ML_DSA_44", "ML_DSA_SHAKE_256"},
	{"ML_DSA_65", "ML_DSA_SHAKE_256"},
	{"ML_DSA_87", "ML_DSA_SHAKE_256"},
	{"SM2", "SM2DSA"},
}

var benchMessage = make([]byte, 100)

func BenchmarkSign(b *testing.B) {
	for _, s := range benchSignings {
		b.Run(string(s.spec), func(b *testing.B) {
			k := signingKeysOf(b, s.spec)
			in := &kms.SignInput{KeyId: &k.id, Message: bytes.Clone(benchMessage), SigningAlgorithm: s.algorithm}
			must(k.fake.Sign(b.Context(), in))
			b.ReportAllocs()
			for n := uint64(0); b.Loop(); n++ {
				binary.BigEndian.PutUint64(in.Message, n) // how long ML-DSA takes depends on it
				must(k.fake.Sign(b.Context(), in))
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, s := range benchSignings {
		b.Run(string(s.spec), func(b *testing.B) {
			k := signingKeysOf(b, s.spec)
			signed := must(k.fake.Sign(b.Context(), &kms.SignInput{KeyId: &k.id, Message: benchMessage, SigningAlgorithm: s.algorithm}))
			in := &kms.VerifyInput{KeyId: &k.id, Message: benchMessage, SigningAlgorithm: s.algorithm, Signature: signed.Signature}
			b.ReportAllocs()
			for b.Loop() {
				must(k.fake.Verify(b.Context(), in))
			}
		})
	}
}

// floorSigner is the bare library call that Sign and Verify are measured against.
type floorSigner struct {
	sign   func(message []byte) []byte
	verify func(message, signature []byte) bool
}

func newFloorSigner(b *testing.B, spec types.KeySpec, algorithm types.SigningAlgorithmSpec) floorSigner {
	b.Helper()
	hash := crypto.SHA256
	for _, a := range signingAlgorithms {
		if a.name == algorithm && a.hash != 0 {
			hash = a.hash
		}
	}
	sum := func(message []byte) []byte {
		switch hash {
		case crypto.SHA256:
			s := sha256.Sum256(message)
			return s[:]
		case crypto.SHA384:
			s := sha512.Sum384(message)
			return s[:]
		default:
			s := sha512.Sum512(message)
			return s[:]
		}
	}
	switch spec {
	case "ECC_SECG_P256K1":
		private := must(secp256k1.GeneratePrivateKey())
		return floorSigner{
			func(m []byte) []byte { return decred.Sign(private, sum(m)).Serialize() },
			func(m, s []byte) bool { return must(decred.ParseDERSignature(s)).Verify(sum(m), private.PubKey()) },
		}
	case "SM2":
		private := must(sm2.GenerateKey(rand.Reader))
		identity := []byte("1234567812345678")
		return floorSigner{
			func(m []byte) []byte { return must(private.SignWithSM2(rand.Reader, identity, m)) },
			func(m, s []byte) bool { return sm2.VerifyASN1WithSM2(&private.PublicKey, identity, m, s) },
		}
	case "ML_DSA_44", "ML_DSA_65", "ML_DSA_87":
		parameters := map[types.KeySpec]mldsa.Parameters{"ML_DSA_44": mldsa.MLDSA44(), "ML_DSA_65": mldsa.MLDSA65(), "ML_DSA_87": mldsa.MLDSA87()}[spec]
		private := must(mldsa.GenerateKey(parameters))
		return floorSigner{
			func(m []byte) []byte { return must(private.Sign(nil, m, nil)) },
			func(m, s []byte) bool { return mldsa.Verify(private.PublicKey(), m, s, nil) == nil },
		}
	}
	f := newFake()
	pair := generatePair(b, f, newKey(b, f), types.DataKeyPairSpec(spec), nil).ok(b)
	switch private := signingParse(b, x509.ParsePKCS8PrivateKey, pair.PrivateKeyPlaintext).(type) {
	case *rsa.PrivateKey:
		options := &rsa.PSSOptions{SaltLength: hash.Size()}
		return floorSigner{
			func(m []byte) []byte { return must(rsa.SignPSS(rand.Reader, private, hash, sum(m), options)) },
			func(m, s []byte) bool { return rsa.VerifyPSS(&private.PublicKey, hash, sum(m), s, options) == nil },
		}
	case *ecdsa.PrivateKey:
		return floorSigner{
			func(m []byte) []byte { return must(ecdsa.SignASN1(rand.Reader, private, sum(m))) },
			func(m, s []byte) bool { return ecdsa.VerifyASN1(&private.PublicKey, sum(m), s) },
		}
	case ed25519.PrivateKey:
		public := private.Public().(ed25519.PublicKey)
		return floorSigner{
			func(m []byte) []byte { return ed25519.Sign(private, m) },
			func(m, s []byte) bool { return ed25519.Verify(public, m, s) },
		}
	}
	b.Fatalf("no library for %s", spec)
	return floorSigner{}
}

func BenchmarkFloorSign(b *testing.B) {
	for _, s := range benchSignings {
		b.Run(string(s.spec), func(b *testing.B) {
			floor := newFloorSigner(b, s.spec, s.algorithm)
			message := bytes.Clone(benchMessage)
			floor.sign(message)
			b.ReportAllocs()
			for n := uint64(0); b.Loop(); n++ {
				binary.BigEndian.PutUint64(message, n)
				floor.sign(message)
			}
		})
	}
}

func BenchmarkFloorVerify(b *testing.B) {
	for _, s := range benchSignings {
		b.Run(string(s.spec), func(b *testing.B) {
			floor := newFloorSigner(b, s.spec, s.algorithm)
			signature := floor.sign(benchMessage)
			b.ReportAllocs()
			for b.Loop() {
				if !floor.verify(benchMessage, signature) {
					b.Fatal("not verified")
				}
			}
		})
	}
}

// BenchmarkFirstSign makes a key and signs with it once.
func BenchmarkFirstSign(b *testing.B) {
	for _, s := range benchSignings {
		b.Run(string(s.spec), func(b *testing.B) {
			f := kmsfake.New(kmsfake.WithRegion(specRegion(s.spec)))
			b.ReportAllocs()
			for b.Loop() {
				key := must(f.CreateKey(b.Context(), &kms.CreateKeyInput{KeySpec: s.spec, KeyUsage: types.KeyUsageTypeSignVerify}))
				must(f.Sign(b.Context(), &kms.SignInput{KeyId: key.KeyMetadata.KeyId, Message: benchMessage, SigningAlgorithm: s.algorithm}))
			}
		})
	}
}

func BenchmarkGenerateDataKeyPair(b *testing.B) {
	for _, spec := range types.DataKeyPairSpec("").Values() {
		b.Run(string(spec), func(b *testing.B) {
			f := kmsfake.New(kmsfake.WithRegion(pairRegion(spec)))
			in := &kms.GenerateDataKeyPairInput{KeyId: aws.String(newKey(b, f)), KeyPairSpec: spec}
			b.ReportAllocs()
			for b.Loop() {
				must(f.GenerateDataKeyPair(b.Context(), in))
			}
		})
	}
}

func BenchmarkGenerateMac(b *testing.B) {
	f := kmsfake.New()
	for _, c := range macCases {
		in := &kms.GenerateMacInput{KeyId: aws.String(newKeyOf(b, f, c.spec, "GENERATE_VERIFY_MAC")), Message: benchMessage, MacAlgorithm: c.algorithm}
		b.Run(string(c.spec), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.GenerateMac(b.Context(), in))
			}
		})
	}
}

func BenchmarkPublicKeyEncryption(b *testing.B) {
	for _, e := range publicEncryption {
		f := kmsfake.New(kmsfake.WithRegion(specRegion(e.spec)))
		id := newKeyOf(b, f, e.spec, "ENCRYPT_DECRYPT")
		in := &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, 32), EncryptionAlgorithm: e.algorithm}
		back := &kms.DecryptInput{KeyId: &id, EncryptionAlgorithm: e.algorithm, CiphertextBlob: must(f.Encrypt(b.Context(), in)).CiphertextBlob}
		b.Run(fmt.Sprintf("Encrypt/%s/%s", e.spec, e.algorithm), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.Encrypt(b.Context(), in))
			}
		})
		b.Run(fmt.Sprintf("Decrypt/%s/%s", e.spec, e.algorithm), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.Decrypt(b.Context(), back))
			}
		})
	}
}

func BenchmarkDeriveSharedSecret(b *testing.B) {
	for _, spec := range []types.KeySpec{"ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "SM2"} {
		f := kmsfake.New(kmsfake.WithRegion(specRegion(spec)))
		in := &kms.DeriveSharedSecretInput{
			KeyId: aws.String(newKeyOf(b, f, spec, "KEY_AGREEMENT")), KeyAgreementAlgorithm: "ECDH",
			PublicKey: publicKeyOf(b, f, newKeyOf(b, f, spec, "KEY_AGREEMENT")),
		}
		b.Run(string(spec), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.DeriveSharedSecret(b.Context(), in))
			}
		})
	}
}

func BenchmarkEncapsulation(b *testing.B) {
	f := kmsfake.New()
	for _, spec := range []types.KeySpec{"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"} {
		id := newKeyOf(b, f, spec, "ENCAPSULATE_DECAPSULATE")
		in := &kms.EncapsulateInput{KeyId: &id, EncapsulationAlgorithm: "ML_KEM"}
		back := &kms.DecapsulateInput{
			KeyId: &id, EncapsulationAlgorithm: "ML_KEM",
			SharedSecretCiphertextBlob: must(f.Encapsulate(b.Context(), in)).SharedSecretCiphertextBlob,
		}
		b.Run("Encapsulate/"+string(spec), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.Encapsulate(b.Context(), in))
			}
		})
		b.Run("Decapsulate/"+string(spec), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(f.Decapsulate(b.Context(), back))
			}
		})
	}
}

func BenchmarkRecipient(b *testing.B) {
	f := kmsfake.New()
	document := must(f.Attestation(&enclaveKey().PublicKey))
	in := &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32), Recipient: &types.RecipientInfo{
		AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
	}}
	b.Run("Attestation", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(f.Attestation(&enclaveKey().PublicKey))
		}
	})
	b.Run("GenerateRandom", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(f.GenerateRandom(b.Context(), in))
		}
	})
}
