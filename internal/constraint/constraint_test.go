package constraint_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/constraint"
)

const keyID = "1234abcd-12ab-34cd-56ef-1234567890ab"

// The enums in the order in which the service has been seen to list them,
// values that came later behind.
const (
	keySpecs = "[RSA_2048, ECC_NIST_P384, ECC_NIST_P256, ECC_NIST_P521, HMAC_384, RSA_3072, ECC_SECG_P256K1, RSA_4096, SYMMETRIC_DEFAULT, HMAC_256, HMAC_224, HMAC_512, " +
		"SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ECC_NIST_EDWARDS25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024]"
	keyUsages       = "[ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]"
	grantOperations = "[Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, ReEncryptFrom, ReEncryptTo, Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, " +
		"DescribeKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GenerateMac, VerifyMac, DeriveSharedSecret, Encapsulate, Decapsulate]"
)

const failed = " failed to satisfy constraint: Member must "

func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name      string
		operation string
		input     any
		want      string // "" is no failure
	}{
		{"a number below", "GenerateRandom", &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(0)},
			"1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"a number above", "GenerateRandom", &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1025)},
			"1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"},
		{"a negative number", "ListKeys", &kms.ListKeysInput{Limit: aws.Int32(-7)},
			"1 validation error detected: Value '-7' at 'limit'" + failed + "have value greater than or equal to 1"},
		{"numbers at the bounds", "EnableKeyRotation", &kms.EnableKeyRotationInput{KeyId: aws.String(keyID), RotationPeriodInDays: aws.Int32(90)}, ""},
		{"key spec", "CreateKey", &kms.CreateKeyInput{KeySpec: "HMAC_random"},
			"1 validation error detected: Value 'HMAC_random' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: " + keySpecs},
		{"key usage", "CreateKey", &kms.CreateKeyInput{KeyUsage: "RANDOM"},
			"1 validation error detected: Value 'RANDOM' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value set: " + keyUsages},
		{"MAC algorithm", "VerifyMac", &kms.VerifyMacInput{KeyId: aws.String(keyID), MacAlgorithm: "INVALID", Mac: []byte{1}, Message: []byte{1}},
			"1 validation error detected: Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]"},
		{"key agreement algorithm", "DeriveSharedSecret", &kms.DeriveSharedSecretInput{KeyId: aws.String(keyID), KeyAgreementAlgorithm: "INVALID", PublicKey: []byte{1}},
			"1 validation error detected: Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]"},
		{"an enum's case matters", "CreateKey", &kms.CreateKeyInput{Origin: "aws_kms"},
			"1 validation error detected: Value 'aws_kms' at 'origin'" + failed + "satisfy enum value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]"},
		{"a pattern", "CreateAlias", &kms.CreateAliasInput{AliasName: aws.String("alias/a b"), TargetKeyId: aws.String(keyID)},
			"1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"},
		{"a pattern holds for the whole value", "CreateAlias", &kms.CreateAliasInput{AliasName: aws.String("alias/a\n"), TargetKeyId: aws.String(keyID)},
			"1 validation error detected: Value 'alias/a\n' at 'aliasName'" + failed + "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"},
		{"a pattern without anchors too", "GetKeyPolicy", &kms.GetKeyPolicyInput{KeyId: aws.String(keyID), PolicyName: aws.String("default policy")},
			"1 validation error detected: Value 'default policy' at 'policyName'" + failed + `satisfy regular expression pattern: [\w]+`},
		{"an alias name without prefix is not a matter of form", "CreateAlias", &kms.CreateAliasInput{AliasName: aws.String("no-prefix"), TargetKeyId: aws.String(keyID)}, ""},
		{"length and pattern at once", "CreateAlias", &kms.CreateAliasInput{AliasName: aws.String(""), TargetKeyId: aws.String("")},
			"3 validation errors detected: Value '' at 'aliasName'" + failed + "have length greater than or equal to 1; " +
				"Value '' at 'aliasName'" + failed + "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; " +
				"Value '' at 'targetKeyId'" + failed + "have length greater than or equal to 1"},
		{"alias name of 256", "DeleteAlias", &kms.DeleteAliasInput{AliasName: aws.String("alias/" + long[:250])}, ""},
		{"alias name of 257", "DeleteAlias", &kms.DeleteAliasInput{AliasName: aws.String("alias/" + long[:251])},
			"1 validation error detected: Value 'alias/" + long[:251] + "' at 'aliasName'" + failed + "have length less than or equal to 256"},
		{"tag key", "TagResource", &kms.TagResourceInput{KeyId: aws.String(keyID), Tags: []types.Tag{{TagKey: aws.String(long[:129]), TagValue: aws.String("v")}}},
			"1 validation error detected: Value '" + long[:129] + "' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"tag value, the second of a new key", "CreateKey", &kms.CreateKeyInput{Tags: []types.Tag{
			{TagKey: aws.String("a"), TagValue: aws.String("")}, {TagKey: aws.String(""), TagValue: aws.String(long[:257])}}},
			"2 validation errors detected: Value '' at 'tags.2.member.tagKey'" + failed + "have length greater than or equal to 1; " +
				"Value '" + long[:257] + "' at 'tags.2.member.tagValue'" + failed + "have length less than or equal to 256"},
		{"an empty list is sent and breaks nothing", "TagResource", &kms.TagResourceInput{KeyId: aws.String(keyID), Tags: []types.Tag{}}, ""},
		{"plaintext of 4097", "Encrypt", &kms.EncryptInput{KeyId: aws.String(keyID), Plaintext: make([]byte, 4097)},
			"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"},
		{"plaintext of 4096", "Encrypt", &kms.EncryptInput{KeyId: aws.String(keyID), Plaintext: make([]byte, 4096)}, ""},
		{"empty plaintext", "Encrypt", &kms.EncryptInput{KeyId: aws.String(keyID), Plaintext: []byte{}},
			"1 validation error detected: Value at 'plaintext'" + failed + "have length greater than or equal to 1"},
		{"ciphertext is binary", "Decrypt", &kms.DecryptInput{CiphertextBlob: make([]byte, 6145)},
			"1 validation error detected: Value at 'ciphertextBlob'" + failed + "have length less than or equal to 6144"},
		{"a password is left out", "CreateCustomKeyStore", &kms.CreateCustomKeyStoreInput{CustomKeyStoreName: aws.String("store"), KeyStorePassword: aws.String("secret")},
			"1 validation error detected: Value at 'keyStorePassword'" + failed + "have length greater than or equal to 7"},
		{"nested members", "CreateCustomKeyStore", &kms.CreateCustomKeyStoreInput{CustomKeyStoreName: aws.String("store"), XksProxyAuthenticationCredential: &types.XksProxyAuthenticationCredentialType{
			AccessKeyId: aws.String("abcdefghijklmnopqrst"), RawSecretAccessKey: aws.String(long[:43])}},
			"1 validation error detected: Value at 'xksProxyAuthenticationCredential.accessKeyId'" + failed + "satisfy regular expression pattern: ^[A-Z2-7]+$"},
		{"nested binary and enum", "GenerateRandom", &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1), Recipient: &types.RecipientInfo{AttestationDocument: []byte{}, KeyEncryptionAlgorithm: "X"}},
			"2 validation errors detected: Value 'X' at 'recipient.keyEncryptionAlgorithm'" + failed + "satisfy enum value set: [RSAES_OAEP_SHA_256]; " +
				"Value at 'recipient.attestationDocument'" + failed + "have length greater than or equal to 1"},
		{"a list of enums", "CreateGrant", &kms.CreateGrantInput{KeyId: aws.String(keyID), Operations: []types.GrantOperation{"Decrypt", "Dance"}},
			"1 validation error detected: Value '[Decrypt, Dance]' at 'operations'" + failed + "satisfy constraint: [Member must satisfy enum value set: " + grantOperations + "]"},
		{"an empty enum in a list is sent", "Decrypt", &kms.DecryptInput{CiphertextBlob: []byte{1}, DryRunModifiers: []types.DryRunModifierType{""}},
			"1 validation error detected: Value '[]' at 'dryRunModifiers'" + failed + "satisfy constraint: [Member must satisfy enum value set: [IGNORE_CIPHERTEXT]]"},
		{"an empty grant token", "DescribeKey", &kms.DescribeKeyInput{KeyId: aws.String(keyID), GrantTokens: []string{"a", ""}},
			"1 validation error detected: Value '[a, ]' at 'grantTokens'" + failed + "satisfy constraint: [Member must have length less than or equal to 8192, Member must have length greater than or equal to 1]"},
		{"ten grant tokens", "DescribeKey", &kms.DescribeKeyInput{KeyId: aws.String(keyID), GrantTokens: slices.Repeat([]string{"t"}, 10)}, ""},
		{"eleven grant tokens", "DescribeKey", &kms.DescribeKeyInput{KeyId: aws.String(keyID), GrantTokens: slices.Repeat([]string{"t"}, 11)},
			"1 validation error detected: Value '[t, t, t, t, t, t, t, t, t, t, t]' at 'grantTokens'" + failed + "have length less than or equal to 10"},
		{"members in the model's order", "PutKeyPolicy", &kms.PutKeyPolicyInput{Policy: aws.String("\u0100"), PolicyName: aws.String("a-b"), KeyId: aws.String("")},
			"3 validation errors detected: Value '' at 'keyId'" + failed + "have length greater than or equal to 1; " +
				"Value 'a-b' at 'policyName'" + failed + `satisfy regular expression pattern: [\w]+; ` +
				"Value '\u0100' at 'policy'" + failed + `satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`},
		{"Latin-1 is fine in a policy", "PutKeyPolicy", &kms.PutKeyPolicyInput{Policy: aws.String("{\t\r\nÿ}"), KeyId: aws.String(keyID)}, ""},
		{"lengths are in code points", "CreateKey", &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String(strings.Repeat("🔑", 128)), TagValue: aws.String("")}}}, ""},
		{"one code point too many", "CreateKey", &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String(strings.Repeat("é", 129)), TagValue: aws.String("")}}},
			"1 validation error detected: Value '" + strings.Repeat("é", 129) + "' at 'tags.1.member.tagKey'" + failed + "have length less than or equal to 128"},
		{"bytes that are not UTF-8", "DeleteAlias", &kms.DeleteAliasInput{AliasName: aws.String("alias/\xff\xfe")},
			"1 validation error detected: Value 'alias/\uFFFD\uFFFD' at 'aliasName'" + failed + "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"},
		{"a Region", "ReplicateKey", &kms.ReplicateKeyInput{KeyId: aws.String(keyID), ReplicaRegion: aws.String("us-east-1")}, ""},
		{"not a Region", "ReplicateKey", &kms.ReplicateKeyInput{KeyId: aws.String(keyID), ReplicaRegion: aws.String("useast1")},
			"1 validation error detected: Value 'useast1' at 'replicaRegion'" + failed + `satisfy regular expression pattern: ^([a-z]+-){2,3}\d+$`},
		{"a service principal", "CreateGrant", &kms.CreateGrantInput{KeyId: aws.String(keyID), Operations: []types.GrantOperation{"Decrypt"}, GranteeServicePrincipal: aws.String("rds.amazonaws.com")}, ""},
		{"a source ARN of two lines", "CreateGrant", &kms.CreateGrantInput{KeyId: aws.String(keyID), Operations: []types.GrantOperation{"Decrypt"},
			Constraints: &types.GrantConstraints{SourceArn: aws.String("arn:aws:rds:us-east-1:111122223333:db\r2")}},
			"1 validation error detected: Value 'arn:aws:rds:us-east-1:111122223333:db\r2' at 'constraints.sourceArn'" + failed +
				"satisfy regular expression pattern: ^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$"},
		{"Java's white space", "ImportKeyMaterial", &kms.ImportKeyMaterialInput{KeyId: aws.String(keyID), ImportToken: []byte{1}, EncryptedKeyMaterial: []byte{1}, KeyMaterialDescription: aws.String("a\v\t.b")}, ""},
		{"encryption contexts are free", "Encrypt", &kms.EncryptInput{KeyId: aws.String(keyID), Plaintext: []byte{1}, EncryptionContext: map[string]string{"": ""}}, ""},
		{"what is missing breaks nothing", "CreateAlias", &kms.CreateAliasInput{}, ""},
		{"nil is empty", "CreateAlias", (*kms.CreateAliasInput)(nil), ""},
		{"no input is empty", "CreateAlias", nil, ""},
		{"an unknown operation", "MakeCoffee", &kms.DeleteAliasInput{AliasName: aws.String("")}, ""},
		{"another operation's input", "UpdateAlias", &kms.DeleteAliasInput{AliasName: aws.String("")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			message, ok := constraint.Check(tt.operation, tt.input)
			if message != tt.want || ok != (tt.want == "") {
				t.Errorf("Check(%q) = %q, %t\nwant %q", tt.operation, message, ok, tt.want)
			}
		})
	}
}

