package material_test

import (
	"bytes"
	"crypto/mlkem"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

const mlkemAlgorithm = types.EncapsulationAlgorithmSpecMlKem

// kems are the lengths of EncapsulateOutput's documentation, and circl's
// implementation, which is behind the material of ML_KEM_512 alone.
var kems = map[types.KeySpec]struct {
	size  int
	other kem.Scheme
}{
	types.KeySpecMlKem512:  {768, mlkem512.Scheme()},
	types.KeySpecMlKem768:  {1088, mlkem768.Scheme()},
	types.KeySpecMlKem1024: {1568, mlkem1024.Scheme()},
}

var kemSpecs = []types.KeySpec{types.KeySpecMlKem512, types.KeySpecMlKem768, types.KeySpecMlKem1024}

func TestEncapsulatedSecretsMatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom(kemSpecs).Draw(t, "spec")
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		m, err := material.Derive(spec, commercial, seed)
		if err != nil {
			t.Fatal(err)
		}
		key := m.(material.KEM)
		secret, encapsulated, err := key.Encapsulate(mlkemAlgorithm, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if len(secret) != 32 || len(encapsulated) != kems[spec].size {
			t.Fatalf("%s: secret of %d bytes in %d", spec, len(secret), len(encapsulated))
		}
		recovered, err := key.Decapsulate(mlkemAlgorithm, encapsulated)
		if err != nil || !bytes.Equal(recovered, secret) {
			t.Fatalf("%x, %v, want %x", recovered, err, secret)
		}
		// Implicit rejection: a secret all the same, always the same, another.
		changed := flip(t, encapsulated)
		rejected, err := key.Decapsulate(mlkemAlgorithm, changed)
		if err != nil || len(rejected) != 32 || bytes.Equal(rejected, secret) {
			t.Fatalf("changed: %x, %v", rejected, err)
		}
		if again, err := key.Decapsulate(mlkemAlgorithm, changed); err != nil || !bytes.Equal(again, rejected) {
			t.Fatalf("changed, again: %x, %v, want %x", again, err, rejected)
		}
	})
}

func TestKEMPairings(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		key, ok := derive(t, spec, home(spec), seedOf(1)).(material.KEM)
		if _, wanted := kems[spec]; ok != wanted {
			t.Errorf("%s encapsulates: %v", spec, ok)
		}
		if !ok {
			continue
		}
		for _, alg := range []types.EncapsulationAlgorithmSpec{"", "KYBER"} {
			if _, _, err := key.Encapsulate(alg, rand.Reader); !errors.Is(err, material.ErrAlgorithm) {
				t.Errorf("%s, %q: Encapsulate: %v", spec, alg, err)
			}
			if _, err := key.Decapsulate(alg, make([]byte, kems[spec].size)); !errors.Is(err, material.ErrAlgorithm) {
				t.Errorf("%s, %q: Decapsulate: %v", spec, alg, err)
			}
		}
		for _, n := range []int{0, 1, 767, 768, 769, 1087, 1088, 1089, 1567, 1568, 1569} {
			secret, err := key.Decapsulate(mlkemAlgorithm, make([]byte, n))
			if n == kems[spec].size {
				if err != nil || len(secret) != 32 {
					t.Errorf("%s, %d bytes: %x, %v", spec, n, secret, err)
				}
			} else if !errors.Is(err, material.ErrEncapsulatedLength) {
				t.Errorf("%s, %d bytes: %v", spec, n, err)
			}
		}
	}
}

// The other implementation, given the public key alone, encapsulates what the
// material decapsulates; given the seed, it agrees on rejection too.
func TestKEMElsewhere(t *testing.T) {
	t.Parallel()
	for spec, k := range kems {
		key := as[material.KEM](t, spec, 1)
		spki := key.PublicKey()
		public, err := k.other.UnmarshalBinaryPublicKey(spki[len(spki)-k.other.PublicKeySize():])
		if err != nil {
			t.Fatal(err)
		}
		encapsulated, want, err := k.other.Encapsulate(public)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := key.Decapsulate(mlkemAlgorithm, encapsulated); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v, want %x", spec, got, err, want)
		}
		pkcs8 := key.Encode()
		seed := pkcs8[len(pkcs8)-64:]
		_, private := k.other.DeriveKeyPair(seed)
		encapsulated[0] ^= 1
		want, err = k.other.Decapsulate(private, encapsulated)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := key.Decapsulate(mlkemAlgorithm, encapsulated); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, rejected: %x, %v, want %x", spec, got, err, want)
		}
	}
	key := as[material.KEM](t, types.KeySpecMlKem768, 1)
	spki := key.PublicKey()
	public, err := mlkem.NewEncapsulationKey768(spki[len(spki)-mlkem.EncapsulationKeySize768:])
	if err != nil {
		t.Fatal(err)
	}
	want, encapsulated := public.Encapsulate()
	if got, err := key.Decapsulate(mlkemAlgorithm, encapsulated); err != nil || !bytes.Equal(got, want) {
		t.Errorf("crypto/mlkem: %x, %v, want %x", got, err, want)
	}
}

func TestEncapsulateWithoutRandomness(t *testing.T) {
	t.Parallel()
	key := as[material.KEM](t, types.KeySpecMlKem512, 1)
	if _, _, err := key.Encapsulate(mlkemAlgorithm, bytes.NewReader(nil)); err == nil {
		t.Error("encapsulated without randomness")
	}
}
