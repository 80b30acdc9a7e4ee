package material_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/material"
)

const (
	commercial = "aws"
	china      = "aws-cn"
)

// home is a partition that offers the spec.
func home(spec types.KeySpec) string {
	if spec == types.KeySpecSm2 {
		return china
	}
	return commercial
}

var everySpec = types.KeySpec("").Values()

func seedOf(b byte) [32]byte {
	return [32]byte(bytes.Repeat([]byte{b}, 32))
}

func derive(t testing.TB, spec types.KeySpec, partition string, seed [32]byte) material.Material {
	t.Helper()
	m, err := material.Derive(spec, partition, seed)
	if err != nil {
		t.Fatalf("Derive(%s, %s): %v", spec, partition, err)
	}
	return m
}

// as derives key material that has a capability.
func as[C any](t testing.TB, spec types.KeySpec, seed byte) C {
	t.Helper()
	m := derive(t, spec, home(spec), seedOf(seed))
	c, ok := m.(C)
	if !ok {
		t.Fatalf("material of %s is a %T, not a %T", spec, m, *new(C))
	}
	return c
}

func TestDeriveFollowsTheSeedAlone(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		t.Run(string(spec), func(t *testing.T) {
			t.Parallel()
			first := derive(t, spec, home(spec), seedOf(1))
			again := derive(t, spec, home(spec), seedOf(1))
			other := derive(t, spec, home(spec), seedOf(2))
			if first.Spec() != spec {
				t.Errorf("Spec is %s", first.Spec())
			}
			if !bytes.Equal(first.Encode(), again.Encode()) {
				t.Error("the same seed gave different key material")
			}
			if bytes.Equal(first.Encode(), other.Encode()) {
				t.Error("different seeds gave the same key material")
			}
		})
	}
}

func TestSpecsOfOneSeedShareNothing(t *testing.T) {
	t.Parallel()
	seen := map[string]types.KeySpec{}
	for _, spec := range everySpec {
		m := derive(t, spec, home(spec), seedOf(3))
		raw := m.Encode()
		tail := string(raw[len(raw)-16:])
		if with, dup := seen[tail]; dup {
			t.Errorf("%s and %s end alike", spec, with)
		}
		seen[tail] = spec
	}
}

func TestParseInvertsEncode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom(everySpec).Draw(t, "spec")
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		partition := home(spec)
		if spec == types.KeySpecSymmetricDefault && rapid.Bool().Draw(t, "china") {
			partition = china
		}
		m, err := material.Derive(spec, partition, seed)
		if err != nil {
			t.Fatal(err)
		}
		encoded := m.Encode()
		parsed, err := material.Parse(spec, partition, encoded)
		if err != nil {
			t.Fatalf("Parse: %v", err)
		}
		if !bytes.Equal(parsed.Encode(), encoded) {
			t.Fatal("Parse and Encode are not inverse")
		}
		if a, b := material.Identify(m, nil), material.Identify(parsed, nil); a != b {
			t.Fatal("the same material has two ids")
		}
		if pair, ok := m.(material.Public); ok {
			if !bytes.Equal(pair.PublicKey(), parsed.(material.Public).PublicKey()) {
				t.Fatal("the public key changed")
			}
		}
		// What is appended or cut off is not ignored.
		if _, ok := m.(material.Public); ok {
			for _, bad := range [][]byte{append(bytes.Clone(encoded), 0), encoded[:len(encoded)-1], nil} {
				if _, err := material.Parse(spec, partition, bad); !errors.Is(err, material.ErrEncoding) {
					t.Fatalf("Parse of a wrong length: %v", err)
				}
			}
		}
	})
}

