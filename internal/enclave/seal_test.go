package enclave

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(cryptorand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// ber reads BER, indefinite lengths included (X.690, section 8).
type ber struct {
	rest []byte
}

// header reads a tag and a length; a length of -1 is indefinite.
func (b *ber) header() (tag byte, length int, err error) {
	if len(b.rest) < 2 {
		return 0, 0, errors.New("truncated header")
	}
	tag, first := b.rest[0], b.rest[1]
	b.rest = b.rest[2:]
	switch {
	case first == 0x80:
		return tag, -1, nil
	case first < 0x80:
		length = int(first)
	default:
		n := int(first & 0x7f)
		if n > 3 || n > len(b.rest) {
			return 0, 0, errors.New("bad length")
		}
		for _, c := range b.rest[:n] {
			length = length<<8 | int(c)
		}
		b.rest = b.rest[n:]
	}
	if length > len(b.rest) {
		return 0, 0, errors.New("truncated contents")
	}
	return tag, length, nil
}

// enter reads the header of a constructed value of indefinite length, which
// is how the SDK for enclaves expects the outer layers.
func (b *ber) enter(tag byte) error {
	got, length, err := b.header()
	if err != nil {
		return err
	}
	if got != tag || length != -1 {
		return fmt.Errorf("tag %#x of length %d, want %#x of indefinite length", got, length, tag)
	}
	return nil
}

func (b *ber) leave() error {
	if len(b.rest) < 2 || b.rest[0] != 0 || b.rest[1] != 0 {
		return errors.New("no end of contents")
	}
	b.rest = b.rest[2:]
	return nil
}

// value reads the contents of a value of definite length.
func (b *ber) value(tag byte) ([]byte, error) {
	got, length, err := b.header()
	if err != nil {
		return nil, err
	}
	if got != tag || length < 0 {
		return nil, fmt.Errorf("tag %#x of length %d, want %#x", got, length, tag)
	}
	v := b.rest[:length]
	b.rest = b.rest[length:]
	return v, nil
}

func (b *ber) want(tag byte, contents string) error {
	v, err := b.value(tag)
	if err == nil && hex.EncodeToString(v) != contents {
		err = fmt.Errorf("contents %x of tag %#x, want %s", v, tag, contents)
	}
	return err
}

// open decrypts an EnvelopedData as RFC 5652, section 6 says. It returns the
// number of octet strings that held the content.
func open(key *rsa.PrivateKey, message []byte) (plaintext []byte, segments int, err error) {
	b := &ber{message}
	var set, info ber
	var id, parameters, encryptedKey, algorithm, content []byte
	steps := []func() error{
		func() error { return b.enter(0x30) },
		func() error { return b.want(0x06, "2a864886f70d010703") }, // id-envelopedData
		func() error { return b.enter(0xa0) },
		func() error { return b.enter(0x30) },
		func() error { return b.want(0x02, "02") },
		func() (err error) { set.rest, err = b.value(0x31); return },
		func() (err error) { info.rest, err = set.value(0x30); return },
		func() error { return info.want(0x02, "02") },
		func() (err error) { id, err = info.value(0x80); return },
		func() (err error) { parameters, err = info.value(0x30); return },
		func() (err error) { encryptedKey, err = info.value(0x04); return },
		func() error { return b.enter(0x30) },
		func() error { return b.want(0x06, "2a864886f70d010701") }, // id-data
		func() (err error) { algorithm, err = b.value(0x30); return },
		func() error { return b.enter(0xa0) },
		func() error {
			for len(b.rest) > 0 && b.rest[0] == 0x04 {
				s, err := b.value(0x04)
				if err != nil {
					return err
				}
				segments++
				content = append(content, s...)
			}
			return nil
		},
		b.leave, b.leave, b.leave, b.leave, b.leave,
	}
	for i, step := range steps {
		if err := step(); err != nil {
			return nil, 0, fmt.Errorf("step %d: %w", i, err)
		}
	}
	if len(b.rest)+len(set.rest)+len(info.rest) > 0 {
		return nil, 0, errors.New("trailing bytes")
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, 0, err
	}
	if want := sha256.Sum256(spki); !bytes.Equal(id, want[:]) {
		return nil, 0, errors.New("sealed for another key")
	}
	// id-RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 4055).
	const oaep = "06092a864886f70d010107302fa00f300d06096086480165030402010500" +
		"a11c301a06092a864886f70d010108300d06096086480165030402010500"
	if hex.EncodeToString(parameters) != oaep {
		return nil, 0, fmt.Errorf("key encryption algorithm %x", parameters)
	}
	iv, ok := bytes.CutPrefix(algorithm, []byte{0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a, 0x04, 0x10})
	if !ok || len(iv) != aes.BlockSize {
		return nil, 0, fmt.Errorf("content encryption algorithm %x", algorithm)
	}
	cek, err := key.Decrypt(nil, encryptedKey, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
	if err != nil {
		return nil, 0, err
	}
	if len(cek) != 32 {
		return nil, 0, fmt.Errorf("content-encryption key of %d bytes", len(cek))
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, 0, err
	}
	if len(content) == 0 || len(content)%aes.BlockSize != 0 {
		return nil, 0, fmt.Errorf("content of %d bytes", len(content))
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(content, content)
	pad := int(content[len(content)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.HasSuffix(content, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, 0, errors.New("bad padding")
	}
	return content[:len(content)-pad], segments, nil
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plaintext := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "plaintext")
		given := bytes.Clone(plaintext)
		message, err := Seal(&testKey().PublicKey, plaintext, cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plaintext, given) {
			t.Fatal("Seal changed the plaintext")
		}
		got, segments, err := open(testKey(), message)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, plaintext) {
			t.Fatalf("opened to %x, want %x", got, plaintext)
		}
		if want := len(plaintext)/16*16/1000 + 1; segments < 1 || segments > want+1 {
			t.Fatalf("%d segments for %d bytes", segments, len(plaintext))
		}
	})
}

func TestSealIsAsLongAsAWSs(t *testing.T) {
	t.Parallel()
	// AWS KMS returns 493 bytes for a data key of 32 bytes and an RSA key of
	// 2048 bits, the last 58 the one octet string of the content and five ends.
	message, err := Seal(&testKey().PublicKey, make([]byte, 32), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(message) != 493 {
		t.Errorf("%d bytes, want 493", len(message))
	}
	if !strings.HasPrefix(hex.EncodeToString(message), "308006092a864886f70d010703a08030800201023182016b308201670201028020") {
		t.Errorf("starts with %x", message[:40])
	}
	if !bytes.HasSuffix(message, make([]byte, 10)) {
		t.Errorf("ends with %x", message[len(message)-12:])
	}
	if i := bytes.LastIndex(message[:len(message)-10-48], []byte{0xa0, 0x80, 0x04, 0x30}); i+4+48+10 != len(message) {
		t.Errorf("the content is not one octet string of 48 bytes at the end")
	}
}

func TestSealIsRandom(t *testing.T) {
	t.Parallel()
	var seen [][]byte
	for range 3 {
		message, err := Seal(&testKey().PublicKey, []byte("same"), cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range seen {
			if bytes.Equal(s[len(s)-26:], message[len(message)-26:]) {
				t.Fatal("two messages have one ciphertext")
			}
		}
		seen = append(seen, message)
	}
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	key := &testKey().PublicKey
	for name, tc := range map[string]struct {
		key  *rsa.PublicKey
		rand *bytes.Reader
	}{
		"no key":         {nil, bytes.NewReader(make([]byte, 1000))},
		"empty key":      {&rsa.PublicKey{}, bytes.NewReader(make([]byte, 1000))},
		"even exponent":  {&rsa.PublicKey{N: key.N, E: 4}, bytes.NewReader(make([]byte, 1000))},
		"no randomness":  {key, bytes.NewReader(nil)},
		"too little":     {key, bytes.NewReader(make([]byte, 48))},
		"hardly any":     {key, bytes.NewReader(make([]byte, 47))},
		"not even an IV": {key, bytes.NewReader(make([]byte, 32))},
	} {
		if message, err := Seal(tc.key, []byte("x"), tc.rand); err == nil || message != nil {
			t.Errorf("%s: Seal = %x, %v; want an error", name, message, err)
		}
	}
}

func TestOpenSSLOpens(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 15, 16, 32, 999, 1000, 2400} {
		plaintext := bytes.Repeat([]byte{0xa5}, size)
		message, err := Seal(&testKey().PublicKey, plaintext, cryptorand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(openssl, "cms", "-decrypt", "-binary", "-inform", "DER", "-inkey", keyFile)
		cmd.Stdin = bytes.NewReader(message)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		got, err := cmd.Output()
		if err != nil {
			t.Fatalf("%d bytes: %v\n%s", size, err, stderr.Bytes())
		}
		if !bytes.Equal(got, plaintext) {
			t.Errorf("%d bytes: openssl read %x", size, got)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	key := &testKey().PublicKey
	plaintext := make([]byte, 32)
	for b.Loop() {
		if _, err := Seal(key, plaintext, cryptorand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}
