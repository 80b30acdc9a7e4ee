package kmsfake_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"filippo.io/mldsa"
	mldsax509 "filippo.io/mldsa/x509"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	decred "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// signingAlgorithm is what the documentation of Sign says of an algorithm: the
// length of what is not RAW, and the hash function.
type signingAlgorithm struct {
	name   types.SigningAlgorithmSpec
	takes  []types.MessageType
	digest int
	hash   crypto.Hash // 0 where the algorithm is not of the form hash and sign
}

var signingAlgorithms = []signingAlgorithm{
	{"RSASSA_PSS_SHA_256", []types.MessageType{"RAW", "DIGEST"}, 32, crypto.SHA256},
	{"RSASSA_PSS_SHA_384", []types.MessageType{"RAW", "DIGEST"}, 48, crypto.SHA384},
	{"RSASSA_PSS_SHA_512", []types.MessageType{"RAW", "DIGEST"}, 64, crypto.SHA512},
	{"RSASSA_PKCS1_V1_5_SHA_256", []types.MessageType{"RAW", "DIGEST"}, 32, crypto.SHA256},
	{"RSASSA_PKCS1_V1_5_SHA_384", []types.MessageType{"RAW", "DIGEST"}, 48, crypto.SHA384},
	{"RSASSA_PKCS1_V1_5_SHA_512", []types.MessageType{"RAW", "DIGEST"}, 64, crypto.SHA512},
	{"ECDSA_SHA_256", []types.MessageType{"RAW", "DIGEST"}, 32, crypto.SHA256},
	{"ECDSA_SHA_384", []types.MessageType{"RAW", "DIGEST"}, 48, crypto.SHA384},
	{"ECDSA_SHA_512", []types.MessageType{"RAW", "DIGEST"}, 64, crypto.SHA512},
	{"ED25519_SHA_512", []types.MessageType{"RAW"}, 64, 0},
	{"ED25519_PH_SHA_512", []types.MessageType{"DIGEST"}, 64, 0},
	{"ML_DSA_SHAKE_256", []types.MessageType{"RAW", "EXTERNAL_MU"}, 64, 0},
	{"SM2DSA", []types.MessageType{"RAW", "DIGEST"}, 32, 0},
}

// signingCase is a key spec that signs, and an algorithm and a message type of it.
type signingCase struct {
	spec types.KeySpec
	signingAlgorithm
	kind types.MessageType
}

func (c signingCase) String() string { return fmt.Sprintf("%s/%s/%s", c.spec, c.name, c.kind) }

var signingCases = func() (all []signingCase) {
	for _, use := range specUses {
		for _, algorithm := range signingAlgorithms {
			if use.usage != types.KeyUsageTypeSignVerify || !slices.Contains(use.algorithms, string(algorithm.name)) {
				continue
			}
			for _, kind := range algorithm.takes {
				all = append(all, signingCase{use.spec, algorithm, kind})
			}
		}
	}
	return all
}()

// signingKeys are a fake and two keys of a spec, that tests share since the first
// use of a key costs.
type signingKeys struct {
	fake        *kmsfake.Fake
	arn, id     string
	other       string
	spki        []byte
	description *kms.GetPublicKeyOutput
}

var (
	signingFakes = map[string]*kmsfake.Fake{region: newFake(), chinaRegion: newFake(kmsfake.WithRegion(chinaRegion))}
	signingMade  sync.Map // *signingKeys by key spec
)

func signingKeysOf(t testing.TB, spec types.KeySpec) *signingKeys {
	t.Helper()
	if made, ok := signingMade.Load(spec); ok {
		return made.(*signingKeys)
	}
	f := signingFakes[specRegion(spec)]
	k := &signingKeys{fake: f, id: newKeyOf(t, f, spec, "SIGN_VERIFY"), other: newKeyOf(t, f, spec, "SIGN_VERIFY")}
	k.description = got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &k.id})).ok(t)
	k.arn, k.spki = *describe(t, f, k.id).Arn, k.description.PublicKey
	made, _ := signingMade.LoadOrStore(spec, k)
	return made.(*signingKeys)
}

func (k *signingKeys) sign(t testing.TB, algorithm types.SigningAlgorithmSpec, kind types.MessageType, message []byte) result[kms.SignOutput] {
	return got(k.fake.Sign(t.Context(), &kms.SignInput{KeyId: &k.id, Message: message, MessageType: kind, SigningAlgorithm: algorithm}))
}

