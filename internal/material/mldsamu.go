package material

import (
	"bytes"
	"crypto/sha3"
	"fmt"
	"math/bits"
	"sync"
)

// Verification of an ML-DSA signature against an external μ: steps 6 and after
// of ML-DSA.Verify_internal (FIPS 204, algorithm 8). The library signs an
// external μ but exports no verification of one. Nothing here is secret, so
// nothing runs in constant time.

const (
	mldsaN = 256
	mldsaQ = 8380417
	mldsaD = 13
)

// muParameters are the parameters of FIPS 204, table 1.
type muParameters struct {
	k, l, eta, tau, omega int
	gamma1Bits            int // γ1 is 2 to this
	gamma2                int32
	challenge             int // λ/4, the length of c̃ in bytes
}

var (
	mu44 = muParameters{k: 4, l: 4, eta: 2, tau: 39, omega: 80, gamma1Bits: 17, gamma2: (mldsaQ - 1) / 88, challenge: 32}
	mu65 = muParameters{k: 6, l: 5, eta: 4, tau: 49, omega: 55, gamma1Bits: 19, gamma2: (mldsaQ - 1) / 32, challenge: 48}
	mu87 = muParameters{k: 8, l: 7, eta: 2, tau: 60, omega: 75, gamma1Bits: 19, gamma2: (mldsaQ - 1) / 32, challenge: 64}
)

func (p *muParameters) publicKeySize() int { return 32 + p.k*mldsaN*10/8 }
func (p *muParameters) maskSize() int      { return mldsaN * (p.gamma1Bits + 1) / 8 }
func (p *muParameters) signatureSize() int {
	return p.challenge + p.l*p.maskSize() + p.omega + p.k
}

// polynomial has coefficients from 0 to q-1, plain or in the NTT domain.
type polynomial [mldsaN]int32

// muVerifier is a public key. It expands the matrix on first use.
type muVerifier struct {
	*muParameters
	t1     [][]byte
	matrix func() [][]polynomial
}

// newMuVerifier keeps the encoded public key.
func newMuVerifier(p *muParameters, public []byte) (*muVerifier, error) {
	if len(public) != p.publicKeySize() {
		return nil, fmt.Errorf("public key has %d bytes, not %d", len(public), p.publicKeySize())
	}
	rho, rest := public[:32], public[32:]
	v := &muVerifier{muParameters: p}
	for i := range p.k {
		size := mldsaN * 10 / 8
		v.t1 = append(v.t1, rest[i*size:(i+1)*size])
	}
	v.matrix = sync.OnceValue(func() [][]polynomial {
		m := make([][]polynomial, p.k)
		for r := range m {
			m[r] = make([]polynomial, p.l)
			for s := range m[r] {
				m[r][s] = rejNTTPoly(rho, byte(s), byte(r))
			}
		}
		return m
	})
	return v, nil
}

// verify reports whether the signature is one of μ.
func (v *muVerifier) verify(mu, signature []byte) bool {
	if len(signature) != v.signatureSize() {
		return false
	}
	challenge, rest := signature[:v.challenge], signature[v.challenge:]

	z := make([]polynomial, v.l)
	bound := int32(1)<<v.gamma1Bits - int32(v.tau*v.eta)
	for i := range z {
		encoded := rest[i*v.maskSize() : (i+1)*v.maskSize()]
		for j, c := range unpack(encoded, v.gamma1Bits+1) {
			c = int32(1)<<v.gamma1Bits - c
			if c >= bound || c <= -bound {
				return false
			}
			z[i][j] = modQ(c)
		}
		z[i].ntt()
	}
	hints, ok := v.unpackHints(rest[v.l*v.maskSize():])
	if !ok {
		return false
	}

	c := sampleInBall(challenge, v.tau)
	c.ntt()
	h := sha3.NewSHAKE256()
	h.Write(mu)
	for r, row := range v.matrix() {
		// w' = Az - c·t1·2^d
		var t, w polynomial
		for j, c := range unpack(v.t1[r], 10) {
			t[j] = c << mldsaD
		}
		t.ntt()
		for j := range w {
			var sum uint64
			for s := range row {
				sum += uint64(row[s][j]) * uint64(z[s][j])
			}
			sum += uint64(mldsaQ-c[j]) * uint64(t[j])
			w[j] = int32(sum % mldsaQ)
		}
		w.inverse()
		for j := range w {
			w[j] = v.useHint(hints[r][j], w[j])
		}
		h.Write(pack(&w, bits.Len32(uint32((mldsaQ-1)/(2*v.gamma2)-1))))
	}
	got := make([]byte, v.challenge)
	h.Read(got)
	return bytes.Equal(got, challenge)
}

