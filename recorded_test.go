package kmsfake_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// The tests of this file are what AWS was seen to answer, with ids of this AWS
// in the place of its own.

func TestRecordedRandomOfInvalidLength(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, c := range []struct {
		bytes *int32
		text  string
	}{
		{nil, "NumberOfBytes is required."},
		{aws.Int32(0), "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{aws.Int32(1025), "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"},
	} {
		got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: c.bytes})).fails(t, "ValidationException", c.text)
	}
}

func TestRecordedKeyInAnotherRegion(t *testing.T) {
	t.Parallel()
	f := newFake()
	there := f.InRegion(otherRegion)
	key := newKeyLike(t, there, &kms.CreateKeyInput{Description: aws.String("test key 123")})
	got(describeKey(t, f, key)).fails(t, "NotFoundException", fmt.Sprintf("Key 'arn:aws:kms:us-east-1:111122223333:key/%s' does not exist", key))
	got(describeKey(t, f, keyARN(there, key))).fails(t, "NotFoundException", "Invalid arn eu-west-1")
	for _, name := range []string{key, keyARN(there, key)} {
		have := describe(t, there, name)
		want := metadataOf(there, key)
		want.Description, want.CurrentKeyMaterialId = aws.String("test key 123"), have.CurrentKeyMaterialId
		equal(t, "metadata", have, want)
	}
	// The SDK lets a client of one Region ask in another.
	out := got(f.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key}, func(o *kms.Options) { o.Region = otherRegion })).ok(t)
	equal(t, "Arn", *out.KeyMetadata.Arn, keyARN(there, key))
}

func TestRecordedKeyThatDoesNotExist(t *testing.T) {
	t.Parallel()
	f := newFake()
	const mrk = "mrk-d3b95762d3b95762d3b95762d3b95762"
	for name, arn := range map[string]string{
		unknownKey:            keyARN(f, unknownKey),
		keyARN(f, unknownKey): keyARN(f, unknownKey),
		mrk:                   keyARN(f, mrk),
	} {
		got(describeKey(t, f, name)).fails(t, "NotFoundException", "Key '"+arn+"' does not exist")
	}
}

func TestRecordedTags(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("tag1=value1", "tag2=value2")})
	equal(t, "tags", tagsOf(t, f, key), tags("tag1=value1", "tag2=value2"))
	got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &key, TagKeys: []string{"tag1", "tag2"}})).ok(t)
	equal(t, "tags", tagsOf(t, f, key), []types.Tag{})
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("aws:key1=value1")})).fails(t, "TagException", "Tags beginning with aws: are reserved")
}

func TestRecordedCiphertexts(t *testing.T) {
	t.Parallel()
	f := newFake()
	key, other := newKey(t, f), newKey(t, f)
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &key, CiphertextBlob: []byte("bad-ciphertext")})).fails(t, "InvalidCiphertextException", "")
	blob := got(encrypt(t, f, key, "secret")).ok(t).CiphertextBlob
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: &other, DestinationKeyId: &key})).fails(t, "IncorrectKeyException",
		"The key ID in the request does not identify a CMK that can perform this operation.")
}

func TestRecordedDescribeByAliasARN(t *testing.T) {
	t.Parallel()
	f := newFake()
	created := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String("test - description")})).ok(t).KeyMetadata
	want := metadataOf(f, *created.KeyId)
	want.Description, want.CurrentKeyMaterialId = aws.String("test - description"), created.CurrentKeyMaterialId
	equal(t, "CreateKey", created, want)
	newAlias(t, f, "alias/recorded", *created.KeyId)
	equal(t, "DescribeKey", describe(t, f, aliasARN(f, "alias/recorded")), want)
}
