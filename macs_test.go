package kmsfake_test

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// macCase is an HMAC key spec, its algorithm, and the length of its code in bytes.
type macCase struct {
	spec      types.KeySpec
	algorithm types.MacAlgorithmSpec
	hash      crypto.Hash
	size      int
}

var macCases = []macCase{
	{"HMAC_224", "HMAC_SHA_224", crypto.SHA224, 28},
	{"HMAC_256", "HMAC_SHA_256", crypto.SHA256, 32},
	{"HMAC_384", "HMAC_SHA_384", crypto.SHA384, 48},
	{"HMAC_512", "HMAC_SHA_512", crypto.SHA512, 64},
}

func generateMac(t testing.TB, f *kmsfake.Fake, id string, algorithm types.MacAlgorithmSpec, message []byte) result[kms.GenerateMacOutput] {
	return got(f.GenerateMac(t.Context(), &kms.GenerateMacInput{KeyId: &id, MacAlgorithm: algorithm, Message: message}))
}

func verifyMac(t testing.TB, f *kmsfake.Fake, id string, algorithm types.MacAlgorithmSpec, message, mac []byte) result[kms.VerifyMacOutput] {
	return got(f.VerifyMac(t.Context(), &kms.VerifyMacInput{KeyId: &id, MacAlgorithm: algorithm, Message: message, Mac: mac}))
}

// The code is HMAC as the standard library computes it, under imported keys of
// every length.
func TestMacsAreHMAC(t *testing.T) {
	t.Parallel()
	f := newFake()
	message := bytes.Repeat([]byte("a message "), 409)
	for _, c := range macCases {
		for _, length := range []int{c.size, 64} {
			id := newKeyLike(t, f, &kms.CreateKeyInput{KeySpec: c.spec, KeyUsage: "GENERATE_VERIFY_MAC", Origin: types.OriginTypeExternal})
			secret := bytes.Repeat([]byte{byte(length)}, length)
			got(f.ImportKeyMaterial(t.Context(), wrapSymmetric(t, f, id, secret))).ok(t)
			arn := keyARN(f, id)
			sum := hmac.New(c.hash.New, secret)
			sum.Write(message)
			want := &kms.GenerateMacOutput{KeyId: &arn, Mac: sum.Sum(nil), MacAlgorithm: c.algorithm}
			equal(t, string(c.spec), generateMac(t, f, id, c.algorithm, message).ok(t), want)
		}
	}
}

func TestMacAlgorithmsAreAll(t *testing.T) {
	t.Parallel()
	if have, want := len(macCases), len(types.MacAlgorithmSpec("").Values()); have != want {
		t.Errorf("%d algorithms, want %d", have, want)
	}
}

// A code is one of its message, under its key, and of no other.
func TestMacsAreOfOneMessage(t *testing.T) {
	t.Parallel()
	f := newFake()
	var keys, others []string
	for _, c := range macCases {
		keys = append(keys, newKeyOf(t, f, c.spec, "GENERATE_VERIFY_MAC"))
		others = append(others, newKeyOf(t, f, c.spec, "GENERATE_VERIFY_MAC"))
	}
	rapid.Check(t, func(r *rapid.T) {
		i := rapid.IntRange(0, len(macCases)-1).Draw(r, "case")
		c, id := macCases[i], keys[i]
		message := rapid.SliceOfN(rapid.Byte(), 1, 4096).Draw(r, "message")
		out := generateMac(t, f, id, c.algorithm, message).ok(t)
		if len(out.Mac) != c.size {
			t.Errorf("%s: a code of %d bytes", c.spec, len(out.Mac))
		}
		arn := keyARN(f, id)
		equal(t, "VerifyMac", verifyMac(t, f, id, c.algorithm, message, out.Mac).ok(t),
			&kms.VerifyMacOutput{KeyId: &arn, MacAlgorithm: c.algorithm, MacValid: true})
		const code = "KMSInvalidMacException"
		verifyMac(t, f, id, c.algorithm, flipBit(r, message), out.Mac).fails(t, code, "")
		verifyMac(t, f, id, c.algorithm, message, flipBit(r, out.Mac)).fails(t, code, "")
		verifyMac(t, f, id, c.algorithm, message, out.Mac[:c.size-1]).fails(t, code, "")
		verifyMac(t, f, id, c.algorithm, message, append(bytes.Clone(out.Mac), 0)).fails(t, code, "")
		verifyMac(t, f, others[i], c.algorithm, message, out.Mac).fails(t, code, "")
		if t.Failed() {
			r.Fatalf("%s", c.spec)
		}
	})
}

func TestMacRefusals(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKeyOf(t, f, "HMAC_256", "GENERATE_VERIFY_MAC")
	generateMac(t, f, "key_id", "HMAC_SHA_256", []byte("m")).fails(t, "NotFoundException", "Invalid keyId 'key_id'")
	verifyMac(t, f, "key_id", "HMAC_SHA_256", []byte("m"), []byte("t")).fails(t, "NotFoundException", "Invalid keyId 'key_id'")
	generateMac(t, f, id, "INVALID", []byte("m")).fails(t, "ValidationException", oneFailure(
		"Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]"))
	generateMac(t, f, id, "HMAC_SHA_256", make([]byte, 4097)).fails(t, "ValidationException",
		oneFailure("Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096"))
	generateMac(t, f, id, "HMAC_SHA_256", []byte{}).fails(t, "ValidationException",
		oneFailure("Value at 'message' failed to satisfy constraint: Member must have length greater than or equal to 1"))
	disable(t, f, id)
	generateMac(t, f, id, "HMAC_SHA_512", []byte("m")).fails(t, "DisabledException", keyARN(f, id)+" is disabled.")
}
