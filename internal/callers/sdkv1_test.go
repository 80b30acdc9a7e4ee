package callers

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/kms"

	"example.com/kmsfake"
)

// v1 is a client of the AWS SDK for Go v1 that reaches the fake over HTTP, with
// credentials that the fake verifies.
func v1(t *testing.T, fake *kmsfake.Fake, change func(*aws.Config)) *kms.KMS {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	own, err := fake.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config := &aws.Config{
		Region: aws.String(fake.Region()), Endpoint: aws.String(server.URL), HTTPClient: server.Client(), MaxRetries: aws.Int(0),
		Credentials: credentials.NewStaticCredentials(own.AccessKeyID, own.SecretAccessKey, ""),
	}
	if change != nil {
		change(config)
	}
	s, err := session.NewSession(config)
	if err != nil {
		t.Fatal(err)
	}
	return kms.New(s)
}

func TestSDKv1Encrypts(t *testing.T) {
	t.Parallel()
	client := v1(t, newFake(), func(c *aws.Config) { c.Region = aws.String("us-east-1") })
	context := map[string]*string{"tenant": aws.String("acme")}
	sealed, err := client.Encrypt(&kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("a secret"), EncryptionContext: context})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := client.ReEncrypt(&kms.ReEncryptInput{
		CiphertextBlob: sealed.CiphertextBlob, SourceEncryptionContext: context, DestinationKeyId: aws.String(second),
	})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := client.Decrypt(&kms.DecryptInput{CiphertextBlob: moved.CiphertextBlob})
	if err != nil || string(opened.Plaintext) != "a secret" || *opened.KeyId != *moved.KeyId {
		t.Errorf("opened %v, %v", opened, err)
	}
	if _, err = client.Decrypt(&kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob}); code(err) != kms.ErrCodeInvalidCiphertextException {
		t.Errorf("without the encryption context: %v", err)
	}
	data, err := client.GenerateDataKey(&kms.GenerateDataKeyInput{KeyId: aws.String("alias/app"), KeySpec: aws.String(kms.DataKeySpecAes256)})
	if err != nil || len(data.Plaintext) != 32 {
		t.Errorf("data key %v, %v", data, err)
	}
}

func TestSDKv1Signs(t *testing.T) {
	t.Parallel()
	client := v1(t, newFake(), nil)
	made, err := client.CreateKey(&kms.CreateKeyInput{KeySpec: aws.String(kms.KeySpecEccNistP256), KeyUsage: aws.String(kms.KeyUsageTypeSignVerify)})
	if err != nil {
		t.Fatal(err)
	}
	id := made.KeyMetadata.KeyId
	signed, err := client.Sign(&kms.SignInput{KeyId: id, Message: []byte("a message"), SigningAlgorithm: aws.String(kms.SigningAlgorithmSpecEcdsaSha256)})
	if err != nil {
		t.Fatal(err)
	}
	public, err := client.GetPublicKey(&kms.GetPublicKeyInput{KeyId: id})
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKIXPublicKey(public.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a message"))
	if !ecdsa.VerifyASN1(key.(*ecdsa.PublicKey), digest[:], signed.Signature) {
		t.Error("the signature is not valid")
	}
}

func TestSDKv1Reads(t *testing.T) {
	t.Parallel()
	fake := newFake()
	client := v1(t, fake, nil)
	made, err := client.CreateKey(&kms.CreateKeyInput{Description: aws.String("wörds"), Tags: []*kms.Tag{{TagKey: aws.String("a"), TagValue: aws.String("")}}})
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(*made.KeyMetadata.CreationDate).Abs(); age > time.Hour || *made.KeyMetadata.Description != "wörds" || !*made.KeyMetadata.Enabled {
		t.Errorf("made %v", made)
	}
	// A member that is false is there to be read.
	if *made.KeyMetadata.MultiRegion {
		t.Error("the key is a multi-Region key")
	}
	for i := range 5 {
		name := fmt.Sprintf("alias/more-%d", i)
		if _, err := client.CreateAlias(&kms.CreateAliasInput{AliasName: &name, TargetKeyId: made.KeyMetadata.KeyId}); err != nil {
			t.Fatal(err)
		}
	}
	pages, aliases := 0, 0
	err = client.ListAliasesPages(&kms.ListAliasesInput{KeyId: made.KeyMetadata.KeyId, Limit: aws.Int64(2)}, func(page *kms.ListAliasesOutput, last bool) bool {
		pages++
		aliases += len(page.Aliases)
		if *page.Truncated == last {
			t.Errorf("page %d: Truncated %t, last %t", pages, *page.Truncated, last)
		}
		return true
	})
	if err != nil || pages != 3 || aliases != 5 {
		t.Errorf("%d aliases on %d pages, %v", aliases, pages, err)
	}
}

func TestSDKv1Errors(t *testing.T) {
	t.Parallel()
	fake := newFake()
	client := v1(t, fake, nil)
	_, err := client.DescribeKey(&kms.DescribeKeyInput{KeyId: aws.String("alias/none")})
	var gone *kms.NotFoundException
	if !errors.As(err, &gone) || gone.Message() != "Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found." || gone.StatusCode() != 400 || gone.RequestID() == "" {
		t.Errorf("got %v", err)
	}
	if _, err := client.CreateKey(&kms.CreateKeyInput{KeySpec: aws.String("AES")}); code(err) != "ValidationException" {
		t.Errorf("of a key spec that there is not: %v", err)
	}
	stranger := v1(t, fake, func(c *aws.Config) { c.Credentials = credentials.NewStaticCredentials("AKIDEXAMPLE", "x", "") })
	if _, err := stranger.ListKeys(nil); err != nil {
		t.Errorf("with credentials that nobody handed out: %v", err)
	}
	own, err := fake.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forger := v1(t, fake, func(c *aws.Config) { c.Credentials = credentials.NewStaticCredentials(own.AccessKeyID, "x", "") })
	if _, err := forger.ListKeys(nil); code(err) != "InvalidSignatureException" {
		t.Errorf("with another's access key: %v", err)
	}
}

func code(err error) string {
	var failed awserr.Error
	if !errors.As(err, &failed) {
		return ""
	}
	return failed.Code()
}
