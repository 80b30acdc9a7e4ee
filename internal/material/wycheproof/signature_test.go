package wycheproof

import (
	"bytes"
	"crypto/rand"
	"crypto/sha3"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	vectors "github.com/c2sp/wycheproof"

	"example.com/kmsfake/internal/material"
)

const commercial = "aws"

var (
	rsaSpecs = map[int]types.KeySpec{2048: "RSA_2048", 3072: "RSA_3072", 4096: "RSA_4096"}

	pss = map[string]types.SigningAlgorithmSpec{
		"SHA-256": "RSASSA_PSS_SHA_256", "SHA-384": "RSASSA_PSS_SHA_384", "SHA-512": "RSASSA_PSS_SHA_512",
	}
	pkcs1 = map[string]types.SigningAlgorithmSpec{
		"SHA-256": "RSASSA_PKCS1_V1_5_SHA_256", "SHA-384": "RSASSA_PKCS1_V1_5_SHA_384", "SHA-512": "RSASSA_PKCS1_V1_5_SHA_512",
	}
	hashSizes = map[string]int{"SHA-256": 32, "SHA-384": 48, "SHA-512": 64}
)

// files are the names of the vector files that match.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := fs.Glob(vectors.TestVectors, pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	return names
}

// verify holds a group's signatures of messages against its public key.
func verify(t *testing.T, c *tally, g group, spec types.KeySpec, alg types.SigningAlgorithmSpec) {
	t.Helper()
	key, err := material.ParsePublic(spec, commercial, g.PublicKeyDER)
	for _, v := range g.Tests {
		valid := false
		if err == nil {
			var failed error
			if valid, failed = key.Verify(alg, types.MessageTypeRaw, v.Message, v.Signature); failed != nil {
				t.Errorf("vector %d: %v", v.ID, failed)
			}
		}
		c.agree(t, v, valid)
	}
}

func TestRSAPSS(t *testing.T) {
	t.Parallel()
	var c tally
	for _, file := range files(t, "rsa_pss_*_test.json") {
		// The keys of the params files are restricted to PSS, as no key of KMS is.
		if strings.Contains(file, "params") {
			continue
		}
		for _, g := range read(t, file) {
			spec, alg := rsaSpecs[g.KeySize], pss[g.Hash]
			if spec == "" || alg == "" || g.MGFHash != g.Hash || g.SaltLength != hashSizes[g.Hash] {
				c.skipped += len(g.Tests)
				continue
			}
			verify(t, &c, g, spec, alg)
		}
	}
	c.report(t)
}

// Signatures with another salt length, or another hash in the mask, are none.
func TestRSAPSSOfOtherParameters(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, file := range files(t, "rsa_pss_*_test.json") {
		for _, g := range read(t, file) {
			spec, alg := rsaSpecs[g.KeySize], pss[g.Hash]
			if spec == "" || alg == "" || g.MGFHash == g.Hash && g.SaltLength == hashSizes[g.Hash] {
				continue
			}
			key, err := material.ParsePublic(spec, commercial, g.PublicKeyDER)
			if err != nil {
				continue // a key that is restricted to PSS
			}
			for _, v := range g.Tests {
				if v.Result != "valid" {
					continue
				}
				if valid, err := key.Verify(alg, types.MessageTypeRaw, v.Message, v.Signature); valid || err != nil {
					t.Errorf("%s, vector %d: %v, %v", file, v.ID, valid, err)
				}
				refused++
			}
		}
	}
	t.Logf("%d refused", refused)
	if refused == 0 {
		t.Error("no vectors")
	}
}

func TestRSAPKCS1(t *testing.T) {
	t.Parallel()
	var c tally
	for _, file := range files(t, "rsa_signature_*_test.json") {
		for _, g := range read(t, file) {
			spec, alg := rsaSpecs[g.KeySize], pkcs1[g.Hash]
			if spec == "" || alg == "" {
				c.skipped += len(g.Tests)
				continue
			}
			verify(t, &c, g, spec, alg)
		}
	}
	c.report(t)
}

func TestRSAPKCS1Signing(t *testing.T) {
	t.Parallel()
	var c tally
	for _, file := range files(t, "rsa_pkcs1_*_sig_gen_test.json") {
		for _, g := range read(t, file) {
			spec, alg := rsaSpecs[g.KeySize], pkcs1[g.Hash]
			if spec == "" || alg == "" {
				c.skipped += len(g.Tests)
				continue
			}
			key, err := material.Parse(spec, commercial, g.PrivateKeyPKCS8)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, v := range g.Tests {
				signature, err := key.(material.Signer).Sign(alg, types.MessageTypeRaw, v.Message, rand.Reader)
				c.agree(t, v, err == nil && bytes.Equal(signature, v.Signature))
			}
		}
	}
	c.report(t)
}

