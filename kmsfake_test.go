package kmsfake_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// A Fake stands wherever the SDK asks for an API client.
var (
	_ kms.DescribeCustomKeyStoresAPIClient = (*kmsfake.Fake)(nil)
	_ kms.ListAliasesAPIClient             = (*kmsfake.Fake)(nil)
	_ kms.ListGrantsAPIClient              = (*kmsfake.Fake)(nil)
	_ kms.ListKeyPoliciesAPIClient         = (*kmsfake.Fake)(nil)
	_ kms.ListKeyRotationsAPIClient        = (*kmsfake.Fake)(nil)
	_ kms.ListKeysAPIClient                = (*kmsfake.Fake)(nil)
	_ kms.ListResourceTagsAPIClient        = (*kmsfake.Fake)(nil)
	_ kms.ListRetirableGrantsAPIClient     = (*kmsfake.Fake)(nil)
)

func TestHandles(t *testing.T) {
	t.Parallel()
	f := kmsfake.New()
	for _, c := range []struct {
		handle          *kmsfake.Fake
		account, region string
	}{
		{f, "111122223333", "us-east-1"},
		{f.InRegion("eu-west-1"), "111122223333", "eu-west-1"},
		{f.InAccount("444455556666"), "444455556666", "us-east-1"},
		{f.InAccount("444455556666").InRegion("eu-west-1"), "444455556666", "eu-west-1"},
		{f.InRegion("eu-west-1").InAccount("444455556666"), "444455556666", "eu-west-1"},
		{kmsfake.New(kmsfake.WithRegion("ap-northeast-1"), kmsfake.WithAccount("123456789012")), "123456789012", "ap-northeast-1"},
	} {
		equal(t, "Account", c.handle.Account(), c.account)
		equal(t, "Region", c.handle.Region(), c.region)
		if prefix := "arn:aws:iam::" + c.account + ":"; !strings.HasPrefix(c.handle.Principal(), prefix) {
			t.Errorf("Principal %q does not begin with %q", c.handle.Principal(), prefix)
		}
		metadata := got(c.handle.CreateKey(t.Context(), nil)).ok(t).KeyMetadata
		equal(t, "Arn", *metadata.Arn, "arn:aws:kms:"+c.region+":"+c.account+":key/"+*metadata.KeyId)
		equal(t, "AWSAccountId", *metadata.AWSAccountId, c.account)
	}
	equal(t, "Region of the first handle", f.Region(), "us-east-1") // handles do not change
}

// All handles are on one AWS.
func TestHandlesShareOneAWS(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	there := f.InRegion(otherRegion).InAccount(otherAccount)
	equal(t, "metadata", describe(t, there.InAccount(account).InRegion(region), key), describe(t, f, key))
	there.Advance(time.Hour)
	equal(t, "Now", f.Now(), start.Add(time.Hour))
}

// ARNs name the partition of the Region.
func TestPartitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ region, partition string }{
		{"us-east-1", "aws"}, {"cn-north-1", "aws-cn"}, {"cn-northwest-1", "aws-cn"}, {"us-gov-west-1", "aws-us-gov"},
	} {
		f := newFake(kmsfake.WithRegion(c.region))
		key := newKey(t, f)
		newAlias(t, f, "alias/a", key)
		arn := "arn:" + c.partition + ":kms:" + c.region + ":111122223333:"
		equal(t, "Arn", *describe(t, f, key).Arn, arn+"key/"+key)
		equal(t, "AliasArn", *ownAliases(t, f)[0].AliasArn, arn+"alias/a")
		equal(t, "key by alias ARN", *describe(t, f, arn+"alias/a").KeyId, key)
		if want := `"AWS" : "arn:` + c.partition + `:iam::111122223333:root"`; !strings.Contains(policyOf(t, f, key), want) {
			t.Errorf("the default key policy in %s is without %s", c.region, want)
		}
		blob := got(encrypt(t, f, "alias/a", "hello")).ok(t).CiphertextBlob
		equal(t, "plaintext", string(got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})).ok(t).Plaintext), "hello")
	}
}

