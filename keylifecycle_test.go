package kmsfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/kmsfake"
)

// metadataOf is what AWS tells of a symmetric encryption key.
func metadataOf(f *kmsfake.Fake, id string) *types.KeyMetadata {
	return &types.KeyMetadata{
		AWSAccountId: aws.String(f.Account()), KeyId: &id, Arn: aws.String(keyARN(f, id)), CreationDate: &startMS,
		Enabled: true, Description: aws.String(""), KeyUsage: types.KeyUsageTypeEncryptDecrypt, KeyState: types.KeyStateEnabled,
		Origin: types.OriginTypeAwsKms, KeyManager: types.KeyManagerTypeCustomer,
		CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, KeySpec: types.KeySpecSymmetricDefault,
		EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault}, MultiRegion: aws.Bool(false),
	}
}

func TestCreateKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	made := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{})).ok(t).KeyMetadata
	if !isUUID(*made.KeyId) {
		t.Errorf("key id %q is not a UUID", *made.KeyId)
	}
	material := aws.ToString(made.CurrentKeyMaterialId)
	if len(material) != 64 || strings.Trim(material, "0123456789abcdef") != "" {
		t.Errorf("CurrentKeyMaterialId %q is not 64 hexadecimal digits", material)
	}
	want := metadataOf(f, *made.KeyId)
	want.CurrentKeyMaterialId = &material
	equal(t, "CreateKey", made, want)
	equal(t, "DescribeKey", describe(t, f, *made.KeyId), want)

	described := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String("what it is for")})).ok(t).KeyMetadata
	equal(t, "Description", *described.Description, "what it is for")
	if *described.KeyId == *made.KeyId || *described.CurrentKeyMaterialId == *made.CurrentKeyMaterialId {
		t.Error("two keys have the same id or key material id")
	}
}

// Key ids of multi-Region keys begin with mrk- and have 32 hexadecimal digits.
func TestMultiRegionKeyID(t *testing.T) {
	t.Parallel()
	f := newFake()
	metadata := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})).ok(t).KeyMetadata
	digits, ok := strings.CutPrefix(*metadata.KeyId, "mrk-")
	if !ok || len(digits) != 32 || strings.Trim(digits, "0123456789abcdef") != "" {
		t.Errorf("key id %q", *metadata.KeyId)
	}
	equal(t, "MultiRegion", metadata.MultiRegion, aws.Bool(true))
	equal(t, "Arn", *metadata.Arn, keyARN(f, *metadata.KeyId))
}

// A key without key material is in PendingImport, not enabled, and has no key
// material id and no ExpirationModel.
func TestCreateKeyForImport(t *testing.T) {
	t.Parallel()
	f := newFake()
	made := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Origin: types.OriginTypeExternal})).ok(t).KeyMetadata
	want := metadataOf(f, *made.KeyId)
	want.Origin, want.KeyState, want.Enabled = types.OriginTypeExternal, types.KeyStatePendingImport, false
	equal(t, "CreateKey", made, want)
	equal(t, "DescribeKey", describe(t, f, *made.KeyId), want)
	got(encrypt(t, f, *made.KeyId, "x")).fails(t, "KMSInvalidStateException", *made.Arn+" is pending import.")
	scheduleDeletion(t, f, *made.KeyId, 7)
	got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: made.KeyId})).ok(t)
	equal(t, "state after CancelKeyDeletion", describe(t, f, *made.KeyId).KeyState, types.KeyStatePendingImport)
}

func TestCreateKeyRefuses(t *testing.T) {
	t.Parallel()
	tag := types.Tag{TagKey: aws.String("k"), TagValue: aws.String("v")}
	const usageMissing = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
	for _, c := range []struct {
		what, code, text string
		in               kms.CreateKeyInput
	}{
		{"usage that the spec has not", "ValidationException", "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048",
			kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeKeyAgreement}},
		{"usage that a symmetric key has not", "ValidationException", "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
			kms.CreateKeyInput{KeyUsage: types.KeyUsageTypeSignVerify}},
		{"no usage for a key pair", "ValidationException", usageMissing, kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048}},
		{"no usage for an HMAC key", "ValidationException", usageMissing, kms.CreateKeyInput{KeySpec: types.KeySpecHmac256}},
		{"duplicate tag keys", "TagException", "Duplicate tag keys", kms.CreateKeyInput{Tags: []types.Tag{tag, tag}}},
		{"reserved tag key", "TagException", "Tags beginning with aws: are reserved",
			kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String("aws:k"), TagValue: aws.String("v")}}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			unchanged(t, f, func() { got(f.CreateKey(t.Context(), &c.in)).fails(t, c.code, c.text) })
		})
	}
	f := newFake()
	unchanged(t, f, func() {
		got(f.CreateKey(t.Context(), &kms.CreateKeyInput{
			KeySpec: types.KeySpecSymmetricDefault, CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault,
		})).failsWith(t, "ValidationException")
	})
	// The old name of the member does alone.
	old := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{
		CustomerMasterKeySpec: types.CustomerMasterKeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify,
	})).ok(t).KeyMetadata
	equal(t, "KeySpec", old.KeySpec, types.KeySpecRsa2048)
}

