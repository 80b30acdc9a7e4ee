package material_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"hash"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

// encrypts is Encrypt's documentation: the most bytes of plaintext by key spec
// and algorithm.
var encrypts = []struct {
	spec  types.KeySpec
	alg   types.EncryptionAlgorithmSpec
	limit int
}{
	{types.KeySpecRsa2048, types.EncryptionAlgorithmSpecRsaesOaepSha1, 214},
	{types.KeySpecRsa2048, types.EncryptionAlgorithmSpecRsaesOaepSha256, 190},
	{types.KeySpecRsa3072, types.EncryptionAlgorithmSpecRsaesOaepSha1, 342},
	{types.KeySpecRsa3072, types.EncryptionAlgorithmSpecRsaesOaepSha256, 318},
	{types.KeySpecRsa4096, types.EncryptionAlgorithmSpecRsaesOaepSha1, 470},
	{types.KeySpecRsa4096, types.EncryptionAlgorithmSpecRsaesOaepSha256, 446},
	{types.KeySpecSm2, types.EncryptionAlgorithmSpecSm2pke, 1024},
}

func TestEncryptionPairings(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		m, ok := derive(t, spec, home(spec), seedOf(1)).(material.Encrypter)
		if wanted := slices.Contains(rsaSpecs, spec) || spec == types.KeySpecSm2; ok != wanted {
			t.Errorf("%s encrypts: %v", spec, ok)
		}
		if !ok {
			continue
		}
		for _, alg := range append(types.EncryptionAlgorithmSpec("").Values(), "RSAES_PKCS1_V1_5", "") {
			limit := 0
			for _, e := range encrypts {
				if e.spec == spec && e.alg == alg {
					limit = e.limit
				}
			}
			if limit == 0 {
				if _, err := m.Encrypt(alg, []byte("p"), rand.Reader); !errors.Is(err, material.ErrAlgorithm) {
					t.Errorf("%s, %q: Encrypt: %v", spec, alg, err)
				}
				if _, err := m.Decrypt(alg, []byte("c")); !errors.Is(err, material.ErrAlgorithm) {
					t.Errorf("%s, %q: Decrypt: %v", spec, alg, err)
				}
				continue
			}
			longest := bytes.Repeat([]byte{9}, limit)
			ciphertext, err := m.Encrypt(alg, longest, rand.Reader)
			if err != nil {
				t.Fatalf("%s, %s, %d bytes: %v", spec, alg, limit, err)
			}
			plaintext, err := m.Decrypt(alg, ciphertext)
			if err != nil || !bytes.Equal(plaintext, longest) {
				t.Errorf("%s, %s, %d bytes: %x, %v", spec, alg, limit, plaintext, err)
			}
			if _, err := m.Encrypt(alg, append(longest, 9), rand.Reader); !errors.Is(err, material.ErrPlaintextLength) {
				t.Errorf("%s, %s, %d bytes: %v", spec, alg, limit+1, err)
			}
		}
	}
}

func TestSM2EncryptsNoEmptyMessage(t *testing.T) {
	t.Parallel()
	m := as[material.Encrypter](t, types.KeySpecSm2, 1)
	if c, err := m.Encrypt(types.EncryptionAlgorithmSpecSm2pke, nil, rand.Reader); !errors.Is(err, material.ErrPlaintextLength) {
		t.Errorf("%x, %v", c, err)
	}
}

