package material_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// pick chooses by a byte of the fuzzer's.
func pick[T any](from []T, by byte) T { return from[int(by)%len(from)] }

func FuzzVerify(f *testing.F) {
	all := pairings()
	signers := map[types.KeySpec]material.Signer{}
	for i, p := range all {
		if signers[p.spec] == nil {
			signers[p.spec] = as[material.Signer](f, p.spec, 1)
		}
		message := bytes.Repeat([]byte{1}, p.digest)
		signature, err := signers[p.spec].Sign(p.alg, p.messageType, message, rand.Reader)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), message, signature)
	}
	f.Fuzz(func(t *testing.T, choice byte, message, signature []byte) {
		p := pick(all, choice)
		valid, err := signers[p.spec].Verify(p.alg, p.messageType, message, signature)
		if err != nil && (valid || !errors.Is(err, material.ErrDigestLength)) {
			t.Fatalf("%v, %v", valid, err)
		}
		if valid {
			again, err := signers[p.spec].Verify(p.alg, p.messageType, append(bytes.Clone(message), 0), signature)
			if again || err != nil && !errors.Is(err, material.ErrDigestLength) {
				t.Fatalf("a longer message verifies: %v, %v", again, err)
			}
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	keys := map[types.KeySpec]material.Encrypter{}
	for i, e := range encrypts {
		if keys[e.spec] == nil {
			keys[e.spec] = as[material.Encrypter](f, e.spec, 1)
		}
		ciphertext, err := keys[e.spec].Encrypt(e.alg, []byte("plaintext"), rand.Reader)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), ciphertext)
	}
	f.Fuzz(func(t *testing.T, choice byte, ciphertext []byte) {
		e := pick(encrypts, choice)
		plaintext, err := keys[e.spec].Decrypt(e.alg, ciphertext)
		if err != nil && !errors.Is(err, material.ErrCiphertext) {
			t.Fatal(err)
		}
		if len(plaintext) > len(ciphertext) {
			t.Fatalf("%d bytes of %d", len(plaintext), len(ciphertext))
		}
	})
}

func FuzzOpen(f *testing.F) {
	var ciphers []material.Cipher
	for i, partition := range []string{commercial, china} {
		c := derive(f, types.KeySpecSymmetricDefault, partition, seedOf(1)).(material.Cipher)
		nonce := make([]byte, c.NonceSize())
		sealed, err := c.Seal(nil, nonce, []byte("plaintext"), []byte("context"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), nonce, sealed, []byte("context"))
		ciphers = append(ciphers, c)
	}
	f.Fuzz(func(t *testing.T, choice byte, nonce, sealed, additional []byte) {
		c := pick(ciphers, choice)
		plaintext, err := c.Open(nil, nonce, sealed, additional)
		if err != nil {
			if !errors.Is(err, material.ErrCiphertext) {
				t.Fatal(err)
			}
			return
		}
		again, err := c.Seal(nil, nonce, plaintext, additional)
		if err != nil || !bytes.Equal(again, sealed) {
			t.Fatalf("sealed again: %x, %v", again, err)
		}
	})
}

func FuzzDecapsulate(f *testing.F) {
	var keys []material.KEM
	for i, spec := range kemSpecs {
		key := as[material.KEM](f, spec, 1)
		_, encapsulated, err := key.Encapsulate(mlkemAlgorithm, rand.Reader)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), encapsulated)
		keys = append(keys, key)
	}
	f.Fuzz(func(t *testing.T, choice byte, encapsulated []byte) {
		key := pick(keys, choice)
		secret, err := key.Decapsulate(mlkemAlgorithm, encapsulated)
		if len(encapsulated) != kems[key.Spec()].size {
			if !errors.Is(err, material.ErrEncapsulatedLength) {
				t.Fatal(err)
			}
			return
		}
		if err != nil || len(secret) != 32 {
			t.Fatalf("%x, %v", secret, err)
		}
	})
}

func FuzzAgree(f *testing.F) {
	var keys []material.Agreement
	for _, spec := range slices.Sorted(maps.Keys(agrees)) {
		keys = append(keys, as[material.Agreement](f, spec, 1))
	}
	for i := range keys {
		for _, other := range keys {
			f.Add(byte(i), other.PublicKey())
		}
	}
	f.Fuzz(func(t *testing.T, choice byte, peer []byte) {
		key := pick(keys, choice)
		secret, err := key.Agree(ecdhAlgorithm, peer)
		if err != nil {
			if !errors.Is(err, material.ErrPublicKey) {
				t.Fatal(err)
			}
			return
		}
		if len(secret) != agrees[key.Spec()] {
			t.Fatalf("secret of %d bytes", len(secret))
		}
	})
}

func FuzzParse(f *testing.F) {
	for i, spec := range everySpec {
		f.Add(byte(i), derive(f, spec, home(spec), seedOf(1)).Encode())
	}
	f.Fuzz(func(t *testing.T, choice byte, encoded []byte) {
		spec := pick(everySpec, choice)
		m, err := material.Parse(spec, home(spec), encoded)
		if err != nil {
			if !errors.Is(err, material.ErrEncoding) {
				t.Fatal(err)
			}
			return
		}
		again, err := material.Parse(spec, home(spec), m.Encode())
		if err != nil || !bytes.Equal(again.Encode(), m.Encode()) {
			t.Fatalf("what Encode gives does not parse: %v", err)
		}
	})
}

func FuzzParsePublic(f *testing.F) {
	for i, spec := range everySpec {
		if pair, ok := derive(f, spec, home(spec), seedOf(1)).(material.Public); ok {
			f.Add(byte(i), pair.PublicKey())
		}
	}
	f.Fuzz(func(t *testing.T, choice byte, spki []byte) {
		spec := pick(everySpec, choice)
		public, err := material.ParsePublic(spec, home(spec), spki)
		if err != nil {
			if !errors.Is(err, material.ErrPublicKey) && !errors.Is(err, material.ErrSpec) {
				t.Fatal(err)
			}
			return
		}
		for _, p := range pairings() {
			if p.spec != spec {
				continue
			}
			message := bytes.Repeat([]byte{1}, p.digest)
			if _, err := public.Verify(p.alg, p.messageType, message, spki); err != nil {
				t.Fatal(err)
			}
		}
	})
}