func (k *signingKeys) verify(t testing.TB, algorithm types.SigningAlgorithmSpec, kind types.MessageType, message, signature []byte) result[kms.VerifyOutput] {
	return got(k.fake.Verify(t.Context(), &kms.VerifyInput{
		KeyId: &k.id, Message: message, MessageType: kind, SigningAlgorithm: algorithm, Signature: signature,
	}))
}

// messageOf is what Sign is given for the case, to sign a text: the text itself,
// its digest, or the μ of the two of text and key.
func (c signingCase) messageOf(t testing.TB, k *signingKeys, text []byte) []byte {
	t.Helper()
	switch {
	case c.kind == types.MessageTypeRaw:
		return text
	case c.kind == types.MessageTypeExternalMu:
		return muOf(signingParse(t, mldsax509.ParsePKIXPublicKey, k.spki).(*mldsa.PublicKey), text)
	case c.hash != 0:
		return hashOf(c.hash, text)
	case c.name == "SM2DSA":
		public := signingParse(t, smx509.ParsePKIXPublicKey, k.spki).(*ecdsa.PublicKey)
		identity := must(sm2.CalculateZA(public, []byte("1234567812345678")))
		sum := sm3.Sum(append(identity, text...))
		return sum[:]
	default: // Ed25519ph: the caller's own hash
		sum := sha512.Sum512(text)
		return sum[:]
	}
}

func hashOf(h crypto.Hash, text []byte) []byte {
	sum := h.New()
	sum.Write(text)
	return sum.Sum(nil)
}

// muOf is the message representative of FIPS 204, algorithm 7, line 6, with an
// empty context string.
func muOf(public *mldsa.PublicKey, text []byte) []byte {
	tr := sha3.SumSHAKE256(public.Bytes(), 64)
	return sha3.SumSHAKE256(slices.Concat(tr, []byte{0, 0}, text), 64)
}

func signingParse(t testing.TB, parse func([]byte) (any, error), der []byte) any {
	t.Helper()
	key, err := parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// verifiedElsewhere verifies the signature of a text with code that is not ours.
func verifiedElsewhere(t testing.TB, c signingCase, spki, text, signature []byte) bool {
	t.Helper()
	switch c.spec {
	case "ECC_SECG_P256K1":
		public := must(secp256k1.ParsePubKey(spki[len(spki)-65:]))
		parsed, err := decred.ParseDERSignature(signature)
		return err == nil && parsed.Verify(hashOf(c.hash, text), public)
	case "SM2":
		public := signingParse(t, smx509.ParsePKIXPublicKey, spki).(*ecdsa.PublicKey)
		return sm2.VerifyASN1WithSM2(public, []byte("1234567812345678"), text, signature)
	case "ML_DSA_44", "ML_DSA_65", "ML_DSA_87":
		return mldsa.Verify(signingParse(t, mldsax509.ParsePKIXPublicKey, spki).(*mldsa.PublicKey), text, signature, nil) == nil
	}
	switch public := signingParse(t, x509.ParsePKIXPublicKey, spki).(type) {
	case *rsa.PublicKey:
		if bytes.HasPrefix([]byte(c.name), []byte("RSASSA_PSS")) {
			return rsa.VerifyPSS(public, c.hash, hashOf(c.hash, text), signature, &rsa.PSSOptions{SaltLength: c.hash.Size()}) == nil
		}
		return rsa.VerifyPKCS1v15(public, c.hash, hashOf(c.hash, text), signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, hashOf(c.hash, text), signature)
	case ed25519.PublicKey:
		if c.name == "ED25519_SHA_512" {
			return ed25519.Verify(public, text, signature)
		}
		once := sha512.Sum512(text)
		twice := sha512.Sum512(once[:])
		return ed25519.VerifyWithOptions(public, twice[:], signature, &ed25519.Options{Hash: crypto.SHA512}) == nil
	}
	t.Fatalf("%s: no way to verify", c.spec)
	return false
}

func TestSigningAlgorithmsAreAll(t *testing.T) {
	t.Parallel()
	for _, algorithm := range types.SigningAlgorithmSpec("").Values() {
		if !slices.ContainsFunc(signingCases, func(c signingCase) bool { return c.name == algorithm }) {
			t.Errorf("%s is in no case", algorithm)
		}
	}
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	text := []byte("what is signed here is verified elsewhere")
	for _, c := range signingCases {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			k := signingKeysOf(t, c.spec)
			message := c.messageOf(t, k, text)
			signed := k.sign(t, c.name, c.kind, message).ok(t)
			equal(t, "Sign", signed, &kms.SignOutput{KeyId: &k.arn, Signature: signed.Signature, SigningAlgorithm: c.name})
			equal(t, "Verify", k.verify(t, c.name, c.kind, message, signed.Signature).ok(t),
				&kms.VerifyOutput{KeyId: &k.arn, SignatureValid: true, SigningAlgorithm: c.name})
			if !verifiedElsewhere(t, c, k.spki, text, signed.Signature) {
				t.Error("the signature does not verify elsewhere")
			}
			if c.kind == types.MessageTypeRaw {
				// RAW is what is meant where no type is given.
				k.verify(t, c.name, "", text, k.sign(t, c.name, "", text).ok(t).Signature).ok(t)
			}
			// The type that Verify is told may be another than Sign's.
			for _, other := range c.takes {
				o := signingCase{c.spec, c.signingAlgorithm, other}
				k.verify(t, c.name, other, o.messageOf(t, k, text), signed.Signature).ok(t)
			}
		})
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range signingCases {
		k := signingKeysOf(t, c.spec)
		signature := []byte("never looked at")
		for _, kind := range types.MessageType("").Values() {
			message := bytes.Repeat([]byte{1}, c.digest)
			if !slices.Contains(c.takes, kind) {
				k.sign(t, c.name, kind, message).failsWith(t, "ValidationException")
				k.verify(t, c.name, kind, message, signature).failsWith(t, "ValidationException")
				continue
			}
			if kind == types.MessageTypeRaw {
				continue
			}
			text := "Digest is invalid length for algorithm " + string(c.name) + "."
			for _, length := range []int{1, c.digest - 1, c.digest + 1, 4096} {
				message := bytes.Repeat([]byte{1}, length)
				k.sign(t, c.name, kind, message).fails(t, "ValidationException", text)
				k.verify(t, c.name, kind, message, signature).fails(t, "ValidationException", text)
			}
		}
		message := bytes.Repeat([]byte{1}, 4097)
		text := oneFailure("Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096")
		k.sign(t, c.name, c.kind, message).fails(t, "ValidationException", text)
		k.verify(t, c.name, c.kind, message, signature).fails(t, "ValidationException", text)
	}
}