// The lengths are those of the developer guide's page on imported material.
func TestParseLengths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spec        types.KeySpec
		partition   string
		least, most int
	}{
		{types.KeySpecSymmetricDefault, commercial, 32, 32},
		{types.KeySpecSymmetricDefault, "aws-us-gov", 32, 32},
		{types.KeySpecSymmetricDefault, china, 16, 16},
		{types.KeySpecHmac224, commercial, 28, 64},
		{types.KeySpecHmac256, commercial, 32, 64},
		{types.KeySpecHmac384, commercial, 48, 128},
		{types.KeySpecHmac512, commercial, 64, 128},
		{types.KeySpecHmac256, china, 32, 64},
	} {
		for n := range 200 {
			raw := bytes.Repeat([]byte{7}, n)
			m, err := material.Parse(c.spec, c.partition, raw)
			if want := c.least <= n && n <= c.most; want != (err == nil) {
				t.Errorf("%s in %s, %d bytes: %v", c.spec, c.partition, n, err)
			}
			if err != nil {
				if !errors.Is(err, material.ErrEncoding) {
					t.Errorf("%s in %s, %d bytes: %v", c.spec, c.partition, n, err)
				}
				continue
			}
			raw[0]++
			if m.Encode()[0] != 7 {
				t.Errorf("%s keeps the caller's bytes", c.spec)
			}
		}
	}
}

func TestKeyPairsAreOfTheirSpecAlone(t *testing.T) {
	t.Parallel()
	for _, from := range everySpec {
		encoded := derive(t, from, home(from), seedOf(4)).Encode()
		for _, to := range everySpec {
			m, err := material.Parse(to, home(to), encoded)
			if (err == nil) == (from == to) {
				continue
			}
			if _, pair := derive(t, to, home(to), seedOf(4)).(material.Public); err == nil && !pair {
				continue // raw bytes fit wherever their length does
			}
			t.Errorf("%s read as %s: %T, %v", from, to, m, err)
		}
	}
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spec      types.KeySpec
		partition string
		offered   bool
	}{
		{types.KeySpecSm2, commercial, false},
		{types.KeySpecSm2, "aws-us-gov", false},
		{types.KeySpecSm2, china, true},
		{types.KeySpecMlKem512, china, false},
		{types.KeySpecMlKem768, china, false},
		{types.KeySpecMlKem1024, china, false},
		{types.KeySpecMlKem768, commercial, true},
		{types.KeySpecRsa2048, china, true},
		{types.KeySpecMlDsa44, china, true},
		{"RSA_1024", commercial, false},
		{"", commercial, false},
	} {
		_, err := material.Derive(c.spec, c.partition, seedOf(0))
		if c.offered != (err == nil) || err != nil && !errors.Is(err, material.ErrSpec) {
			t.Errorf("Derive(%q, %s): %v", c.spec, c.partition, err)
		}
		if _, err := material.Parse(c.spec, c.partition, nil); !c.offered && !errors.Is(err, material.ErrSpec) {
			t.Errorf("Parse(%q, %s): %v", c.spec, c.partition, err)
		}
	}
}

