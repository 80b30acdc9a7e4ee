package kmsfake_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// The key ids and the Region of the official examples.
const (
	exampleKey     = "1234abcd-12ab-34cd-56ef-1234567890ab"
	exampleNewKey  = "0987dcba-09fe-87dc-65ba-ab0987654321"
	exampleRegion  = "us-east-2"
	exampleKeyARN  = "arn:aws:kms:us-east-2:111122223333:key/" + exampleKey
	exampleMRKeyID = "mrk-1234abcd12ab34cd56ef1234567890ab"
)

// exampleAWS is an AWS with keys.
func exampleAWS(keys ...kmsfake.Key) *kmsfake.Fake {
	return newFake(kmsfake.WithRegion(exampleRegion), kmsfake.WithKeys(keys...), kmsfake.WithoutAWSAliases())
}

// The examples "To create ..." of CreateKey: the metadata of each kind of key.
func TestExamplesOfCreateKey(t *testing.T) {
	t.Parallel()
	type metadata = types.KeyMetadata
	for _, c := range []struct {
		title string
		in    kms.CreateKeyInput
		want  func(*metadata) // what differs from a symmetric encryption key
	}{
		{"To create a KMS key", kms.CreateKeyInput{}, func(*metadata) {}},
		{"To create an asymmetric RSA KMS key for encryption and decryption",
			kms.CreateKeyInput{KeySpec: "RSA_4096", KeyUsage: "ENCRYPT_DECRYPT"},
			func(m *metadata) {
				m.KeySpec, m.CustomerMasterKeySpec = "RSA_4096", "RSA_4096"
				m.EncryptionAlgorithms = []types.EncryptionAlgorithmSpec{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}
			}},
		{"To create an asymmetric elliptic curve KMS key for signing and verification",
			kms.CreateKeyInput{KeySpec: "ECC_NIST_P521", KeyUsage: "SIGN_VERIFY"},
			func(m *metadata) {
				m.KeySpec, m.CustomerMasterKeySpec, m.KeyUsage = "ECC_NIST_P521", "ECC_NIST_P521", "SIGN_VERIFY"
				m.EncryptionAlgorithms, m.SigningAlgorithms = nil, []types.SigningAlgorithmSpec{"ECDSA_SHA_512"}
			}},
		{"To create a KMS key for imported key material", kms.CreateKeyInput{Origin: "EXTERNAL"},
			func(m *metadata) { m.Origin, m.KeyState, m.Enabled = "EXTERNAL", "PendingImport", false }},
		{"To create an HMAC KMS key", kms.CreateKeyInput{KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC"},
			func(m *metadata) {
				m.KeySpec, m.CustomerMasterKeySpec, m.KeyUsage = "HMAC_384", "HMAC_384", "GENERATE_VERIFY_MAC"
				m.EncryptionAlgorithms, m.MacAlgorithms = nil, []types.MacAlgorithmSpec{"HMAC_SHA_384"}
			}},
		{"To create a multi-Region primary KMS key", kms.CreateKeyInput{MultiRegion: aws.Bool(true)},
			func(m *metadata) { m.MultiRegion = aws.Bool(true) }},
	} {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			f := exampleAWS()
			have := got(f.CreateKey(t.Context(), &c.in)).ok(t).KeyMetadata
			want := metadataOf(f, *have.KeyId)
			c.want(want)
			// The examples are older than this member, and MultiRegionConfiguration
			// is the subject of other tests.
			have.CurrentKeyMaterialId, have.MultiRegionConfiguration = nil, nil
			equal(t, "metadata", have, want)
		})
	}
}

func TestExamplesOfDescribeKey(t *testing.T) {
	t.Parallel()
	type metadata = types.KeyMetadata
	for _, c := range []struct {
		title string
		key   kmsfake.Key
		name  string // of the key in the request
		want  func(*metadata)
	}{
		{"To get details about a KMS key", kmsfake.Key{ID: exampleKey}, exampleKey, func(*metadata) {}},
		{"To get details about an RSA asymmetric KMS key",
			kmsfake.Key{ID: exampleKey, Spec: "RSA_2048", Usage: "SIGN_VERIFY", State: "Disabled"}, exampleKey,
			func(m *metadata) {
				m.KeySpec, m.CustomerMasterKeySpec, m.KeyUsage, m.KeyState, m.Enabled = "RSA_2048", "RSA_2048", "SIGN_VERIFY", "Disabled", false
				m.EncryptionAlgorithms, m.SigningAlgorithms = nil, []types.SigningAlgorithmSpec{
					"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
					"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
				}
			}},
		{"To get details about a multi-Region key", kmsfake.Key{ID: exampleMRKeyID},
			"arn:aws:kms:us-east-2:111122223333:key/" + exampleMRKeyID,
			func(m *metadata) { m.MultiRegion = aws.Bool(true) }},
		{"To get details about an HMAC KMS key", kmsfake.Key{ID: exampleKey, Spec: "HMAC_256", Description: "Development test key"}, exampleKeyARN,
			func(m *metadata) {
				m.KeySpec, m.CustomerMasterKeySpec, m.KeyUsage, m.Description = "HMAC_256", "HMAC_256", "GENERATE_VERIFY_MAC", aws.String("Development test key")
				m.EncryptionAlgorithms, m.MacAlgorithms = nil, []types.MacAlgorithmSpec{"HMAC_SHA_256"}
			}},
	} {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			f := exampleAWS(c.key)
			want := metadataOf(f, c.key.ID)
			c.want(want)
			have := describe(t, f, c.name)
			have.CurrentKeyMaterialId, have.MultiRegionConfiguration = nil, nil
			equal(t, "metadata", have, want)
		})
	}
}

