package material

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm4"

	"example.com/kmsfake/internal/keyspec"
)

// symmetric is AES-256-GCM, or SM4-GCM in the China Regions.
type symmetric struct {
	key  []byte
	aead cipher.AEAD
}

var _ Cipher = (*symmetric)(nil)

func deriveSymmetric(spec *keyspec.Spec, partition string, seed [32]byte) (Material, error) {
	length, _, _ := spec.MaterialLength(partition)
	return newSymmetric(partition, expand(seed, string(spec.Name), length))
}

func parseSymmetric(spec *keyspec.Spec, partition string, encoded []byte) (Material, error) {
	if length, _, _ := spec.MaterialLength(partition); len(encoded) != length {
		return nil, fmt.Errorf("%d bytes, not %d", len(encoded), length)
	}
	return newSymmetric(partition, bytes.Clone(encoded))
}

func newSymmetric(partition string, key []byte) (Material, error) {
	newBlock := aes.NewCipher
	if partition == keyspec.China {
		newBlock = sm4.NewCipher
	}
	block, err := newBlock(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &symmetric{key: key, aead: aead}, nil
}

func (m *symmetric) Spec() types.KeySpec { return types.KeySpecSymmetricDefault }
func (m *symmetric) Encode() []byte      { return bytes.Clone(m.key) }
func (m *symmetric) NonceSize() int      { return m.aead.NonceSize() }
func (m *symmetric) Overhead() int       { return m.aead.Overhead() }

func (m *symmetric) Seal(dst, nonce, plaintext, additional []byte) ([]byte, error) {
	if len(nonce) != m.aead.NonceSize() {
		return nil, fmt.Errorf("nonce has %d bytes, not %d", len(nonce), m.aead.NonceSize())
	}
	return m.aead.Seal(dst, nonce, plaintext, additional), nil
}

func (m *symmetric) Open(dst, nonce, ciphertext, additional []byte) ([]byte, error) {
	if len(nonce) != m.aead.NonceSize() {
		return nil, ErrCiphertext
	}
	plaintext, err := m.aead.Open(dst, nonce, ciphertext, additional)
	if err != nil {
		return nil, ErrCiphertext
	}
	return plaintext, nil
}
