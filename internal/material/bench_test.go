package material_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"testing"

	"filippo.io/mldsa"
	mldsax509 "filippo.io/mldsa/x509"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// bare makes the calls of the library that stands behind an algorithm.
func bare(b *testing.B, p pairing, m material.Signer, message []byte) (sign func() ([]byte, error), verify func([]byte) bool) {
	b.Helper()
	key, err := mldsax509.ParsePKCS8PrivateKey(m.Encode())
	if err != nil {
		return nil, nil // a curve that the library does not know
	}
	digest := message
	h, hashes := hashes[p.alg]
	sum := func() []byte {
		if !hashes {
			return digest
		}
		return hashed(h, message)
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if p.alg == types.SigningAlgorithmSpecRsassaPkcs1V15Sha256 {
			return func() ([]byte, error) { return rsa.SignPKCS1v15(rand.Reader, key, h, sum()) },
				func(s []byte) bool { return rsa.VerifyPKCS1v15(&key.PublicKey, h, sum(), s) == nil }
		}
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return func() ([]byte, error) { return rsa.SignPSS(rand.Reader, key, h, sum(), opts) },
			func(s []byte) bool { return rsa.VerifyPSS(&key.PublicKey, h, sum(), s, opts) == nil }
	case *ecdsa.PrivateKey:
		return func() ([]byte, error) { return ecdsa.SignASN1(rand.Reader, key, sum()) },
			func(s []byte) bool { return ecdsa.VerifyASN1(&key.PublicKey, sum(), s) }
	case ed25519.PrivateKey:
		public := key.Public().(ed25519.PublicKey)
		return func() ([]byte, error) { return ed25519.Sign(key, message), nil },
			func(s []byte) bool { return ed25519.Verify(public, message, s) }
	case *mldsa.PrivateKey:
		public := key.PublicKey()
		return func() ([]byte, error) { return key.Sign(nil, message, nil) },
			func(s []byte) bool { return mldsa.Verify(public, message, s, nil) == nil }
	}
	return nil, nil
}

func BenchmarkSigning(b *testing.B) {
	message := make([]byte, 64)
	for _, p := range pairings() {
		switch p.alg {
		case types.SigningAlgorithmSpecRsassaPssSha384, types.SigningAlgorithmSpecRsassaPssSha512,
			types.SigningAlgorithmSpecRsassaPkcs1V15Sha384, types.SigningAlgorithmSpecRsassaPkcs1V15Sha512:
			continue // as fast as their neighbours
		}
		raw := p.messageType == types.MessageTypeRaw
		if !raw && p.messageType != types.MessageTypeExternalMu {
			continue
		}
		name := string(p.spec) + "/" + string(p.alg) + "/" + string(p.messageType)
		m := as[material.Signer](b, p.spec, 1)
		signature, err := m.Sign(p.alg, p.messageType, message, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/Sign", func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Sign(p.alg, p.messageType, message, rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/Verify", func(b *testing.B) {
			for b.Loop() {
				if ok, err := m.Verify(p.alg, p.messageType, message, signature); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
		sign, verify := bare(b, p, m, message)
		if sign == nil || !raw {
			continue
		}
		b.Run(name+"/Sign bare", func(b *testing.B) {
			for b.Loop() {
				if _, err := sign(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/Verify bare", func(b *testing.B) {
			for b.Loop() {
				if !verify(signature) {
					b.Fatal("not verified")
				}
			}
		})
	}
}

// BenchmarkFirstUse is what the first operation with a new key costs.
func BenchmarkFirstUse(b *testing.B) {
	for _, spec := range everySpec {
		b.Run(string(spec), func(b *testing.B) {
			var seed [32]byte
			for n := uint64(0); b.Loop(); n++ {
				binary.LittleEndian.PutUint64(seed[:], n)
				m := derive(b, spec, home(spec), seed)
				if spec == types.KeySpecRsa2048 || spec == types.KeySpecRsa4096 {
					if _, err := m.(material.Signer).Sign(types.SigningAlgorithmSpecRsassaPssSha256, types.MessageTypeRaw, seed[:], rand.Reader); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkNewKeyPair(b *testing.B) {
	for _, spec := range types.DataKeyPairSpec("").Values() {
		b.Run(string(spec), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := material.NewKeyPair(spec, home(types.KeySpec(spec)), rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSymmetric(b *testing.B) {
	message, additional := make([]byte, 1024), make([]byte, 64)
	for _, partition := range []string{commercial, china} {
		c := derive(b, types.KeySpecSymmetricDefault, partition, seedOf(1)).(material.Cipher)
		nonce := make([]byte, c.NonceSize())
		sealed, err := c.Seal(nil, nonce, message, additional)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(partition+"/Seal", func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Seal(nil, nonce, message, additional); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(partition+"/Open", func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Open(nil, nonce, sealed, additional); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	nonce := make([]byte, gcm.NonceSize())
	b.Run("bare/Seal", func(b *testing.B) {
		for b.Loop() {
			gcm.Seal(nil, nonce, message, additional)
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	for _, e := range encrypts {
		m := as[material.Encrypter](b, e.spec, 1)
		ciphertext, err := m.Encrypt(e.alg, []byte("plaintext"), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(e.spec)+"/"+string(e.alg), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Decrypt(e.alg, ciphertext); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	key, err := x509.ParsePKCS8PrivateKey(as[material.Encrypter](b, types.KeySpecRsa2048, 1).Encode())
	if err != nil {
		b.Fatal(err)
	}
	private := key.(*rsa.PrivateKey)
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &private.PublicKey, []byte("plaintext"), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare RSA_2048", func(b *testing.B) {
		opts := &rsa.OAEPOptions{Hash: crypto.SHA256}
		for b.Loop() {
			if _, err := private.Decrypt(nil, ciphertext, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
}
