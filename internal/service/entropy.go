package service

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"example.com/kmsfake/internal/ciphertext"
)

// entropy is the one source of what is random: the same seed and the same calls
// give the same ids, key material, nonces and random answers.
type entropy struct {
	seed   uint64
	nonces atomic.Uint64 // drawn so far

	mu     sync.Mutex
	stream *rand.ChaCha8 // made when it is first read
}

// derive is 32 bytes that depend on the seed, on what they are for, and on
// nothing else: they need no state, so they can be made again at any time.
func (e *entropy) derive(purpose, name string, n uint64) [32]byte {
	buf := make([]byte, 0, 128)
	buf = binary.BigEndian.AppendUint64(buf, e.seed)
	buf = binary.BigEndian.AppendUint64(buf, n)
	buf = append(buf, purpose...)
	buf = append(buf, 0)
	buf = append(buf, name...)
	return sha256.Sum256(buf)
}

// Read fills p with the next bytes of the stream. It never fails.
func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stream == nil {
		e.stream = rand.NewChaCha8(e.derive("stream", "", 0))
	}
	return e.stream.Read(p)
}

// uuid writes 16 bytes as a version 4 UUID.
func uuid(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var s [36]byte
	hex.Encode(s[0:8], b[0:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:36], b[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}

// requestID numbers a request. Ids need to be unlike, not secret, so this is a
// mixing function (splitmix64) and not a hash.
func (e *entropy) requestID(n uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], mix(e.seed^mix(2*n)))
	binary.BigEndian.PutUint64(b[8:], mix(e.seed^mix(2*n+1)))
	return uuid(b)
}

// nonce is the next nonce of a ciphertext. No two are the same, which is all that
// it takes, so it needs no lock.
func (e *entropy) nonce() [ciphertext.NonceSize]byte {
	var b [ciphertext.NonceSize]byte
	x := mix(e.nonces.Add(1) ^ mix(e.seed))
	binary.BigEndian.PutUint64(b[:8], x)
	binary.BigEndian.PutUint32(b[8:], uint32(mix(x)))
	return b
}

// mix maps numbers to numbers, no two to the same.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
