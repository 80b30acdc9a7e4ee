package kmsrapid

import (
	"math/bits"

	"pgregory.net/rapid"
)

// upTo draws a number from 0 to most, bit by bit: rapid's integers are drawn with
// floating-point numbers, which take it a hundred times as long to shrink. Where
// the numbers are no power of two, the least come up twice as often.
func upTo(most int) *rapid.Generator[int] {
	return rapid.Custom(func(t *rapid.T) int {
		n := 0
		for range max(bits.Len(uint(most)), 1) {
			n <<= 1
			if bit.Draw(t, "bit") {
				n |= 1
			}
		}
		return n % (most + 1)
	})
}

var bit = rapid.Bool()

// oneOf draws an element, and shrinks to the first.
func oneOf[E any](list []E) *rapid.Generator[E] {
	return rapid.Map(upTo(len(list)-1), func(i int) E { return list[i] })
}
