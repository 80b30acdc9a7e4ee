package wycheproof

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

func TestRSAOAEP(t *testing.T) {
	t.Parallel()
	oaep := map[string]types.EncryptionAlgorithmSpec{
		"SHA-1": types.EncryptionAlgorithmSpecRsaesOaepSha1, "SHA-256": types.EncryptionAlgorithmSpecRsaesOaepSha256,
	}
	var c tally
	for _, file := range append(files(t, "rsa_oaep_*_test.json"), files(t, "rsa_three_primes_oaep_*_test.json")...) {
		for _, g := range read(t, file) {
			spec, alg := rsaSpecs[g.KeySize], oaep[g.Hash]
			if spec == "" || alg == "" || g.Hash != g.MGFHash {
				c.skipped += len(g.Tests)
				continue
			}
			key, err := material.Parse(spec, commercial, g.PrivateKeyPKCS8)
			if strings.Contains(file, "three_primes") {
				if !errors.Is(err, material.ErrEncoding) {
					t.Errorf("%s: three primes are imported: %v", file, err)
				}
				c.skipped += len(g.Tests)
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, v := range g.Tests {
				plaintext, err := key.(material.Encrypter).Decrypt(alg, v.Ciphertext)
				if len(v.Label) != 0 {
					v.Result = "invalid" // KMS uses an empty label
				}
				c.agree(t, v, err == nil && bytes.Equal(plaintext, v.Message))
			}
		}
	}
	c.report(t)
}

func TestECDH(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file  string
		spec  types.KeySpec
		curve elliptic.Curve
	}{
		{"ecdh_secp256r1_test.json", "ECC_NIST_P256", elliptic.P256()},
		{"ecdh_secp384r1_test.json", "ECC_NIST_P384", elliptic.P384()},
		{"ecdh_secp521r1_test.json", "ECC_NIST_P521", elliptic.P521()},
	} {
		t.Run(string(c.spec), func(t *testing.T) {
			t.Parallel()
			var counts tally
			accepted := 0
			for _, g := range read(t, c.file) {
				for _, v := range g.Tests {
					key := imported(t, c.spec, c.curve, v.Private)
					secret, err := key.Agree(types.KeyAgreementAlgorithmSpecEcdh, v.Public)
					if err != nil && !errors.Is(err, material.ErrPublicKey) {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					if err == nil && v.Result == "acceptable" {
						accepted++
						if !bytes.Equal(secret, v.Shared) {
							t.Errorf("vector %d: another secret", v.ID)
						}
					}
					counts.agree(t, v, err == nil && bytes.Equal(secret, v.Shared))
				}
			}
			t.Logf("%d acceptable ones accepted", accepted)
			counts.report(t)
		})
	}
}

// imported is key material of a private scalar.
func imported(t *testing.T, spec types.KeySpec, curve elliptic.Curve, scalar []byte) material.Agreement {
	t.Helper()
	size := (curve.Params().BitSize + 7) / 8
	private, err := ecdsa.ParseRawPrivateKey(curve, new(big.Int).SetBytes(scalar).FillBytes(make([]byte, size)))
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := material.Parse(spec, commercial, pkcs8)
	if err != nil {
		t.Fatal(err)
	}
	return key.(material.Agreement)
}

// algorithms are the last numbers of the object identifiers of NIST.
var algorithms = map[types.KeySpec][]int{
	"ML_DSA_44": {3, 17}, "ML_DSA_65": {3, 18}, "ML_DSA_87": {3, 19},
	"ML_KEM_512": {4, 1}, "ML_KEM_768": {4, 2}, "ML_KEM_1024": {4, 3},
}

// seedKey is the PKCS #8 of a seed, with the expanded key beside it if there is
// one (RFC 9881, RFC 9935).
func seedKey(t *testing.T, spec types.KeySpec, seed, expanded []byte) []byte {
	t.Helper()
	var private any = asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: seed}
	if expanded != nil {
		private = struct{ Seed, Expanded []byte }{seed, expanded}
	}
	encoded, err := asn1.Marshal(private)
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Version   int
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Private   []byte
	}
	info.Algorithm.OID = append(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4}, algorithms[spec]...)
	info.Private = encoded
	pkcs8, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	return pkcs8
}

func TestMLKEM(t *testing.T) {
	t.Parallel()
	for _, set := range []int{512, 768, 1024} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			t.Parallel()
			spec := types.KeySpec(fmt.Sprintf("ML_KEM_%d", set))
			var c tally
			for _, g := range read(t, fmt.Sprintf("mlkem_%d_test.json", set)) {
				for _, v := range g.Tests {
					key, err := material.Parse(spec, commercial, seedKey(t, spec, v.Seed, nil))
					if err != nil {
						c.agree(t, v, false)
						continue
					}
					if len(v.EncapKey) != 0 && !bytes.HasSuffix(key.(material.Public).PublicKey(), v.EncapKey) {
						t.Errorf("vector %d: another encapsulation key", v.ID)
					}
					secret, err := key.(material.KEM).Decapsulate(types.EncapsulationAlgorithmSpecMlKem, v.Encapsulated)
					if err != nil && !errors.Is(err, material.ErrEncapsulatedLength) {
						t.Errorf("vector %d: %v", v.ID, err)
					}
					c.agree(t, v, err == nil && bytes.Equal(secret, v.Secret))
				}
			}
			c.report(t)
		})
	}
}

func TestMLKEMKeyGeneration(t *testing.T) {
	t.Parallel()
	for _, set := range []int{512, 768, 1024} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			t.Parallel()
			spec := types.KeySpec(fmt.Sprintf("ML_KEM_%d", set))
			var c tally
			for _, g := range read(t, fmt.Sprintf("mlkem_%d_keygen_seed_test.json", set)) {
				for _, v := range g.Tests {
					key, err := material.Parse(spec, commercial, seedKey(t, spec, v.Seed, v.ExpandedKey))
					c.agree(t, v, err == nil && bytes.HasSuffix(key.(material.Public).PublicKey(), v.EncapKey))

					forged := bytes.Clone(v.ExpandedKey)
					forged[0] ^= 1
					if _, err := material.Parse(spec, commercial, seedKey(t, spec, v.Seed, forged)); !errors.Is(err, material.ErrEncoding) {
						t.Errorf("vector %d: an expanded key that is not the seed's: %v", v.ID, err)
					}
				}
			}
			c.report(t)
		})
	}
}
