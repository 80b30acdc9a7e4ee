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

// envelope is all that comes before the content.
func envelope(n int, nonce [NonceSize]byte) (der []byte, content int) {
	inner := len(algorithm) + NonceSize + len(tagLength) + headSize(n) + n
	info := len(version) + headSize(inner) + inner
	outer := len(encryptedData) + headSize(info) + info + headSize(headSize(info)+info)
	der = make([]byte, 0, 96)
	der = head(der, sequence, outer)
	der = append(der, encryptedData...)
	der = head(der, explicit, headSize(info)+info)
	der = head(der, sequence, info)
	der = append(der, version...)
	der = head(der, sequence, inner)
	der = append(der, algorithm...)
	der = append(der, nonce[:]...)
	der = append(der, tagLength...)
	der = head(der, implicit, n)
	return der, n
}

// openEnvelope is nonce and content of an envelope that is well formed.
func openEnvelope(der []byte) (nonce, content []byte, ok bool) {
	i := bytes.Index(der[:min(len(der), 96)], algorithm)
	if i < 0 {
		return nil, nil, false
	}
	at := i + len(algorithm)
	if len(der) < at+NonceSize {
		return nil, nil, false
	}
	nonce = der[at : at+NonceSize]
	// The content's length is what makes the whole as long as it is.
	for heads := 2; heads <= 5; heads++ {
		start := at + NonceSize + len(tagLength) + heads
		if len(der) < start {
			break
		}
		content = der[start:]
		want, _ := envelope(len(content), [NonceSize]byte(nonce))
		if bytes.Equal(want, der[:start]) {
			return nonce, content, true
		}
	}
	return nil, nil, false
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