// unpackHints is HintBitUnpack (algorithm 21): only the canonical form passes.
func (v *muVerifier) unpackHints(encoded []byte) ([][mldsaN]bool, bool) {
	hints := make([][mldsaN]bool, v.k)
	positions, ends := encoded[:v.omega], encoded[v.omega:]
	start := 0
	for i := range hints {
		end := int(ends[i])
		if end < start || end > v.omega {
			return nil, false
		}
		for at := start; at < end; at++ {
			if at > start && positions[at-1] >= positions[at] {
				return nil, false
			}
			hints[i][positions[at]] = true
		}
		start = end
	}
	for _, unused := range positions[start:] {
		if unused != 0 {
			return nil, false
		}
	}
	return hints, true
}

// useHint is UseHint (algorithm 40) over Decompose (algorithm 36).
func (v *muVerifier) useHint(hint bool, r int32) int32 {
	alpha := 2 * v.gamma2
	m := (mldsaQ - 1) / alpha
	low := r % alpha
	if low > v.gamma2 {
		low -= alpha
	}
	high := (r - low) / alpha
	if r-low == mldsaQ-1 {
		high, low = 0, low-1
	}
	switch {
	case !hint:
		return high
	case low > 0:
		return (high + 1) % m
	}
	return (high + m - 1) % m
}

// sampleInBall is SampleInBall (algorithm 29).
func sampleInBall(seed []byte, tau int) (c polynomial) {
	x := sha3.NewSHAKE256()
	x.Write(seed)
	var signs [8]byte
	x.Read(signs[:])
	var one [1]byte
	for i := mldsaN - tau; i < mldsaN; i++ {
		x.Read(one[:])
		for int(one[0]) > i {
			x.Read(one[:])
		}
		j := one[0]
		c[i] = c[j]
		n := i + tau - mldsaN
		c[j] = 1
		if signs[n/8]>>(n%8)&1 == 1 {
			c[j] = mldsaQ - 1
		}
	}
	return c
}

// rejNTTPoly is RejNTTPoly (algorithm 30).
func rejNTTPoly(rho []byte, s, r byte) (a polynomial) {
	x := sha3.NewSHAKE128()
	x.Write(rho)
	x.Write([]byte{s, r})
	var drawn [3]byte
	for j := 0; j < mldsaN; {
		x.Read(drawn[:])
		c := int32(drawn[0]) | int32(drawn[1])<<8 | int32(drawn[2]&0x7f)<<16
		if c < mldsaQ {
			a[j] = c
			j++
		}
	}
	return a
}

// unpack reads 256 coefficients of so many bits each, low bits first.
func unpack(encoded []byte, width int) (c [mldsaN]int32) {
	var buffer uint64
	have := 0
	for i := range c {
		for have < width {
			buffer |= uint64(encoded[0]) << have
			encoded = encoded[1:]
			have += 8
		}
		c[i] = int32(buffer & (1<<width - 1))
		buffer >>= width
		have -= width
	}
	return c
}

// pack is the inverse of unpack.
func pack(c *polynomial, width int) []byte {
	out := make([]byte, 0, mldsaN*width/8)
	var buffer uint64
	have := 0
	for _, v := range c {
		buffer |= uint64(v) << have
		for have += width; have >= 8; have -= 8 {
			out = append(out, byte(buffer))
			buffer >>= 8
		}
	}
	return out
}

func modQ(c int32) int32 {
	if c < 0 {
		return c + mldsaQ
	}
	return c
}

// zetas are the powers of the 512th root of unity 1753 in bit-reversed order.
var zetas = sync.OnceValue(func() *polynomial {
	var powers, z polynomial
	powers[0] = 1
	for i := 1; i < mldsaN; i++ {
		powers[i] = mulQ(powers[i-1], 1753)
	}
	for i := range z {
		z[i] = powers[bits.Reverse8(uint8(i))]
	}
	return &z
})

func mulQ(a, b int32) int32 { return int32(int64(a) * int64(b) % mldsaQ) }

// ntt is NTT (algorithm 41), inverse its inverse (algorithm 42).
func (c *polynomial) ntt() {
	z, m := zetas(), 0
	for length := mldsaN / 2; length > 0; length /= 2 {
		for start := 0; start < mldsaN; start += 2 * length {
			m++
			for j := start; j < start+length; j++ {
				t := mulQ(z[m], c[j+length])
				c[j+length] = modQ(c[j] - t)
				c[j] = modQ(c[j] + t - mldsaQ)
			}
		}
	}
}

func (c *polynomial) inverse() {
	z, m := zetas(), mldsaN
	for length := 1; length < mldsaN; length *= 2 {
		for start := 0; start < mldsaN; start += 2 * length {
			m--
			for j := start; j < start+length; j++ {
				t := c[j]
				c[j] = modQ(t + c[j+length] - mldsaQ)
				c[j+length] = mulQ(mldsaQ-z[m], modQ(t-c[j+length]))
			}
		}
	}
	const inverse256 = 8347681
	for j := range c {
		c[j] = mulQ(c[j], inverse256)
	}
}
