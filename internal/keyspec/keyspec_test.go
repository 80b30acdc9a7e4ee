package keyspec_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// fact is what the documentation of CreateKey, Encrypt, Sign, GenerateMac,
// DeriveSharedSecret and Encapsulate says of a key spec.
type fact struct {
	kind       keyspec.Kind
	algorithms map[types.KeyUsageType][]string
	partitions []string
}

var (
	everywhere = []string{"aws", "aws-us-gov", "aws-cn"}
	notInChina = []string{"aws", "aws-us-gov"}
	chinaAlone = []string{"aws-cn"}

	rsa = map[types.KeyUsageType][]string{
		"ENCRYPT_DECRYPT": {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"},
		"SIGN_VERIFY": {
			"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
			"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
		},
	}
	mldsa = map[types.KeyUsageType][]string{"SIGN_VERIFY": {"ML_DSA_SHAKE_256"}}
	mlkem = map[types.KeyUsageType][]string{"ENCAPSULATE_DECAPSULATE": {"ML_KEM"}}
)

func nist(ecdsa string) map[types.KeyUsageType][]string {
	return map[types.KeyUsageType][]string{"SIGN_VERIFY": {ecdsa}, "KEY_AGREEMENT": {"ECDH"}}
}

func hmac(alg string) map[types.KeyUsageType][]string {
	return map[types.KeyUsageType][]string{"GENERATE_VERIFY_MAC": {alg}}
}

var facts = map[types.KeySpec]fact{
	"RSA_2048":        {keyspec.KindAsymmetric, rsa, everywhere},
	"RSA_3072":        {keyspec.KindAsymmetric, rsa, everywhere},
	"RSA_4096":        {keyspec.KindAsymmetric, rsa, everywhere},
	"ECC_NIST_P256":   {keyspec.KindAsymmetric, nist("ECDSA_SHA_256"), everywhere},
	"ECC_NIST_P384":   {keyspec.KindAsymmetric, nist("ECDSA_SHA_384"), everywhere},
	"ECC_NIST_P521":   {keyspec.KindAsymmetric, nist("ECDSA_SHA_512"), everywhere},
	"ECC_SECG_P256K1": {keyspec.KindAsymmetric, map[types.KeyUsageType][]string{"SIGN_VERIFY": {"ECDSA_SHA_256"}}, everywhere},
	"ECC_NIST_EDWARDS25519": {keyspec.KindAsymmetric, map[types.KeyUsageType][]string{
		"SIGN_VERIFY": {"ED25519_SHA_512", "ED25519_PH_SHA_512"}}, everywhere},
	"SYMMETRIC_DEFAULT": {keyspec.KindSymmetric, map[types.KeyUsageType][]string{"ENCRYPT_DECRYPT": {"SYMMETRIC_DEFAULT"}}, everywhere},
	"HMAC_224":          {keyspec.KindHMAC, hmac("HMAC_SHA_224"), everywhere},
	"HMAC_256":          {keyspec.KindHMAC, hmac("HMAC_SHA_256"), everywhere},
	"HMAC_384":          {keyspec.KindHMAC, hmac("HMAC_SHA_384"), everywhere},
	"HMAC_512":          {keyspec.KindHMAC, hmac("HMAC_SHA_512"), everywhere},
	"ML_DSA_44":         {keyspec.KindAsymmetric, mldsa, everywhere},
	"ML_DSA_65":         {keyspec.KindAsymmetric, mldsa, everywhere},
	"ML_DSA_87":         {keyspec.KindAsymmetric, mldsa, everywhere},
	"ML_KEM_512":        {keyspec.KindAsymmetric, mlkem, notInChina},
	"ML_KEM_768":        {keyspec.KindAsymmetric, mlkem, notInChina},
	"ML_KEM_1024":       {keyspec.KindAsymmetric, mlkem, notInChina},
	"SM2": {keyspec.KindAsymmetric, map[types.KeyUsageType][]string{
		"ENCRYPT_DECRYPT": {"SM2PKE"}, "SIGN_VERIFY": {"SM2DSA"}, "KEY_AGREEMENT": {"ECDH"}}, chinaAlone},
}

func lookup(t *testing.T, name types.KeySpec) *keyspec.Spec {
	t.Helper()
	spec, ok := keyspec.Lookup(name)
	if !ok {
		t.Fatalf("no key spec %s", name)
	}
	return spec
}

func TestEverySpecOfTheSDKIsInTheTable(t *testing.T) {
	t.Parallel()
	for _, name := range types.KeySpec("").Values() {
		if _, ok := facts[name]; !ok {
			t.Errorf("the test knows nothing of %s", name)
		}
		if spec := lookup(t, name); spec.Name != name {
			t.Errorf("%s finds %s", name, spec.Name)
		}
	}
	for _, name := range []types.KeySpec{"", "RSA_1024", "rsa_2048", "SYMMETRIC_DEFAULT "} {
		if _, ok := keyspec.Lookup(name); ok {
			t.Errorf("there is a key spec %q", name)
		}
	}
}

// algorithmsFor are the algorithms of a key spec with a usage.
func algorithmsFor(spec *keyspec.Spec, usage types.KeyUsageType) []string {
	return map[types.KeyUsageType][]string{
		"ENCRYPT_DECRYPT":         names(spec.Encryption),
		"SIGN_VERIFY":             names(spec.Signing),
		"GENERATE_VERIFY_MAC":     names(spec.Mac),
		"KEY_AGREEMENT":           names(spec.Agreement),
		"ENCAPSULATE_DECAPSULATE": names(spec.Encapsulation),
	}[usage]
}

func names[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func TestUsagesAndAlgorithms(t *testing.T) {
	t.Parallel()
	for name, f := range facts {
		spec := lookup(t, name)
		for _, usage := range append(types.KeyUsageType("").Values(), "", "WRAP") {
			want, allowed := f.algorithms[usage]
			if spec.Allows(usage) != allowed {
				t.Errorf("%s allows %q: %v", name, usage, !allowed)
			}
			if got := algorithmsFor(spec, usage); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", name, usage, got, want)
			}
		}
		if len(spec.Usages) != len(f.algorithms) {
			t.Errorf("%s has usages %v", name, spec.Usages)
		}
		if spec.Kind() != f.kind {
			t.Errorf("%s is of kind %d", name, spec.Kind())
		}
		usage, ok := spec.DefaultUsage()
		if name == "SYMMETRIC_DEFAULT" {
			if usage != "ENCRYPT_DECRYPT" || !ok {
				t.Errorf("%s has default usage %q, %v", name, usage, ok)
			}
		} else if ok || usage != "" {
			t.Errorf("%s has default usage %q, %v", name, usage, ok)
		}
		for _, partition := range everywhere {
			if want := slices.Contains(f.partitions, partition); spec.AvailableIn(partition) != want {
				t.Errorf("%s in %s: %v", name, partition, !want)
			}
		}
	}
}

func TestMaxPlaintext(t *testing.T) {
	t.Parallel()
	want := map[types.KeySpec]map[types.EncryptionAlgorithmSpec]int{
		"SYMMETRIC_DEFAULT": {"SYMMETRIC_DEFAULT": 4096},
		"RSA_2048":          {"RSAES_OAEP_SHA_1": 214, "RSAES_OAEP_SHA_256": 190},
		"RSA_3072":          {"RSAES_OAEP_SHA_1": 342, "RSAES_OAEP_SHA_256": 318},
		"RSA_4096":          {"RSAES_OAEP_SHA_1": 470, "RSAES_OAEP_SHA_256": 446},
		"SM2":               {"SM2PKE": 1024},
	}
	for _, name := range types.KeySpec("").Values() {
		for _, alg := range append(types.EncryptionAlgorithmSpec("").Values(), "") {
			if got := lookup(t, name).MaxPlaintext(alg); got != want[name][alg] {
				t.Errorf("%s, %q: %d bytes, want %d", name, alg, got, want[name][alg])
			}
		}
	}
}

func TestMaterialLength(t *testing.T) {
	t.Parallel()
	type bounds struct {
		least, most int
		raw         bool
	}
	outside := map[types.KeySpec]bounds{
		"SYMMETRIC_DEFAULT": {32, 32, true},
		"HMAC_224":          {28, 64, true},
		"HMAC_256":          {32, 64, true},
		"HMAC_384":          {48, 128, true},
		"HMAC_512":          {64, 128, true},
	}
	for _, name := range types.KeySpec("").Values() {
		for _, partition := range everywhere {
			want := outside[name]
			if partition == "aws-cn" && name == "SYMMETRIC_DEFAULT" {
				want = bounds{16, 16, true}
			}
			least, most, raw := lookup(t, name).MaterialLength(partition)
			if got := (bounds{least, most, raw}); got != want {
				t.Errorf("%s in %s: %v, want %v", name, partition, got, want)
			}
		}
	}
}

func TestEncapsulatedSize(t *testing.T) {
	t.Parallel()
	want := map[types.KeySpec]int{"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
	for _, name := range types.KeySpec("").Values() {
		if got := lookup(t, name).EncapsulatedSize; got != want[name] {
			t.Errorf("%s: %d, want %d", name, got, want[name])
		}
	}
}

// GetParametersForImport supports all key types, and CreateKey makes symmetric
// and asymmetric multi-Region keys.
func TestImportAndMultiRegion(t *testing.T) {
	t.Parallel()
	for _, name := range types.KeySpec("").Values() {
		if spec := lookup(t, name); !spec.Importable || !spec.MultiRegion {
			t.Errorf("%s: importable %v, multi-Region %v", name, spec.Importable, spec.MultiRegion)
		}
	}
}

func TestDataKeyPairs(t *testing.T) {
	t.Parallel()
	for _, name := range types.DataKeyPairSpec("").Values() {
		spec, ok := keyspec.LookupPair(name)
		if !ok || string(spec.Name) != string(name) {
			t.Errorf("%s: %v, %v", name, spec, ok)
		}
	}
	for _, name := range []types.DataKeyPairSpec{"", "SYMMETRIC_DEFAULT", "HMAC_256", "ML_DSA_44", "RSA_1024"} {
		if _, ok := keyspec.LookupPair(name); ok {
			t.Errorf("there is a data key pair spec %q", name)
		}
	}
}

func TestSigningAlgorithms(t *testing.T) {
	t.Parallel()
	type takes struct {
		raw, digest, mu bool
		size            int
	}
	want := map[types.SigningAlgorithmSpec]takes{
		"RSASSA_PSS_SHA_256":        {true, true, false, 32},
		"RSASSA_PSS_SHA_384":        {true, true, false, 48},
		"RSASSA_PSS_SHA_512":        {true, true, false, 64},
		"RSASSA_PKCS1_V1_5_SHA_256": {true, true, false, 32},
		"RSASSA_PKCS1_V1_5_SHA_384": {true, true, false, 48},
		"RSASSA_PKCS1_V1_5_SHA_512": {true, true, false, 64},
		"ECDSA_SHA_256":             {true, true, false, 32},
		"ECDSA_SHA_384":             {true, true, false, 48},
		"ECDSA_SHA_512":             {true, true, false, 64},
		"SM2DSA":                    {true, true, false, 32},
		"ML_DSA_SHAKE_256":          {true, false, true, 64},
		"ED25519_SHA_512":           {true, false, false, 0},
		"ED25519_PH_SHA_512":        {false, true, false, 64},
	}
	for _, name := range types.SigningAlgorithmSpec("").Values() {
		alg, ok := keyspec.LookupSigning(name)
		if !ok {
			t.Errorf("no signing algorithm %s", name)
			continue
		}
		got := takes{alg.Takes("RAW"), alg.Takes("DIGEST"), alg.Takes("EXTERNAL_MU"), alg.DigestSize}
		if got != want[name] {
			t.Errorf("%s: %v, want %v", name, got, want[name])
		}
		if alg.Takes("") != alg.Takes("RAW") || alg.Takes("HASH") {
			t.Errorf("%s: no type %v, unknown type %v", name, alg.Takes(""), alg.Takes("HASH"))
		}
	}
	if _, ok := keyspec.LookupSigning("RSASSA_PSS_SHA_1"); ok {
		t.Error("there is a signing algorithm RSASSA_PSS_SHA_1")
	}
}

func TestUsageOf(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]types.KeyUsageType{
		"Encrypt":                             "ENCRYPT_DECRYPT",
		"Decrypt":                             "ENCRYPT_DECRYPT",
		"ReEncrypt":                           "ENCRYPT_DECRYPT",
		"GenerateDataKey":                     "ENCRYPT_DECRYPT",
		"GenerateDataKeyWithoutPlaintext":     "ENCRYPT_DECRYPT",
		"GenerateDataKeyPair":                 "ENCRYPT_DECRYPT",
		"GenerateDataKeyPairWithoutPlaintext": "ENCRYPT_DECRYPT",
		"Sign":                                "SIGN_VERIFY",
		"Verify":                              "SIGN_VERIFY",
		"GenerateMac":                         "GENERATE_VERIFY_MAC",
		"VerifyMac":                           "GENERATE_VERIFY_MAC",
		"DeriveSharedSecret":                  "KEY_AGREEMENT",
		"Encapsulate":                         "ENCAPSULATE_DECAPSULATE",
		"Decapsulate":                         "ENCAPSULATE_DECAPSULATE",
		"DescribeKey":                         "",
		"GetPublicKey":                        "",
		"GenerateRandom":                      "",
	} {
		if got, ok := keyspec.UsageOf(operation); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", operation, got, ok)
		}
	}
}
