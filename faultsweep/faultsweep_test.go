package faultsweep_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/faultsweep"
)

// scenarios are sweeps that must fail or tell something. Each runs in a process of
// its own, as TestScenario, since a sweep that fails fails its test.
var scenarios = map[string]struct {
	sweep func(t *testing.T)
	tells []string
	not   []string
	fails bool
}{
	"fails without faults": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				_, _ = fake.ListKeys(t.Context(), nil)
				t.Error("broken anyhow")
			})
		},
		[]string{"broken anyhow", "the body fails without faults"}, []string{"Throttled"}, true,
	},
	"differs": {
		func(t *testing.T) {
			runs := 0
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				if runs++; runs == 2 {
					_, _ = fake.ListAliases(t.Context(), nil)
				}
				_, _ = fake.ListKeys(t.Context(), nil)
			})
		},
		[]string{"two runs of the body without faults differ: call 1 was ListKeys#1, then ListAliases#1"}, []string{"Throttled"}, true,
	},
	"calls nothing": {
		func(t *testing.T) { faultsweep.Run(t, func(*testing.T, *kmsfake.Fake) {}) },
		[]string{"the body made no call of KMS"}, nil, true,
	},
	"skips": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, _ *kmsfake.Fake) { t.Skip("not today") })
		},
		[]string{"there is nothing to sweep"}, nil, false,
	},
	"no such operation": {
		func(t *testing.T) {
			faultsweep.Run(t, func(*testing.T, *kmsfake.Fake) {}, faultsweep.Operations("Decript"))
		},
		[]string{"did you mean Decrypt?"}, nil, true,
	},
	"panics": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				out, _ := fake.CreateKey(t.Context(), nil)
				_ = *out.KeyMetadata.Arn
			})
		},
		[]string{
			"--- FAIL: TestScenario/CreateKey#1/Throttled", "nil pointer dereference", "the body fails when CreateKey#1 meets Throttled.",
			`fake.Inject(kmsfake.Fault{Operation: "CreateKey", Times: 1, Error: kmsfake.Throttled})`,
		},
		nil, true,
	},
	"polls for ever": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				_, _ = fake.CreateKey(t.Context(), nil)
				for !has(fake) {
					time.Sleep(time.Minute)
				}
			}, faultsweep.Operations("CreateKey"))
		},
		[]string{"the body hangs: it is 24h0m0s later on the fake's clock", "faultsweep_test.has", "CreateKey#1 meets KMSInternalException"}, []string{"FAIL: TestScenario/CreateKey#1/Timeout/applied"}, true,
	},
	"calls for ever": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				_, _ = fake.CreateKey(t.Context(), nil)
				for !has(fake) {
				}
			}, faultsweep.Operations("CreateKey"))
		},
		[]string{"the body hangs: it makes call after call", "faultsweep_test.has"}, nil, true,
	},
	"blocks for ever": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				done := make(chan error, 1)
				if _, err := fake.ListKeys(t.Context(), nil); err == nil {
					done <- err
				}
				<-done
			}, faultsweep.Failures(kmsfake.Throttled))
		},
		[]string{"the body hangs, and nothing can wake it", "chan receive", "faultsweep_test.go:", "ListKeys#1 meets Throttled", "> 00:00:00.000 ListKeys"}, nil, true,
	},
	"limit": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				_, _ = fake.CreateKey(t.Context(), nil)
				_, _ = fake.ListKeys(t.Context(), nil)
			}, faultsweep.Limit(10))
		},
		[]string{"the limit of 10 runs leaves out", "of CreateKey#1, ", "of ListKeys#1"}, nil, false,
	},
	"interference": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				if _, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("x")}); err != nil {
					t.Error(err)
				}
			}, faultsweep.Prepare(prepare), faultsweep.Failures(&types.TagException{}), faultsweep.Interfere())
		},
		[]string{
			"--- FAIL: TestScenario/Encrypt#1/interference/DisableKey", "an administrator disables the key before Encrypt#1",
			"--- FAIL: TestScenario/Encrypt#1/interference/ScheduleKeyDeletion", "--- FAIL: TestScenario/Encrypt#1/interference/DeleteAlias/app",
			"--- PASS: TestScenario/Encrypt#1/interference/UpdateAlias/app",
		},
		nil, true,
	},
	"pairs": {
		func(t *testing.T) {
			faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
				if _, err := fake.CreateKey(t.Context(), nil); err == nil {
					return
				}
				if _, err := fake.CreateKey(t.Context(), nil); err != nil && len(fake.Injections()) > 0 {
					t.Error("twice")
				}
			}, faultsweep.Pairs(), faultsweep.Failures(kmsfake.Timeout))
		},
		[]string{
			"--- PASS: TestScenario/CreateKey#1/Timeout/applied", "--- FAIL: TestScenario/CreateKey#1/Timeout/CreateKey#2/Timeout/applied",
			"CreateKey#1 meets Timeout and then CreateKey#2 meets Timeout after it took effect",
		},
		nil, true,
	},
}