func TestECDSA(t *testing.T) {
	t.Parallel()
	for _, curve := range []struct {
		file string
		spec types.KeySpec
		alg  types.SigningAlgorithmSpec
	}{
		{"ecdsa_secp256r1_sha256_test.json", "ECC_NIST_P256", "ECDSA_SHA_256"},
		{"ecdsa_secp384r1_sha384_test.json", "ECC_NIST_P384", "ECDSA_SHA_384"},
		{"ecdsa_secp521r1_sha512_test.json", "ECC_NIST_P521", "ECDSA_SHA_512"},
		{"ecdsa_secp256k1_sha256_test.json", "ECC_SECG_P256K1", "ECDSA_SHA_256"},
	} {
		t.Run(string(curve.spec), func(t *testing.T) {
			t.Parallel()
			var c tally
			for _, g := range read(t, curve.file) {
				verify(t, &c, g, curve.spec, curve.alg)
			}
			c.report(t)
		})
	}
}

func TestEd25519(t *testing.T) {
	t.Parallel()
	var c tally
	for _, g := range read(t, "ed25519_test.json") {
		verify(t, &c, g, "ECC_NIST_EDWARDS25519", "ED25519_SHA_512")
	}
	c.report(t)
}

const mldsa = types.SigningAlgorithmSpecMlDsaShake256

// mu is μ of FIPS 204, which is where a context comes in.
func mu(public, context, message []byte) []byte {
	tr, mu := make([]byte, 64), make([]byte, 64)
	x := sha3.NewSHAKE256()
	x.Write(public)
	x.Read(tr)
	x.Reset()
	x.Write(tr)
	x.Write([]byte{0, byte(len(context))})
	x.Write(context)
	x.Write(message)
	x.Read(mu)
	return mu
}

// KMS signs with an empty context. Signatures with another are reached by way
// of EXTERNAL_MU.
func TestMLDSA(t *testing.T) {
	t.Parallel()
	for _, set := range []int{44, 65, 87} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			t.Parallel()
			spec := types.KeySpec(fmt.Sprintf("ML_DSA_%d", set))
			var raw, external tally
			for _, g := range read(t, fmt.Sprintf("mldsa_%d_verify_test.json", set)) {
				key, err := material.ParsePublic(spec, commercial, g.PublicKeyDER)
				for _, v := range g.Tests {
					if len(v.Context) == 0 {
						valid := false
						if err == nil {
							valid, _ = key.Verify(mldsa, types.MessageTypeRaw, v.Message, v.Signature)
						}
						raw.agree(t, v, valid)
					} else {
						raw.skipped++
					}
					if len(v.Context) > 255 {
						external.skipped++ // it has no μ
						continue
					}
					valid := false
					if err == nil {
						m := mu(g.PublicKeyDER[22:], v.Context, v.Message)
						valid, _ = key.Verify(mldsa, types.MessageTypeExternalMu, m, v.Signature)
					}
					external.agree(t, v, valid)
				}
			}
			t.Run("RAW", raw.report)
			t.Run("EXTERNAL_MU", external.report)
		})
	}
}

// A seed of the vectors gives the key of the vectors.
func TestMLDSASigning(t *testing.T) {
	t.Parallel()
	for _, set := range []int{44, 65, 87} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			t.Parallel()
			spec := types.KeySpec(fmt.Sprintf("ML_DSA_%d", set))
			var c tally
			for _, g := range read(t, fmt.Sprintf("mldsa_%d_sign_seed_test.json", set)) {
				pkcs8 := seedKey(t, spec, g.PrivateSeed, nil)
				if len(g.PrivateKeyPKCS8) != 0 && !bytes.Equal(pkcs8, g.PrivateKeyPKCS8) {
					t.Fatalf("the test's PKCS #8 is not that of the vectors")
				}
				parsed, err := material.Parse(spec, commercial, pkcs8)
				for _, v := range g.Tests {
					if err != nil {
						c.agree(t, v, false)
						continue
					}
					if len(v.Mu) != 64 {
						c.skipped++ // its context is too long for a μ
						continue
					}
					key := parsed.(material.Signer)
					theirs, err := key.Verify(mldsa, types.MessageTypeExternalMu, v.Mu, v.Signature)
					if err != nil {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					ours, err := key.Sign(mldsa, types.MessageTypeExternalMu, v.Mu, rand.Reader)
					if err != nil {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					again, err := key.Verify(mldsa, types.MessageTypeExternalMu, v.Mu, ours)
					if err != nil {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					c.agree(t, v, theirs && again)
				}
			}
			c.report(t)
		})
	}
}

func TestHMAC(t *testing.T) {
	t.Parallel()
	for _, size := range []int{224, 256, 384, 512} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			spec := types.KeySpec(fmt.Sprintf("HMAC_%d", size))
			alg := types.MacAlgorithmSpec(fmt.Sprintf("HMAC_SHA_%d", size))
			var c tally
			for _, g := range read(t, fmt.Sprintf("hmac_sha%d_test.json", size)) {
				for _, v := range g.Tests {
					key, err := material.Parse(spec, commercial, v.Key)
					// Keys that KMS does not import, and truncated codes, which it
					// does not make.
					if err != nil || g.TagSize != size {
						c.skipped++
						continue
					}
					valid, err := key.(material.Mac).VerifyMac(alg, v.Message, v.Tag)
					if err != nil {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					c.agree(t, v, valid)
				}
			}
			c.report(t)
		})
	}
}
