package material

import (
	"crypto/sha256"
	"crypto/sha3"
	"io"
)

// expand stretches a seed to n bytes that are independent for every label.
func expand(seed [32]byte, label string, n int) []byte {
	x := sha3.NewCSHAKE256(nil, []byte(label))
	x.Write(seed[:])
	out := make([]byte, n)
	x.Read(out)
	return out
}

// Identify is a stable id of key material, the same for the same material and
// salt: the bytes of a KeyMaterialId.
func Identify(m Material, salt []byte) [32]byte {
	h := sha256.New()
	var length [8]byte
	for i, n := 0, uint64(len(salt)); i < 8; i++ {
		length[i] = byte(n >> (8 * i))
	}
	h.Write(length[:])
	h.Write(salt)
	h.Write([]byte(m.Spec()))
	h.Write([]byte{0})
	h.Write(m.Encode())
	return [32]byte(h.Sum(nil))
}

// steady is a source of randomness from which a read of one byte takes nothing.
// Libraries that sign read one byte or not, by chance, so that nobody relies on
// what they draw. Here the same seed has to give the same signature.
type steady struct{ io.Reader }

// Read fills p.
func (s steady) Read(p []byte) (int, error) {
	if len(p) == 1 {
		p[0] = 0
		return 1, nil
	}
	return s.Reader.Read(p)
}
