package material_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"testing"

	"filippo.io/mldsa"
	mldsax509 "filippo.io/mldsa/x509"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	decred "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

// signs is CreateKey's and Sign's documentation: which algorithm goes with
// which key spec, which message types it takes, how long a digest is.
type signs struct {
	alg    types.SigningAlgorithmSpec
	specs  []types.KeySpec
	takes  []types.MessageType
	digest int
}

var (
	rsaSpecs   = []types.KeySpec{types.KeySpecRsa2048, types.KeySpecRsa3072, types.KeySpecRsa4096}
	mldsaSpecs = []types.KeySpec{types.KeySpecMlDsa44, types.KeySpecMlDsa65, types.KeySpecMlDsa87}
	both       = []types.MessageType{types.MessageTypeRaw, types.MessageTypeDigest}
)

var signings = []signs{
	{types.SigningAlgorithmSpecRsassaPssSha256, rsaSpecs, both, 32},
	{types.SigningAlgorithmSpecRsassaPssSha384, rsaSpecs, both, 48},
	{types.SigningAlgorithmSpecRsassaPssSha512, rsaSpecs, both, 64},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha256, rsaSpecs, both, 32},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha384, rsaSpecs, both, 48},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha512, rsaSpecs, both, 64},
	{types.SigningAlgorithmSpecEcdsaSha256, []types.KeySpec{types.KeySpecEccNistP256, types.KeySpecEccSecgP256k1}, both, 32},
	{types.SigningAlgorithmSpecEcdsaSha384, []types.KeySpec{types.KeySpecEccNistP384}, both, 48},
	{types.SigningAlgorithmSpecEcdsaSha512, []types.KeySpec{types.KeySpecEccNistP521}, both, 64},
	{types.SigningAlgorithmSpecEd25519Sha512, []types.KeySpec{types.KeySpecEccNistEdwards25519}, []types.MessageType{types.MessageTypeRaw}, 64},
	{types.SigningAlgorithmSpecEd25519PhSha512, []types.KeySpec{types.KeySpecEccNistEdwards25519}, []types.MessageType{types.MessageTypeDigest}, 64},
	{types.SigningAlgorithmSpecMlDsaShake256, mldsaSpecs, []types.MessageType{types.MessageTypeRaw, types.MessageTypeExternalMu}, 64},
	{types.SigningAlgorithmSpecSm2dsa, []types.KeySpec{types.KeySpecSm2}, both, 32},
}

func TestEverySigningAlgorithmIsInTheTable(t *testing.T) {
	t.Parallel()
	for _, alg := range types.SigningAlgorithmSpec("").Values() {
		if !slices.ContainsFunc(signings, func(s signs) bool { return s.alg == alg }) {
			t.Errorf("%s is not", alg)
		}
	}
}

func TestSigningPairings(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		m := derive(t, spec, home(spec), seedOf(1))
		signer, ok := m.(material.Signer)
		wanted := slices.ContainsFunc(signings, func(s signs) bool { return slices.Contains(s.specs, spec) })
		if ok != wanted {
			t.Errorf("%s signs: %v", spec, ok)
		}
		if !ok {
			continue
		}
		for _, s := range signings {
			for _, messageType := range append(types.MessageType("").Values(), "", "HASH") {
				for _, n := range []int{1, s.digest, s.digest + 1} {
					message := bytes.Repeat([]byte{1}, n)
					raw := messageType == "" || messageType == types.MessageTypeRaw
					taken := slices.Contains(s.takes, messageType) || messageType == "" && slices.Contains(s.takes, types.MessageTypeRaw)
					var want error
					switch {
					case !slices.Contains(s.specs, spec):
						want = material.ErrAlgorithm
					case !taken:
						want = material.ErrMessageType
					case !raw && n != s.digest:
						want = material.ErrDigestLength
					}
					signature, err := signer.Sign(s.alg, messageType, message, rand.Reader)
					if !errors.Is(err, want) {
						t.Errorf("%s, %s, %q, %d bytes: Sign: %v, want %v", spec, s.alg, messageType, n, err, want)
					}
					valid, err := signer.Verify(s.alg, messageType, message, signature)
					if !errors.Is(err, want) || valid != (want == nil) {
						t.Errorf("%s, %s, %q, %d bytes: Verify: %v, %v, want %v", spec, s.alg, messageType, n, valid, err, want)
					}
				}
			}
		}
		if _, err := signer.Sign("RSASSA_PSS_SHA_1", types.MessageTypeRaw, []byte{1}, rand.Reader); !errors.Is(err, material.ErrAlgorithm) {
			t.Errorf("%s signs with what is no algorithm: %v", spec, err)
		}
	}
}

