package keywrap

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"errors"
	"os/exec"
	"testing"

	"pgregory.net/rapid"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of RFC 5649, section 6.
func TestKWPVectors(t *testing.T) {
	t.Parallel()
	const kek = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"
	for _, tc := range []struct{ material, wrapped string }{
		{"c37b7e6492584340bed12207808941155068f738", "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
		{"466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"},
	} {
		wrapped, err := wrapKWP(unhex(t, kek), unhex(t, tc.material))
		if err != nil || hex.EncodeToString(wrapped) != tc.wrapped {
			t.Errorf("wrapped %s: %x, %v; want %s", tc.material, wrapped, err, tc.wrapped)
		}
		material, err := unwrapKWP(unhex(t, kek), unhex(t, tc.wrapped))
		if err != nil || hex.EncodeToString(material) != tc.material {
			t.Errorf("unwrapped %s: %x, %v; want %s", tc.wrapped, material, err, tc.material)
		}
	}
}

func TestKWPRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{16, 24, 32}).Draw(t, "key size")
		kek := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "kek")
		material := rapid.SliceOfN(rapid.Byte(), 1, 400).Draw(t, "material")
		given := bytes.Clone(material)
		wrapped, err := wrapKWP(kek, material)
		if err != nil {
			t.Fatal(err)
		}
		if want := (len(material)+7)/8*8 + 8; len(wrapped) != want {
			t.Fatalf("%d bytes wrap to %d, want %d", len(material), len(wrapped), want)
		}
		sealed := bytes.Clone(wrapped)
		got, err := unwrapKWP(kek, wrapped)
		if err != nil || !bytes.Equal(got, material) {
			t.Fatalf("unwrapped %x, %v; want %x", got, err, material)
		}
		if !bytes.Equal(material, given) || !bytes.Equal(wrapped, sealed) {
			t.Fatal("the arguments changed")
		}
		bit := rapid.IntRange(0, 8*len(wrapped)-1).Draw(t, "bit")
		wrapped[bit/8] ^= 1 << (bit % 8)
		if got, err := unwrapKWP(kek, wrapped); !errors.Is(err, ErrWrapped) || got != nil {
			t.Fatalf("bit %d changed: %x, %v", bit, got, err)
		}
		other := bytes.Clone(kek)
		other[0] ^= 1
		if got, err := unwrapKWP(other, sealed); !errors.Is(err, ErrWrapped) || got != nil {
			t.Fatalf("another key: %x, %v", got, err)
		}
	})
}

func TestKWPEveryBit(t *testing.T) {
	t.Parallel()
	kek := bytes.Repeat([]byte{3}, 32)
	for _, size := range []int{1, 7, 8, 9, 32, 121} {
		wrapped, err := wrapKWP(kek, bytes.Repeat([]byte{5}, size))
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(wrapped) {
			changed := bytes.Clone(wrapped)
			changed[bit/8] ^= 1 << (bit % 8)
			if got, err := unwrapKWP(kek, changed); !errors.Is(err, ErrWrapped) {
				t.Fatalf("%d bytes, bit %d changed: %x, %v", size, bit, got, err)
			}
		}
		for n := range wrapped {
			if got, err := unwrapKWP(kek, wrapped[:n]); !errors.Is(err, ErrWrapped) {
				t.Fatalf("%d bytes, cut to %d: %x, %v", size, n, got, err)
			}
		}
	}
}

// TestKWPChecksPadding wraps one block with each header that RFC 5649,
// section 3 forbids.
func TestKWPChecksPadding(t *testing.T) {
	t.Parallel()
	kek := bytes.Repeat([]byte{9}, 32)
	block, err := aes.NewCipher(kek)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		plain string
		valid bool
	}{
		"five of eight":          {"a65959a6000000051111111111000000", true},
		"eight of eight":         {"a65959a6000000081111111111111111", true},
		"no material":            {"a65959a6000000000000000000000000", false},
		"more than there is":     {"a65959a6000000091111111111111111", false},
		"as much as can be":      {"a65959a6ffffffff1111111111111111", false},
		"padding not zero":       {"a65959a6000000051111111111000001", false},
		"padding not zero first": {"a65959a6000000051111111111010000", false},
		"RFC 3394's value":       {"a6a6a6a6a6a6a6a61111111111111111", false},
	} {
		wrapped := unhex(t, tc.plain)
		block.Encrypt(wrapped, wrapped)
		if got, err := unwrapKWP(kek, wrapped); (err == nil) != tc.valid {
			t.Errorf("%s: %x, %v; want valid %v", name, got, err, tc.valid)
		}
	}
}

func TestKWPRefuses(t *testing.T) {
	t.Parallel()
	if _, err := wrapKWP(make([]byte, 32), nil); err == nil {
		t.Error("wrapped nothing")
	}
	for _, size := range []int{0, 15, 17, 33} {
		if _, err := wrapKWP(make([]byte, size), []byte("x")); err == nil {
			t.Errorf("wrapped under a key of %d bytes", size)
		}
		if _, err := unwrapKWP(make([]byte, size), make([]byte, 16)); err == nil || errors.Is(err, ErrWrapped) {
			t.Errorf("a key of %d bytes: %v", size, err)
		}
	}
}

func TestOpenSSLKWP(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	kek := bytes.Repeat([]byte{0x42}, 32)
	for _, size := range []int{8, 9, 32, 121, 1218} {
		material := bytes.Repeat([]byte{0x17}, size)
		// The command of AWS's guide to encrypting key material.
		cmd := exec.Command(openssl, "enc", "-id-aes256-wrap-pad", "-iv", "A65959A6", "-K", hex.EncodeToString(kek))
		cmd.Stdin = bytes.NewReader(material)
		wrapped, err := cmd.Output()
		if err != nil {
			t.Skipf("this openssl does not wrap: %v", err)
		}
		if got, err := wrapKWP(kek, material); err != nil || !bytes.Equal(got, wrapped) {
			t.Errorf("%d bytes: wrapped %x, %v; openssl %x", size, got, err, wrapped)
		}
		if got, err := unwrapKWP(kek, wrapped); err != nil || !bytes.Equal(got, material) {
			t.Errorf("%d bytes: unwrapped %x, %v", size, got, err)
		}
	}
}

func FuzzUnwrapKWP(f *testing.F) {
	kek := bytes.Repeat([]byte{7}, 32)
	for _, size := range []int{1, 8, 33} {
		wrapped, err := wrapKWP(kek, make([]byte, size))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wrapped)
	}
	f.Fuzz(func(t *testing.T, wrapped []byte) {
		material, err := unwrapKWP(kek, wrapped)
		if err != nil {
			return
		}
		again, err := wrapKWP(kek, material)
		if err != nil || !bytes.Equal(again, wrapped) {
			t.Fatalf("%x unwraps to %x, which wraps to %x, %v", wrapped, material, again, err)
		}
	})
}
