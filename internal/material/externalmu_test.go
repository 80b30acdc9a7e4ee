package material_test

import (
	"crypto/rand"
	"crypto/sha3"
	"testing"

	"filippo.io/mldsa"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm3"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

// messageMu is μ of FIPS 204 for a message with an empty context.
func messageMu(public *mldsa.PublicKey, message []byte) []byte {
	tr := make([]byte, 64)
	x := sha3.NewSHAKE256()
	x.Write(public.Bytes())
	x.Read(tr)
	x.Reset()
	x.Write(tr)
	x.Write([]byte{0, 0})
	x.Write(message)
	mu := make([]byte, 64)
	x.Read(mu)
	return mu
}

// Our verification of an external μ agrees with the library's of the message,
// on what is signed and on what is not.
func TestExternalMu(t *testing.T) {
	t.Parallel()
	const alg = types.SigningAlgorithmSpecMlDsaShake256
	signers := map[types.KeySpec]material.Signer{}
	publics := map[types.KeySpec]*mldsa.PublicKey{}
	for _, spec := range mldsaSpecs {
		signers[spec] = as[material.Signer](t, spec, 1)
		publics[spec] = mldsaPublic(t, signers[spec])
	}
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom(mldsaSpecs).Draw(t, "spec")
		message := rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "message")
		signer, public := signers[spec], publics[spec]
		mu := messageMu(public, message)

		ofMu, err := signer.Sign(alg, types.MessageTypeExternalMu, mu, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := mldsa.Verify(public, message, ofMu, nil); err != nil {
			t.Fatalf("signature of μ is none of the message: %v", err)
		}
		ofMessage, err := signer.Sign(alg, types.MessageTypeRaw, message, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "change") {
			ofMessage = flip(t, ofMessage)
		}
		want := mldsa.Verify(public, message, ofMessage, nil) == nil
		got, err := signer.Verify(alg, types.MessageTypeExternalMu, mu, ofMessage)
		if err != nil || got != want {
			t.Fatalf("Verify of μ: %v, %v; of the message: %v", got, err, want)
		}
	})
}

func sm3Sum(b []byte) []byte {
	sum := sm3.Sum(b)
	return sum[:]
}