func TestExamplesOfAliases(t *testing.T) {
	t.Parallel()
	f := exampleAWS(kmsfake.Key{ID: exampleKey}, kmsfake.Key{ID: exampleNewKey})
	t.Log("To create an alias")
	equal(t, "answer", got(createAlias(t, f, "alias/ExampleAlias", exampleNewKey)).ok(t), &kms.CreateAliasOutput{})
	t.Log("To update an alias")
	equal(t, "answer", got(updateAlias(t, f, "alias/ExampleAlias", exampleKey)).ok(t), &kms.UpdateAliasOutput{})
	equal(t, "key", *describe(t, f, "alias/ExampleAlias").Arn, exampleKeyARN)
	t.Log("To delete an alias")
	equal(t, "answer", got(deleteAlias(t, f, "alias/ExampleAlias")).ok(t), &kms.DeleteAliasOutput{})

	t.Log("To list aliases")
	f = exampleAWS(
		kmsfake.Key{ID: "1374ef38-d34e-4d5f-b2c9-4e0daee38855", Aliases: []string{"alias/example3"}},
		kmsfake.Key{ID: "f32fef59-2cc2-445b-8573-2d73328acbee", Aliases: []string{"alias/example2"}},
		kmsfake.Key{ID: "4da1e216-62d0-46c5-a7c0-5f3a3d2f8046", Aliases: []string{"alias/example1"}},
	)
	want := &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{
		{AliasName: aws.String("alias/example1"), AliasArn: aws.String("arn:aws:kms:us-east-2:111122223333:alias/example1"), TargetKeyId: aws.String("4da1e216-62d0-46c5-a7c0-5f3a3d2f8046")},
		{AliasName: aws.String("alias/example2"), AliasArn: aws.String("arn:aws:kms:us-east-2:111122223333:alias/example2"), TargetKeyId: aws.String("f32fef59-2cc2-445b-8573-2d73328acbee")},
		{AliasName: aws.String("alias/example3"), AliasArn: aws.String("arn:aws:kms:us-east-2:111122223333:alias/example3"), TargetKeyId: aws.String("1374ef38-d34e-4d5f-b2c9-4e0daee38855")},
	}}
	have := got(f.ListAliases(t.Context(), &kms.ListAliasesInput{})).ok(t)
	for i := range have.Aliases { // the example is older than these
		have.Aliases[i].CreationDate, have.Aliases[i].LastUpdatedDate = nil, nil
	}
	equal(t, "answer", have, want)
}

func TestExampleOfListKeys(t *testing.T) {
	t.Parallel()
	ids := []string{
		"0d990263-018e-4e65-a703-eff731de951e", "144be297-0ae1-44ac-9c8f-93cd8c82f841", "21184251-b765-428e-b852-2c7353e72571",
		"214fe92f-5b03-4ae1-b350-db2a45dbe10c", "339963f2-e523-49d3-af24-a0fe752aa458", "b776a44b-df37-4438-9be4-a27494e4271a",
		"deaf6c9e-cf2c-46a6-bf6d-0b6d487cffbb",
	}
	var keys []kmsfake.Key
	want := &kms.ListKeysOutput{}
	for _, id := range ids {
		keys = append(keys, kmsfake.Key{ID: id})
		want.Keys = append(want.Keys, types.KeyListEntry{KeyId: &id, KeyArn: aws.String("arn:aws:kms:us-east-2:111122223333:key/" + id)})
	}
	slices.Reverse(keys)
	equal(t, "answer", got(exampleAWS(keys...).ListKeys(t.Context(), nil)).ok(t), want)
}

