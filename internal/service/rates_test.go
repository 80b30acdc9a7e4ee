package service

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
)

// Requests in ever new Regions keep no more buckets than there may be, and those
// that there are still count.
func TestRatesAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 14, 15, 9, 26, 0, time.UTC)
	a := New(Config{Clock: func() time.Time { return now }, Quotas: Quotas{Rates: map[string]float64{"ListKeys": 1}}})
	ask := func(region string) error {
		_, _, err := ListKeys.Do(context.Background(), a, Administrator("111122223333", region), &kms.ListKeysInput{})
		return err
	}
	for i := range mostBuckets + 100 {
		if err := ask(fmt.Sprintf("moon-%d", i)); err != nil {
			t.Fatalf("the first request in a Region: %v", err)
		}
	}
	if n := len(a.rates.buckets); n != mostBuckets {
		t.Errorf("%d buckets, want %d", n, mostBuckets)
	}
	var exception smithy.APIError
	if err := ask("moon-0"); !errors.As(err, &exception) || exception.ErrorCode() != "ThrottlingException" {
		t.Errorf("the second request in a Region: %v", err)
	}
	a.Advance(time.Second)
	if err := ask("moon-new"); err != nil {
		t.Error(err)
	}
	if n := len(a.rates.buckets); n != 1 {
		t.Errorf("%d buckets when all were full, want the new one", n)
	}
}

// Every operation that does not share a quota has one.
func TestEveryOperationHasARequestRate(t *testing.T) {
	t.Parallel()
	shared := map[string]bool{
		"Decapsulate": true, "Decrypt": true, "DeriveSharedSecret": true, "Encapsulate": true, "Encrypt": true, "GenerateDataKey": true,
		"GenerateDataKeyPair": true, "GenerateDataKeyPairWithoutPlaintext": true, "GenerateDataKeyWithoutPlaintext": true, "GenerateMac": true,
		"GenerateRandom": true, "ReEncrypt": true, "Sign": true, "Verify": true, "VerifyMac": true,
	}
	for name := range operations {
		if _, ok := requestRates[name]; ok == shared[name] {
			t.Errorf("%s shares a quota: %v, has one of its own: %v", name, shared[name], ok)
		}
	}
}
