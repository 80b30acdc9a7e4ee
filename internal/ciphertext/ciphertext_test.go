package ciphertext_test

import (
	"bytes"
	"encoding/asn1"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/ciphertext"
	"example.com/kmsfake/internal/material"
)

func newCipher(t testing.TB) material.Cipher {
	t.Helper()
	m, err := material.Derive(types.KeySpecSymmetricDefault, "aws", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return m.(material.Cipher)
}

var single = ciphertext.Header{KeyID: "1234abcd-12ab-34cd-56ef-1234567890ab", Material: [16]byte{7, 7, 7}}

func seal(t testing.TB, m material.Cipher, h ciphertext.Header, plaintext []byte, context map[string]string) []byte {
	t.Helper()
	blob, err := ciphertext.Seal(m, h, [ciphertext.NonceSize]byte{9}, plaintext, context)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// A data key of 32 bytes becomes 184 bytes in AWS, whose ciphertexts begin with
// these bytes and end in a PKCS #7 EncryptedData.
func TestOuterForm(t *testing.T) {
	t.Parallel()
	m := newCipher(t)
	for size, want := range map[int]int{16: 168, 32: 184} {
		blob := seal(t, m, single, make([]byte, size), nil)
		if len(blob) != want {
			t.Errorf("%d bytes of plaintext give %d bytes, AWS gives %d", size, len(blob), want)
		}
	}
	for _, size := range []int{1, 32, 60, 70, 100, 101, 120, 300, 4096, 65536} {
		blob := seal(t, m, single, make([]byte, size), nil)
		if !bytes.HasPrefix(blob, []byte{1, 2, 2, 0, 0x78}) {
			t.Errorf("starts with % x", blob[:5])
		}
		var info struct {
			Type    asn1.ObjectIdentifier
			Content struct {
				Version int
				Info    struct {
					Type      asn1.ObjectIdentifier
					Algorithm struct {
						ID         asn1.ObjectIdentifier
						Parameters struct {
							Nonce []byte
							Tag   int
						}
					}
					Encrypted []byte `asn1:"tag:0"`
				}
			} `asn1:"explicit,tag:0"`
		}
		rest, err := asn1.Unmarshal(blob[58:], &info)
		if err != nil || len(rest) != 0 {
			t.Fatalf("size %d: %v, %d bytes after", size, err, len(rest))
		}
		if !info.Content.Info.Algorithm.ID.Equal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 46}) {
			t.Errorf("algorithm %v is not AES-256-GCM", info.Content.Info.Algorithm.ID)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	m := newCipher(t)
	rapid.Check(t, func(t *rapid.T) {
		h := ciphertext.Header{KeyID: rapid.SampledFrom([]string{single.KeyID, "mrk-1234abcd12ab34cd56ef1234567890ab"}).Draw(t, "key")}
		copy(h.Material[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "material"))
		plaintext := rapid.SliceOfN(rapid.Byte(), 1, 400).Draw(t, "plaintext")
		context := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "context")
		blob, err := ciphertext.Seal(m, h, [ciphertext.NonceSize]byte{3}, plaintext, context)
		if err != nil {
			t.Fatal(err)
		}
		b, ok := ciphertext.Parse(blob)
		if !ok || b.Header != h {
			t.Fatalf("parsed %v %v, sealed under %v", ok, b.Header, h)
		}
		got, ok := b.Open(m, context)
		if !ok || !bytes.Equal(got, plaintext) {
			t.Fatalf("opened %v %x, sealed %x", ok, got, plaintext)
		}
		other := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "other context")
		if _, ok := b.Open(m, other); ok != maps.Equal(context, other) {
			t.Fatalf("opens under %q: %v, sealed under %q", other, ok, context)
		}
	})
}

// The parts of a context are told apart: what moves between key and value, or
// between two pairs, is another context.
func TestContextIsUnambiguous(t *testing.T) {
	t.Parallel()
	m := newCipher(t)
	contexts := []map[string]string{nil, {"": ""}, {"a": "bc"}, {"ab": "c"}, {"a": "b", "c": ""}, {"a": "", "b": "c"}, {"a": "b", "": "c"}}
	for i, sealedUnder := range contexts {
		b, ok := ciphertext.Parse(seal(t, m, single, []byte("x"), sealedUnder))
		if !ok {
			t.Fatal("does not parse")
		}
		for j, context := range contexts {
			if _, ok := b.Open(m, context); ok != (i == j) {
				t.Errorf("sealed under %q, opens under %q: %v", sealedUnder, context, ok)
			}
		}
	}
}

func TestAnyChangeIsFound(t *testing.T) {
	t.Parallel()
	m := newCipher(t)
	blob := seal(t, m, single, []byte("attack at dawn"), map[string]string{"a": "b"})
	opens := func(raw []byte) bool {
		b, ok := ciphertext.Parse(raw)
		if !ok {
			return false
		}
		if b.Header != single {
			t.Errorf("a changed header parses as %v", b.Header)
		}
		_, ok = b.Open(m, map[string]string{"a": "b"})
		return ok
	}
	if !opens(blob) {
		t.Fatal("the ciphertext itself does not open")
	}
	for i := range 8 * len(blob) {
		changed := bytes.Clone(blob)
		changed[i/8] ^= 1 << (i % 8)
		if opens(changed) {
			t.Errorf("opens with bit %d changed", i)
		}
	}
	for n := range len(blob) {
		if opens(blob[:n]) {
			t.Errorf("opens when cut to %d bytes", n)
		}
	}
	if opens(append(bytes.Clone(blob), 0)) {
		t.Error("opens with a byte appended")
	}
}

func TestSealedUnderOtherMaterial(t *testing.T) {
	t.Parallel()
	other, err := material.Derive(types.KeySpecSymmetricDefault, "aws", [32]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := ciphertext.Parse(seal(t, newCipher(t), single, []byte("x"), nil))
	if _, ok := b.Open(other.(material.Cipher), nil); ok {
		t.Error("opens under other key material")
	}
}

func FuzzParse(f *testing.F) {
	m := newCipher(f)
	f.Add(seal(f, m, single, []byte("x"), nil))
	f.Add([]byte(strings.Repeat("\x01\x02\x02\x00\x78", 40)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, ok := ciphertext.Parse(raw); ok {
			b.Open(m, nil)
		}
	})
}
