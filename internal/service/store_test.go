package service

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// Anything can be a caller's Region. Asking and being refused there keep nothing.
func TestAskingMakesNoRegions(t *testing.T) {
	t.Parallel()
	a := New(Config{})
	unknown := aws.String("1234abcd-12ab-34cd-56ef-1234567890ab")
	for i := range 100 {
		who := Administrator("111122223333", fmt.Sprintf("moon-%d", i))
		list, _, err := ListAliases.Do(context.Background(), a, who, &kms.ListAliasesInput{})
		if err != nil || len(list.Aliases) != len(predefinedAliases) {
			t.Fatalf("ListAliases: %d aliases, %v", len(list.Aliases), err)
		}
		if _, _, err := DescribeKey.Do(context.Background(), a, who, &kms.DescribeKeyInput{KeyId: unknown}); err == nil {
			t.Fatal("DescribeKey found a key")
		}
		if _, _, err := DisableKey.Do(context.Background(), a, who, &kms.DisableKeyInput{KeyId: unknown}); err == nil {
			t.Fatal("DisableKey found a key")
		}
	}
	if len(a.regions) != 0 {
		t.Errorf("%d Regions are kept", len(a.regions))
	}
}

// Deleted aliases are kept while somebody still sees them, and no longer.
func TestDeletedAliasesAreForgotten(t *testing.T) {
	t.Parallel()
	a := New(Config{PropagationDelay: time.Minute})
	who, ctx := Administrator("111122223333", "us-east-1"), context.Background()
	made, _, err := CreateKey.Do(ctx, a, who, &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	a.Advance(time.Hour)
	for i := range 100 {
		name := fmt.Sprintf("alias/%d", i)
		if _, _, err := CreateAlias.Do(ctx, a, who, &kms.CreateAliasInput{AliasName: &name, TargetKeyId: made.KeyMetadata.KeyId}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := DeleteAlias.Do(ctx, a, who, &kms.DeleteAliasInput{AliasName: &name}); err != nil {
			t.Fatal(err)
		}
		if n := len(a.regions["us-east-1"].accounts["111122223333"].leaving); n > 3 {
			t.Fatalf("%d deleted aliases are kept, of the last minute are 3", n)
		}
		a.Advance(25 * time.Second)
	}
}

// What was made in a Region stays there, for all accounts in it.
func TestMakingKeepsTheRegion(t *testing.T) {
	t.Parallel()
	a := New(Config{})
	for _, account := range []string{"111122223333", "444455556666"} {
		who := Administrator(account, "moon-1")
		made, _, err := CreateKey.Do(context.Background(), a, who, &kms.CreateKeyInput{})
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := ListKeys.Do(context.Background(), a, who, &kms.ListKeysInput{})
		if err != nil || len(list.Keys) != 1 || *list.Keys[0].KeyId != *made.KeyMetadata.KeyId {
			t.Errorf("ListKeys: %v, %v", list, err)
		}
	}
	if len(a.regions) != 1 || len(a.regions["moon-1"].keys) != 2 {
		t.Errorf("kept %v", a.regions)
	}
}
