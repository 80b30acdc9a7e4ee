package service

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// While changes take time to propagate, a rotation on demand is in progress: the
// key is still as it was, its status tells since when, and no other may begin.
func TestRotationInProgress(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 14, 15, 9, 26, 0, time.UTC)
	a := New(Config{Clock: func() time.Time { return now }, PropagationDelay: time.Minute})
	who := Administrator("111122223333", "us-east-1")
	created, _, err := CreateKey.Do(t.Context(), a, who, &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	a.Advance(time.Hour)
	id := created.KeyMetadata.KeyId
	status := func() *kms.GetKeyRotationStatusOutput {
		t.Helper()
		out, _, err := GetKeyRotationStatus.Do(t.Context(), a, who, &kms.GetKeyRotationStatusInput{KeyId: id})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	rotations := func() *kms.ListKeyRotationsOutput {
		t.Helper()
		out, _, err := ListKeyRotations.Do(t.Context(), a, who, &kms.ListKeyRotationsInput{KeyId: id})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	rotate := func() error {
		_, _, err := RotateKeyOnDemand.Do(t.Context(), a, who, &kms.RotateKeyOnDemandInput{KeyId: id})
		return err
	}
	if err := rotate(); err != nil {
		t.Fatal(err)
	}
	begun := a.Now()
	a.Advance(time.Minute - 1)
	if at := status().OnDemandRotationStartDate; at == nil || !at.Equal(begun) {
		t.Errorf("in progress since %v, want %v", at, begun)
	}
	if n := len(rotations().Rotations); n != 0 {
		t.Errorf("%d rotations are complete", n)
	}
	if rotate() == nil {
		t.Error("another rotation began")
	}
	a.Advance(1)
	if at := status().OnDemandRotationStartDate; at != nil {
		t.Errorf("in progress since %v, but it is complete", at)
	}
	list := rotations().Rotations
	if len(list) != 1 || !list[0].RotationDate.Equal(begun.Add(time.Minute)) {
		t.Errorf("complete: %v", list)
	}
	if err := rotate(); err != nil {
		t.Errorf("after it: %v", err)
	}
}
