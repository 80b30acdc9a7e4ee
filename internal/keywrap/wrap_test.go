package keywrap

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"
)

func generateRSA(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(cryptorand.Reader, bits)
		if err != nil {
			panic(err)
		}
		return key
	})
}

var (
	rsa1024 = generateRSA(1024) // for tests that unwrap thousands of times
	rsa2048 = generateRSA(2048)
	sm2Key  = sync.OnceValue(func() *sm2.PrivateKey {
		key, err := sm2.GenerateKey(cryptorand.Reader)
		if err != nil {
			panic(err)
		}
		return key
	})
)

func publicDER(t testing.TB, key crypto.PrivateKey) []byte {
	t.Helper()
	var der []byte
	var err error
	switch key := key.(type) {
	case *sm2.PrivateKey:
		der, err = smx509.MarshalPKIXPublicKey(&key.PublicKey)
	case *rsa.PrivateKey:
		der, err = x509.MarshalPKIXPublicKey(&key.PublicKey)
	default:
		err = errors.New("no such key")
	}
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// wrappings are the algorithms that AWS KMS supports and a key for each.
func wrappings() map[types.AlgorithmSpec]crypto.PrivateKey {
	return map[types.AlgorithmSpec]crypto.PrivateKey{
		"RSAES_OAEP_SHA_1":         rsa2048(),
		"RSAES_OAEP_SHA_256":       rsa2048(),
		"RSA_AES_KEY_WRAP_SHA_1":   rsa2048(),
		"RSA_AES_KEY_WRAP_SHA_256": rsa2048(),
		"SM2PKE":                   sm2Key(),
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for algorithm, key := range wrappings() {
		t.Run(string(algorithm), func(t *testing.T) {
			t.Parallel()
			public := publicDER(t, key)
			most := 2400
			switch algorithm {
			case "RSAES_OAEP_SHA_1":
				most = 214
			case "RSAES_OAEP_SHA_256":
				most = 190
			}
			rapid.Check(t, func(t *rapid.T) {
				material := rapid.SliceOfN(rapid.Byte(), 1, most).Draw(t, "material")
				if algorithm == "SM2PKE" {
					// Decryption refuses a mask that cancels the material, which
					// is likely for a byte or two.
					material = append(material, make([]byte, 16)...)
				}
				wrapped, err := Wrap(algorithm, public, material, cryptorand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				given := bytes.Clone(wrapped)
				got, err := Unwrap(algorithm, key, wrapped)
				if err != nil || !bytes.Equal(got, material) {
					t.Fatalf("unwrapped %x, %v; want %x", got, err, material)
				}
				if !bytes.Equal(wrapped, given) {
					t.Fatal("Unwrap changed its argument")
				}
				clear(wrapped)
				if !bytes.Equal(got, material) {
					t.Fatal("the key material shares memory with the wrapped")
				}
			})
		})
	}
}

// TestCapacity is why ECC_NIST_P521 does not go by RSAES_OAEP under RSA_2048:
// RFC 8017, section 7.1 leaves k-2h-2 bytes, and its PKCS #8 takes 241.
func TestCapacity(t *testing.T) {
	t.Parallel()
	for algorithm, most := range map[types.AlgorithmSpec]int{
		"RSAES_OAEP_SHA_1":         256 - 2*20 - 2,
		"RSAES_OAEP_SHA_256":       256 - 2*32 - 2,
		"RSA_AES_KEY_WRAP_SHA_1":   0,
		"RSA_AES_KEY_WRAP_SHA_256": 0,
	} {
		public := publicDER(t, rsa2048())
		if most == 0 {
			if _, err := Wrap(algorithm, public, make([]byte, 4096), cryptorand.Reader); err != nil {
				t.Errorf("%s: %v", algorithm, err)
			}
			continue
		}
		if _, err := Wrap(algorithm, public, make([]byte, most), cryptorand.Reader); err != nil {
			t.Errorf("%s: %d bytes: %v", algorithm, most, err)
		}
		if _, err := Wrap(algorithm, public, make([]byte, most+1), cryptorand.Reader); !errors.Is(err, rsa.ErrMessageTooLong) {
			t.Errorf("%s: %d bytes: %v", algorithm, most+1, err)
		}
	}
	p521, err := ecdsa.GenerateKey(elliptic.P521(), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(p521)
	if err != nil {
		t.Fatal(err)
	}
	if len(der) != 241 {
		t.Errorf("PKCS #8 of P-521 takes %d bytes", len(der))
	}
}

// TestUnwrapIsTheStandard unwraps what crypto/rsa alone encrypts, and opens
// with it what Wrap makes.
func TestUnwrapIsTheStandard(t *testing.T) {
	t.Parallel()
	key := rsa2048()
	material := []byte("thirty-two bytes of key material")
	for algorithm, hash := range map[types.AlgorithmSpec]crypto.Hash{
		"RSAES_OAEP_SHA_1":   crypto.SHA1,
		"RSAES_OAEP_SHA_256": crypto.SHA256,
	} {
		wrapped, err := rsa.EncryptOAEP(hash.New(), cryptorand.Reader, &key.PublicKey, material, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unwrap(algorithm, key, wrapped); err != nil || !bytes.Equal(got, material) {
			t.Errorf("%s: unwrapped %x, %v", algorithm, got, err)
		}
		wrapped, err = Wrap(algorithm, publicDER(t, key), material, cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		got, err := key.Decrypt(nil, wrapped, &rsa.OAEPOptions{Hash: hash})
		if err != nil || !bytes.Equal(got, material) {
			t.Errorf("%s: crypto/rsa reads %x, %v", algorithm, got, err)
		}
	}
}

func TestUnwrapAlgorithmsDiffer(t *testing.T) {
	t.Parallel()
	for made, key := range wrappings() {
		wrapped, err := Wrap(made, publicDER(t, key), bytes.Repeat([]byte{1}, 32), cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for read, other := range wrappings() {
			_, err := Unwrap(read, other, wrapped)
			if (err == nil) != (made == read) || (err != nil && !errors.Is(err, ErrWrapped)) {
				t.Errorf("made by %s, read by %s: %v", made, read, err)
			}
		}
	}
}

func TestUnwrapRefusesEveryBit(t *testing.T) {
	t.Parallel()
	for algorithm, key := range map[types.AlgorithmSpec]crypto.PrivateKey{
		"RSAES_OAEP_SHA_1":         rsa1024(),
		"RSA_AES_KEY_WRAP_SHA_256": rsa1024(),
		"SM2PKE":                   sm2Key(),
	} {
		t.Run(string(algorithm), func(t *testing.T) {
			t.Parallel()
			wrapped, err := Wrap(algorithm, publicDER(t, key), bytes.Repeat([]byte{1}, 32), cryptorand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			for bit := range 8 * len(wrapped) {
				changed := bytes.Clone(wrapped)
				changed[bit/8] ^= 1 << (bit % 8)
				if got, err := Unwrap(algorithm, key, changed); !errors.Is(err, ErrWrapped) || got != nil {
					t.Fatalf("bit %d changed: %x, %v", bit, got, err)
				}
			}
			for n := range wrapped {
				if got, err := Unwrap(algorithm, key, wrapped[:n]); !errors.Is(err, ErrWrapped) || got != nil {
					t.Fatalf("cut to %d bytes: %x, %v", n, got, err)
				}
			}
			if got, err := Unwrap(algorithm, key, append(wrapped, 0)); !errors.Is(err, ErrWrapped) || got != nil {
				t.Fatalf("a byte more: %x, %v", got, err)
			}
		})
	}
}

func TestUnwrapRefusesOtherKeys(t *testing.T) {
	t.Parallel()
	otherRSA := generateRSA(2048)()
	otherSM2, err := sm2.GenerateKey(cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for algorithm, key := range wrappings() {
		var other, wrongKind crypto.PrivateKey = otherRSA, sm2Key()
		if algorithm == "SM2PKE" {
			other, wrongKind = otherSM2, rsa2048()
		}
		wrapped, err := Wrap(algorithm, publicDER(t, key), []byte("0123456789abcdef"), cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unwrap(algorithm, other, wrapped); !errors.Is(err, ErrWrapped) || got != nil {
			t.Errorf("%s: another key unwraps %x, %v", algorithm, got, err)
		}
		for _, wrong := range []crypto.PrivateKey{wrongKind, nil, (*rsa.PrivateKey)(nil), (*sm2.PrivateKey)(nil), "key"} {
			if got, err := Unwrap(algorithm, wrong, wrapped); err == nil || errors.Is(err, ErrWrapped) || got != nil {
				t.Errorf("%s: a %T unwraps %x, %v", algorithm, wrong, got, err)
			}
		}
	}
}

// TestUnwrapWantsAES256 wraps with AES keys of other lengths.
func TestUnwrapWantsAES256(t *testing.T) {
	t.Parallel()
	key := rsa2048()
	for _, size := range []int{0, 16, 24, 31, 32, 33} {
		kek := bytes.Repeat([]byte{1}, size)
		head, err := rsa.EncryptOAEP(sha256.New(), cryptorand.Reader, &key.PublicKey, kek, nil)
		if err != nil {
			t.Fatal(err)
		}
		tail, err := wrapKWP(append(kek, make([]byte, 32)...)[:max(size/8*8, 16)], []byte("material"))
		if err != nil && size != 33 {
			t.Fatal(err)
		}
		_, err = Unwrap("RSA_AES_KEY_WRAP_SHA_256", key, append(head, tail...))
		if want := size == 32; (err == nil) != want {
			t.Errorf("an AES key of %d bytes: %v", size, err)
		}
	}
}

func TestUnwrapSM2FormIsASN1(t *testing.T) {
	t.Parallel()
	raw, err := sm2.Encrypt(cryptorand.Reader, &sm2Key().PublicKey, []byte("material"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Unwrap("SM2PKE", sm2Key(), raw); !errors.Is(err, ErrWrapped) {
		t.Errorf("raw C1C3C2 unwraps: %x, %v", got, err)
	}
	form, err := Wrap("SM2PKE", publicDER(t, sm2Key()), []byte("material"), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var parts []asn1.RawValue
	if _, err := asn1.Unmarshal(form, &parts); err != nil || len(parts) != 4 || len(parts[2].Bytes) != 32 || len(parts[3].Bytes) != 8 {
		t.Errorf("not the form of GM/T 0009: %x, %v", form, err)
	}
}

func TestUnsupportedAlgorithms(t *testing.T) {
	t.Parallel()
	// RSAES_PKCS1_V1_5 ended on October 10, 2023.
	for _, algorithm := range []types.AlgorithmSpec{"RSAES_PKCS1_V1_5", "", "rsaes_oaep_sha_256"} {
		if got, err := Wrap(algorithm, publicDER(t, rsa2048()), []byte("x"), cryptorand.Reader); err == nil || got != nil {
			t.Errorf("Wrap by %q: %x, %v", algorithm, got, err)
		}
		if got, err := Unwrap(algorithm, rsa2048(), make([]byte, 256)); err == nil || errors.Is(err, ErrWrapped) || got != nil {
			t.Errorf("Unwrap by %q: %x, %v", algorithm, got, err)
		}
	}
}

func TestWrapRefuses(t *testing.T) {
	t.Parallel()
	p256, err := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := x509.MarshalPKIXPublicKey(&p256.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	offCurve := publicDER(t, sm2Key())
	offCurve[len(offCurve)-1] ^= 1
	compressed := publicDER(t, sm2Key())
	compressed[len(compressed)-65] = 2
	rsaDER, sm2DER := publicDER(t, rsa2048()), publicDER(t, sm2Key())
	for name, tc := range map[string]struct {
		algorithm types.AlgorithmSpec
		public    []byte
		material  []byte
		rand      io.Reader
	}{
		"no material":       {"RSAES_OAEP_SHA_256", rsaDER, nil, cryptorand.Reader},
		"no material, SM2":  {"SM2PKE", sm2DER, nil, cryptorand.Reader},
		"no key":            {"RSAES_OAEP_SHA_256", nil, []byte("x"), cryptorand.Reader},
		"not a key":         {"RSA_AES_KEY_WRAP_SHA_1", []byte("key"), []byte("x"), cryptorand.Reader},
		"P-256 for RSA":     {"RSAES_OAEP_SHA_256", ec, []byte("x"), cryptorand.Reader},
		"SM2 for RSA":       {"RSAES_OAEP_SHA_256", sm2DER, []byte("x"), cryptorand.Reader},
		"RSA for SM2":       {"SM2PKE", rsaDER, []byte("x"), cryptorand.Reader},
		"P-256 for SM2":     {"SM2PKE", ec, []byte("x"), cryptorand.Reader},
		"off the curve":     {"SM2PKE", offCurve, []byte("x"), cryptorand.Reader},
		"compressed point":  {"SM2PKE", compressed, []byte("x"), cryptorand.Reader},
		"trailing byte":     {"SM2PKE", append(bytes.Clone(sm2DER), 0), []byte("x"), cryptorand.Reader},
		"no randomness":     {"RSA_AES_KEY_WRAP_SHA_1", rsaDER, []byte("x"), bytes.NewReader(nil)},
		"AES key alone":     {"RSA_AES_KEY_WRAP_SHA_1", rsaDER, []byte("x"), bytes.NewReader(make([]byte, 32))},
		"none, SM2":         {"SM2PKE", sm2DER, []byte("x"), bytes.NewReader(nil)},
		"too long for OAEP": {"RSAES_OAEP_SHA_256", rsaDER, make([]byte, 191), cryptorand.Reader},
	} {
		if got, err := Wrap(tc.algorithm, tc.public, tc.material, tc.rand); err == nil || got != nil {
			t.Errorf("%s: Wrap = %x, %v; want an error", name, got, err)
		}
	}
}

// TestOpenSSLWraps wraps key material by the commands of AWS's guide.
func TestOpenSSLWraps(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	run := func(stdin []byte, args ...string) []byte {
		cmd := exec.Command(openssl, args...)
		cmd.Stdin = bytes.NewReader(stdin)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Skipf("this openssl does not wrap: %v\n%s", err, stderr.Bytes())
		}
		return out
	}
	public := filepath.Join(t.TempDir(), "WrappingPublicKey.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER(t, rsa2048())})
	if err := os.WriteFile(public, block, 0o600); err != nil {
		t.Fatal(err)
	}
	material, err := x509.MarshalPKCS8PrivateKey(rsa1024())
	if err != nil {
		t.Fatal(err)
	}
	kek := bytes.Repeat([]byte{0x24}, 32)
	for algorithm, hash := range map[types.AlgorithmSpec]string{
		"RSA_AES_KEY_WRAP_SHA_256": "sha256",
		"RSA_AES_KEY_WRAP_SHA_1":   "sha1",
	} {
		head := run(kek, "pkeyutl", "-encrypt", "-pubin", "-inkey", public, "-pkeyopt", "rsa_padding_mode:oaep",
			"-pkeyopt", "rsa_oaep_md:"+hash, "-pkeyopt", "rsa_mgf1_md:"+hash)
		tail := run(material, "enc", "-id-aes256-wrap-pad", "-iv", "A65959A6", "-K", hex.EncodeToString(kek))
		if got, err := Unwrap(algorithm, rsa2048(), append(head, tail...)); err != nil || !bytes.Equal(got, material) {
			t.Errorf("%s: unwrapped %x, %v", algorithm, got, err)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	algorithms := []types.AlgorithmSpec{"RSAES_OAEP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE", "RSAES_PKCS1_V1_5"}
	keys := []crypto.PrivateKey{rsa1024(), rsa1024(), sm2Key(), rsa1024()}
	for i, algorithm := range algorithms[:3] {
		wrapped, err := Wrap(algorithm, publicDER(f, keys[i]), []byte("material"), cryptorand.Reader)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), wrapped)
	}
	f.Add(uint8(2), []byte{0x30, 0x00})
	f.Add(uint8(2), []byte{0x30, 0x0a, 0x02, 0x01, 0xff, 0x02, 0x01, 0xff, 0x04, 0x00, 0x04, 0x00})
	f.Fuzz(func(t *testing.T, n uint8, wrapped []byte) {
		i := int(n) % len(algorithms)
		given := bytes.Clone(wrapped)
		material, err := Unwrap(algorithms[i], keys[i], wrapped)
		if err != nil && material != nil {
			t.Fatalf("both %x and %v", material, err)
		}
		if !bytes.Equal(wrapped, given) {
			t.Fatal("the wrapped key material changed")
		}
	})
}

func FuzzWrapPublicKey(f *testing.F) {
	f.Add(publicDER(f, sm2Key()))
	f.Add(publicDER(f, rsa2048()))
	f.Add([]byte{0x30, 0x00})
	f.Fuzz(func(t *testing.T, public []byte) {
		for _, algorithm := range []types.AlgorithmSpec{"SM2PKE", "RSAES_OAEP_SHA_1"} {
			if wrapped, err := Wrap(algorithm, public, []byte("x"), cryptorand.Reader); err != nil && wrapped != nil {
				t.Fatalf("both %x and %v", wrapped, err)
			}
		}
	})
}

func BenchmarkUnwrap(b *testing.B) {
	for algorithm, key := range wrappings() {
		wrapped, err := Wrap(algorithm, publicDER(b, key), make([]byte, 32), cryptorand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(algorithm), func(b *testing.B) {
			for b.Loop() {
				if _, err := Unwrap(algorithm, key, wrapped); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