// pairing is a spec, one of its algorithms and a message type that goes with it.
type pairing struct {
	spec types.KeySpec
	signs
	messageType types.MessageType
}

func pairings() (all []pairing) {
	for _, s := range signings {
		for _, spec := range s.specs {
			for _, messageType := range s.takes {
				all = append(all, pairing{spec, s, messageType})
			}
		}
	}
	return all
}

func TestVerifyHoldsForWhatWasSignedAlone(t *testing.T) {
	t.Parallel()
	signers := map[types.KeySpec]material.Signer{}
	strangers := map[types.KeySpec]material.Signer{}
	for _, p := range pairings() {
		signers[p.spec] = as[material.Signer](t, p.spec, 1)
		strangers[p.spec] = as[material.Signer](t, p.spec, 2)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(pairings()).Draw(t, "pairing")
		length := rapid.IntRange(1, 300).Draw(t, "length")
		if p.messageType != types.MessageTypeRaw {
			length = p.digest
		}
		message := rapid.SliceOfN(rapid.Byte(), length, length).Draw(t, "message")
		signer := signers[p.spec]
		signature, err := signer.Sign(p.alg, p.messageType, message, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, by material.Signer, alg types.SigningAlgorithmSpec, message, signature []byte, want bool) {
			valid, err := by.Verify(alg, p.messageType, message, signature)
			if errors.Is(err, material.ErrMessageType) || errors.Is(err, material.ErrDigestLength) {
				return // the other algorithm does not take such a message
			}
			if err != nil || valid != want {
				t.Fatalf("%s: %v, %v", what, valid, err)
			}
		}
		check("as signed", signer, p.alg, message, signature, true)
		check("changed message", signer, p.alg, flip(t, message), signature, false)
		check("changed signature", signer, p.alg, message, flip(t, signature), false)
		check("cut signature", signer, p.alg, message, signature[:len(signature)-1], false)
		check("longer signature", signer, p.alg, message, append(bytes.Clone(signature), 0), false)
		check("no signature", signer, p.alg, message, nil, false)
		check("another key", strangers[p.spec], p.alg, message, signature, false)
		for _, other := range signings {
			if other.alg != p.alg && slices.Contains(other.specs, p.spec) {
				check("algorithm "+string(other.alg), signer, other.alg, message, signature, false)
			}
		}
	})
}

// hashes are the hash functions that Sign's documentation gives.
var hashes = map[types.SigningAlgorithmSpec]crypto.Hash{
	types.SigningAlgorithmSpecRsassaPssSha256:      crypto.SHA256,
	types.SigningAlgorithmSpecRsassaPssSha384:      crypto.SHA384,
	types.SigningAlgorithmSpecRsassaPssSha512:      crypto.SHA512,
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha256: crypto.SHA256,
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha384: crypto.SHA384,
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha512: crypto.SHA512,
	types.SigningAlgorithmSpecEcdsaSha256:          crypto.SHA256,
	types.SigningAlgorithmSpecEcdsaSha384:          crypto.SHA384,
	types.SigningAlgorithmSpecEcdsaSha512:          crypto.SHA512,
}

func hashed(h crypto.Hash, message []byte) []byte {
	x := h.New()
	x.Write(message)
	return x.Sum(nil)
}

