package kmsrapid_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// administrator is who the acts are by.
const administrator = "arn:aws:iam::111122223333:user/kmsrapid"

// tenCalls makes ten calls, and does not mind how they end.
func tenCalls(ctx context.Context, fake *kmsfake.Fake) {
	alias, name := aws.String("alias/app"), aws.String("alias/ten")
	key := alias
	if made, err := fake.CreateKey(ctx, nil); err == nil {
		key = made.KeyMetadata.KeyId
	}
	_, _ = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: name, TargetKeyId: key})
	_ = grant(ctx, fake, key)
	for range 2 {
		for _, id := range []*string{name, key, alias} {
			_, _ = fake.Encrypt(ctx, &kms.EncryptInput{KeyId: id, Plaintext: []byte("x")})
		}
	}
	_, _ = fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key})
}

// seen is what happens in the runs of a Check.
func seen(t *testing.T, options ...kmsrapid.Option) (acts map[string]int, faults []error, advanced time.Duration) {
	t.Helper()
	acts = map[string]int{}
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		begun, before := fake.Now(), len(fake.Calls())
		tenCalls(t.Context(), fake)
		for _, c := range fake.Calls()[before:] {
			switch {
			case c.Principal == administrator && c.Error == nil:
				acts[c.Operation]++
			case c.Fault != nil:
				faults = append(faults, c.Error)
			}
		}
		advanced += fake.Now().Sub(begun)
	}, append(options, appKey)...)
	return acts, faults, advanced
}

// Every act happens when it may, and no other does.
func TestActs(t *testing.T) {
	t.Parallel()
	for _, act := range kmsrapid.Acts() {
		t.Run(string(act), func(t *testing.T) {
			t.Parallel()
			acts, faults, advanced := seen(t, kmsrapid.Only(act))
			var allowed []string
			switch act {
			case kmsrapid.TimePasses, kmsrapid.Throttle, kmsrapid.Fail:
			case kmsrapid.UpdateAlias:
				allowed = []string{"UpdateAlias", "CreateKey"}
			case kmsrapid.ImportKeyMaterial:
				allowed = []string{"ImportKeyMaterial", "GetParametersForImport"}
			default:
				allowed = []string{string(act)}
			}
			for _, operation := range allowed {
				if acts[operation] == 0 {
					t.Errorf("no %s", operation)
				}
			}
			for operation := range acts {
				if !slices.Contains(allowed, operation) {
					t.Errorf("%s, which is not chosen", operation)
				}
			}
			if (advanced > 0) != (act == kmsrapid.TimePasses) {
				t.Errorf("time passes: %v", advanced)
			}
			codes := map[string]bool{}
			for _, err := range faults {
				codes[code(err)] = true
			}
			want := map[kmsrapid.Act][]string{
				kmsrapid.Throttle: {"ThrottlingException"},
				kmsrapid.Fail:     {"", "DependencyTimeoutException", "KMSInternalException", "ServiceUnavailable"},
			}[act]
			if got := sorted(codes); !slices.Equal(got, want) {
				t.Errorf("calls fail with %q, want %q", got, want)
			}
		})
	}
}

func TestNobodyInterferesWhenItIsQuiet(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]kmsrapid.Option{
		"Quiet":              {kmsrapid.Quiet()},
		"Quiet, after Only":  {kmsrapid.Only(kmsrapid.Throttle), kmsrapid.Quiet()},
		"Without everything": {kmsrapid.Without(kmsrapid.Acts()...)},
		"Only and Without":   {kmsrapid.Only(kmsrapid.Throttle), kmsrapid.Without(kmsrapid.Throttle)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if acts, faults, advanced := seen(t, options...); len(acts)+len(faults) > 0 || advanced > 0 {
				t.Error(acts, faults, advanced)
			}
		})
	}
	t.Run("Without one", func(t *testing.T) {
		t.Parallel()
		acts, _, _ := seen(t, kmsrapid.Without(kmsrapid.UpdateAlias))
		if acts["UpdateAlias"] > 0 || acts["DeleteAlias"] == 0 {
			t.Error(acts)
		}
	})
}

func TestAnActThatThereIsNot(t *testing.T) {
	t.Parallel()
	for _, option := range []kmsrapid.Option{kmsrapid.Only("ReEncrypt"), kmsrapid.Without("ReEncrypt")} {
		log, failed := check(t, func(*rapid.T, *kmsfake.Fake) {}, option)
		if !failed || !mentions(log, `there is no act "ReEncrypt"; there are ["DisableKey"`) {
			t.Errorf("%v: %s", failed, log)
		}
	}
}

// The acts do not touch what the caller may rely on while nobody calls: what
// happens, happens before a call.
func TestNothingHappensInAClone(t *testing.T) {
	t.Parallel()
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		clone := fake.Clone()
		for range 20 {
			if _, err := clone.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/app")}); err != nil {
				t.Fatal(err)
			}
		}
		if calls := clone.Calls(); len(calls) != 20 {
			t.Fatalf("%d calls", len(calls))
		}
		if n := len(fake.Calls()); n > 0 && fake.Calls()[n-1].Operation != "CreateGrant" {
			t.Fatal(fake.Calls()[n-1])
		}
	}, appKey)
}

// Nothing happens before Prepare is done, and what it makes is there.
func TestPrepare(t *testing.T) {
	t.Parallel()
	met := 0
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		clone := fake.Clone()
		out, err := clone.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/prepared")})
		if err != nil || out.KeyMetadata.KeyState != types.KeyStateEnabled {
			t.Fatal(out, err)
		}
		if _, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/prepared")}); err != nil {
			met++
		}
	}, kmsrapid.Prepare(func(t *rapid.T, fake *kmsfake.Fake) {
		out, err := fake.CreateKey(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: out.KeyMetadata.KeyId}); err != nil {
				t.Fatal(err)
			}
		}
		_, err = fake.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/prepared"), TargetKeyId: out.KeyMetadata.KeyId})
		if err != nil {
			t.Fatal(err)
		}
	}), kmsrapid.Only(kmsrapid.Throttle))
	if met == 0 {
		t.Error("nothing happens after it either")
	}
}

// Calls from several goroutines are all right, and so are keys elsewhere.
func TestCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	elsewhere := 0
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		ctx := t.Context()
		var group sync.WaitGroup
		for _, handle := range []*kmsfake.Fake{fake, fake.InRegion("ap-south-1"), fake.InAccount("444455556666"), fake} {
			group.Go(func() { tenCalls(ctx, handle) })
		}
		group.Wait()
		for _, c := range fake.Calls() {
			if strings.HasSuffix(c.Principal, ":user/kmsrapid") && (c.Region == "ap-south-1" || c.Account == "444455556666") {
				mu.Lock()
				elsewhere++
				mu.Unlock()
			}
		}
	}, appKey)
	if elsewhere == 0 {
		t.Error("the administrator leaves the other places alone")
	}
}
