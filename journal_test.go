package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	fake := kmsfake.New(kmsfake.WithClock(func() time.Time { return now }))
	arn := freshKey(t, fake)
	sealed, err := fake.Encrypt(t.Context(), &kms.EncryptInput{
		KeyId: &arn, Plaintext: []byte("secret"), EncryptionContext: map[string]string{"a": "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	fake.Advance(time.Minute)
	fake.Inject(kmsfake.Fault{Operation: "Decrypt", Error: kmsfake.Timeout, Applied: true})
	other := fake.InRegion("eu-west-1")
	_ = described(t.Context(), other, "alias/none")
	_, _ = fake.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	_, _ = fake.CreateAlias(t.Context(), &kms.CreateAliasInput{}) // is not sent
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_ = described(ended, fake, arn) // is not sent

	calls := fake.Calls()
	if len(calls) != 4 {
		t.Fatalf("%d calls: %v", len(calls), calls)
	}
	for i, want := range []struct {
		operation, key, region string
		ok                     bool
		at                     time.Time
	}{
		{"CreateKey", arn, "us-east-1", true, now},
		{"Encrypt", arn, "us-east-1", true, now},
		{"DescribeKey", "", "eu-west-1", false, now.Add(time.Minute)},
		{"Decrypt", arn, "us-east-1", false, now.Add(time.Minute)},
	} {
		got := calls[i]
		if got.Operation != want.operation || got.KeyARN != want.key || got.Region != want.region || (got.Error == nil) != want.ok ||
			!got.Time.Equal(want.at) || got.Principal != "arn:aws:iam::111122223333:user/kmsfake" || got.Account != "111122223333" {
			t.Errorf("call %d: %+v, want %+v", i, got, want)
		}
	}
	in, out := calls[1].Input.(*kms.EncryptInput), calls[1].Output.(*kms.EncryptOutput)
	if string(in.Plaintext) != "secret" || in.EncryptionContext["a"] != "b" || !slices.Equal(out.CiphertextBlob, sealed.CiphertextBlob) {
		t.Errorf("Encrypt: %+v %+v", in, out)
	}
	var missing *types.NotFoundException
	if !errors.As(calls[2].Error, &missing) || calls[2].RequestID == "" || calls[2].Fault != nil {
		t.Errorf("DescribeKey: %+v", calls[2])
	}
	if calls[3].Fault == nil || !calls[3].Fault.Applied || calls[3].Output != nil || calls[3].RequestID != "" {
		t.Errorf("Decrypt: %+v", calls[3])
	}
	for _, call := range calls {
		if text := call.String(); strings.Contains(text, "secret") || !strings.Contains(text, call.Operation) || strings.Contains(text, "\n") {
			t.Errorf("shown as %q", text)
		}
	}

	// What the journal gives away is the reader's, and what it was given is not kept.
	in.Plaintext[0], out.CiphertextBlob[0], sealed.CiphertextBlob[0] = 'x', 0xff, 0xff
	again := fake.Calls()[1]
	if string(again.Input.(*kms.EncryptInput).Plaintext) != "secret" || again.Output.(*kms.EncryptOutput).CiphertextBlob[0] == 0xff {
		t.Error("the journal shares memory")
	}

	var dump strings.Builder
	fake.Dump(&dump)
	if strings.Contains(dump.String(), "secret") {
		t.Error("Dump shows a plaintext")
	}
}

// The journal keeps the last calls, as many as it is told, and off is off.
func TestJournalIsBounded(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 0, 1, 2, 17, 100} {
		fake := kmsfake.New(kmsfake.WithJournal(limit))
		for i := range 100 {
			_ = described(t.Context(), fake, fmt.Sprintf("alias/%d", i))
		}
		calls := fake.Calls()
		if len(calls) != max(limit, 0) {
			t.Errorf("limit %d: %d calls", limit, len(calls))
		}
		for i, call := range calls {
			if want := fmt.Sprintf("alias/%d", 100-len(calls)+i); *call.Input.(*kms.DescribeKeyInput).KeyId != want {
				t.Errorf("limit %d: call %d is not of %s", limit, i, want)
			}
		}
	}
	// 16 MiB hold no more than 16 inputs of nearly 1 MiB, and none that is larger.
	fake := kmsfake.New()
	for range 40 {
		_, _ = fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("alias/x"), Plaintext: make([]byte, 1<<20-100)})
	}
	if n := len(fake.Calls()); n < 14 || n > 16 {
		t.Errorf("%d calls of 1 MiB", n)
	}
	_, _ = fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("alias/x"), Plaintext: make([]byte, 20<<20)})
	if calls := fake.Calls(); len(calls) < 14 || calls[len(calls)-1].Input != nil {
		t.Errorf("%d calls; the last has its input: %v", len(calls), calls[len(calls)-1].Input != nil)
	}
}

