package material

import (
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

var rsaBits = []int{2048, 3072, 4096}

func poolOf(t *testing.T, bits int) (primes []*big.Int) {
	t.Helper()
	offset, size, ok := primeBytes(bits)
	if !ok || size*16 != bits {
		t.Fatalf("%d bits: primes of %d bytes, %v", bits, size, ok)
	}
	for i := range primesPerSize {
		at := offset + i*size
		primes = append(primes, new(big.Int).SetBytes([]byte(primePool[at:at+size])))
	}
	return primes
}

func TestPoolHoldsPrimesThatMakeKeys(t *testing.T) {
	t.Parallel()
	if len(primePool) != primesPerSize*(128+192+256) {
		t.Fatalf("pool of %d bytes", len(primePool))
	}
	e, one, three := big.NewInt(rsaExponent), big.NewInt(1), big.NewInt(3)
	for _, bits := range rsaBits {
		seen := map[string]bool{}
		for i, p := range poolOf(t, bits) {
			// A number of this size that was drawn at random and passes Fermat's
			// test is prime but for a chance that need not be counted.
			if new(big.Int).Exp(three, new(big.Int).Sub(p, one), p).Cmp(one) != 0 {
				t.Errorf("%d bits: number %d is not prime", bits, i)
			}
			if p.BitLen() != bits/2 || p.Bit(bits/2-2) != 1 {
				t.Errorf("%d bits: number %d lacks a top bit", bits, i)
			}
			if new(big.Int).Mod(p, e).Int64() == 1 {
				t.Errorf("%d bits: number %d has no inverse of the exponent", bits, i)
			}
			if seen[p.String()] {
				t.Errorf("%d bits: number %d stands twice", bits, i)
			}
			seen[p.String()] = true
		}
	}
	if _, _, ok := primeBytes(1024); ok {
		t.Error("primes for RSA_1024")
	}
}

// Any two primes of a size give a key of the full length that the standard
// library finds valid. Their distance is what FIPS 186-5, A.1.3, asks for.
func TestPooledKeysAreValid(t *testing.T) {
	t.Parallel()
	for _, bits := range rsaBits {
		pool := poolOf(t, bits)
		for i := range pool[1:] {
			p, q := pool[i], pool[i+1]
			if distance := new(big.Int).Sub(p, q); distance.BitLen() <= bits/2-100 {
				t.Errorf("%d bits: numbers %d and %d are too close", bits, i, i+1)
			}
			if i%16 != 0 {
				continue
			}
			key := newRSAKey(p, q)
			if err := key.Validate(); err != nil {
				t.Errorf("%d bits: %v", bits, err)
			}
			if key.N.BitLen() != bits || key.E != 65537 {
				t.Errorf("%d bits: modulus of %d, exponent %d", bits, key.N.BitLen(), key.E)
			}
			der, err := x509.MarshalPKCS8PrivateKey(key)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := x509.ParsePKCS8PrivateKey(der)
			if err != nil || !key.Equal(parsed.(*rsa.PrivateKey)) {
				t.Errorf("%d bits: reads back as %v, %v", bits, parsed, err)
			}
		}
	}
}

// 64 primes give 2016 keys: of 200 seeds, about 10 share a key with another.
func TestSeedsDrawDistinctKeys(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	const seeds = 200
	for i := range seeds {
		m, err := Derive(types.KeySpecRsa2048, "aws", [32]byte{byte(i), byte(i >> 8)})
		if err != nil {
			t.Fatal(err)
		}
		key := m.(*rsaKey).private
		if key.Primes[0].Cmp(key.Primes[1]) == 0 {
			t.Fatalf("seed %d drew one prime twice", i)
		}
		seen[key.N.String()] = true
	}
	if len(seen) < seeds-40 {
		t.Errorf("%d seeds drew %d keys", seeds, len(seen))
	}
}