func TestDecryptOpensWhatWasEncryptedAlone(t *testing.T) {
	t.Parallel()
	keys := map[types.KeySpec]material.Encrypter{}
	strangers := map[types.KeySpec]material.Encrypter{}
	for _, e := range encrypts {
		keys[e.spec] = as[material.Encrypter](t, e.spec, 1)
		strangers[e.spec] = as[material.Encrypter](t, e.spec, 2)
	}
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(encrypts).Draw(t, "pairing")
		m := keys[e.spec]
		plaintext := rapid.SliceOfN(rapid.Byte(), 1, e.limit).Draw(t, "plaintext")
		ciphertext, err := m.Encrypt(e.alg, plaintext, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := m.Decrypt(e.alg, ciphertext)
		if err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("%x, %v", opened, err)
		}
		refuse := func(m material.Encrypter, alg types.EncryptionAlgorithmSpec, ciphertext []byte) {
			if _, err := m.Decrypt(alg, ciphertext); !errors.Is(err, material.ErrCiphertext) {
				t.Fatal(err)
			}
		}
		switch rapid.SampledFrom([]string{"key", "bit", "cut", "longer", "nothing", "algorithm"}).Draw(t, "other") {
		case "key":
			refuse(strangers[e.spec], e.alg, ciphertext)
		case "bit":
			refuse(m, e.alg, flip(t, ciphertext))
		case "cut":
			refuse(m, e.alg, ciphertext[1:])
		case "longer":
			refuse(m, e.alg, append(bytes.Clone(ciphertext), 0))
		case "nothing":
			refuse(m, e.alg, nil)
		case "algorithm":
			for _, other := range encrypts {
				if other.spec == e.spec && other.alg != e.alg {
					refuse(m, other.alg, ciphertext)
				}
			}
		}
	})
}

var oaep = map[types.EncryptionAlgorithmSpec]func() hash.Hash{
	types.EncryptionAlgorithmSpecRsaesOaepSha1:   sha1.New,
	types.EncryptionAlgorithmSpecRsaesOaepSha256: sha256.New,
}

// What a caller encrypts with the public key outside of KMS opens here, and
// what is encrypted here opens with the private key elsewhere.
func TestEncryptionElsewhere(t *testing.T) {
	t.Parallel()
	message := []byte("both ways")
	for _, e := range encrypts {
		m := as[material.Encrypter](t, e.spec, 1)
		ciphertext, err := m.Encrypt(e.alg, message, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var opened, sealed []byte
		if e.spec == types.KeySpecSm2 {
			private := parse(t, smx509.ParsePKCS8PrivateKey, m.Encode()).(*sm2.PrivateKey)
			public := parse(t, smx509.ParsePKIXPublicKey, m.PublicKey()).(*ecdsa.PublicKey)
			if opened, err = private.Decrypt(nil, ciphertext, sm2.ASN1DecrypterOpts); err != nil {
				t.Fatal(err)
			}
			if sealed, err = sm2.EncryptASN1(rand.Reader, public, message); err != nil {
				t.Fatal(err)
			}
			raw, err := sm2.Encrypt(rand.Reader, public, message, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Decrypt(e.alg, raw); !errors.Is(err, material.ErrCiphertext) {
				t.Errorf("SM2 ciphertext that is not DER: %v", err)
			}
		} else {
			private := parse(t, x509.ParsePKCS8PrivateKey, m.Encode()).(*rsa.PrivateKey)
			public := parse(t, x509.ParsePKIXPublicKey, m.PublicKey()).(*rsa.PublicKey)
			if opened, err = rsa.DecryptOAEP(oaep[e.alg](), nil, private, ciphertext, nil); err != nil {
				t.Fatal(err)
			}
			if sealed, err = rsa.EncryptOAEP(oaep[e.alg](), rand.Reader, public, message, nil); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(opened, message) {
			t.Errorf("%s, %s: opened elsewhere: %x", e.spec, e.alg, opened)
		}
		if got, err := m.Decrypt(e.alg, sealed); err != nil || !bytes.Equal(got, message) {
			t.Errorf("%s, %s: sealed elsewhere: %x, %v", e.spec, e.alg, got, err)
		}
	}
}

// One byte in 256 equals the mask that SM2 draws for it, and must open all the same.
func TestSM2OpensEveryShortPlaintext(t *testing.T) {
	t.Parallel()
	m, err := material.Derive(types.KeySpecSm2, "aws-cn", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	k := m.(material.Encrypter)
	for i := range 1500 {
		plaintext := []byte{byte(i)}
		ciphertext, err := k.Encrypt(types.EncryptionAlgorithmSpecSm2pke, plaintext, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := k.Decrypt(types.EncryptionAlgorithmSpecSm2pke, ciphertext); err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("ciphertext %d of %x opens as %x: %v", i, plaintext, opened, err)
		}
	}
}
