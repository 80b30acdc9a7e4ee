package keywrap

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"
)

// The lines of AWS's table "Select a wrapping algorithm", one for each key spec:
// algorithm:wrapping key specs.
const (
	oaepAnyRSA    = "RSAES_OAEP_SHA_256:RSA_2048,RSA_3072,RSA_4096 RSAES_OAEP_SHA_1:RSA_2048,RSA_3072,RSA_4096"
	oaepLongerRSA = "RSAES_OAEP_SHA_256:RSA_3072,RSA_4096 RSAES_OAEP_SHA_1:RSA_3072,RSA_4096"
	hybridAnyRSA  = "RSA_AES_KEY_WRAP_SHA_256:RSA_2048,RSA_3072,RSA_4096 RSA_AES_KEY_WRAP_SHA_1:RSA_2048,RSA_3072,RSA_4096"
	sm2pke        = "SM2PKE:SM2"
)

var documented = map[types.KeySpec]string{
	"SYMMETRIC_DEFAULT":     oaepAnyRSA,
	"HMAC_224":              oaepAnyRSA,
	"HMAC_256":              oaepAnyRSA,
	"HMAC_384":              oaepAnyRSA,
	"HMAC_512":              oaepAnyRSA,
	"RSA_2048":              hybridAnyRSA + " " + sm2pke,
	"RSA_3072":              hybridAnyRSA + " " + sm2pke,
	"RSA_4096":              hybridAnyRSA + " " + sm2pke,
	"ECC_NIST_P256":         hybridAnyRSA + " " + oaepAnyRSA + " " + sm2pke,
	"ECC_NIST_P384":         hybridAnyRSA + " " + oaepAnyRSA + " " + sm2pke,
	"ECC_NIST_P521":         hybridAnyRSA + " " + oaepLongerRSA + " " + sm2pke,
	"ECC_SECG_P256K1":       hybridAnyRSA + " " + oaepAnyRSA + " " + sm2pke,
	"ECC_NIST_EDWARDS25519": hybridAnyRSA + " " + oaepAnyRSA + " " + sm2pke,
	"SM2":                   oaepAnyRSA + " " + sm2pke,
	// The reference of GetParametersForImport: all types but RSA.
	"ML_DSA_44":   oaepAnyRSA,
	"ML_DSA_65":   oaepAnyRSA,
	"ML_DSA_87":   oaepAnyRSA,
	"ML_KEM_512":  oaepAnyRSA,
	"ML_KEM_768":  oaepAnyRSA,
	"ML_KEM_1024": oaepAnyRSA,
}

func documentedFits(key types.KeySpec, algorithm types.AlgorithmSpec, wrapping types.WrappingKeySpec) bool {
	for line := range strings.FieldsSeq(documented[key]) {
		name, specs, _ := strings.Cut(line, ":")
		if name == string(algorithm) && slices.Contains(strings.Split(specs, ","), string(wrapping)) {
			return true
		}
	}
	return false
}

func TestFits(t *testing.T) {
	t.Parallel()
	keys := append(types.KeySpec("").Values(), "", "AES_256")
	algorithms := append(types.AlgorithmSpec("").Values(), "", "RSAES_OAEP_SHA_512")
	wrappings := append(types.WrappingKeySpec("").Values(), "", "RSA_1024")
	for _, key := range keys {
		for _, algorithm := range algorithms {
			for _, wrapping := range wrappings {
				got, want := Fits(key, algorithm, wrapping), documentedFits(key, algorithm, wrapping)
				if got != want {
					t.Errorf("Fits(%q, %q, %q) = %v, want %v", key, algorithm, wrapping, got, want)
				}
			}
		}
	}
}

func TestEveryKeySpecHasAWay(t *testing.T) {
	t.Parallel()
	for _, key := range types.KeySpec("").Values() {
		for _, partition := range []string{"aws", "aws-cn"} {
			found := false
			for _, spec := range types.WrappingKeySpec("").Values() {
				w, _ := For(spec, partition)
				for _, algorithm := range w.Algorithms() {
					found = found || w.Fits(key, algorithm)
				}
			}
			if !found {
				t.Errorf("no way to wrap %s in %s", key, partition)
			}
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	everywhere := []types.AlgorithmSpec{
		"RSA_AES_KEY_WRAP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1",
	}
	china := everywhere[2:] // RSA_AES_KEY_WRAP_SHA_* is not there
	for _, tc := range []struct {
		spec       types.WrappingKeySpec
		partition  string
		bits       int // 0: not offered
		algorithms []types.AlgorithmSpec
	}{
		{"RSA_2048", "aws", 2048, everywhere},
		{"RSA_3072", "aws", 3072, everywhere},
		{"RSA_4096", "aws", 4096, everywhere},
		{"RSA_2048", "aws-us-gov", 2048, everywhere},
		{"RSA_4096", "aws-eusc", 4096, everywhere},
		{"RSA_2048", "aws-cn", 2048, china},
		{"RSA_3072", "aws-cn", 3072, china},
		{"RSA_4096", "aws-cn", 4096, china},
		{"SM2", "aws-cn", 256, []types.AlgorithmSpec{"SM2PKE"}},
		{"SM2", "aws", 0, nil},
		{"SM2", "aws-us-gov", 0, nil},
		{"RSA_1024", "aws", 0, nil},
		{"", "aws-cn", 0, nil},
	} {
		w, ok := For(tc.spec, tc.partition)
		if ok != (tc.bits > 0) || w.Bits() != tc.bits {
			t.Errorf("For(%q, %q) = %d bits, %v; want %d", tc.spec, tc.partition, w.Bits(), ok, tc.bits)
		}
		if ok && w.Spec() != tc.spec {
			t.Errorf("For(%q, %q) is for %q", tc.spec, tc.partition, w.Spec())
		}
		if diff := cmp.Diff(tc.algorithms, w.Algorithms()); diff != "" {
			t.Errorf("For(%q, %q) (-want +got):\n%s", tc.spec, tc.partition, diff)
		}
		for _, algorithm := range types.AlgorithmSpec("").Values() {
			if got, want := w.Offers(algorithm), slices.Contains(tc.algorithms, algorithm); got != want {
				t.Errorf("For(%q, %q) offers %s: %v, want %v", tc.spec, tc.partition, algorithm, got, want)
			}
			for _, key := range types.KeySpec("").Values() {
				want := slices.Contains(tc.algorithms, algorithm) && documentedFits(key, algorithm, tc.spec)
				if got := w.Fits(key, algorithm); got != want {
					t.Errorf("For(%q, %q).Fits(%s, %s) = %v, want %v", tc.spec, tc.partition, key, algorithm, got, want)
				}
			}
		}
	}
}

func TestAlgorithmsIsTheCallers(t *testing.T) {
	t.Parallel()
	w, _ := For("RSA_2048", "aws")
	clear(w.Algorithms())
	again, _ := For("RSA_2048", "aws")
	if !again.Offers("RSAES_OAEP_SHA_256") || !w.Offers("RSAES_OAEP_SHA_256") {
		t.Error("a caller's slice changed the table")
	}
}
