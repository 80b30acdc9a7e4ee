package kmsrapid

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"

	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// NeverLeaks is the law that neither what store leaves behind nor the text of its
// error holds the plaintext, or a data key, private key, shared secret or
// decrypted bytes that KMS answered meanwhile: not as they are, in hexadecimal or
// in base64.
//
// Store returns everything that it writes anywhere, with an error too.
func NeverLeaks(store Transform) func(t *rapid.T, fake *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		secret := randomBytes(uint64(upTo(15).Draw(t, "seed")), shortestSecret+upTo(4096-shortestSecret).Draw(t, "more bytes"))
		during := from(fake)
		stored, err := store(t.Context(), fake, bytes.Clone(secret))
		secrets := map[string][]byte{"the plaintext": secret}
		for _, c := range during.calls() {
			for _, member := range secretMembers {
				if b := bytesOf(c.Output, member); len(b) >= shortestSecret {
					secrets["the "+member+" of "+c.Operation] = b
				}
			}
		}
		for what, secret := range secrets {
			if how := leak(stored, secret); how != "" {
				t.Fatalf("what is stored holds %s %s", what, how)
			}
			if err == nil {
				continue
			}
			if how := leak([]byte(err.Error()), secret); how != "" {
				t.Fatalf("the error holds %s %s", what, how)
			}
		}
	}
}

// shortestSecret is how many bytes are not there by chance.
const shortestSecret = 16

// secretMembers are the members of outputs that are secret.
var secretMembers = []string{"Plaintext", "PrivateKeyPlaintext", "SharedSecret"}

func bytesOf(output any, member string) []byte {
	v := reflect.ValueOf(output)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil
	}
	f := v.Elem().FieldByName(member)
	if !f.IsValid() {
		return nil
	}
	b, _ := f.Interface().([]byte)
	return b
}

// leak says how a secret is in what was stored, or "".
func leak(stored, secret []byte) string {
	if bytes.Contains(stored, secret) {
		return "as it is"
	}
	text := string(stored)
	if strings.Contains(strings.ToLower(text), hex.EncodeToString(secret)) {
		return "in hexadecimal"
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		// What comes before it, if anything does, shifts it by up to two bytes.
		for skip := range 3 {
			whole := secret[skip:]
			whole = whole[:len(whole)-len(whole)%3]
			if strings.Contains(text, encoding.EncodeToString(whole)) {
				return "in base64"
			}
		}
	}
	return ""
}
