package material_test

import (
	"bytes"
	"crypto/rand"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// Material that many use at once, some of it made on first use, gives each what
// it gives one. The race detector watches.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	const users = 4
	together := func(use func()) {
		var wg sync.WaitGroup
		for range users {
			wg.Go(use)
		}
		wg.Wait()
	}
	for _, p := range pairings() {
		signer := as[material.Signer](t, p.spec, 9)
		message := bytes.Repeat([]byte{1}, max(p.digest, 1))
		together(func() {
			signature, err := signer.Sign(p.alg, p.messageType, message, rand.Reader)
			if err != nil {
				t.Error(err)
			}
			if ok, err := signer.Verify(p.alg, p.messageType, message, signature); !ok || err != nil {
				t.Errorf("%s, %s: %v, %v", p.spec, p.alg, ok, err)
			}
		})
	}
	for spec := range agrees {
		alice, bob := as[material.Agreement](t, spec, 9), as[material.Agreement](t, spec, 8)
		want, err := bob.Agree(ecdhAlgorithm, alice.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		together(func() { checkAgreed(t, alice, bob.PublicKey(), want) })
	}
	for spec := range kems {
		key := as[material.KEM](t, spec, 9)
		together(func() {
			want, encapsulated, err := key.Encapsulate(mlkemAlgorithm, rand.Reader)
			if err != nil {
				t.Error(err)
			}
			if got, err := key.Decapsulate(mlkemAlgorithm, encapsulated); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %x, %v, want %x", spec, got, err, want)
			}
		})
	}
	for _, e := range encrypts {
		m := as[material.Encrypter](t, e.spec, 9)
		together(func() {
			ciphertext, err := m.Encrypt(e.alg, []byte("plaintext"), rand.Reader)
			if err != nil {
				t.Error(err)
			}
			if got, err := m.Decrypt(e.alg, ciphertext); err != nil || string(got) != "plaintext" {
				t.Errorf("%s: %q, %v", e.spec, got, err)
			}
		})
	}
	for _, partition := range []string{commercial, china} {
		c := derive(t, types.KeySpecSymmetricDefault, partition, seedOf(9)).(material.Cipher)
		together(func() {
			nonce := make([]byte, c.NonceSize())
			sealed, err := c.Seal(nil, nonce, []byte("plaintext"), nil)
			if err != nil {
				t.Error(err)
			}
			if got, err := c.Open(nil, nonce, sealed, nil); err != nil || string(got) != "plaintext" {
				t.Errorf("%s: %q, %v", partition, got, err)
			}
		})
	}
}