// The Region of one call is the Region of its options.
func TestRegionOfOneCall(t *testing.T) {
	t.Parallel()
	f := newFake()
	elsewhere := func(o *kms.Options) { o.Region = otherRegion }
	metadata := got(f.CreateKey(t.Context(), nil, elsewhere)).ok(t).KeyMetadata
	equal(t, "Arn", *metadata.Arn, keyARN(f.InRegion(otherRegion), *metadata.KeyId))
	equal(t, "keys here", len(listKeys(t, f)), 0)
	equal(t, "keys there", len(listKeys(t, f.InRegion(otherRegion))), 1)
	equal(t, "Region", f.Region(), region)
}

func TestSeed(t *testing.T) {
	t.Parallel()
	run := func(options ...kmsfake.Option) string {
		f := kmsfake.New(append(options, kmsfake.WithClock(func() time.Time { return start }))...)
		key := got(f.CreateKey(t.Context(), nil)).ok(t)
		return encoded(t, []any{
			key, got(encrypt(t, f, *key.KeyMetadata.KeyId, "x")).ok(t),
			got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: key.KeyMetadata.KeyId, KeySpec: types.DataKeySpecAes256})).ok(t),
			got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)})).ok(t),
		})
	}
	one := run(kmsfake.WithSeed(7))
	equal(t, "answers of the same seed", run(kmsfake.WithSeed(7)), one)
	for what, other := range map[string]string{"another seed": run(kmsfake.WithSeed(8)), "no seed": run()} {
		if other == one {
			t.Errorf("%s gives the same answers", what)
		}
	}
	if one, other := run(), run(); one == other {
		t.Error("two fakes without a seed give the same answers")
	}
}

func TestAdvance(t *testing.T) {
	t.Parallel()
	f := newFake()
	equal(t, "Now", f.Now(), start)
	f.Advance(time.Minute)
	f.Advance(0)
	f.Advance(-time.Hour) // time does not go back
	equal(t, "Now", f.Now(), start.Add(time.Minute))
	created := startMS.Add(time.Minute)
	equal(t, "CreationDate", describe(t, f, newKey(t, f)).CreationDate, &created)
}

func TestWithClock(t *testing.T) {
	t.Parallel()
	now := start
	f := kmsfake.New(kmsfake.WithClock(func() time.Time { return now }))
	key := newKey(t, f)
	scheduleDeletion(t, f, key, 7)
	f.Advance(3 * day)
	now = now.Add(4*day - time.Hour)
	equal(t, "Now", f.Now(), start.Add(7*day-time.Hour))
	equal(t, "state", describe(t, f, key).KeyState, types.KeyStatePendingDeletion)
	now = now.Add(time.Hour)
	got(describeKey(t, f, key)).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
}

// In a bubble the default clock is the bubble's.
func TestSynctest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := kmsfake.New()
		if !f.Now().Equal(time.Now()) {
			t.Errorf("Now is %v, want %v", f.Now(), time.Now())
		}
		key := newKey(t, f)
		scheduleDeletion(t, f, key, 7)
		<-time.After(7*day - time.Second)
		equal(t, "state", describe(t, f, key).KeyState, types.KeyStatePendingDeletion)
		<-time.After(time.Second)
		got(describeKey(t, f, key)).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
	})
}

// Dump shows what a person looks for, and no secret.
func TestDump(t *testing.T) {
	t.Parallel()
	f, keys, _ := lived(t)
	secret := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &keys[0], KeySpec: types.DataKeySpecAes256})).ok(t).Plaintext
	text := dump(f)
	for _, want := range []string{
		account, otherAccount, region, otherRegion, keys[0], keys[1], keys[2], keys[3], "alias/a", "alias/doomed",
		"Enabled", "Disabled", "PendingDeletion", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", `"mine"`, "2026-03-14", "2026-03-21",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("Dump is without %s:\n%s", want, text)
		}
	}
	for _, form := range []string{"%s", "%x", "%v"} {
		if strings.Contains(text, fmt.Sprintf(form, secret)) {
			t.Errorf("Dump has a data key:\n%s", text)
		}
	}
	equal(t, "Dump again", dump(f), text)
	equal(t, "Dump through another handle", dump(f.InAccount(otherAccount).InRegion(otherRegion)), text)
}
