package kmsfake_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Whatever was called, by whom and where, a clone has the state of its original.
func TestCloneOfAnyState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := newFake(append(rapid.SampledFrom(worlds).Draw(t, "world"), kmsfake.WithKeys(twinKeys...))...)
		pool := newPool(twinKeys)
		for range rapid.IntRange(1, 15).Draw(t, "calls") {
			operation := rapid.SampledFrom(operationNames).Draw(t, "operation")
			where := rapid.SampledFrom(handles).Draw(t, "handle")
			in := pool.input(t, operation)
			if out, err := call(context.Background(), where.of(f), operation, in); err == nil {
				pool.harvest(out)
			}
			f.Advance(time.Duration(rapid.SampledFrom([]int64{0, 0, 0, int64(time.Minute), int64(10 * day)}).Draw(t, "passes")))
			clone := f.Clone()
			if diff := cmp.Diff(dump(f), dump(clone)); diff != "" {
				t.Fatalf("the clone differs (-original +clone):\n%s", diff)
			}
			if rapid.Bool().Draw(t, "go on with the clone") {
				f = clone
			}
		}
	})
}
