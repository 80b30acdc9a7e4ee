package kmsrapid_test

import (
	"flag"
	"testing"

	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// byDefault makes as many runs as there are by default, a hundred.
func byDefault(b *testing.B) {
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	if err := checks.Set("100"); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = checks.Set(before) })
}

// A hundred runs of a property with ten calls.
func BenchmarkCheck(b *testing.B) {
	byDefault(b)
	for b.Loop() {
		kmsrapid.Check(b, func(t *rapid.T, fake *kmsfake.Fake) { tenCalls(t.Context(), fake) }, appKey)
	}
}

// Finding and shrinking a caller that decrypts under an alias.
func BenchmarkShrink(b *testing.B) {
	byDefault(b)
	for b.Loop() {
		if _, failed := check(b, sealsAndOpens(openUnderAlias), appKey); !failed {
			b.Fatal("not found")
		}
	}
}
