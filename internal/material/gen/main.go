// Command gen writes the pool of primes from which RSA key material is built.
//
// The primes follow from a fixed string, so that a run writes the same file
// again and a seed keeps meaning the same key.
package main

import (
	"crypto/sha3"
	"flag"
	"fmt"
	"log"
	"math/big"
	"os"
	"runtime"
	"sync"
)

const (
	exponent = 65537
	perSize  = 64
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "primes.bin", "file to write")
	flag.Parse()

	var pool []byte
	for _, bits := range []int{1024, 1536, 2048} {
		pool = append(pool, primes(bits)...)
	}
	if err := os.WriteFile(*out, pool, 0o644); err != nil {
		log.Fatal(err)
	}
}

// primes finds the primes of one size, each big-endian in bits/8 bytes.
func primes(bits int) []byte {
	size := bits / 8
	found := make([]byte, perSize*size)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range perSize {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			prime(bits, i).FillBytes(found[i*size : (i+1)*size])
		})
	}
	wg.Wait()
	return found
}

// prime is the first suitable prime in the stream of the size and index. Its
// two top bits are set, so that the product of two has the full length, and
// p-1 has no factor in common with the exponent.
func prime(bits, index int) *big.Int {
	x := sha3.NewSHAKE256()
	fmt.Fprintf(x, "RSA prime for tests alone, %d bits, number %d", bits, index)
	candidate := make([]byte, bits/8)
	p, rem, e := new(big.Int), new(big.Int), big.NewInt(exponent)
	for {
		x.Read(candidate)
		candidate[0] |= 0xc0
		candidate[len(candidate)-1] |= 1
		p.SetBytes(candidate)
		if rem.Mod(p, e).Cmp(big.NewInt(1)) != 0 && p.ProbablyPrime(32) {
			return p
		}
	}
}
