package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Whatever faults are injected and removed, each call either takes effect whole or
// not at all, and the journal tells which: done again without faults on a twin,
// the calls that took effect lead to the same state, and no other call has left
// anything behind. Clones made on the way never meet a fault.
func TestFaultedCallsTakeEffectWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		fake, twin := newFake(), newFake()
		var ids []string
		var injections []*kmsfake.Injection
		errs := []error{
			kmsfake.Throttled, kmsfake.AccessDenied, kmsfake.Timeout, kmsfake.ConnectionReset, kmsfake.ServiceUnavailable,
			kmsfake.CorruptAnswer, io.ErrUnexpectedEOF, &types.KMSInternalException{}, kmsfake.Forced(&types.DependencyTimeoutException{}),
		}
		key := func() string {
			return rapid.SampledFrom(append(slices.Clone(ids), unknownKey, "no key")).Draw(t, "key")
		}
		alias := func() string {
			return "alias/" + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "alias")
		}
		// Each draws its input once, and then is done on the fake or the twin.
		do := map[string]func() func(*kmsfake.Fake) error{
			"CreateKey": func() func(*kmsfake.Fake) error {
				return func(f *kmsfake.Fake) error { _, err := f.CreateKey(ctx, nil); return err }
			},
			"CreateAlias": func() func(*kmsfake.Fake) error {
				in := &kms.CreateAliasInput{AliasName: aws.String(alias()), TargetKeyId: aws.String(key())}
				return func(f *kmsfake.Fake) error { _, err := f.CreateAlias(ctx, in); return err }
			},
			"UpdateAlias": func() func(*kmsfake.Fake) error {
				in := &kms.UpdateAliasInput{AliasName: aws.String(alias()), TargetKeyId: aws.String(key())}
				return func(f *kmsfake.Fake) error { _, err := f.UpdateAlias(ctx, in); return err }
			},
			"DeleteAlias": func() func(*kmsfake.Fake) error {
				in := &kms.DeleteAliasInput{AliasName: aws.String(alias())}
				return func(f *kmsfake.Fake) error { _, err := f.DeleteAlias(ctx, in); return err }
			},
			"DisableKey": func() func(*kmsfake.Fake) error {
				in := &kms.DisableKeyInput{KeyId: aws.String(key())}
				return func(f *kmsfake.Fake) error { _, err := f.DisableKey(ctx, in); return err }
			},
			"EnableKey": func() func(*kmsfake.Fake) error {
				in := &kms.EnableKeyInput{KeyId: aws.String(key())}
				return func(f *kmsfake.Fake) error { _, err := f.EnableKey(ctx, in); return err }
			},
			"TagResource": func() func(*kmsfake.Fake) error {
				in := &kms.TagResourceInput{KeyId: aws.String(key()), Tags: []types.Tag{{TagKey: aws.String(alias()), TagValue: aws.String("v")}}}
				return func(f *kmsfake.Fake) error { _, err := f.TagResource(ctx, in); return err }
			},
			"ScheduleKeyDeletion": func() func(*kmsfake.Fake) error {
				in := &kms.ScheduleKeyDeletionInput{KeyId: aws.String(key())}
				return func(f *kmsfake.Fake) error { _, err := f.ScheduleKeyDeletion(ctx, in); return err }
			},
		}
		names := slices.Sorted(maps.Keys(do))
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				injections = append(injections, fake.Inject(kmsfake.Fault{
					Operation:   rapid.SampledFrom(append([]string{""}, names...)).Draw(t, "operation"),
					Skip:        rapid.IntRange(0, 2).Draw(t, "skip"),
					Times:       rapid.IntRange(0, 3).Draw(t, "times"),
					Probability: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "probability"),
					Error:       rapid.SampledFrom(errs).Draw(t, "error"),
					Applied:     rapid.Bool().Draw(t, "applied"),
				}))
				continue
			case 1:
				if len(injections) > 0 {
					rapid.SampledFrom(injections).Draw(t, "injection").Remove()
				}
				continue
			case 2:
				if _, err := fake.Clone().ListKeys(ctx, nil); err != nil {
					t.Fatalf("a clone meets a fault: %v", err)
				}
				continue
			}
			call := do[rapid.SampledFrom(names).Draw(t, "name")]()
			err := call(fake)
			last := lastCall(t, fake)
			if fmt.Sprint(last.Error) != fmt.Sprint(err) {
				t.Fatalf("answered %v, the journal has %v", err, last.Error)
			}
			if last.Fault == nil || last.Fault.Applied {
				if again := call(twin); last.Fault == nil && code(again) != code(err) {
					t.Fatalf("%s: %v, without faults %v", last.Operation, err, again)
				}
			} else if err == nil {
				t.Fatalf("%s met %v and succeeded", last.Operation, last.Fault.Error)
			}
			ids = keyIDs(t, twin)
		}
		var want strings.Builder
		twin.Dump(&want)
		for _, i := range injections {
			i.Remove()
		}
		var got strings.Builder
		fake.Dump(&got)
		if got.String() != want.String() {
			t.Fatalf("state:\n%s\nwithout the calls that a fault kept:\n%s", got.String(), want.String())
		}
	})
}

func lastCall(t *rapid.T, fake *kmsfake.Fake) kmsfake.Call {
	calls := fake.Calls()
	if len(calls) == 0 {
		t.Fatal("the journal is empty")
	}
	return calls[len(calls)-1]
}

func keyIDs(t *rapid.T, fake *kmsfake.Fake) (ids []string) {
	list, err := fake.ListKeys(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list.Keys {
		ids = append(ids, *k.KeyId)
	}
	return ids
}

// code is the kind of an error.
func code(err error) string {
	var exception interface{ ErrorCode() string }
	if errors.As(err, &exception) {
		return exception.ErrorCode()
	}
	return fmt.Sprint(err)
}
