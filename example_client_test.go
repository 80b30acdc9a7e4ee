package kmsfake_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// Code that takes a *kms.Client gets a real one.
func ExampleFake_Client() {
	fake := kmsfake.New(kmsfake.WithKeys(kmsfake.Key{Aliases: []string{"alias/app"}}))
	client := fake.Client()
	sealed, err := client.Encrypt(context.Background(), &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("a secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	opened, err := client.Decrypt(context.Background(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(opened.Plaintext))
	// Output: a secret
}

// Other processes and languages reach the fake over HTTP. Whatever credentials
// they have will do.
func ExampleFake_ServeHTTP() {
	fake := kmsfake.New(kmsfake.WithKeys(kmsfake.Key{ID: "1234abcd-12ab-34cd-56ef-1234567890ab"}))
	server := httptest.NewServer(fake)
	defer server.Close()

	client := kms.New(kms.Options{
		BaseEndpoint: &server.URL, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	list, err := client.ListKeys(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*list.Keys[0].KeyArn)
	// Output: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
}

// Keys that are there from the start can come from a file.
func ExampleReadKeys() {
	keys, err := kmsfake.ReadKeys(strings.NewReader(`[
		{"id": "1234abcd-12ab-34cd-56ef-1234567890ab", "aliases": ["alias/app"], "tags": {"team": "payments"}},
		{"spec": "HMAC_256", "aliases": ["alias/mac"], "material": "YSBrZXkgb2YgMzIgYnl0ZXMsIGFzIEhNQUNfMjU2J3M="}
	]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fake := kmsfake.New(kmsfake.WithKeys(keys...))
	for _, alias := range []string{"alias/app", "alias/mac"} {
		key, err := fake.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &alias})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(alias, key.KeyMetadata.KeySpec, key.KeyMetadata.KeyState)
	}

	_, err = kmsfake.ReadKeys(strings.NewReader("[\n  {\"spec\": \"AES_256\"}\n]"))
	fmt.Println(err)
	// Output:
	// alias/app SYMMETRIC_DEFAULT Enabled
	// alias/mac HMAC_256 Enabled
	// kmsfake: read keys: line 2: key 1: spec: there is no key spec "AES_256"
}
