package material

import (
	"crypto/rsa"
	_ "embed"
	"encoding/binary"
	"fmt"
	"math/big"
)

// The pool of primes: primesPerSize of each size, big-endian, the sizes in
// ascending order. With 64 of a size there are 2016 different keys, so that the
// few RSA keys of a test rarely share one; anyone can factor them all.
//
//go:generate go run ./gen -o primes.bin
//go:embed primes.bin
var primePool string

const (
	primesPerSize = 64
	rsaExponent   = 65537
)

// primeBytes is where the primes of a modulus stand in the pool, in bytes.
func primeBytes(bits int) (offset, size int, ok bool) {
	for _, modulus := range []int{2048, 3072, 4096} {
		size = modulus / 2 / 8
		if modulus == bits {
			return offset, size, true
		}
		offset += size * primesPerSize
	}
	return 0, 0, false
}

// pooledRSA builds the RSA key that the seed draws from the pool.
func pooledRSA(bits int, seed [32]byte) (*rsa.PrivateKey, error) {
	offset, size, ok := primeBytes(bits)
	if !ok {
		return nil, fmt.Errorf("no primes for a modulus of %d bits", bits)
	}
	// Two draws without replacement: the bias of the remainders is 2^-58.
	drawn := expand(seed, fmt.Sprintf("RSA_%d", bits), 16)
	i := int(binary.BigEndian.Uint64(drawn[:8]) % primesPerSize)
	j := int(binary.BigEndian.Uint64(drawn[8:]) % (primesPerSize - 1))
	if j >= i {
		j++
	}
	prime := func(n int) *big.Int {
		at := offset + n*size
		return new(big.Int).SetBytes([]byte(primePool[at : at+size]))
	}
	return newRSAKey(prime(i), prime(j)), nil
}

func newRSAKey(p, q *big.Int) *rsa.PrivateKey {
	if p.Cmp(q) < 0 {
		p, q = q, p
	}
	one := big.NewInt(1)
	p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
	d := new(big.Int).ModInverse(big.NewInt(rsaExponent), new(big.Int).Mul(p1, q1))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: rsaExponent},
		D:         d,
		Primes:    []*big.Int{p, q},
	}
	// With these given, Precompute checks them instead of computing them anew
	// in constant time, which would take most of the milliseconds.
	key.Precomputed.Dp = new(big.Int).Mod(d, p1)
	key.Precomputed.Dq = new(big.Int).Mod(d, q1)
	key.Precomputed.Qinv = new(big.Int).ModInverse(q, p)
	key.Precompute()
	return key
}
