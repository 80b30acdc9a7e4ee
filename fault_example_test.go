package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// The second and the third Decrypt fail.
func ExampleFake_Inject() {
	ctx := context.Background()
	fake := kmsfake.New()
	key, _ := fake.CreateKey(ctx, &kms.CreateKeyInput{})
	sealed, _ := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: key.KeyMetadata.KeyId, Plaintext: []byte("secret")})

	fault := fake.Inject(kmsfake.Fault{Operation: "Decrypt", Skip: 1, Times: 2, Error: &types.KMSInternalException{}})
	for range 4 {
		_, err := fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
		var internal *types.KMSInternalException
		fmt.Println(errors.As(err, &internal))
	}
	fmt.Println("fired", fault.Fired())
	// Output:
	// false
	// true
	// true
	// false
	// fired 2
}

// The alias is made, and the caller does not learn of it.
func ExampleFault_applied() {
	ctx := context.Background()
	fake := kmsfake.New(kmsfake.WithFaults(kmsfake.Fault{
		Operation: "CreateAlias", Times: 1, Error: kmsfake.Timeout, Applied: true,
	}))
	key, _ := fake.CreateKey(ctx, &kms.CreateKeyInput{})
	in := &kms.CreateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: key.KeyMetadata.KeyId}

	_, err := fake.CreateAlias(ctx, in)
	fmt.Println("first:", err != nil)
	_, err = fake.CreateAlias(ctx, in)
	var exists *types.AlreadyExistsException
	fmt.Println("second: exists already:", errors.As(err, &exists))
	// Output:
	// first: true
	// second: exists already: true
}

// A test asks what was called, and with what.
func ExampleFake_Calls() {
	ctx := context.Background()
	fake := kmsfake.New()
	key, _ := fake.CreateKey(ctx, &kms.CreateKeyInput{})
	_, _ = fake.Encrypt(ctx, &kms.EncryptInput{
		KeyId: key.KeyMetadata.KeyId, Plaintext: []byte("secret"), EncryptionContext: map[string]string{"tenant": "acme"},
	})

	for _, call := range fake.Calls() {
		if in, ok := call.Input.(*kms.EncryptInput); ok {
			fmt.Println(call.Operation, in.EncryptionContext["tenant"], call.Error)
		}
	}
	// Output:
	// Encrypt acme <nil>
}

func ExampleReadFaults() {
	_, err := kmsfake.ReadFaults(strings.NewReader(`[
  {"operation": "Decrypt", "key": "alias/app", "delay": "150ms"},
  {"operation": "Decrypt", "error": "DisabledExeption"}
]`))
	fmt.Println(err)
	// Output:
	// kmsfake: reading faults: line 3, column 37: Fault.Error: AWS KMS throws no DisabledExeption; did you mean DisabledException?
}
