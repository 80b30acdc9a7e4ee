package kmsfake_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// A test acts as the role that its code will run under, with the policy that the
// role will have, and the journal tells what that lacks.
func ExampleFake_As() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithSeed(1), kmsfake.WithJournal(100))
	key, _ := fake.CreateKey(ctx, nil)

	role := fake.As("arn:aws:iam::111122223333:role/app", `{"Version": "2012-10-17", "Statement": {
		"Sid": "Seal", "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*",
		"Condition": {"StringEquals": {"kms:EncryptionContext:App": "vault"}}}}`)
	_, err := role.Encrypt(ctx, &kms.EncryptInput{
		KeyId: key.KeyMetadata.Arn, Plaintext: []byte("hello"), EncryptionContext: map[string]string{"App": "vault"},
	})
	fmt.Println(err)
	_, err = role.Encrypt(ctx, &kms.EncryptInput{
		KeyId: key.KeyMetadata.Arn, Plaintext: []byte("hello"), EncryptionContext: map[string]string{"App": "vualt"},
	})
	fmt.Println(strings.Contains(err.Error(), "because no identity-based policy allows the kms:Encrypt action"))

	calls := fake.Calls()
	_, why, _ := strings.Cut(calls[len(calls)-1].Why, ": ")
	fmt.Println(why)
	// Output:
	// <nil>
	// true
	// statement "Seal" of identity policy 1 asks StringEquals of kms:EncryptionContext:App, and kms:EncryptionContext:App is "vualt"
}

// A grant lets a principal use a key for a while.
func ExampleFake_CreateGrant() {
	ctx := context.Background()
	fake := kmsfake.New()
	key, _ := fake.CreateKey(ctx, nil)
	worker := fake.As("arn:aws:iam::111122223333:user/worker")
	seal := func() {
		_, err := worker.Encrypt(ctx, &kms.EncryptInput{KeyId: key.KeyMetadata.Arn, Plaintext: []byte("hello")})
		fmt.Println(err == nil)
	}
	seal()
	grant, _ := fake.CreateGrant(ctx, &kms.CreateGrantInput{
		KeyId:            key.KeyMetadata.KeyId,
		GranteePrincipal: aws.String(worker.Principal()),
		Operations:       []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationRetireGrant},
	})
	seal()
	worker.RetireGrant(ctx, &kms.RetireGrantInput{GrantToken: grant.GrantToken})
	seal()
	// Output:
	// false
	// true
	// false
}
