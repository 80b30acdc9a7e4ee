package kmsfake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// pcr0 is what the enclave of these tests measures.
var pcr0 = bytes.Repeat([]byte{0xab}, 48)

// conditioned is a request that meets a condition, and what becomes of the
// condition if its value is another.
type conditioned struct {
	condition string // operator and key, as "StringEquals kms:KeySpec"
	value     string // JSON
	other     string // JSON of a value that the request does not have
	operation string
	key       kms.CreateKeyInput
	input     func(t *testing.T, f *kmsfake.Fake, id string) any
	as        func(f *kmsfake.Fake) *kmsfake.Fake
}

func encrypting(_ *testing.T, _ *kmsfake.Fake, id string) any {
	return &kms.EncryptInput{KeyId: &id, Plaintext: []byte("x"), EncryptionContext: map[string]string{"AppName": "Example", "Stage": "Test"}}
}

func granting(_ *testing.T, _ *kmsfake.Fake, id string) any {
	return &kms.CreateGrantInput{
		KeyId: &id, GranteePrincipal: aws.String(appRole), RetiringPrincipal: aws.String(otherUser),
		Operations:  []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
		Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"AppName": "Example"}},
	}
}

func inputOf(operation string) func(t *testing.T, f *kmsfake.Fake, id string) any {
	for _, op := range keyOperations {
		if op.name == operation {
			return op.input
		}
	}
	return nil
}