func TestLongestMessage(t *testing.T) {
	t.Parallel()
	for _, c := range signingCases {
		if c.kind == types.MessageTypeRaw {
			k := signingKeysOf(t, c.spec)
			text := bytes.Repeat([]byte{7}, 4096)
			if !verifiedElsewhere(t, c, k.spki, text, k.sign(t, c.name, c.kind, text).ok(t).Signature) {
				t.Errorf("%s: the signature of 4096 bytes does not verify elsewhere", c)
			}
		}
	}
}

// A signature is one of its message, by its key, with its algorithm, and of no
// other: any single bit that changes makes it invalid.
func TestSignaturesAreOfOneMessage(t *testing.T) {
	t.Parallel()
	bySpec := map[types.KeySpec][]signingCase{}
	for _, c := range signingCases {
		bySpec[c.spec] = append(bySpec[c.spec], c)
	}
	specs := slices.Sorted(maps.Keys(bySpec))
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom(bySpec[rapid.SampledFrom(specs).Draw(r, "spec")]).Draw(r, "case")
		k := signingKeysOf(t, c.spec)
		length := c.digest
		if c.kind == types.MessageTypeRaw {
			length = rapid.IntRange(1, 200).Draw(r, "length")
		}
		message := rapid.SliceOfN(rapid.Byte(), length, length).Draw(r, "message")
		signature := k.sign(t, c.name, c.kind, message).ok(t).Signature
		k.verify(t, c.name, c.kind, message, signature).ok(t)

		const code = "KMSInvalidSignatureException"
		k.verify(t, c.name, c.kind, flipBit(r, message), signature).fails(t, code, "")
		k.verify(t, c.name, c.kind, message, flipBit(r, signature)).fails(t, code, "")
		k.verify(t, c.name, c.kind, message, signature[:len(signature)-1]).fails(t, code, "")
		k.verify(t, c.name, c.kind, message, append(bytes.Clone(signature), 0)).fails(t, code, "")
		got(k.fake.Verify(t.Context(), &kms.VerifyInput{
			KeyId: &k.other, Message: message, MessageType: c.kind, SigningAlgorithm: c.name, Signature: signature,
		})).fails(t, code, "")
		for _, other := range signingCases {
			if other.spec == c.spec && other.name != c.name && other.kind == c.kind && (c.kind == "RAW" || other.digest == c.digest) {
				k.verify(t, other.name, c.kind, message, signature).fails(t, code, "")
			}
		}
		if t.Failed() {
			r.Fatalf("%s", c)
		}
	})
}