func has(fake *kmsfake.Fake) bool {
	out, err := fake.ListKeys(context.Background(), nil)
	return err == nil && len(out.Keys) > 0
}

func prepare(t *testing.T, fake *kmsfake.Fake) {
	out, err := fake.CreateKey(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fake.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: out.KeyMetadata.KeyId}); err != nil {
		t.Fatal(err)
	}
}

// TestScenario runs one of the scenarios when TestScenarios asks for it.
func TestScenario(t *testing.T) {
	if name := os.Getenv("SWEEP_SCENARIO"); name != "" {
		scenarios[name].sweep(t)
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(os.Args[0], "-test.run=^TestScenario$", "-test.v")
			command.Env = append(os.Environ(), "SWEEP_SCENARIO="+name)
			raw, err := command.CombinedOutput()
			out := string(raw)
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if (err != nil) != scenario.fails {
				t.Errorf("ended with %v", err)
			}
			for _, want := range scenario.tells {
				if !strings.Contains(out, want) {
					t.Errorf("does not tell: %s", want)
				}
			}
			for _, no := range scenario.not {
				if strings.Contains(out, no) {
					t.Errorf("tells: %s", no)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// Every failure of every call is met once, on a fake like the first.
func TestEveryFailureIsMet(t *testing.T) {
	var mu sync.Mutex
	var met []string
	keys := map[string]bool{}
	faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
		mu.Lock()
		defer mu.Unlock()
		out, err := fake.CreateKey(t.Context(), nil)
		if err == nil {
			keys[*out.KeyMetadata.Arn] = true
		}
		_, _ = fake.ListKeys(t.Context(), nil)
		for _, call := range fake.Calls() {
			if call.Fault != nil {
				met = append(met, fmt.Sprintf("%s %v %v", call.Operation, call.Fault.Error, call.Fault.Applied))
			}
		}
	}, faultsweep.RealTime(), faultsweep.Operations("ListKeys", "CreateKey"),
		faultsweep.Failures(&types.KMSInternalException{}, &types.LimitExceededException{}, kmsfake.Timeout, kmsfake.CorruptAnswer))
	slices.Sort(met)
	want := []string{
		"CreateKey CorruptAnswer false", "CreateKey CorruptAnswer true",
		"CreateKey KMSInternalException:  false", "CreateKey KMSInternalException:  true",
		"CreateKey LimitExceededException:  false", "CreateKey Timeout false", "CreateKey Timeout true",
		"ListKeys CorruptAnswer false", "ListKeys KMSInternalException:  false", "ListKeys Timeout false",
	}
	if !slices.Equal(met, want) {
		t.Errorf("met:\n%s\nwant:\n%s", strings.Join(met, "\n"), strings.Join(want, "\n"))
	}
	if len(keys) != 1 {
		t.Errorf("the fakes made different keys: %v", keys)
	}
}

// Faults that last get past the SDK's retryer; a single one does not.
func TestTimes(t *testing.T) {
	for times, wantFailed := range map[int]bool{1: false, 3: true} {
		var failed atomic.Bool
		faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
			if _, err := fake.Client().ListKeys(t.Context(), nil); err != nil {
				failed.Store(true)
			}
		}, faultsweep.Failures(kmsfake.Throttled), faultsweep.Times(times))
		if failed.Load() != wantFailed {
			t.Errorf("%d times: failed %v", times, failed.Load())
		}
	}
}

// The fakes of all runs have the options that are given.
func TestWith(t *testing.T) {
	var runs atomic.Int32
	faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
		runs.Add(1)
		if fake.Region() != "eu-west-1" || fake.Account() != "444455556666" {
			t.Errorf("a fake of account %s in %s", fake.Account(), fake.Region())
		}
		_, _ = fake.ListKeys(t.Context(), nil)
	}, faultsweep.With(kmsfake.WithRegion("eu-west-1")), faultsweep.With(kmsfake.WithAccount("444455556666")), faultsweep.Failures(kmsfake.Throttled))
	if runs.Load() < 2 {
		t.Errorf("%d runs", runs.Load())
	}
}

// A sweep of a body of 20 calls, about 300 runs.
func BenchmarkSweep(b *testing.B) {
	body := func(t *testing.T, fake *kmsfake.Fake) {
		ctx := context.Background()
		out, err := fake.CreateKey(ctx, nil)
		if err != nil {
			return
		}
		id := out.KeyMetadata.KeyId
		_, _ = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: id})
		for range 9 {
			sealed, err := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("secret")})
			if err == nil {
				_, _ = fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
			}
		}
	}
	for b.Loop() {
		ok := testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{
			{Name: "Sweep", F: func(t *testing.T) { faultsweep.Run(t, body) }},
		})
		if !ok {
			b.Fatal("the sweep fails")
		}
	}
}
