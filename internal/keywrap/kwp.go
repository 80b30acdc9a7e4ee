package keywrap

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// AES Key Wrap with Padding (RFC 5649).

const (
	semiblock   = 8 // bytes
	alternative = 0xa65959a6
)

// wrapKWP wraps 1 to 2³²-1 bytes under an AES key.
func wrapKWP(kek, material []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fmt.Errorf("keywrap: %w", err)
	}
	if len(material) == 0 || uint64(len(material)) > math.MaxUint32 {
		return nil, errors.New("keywrap: the key material has a length that AES-KWP does not wrap")
	}
	n := (len(material) + semiblock - 1) / semiblock
	out := make([]byte, semiblock*(n+1))
	binary.BigEndian.PutUint32(out, alternative)
	binary.BigEndian.PutUint32(out[4:], uint32(len(material)))
	copy(out[semiblock:], material)
	if n == 1 {
		block.Encrypt(out, out)
		return out, nil
	}
	var b [aes.BlockSize]byte
	copy(b[:semiblock], out)
	for t := range 6 * n {
		r := out[semiblock*(t%n+1):][:semiblock]
		copy(b[semiblock:], r)
		block.Encrypt(b[:], b[:])
		mix(&b, t+1)
		copy(r, b[semiblock:])
	}
	copy(out, b[:semiblock])
	return out, nil
}

// unwrapKWP is the inverse of wrapKWP. It returns [ErrWrapped] for anything
// that wrapKWP does not return under the key.
func unwrapKWP(kek, wrapped []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fmt.Errorf("keywrap: %w", err)
	}
	if len(wrapped) < 2*semiblock || len(wrapped)%semiblock != 0 {
		return nil, ErrWrapped
	}
	n := len(wrapped)/semiblock - 1
	out := make([]byte, len(wrapped))
	copy(out, wrapped)
	if n == 1 {
		block.Decrypt(out, out)
	} else {
		unwind(block, out, n)
	}
	length := int64(binary.BigEndian.Uint32(out[4:]))
	pad := int64(semiblock*n) - length
	if binary.BigEndian.Uint32(out) != alternative || pad < 0 || pad >= semiblock {
		return nil, ErrWrapped
	}
	material := out[semiblock:]
	if subtle.ConstantTimeCompare(material[length:], make([]byte, pad)) != 1 {
		return nil, ErrWrapped
	}
	return material[:length:length], nil
}

func unwind(block cipher.Block, out []byte, n int) {
	var b [aes.BlockSize]byte
	copy(b[:semiblock], out)
	for t := 6*n - 1; t >= 0; t-- {
		r := out[semiblock*(t%n+1):][:semiblock]
		copy(b[semiblock:], r)
		mix(&b, t+1)
		block.Decrypt(b[:], b[:])
		copy(r, b[semiblock:])
	}
	copy(out, b[:semiblock])
}

// mix adds the step counter to the first half of the block.
func mix(b *[aes.BlockSize]byte, step int) {
	a := binary.BigEndian.Uint64(b[:])
	binary.BigEndian.PutUint64(b[:], a^uint64(step))
}
