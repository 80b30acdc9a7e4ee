package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

// An intrusion happens before every call, of its own calls too, and says what the
// call meets.
func TestIntrusion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		meets   *Fault
		code    string
		journal error // of the journal's fault
		takes   bool  // the call takes effect
	}{
		{"nothing", nil, "", nil, true},
		{"an exception", &Fault{Error: &types.KMSInternalException{}}, "KMSInternalException", &types.KMSInternalException{}, false},
		{"an exception in place of the answer", &Fault{Error: &types.KMSInternalException{}, Applied: true}, "KMSInternalException", &types.KMSInternalException{}, true},
		{"throttling", &Fault{Error: Throttled, Skip: 7, Operation: "Decrypt"}, "ThrottlingException", Throttled, false},
		{"a delay", &Fault{Delay: time.Hour}, "", nil, true},
		{"what the operation does not throw", &Fault{Error: &types.IncorrectKeyException{}}, "", nil, true},
		{"another intrusion", &Fault{Error: Before(func() { panic("it happens") })}, "", nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			a := New(Config{Clock: func() time.Time { return begun }, Journal: 10})
			who := Administrator("111122223333", "us-east-1")
			var heard []string
			within := false
			intrusion := &Intrusion{Do: func(by *Caller, operation string, in any) *Fault {
				heard = append(heard, fmt.Sprintf("%s %T %t", operation, in, by == who))
				if within {
					return nil
				}
				within = true
				defer func() { within = false }()
				if _, _, err := ListKeys.Do(context.Background(), a, Administrator("444455556666", "us-east-1"), &kms.ListKeysInput{}); err != nil {
					t.Error(err)
				}
				a.Advance(time.Minute)
				return test.meets
			}}
			injected, _, err := a.Inject(Fault{Error: intrusion})
			if err != nil {
				t.Fatal(err)
			}
			out, _, err := CreateKey.Do(context.Background(), a, who, &kms.CreateKeyInput{})
			var exception smithy.APIError
			code := ""
			if errors.As(err, &exception) {
				code = exception.ErrorCode()
			}
			if code != test.code || (err == nil) != (out != nil) {
				t.Errorf("CreateKey answers %v, %v", out, err)
			}
			if want := []string{"CreateKey *kms.CreateKeyInput true", "ListKeys *kms.ListKeysInput false"}; !slices.Equal(heard, want) {
				t.Errorf("heard %q, want %q", heard, want)
			}
			calls := a.Calls()
			last := calls[len(calls)-1]
			if len(calls) != 2 || last.Operation != "CreateKey" || last.Time.Before(begun.Add(time.Minute)) {
				t.Errorf("the journal has %+v", calls)
			}
			if met := last.Fault; (met != nil) != (test.journal != nil || test.meets != nil && test.meets.Delay > 0) {
				t.Errorf("the journal has the fault %+v", met)
			} else if met != nil && fmt.Sprintf("%T", met.Error) != fmt.Sprintf("%T", test.journal) {
				t.Errorf("the journal has the error %v", met.Error)
			}
			a.Remove(injected...)
			list, _, err := ListKeys.Do(context.Background(), a, who, &kms.ListKeysInput{})
			if err != nil || list == nil || (len(list.Keys) == 1) != test.takes {
				t.Errorf("keys %v, %v", list, err)
			}
		})
	}
}