// The kinds of keys tell the algorithms of their usage and no others.
func TestAlgorithmsOfKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	type lists struct {
		Encryption    []types.EncryptionAlgorithmSpec
		Signing       []types.SigningAlgorithmSpec
		Mac           []types.MacAlgorithmSpec
		Agreement     []types.KeyAgreementAlgorithmSpec
		Encapsulation []types.EncapsulationAlgorithmSpec
	}
	for _, c := range []struct {
		spec  types.KeySpec
		usage types.KeyUsageType
		want  lists
	}{
		{types.KeySpecSymmetricDefault, types.KeyUsageTypeEncryptDecrypt, lists{Encryption: []types.EncryptionAlgorithmSpec{"SYMMETRIC_DEFAULT"}}},
		{types.KeySpecRsa4096, types.KeyUsageTypeEncryptDecrypt, lists{Encryption: []types.EncryptionAlgorithmSpec{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}}},
		{types.KeySpecRsa2048, types.KeyUsageTypeSignVerify, lists{Signing: []types.SigningAlgorithmSpec{
			"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
			"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
		}}},
		{types.KeySpecEccNistP521, types.KeyUsageTypeSignVerify, lists{Signing: []types.SigningAlgorithmSpec{"ECDSA_SHA_512"}}},
		{types.KeySpecEccNistP256, types.KeyUsageTypeKeyAgreement, lists{Agreement: []types.KeyAgreementAlgorithmSpec{"ECDH"}}},
		{types.KeySpecHmac384, types.KeyUsageTypeGenerateVerifyMac, lists{Mac: []types.MacAlgorithmSpec{"HMAC_SHA_384"}}},
		{types.KeySpecMlKem768, types.KeyUsageTypeEncapsulateDecapsulate, lists{Encapsulation: []types.EncapsulationAlgorithmSpec{"ML_KEM"}}},
	} {
		m := describe(t, f, newKeyOf(t, f, c.spec, c.usage))
		have := lists{m.EncryptionAlgorithms, m.SigningAlgorithms, m.MacAlgorithms, m.KeyAgreementAlgorithms, m.EncapsulationAlgorithms}
		equal(t, string(c.spec)+" "+string(c.usage), have, c.want)
		if (m.CurrentKeyMaterialId != nil) != (c.spec == types.KeySpecSymmetricDefault) {
			t.Errorf("%s: CurrentKeyMaterialId %v", c.spec, aws.ToString(m.CurrentKeyMaterialId))
		}
	}
}

func TestEnableAndDisableKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	before := describe(t, f, key)
	for range 2 { // a second time changes nothing
		equal(t, "answer", got(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key})).ok(t), &kms.DisableKeyOutput{})
		want := metadataOf(f, key)
		want.CurrentKeyMaterialId, want.KeyState, want.Enabled = before.CurrentKeyMaterialId, types.KeyStateDisabled, false
		equal(t, "a disabled key", describe(t, f, key), want)
	}
	got(encrypt(t, f, key, "x")).fails(t, "DisabledException", keyARN(f, key)+" is disabled.")
	for range 2 {
		equal(t, "answer", got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &key})).ok(t), &kms.EnableKeyOutput{})
		equal(t, "an enabled key", describe(t, f, key), before)
	}
}

func TestUpdateKeyDescription(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	for _, description := range []string{"first", strings.Repeat("é", 8192), ""} {
		got(f.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: &key, Description: &description})).ok(t)
		equal(t, "Description", describe(t, f, key).Description, &description)
	}
}