func TestExamplesOfOneKey(t *testing.T) {
	t.Parallel()
	id := aws.String(exampleKey)
	t.Run("To disable a KMS key, to enable a KMS key", func(t *testing.T) {
		t.Parallel()
		f := exampleAWS(kmsfake.Key{ID: exampleKey})
		equal(t, "answer", got(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: id})).ok(t), &kms.DisableKeyOutput{})
		equal(t, "answer", got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: id})).ok(t), &kms.EnableKeyOutput{})
	})
	t.Run("To schedule a KMS key for deletion, to cancel deletion of a KMS key", func(t *testing.T) {
		t.Parallel()
		f := exampleAWS(kmsfake.Key{ID: exampleKey})
		out := got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(7)})).ok(t)
		equal(t, "KeyId", *out.KeyId, exampleKeyARN)
		equal(t, "DeletionDate", out.DeletionDate, aws.Time(startMS.Add(7*24*time.Hour)))
		equal(t, "answer", got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: id})).ok(t),
			&kms.CancelKeyDeletionOutput{KeyId: aws.String(exampleKeyARN)})
	})
	t.Run("To update the description of a KMS key", func(t *testing.T) {
		t.Parallel()
		f := exampleAWS(kmsfake.Key{ID: exampleKey})
		description := aws.String("Example description that indicates the intended use of this KMS key.")
		out := got(f.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: id, Description: description})).ok(t)
		equal(t, "answer", out, &kms.UpdateKeyDescriptionOutput{})
		equal(t, "Description", describe(t, f, exampleKey).Description, description)
	})
	t.Run("To tag a KMS key, to list tags, to remove tags", func(t *testing.T) {
		t.Parallel()
		f := exampleAWS(kmsfake.Key{ID: exampleKey, Tags: map[string]string{"CostCenter": "87654", "CreatedBy": "ExampleUser"}})
		equal(t, "answer", got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: id, Tags: tags("Purpose=Test")})).ok(t), &kms.TagResourceOutput{})
		equal(t, "answer", got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: id})).ok(t),
			&kms.ListResourceTagsOutput{Tags: tags("CostCenter=87654", "CreatedBy=ExampleUser", "Purpose=Test")})
		out := got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: id, TagKeys: []string{"Purpose", "CostCenter"}})).ok(t)
		equal(t, "answer", out, &kms.UntagResourceOutput{})
		equal(t, "tags", tagsOf(t, f, exampleKey), tags("CreatedBy=ExampleUser"))
	})
	t.Run("To list key policies, to attach a key policy, to retrieve a key policy", func(t *testing.T) {
		t.Parallel()
		f := exampleAWS(kmsfake.Key{ID: exampleKey})
		equal(t, "answer", got(f.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: id})).ok(t),
			&kms.ListKeyPoliciesOutput{PolicyNames: []string{"default"}})
		putPolicy(t, f, exampleKey, examplePolicy)
		out := got(f.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: id, PolicyName: aws.String("default")})).ok(t)
		equal(t, "policy", *out.Policy, examplePolicy)
	})
}

func TestExamplesOfEncryption(t *testing.T) {
	t.Parallel()
	f := exampleAWS(kmsfake.Key{ID: exampleKey, Aliases: []string{"alias/ExampleAlias"}}, kmsfake.Key{ID: exampleNewKey})
	t.Log("To encrypt data")
	sealed := got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String(exampleKey), Plaintext: []byte("<binary data>")})).ok(t)
	equal(t, "KeyId", *sealed.KeyId, exampleKeyARN)
	t.Log("To decrypt data")
	opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: aws.String(exampleKeyARN), CiphertextBlob: sealed.CiphertextBlob})).ok(t)
	equal(t, "KeyId", *opened.KeyId, exampleKeyARN)
	equal(t, "Plaintext", string(opened.Plaintext), "<binary data>")
	t.Log("To reencrypt data")
	again := got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: aws.String(exampleNewKey)})).ok(t)
	equal(t, "KeyId", *again.KeyId, "arn:aws:kms:us-east-2:111122223333:key/"+exampleNewKey)
	equal(t, "SourceKeyId", *again.SourceKeyId, exampleKeyARN)
	t.Log("To generate a data key")
	alias := aws.String("alias/ExampleAlias")
	dataKey := got(f.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: alias, KeySpec: types.DataKeySpecAes256})).ok(t)
	equal(t, "KeyId", *dataKey.KeyId, exampleKeyARN)
	equal(t, "bytes of Plaintext", len(dataKey.Plaintext), 32)
	t.Log("To generate an encrypted data key")
	hidden := got(f.GenerateDataKeyWithoutPlaintext(t.Context(), &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: alias, KeySpec: types.DataKeySpecAes256})).ok(t)
	equal(t, "KeyId", *hidden.KeyId, exampleKeyARN)
	t.Log("To generate random data")
	random := got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)})).ok(t)
	equal(t, "bytes of Plaintext", len(random.Plaintext), 32)
}

// examplePolicy is the key policy of the example "To attach a key policy to a
// KMS key".
const examplePolicy = `{
    "Version": "2012-10-17",
    "Id": "custom-policy-2016-12-07",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*",
            "Resource": "*"
        },
        {
            "Sid": "Allow access for Key Administrators",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111122223333:user/ExampleAdminUser", "arn:aws:iam::111122223333:role/ExampleAdminRole"]},
            "Action": [
                "kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*", "kms:Disable*",
                "kms:Get*", "kms:Delete*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"
            ],
            "Resource": "*"
        },
        {
            "Sid": "Allow use of the key",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExamplePowerUserRole"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*"
        },
        {
            "Sid": "Allow attachment of persistent resources",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExamplePowerUserRole"},
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        }
    ]
}
`
