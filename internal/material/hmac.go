package material

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// macKey is the key of an HMAC.
type macKey struct {
	spec *keyspec.Spec
	key  []byte
}

var _ Mac = (*macKey)(nil)

var macHashes = map[types.MacAlgorithmSpec]crypto.Hash{
	types.MacAlgorithmSpecHmacSha224: crypto.SHA224,
	types.MacAlgorithmSpecHmacSha256: crypto.SHA256,
	types.MacAlgorithmSpecHmacSha384: crypto.SHA384,
	types.MacAlgorithmSpecHmacSha512: crypto.SHA512,
}

// deriveMac makes a key as long as the digest.
func deriveMac(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return &macKey{spec, expand(seed, string(spec.Name), spec.Bits/8)}, nil
}

func parseMac(spec *keyspec.Spec, partition string, encoded []byte) (Material, error) {
	least, most, _ := spec.MaterialLength(partition)
	if len(encoded) < least || len(encoded) > most {
		return nil, fmt.Errorf("%d bytes, not %d to %d", len(encoded), least, most)
	}
	return &macKey{spec, bytes.Clone(encoded)}, nil
}

func (m *macKey) Spec() types.KeySpec { return m.spec.Name }
func (m *macKey) Encode() []byte      { return bytes.Clone(m.key) }

func (m *macKey) Mac(alg types.MacAlgorithmSpec, message []byte) ([]byte, error) {
	h, ok := macHashes[alg]
	if !ok || !slices.Contains(m.spec.Mac, alg) {
		return nil, fmt.Errorf("%w: %s, %s", ErrAlgorithm, alg, m.spec.Name)
	}
	sum := hmac.New(h.New, m.key)
	sum.Write(message)
	return sum.Sum(nil), nil
}

func (m *macKey) VerifyMac(alg types.MacAlgorithmSpec, message, mac []byte) (bool, error) {
	want, err := m.Mac(alg, message)
	if err != nil {
		return false, err
	}
	return hmac.Equal(want, mac), nil
}