// flipBit is a copy with one bit changed.
func flipBit(r *rapid.T, b []byte) []byte {
	at := rapid.IntRange(0, 8*len(b)-1).Draw(r, "bit")
	changed := bytes.Clone(b)
	changed[at/8] ^= 1 << (at % 8)
	return changed
}

// The answers to Sign are the caller's, and the key's own state is not in them.
func TestSignLeavesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	k := signingKeysOf(t, "ECC_NIST_EDWARDS25519")
	message := []byte("message")
	first := k.sign(t, "ED25519_SHA_512", "RAW", message).ok(t)
	want := bytes.Clone(first.Signature)
	clear(first.Signature)
	*first.KeyId = "overwritten"
	again := k.sign(t, "ED25519_SHA_512", "RAW", message).ok(t)
	if !bytes.Equal(again.Signature, want) || *again.KeyId != k.arn || string(message) != "message" {
		t.Error("an answer shares memory with the fake or with another")
	}
}

// The key pairs of two fakes are the same if the seeds are, and the calls.
func TestKeysFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	for _, use := range specUses {
		if use.usage == "ENCRYPT_DECRYPT" && use.spec == "SYMMETRIC_DEFAULT" || use.usage == "GENERATE_VERIFY_MAC" {
			continue
		}
		public := func(seed uint64) []byte {
			f := newFake(kmsfake.WithSeed(seed), kmsfake.WithRegion(specRegion(use.spec)))
			id := newKeyOf(t, f, use.spec, use.usage)
			return got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id})).ok(t).PublicKey
		}
		if one := public(5); !bytes.Equal(one, public(5)) || bytes.Equal(one, public(6)) {
			t.Errorf("%s, %s: the public key does not follow from the seed", use.spec, use.usage)
		}
	}
}

// One key under many hands is made once: every signature verifies with the one
// public key.
func TestFirstUseByMany(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, spec := range []types.KeySpec{"RSA_2048", "ECC_NIST_P256", "ML_DSA_44"} {
		id := newKeyOf(t, f, spec, "SIGN_VERIFY")
		algorithm := types.SigningAlgorithmSpec(specUses[slices.IndexFunc(specUses, func(u specUse) bool {
			return u.spec == spec && u.usage == "SIGN_VERIFY"
		})].algorithms[0])
		var signatures [8][]byte
		var all sync.WaitGroup
		for i := range signatures {
			all.Go(func() {
				out := must(f.Sign(t.Context(), &kms.SignInput{KeyId: &id, Message: []byte("m"), SigningAlgorithm: algorithm}))
				signatures[i] = out.Signature
			})
		}
		all.Wait()
		for _, signature := range signatures {
			got(f.Verify(t.Context(), &kms.VerifyInput{
				KeyId: &id, Message: []byte("m"), SigningAlgorithm: algorithm, Signature: signature,
			})).ok(t)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for i, c := range signingCases {
		k := signingKeysOf(f, c.spec)
		message := c.messageOf(f, k, []byte("text"))
		f.Add(uint(i), message, k.sign(f, c.name, c.kind, message).ok(f).Signature)
		f.Add(uint(i), message, []byte{0x30, 0x06, 2, 1, 1, 2, 1, 1})
	}
	f.Fuzz(func(t *testing.T, at uint, message, signature []byte) {
		c := signingCases[at%uint(len(signingCases))]
		k := signingKeysOf(t, c.spec)
		out, err := k.fake.Verify(t.Context(), &kms.VerifyInput{
			KeyId: &k.id, Message: message, MessageType: c.kind, SigningAlgorithm: c.name, Signature: signature,
		})
		if err != nil {
			checkCode(t, err, "KMSInvalidSignatureException", "ValidationException")
			return
		}
		if !out.SignatureValid || *out.KeyId != k.arn {
			t.Errorf("%s: %+v", c, out)
		}
		if c.kind == types.MessageTypeRaw && !verifiedElsewhere(t, c, k.spki, message, signature) {
			t.Errorf("%s: verified here and not elsewhere: %x, %x", c, message, signature)
		}
	})
}
