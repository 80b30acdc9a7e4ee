package kmsfake_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

var agreementCurves = map[types.KeySpec]ecdh.Curve{"ECC_NIST_P256": ecdh.P256(), "ECC_NIST_P384": ecdh.P384(), "ECC_NIST_P521": ecdh.P521()}

func agree(t testing.TB, f *kmsfake.Fake, id string, peer []byte) result[kms.DeriveSharedSecretOutput] {
	return got(f.DeriveSharedSecret(t.Context(), &kms.DeriveSharedSecretInput{
		KeyId: &id, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh, PublicKey: peer,
	}))
}

// A peer outside of KMS comes to the same secret with the standard library.
func TestSharedSecretsWithAPeer(t *testing.T) {
	t.Parallel()
	f := newFake()
	for spec, curve := range agreementCurves {
		id := newKeyOf(t, f, spec, "KEY_AGREEMENT")
		private := must(curve.GenerateKey(rand.Reader))
		ours := signingParse(t, x509.ParsePKIXPublicKey, publicKeyOf(t, f, id)).(*ecdsa.PublicKey)
		secret := must(private.ECDH(must(ours.ECDH())))
		arn := keyARN(f, id)
		equal(t, string(spec), agree(t, f, id, must(x509.MarshalPKIXPublicKey(private.PublicKey()))).ok(t), &kms.DeriveSharedSecretOutput{
			KeyId: &arn, KeyAgreementAlgorithm: "ECDH", KeyOrigin: types.OriginTypeAwsKms, SharedSecret: secret,
		})
	}
}

// Two keys come to the same secret, each with the other's public key, and no
// third one does.
func TestAgreementIsSymmetric(t *testing.T) {
	t.Parallel()
	for _, spec := range []types.KeySpec{"ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "SM2"} {
		f := specFake(spec)
		size := map[types.KeySpec]int{"ECC_NIST_P384": 48, "ECC_NIST_P521": 66}[spec]
		if size == 0 {
			size = 32
		}
		var ids []string
		var publics [][]byte
		for range 4 {
			id := newKeyOf(t, f, spec, "KEY_AGREEMENT")
			ids, publics = append(ids, id), append(publics, publicKeyOf(t, f, id))
		}
		secrets := map[string]bool{}
		for i := range ids {
			for j := range i {
				one, other := agree(t, f, ids[i], publics[j]).ok(t).SharedSecret, agree(t, f, ids[j], publics[i]).ok(t).SharedSecret
				if !bytes.Equal(one, other) || len(one) != size {
					t.Errorf("%s: %x and %x", spec, one, other)
				}
				if secrets[string(one)] {
					t.Errorf("%s: a secret of two pairs", spec)
				}
				secrets[string(one)] = true
			}
		}
	}
}

// A public key that is none, or not on the key's curve, is refused without a
// text, as was recorded from AWS.
func TestPeerKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	f, china := newFake(), newFake(kmsfake.WithRegion(chinaRegion))
	sm2Key := publicKeyOf(t, china, newKeyOf(t, china, "SM2", "KEY_AGREEMENT"))
	if _, err := smx509.ParsePKIXPublicKey(sm2Key); err != nil {
		t.Fatal(err)
	}
	p256 := must(x509.MarshalPKIXPublicKey(must(ecdh.P256().GenerateKey(rand.Reader)).PublicKey()))
	offCurve := bytes.Clone(p256)
	offCurve[len(offCurve)-1] ^= 1
	infinity := append(bytes.Clone(p256[:len(p256)-65]), make([]byte, 65)...)
	refused := map[string][]byte{
		"no DER":           []byte("InvalidPublicKey"),
		"RSA":              publicKeyOf(t, f, newKeyOf(t, f, "RSA_2048", "SIGN_VERIFY")),
		"Ed25519":          publicKeyOf(t, f, newKeyOf(t, f, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY")),
		"secp256k1":        publicKeyOf(t, f, newKeyOf(t, f, "ECC_SECG_P256K1", "SIGN_VERIFY")),
		"SM2":              sm2Key,
		"off the curve":    offCurve,
		"no point":         infinity,
		"cut":              p256[:len(p256)-1],
		"followed":         append(bytes.Clone(p256), 0),
		"the bare point":   must(ecdh.P256().GenerateKey(rand.Reader)).PublicKey().Bytes(),
		"X25519":           must(x509.MarshalPKIXPublicKey(must(ecdh.X25519().GenerateKey(rand.Reader)).PublicKey())),
		"a public of P384": must(x509.MarshalPKIXPublicKey(must(ecdh.P384().GenerateKey(rand.Reader)).PublicKey())),
		"a public of P521": must(x509.MarshalPKIXPublicKey(must(ecdh.P521().GenerateKey(rand.Reader)).PublicKey())),
	}
	id := newKeyOf(t, f, "ECC_NIST_P256", "KEY_AGREEMENT")
	for name, key := range refused {
		t.Run(name, func(t *testing.T) { agree(t, f, id, key).fails(t, "ValidationException", "UnknownError") })
	}
	agree(t, f, newKeyOf(t, f, "ECC_NIST_P384", "KEY_AGREEMENT"), p256).fails(t, "ValidationException", "UnknownError")
	agree(t, china, newKeyOf(t, china, "SM2", "KEY_AGREEMENT"), p256).fails(t, "ValidationException", "UnknownError")
	agree(t, f, id, make([]byte, 8193)).fails(t, "ValidationException",
		oneFailure("Value at 'publicKey' failed to satisfy constraint: Member must have length less than or equal to 8192"))
}

func TestAgreementIsOfTheKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKeyOf(t, f, "ECC_NIST_P256", "KEY_AGREEMENT")
	ours := must(signingParse(t, x509.ParsePKIXPublicKey, publicKeyOf(t, f, id)).(*ecdsa.PublicKey).ECDH())
	rapid.Check(t, func(r *rapid.T) {
		scalar := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "scalar")
		private, err := ecdh.P256().NewPrivateKey(scalar)
		if err != nil {
			r.Skip("not below the order")
		}
		peer := must(x509.MarshalPKIXPublicKey(private.PublicKey()))
		if have, want := agree(t, f, id, peer).ok(t).SharedSecret, must(private.ECDH(ours)); !bytes.Equal(have, want) {
			r.Fatalf("%x, want %x", have, want)
		}
	})
}

func FuzzDeriveSharedSecret(f *testing.F) {
	fake := newFake()
	var ids []string
	for spec, curve := range agreementCurves {
		ids = append(ids, newKeyOf(f, fake, spec, "KEY_AGREEMENT"))
		f.Add(must(x509.MarshalPKIXPublicKey(must(curve.GenerateKey(rand.Reader)).PublicKey())))
	}
	f.Add([]byte("no key"))
	f.Fuzz(func(t *testing.T, peer []byte) {
		agreed := 0
		for _, id := range ids {
			out, err := fake.DeriveSharedSecret(t.Context(), &kms.DeriveSharedSecretInput{KeyId: &id, KeyAgreementAlgorithm: "ECDH", PublicKey: peer})
			if err != nil {
				checkCode(t, err, "ValidationException")
				continue
			}
			agreed++
			if len(out.SharedSecret) == 0 {
				t.Errorf("no secret of %x", peer)
			}
		}
		if agreed > 1 {
			t.Errorf("%x is on %d curves", peer, agreed)
		}
	})
}
