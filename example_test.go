package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// The fake has every operation of *kms.Client, and fails as AWS does.
func Example() {
	ctx := context.Background()
	fake := kmsfake.New()
	key, err := fake.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("of the tenant acme")})
	if err != nil {
		fmt.Println(err)
		return
	}
	alias := aws.String("alias/acme")
	if _, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: key.KeyMetadata.KeyId}); err != nil {
		fmt.Println(err)
		return
	}
	sealed, err := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: alias, Plaintext: []byte("a secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	opened, err := fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", opened.Plaintext)

	if _, err := fake.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key.KeyMetadata.KeyId}); err != nil {
		fmt.Println(err)
		return
	}
	_, err = fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	var disabled *types.DisabledException
	fmt.Println(errors.As(err, &disabled))
	// Output:
	// a secret
	// true
}

// Nobody waits for the waiting period of a deletion.
func ExampleFake_Advance() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithKeys(kmsfake.Key{Aliases: []string{"alias/old"}}))
	key, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/old")})
	if err != nil {
		fmt.Println(err)
		return
	}
	id := key.KeyMetadata.KeyId
	if _, err := fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(7)}); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		fake.Advance(4 * 24 * time.Hour)
		key, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
		if err != nil {
			fmt.Printf("%q\n", codeOf(err))
			return
		}
		fmt.Println(key.KeyMetadata.KeyState)
	}
	// Output:
	// PendingDeletion
	// "NotFoundException"
}

// Keys that are there from the start have the ids that configuration files of the
// code under test speak of.
func ExampleWithKeys() {
	fake := kmsfake.New(kmsfake.WithKeys(
		kmsfake.Key{ID: "1234abcd-12ab-34cd-56ef-1234567890ab", Aliases: []string{"alias/app"}},
		kmsfake.Key{Aliases: []string{"alias/tokens"}, Spec: types.KeySpecEccNistP256, Usage: types.KeyUsageTypeSignVerify},
		kmsfake.Key{Aliases: []string{"alias/closed"}, State: types.KeyStateDisabled},
	))
	for _, alias := range []string{"alias/app", "alias/tokens", "alias/closed"} {
		out, err := fake.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &alias})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(alias, out.KeyMetadata.KeySpec, out.KeyMetadata.KeyState)
	}
	// Output:
	// alias/app SYMMETRIC_DEFAULT Enabled
	// alias/tokens ECC_NIST_P256 Enabled
	// alias/closed SYMMETRIC_DEFAULT Disabled
}

// A test shows what there is when it fails: t.Cleanup with Dump to t.Output().
func ExampleFake_Dump() {
	fake := kmsfake.New(
		kmsfake.WithSeed(1),
		kmsfake.WithClock(func() time.Time { return time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC) }),
		kmsfake.WithoutAWSAliases(),
		kmsfake.WithKeys(kmsfake.Key{ID: "1234abcd-12ab-34cd-56ef-1234567890ab", Aliases: []string{"alias/app"}, Origin: types.OriginTypeExternal, State: types.KeyStatePendingImport}),
	)
	fake.Dump(os.Stdout)
	// Output:
	// AWS KMS (kmsfake, seed 1)
	// account 111122223333 in us-east-1
	//   key 1234abcd-12ab-34cd-56ef-1234567890ab SYMMETRIC_DEFAULT ENCRYPT_DECRYPT PendingImport, origin EXTERNAL, made 2026-05-04T12:00:00Z
	//     alias/app made 2026-05-04T12:00:00Z
}

// What is tried on a clone leaves the fake as it is.
func ExampleFake_Clone() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithKeys(kmsfake.Key{Aliases: []string{"alias/app"}}))
	clone := fake.Clone()
	if _, err := clone.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: aws.String("alias/app")}); err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range []*kmsfake.Fake{fake, clone} {
		_, err := f.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/app")})
		fmt.Printf("%q\n", codeOf(err))
	}
	// Output:
	// ""
	// "NotFoundException"
}

// Each account has keys of its own in each Region.
func ExampleFake_InAccount() {
	ctx := context.Background()
	fake := kmsfake.New()
	key, err := fake.CreateKey(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range []*kmsfake.Fake{fake, fake.InRegion("eu-west-1"), fake.InAccount("444455556666")} {
		_, err := f.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key.KeyMetadata.Arn})
		fmt.Printf("%s %s %q\n", f.Account(), f.Region(), codeOf(err))
	}
	// Output:
	// 111122223333 us-east-1 ""
	// 111122223333 eu-west-1 "NotFoundException"
	// 444455556666 us-east-1 "AccessDeniedException"
}

// AWS KMS is eventually consistent. Code that counts on a new alias at once fails
// here too.
func ExampleWithPropagationDelay() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithPropagationDelay(5*time.Minute), kmsfake.WithKeys(kmsfake.Key{ID: "1234abcd-12ab-34cd-56ef-1234567890ab"}))
	in := &kms.CreateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: aws.String("1234abcd-12ab-34cd-56ef-1234567890ab")}
	if _, err := fake.CreateAlias(ctx, in); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		_, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: in.AliasName})
		fmt.Printf("%q\n", codeOf(err))
		fake.Advance(5 * time.Minute)
	}
	// Output:
	// "NotFoundException"
	// ""
}

// Small quotas show what happens when one is reached.
func ExampleWithQuotas() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: 1}))
	for range 2 {
		_, err := fake.CreateKey(ctx, nil)
		fmt.Printf("%q\n", codeOf(err))
	}
	// Output:
	// ""
	// "LimitExceededException"
}

// Code that makes its own client gets a configuration with which it reaches the
// fake.
func ExampleFake_Config() {
	fake := kmsfake.New(kmsfake.WithRegion("eu-central-1"))
	client := kms.NewFromConfig(fake.Config())
	out, err := client.CreateKey(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*out.KeyMetadata.AWSAccountId, client.Options().Region)
	// Output: 111122223333 eu-central-1
}

// The same seed gives the same ids, key material and random bytes.
func ExampleWithSeed() {
	var ids []string
	for range 2 {
		out, err := kmsfake.New(kmsfake.WithSeed(7)).CreateKey(context.Background(), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		ids = append(ids, *out.KeyMetadata.KeyId)
	}
	fmt.Println(ids[0] == ids[1])
	// Output: true
}
