package service

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// Keys are scheduled and saved over and over: what waits for its time are the
// keys that are scheduled, once each, in the original and in its clone.
func TestWhatIsDueDoesNotGrow(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := New(Config{Clock: func() time.Time { return start }})
	who := Administrator("111122223333", "us-east-1")
	random := rand.New(rand.NewPCG(1, 2))
	var ids []*string
	for range 20 {
		made, _, err := CreateKey.Do(context.Background(), a, who, &kms.CreateKeyInput{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.KeyMetadata.KeyId)
	}
	until := map[string]time.Time{}
	for i := range 2000 {
		id := ids[random.IntN(len(ids))]
		if _, scheduled := until[*id]; scheduled {
			if _, _, err := CancelKeyDeletion.Do(context.Background(), a, who, &kms.CancelKeyDeletionInput{KeyId: id}); err != nil {
				t.Fatal(err)
			}
			delete(until, *id)
		} else {
			window := aws.Int32(7 + random.Int32N(24))
			out, _, err := ScheduleKeyDeletion.Do(context.Background(), a, who, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: window})
			if err != nil {
				t.Fatal(err)
			}
			until[*id] = *out.DeletionDate
		}
		if len(a.due.queue) != len(until) {
			t.Fatalf("step %d: %d keys are due, %d are scheduled", i, len(a.due.queue), len(until))
		}
	}
	for _, each := range []*AWS{a, a.Clone()} {
		for days := range 32 {
			for _, id := range ids {
				_, _, err := DescribeKey.Do(context.Background(), each, who, &kms.DescribeKeyInput{KeyId: id})
				at, scheduled := until[*id]
				if gone := scheduled && !each.Now().Before(at); gone != (err != nil) {
					t.Errorf("day %d: key of %v: %v", days, at, err)
				}
			}
			each.Advance(day)
		}
		if len(each.due.queue) != 0 || each.due.next.Load() != 0 {
			t.Errorf("%d keys are due after all", len(each.due.queue))
		}
	}
}
