package material_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

// agrees is DeriveSharedSecret's documentation, with the length of a field
// element of each curve.
var agrees = map[types.KeySpec]int{
	types.KeySpecEccNistP256: 32,
	types.KeySpecEccNistP384: 48,
	types.KeySpecEccNistP521: 66,
	types.KeySpecSm2:         32,
}

const ecdhAlgorithm = types.KeyAgreementAlgorithmSpecEcdh

func TestAgreementIsSymmetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		specs := []types.KeySpec{types.KeySpecEccNistP256, types.KeySpecEccNistP384, types.KeySpecEccNistP521, types.KeySpecSm2}
		spec := rapid.SampledFrom(specs).Draw(t, "spec")
		party := func(name string) material.Agreement {
			seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, name))
			m, err := material.Derive(spec, home(spec), seed)
			if err != nil {
				t.Fatal(err)
			}
			return m.(material.Agreement)
		}
		alice, bob := party("alice"), party("bob")
		mine, err := alice.Agree(ecdhAlgorithm, bob.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		yours, err := bob.Agree(ecdhAlgorithm, alice.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(mine, yours) || len(mine) != agrees[spec] {
			t.Fatalf("%s: %x and %x", spec, mine, yours)
		}
	})
}

func TestAgreementPairings(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		m, ok := derive(t, spec, home(spec), seedOf(1)).(material.Agreement)
		if _, wanted := agrees[spec]; ok != wanted {
			t.Errorf("%s agrees: %v", spec, ok)
		}
		if !ok {
			continue
		}
		for _, alg := range []types.KeyAgreementAlgorithmSpec{"", "X25519"} {
			if _, err := m.Agree(alg, m.PublicKey()); !errors.Is(err, material.ErrAlgorithm) {
				t.Errorf("%s, %q: %v", spec, alg, err)
			}
		}
		for _, other := range everySpec {
			public, ok := derive(t, other, home(other), seedOf(2)).(material.Public)
			if !ok {
				continue
			}
			if _, err := m.Agree(ecdhAlgorithm, public.PublicKey()); (err == nil) != (other == spec) || err != nil && !errors.Is(err, material.ErrPublicKey) {
				t.Errorf("%s with a peer of %s: %v", spec, other, err)
			}
		}
		valid := derive(t, spec, home(spec), seedOf(2)).(material.Public).PublicKey()
		off := bytes.Clone(valid)
		off[len(off)-1] ^= 1
		for what, peer := range map[string][]byte{
			"nothing":            nil,
			"point not on curve": off,
			"cut":                valid[:len(valid)-1],
			"trailing":           append(bytes.Clone(valid), 0),
			"point alone":        valid[len(valid)-1-2*agrees[spec]:],
			"infinity":           infinity(valid, agrees[spec]),
		} {
			if _, err := m.Agree(ecdhAlgorithm, peer); !errors.Is(err, material.ErrPublicKey) {
				t.Errorf("%s, %s: %v", spec, what, err)
			}
		}
	}
}

// infinity replaces the point of a SubjectPublicKeyInfo by the one at infinity.
func infinity(spki []byte, size int) []byte {
	algorithm := bytes.Index(spki, []byte{0x06, 0x07, 0x2a, 0x86}) - 2
	algorithmEnd := algorithm + 2 + int(spki[algorithm+1])
	body := slices.Concat(spki[algorithm:algorithmEnd], []byte{0x03, 0x02, 0x00, 0x00})
	return append([]byte{0x30, byte(len(body))}, body...)
}

func TestAgreementElsewhere(t *testing.T) {
	t.Parallel()
	for spec := range agrees {
		m := as[material.Agreement](t, spec, 1)
		if spec == types.KeySpecSm2 {
			peer, err := sm2.GenerateKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			spki, err := smx509.MarshalPKIXPublicKey(&peer.PublicKey)
			if err != nil {
				t.Fatal(err)
			}
			public := parse(t, smx509.ParsePKIXPublicKey, m.PublicKey()).(*ecdsa.PublicKey)
			x, _ := public.ScalarMult(public.X, public.Y, peer.D.Bytes())
			checkAgreed(t, m, spki, x.FillBytes(make([]byte, 32)))
			continue
		}
		public := parse(t, x509.ParsePKIXPublicKey, m.PublicKey()).(*ecdsa.PublicKey)
		remote, err := public.ECDH()
		if err != nil {
			t.Fatal(err)
		}
		curves := map[types.KeySpec]ecdh.Curve{
			types.KeySpecEccNistP256: ecdh.P256(), types.KeySpecEccNistP384: ecdh.P384(), types.KeySpecEccNistP521: ecdh.P521(),
		}
		peer, err := curves[spec].GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		spki, err := x509.MarshalPKIXPublicKey(peer.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		want, err := peer.ECDH(remote)
		if err != nil {
			t.Fatal(err)
		}
		checkAgreed(t, m, spki, want)
	}
}

func checkAgreed(t *testing.T, m material.Agreement, peer, want []byte) {
	t.Helper()
	got, err := m.Agree(ecdhAlgorithm, peer)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %x, %v, want %x", m.Spec(), got, err, want)
	}
}
