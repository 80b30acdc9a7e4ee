package kmsfake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// DescribeKey on a predefined AWS alias makes its AWS managed key, once.
func TestManagedKeys(t *testing.T) {
	t.Parallel()
	protects := map[string]string{ // as AWS describes them
		"ebs": "EBS volumes", "s3": "S3 objects", "rds": "RDS database volumes", "redshift": "Redshift clusters", "ssm": "SSM parameters",
	}
	f := newFake()
	var before []types.AliasListEntry
	for _, a := range listAliases(t, f, &kms.ListAliasesInput{}) {
		if a.TargetKeyId != nil {
			t.Errorf("%s has a key from the start", *a.AliasName)
		}
		before = append(before, a)
	}
	if len(before) != 11 {
		t.Fatalf("%d predefined aliases", len(before))
	}
	for i, a := range before {
		f.Advance(time.Hour)
		made := startMS.Add(time.Duration(i+1) * time.Hour)
		name := *a.AliasName
		got(encrypt(t, f, name, "x")).fails(t, "NotFoundException", "Alias "+aliasARN(f, name)+" is not found.")
		if i%2 == 1 {
			name = aliasARN(f, name)
		}
		m := describe(t, f, name)
		if !strings.HasPrefix(*m.Description, "Default key that protects my ") || !strings.HasSuffix(*m.Description, " when no other key is defined") {
			t.Errorf("%s: description %q", name, *m.Description)
		}
		if what, known := protects[strings.TrimPrefix(*a.AliasName, "alias/aws/")]; known && !strings.Contains(*m.Description, " my "+what+" when") {
			t.Errorf("%s: description %q", name, *m.Description)
		}
		equal(t, name, *m, types.KeyMetadata{
			AWSAccountId: aws.String(account), Arn: aws.String(keyARN(f, *m.KeyId)), CreationDate: &made, CurrentKeyMaterialId: m.CurrentKeyMaterialId,
			CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, Description: m.Description, Enabled: true,
			EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
			KeyId:                m.KeyId, KeyManager: types.KeyManagerTypeAws, KeySpec: types.KeySpecSymmetricDefault,
			KeyState: types.KeyStateEnabled, KeyUsage: types.KeyUsageTypeEncryptDecrypt, MultiRegion: aws.Bool(false), Origin: types.OriginTypeAwsKms,
		})
		if m.CurrentKeyMaterialId == nil {
			t.Errorf("%s: no CurrentKeyMaterialId", name)
		}
		equal(t, "again", describe(t, f, *a.AliasName), m)
		equal(t, "by id", describe(t, f, *m.KeyId), m)
		equal(t, "aliases", aliasesOf(t, f, *m.KeyId), []types.AliasListEntry{
			{AliasName: a.AliasName, AliasArn: a.AliasArn, TargetKeyId: m.KeyId, CreationDate: &made, LastUpdatedDate: &made},
		})
	}
	if n := len(listKeys(t, f)); n != len(before) {
		t.Errorf("%d keys, want %d", n, len(before))
	}
}

// What the policy of an AWS managed key lets the account do itself: look at it.
// Nobody manages it but AWS, and principals use it through the service alone.
func TestManagedKeyIsAWSs(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := *describe(t, f, "alias/aws/ebs").KeyId
	ctx := t.Context()

	got(f.ListGrants(ctx, &kms.ListGrantsInput{KeyId: &id})).ok(t)
	got(f.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &id})).ok(t)
	got(f.ListKeyPolicies(ctx, &kms.ListKeyPoliciesInput{KeyId: &id})).ok(t)
	policy := *got(f.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id})).ok(t).Policy
	var document struct {
		Statement []struct {
			Condition map[string]map[string]string
			Action    []string
		}
	}
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		t.Fatal(err)
	}
	if via := document.Statement[0].Condition["StringEquals"]; via["kms:ViaService"] != "ec2.us-east-1.amazonaws.com" || via["kms:CallerAccount"] != account {
		t.Errorf("the key is for the use through %v", via)
	}

	denied := func(r interface {
		fails(testing.TB, string, string)
	}, action string) {
		t.Helper()
		r.fails(t, "AccessDeniedException", "User: "+f.Principal()+" is not authorized to perform: kms:"+action+" on resource: "+keyARN(f, id)+
			" because no resource-based policy allows the kms:"+action+" action")
	}
	unchanged(t, f, func() {
		denied(got(f.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &id})), "ScheduleKeyDeletion")
		denied(got(f.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &id})), "DisableKey")
		denied(got(f.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &id})), "EnableKey")
		denied(got(f.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: &id, Policy: &policy})), "PutKeyPolicy")
		denied(got(f.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &id})), "EnableKeyRotation")
		denied(got(f.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: &id})), "DisableKeyRotation")
		denied(got(f.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: &id})), "RotateKeyOnDemand")
		denied(got(f.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: &id, Description: aws.String("mine")})), "UpdateKeyDescription")
		tag := types.Tag{TagKey: aws.String("a"), TagValue: aws.String("b")}
		denied(got(f.TagResource(ctx, &kms.TagResourceInput{KeyId: &id, Tags: []types.Tag{tag}})), "TagResource")
		denied(got(f.UntagResource(ctx, &kms.UntagResourceInput{KeyId: &id, TagKeys: []string{"a"}})), "UntagResource")
		denied(got(encrypt(t, f, id, "x")), "Encrypt")
		denied(got(f.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: types.DataKeySpecAes256})), "GenerateDataKey")
		denied(got(f.CreateGrant(ctx, &kms.CreateGrantInput{
			KeyId: &id, GranteePrincipal: aws.String(grantee), Operations: []types.GrantOperation{types.GrantOperationEncrypt},
		})), "CreateGrant")
		if _, err := createAlias(t, f, "alias/mine", id); err == nil {
			t.Error("an AWS managed key has got an alias of mine")
		}
		if _, err := updateAlias(t, f, "alias/aws/ebs", id); err == nil {
			t.Error("UpdateAlias changed an AWS alias")
		}
		if _, err := deleteAlias(t, f, "alias/aws/ebs"); err == nil {
			t.Error("DeleteAlias deleted an AWS alias")
		}
	})
}