// The conditions that a test can meet by a request, and those of a handle.
var conditions = []conditioned{
	{condition: "StringEquals kms:EncryptionContext:AppName", value: `"Example"`, other: `"example"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals kms:encryptionContext:APPNAME", value: `"Example"`, other: `"Other"`, operation: "Encrypt", input: encrypting},
	{condition: "ForAllValues:StringEquals kms:EncryptionContextKeys", value: `["AppName", "Stage"]`, other: `["AppName"]`, operation: "Encrypt", input: encrypting},
	{condition: "ForAnyValue:StringEquals kms:EncryptionContextKeys", value: `"Stage"`, other: `"stage"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals kms:EncryptionContext:AppName", value: `"Example"`, other: `"Other"`, operation: "CreateGrant", input: granting},
	{condition: "StringEquals kms:CallerAccount", value: `"` + account + `"`, other: `"` + otherAccount + `"`, operation: "Encrypt", input: encrypting},
	{condition: "ForAllValues:StringEquals kms:GrantOperations", value: `["Encrypt", "Decrypt"]`, other: `["Encrypt"]`, operation: "CreateGrant", input: granting},
	{condition: "StringEquals kms:GrantConstraintType", value: `"EncryptionContextSubset"`, other: `"EncryptionContextEquals"`, operation: "CreateGrant", input: granting},
	{condition: "StringEquals kms:GranteePrincipal", value: `"` + appRole + `"`, other: `"` + otherUser + `"`, operation: "CreateGrant", input: granting},
	{condition: "StringEquals kms:RetiringPrincipal", value: `"` + otherUser + `"`, other: `"` + appRole + `"`, operation: "CreateGrant", input: granting},
	{condition: "Bool kms:GrantIsForAWSResource", value: `false`, other: `true`, operation: "CreateGrant", input: granting},
	{condition: "Bool kms:GrantIsForAWSResource", value: `true`, other: `false`, operation: "CreateGrant", input: granting, as: viaService},
	{condition: "StringEquals kms:ViaService", value: `"ec2.us-east-1.amazonaws.com"`, other: `"s3.us-east-1.amazonaws.com"`, operation: "Encrypt", input: encrypting, as: viaService},
	{condition: "Bool aws:ViaAWSService", value: `true`, other: `false`, operation: "Encrypt", input: encrypting, as: viaService},
	{condition: "StringEquals kms:KeySpec", value: `"ECC_NIST_P256"`, other: `"RSA_2048"`, operation: "Sign", key: signingKey, input: inputOf("Sign")},
	{condition: "StringEquals kms:CustomerMasterKeySpec", value: `"ECC_NIST_P256"`, other: `"RSA_2048"`, operation: "Sign", key: signingKey, input: inputOf("Sign")},
	{condition: "StringEquals kms:KeyUsage", value: `"SIGN_VERIFY"`, other: `"ENCRYPT_DECRYPT"`, operation: "GetPublicKey", key: signingKey, input: inputOf("GetPublicKey")},
	{condition: "StringEquals kms:CustomerMasterKeyUsage", value: `"SIGN_VERIFY"`, other: `"ENCRYPT_DECRYPT"`, operation: "GetPublicKey", key: signingKey, input: inputOf("GetPublicKey")},
	{condition: "StringEquals kms:SigningAlgorithm", value: `"ECDSA_SHA_256"`, other: `"ECDSA_SHA_384"`, operation: "Sign", key: signingKey, input: inputOf("Sign")},
	{condition: "StringEquals kms:MessageType", value: `"RAW"`, other: `"DIGEST"`, operation: "Sign", key: signingKey, input: inputOf("Sign")},
	{condition: "StringEquals kms:MacAlgorithm", value: `"HMAC_SHA_256"`, other: `"HMAC_SHA_512"`, operation: "GenerateMac", key: macKey, input: inputOf("GenerateMac")},
	{condition: "StringEquals kms:KeyAgreementAlgorithm", value: `"ECDH"`, other: `"DH"`, operation: "DeriveSharedSecret", key: agreementKey, input: inputOf("DeriveSharedSecret")},
	{condition: "StringEquals kms:KeyOrigin", value: `"EXTERNAL"`, other: `"AWS_KMS"`, operation: "GetParametersForImport", key: importedKey, input: inputOf("GetParametersForImport")},
	{condition: "StringEquals kms:WrappingAlgorithm", value: `"RSAES_OAEP_SHA_256"`, other: `"RSAES_OAEP_SHA_1"`, operation: "GetParametersForImport", key: importedKey, input: inputOf("GetParametersForImport")},
	{condition: "StringEquals kms:WrappingKeySpec", value: `"RSA_2048"`, other: `"RSA_4096"`, operation: "GetParametersForImport", key: importedKey, input: inputOf("GetParametersForImport")},
	{condition: "StringEquals kms:ExpirationModel", value: `"KEY_MATERIAL_DOES_NOT_EXPIRE"`, other: `"KEY_MATERIAL_EXPIRES"`, operation: "ImportKeyMaterial", key: importedKey, input: inputOf("ImportKeyMaterial")},
	{condition: "DateLessThan kms:ValidTo", value: `"2026-03-16T00:00:00Z"`, other: `"2026-03-15T00:00:00Z"`, operation: "ImportKeyMaterial", key: importedKey, input: expiringMaterial},
	{condition: "Bool kms:MultiRegion", value: `true`, other: `false`, operation: "DescribeKey", key: primaryKey, input: inputOf("DescribeKey")},
	{condition: "StringEquals kms:MultiRegionKeyType", value: `"PRIMARY"`, other: `"REPLICA"`, operation: "DescribeKey", key: primaryKey, input: inputOf("DescribeKey")},
	{condition: "StringEquals kms:ReplicaRegion", value: `"ap-southeast-2"`, other: `"eu-west-1"`, operation: "ReplicateKey", key: primaryKey, input: inputOf("ReplicateKey")},
	{condition: "StringLike kms:RequestAlias", value: `"alias/app*"`, other: `"alias/other*"`, operation: "Encrypt", input: byAlias},
	{condition: "ForAnyValue:StringEquals kms:ResourceAliases", value: `"alias/app1"`, other: `"alias/other"`, operation: "Encrypt", input: byAlias},
	{condition: "StringEquals kms:EncryptionAlgorithm", value: `"SYMMETRIC_DEFAULT"`, other: `"RSAES_OAEP_SHA_256"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals kms:DataKeyPairSpec", value: `"ECC_NIST_P256"`, other: `"RSA_2048"`, operation: "GenerateDataKeyPair", input: inputOf("GenerateDataKeyPair")},
	{condition: "NumericLessThanEquals kms:ScheduleKeyDeletionPendingWindowInDays", value: `7`, other: `6`, operation: "ScheduleKeyDeletion", input: inputOf("ScheduleKeyDeletion")},
	{condition: "NumericEquals kms:ScheduleKeyDeletionPendingWindowInDays", value: `30`, other: `29`, operation: "ScheduleKeyDeletion",
		input: func(_ *testing.T, _ *kmsfake.Fake, id string) any { return &kms.ScheduleKeyDeletionInput{KeyId: &id} }},
	{condition: "NumericEquals kms:RotationPeriodInDays", value: `180`, other: `365`, operation: "EnableKeyRotation",
		input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
			return &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: aws.Int32(180)}
		}},
	{condition: "Bool kms:BypassPolicyLockoutSafetyCheck", value: `true`, other: `false`, operation: "PutKeyPolicy",
		input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
			return &kms.PutKeyPolicyInput{KeyId: &id, Policy: aws.String(keyPolicy()), BypassPolicyLockoutSafetyCheck: true}
		}},
	{condition: "StringEquals kms:RecipientAttestation:ImageSha384", value: `"` + hex.EncodeToString(pcr0) + `"`, other: `"00"`, operation: "GenerateDataKey", input: attesting},
	{condition: "StringEqualsIgnoreCase kms:RecipientAttestation:PCR0", value: `"` + hex.EncodeToString(pcr0) + `"`, other: `"00"`, operation: "GenerateDataKey", input: attesting},
	{condition: "StringEquals aws:PrincipalArn", value: `"` + appRole + `"`, other: `"` + appSession + `"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals aws:PrincipalAccount", value: `"` + account + `"`, other: `"` + otherAccount + `"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals aws:PrincipalTag/team", value: `"blue"`, other: `"red"`, operation: "Encrypt", input: encrypting, as: with("aws:PrincipalTag/Team", "blue")},
	{condition: "StringEquals aws:ResourceTag/purpose", value: `"test"`, other: `"prod"`, operation: "Encrypt", key: kms.CreateKeyInput{Tags: tags("Purpose=test")}, input: encrypting},
	{condition: "StringEquals aws:RequestTag/Purpose", value: `"Test"`, other: `"test"`, operation: "TagResource", input: inputOf("TagResource")},
	{condition: "ForAllValues:StringEquals aws:TagKeys", value: `["Purpose", "Cost"]`, other: `"Purpose"`, operation: "TagResource", input: inputOf("TagResource")},
	{condition: "ForAllValues:StringEquals aws:TagKeys", value: `["Purpose", "CostCenter"]`, other: `"Purpose"`, operation: "UntagResource", input: inputOf("UntagResource")},
	{condition: "DateGreaterThan aws:CurrentTime", value: `"2026-03-14T15:00:00Z"`, other: `"2026-03-14T16:00:00Z"`, operation: "Encrypt", input: encrypting},
	{condition: "NumericGreaterThan aws:EpochTime", value: `1773500000`, other: `1783500000`, operation: "Encrypt", input: encrypting},
	{condition: "IpAddress aws:SourceIp", value: `"10.0.0.0/8"`, other: `"192.168.0.0/16"`, operation: "Encrypt", input: encrypting, as: with("aws:SourceIp", "10.9.8.7")},
	{condition: "ArnLike aws:SourceArn", value: `"arn:aws:s3:::*"`, other: `"arn:aws:sns:::*"`, operation: "Encrypt", input: encrypting, as: with("aws:SourceArn", "arn:aws:s3:::bucket")},
	{condition: "StringEquals aws:PrincipalOrgID", value: `"o-1234567890"`, other: `"o-0"`, operation: "Encrypt", input: encrypting, as: with("aws:principalorgid", "o-1234567890")},
	{condition: "StringEquals aws:RequestedRegion", value: `"us-east-1"`, other: `"eu-west-1"`, operation: "Encrypt", input: encrypting},
	{condition: "StringEquals aws:ResourceAccount", value: `"` + account + `"`, other: `"` + otherAccount + `"`, operation: "Encrypt", input: encrypting},
	{condition: "Bool aws:SecureTransport", value: `true`, other: `false`, operation: "Encrypt", input: encrypting},
}

func viaService(f *kmsfake.Fake) *kmsfake.Fake {
	return f.WithCondition("kms:ViaService", "ec2.us-east-1.amazonaws.com")
}

func with(key string, values ...string) func(f *kmsfake.Fake) *kmsfake.Fake {
	return func(f *kmsfake.Fake) *kmsfake.Fake { return f.WithCondition(key, values...) }
}

func byAlias(t *testing.T, f *kmsfake.Fake, id string) any {
	newAlias(t, f, "alias/app1", id)
	return &kms.EncryptInput{KeyId: aws.String(aliasARN(f, "alias/app1")), Plaintext: []byte("x")}
}

func expiringMaterial(t *testing.T, f *kmsfake.Fake, id string) any {
	in := importInput(t, f, id)
	in.ExpirationModel, in.ValidTo = types.ExpirationModelTypeKeyMaterialExpires, aws.Time(start.Add(24*time.Hour))
	return in
}

func attesting(t *testing.T, f *kmsfake.Fake, id string) any {
	enclave, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	document, err := f.Attestation(&enclave.PublicKey, pcr0)
	if err != nil {
		t.Fatal(err)
	}
	return &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: types.DataKeySpecAes256, Recipient: &types.RecipientInfo{
		AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
	}}
}

