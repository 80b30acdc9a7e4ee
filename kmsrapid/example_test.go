package kmsrapid_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// The world of a failing run is printed as Go, and New makes it again.
func ExampleAWS() {
	world := kmsrapid.AWS{
		Keys: []kmsfake.Key{{
			ID: "00000001-0000-4000-8000-000000000000", Spec: types.KeySpecSymmetricDefault, Aliases: []string{"alias/app"},
		}},
		Grants: []kmsrapid.Grant{{
			Key:     "arn:aws:kms:us-east-1:111122223333:key/00000001-0000-4000-8000-000000000000",
			Grantee: kmsrapid.Grantee, Operations: []types.GrantOperation{types.GrantOperationEncrypt},
		}},
	}
	fmt.Println(world.GoString())

	app := world.New().As(kmsrapid.Grantee)
	_, err := app.Encrypt(context.Background(), &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("secret")})
	fmt.Println(err)
	// Output:
	// kmsrapid.AWS{Keys: []kmsfake.Key{{ID: "00000001-0000-4000-8000-000000000000", Spec: "SYMMETRIC_DEFAULT", Aliases: []string{"alias/app"}}}, Grants: []kmsrapid.Grant{{Key: "arn:aws:kms:us-east-1:111122223333:key/00000001-0000-4000-8000-000000000000", Grantee: "arn:aws:iam::111122223333:role/app", Operations: []types.GrantOperation{"Encrypt"}}}}
	// <nil>
}

// Names that CreateAlias refuses come with the exception that it must answer.
func ExampleBadAlias() {
	fake := kmsfake.New()
	key, err := fake.CreateKey(context.Background(), nil)
	if err != nil {
		panic(err)
	}
	bad := kmsrapid.BadAlias{Name: "alias/a:b", Code: "InvalidAliasNameException", Text: "alias/a:b contains invalid characters for an alias"}
	_, err = fake.CreateAlias(context.Background(), &kms.CreateAliasInput{AliasName: &bad.Name, TargetKeyId: key.KeyMetadata.KeyId})
	fmt.Println(bad.Is(err))
	// Output: true
}
