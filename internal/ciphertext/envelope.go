package ciphertext

import "bytes"

// The DER of a PKCS #7 EncryptedData around a sealed content of n bytes. Its form
// never varies but for lengths and nonce, so it is written and compared rather
// than parsed.

var (
	encryptedData = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6}
	version       = []byte{0x02, 1, 0}
	algorithm     = []byte{ // id-data, then AES-256-GCM with a nonce of 12 bytes
		0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1,
		0x30, 0x1e, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2e,
		0x30, 0x11, 0x04, NonceSize,
	}
	tagLength = []byte{0x02, 1, tagSize}
)

const (
	sequence = 0x30
	explicit = 0xa0
	implicit = 0x80
)

// envelopeSize is at least the length of what comes before the content.
const envelopeSize = 96

// appendEnvelope appends all that comes before a content of n bytes.
func appendEnvelope(der []byte, n int, nonce []byte) []byte {
	inner := len(algorithm) + NonceSize + len(tagLength) + headSize(n) + n
	info := len(version) + headSize(inner) + inner
	wrapped := headSize(info) + info
	der = head(der, sequence, len(encryptedData)+headSize(wrapped)+wrapped)
	der = append(der, encryptedData...)
	der = head(der, explicit, wrapped)
	der = head(der, sequence, info)
	der = append(der, version...)
	der = head(der, sequence, inner)
	der = append(der, algorithm...)
	der = append(der, nonce...)
	der = append(der, tagLength...)
	return head(der, implicit, n)
}

// openEnvelope is nonce and content of an envelope that is well formed: the one
// that envelope writes for a content of that length.
func openEnvelope(der []byte) (nonce, content []byte, ok bool) {
	i := bytes.Index(der[:min(len(der), envelopeSize)], algorithm)
	if i < 0 {
		return nil, nil, false
	}
	at := i + len(algorithm)
	tag := at + NonceSize + len(tagLength)
	if len(der) < tag+2 {
		return nil, nil, false
	}
	start := tag + 2
	if n := int(der[tag+1]); n > 0x80 && n <= 0x83 { // the length's own length
		start += n - 0x80
	}
	if len(der) < start {
		return nil, nil, false
	}
	nonce, content = der[at:at+NonceSize], der[start:]
	var space [envelopeSize]byte
	want := appendEnvelope(space[:0], len(content), nonce)
	return nonce, content, bytes.Equal(want, der[:start])
}

func headSize(n int) int {
	switch {
	case n < 0x80:
		return 2
	case n < 0x100:
		return 3
	case n < 0x10000:
		return 4
	default:
		return 5
	}
}

func head(dst []byte, tag byte, n int) []byte {
	switch headSize(n) {
	case 2:
		return append(dst, tag, byte(n))
	case 3:
		return append(dst, tag, 0x81, byte(n))
	case 4:
		return append(dst, tag, 0x82, byte(n>>8), byte(n))
	default:
		return append(dst, tag, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
}