// Principals use an AWS managed key through its service.
func TestManagedKeyThroughService(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := *describe(t, f, "alias/aws/ebs").KeyId
	got(encrypt(t, f.WithCondition("kms:ViaService", "ec2.us-east-1.amazonaws.com"), id, "x")).ok(t)
	got(encrypt(t, f.WithCondition("kms:ViaService", "s3.us-east-1.amazonaws.com"), id, "x")).failsWith(t, "AccessDeniedException")
	ec2 := f.InAccount(otherAccount).WithCondition("kms:ViaService", "ec2.us-east-1.amazonaws.com")
	got(encrypt(t, ec2, keyARN(f, id), "x")).failsWith(t, "AccessDeniedException")

	// Not even where nothing is authorized does anyone but AWS manage it.
	free := newFake(kmsfake.WithoutAuthorization())
	id = *describe(t, free, "alias/aws/ebs").KeyId
	got(free.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &id})).failsWith(t, "AccessDeniedException")

	// Who may not describe it does not make it.
	nobody := f.As("arn:aws:iam::" + account + ":user/nobody")
	unchanged(t, f, func() {
		if _, err := describeKey(t, nobody, "alias/aws/s3"); err == nil {
			t.Error("a principal without permissions describes an AWS managed key")
		}
	})
}

// "KMS always rotates the key material of AWS managed keys every year."
func TestManagedKeyRotates(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := *describe(t, f, "alias/aws/s3").KeyId
	status := got(f.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: &id})).ok(t)
	if next := startMS.AddDate(0, 0, 365); !status.KeyRotationEnabled || *status.RotationPeriodInDays != 365 || !status.NextRotationDate.Equal(next) {
		t.Errorf("rotation %t every %d days, next %v, want %v", status.KeyRotationEnabled, *status.RotationPeriodInDays, status.NextRotationDate, next)
	}
	first := *describe(t, f, id).CurrentKeyMaterialId
	f.Advance(364 * day)
	if now := *describe(t, f, id).CurrentKeyMaterialId; now != first {
		t.Error("rotated before a year")
	}
	f.Advance(day)
	if now := *describe(t, f, id).CurrentKeyMaterialId; now == first {
		t.Error("not rotated after a year")
	}
	f.Advance(3 * 365 * day)
	if n := len(got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id})).ok(t).Rotations); n != 4 {
		t.Errorf("%d rotations in 4 years", n)
	}
}

// They are each account's and Region's own, and only DescribeKey in the account
// itself makes them.
func TestManagedKeysOfOthers(t *testing.T) {
	t.Parallel()
	f := newFake()
	unchanged(t, f, func() {
		got(describeKey(t, f.InAccount(otherAccount), aliasARN(f, "alias/aws/s3"))).failsWith(t, "AccessDeniedException")
		got(describeKey(t, f, "alias/aws/none")).fails(t, "NotFoundException", "Alias "+aliasARN(f, "alias/aws/none")+" is not found.")
		got(describeKey(t, f, "alias/aws/")).failsWith(t, "NotFoundException")
		got(describeKey(t, f, aliasARN(f.InRegion(otherRegion), "alias/aws/s3"))).fails(t, "NotFoundException", "Invalid arn "+otherRegion)
	})
	bare := newFake(kmsfake.WithoutAWSAliases())
	got(describeKey(t, bare, "alias/aws/s3")).fails(t, "NotFoundException", "Alias "+aliasARN(bare, "alias/aws/s3")+" is not found.")

	seen := map[string]bool{}
	china := newFake(kmsfake.WithRegion("cn-north-1"))
	for _, f := range []*kmsfake.Fake{f, f.InRegion(otherRegion), f.InAccount(otherAccount), china} {
		m := describe(t, f, "alias/aws/s3")
		if seen[*m.KeyId] || *m.AWSAccountId != f.Account() || !strings.Contains(*m.Arn, ":kms:"+f.Region()+":") {
			t.Errorf("%s", *m.Arn)
		}
		seen[*m.KeyId] = true
	}
	policy := *got(china.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: describe(t, china, "alias/aws/s3").KeyId})).ok(t).Policy
	if !strings.Contains(policy, "s3.cn-north-1.amazonaws.com.cn") || !strings.Contains(policy, "arn:aws-cn:iam::") {
		t.Errorf("policy in China: %s", policy)
	}

	// A clone has those that are there, and makes the others for itself.
	twin := f.Clone()
	equal(t, "in the clone", describe(t, twin, "alias/aws/s3"), describe(t, f, "alias/aws/s3"))
	unchanged(t, f, func() { describe(t, twin, "alias/aws/ebs") })

	// Making one does not change what ids other keys get.
	a, b := newFake(), newFake()
	describe(t, a, "alias/aws/s3")
	if newKey(t, a) != newKey(t, b) {
		t.Error("an AWS managed key changed the id of the next key")
	}
}