// A statement of the key policy with a condition allows a request that meets it,
// and not one that does not.
func TestConditions(t *testing.T) {
	t.Parallel()
	for _, test := range conditions {
		t.Run(test.condition+" "+test.value, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := newKeyLike(t, f, &test.key)
			in := test.input(t, f, id)
			who := f.As(appRole)
			if test.operation == "ReplicateKey" { // the other Region has no policy yet
				who = f.As(appRole, allowing("kms:CreateKey", "kms:TagResource"))
			}
			if test.as != nil {
				who = test.as(who)
			}
			operator, key, _ := strings.Cut(test.condition, " ")
			statement := func(value string) string {
				return keyPolicy(allowStatement(`{"AWS": "`+appRole+`"}`, "kms:*", `{"`+operator+`": {"`+key+`": `+value+`}}`))
			}
			putPolicy(t, f, id, statement(test.other))
			_, err := invoke(t, who, test.operation, in)
			if err == nil || !strings.Contains(err.Error(), "api error AccessDeniedException") {
				t.Errorf("with the value %s: %v", test.other, err)
			}
			putPolicy(t, f, id, statement(test.value))
			if _, err := invoke(t, who, test.operation, in); err != nil {
				t.Error(err)
			}
		})
	}
}

// kms:ReEncryptOnSameKey is of two keys.
func TestReEncryptOnSameKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	first, second := newKey(t, f), newKey(t, f)
	newAlias(t, f, "alias/first", first)
	for _, key := range []string{first, second} {
		putPolicy(t, f, key, keyPolicy(allowStatement(`{"AWS": "`+appRole+`"}`, "kms:ReEncrypt*", `{"Bool": {"kms:ReEncryptOnSameKey": true}}`)))
	}
	blob := got(encrypt(t, f, first, "x")).ok(t).CiphertextBlob
	reEncrypt := func(to string) result[kms.ReEncryptOutput] {
		return got(f.As(appRole).ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &to}))
	}
	reEncrypt(first).ok(t)
	reEncrypt("alias/first").ok(t)
	reEncrypt(second).failsWith(t, "AccessDeniedException")
}

