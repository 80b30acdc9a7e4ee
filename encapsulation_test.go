package kmsfake_test

import (
	"bytes"
	"crypto/mlkem"
	"encoding/asn1"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// encapsulatedSizes are the lengths that the documentation of Encapsulate gives.
var encapsulatedSizes = map[types.KeySpec]int{"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}

func encapsulate(t testing.TB, f *kmsfake.Fake, id string) result[kms.EncapsulateOutput] {
	return got(f.Encapsulate(t.Context(), &kms.EncapsulateInput{KeyId: &id, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}))
}

func decapsulate(t testing.TB, f *kmsfake.Fake, id string, encapsulated []byte) result[kms.DecapsulateOutput] {
	return got(f.Decapsulate(t.Context(), &kms.DecapsulateInput{
		KeyId: &id, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem, SharedSecretCiphertextBlob: encapsulated,
	}))
}

// encapsulateElsewhere is what a peer does with the public key.
func encapsulateElsewhere(t *testing.T, spec types.KeySpec, spki []byte) (secret, encapsulated []byte) {
	t.Helper()
	var info subjectPublicKeyInfo
	must(asn1.Unmarshal(spki, &info))
	switch raw := info.Key.Bytes; spec {
	case "ML_KEM_512":
		public := must(mlkem512.Scheme().UnmarshalBinaryPublicKey(raw))
		encapsulated, secret, err := mlkem512.Scheme().Encapsulate(public)
		if err != nil {
			t.Fatal(err)
		}
		return secret, encapsulated
	case "ML_KEM_768":
		return must(mlkem.NewEncapsulationKey768(raw)).Encapsulate()
	default:
		return must(mlkem.NewEncapsulationKey1024(raw)).Encapsulate()
	}
}

func TestEncapsulateAndDecapsulate(t *testing.T) {
	t.Parallel()
	f := newFake()
	for spec, size := range encapsulatedSizes {
		id := newKeyOf(t, f, spec, "ENCAPSULATE_DECAPSULATE")
		arn := keyARN(f, id)
		out := encapsulate(t, f, id).ok(t)
		if len(out.SharedSecret) != 32 || len(out.SharedSecretCiphertextBlob) != size {
			t.Errorf("%s: a secret of %d bytes in %d bytes", spec, len(out.SharedSecret), len(out.SharedSecretCiphertextBlob))
		}
		equal(t, "Encapsulate", out, &kms.EncapsulateOutput{
			KeyId: &arn, EncapsulationAlgorithm: "ML_KEM", SharedSecret: out.SharedSecret, SharedSecretCiphertextBlob: out.SharedSecretCiphertextBlob,
		})
		equal(t, "Decapsulate", decapsulate(t, f, id, out.SharedSecretCiphertextBlob).ok(t),
			&kms.DecapsulateOutput{KeyId: &arn, EncapsulationAlgorithm: "ML_KEM", SharedSecret: out.SharedSecret})
		if next := encapsulate(t, f, id).ok(t); bytes.Equal(next.SharedSecret, out.SharedSecret) {
			t.Errorf("%s: the same secret twice", spec)
		}

		secret, encapsulated := encapsulateElsewhere(t, spec, publicKeyOf(t, f, id))
		if have := decapsulate(t, f, id, encapsulated).ok(t).SharedSecret; !bytes.Equal(have, secret) {
			t.Errorf("%s: %x, encapsulated elsewhere was %x", spec, have, secret)
		}
	}
}

// What is changed, or was made for another key, gives a secret all the same, and
// always the same one: implicit rejection. Only the length can be wrong.
func TestImplicitRejection(t *testing.T) {
	t.Parallel()
	f := newFake()
	var ids, others []string
	specs := []types.KeySpec{"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"}
	for _, spec := range specs {
		ids = append(ids, newKeyOf(t, f, spec, "ENCAPSULATE_DECAPSULATE"))
		others = append(others, newKeyOf(t, f, spec, "ENCAPSULATE_DECAPSULATE"))
	}
	rapid.Check(t, func(r *rapid.T) {
		i := rapid.IntRange(0, len(specs)-1).Draw(r, "spec")
		out := encapsulate(t, f, ids[i]).ok(t)
		changed := flipBit(r, out.SharedSecretCiphertextBlob)
		rejected := decapsulate(t, f, ids[i], changed).ok(t).SharedSecret
		again := decapsulate(t, f, ids[i], changed).ok(t).SharedSecret
		other := decapsulate(t, f, others[i], out.SharedSecretCiphertextBlob).ok(t).SharedSecret
		switch {
		case len(rejected) != 32 || len(other) != 32:
			r.Fatalf("%s: %x, %x", specs[i], rejected, other)
		case bytes.Equal(rejected, out.SharedSecret) || bytes.Equal(other, out.SharedSecret):
			r.Fatalf("%s: the secret of another ciphertext or key", specs[i])
		case !bytes.Equal(rejected, again):
			r.Fatalf("%s: %x, then %x", specs[i], rejected, again)
		}
		if t.Failed() {
			r.FailNow()
		}
	})
	for i, spec := range specs {
		size := encapsulatedSizes[spec]
		for _, length := range []int{1, size - 1, size + 1, 768, 1088, 1568, 6144} {
			out := decapsulate(t, f, ids[i], bytes.Repeat([]byte{1}, length))
			if length == size {
				out.ok(t)
				continue
			}
			out.fails(t, "InvalidCiphertextException", "")
		}
	}
}

func TestNoEncapsulationInChina(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithRegion(chinaRegion))
	id := newKey(t, f)
	encapsulate(t, f, id).failsWith(t, "UnsupportedOperationException")
	decapsulate(t, f, id, make([]byte, 768)).failsWith(t, "UnsupportedOperationException")
}

func FuzzDecapsulate(f *testing.F) {
	fake := newFake()
	specs := []types.KeySpec{"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"}
	var ids []string
	for _, spec := range specs {
		id := newKeyOf(f, fake, spec, "ENCAPSULATE_DECAPSULATE")
		ids = append(ids, id)
		f.Add(encapsulate(f, fake, id).ok(f).SharedSecretCiphertextBlob)
		f.Add(make([]byte, encapsulatedSizes[spec]))
		f.Add(bytes.Repeat([]byte{0xff}, encapsulatedSizes[spec]))
	}
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, encapsulated []byte) {
		i := slices.IndexFunc(specs, func(spec types.KeySpec) bool { return encapsulatedSizes[spec] == len(encapsulated) })
		for j, id := range ids {
			out, err := fake.Decapsulate(t.Context(), &kms.DecapsulateInput{
				KeyId: &id, EncapsulationAlgorithm: "ML_KEM", SharedSecretCiphertextBlob: encapsulated,
			})
			switch {
			case i == j && (err != nil || len(out.SharedSecret) != 32):
				t.Errorf("%s: %v, %v", specs[j], out, err)
			case i != j:
				checkCode(t, err, "InvalidCiphertextException", "ValidationException")
			}
		}
	})
}
