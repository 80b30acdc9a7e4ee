// Package ciphertext is the form of a symmetric ciphertext: a header that names
// the KMS key and its key material, and the sealed plaintext. It has the outer
// form and the exact length of what AWS KMS answers, so that a column that is
// too narrow for one is too narrow for the other:
//
//	byte     0  01 02 02 00 78
//	byte     5  key id, 16 bytes, and the first 16 bytes of the key material id
//	byte    37  01 for a UUID, 02 for the id of a multi-Region key
//	byte    38  12 bytes of zeros, and a checksum of the bytes before it
//	byte    54  length of what follows, 4 bytes
//	byte    58  DER of a PKCS #7 EncryptedData, AES-256-GCM
//
// What is sealed is 11 bytes (the length of the plaintext, then zeros) and the
// plaintext. The header and the encryption context are authenticated with it.
package ciphertext

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"example.com/kmsfake/internal/material"
)

// NonceSize is the length of the nonce that Seal takes, in bytes.
const NonceSize = 12

const (
	headerSize = 58
	prefixSize = 11
	tagSize    = 16
	sumAt      = 50

	single      = 1
	multiRegion = 2
)

var magic = [5]byte{1, 2, 2, 0, 0x78}

// Header names what a ciphertext was sealed under.
type Header struct {
	KeyID    string   // a UUID, or mrk- and 32 hexadecimal digits, in lower case
	Material [16]byte // the first half of the key material id
}

// Seal encrypts a plaintext. The nonce must be new for the material. The caller
// owns the result.
func Seal(m material.Cipher, h Header, nonce [NonceSize]byte, plaintext []byte, context map[string]string) ([]byte, error) {
	content := prefixSize + len(plaintext) + tagSize
	blob := make([]byte, headerSize, headerSize+envelopeSize+content)
	blob = appendEnvelope(blob, content, nonce[:])
	start := len(blob)
	h.put(blob, start-headerSize+content)
	blob = blob[:start+prefixSize]
	binary.BigEndian.PutUint32(blob[start:], uint32(len(plaintext)))
	blob = append(blob, plaintext...)
	return m.Seal(blob[:start], nonce[:], blob[start:], additional(blob[:headerSize], context))
}

// Blob is a ciphertext, taken apart. It refers to the bytes that were parsed.
type Blob struct {
	Header
	header, nonce, content []byte
}

// Parse takes a ciphertext apart, or says that it is none of ours.
//
// A blob of any length and content is fine to ask about.
func Parse(raw []byte) (b Blob, ok bool) {
	if len(raw) < headerSize || [5]byte(raw[:5]) != magic ||
		crc32.ChecksumIEEE(raw[:sumAt]) != binary.BigEndian.Uint32(raw[sumAt:]) {
		return Blob{}, false
	}
	id := hex.EncodeToString(raw[5:21])
	switch raw[37] {
	case single:
		b.KeyID = id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
	case multiRegion:
		b.KeyID = "mrk-" + id
	default:
		return Blob{}, false
	}
	b.Material = [16]byte(raw[21:37])
	b.header = raw[:headerSize]
	body := raw[headerSize:]
	if uint32(len(body)) != binary.BigEndian.Uint32(raw[headerSize-4:]) {
		return Blob{}, false
	}
	b.nonce, b.content, ok = openEnvelope(body)
	return b, ok && len(b.content) > prefixSize+tagSize
}

// Open decrypts the ciphertext under the encryption context that it was sealed
// under. The caller owns the plaintext.
func (b *Blob) Open(m material.Cipher, context map[string]string) (plaintext []byte, ok bool) {
	opened, err := m.Open(nil, b.nonce, b.content, additional(b.header, context))
	if err != nil || int(binary.BigEndian.Uint32(opened)) != len(opened)-prefixSize {
		return nil, false
	}
	return opened[prefixSize:], true
}

func (h Header) put(blob []byte, bodySize int) {
	copy(blob, magic[:])
	id, isMultiRegion := strings.CutPrefix(h.KeyID, "mrk-")
	var digits [32]byte
	n := 0
	for i := range len(id) {
		if id[i] != '-' && n < len(digits) {
			digits[n] = id[i]
			n++
		}
	}
	hex.Decode(blob[5:21], digits[:])
	copy(blob[21:37], h.Material[:])
	blob[37] = single
	if isMultiRegion {
		blob[37] = multiRegion
	}
	binary.BigEndian.PutUint32(blob[sumAt:], crc32.ChecksumIEEE(blob[:sumAt]))
	binary.BigEndian.PutUint32(blob[headerSize-4:], uint32(bodySize))
}

// additional is what is authenticated beside the plaintext: the header and the
// encryption context, by key, every part with its length.
func additional(header []byte, context map[string]string) []byte {
	if len(context) == 0 {
		return header
	}
	out := slices.Clone(header)
	for _, k := range slices.Sorted(maps.Keys(context)) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(k)))
		out = append(out, k...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(context[k])))
		out = append(out, context[k]...)
	}
	return out
}
