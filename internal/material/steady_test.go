package material

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// What is drawn follows from the source of randomness alone, for every algorithm
// of every key spec: libraries that draw by chance are not let.
func TestTheSameRandomnessGivesTheSameResults(t *testing.T) {
	t.Parallel()
	for _, name := range types.KeySpec("").Values() {
		spec, ok := keyspec.Lookup(name)
		if !ok {
			t.Errorf("no key spec %s", name)
			continue
		}
		partition := "aws"
		if spec.ChinaOnly {
			partition = keyspec.China
		}
		m, err := Derive(name, partition, [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		do := func() (results [][]byte) {
			source := rand.NewChaCha8([32]byte{2})
			keep := func(result []byte, err error) {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				results = append(results, result)
			}
			if m, ok := m.(Signer); ok {
				for _, algorithm := range spec.Signing {
					message, messageType := []byte("a message"), types.MessageTypeRaw
					if algorithm == types.SigningAlgorithmSpecEd25519PhSha512 {
						message, messageType = make([]byte, 64), types.MessageTypeDigest
					}
					keep(m.Sign(algorithm, messageType, message, source))
				}
			}
			if m, ok := m.(Encrypter); ok {
				for _, algorithm := range spec.Encryption {
					keep(m.Encrypt(algorithm, []byte("a message"), source))
				}
			}
			if m, ok := m.(KEM); ok {
				for _, algorithm := range spec.Encapsulation {
					secret, encapsulated, err := m.Encapsulate(algorithm, source)
					keep(append(secret, encapsulated...), err)
				}
			}
			return results
		}
		first := do()
		for range 4 {
			for i, again := range do() {
				if !bytes.Equal(first[i], again) {
					t.Errorf("%s: result %d is another each time", name, i)
				}
			}
		}
	}
}
