package kmsrapid_test

import (
	"testing"

	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// A hundred runs of a property with ten calls.
func BenchmarkCheck(b *testing.B) {
	set(b, "rapid.checks", "100")
	for b.Loop() {
		kmsrapid.Check(b, func(t *rapid.T, fake *kmsfake.Fake) { tenCalls(t.Context(), fake) }, appKey)
	}
}

// Finding and shrinking a caller that decrypts under an alias.
func BenchmarkShrink(b *testing.B) {
	set(b, "rapid.shrinktime", "30s")
	for b.Loop() {
		if _, failed := check(b, sealsAndOpens(openUnderAlias), appKey); !failed {
			b.Fatal("not found")
		}
	}
}