// The waiting period is 7 to 30 days, 30 if it is not given. Until its end the
// key is pending deletion; then it is gone.
func TestScheduleKeyDeletion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		days *int32
		want int32
	}{{nil, 30}, {aws.Int32(7), 7}, {aws.Int32(8), 8}, {aws.Int32(30), 30}} {
		t.Run(fmt.Sprint(c.want, c.days != nil), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			key := newKey(t, f)
			material := describe(t, f, key).CurrentKeyMaterialId
			f.Advance(90 * time.Minute)
			out := got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: aws.String(keyARN(f, key)), PendingWindowInDays: c.days})).ok(t)
			date := startMS.Add(90*time.Minute + time.Duration(c.want)*day)
			equal(t, "answer", out, &kms.ScheduleKeyDeletionOutput{
				KeyId: aws.String(keyARN(f, key)), DeletionDate: &date, KeyState: types.KeyStatePendingDeletion, PendingWindowInDays: &c.want,
			})
			want := metadataOf(f, key)
			want.CurrentKeyMaterialId, want.KeyState, want.Enabled, want.DeletionDate = material, types.KeyStatePendingDeletion, false, &date
			equal(t, "DescribeKey", describe(t, f, key), want)
			f.Advance(date.Sub(f.Now()) - time.Nanosecond)
			equal(t, "DescribeKey at the last moment", describe(t, f, key), want)
			equal(t, "ListKeys at the last moment", len(listKeys(t, f)), 1)
			f.Advance(time.Nanosecond)
			got(describeKey(t, f, key)).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
			got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &key})).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
			equal(t, "ListKeys", len(listKeys(t, f)), 0)
		})
	}
	f := newFake()
	key := newKey(t, f)
	for days, bound := range map[int32]string{
		-1: "greater than or equal to 1", 0: "greater than or equal to 1", 1: "greater than or equal to 7", 6: "greater than or equal to 7",
		31: "less than or equal to 30", 365: "less than or equal to 30", 366: "less than or equal to 365",
	} {
		unchanged(t, f, func() {
			got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &key, PendingWindowInDays: &days})).fails(t, "ValidationException",
				oneFailure(fmt.Sprintf("Value '%d' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value %s", days, bound)))
		})
	}
}

// A key that is saved from deletion is disabled, whatever it was, and does not
// go when the time comes that it was to.
func TestCancelKeyDeletion(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	newAlias(t, f, "alias/a", key)
	scheduleDeletion(t, f, key, 7)
	out := got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &key})).ok(t)
	equal(t, "answer", out, &kms.CancelKeyDeletionOutput{KeyId: aws.String(keyARN(f, key))})
	saved := describe(t, f, key)
	equal(t, "state", saved.KeyState, types.KeyStateDisabled)
	equal(t, "DeletionDate", saved.DeletionDate, (*time.Time)(nil))
	f.Advance(365 * day)
	equal(t, "metadata a year later", describe(t, f, "alias/a"), saved)

	// Scheduled, saved and scheduled again: the second date counts.
	scheduleDeletion(t, f, key, 7)
	got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &key})).ok(t)
	scheduleDeletion(t, f, key, 30)
	f.Advance(29 * day)
	equal(t, "state", describe(t, f, key).KeyState, types.KeyStatePendingDeletion)
	f.Advance(day)
	got(describeKey(t, f, "alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/a")+" is not found.")
}

// Keys that are due at different times go each at its own.
func TestKeysGoInTheirTurn(t *testing.T) {
	t.Parallel()
	f := newFake()
	var ids []string
	for i := range 24 {
		ids = append(ids, newKey(t, f))
		scheduleDeletion(t, f, ids[i], int32(7+(i*7)%24)) // a permutation of 7..30
	}
	f.Advance(6 * day)
	for n := 24; n > 0; n-- {
		equal(t, "keys left", len(listKeys(t, f)), n)
		f.Advance(day)
	}
	equal(t, "keys left", len(listKeys(t, f)), 0)
	if diff := cmp.Diff(dump(newFake()), dump(f), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("something is left of the keys (-fresh +have):\n%s", diff)
	}
}

// A clock may show any time at all: keys go when their time comes.
func TestDeletionOnAnyClock(t *testing.T) {
	t.Parallel()
	for _, start := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Date(2262, time.April, 10, 0, 0, 0, 0, time.UTC), // the next day is beyond Unix nanoseconds
		time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC),
	} {
		f := kmsfake.New(kmsfake.WithClock(func() time.Time { return start }))
		key := newKey(t, f)
		scheduleDeletion(t, f, key, 7)
		f.Advance(7*24*time.Hour - 1)
		equal(t, start.String(), describe(t, f, key).KeyState, types.KeyStatePendingDeletion)
		f.Advance(1)
		got(f.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})).fails(t, "NotFoundException", "Key '"+keyARN(f, key)+"' does not exist")
	}
}