func TestNothingIsShared(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		m := derive(t, spec, home(spec), seedOf(5))
		before := bytes.Clone(m.Encode())
		clear(m.Encode())
		if !bytes.Equal(m.Encode(), before) {
			t.Errorf("%s: Encode hands out the material itself", spec)
		}
		pair, ok := m.(material.Public)
		if !ok {
			continue
		}
		public := bytes.Clone(pair.PublicKey())
		clear(pair.PublicKey())
		if !bytes.Equal(pair.PublicKey(), public) {
			t.Errorf("%s: PublicKey hands out the key itself", spec)
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	m := derive(t, types.KeySpecSymmetricDefault, commercial, seedOf(1))
	other := derive(t, types.KeySpecSymmetricDefault, commercial, seedOf(2))
	salt := []byte("key one")
	id := material.Identify(m, salt)
	for name, same := range map[string]bool{
		"another salt":     material.Identify(m, []byte("key two")) == id,
		"another material": material.Identify(other, salt) == id,
	} {
		if same {
			t.Errorf("%s has the same id", name)
		}
	}
	if material.Identify(m, salt) != id {
		t.Error("the id is not stable")
	}
}

func TestCipherOpensWhatItSealed(t *testing.T) {
	t.Parallel()
	for _, partition := range []string{commercial, china} {
		m := derive(t, types.KeySpecSymmetricDefault, partition, seedOf(1)).(material.Cipher)
		stranger := derive(t, types.KeySpecSymmetricDefault, partition, seedOf(2)).(material.Cipher)
		rapid.Check(t, func(t *rapid.T) {
			bytesOf := func(name string, least int) []byte {
				return rapid.SliceOfN(rapid.Byte(), least, 100).Draw(t, name)
			}
			nonce := bytesOf("nonce", 12)[:12]
			plaintext, additional := bytesOf("plaintext", 0), bytesOf("additional", 0)
			sealed, err := m.Seal(nil, nonce, plaintext, additional)
			if err != nil {
				t.Fatal(err)
			}
			opened, err := m.Open(nil, nonce, sealed, additional)
			if err != nil || !bytes.Equal(opened, plaintext) {
				t.Fatalf("opened %x, %v", opened, err)
			}
			refuse := func(what string, c material.Cipher, nonce, sealed, additional []byte) {
				if _, err := c.Open(nil, nonce, sealed, additional); !errors.Is(err, material.ErrCiphertext) {
					t.Fatalf("%s: %v", what, err)
				}
			}
			refuse("another key", stranger, nonce, sealed, additional)
			refuse("more context", m, nonce, sealed, append(bytes.Clone(additional), 1))
			refuse("changed bit", m, nonce, flip(t, sealed), additional)
			refuse("changed nonce", m, flip(t, nonce), sealed, additional)
			refuse("short nonce", m, nonce[:11], sealed, additional)
			refuse("cut", m, nonce, sealed[:len(sealed)-1], additional)
			if _, err := m.Seal(nil, nonce[:11], plaintext, additional); err == nil {
				t.Fatal("sealed with a short nonce")
			}
		})
	}
}

// flip returns a copy with one bit changed.
func flip(t *rapid.T, b []byte) []byte {
	bit := rapid.IntRange(0, 8*len(b)-1).Draw(t, "bit")
	out := bytes.Clone(b)
	out[bit/8] ^= 1 << (bit % 8)
	return out
}

func TestNewKeyPair(t *testing.T) {
	t.Parallel()
	for _, spec := range types.DataKeyPairSpec("").Values() {
		t.Run(string(spec), func(t *testing.T) {
			t.Parallel()
			partition := home(types.KeySpec(spec))
			private, public, err := material.NewKeyPair(spec, partition, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			m, err := material.Parse(types.KeySpec(spec), partition, private)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(m.(material.Public).PublicKey(), public) {
				t.Error("the public key is not that of the private key")
			}
			other, _, err := material.NewKeyPair(spec, partition, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(rsaSpecs, m.Spec()) && bytes.Equal(other, private) {
				t.Error("two key pairs are the same")
			}
			if _, _, err := material.NewKeyPair(spec, partition, bytes.NewReader(nil)); err == nil {
				t.Error("a key pair came of no randomness")
			}
		})
	}
	for spec, partition := range map[types.DataKeyPairSpec]string{
		types.DataKeyPairSpecSm2:      commercial,
		types.DataKeyPairSpecMlKem512: china,
		"ML_DSA_44":                   commercial,
		"SYMMETRIC_DEFAULT":           commercial,
	} {
		if _, _, err := material.NewKeyPair(spec, partition, rand.Reader); !errors.Is(err, material.ErrSpec) {
			t.Errorf("NewKeyPair(%s, %s): %v", spec, partition, err)
		}
	}
}

// GenerateDataKeyPair's text: the length of an ML-KEM private key is the same
// for all specs, because it is the seed.
func TestMLKEMPrivateKeysAreSeeds(t *testing.T) {
	t.Parallel()
	for _, spec := range []types.DataKeyPairSpec{types.DataKeyPairSpecMlKem512, types.DataKeyPairSpecMlKem768, types.DataKeyPairSpecMlKem1024} {
		private, _, err := material.NewKeyPair(spec, commercial, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		// SEQUENCE, INTEGER 0, SEQUENCE of one OID, OCTET STRING, [0] of 64 bytes.
		if len(private) != 86 || private[20] != 0x80 || private[21] != 64 {
			t.Errorf("%s: %x", spec, private)
		}
	}
}