// The texts of exceptions repeat what was wrong in the input. They count as it does.
func TestJournalBoundsTextsOfExceptions(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	long := strings.Repeat("ä", 1<<19)
	for range 20 {
		if err := described(t.Context(), fake, long); err == nil || len(err.Error()) < len(long) {
			t.Fatal("the caller has no text that repeats the key id")
		}
	}
	calls := fake.Calls()
	if len(calls) > 16 || len(calls) < 14 {
		t.Errorf("%d calls whose errors have 1 MiB each", len(calls))
	}
	var exception smithy.APIError
	if last := calls[len(calls)-1]; !errors.As(last.Error, &exception) || exception.ErrorCode() != "ValidationException" ||
		len(exception.ErrorMessage()) > 1<<20 || !utf8.ValidString(exception.ErrorMessage()) {
		t.Errorf("the journal's error is %.100v", last.Error)
	}
}

// The journal's order is the one in which calls took effect: an answer that
// tells the state shows what the last change before it in the journal made.
func TestCallsAreInOrderOfEffect(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	key := freshKey(t, fake)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				text := fmt.Sprintf("%d.%d", g, i)
				if _, err := fake.UpdateKeyDescription(context.Background(), &kms.UpdateKeyDescriptionInput{KeyId: &key, Description: &text}); err != nil {
					t.Error(err)
				}
				if err := described(context.Background(), fake, key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	description := ""
	for _, call := range fake.Calls()[1:] {
		switch in := call.Input.(type) {
		case *kms.UpdateKeyDescriptionInput:
			description = *in.Description
		case *kms.DescribeKeyInput:
			if got := *call.Output.(*kms.DescribeKeyOutput).KeyMetadata.Description; got != description {
				t.Fatalf("answered %q after %q", got, description)
			}
		}
	}
}

// The journal tells of a call with several names which key it was about.
func TestCallsAreAboutAKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	first, second := newKey(t, f), newKey(t, f)
	blob := got(encrypt(t, f, first, "x")).ok(t).CiphertextBlob
	about := func(what, key string) {
		t.Helper()
		calls := f.Calls()
		equal(t, what, calls[len(calls)-1].KeyARN, keyARN(f, key))
	}
	newAlias(t, f, "alias/a", first)
	about("CreateAlias", first)
	got(updateAlias(t, f, "alias/a", second)).ok(t)
	about("UpdateAlias, which is about the new target", second)
	got(updateAlias(t, f, "alias/none", first)).failsWith(t, "NotFoundException")
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &second})).ok(t)
	about("ReEncrypt, which is about the source", first)
	got(encrypt(t, f, "alias/a", "x")).ok(t)
	about("Encrypt by an alias", second)
	got(deleteAlias(t, f, "alias/a")).ok(t)
	about("DeleteAlias", second)

	// A call that a fault has kept from the service is about the key that it names.
	newAlias(t, f, "alias/b", first)
	f.Inject(kmsfake.Fault{Operation: "Encrypt", Error: kmsfake.Throttled})
	for _, name := range []string{first, keyARN(f, first), "alias/b", aliasARN(f, "alias/b")} {
		got(encrypt(t, f, name, "x")).failsWith(t, "ThrottlingException")
		about("Encrypt by "+name+", throttled", first)
	}
	for _, name := range []string{unknownKey, "alias/none"} {
		got(encrypt(t, f, name, "x")).failsWith(t, "ThrottlingException")
		calls := f.Calls()
		equal(t, "Encrypt by "+name+", throttled", calls[len(calls)-1].KeyARN, "")
	}
}
