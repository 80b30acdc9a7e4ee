package linearize

import (
	"context"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

const goroutines = 8

// check looks for an order of the calls that explains every answer.
func check(history []porcupine.Operation) (porcupine.CheckResult, porcupine.LinearizationInfo) {
	return porcupine.CheckOperationsVerbose(model, history, 20*time.Second)
}

// yielding is a clock that lets another caller run in the middle of each call.
func yielding() time.Time {
	runtime.Gosched()
	return time.Date(2026, time.May, 4, 3, 2, 1, 0, time.UTC)
}

// Calls of many goroutines take effect one after another, directly and through the
// SDK's client.
func TestCallsTakeEffectOneAfterAnother(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*kmsfake.Fake) kmsfake.API{
		"directly":           func(f *kmsfake.Fake) kmsfake.API { return f },
		"through the client": func(f *kmsfake.Fake) kmsfake.API { return f.Client() },
	}
	for way, api := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			answered := map[string]map[string]int{}
			overlapping := 0
			for seed := range uint64(30) {
				c, err := newCallers(t.Context(), api(kmsfake.New(kmsfake.WithSeed(seed), kmsfake.WithClock(yielding))))
				if err != nil {
					t.Fatal(err)
				}
				history, err := c.history(t.Context(), seed, goroutines, 40, request{})
				if err != nil {
					t.Fatal(err)
				}
				if result, info := check(history); result != porcupine.Ok {
					picture, err := os.CreateTemp("", "history-*.html")
					if err != nil {
						t.Fatal(err)
					}
					defer picture.Close()
					t.Fatalf("the history of seed %d is %s: see %s (%v)", seed, result, picture.Name(), porcupine.Visualize(model, info, picture))
				}
				for _, operation := range history {
					name := operation.Input.(request).operation
					if answered[name] == nil {
						answered[name] = map[string]int{}
					}
					answered[name][operation.Output.(answer).code]++
					if operation.Return > operation.Call+1 {
						overlapping++
					}
				}
			}
			for _, name := range operationNames {
				if answered[name][""] == 0 {
					t.Errorf("no %s succeeded", name)
				}
			}
			if overlapping == 0 {
				t.Error("no two calls ran at once")
			}
			t.Logf("%d calls overlapped; answers: %v", overlapping, answered)
		})
	}
}

// A planted is an API whose CreateAlias checks first and acts later.
type planted struct {
	kmsfake.API
	first *sync.WaitGroup // callers that have checked for the first time
	next  chan int        // a number for each of them
}

func (p *planted) CreateAlias(ctx context.Context, in *kms.CreateAliasInput, optFns ...func(*kms.Options)) (*kms.CreateAliasOutput, error) {
	_, missing := p.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: in.AliasName})
	select {
	case <-p.next: // one of the first callers
		p.first.Done()
		p.first.Wait()
	default:
	}
	out, err := p.API.CreateAlias(ctx, in, optFns...)
	if err != nil && missing != nil {
		// It was not there when it was looked for, so it may be written over.
		if _, err := p.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: in.AliasName, TargetKeyId: in.TargetKeyId}); err == nil {
			return &kms.CreateAliasOutput{}, nil
		}
	}
	return out, err
}

func TestCheckThenActIsFound(t *testing.T) {
	t.Parallel()
	p := &planted{API: kmsfake.New(kmsfake.WithSeed(1)), first: new(sync.WaitGroup), next: make(chan int, goroutines)}
	p.first.Add(goroutines)
	for i := range goroutines {
		p.next <- i
	}
	c, err := newCallers(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	history, err := c.history(t.Context(), 1, goroutines, 5, request{operation: "CreateAlias"})
	if err != nil {
		t.Fatal(err)
	}
	if result, _ := check(history); result != porcupine.Illegal {
		t.Errorf("a history of a CreateAlias that checks and then acts is %s", result)
	}
}

// The model tells answers apart that differ.
func TestWrongAnswersAreFound(t *testing.T) {
	t.Parallel()
	c, err := newCallers(t.Context(), kmsfake.New(kmsfake.WithSeed(1)))
	if err != nil {
		t.Fatal(err)
	}
	good, err := c.history(t.Context(), 1, 1, 400, request{})
	if err != nil {
		t.Fatal(err)
	}
	if result, _ := check(good); result != porcupine.Ok {
		t.Fatalf("one caller's history is %s", result)
	}
	found := map[string]bool{}
	for i := range good {
		bad := append([]porcupine.Operation(nil), good[:i+1]...)
		bad[i].Output = answer{code: "LimitExceededException"}
		if porcupine.CheckOperations(model, bad) {
			t.Errorf("%v may answer %v", bad[i].Input, bad[i].Output)
		}
		found[bad[i].Input.(request).operation] = true
	}
	for _, name := range operationNames {
		if !found[name] {
			t.Errorf("no %s was drawn", name)
		}
	}
}