// ReEncrypt has two encryption contexts, one for each permission.
func TestReEncryptContexts(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	blob := got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), EncryptionContext: map[string]string{"Stage": "old"}})).ok(t).CiphertextBlob
	in := &kms.ReEncryptInput{
		CiphertextBlob: blob, DestinationKeyId: &key,
		SourceEncryptionContext: map[string]string{"Stage": "old"}, DestinationEncryptionContext: map[string]string{"Stage": "new"},
	}
	policy := func(from, to string) string {
		return keyPolicy(
			allowStatement(`{"AWS": "`+appRole+`"}`, "kms:ReEncryptFrom", `{"StringEquals": {"kms:EncryptionContext:Stage": "`+from+`"}}`),
			allowStatement(`{"AWS": "`+appRole+`"}`, "kms:ReEncryptTo", `{"StringEquals": {"kms:EncryptionContext:Stage": "`+to+`"}}`))
	}
	for _, test := range []struct {
		from, to string
		want     bool
	}{{"old", "new", true}, {"new", "old", false}, {"old", "old", false}, {"new", "new", false}} {
		putPolicy(t, f, key, policy(test.from, test.to))
		if r := got(f.As(appRole).ReEncrypt(t.Context(), in)); test.want {
			r.ok(t)
		} else {
			r.failsWith(t, "AccessDeniedException")
		}
	}
}
