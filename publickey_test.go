package kmsfake_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// subjectPublicKeyInfo is that of RFC 5280, section 4.1.
type subjectPublicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

// publicKeyForms are the algorithm identifiers of public keys, and the curve or
// else the parameters in DER. They are those of RFC 3279, 5480, 8410, 9881 and
// 9935 and, of SM2, of GB/T 33560.
var publicKeyForms = map[types.KeySpec]struct {
	algorithm string
	curve     string
	bits      int // of the encoded key; 0 where it varies
}{
	"RSA_2048":              {algorithm: "1.2.840.113549.1.1.1"},
	"RSA_3072":              {algorithm: "1.2.840.113549.1.1.1"},
	"RSA_4096":              {algorithm: "1.2.840.113549.1.1.1"},
	"ECC_NIST_P256":         {"1.2.840.10045.2.1", "1.2.840.10045.3.1.7", 8 * 65},
	"ECC_NIST_P384":         {"1.2.840.10045.2.1", "1.3.132.0.34", 8 * 97},
	"ECC_NIST_P521":         {"1.2.840.10045.2.1", "1.3.132.0.35", 8 * 133},
	"ECC_SECG_P256K1":       {"1.2.840.10045.2.1", "1.3.132.0.10", 8 * 65},
	"SM2":                   {"1.2.840.10045.2.1", "1.2.156.10197.1.301", 8 * 65},
	"ECC_NIST_EDWARDS25519": {"1.3.101.112", "", 8 * 32},
	"ML_DSA_44":             {"2.16.840.1.101.3.4.3.17", "", 8 * 1312},
	"ML_DSA_65":             {"2.16.840.1.101.3.4.3.18", "", 8 * 1952},
	"ML_DSA_87":             {"2.16.840.1.101.3.4.3.19", "", 8 * 2592},
	"ML_KEM_512":            {"2.16.840.1.101.3.4.4.1", "", 8 * 800},
	"ML_KEM_768":            {"2.16.840.1.101.3.4.4.2", "", 8 * 1184},
	"ML_KEM_1024":           {"2.16.840.1.101.3.4.4.3", "", 8 * 1568},
}

func publicKeyOf(t testing.TB, f *kmsfake.Fake, id string) []byte {
	t.Helper()
	return got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id})).ok(t).PublicKey
}

func TestGetPublicKey(t *testing.T) {
	t.Parallel()
	for _, use := range specUses {
		form, asymmetric := publicKeyForms[use.spec]
		f := specFake(use.spec)
		id := newKeyOf(t, f, use.spec, use.usage)
		out := got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id}))
		if !asymmetric {
			out.failsWith(t, "UnsupportedOperationException")
			continue
		}
		key := out.ok(t)
		checkAlgorithmLists(t, *key, use)
		if *key.KeyId != *describe(t, f, id).Arn || key.KeySpec != use.spec || string(key.CustomerMasterKeySpec) != string(use.spec) || key.KeyUsage != use.usage {
			t.Errorf("%s, %s: %s, %s, %s, %s", use.spec, use.usage, *key.KeyId, key.KeySpec, key.CustomerMasterKeySpec, key.KeyUsage)
		}
		var info subjectPublicKeyInfo
		if rest, err := asn1.Unmarshal(key.PublicKey, &info); err != nil || len(rest) > 0 {
			t.Errorf("%s: %d bytes follow, %v", use.spec, len(rest), err)
		}
		if info.Algorithm.Algorithm.String() != form.algorithm || form.bits != 0 && info.Key.BitLength != form.bits {
			t.Errorf("%s: %s, %d bits", use.spec, info.Algorithm.Algorithm, info.Key.BitLength)
		}
		var curve asn1.ObjectIdentifier
		if form.curve != "" {
			asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &curve)
		}
		if curve.String() != form.curve {
			t.Errorf("%s: the curve is %s", use.spec, curve)
		}

		clear(key.PublicKey)
		clear(key.SigningAlgorithms)
		clear(key.EncryptionAlgorithms)
		clear(key.KeyAgreementAlgorithms)
		clear(key.EncapsulationAlgorithms)
		again := got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id})).ok(t)
		checkAlgorithmLists(t, *again, use)
		if again.PublicKey[0] != 0x30 {
			t.Errorf("%s: the answer shares memory with the key", use.spec)
		}
	}
}