// A digest signs as the message that it is of, whichever of the two Sign and
// Verify are given.
func TestDigestStandsForItsMessage(t *testing.T) {
	t.Parallel()
	message := []byte("a message")
	for alg, h := range hashes {
		for _, s := range signings {
			if s.alg != alg {
				continue
			}
			for _, spec := range s.specs {
				signer := as[material.Signer](t, spec, 1)
				digest := hashed(h, message)
				ofMessage, err := signer.Sign(alg, types.MessageTypeRaw, message, rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				ofDigest, err := signer.Sign(alg, types.MessageTypeDigest, digest, rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				if ok, err := signer.Verify(alg, types.MessageTypeDigest, digest, ofMessage); !ok || err != nil {
					t.Errorf("%s, %s: digest against the message's signature: %v, %v", spec, alg, ok, err)
				}
				if ok, err := signer.Verify(alg, "", message, ofDigest); !ok || err != nil {
					t.Errorf("%s, %s: message against the digest's signature: %v, %v", spec, alg, ok, err)
				}
			}
		}
	}
}

// The libraries that verify here know nothing of the code that signed.
func TestOthersVerify(t *testing.T) {
	t.Parallel()
	message := []byte("what others verify")
	for _, p := range pairings() {
		signer := as[material.Signer](t, p.spec, 1)
		signed := message
		switch p.messageType {
		case types.MessageTypeDigest:
			sum := sha512.Sum512(message)
			signed = sum[:p.digest]
		case types.MessageTypeExternalMu:
			signed = messageMu(mldsaPublic(t, signer), message)
		}
		signature, err := signer.Sign(p.alg, p.messageType, signed, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		digest := signed
		if h, ok := hashes[p.alg]; ok && p.messageType == types.MessageTypeRaw {
			digest = hashed(h, signed)
		}
		if p.messageType == types.MessageTypeExternalMu {
			signed = message
		}
		if !verifiedElsewhere(t, p, signer, signed, digest, signature) {
			t.Errorf("%s, %s, %s: not verified", p.spec, p.alg, p.messageType)
		}
		forged := bytes.Clone(signature)
		forged[len(forged)-1] ^= 1
		if verifiedElsewhere(t, p, signer, signed, digest, forged) {
			t.Errorf("%s, %s, %s: a forgery verified", p.spec, p.alg, p.messageType)
		}
	}
}

func verifiedElsewhere(t *testing.T, p pairing, signer material.Signer, message, digest, signature []byte) bool {
	t.Helper()
	spki := signer.PublicKey()
	switch p.spec {
	case types.KeySpecEccSecgP256k1:
		public, err := secp256k1.ParsePubKey(spki[len(spki)-65:])
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := decred.ParseDERSignature(signature)
		return err == nil && parsed.Verify(digest, public)
	case types.KeySpecSm2:
		public := parse(t, smx509.ParsePKIXPublicKey, spki).(*ecdsa.PublicKey)
		if p.messageType == types.MessageTypeRaw {
			return sm2.VerifyASN1WithSM2(public, []byte("1234567812345678"), message, signature)
		}
		return sm2.VerifyASN1(public, message, signature)
	case types.KeySpecMlDsa44, types.KeySpecMlDsa65, types.KeySpecMlDsa87:
		return mldsa.Verify(mldsaPublic(t, signer), message, signature, nil) == nil
	}
	switch public := parse(t, x509.ParsePKIXPublicKey, spki).(type) {
	case *rsa.PublicKey:
		h := hashes[p.alg]
		switch p.alg {
		case types.SigningAlgorithmSpecRsassaPssSha256, types.SigningAlgorithmSpecRsassaPssSha384, types.SigningAlgorithmSpecRsassaPssSha512:
			return rsa.VerifyPSS(public, h, digest, signature, &rsa.PSSOptions{SaltLength: h.Size()}) == nil
		}
		return rsa.VerifyPKCS1v15(public, h, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, digest, signature)
	case ed25519.PublicKey:
		if p.messageType == types.MessageTypeRaw {
			return ed25519.Verify(public, message, signature)
		}
		// Hashed once by the caller and once more by KMS.
		again := sha512.Sum512(message)
		return ed25519.VerifyWithOptions(public, again[:], signature, &ed25519.Options{Hash: crypto.SHA512}) == nil
	}
	t.Fatalf("no verifier for %s", p.spec)
	return false
}

func mldsaPublic(t *testing.T, signer material.Signer) *mldsa.PublicKey {
	t.Helper()
	return parse(t, mldsax509.ParsePKIXPublicKey, signer.PublicKey()).(*mldsa.PublicKey)
}

func parse(t *testing.T, with func([]byte) (any, error), der []byte) any {
	t.Helper()
	key, err := with(der)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSM2DSASignsADigestAsItsMessage(t *testing.T) {
	t.Parallel()
	signer := as[material.Signer](t, types.KeySpecSm2, 1)
	public := parse(t, smx509.ParsePKIXPublicKey, signer.PublicKey()).(*ecdsa.PublicKey)
	message := []byte("a message")
	za, err := sm2.CalculateZA(public, []byte("1234567812345678"))
	if err != nil {
		t.Fatal(err)
	}
	digest := sm3Sum(append(za, message...))
	signature, err := signer.Sign(types.SigningAlgorithmSpecSm2dsa, types.MessageTypeDigest, digest, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := signer.Verify(types.SigningAlgorithmSpecSm2dsa, types.MessageTypeRaw, message, signature); !ok || err != nil {
		t.Errorf("Verify: %v, %v", ok, err)
	}
}

// AWS leaves s in either half of the order; code that needs the lower half
// must see both here.
func TestSecp256k1SignaturesAreInBothHalves(t *testing.T) {
	t.Parallel()
	signer := as[material.Signer](t, types.KeySpecEccSecgP256k1, 1)
	half := new(big.Int).Rsh(secp256k1.S256().N, 1)
	digest := sha256.Sum256([]byte("a transaction"))
	seen := map[bool]int{}
	signatures := map[string]bool{}
	for range 64 {
		der, err := signer.Sign(types.SigningAlgorithmSpecEcdsaSha256, types.MessageTypeDigest, digest[:], rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var signature struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &signature); err != nil {
			t.Fatal(err)
		}
		seen[signature.S.Cmp(half) > 0]++
		signatures[string(der)] = true
	}
	if len(seen) != 2 {
		t.Errorf("upper half: %d, lower half: %d", seen[true], seen[false])
	}
	if len(signatures) != 64 {
		t.Errorf("%d different signatures of 64", len(signatures))
	}
	if _, err := signer.Sign(types.SigningAlgorithmSpecEcdsaSha256, types.MessageTypeDigest, digest[:], bytes.NewReader(nil)); err == nil {
		t.Error("signed without randomness")
	}
}

func TestMacs(t *testing.T) {
	t.Parallel()
	sizes := map[types.KeySpec]struct {
		alg  types.MacAlgorithmSpec
		hash crypto.Hash
	}{
		types.KeySpecHmac224: {types.MacAlgorithmSpecHmacSha224, crypto.SHA224},
		types.KeySpecHmac256: {types.MacAlgorithmSpecHmacSha256, crypto.SHA256},
		types.KeySpecHmac384: {types.MacAlgorithmSpecHmacSha384, crypto.SHA384},
		types.KeySpecHmac512: {types.MacAlgorithmSpecHmacSha512, crypto.SHA512},
	}
	for _, spec := range everySpec {
		m, ok := derive(t, spec, home(spec), seedOf(1)).(material.Mac)
		size, wanted := sizes[spec]
		if ok != wanted {
			t.Errorf("%s makes MACs: %v", spec, ok)
		}
		if !ok {
			continue
		}
		for _, alg := range append(types.MacAlgorithmSpec("").Values(), "HMAC_MD5") {
			var want error
			if alg != size.alg {
				want = material.ErrAlgorithm
			}
			if _, err := m.Mac(alg, []byte("m")); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v", spec, alg, err)
			}
			if _, err := m.VerifyMac(alg, []byte("m"), nil); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v", spec, alg, err)
			}
		}
		message := []byte("authentic")
		mac, err := m.Mac(size.alg, message)
		if err != nil {
			t.Fatal(err)
		}
		if want := rfc2104(size.hash, m.Encode(), message); !bytes.Equal(mac, want) {
			t.Errorf("%s: %x, want %x", spec, mac, want)
		}
		for what, c := range map[string]struct {
			message, mac []byte
			want         bool
		}{
			"as made":      {message, mac, true},
			"cut":          {message, mac[:len(mac)-1], false},
			"none":         {message, nil, false},
			"other":        {[]byte("authentik"), mac, false},
			"changed code": {message, append([]byte{mac[0] ^ 1}, mac[1:]...), false},
		} {
			if got, err := m.VerifyMac(size.alg, c.message, c.mac); err != nil || got != c.want {
				t.Errorf("%s, %s: %v, %v", spec, what, got, err)
			}
		}
	}
}

// rfc2104 is the definition of HMAC, section 2 of the RFC.
func rfc2104(h crypto.Hash, key, message []byte) []byte {
	x := h.New()
	block := make([]byte, x.BlockSize())
	copy(block, key)
	inner, outer := bytes.Clone(block), bytes.Clone(block)
	for i := range block {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return hashed(h, append(outer, hashed(h, append(inner, message...))...))
}