// What clients other than the SDK leave out, the service tells.
func TestNullMembers(t *testing.T) {
	t.Parallel()
	const null = " failed to satisfy constraint: Member must not be null"
	for _, tt := range []struct {
		name      string
		operation string
		input     any
		nulls     []string
		all       string
	}{
		{"one", "CreateAlias", &kms.CreateAliasInput{TargetKeyId: aws.String(keyID)},
			[]string{"Value null at 'aliasName'" + null},
			"1 validation error detected: Value null at 'aliasName' failed to satisfy constraint: Member must not be null"},
		{"all", "GenerateMac", &kms.GenerateMacInput{},
			[]string{"Value null at 'message'" + null, "Value null at 'keyId'" + null, "Value null at 'macAlgorithm'" + null},
			"3 validation errors detected: Value null at 'message'" + null + "; Value null at 'keyId'" + null + "; Value null at 'macAlgorithm'" + null},
		{"no input at all", "DescribeKey", nil, []string{"Value null at 'keyId'" + null}, "1 validation error detected: Value null at 'keyId'" + null},
		{"nested, among others", "TagResource", &kms.TagResourceInput{KeyId: aws.String(""), Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}, {TagKey: aws.String("")}}},
			[]string{"Value null at 'tags.2.member.tagValue'" + null},
			"3 validation errors detected: Value '' at 'keyId'" + failed + "have length greater than or equal to 1; " +
				"Value '' at 'tags.2.member.tagKey'" + failed + "have length greater than or equal to 1; Value null at 'tags.2.member.tagValue'" + null},
		{"null before a failure", "Encrypt", &kms.EncryptInput{Plaintext: []byte{}}, []string{"Value null at 'keyId'" + null},
			"2 validation errors detected: Value null at 'keyId'" + null + "; Value at 'plaintext'" + failed + "have length greater than or equal to 1"},
		{"nested structure", "UpdateCustomKeyStore", &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: aws.String("cks-1"), XksProxyAuthenticationCredential: &types.XksProxyAuthenticationCredentialType{RawSecretAccessKey: aws.String(strings.Repeat("s", 43))}},
			[]string{"Value null at 'xksProxyAuthenticationCredential.accessKeyId'" + null},
			"1 validation error detected: Value null at 'xksProxyAuthenticationCredential.accessKeyId'" + null},
		{"an empty list is not null", "CreateGrant", &kms.CreateGrantInput{KeyId: aws.String(keyID), Operations: []types.GrantOperation{}}, nil, ""},
		{"nothing is required", "ListKeys", &kms.ListKeysInput{}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if nulls := constraint.NullMembers(tt.operation, tt.input); !slices.Equal(nulls, tt.nulls) {
				t.Errorf("NullMembers = %q, want %q", nulls, tt.nulls)
			}
			if message, ok := constraint.CheckAll(tt.operation, tt.input); message != tt.all || ok != (tt.all == "") {
				t.Errorf("CheckAll = %q, %t\nwant %q", message, ok, tt.all)
			}
		})
	}
}

// Texts outlive the input they were made from.
func TestMessageIsACopy(t *testing.T) {
	t.Parallel()
	tokens := []string{"a", ""}
	message, _ := constraint.Check("DescribeKey", &kms.DescribeKeyInput{GrantTokens: tokens})
	before := strings.Clone(message)
	tokens[0] = "b"
	if message != before || !utf8.ValidString(message) {
		t.Errorf("the message changed to %q", message)
	}
}
