package store

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
)

// sealVersion is the first byte of what seal makes, and is authenticated. Another
// way to seal gets another number.
const sealVersion = 1

// seal encrypts a secret under a data key that is used this once: the version, a
// random nonce, and AES-256-GCM.
func seal(key []byte, tenant, name string, secret []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return append([]byte{sealVersion}, aead.Seal(nil, nil, secret, boundTo(tenant, name))...), nil
}

func open(key []byte, tenant, name string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, ErrAltered
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	secret, err := aead.Open(nil, nil, sealed[1:], boundTo(tenant, name))
	if err != nil {
		return nil, ErrAltered
	}
	return secret, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// boundTo is the additional authenticated data: a record that was moved to
// another name does not open. The length keeps ("a", "bc") and ("ab", "c") apart.
func boundTo(tenant, name string) []byte {
	aad := []byte{sealVersion}
	aad = binary.BigEndian.AppendUint32(aad, uint32(len(tenant)))
	aad = append(aad, tenant...)
	return append(aad, name...)
}
