package iam

import (
	"encoding/json"
	"testing"
)

// The example policies of the AWS KMS Developer Guide and what it claims of them,
// restated.

type (
	conditions = map[string]map[string]any
	// example is one statement.
	example struct {
		Sid       string     `json:",omitempty"`
		Effect    string     `json:""`
		Principal any        `json:",omitempty"`
		Action    any        `json:",omitempty"`
		Resource  any        `json:",omitempty"`
		Condition conditions `json:",omitempty"`
	}
	claim struct {
		caller, action string
		keys           []string
		want           bool
	}
)

func examples(t *testing.T, kind Kind, list []example) *Policy {
	t.Helper()
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, string(b), kind)
}

const (
	exampleUser  = "arn:aws:iam::111122223333:user/ExampleUser"
	exampleRole  = "arn:aws:iam::111122223333:role/ExampleRole"
	exampleCall  = "arn:aws:sts::111122223333:assumed-role/ExampleRole/call"
	adminUser    = "arn:aws:iam::111122223333:user/KMSAdminUser"
	adminCall    = "arn:aws:sts::111122223333:assumed-role/KMSAdminRole/call"
	limitedAdmin = "arn:aws:iam::111122223333:role/LimitedAdminRole"
	opsAdmin     = "arn:aws:iam::111122223333:user/OpsAdmin"
)

func aws(arns ...string) map[string]any { return map[string]any{"AWS": arns} }

func TestGuideExamples(t *testing.T) {
	t.Parallel()
	use := []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"}
	delegation := example{Sid: "Enable IAM policies", Effect: "Allow", Principal: aws(rootA), Action: "kms:*", Resource: "*"}
	allowing := func(action any, c conditions) example {
		return example{Effect: "Allow", Principal: aws(exampleUser), Action: action, Resource: "*", Condition: c}
	}
	on := func(operator, key string, value any) conditions { return conditions{operator: {key: value}} }
	tests := []struct {
		name     string
		key      []example
		identity []example
		claims   []claim
	}{
		{"the console's key policy", []example{
			delegation,
			{Sid: "Allow access for Key Administrators", Effect: "Allow", Principal: aws(adminUser, "arn:aws:iam::111122223333:role/KMSAdminRole"), Resource: "*",
				Action: []string{"kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*", "kms:Disable*", "kms:Get*",
					"kms:Delete*", "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"}},
			{Sid: "Allow use of the key", Effect: "Allow", Principal: aws(exampleUser, exampleRole, rootB), Action: use, Resource: "*"},
			{Sid: "Allow attachment of persistent resources", Effect: "Allow", Principal: aws(exampleUser, exampleRole, rootB),
				Action: []string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"}, Resource: "*", Condition: on("Bool", "kms:GrantIsForAWSResource", "true")},
		}, nil, []claim{
			{exampleUser, "kms:Encrypt", nil, true},
			{exampleUser, "kms:ReEncryptTo", nil, true},
			{exampleUser, "kms:GenerateDataKeyPair", nil, true},
			{exampleCall, "kms:Decrypt", nil, true},
			{exampleUser, "kms:PutKeyPolicy", nil, false},
			{exampleUser, "kms:CreateGrant", nil, false},
			{exampleUser, "kms:CreateGrant", []string{"kms:GrantIsForAWSResource", "true"}, true},
			{adminUser, "kms:PutKeyPolicy", nil, true},
			{adminCall, "kms:ScheduleKeyDeletion", nil, true},
			{adminUser, "kms:GetPublicKey", nil, true},
			{adminUser, "kms:Decrypt", nil, false},
			{adminUser, "kms:GenerateDataKey", nil, false},
			{adminUser, "kms:ReplicateKey", nil, false},
			{rootA, "kms:Decrypt", nil, true},
			{userAlice, "kms:Decrypt", nil, false},
			{userBob, "kms:Decrypt", nil, false},
		}},
		{"an IAM policy where the key delegates", []example{delegation}, []example{
			{Effect: "Allow", Action: use, Resource: "arn:aws:kms:us-west-2:111122223333:key/*"},
		}, []claim{
			{userAlice, "kms:Decrypt", nil, true},
			{userAlice, "kms:ReEncryptFrom", nil, true},
			{userAlice, "kms:CreateGrant", nil, false},
		}},
		{"a user without an IAM policy", []example{delegation}, nil, []claim{{userAlice, "kms:Decrypt", nil, false}}},
		{"another account may delegate", []example{
			{Sid: "Permission to use IAM policies", Effect: "Allow", Principal: aws(rootA), Action: "kms:*", Resource: "*"},
			{Sid: "Allow account 1", Effect: "Allow", Principal: aws(rootB), Resource: "*",
				Action: []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"}},
		}, []example{{Effect: "Allow", Action: []string{"kms:Decrypt", "kms:CreateGrant"}, Resource: keyARN}}, []claim{
			{"arn:aws:sts::444455556666:assumed-role/Engineering/bob", "kms:Decrypt", nil, true},
			{"arn:aws:sts::444455556666:assumed-role/Engineering/bob", "kms:Encrypt", nil, false},     // not in the IAM policy
			{"arn:aws:sts::444455556666:assumed-role/Engineering/bob", "kms:CreateGrant", nil, false}, // not in the key policy
			{"arn:aws:iam::999988887777:user/Eve", "kms:Decrypt", nil, false},
		}},
		{"roles and users of another account", []example{
			{Effect: "Allow", Principal: aws("arn:aws:iam::444455556666:role/ExampleRole", "arn:aws:iam::444455556666:user/ExampleUser"), Action: use, Resource: "*"},
		}, []example{{Effect: "Allow", Action: "kms:*", Resource: "*"}}, []claim{
			{"arn:aws:iam::444455556666:user/ExampleUser", "kms:Decrypt", nil, true},
			{"arn:aws:sts::444455556666:assumed-role/ExampleRole/s", "kms:Decrypt", nil, true},
			{userBob, "kms:Decrypt", nil, false},
		}},
		{"kms:CallerAccount and kms:ViaService of EBS", []example{
			{Effect: "Allow", Principal: aws("*"), Action: append(use, "kms:CreateGrant"), Resource: "*",
				Condition: on("StringEquals", "kms:CallerAccount", "111122223333")},
			{Effect: "Deny", Principal: aws("*"), Action: "kms:*", Resource: "*",
				Condition: on("StringNotEquals", "kms:ViaService", "ec2.us-west-2.amazonaws.com")},
		}, nil, []claim{
			{userAlice, "kms:Decrypt", []string{"kms:CallerAccount", accountA, "kms:ViaService", "ec2.us-west-2.amazonaws.com"}, true},
			{userAlice, "kms:Decrypt", []string{"kms:CallerAccount", accountA, "kms:ViaService", "s3.us-west-2.amazonaws.com"}, false},
			{userAlice, "kms:Decrypt", []string{"kms:CallerAccount", accountA}, false},
			{userBob, "kms:Decrypt", []string{"kms:CallerAccount", accountB, "kms:ViaService", "ec2.us-west-2.amazonaws.com"}, false},
		}},
		{"kms:EncryptionContext", []example{allowing("kms:GenerateDataKey", conditions{"StringEquals": {
			"kms:EncryptionContext:AppName": "ExampleApp", "kms:EncryptionContext:FilePath": "/var/opt/secrets/"}})}, nil, []claim{
			{exampleUser, "kms:GenerateDataKey", []string{"kms:EncryptionContext:AppName", "ExampleApp", "kms:EncryptionContext:FilePath", "/var/opt/secrets/"}, true},
			{exampleUser, "kms:GenerateDataKey", []string{"kms:EncryptionContext:appname", "ExampleApp", "kms:EncryptionContext:FILEPATH", "/var/opt/secrets/"}, true},
			{exampleUser, "kms:GenerateDataKey", []string{"kms:EncryptionContext:AppName", "exampleapp", "kms:EncryptionContext:FilePath", "/var/opt/secrets/"}, false},
			{exampleUser, "kms:GenerateDataKey", []string{"kms:EncryptionContext:AppName", "ExampleApp"}, false},
		}},
		{"kms:EncryptionContextKeys", []example{allowing("kms:Encrypt", on("ForAllValues:StringEquals", "kms:EncryptionContextKeys", []string{"AppName", "FilePath"})),
			allowing("kms:Decrypt", on("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "AppName")),
			allowing("kms:GenerateDataKey*", on("Null", "kms:EncryptionContextKeys", false))}, nil, []claim{
			{exampleUser, "kms:Encrypt", []string{"kms:EncryptionContextKeys", "AppName", "kms:EncryptionContextKeys", "FilePath"}, true},
			{exampleUser, "kms:Encrypt", []string{"kms:EncryptionContextKeys", "AppName", "kms:EncryptionContextKeys", "Other"}, false},
			{exampleUser, "kms:Decrypt", []string{"kms:EncryptionContextKeys", "AppName", "kms:EncryptionContextKeys", "Other"}, true},
			{exampleUser, "kms:Decrypt", []string{"kms:EncryptionContextKeys", "appname"}, false},
			{exampleUser, "kms:GenerateDataKey", []string{"kms:EncryptionContextKeys", "anything"}, true},
			{exampleUser, "kms:GenerateDataKey", nil, false},
		}},
		{"kms:BypassPolicyLockoutSafetyCheck", []example{allowing("kms:PutKeyPolicy", on("Null", "kms:BypassPolicyLockoutSafetyCheck", true))}, nil, []claim{
			{exampleUser, "kms:PutKeyPolicy", nil, true},
			{exampleUser, "kms:PutKeyPolicy", []string{"kms:BypassPolicyLockoutSafetyCheck", "true"}, false},
		}},
		{"kms:DataKeyPairSpec", []example{allowing("kms:GenerateDataKeyPair*", on("StringLike", "kms:DataKeyPairSpec", "RSA*"))}, nil, []claim{
			{exampleUser, "kms:GenerateDataKeyPair", []string{"kms:DataKeyPairSpec", "RSA_3072"}, true},
			{exampleUser, "kms:GenerateDataKeyPairWithoutPlaintext", []string{"kms:DataKeyPairSpec", "ECC_NIST_P384"}, false},
		}},
		{"kms:ExpirationModel and kms:ValidTo", []example{
			allowing("kms:ImportKeyMaterial", on("StringEquals", "kms:ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")),
			allowing("kms:ImportKeyMaterial", on("NumericLessThanEquals", "kms:ValidTo", "1546257599.0")),
		}, nil, []claim{
			{exampleUser, "kms:ImportKeyMaterial", []string{"kms:ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"}, true},
			{exampleUser, "kms:ImportKeyMaterial", []string{"kms:ExpirationModel", "KEY_MATERIAL_EXPIRES", "kms:ValidTo", "1546257599"}, true},
			{exampleUser, "kms:ImportKeyMaterial", []string{"kms:ExpirationModel", "KEY_MATERIAL_EXPIRES", "kms:ValidTo", "1546257600"}, false},
		}},
		{"kms:GrantConstraintType", []example{allowing("kms:CreateGrant", on("StringEquals", "kms:GrantConstraintType", "EncryptionContextEquals"))}, nil, []claim{
			{exampleUser, "kms:CreateGrant", []string{"kms:GrantConstraintType", "EncryptionContextEquals"}, true},
			{exampleUser, "kms:CreateGrant", []string{"kms:GrantConstraintType", "EncryptionContextSubset"}, false},
			{exampleUser, "kms:CreateGrant", nil, false},
		}},
		{"kms:GrantOperations", []example{allowing("kms:CreateGrant", on("ForAllValues:StringEquals", "kms:GrantOperations", []string{"Encrypt", "ReEncryptTo"}))}, nil, []claim{
			{exampleUser, "kms:CreateGrant", []string{"kms:GrantOperations", "Encrypt"}, true},
			{exampleUser, "kms:CreateGrant", []string{"kms:GrantOperations", "Encrypt", "kms:GrantOperations", "Decrypt"}, false},
		}},
		{"kms:GranteePrincipal and kms:RetiringPrincipal", []example{allowing("kms:CreateGrant", conditions{
			"StringEquals": {"kms:GranteePrincipal": limitedAdmin, "kms:RetiringPrincipal": []string{limitedAdmin, opsAdmin}}})}, nil, []claim{
			{exampleUser, "kms:CreateGrant", []string{"kms:GranteePrincipal", limitedAdmin, "kms:RetiringPrincipal", opsAdmin}, true},
			{exampleUser, "kms:CreateGrant", []string{"kms:GranteePrincipal", limitedAdmin, "kms:RetiringPrincipal", exampleUser}, false},
			{exampleUser, "kms:CreateGrant", []string{"kms:GranteePrincipal", opsAdmin, "kms:RetiringPrincipal", opsAdmin}, false},
		}},
		{"kms:KeySpec and kms:KeyUsage of the key", []example{delegation}, []example{
			{Effect: "Allow", Action: use, Resource: "arn:aws:kms:us-west-2:111122223333:key/*", Condition: on("StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT")},
			{Effect: "Allow", Action: []string{"kms:CreateGrant", "kms:GetPublicKey"}, Resource: "arn:aws:kms:us-west-2:111122223333:key/*", Condition: on("StringEquals", "kms:KeyUsage", "SIGN_VERIFY")},
		}, []claim{
			{userAlice, "kms:Decrypt", []string{"kms:KeySpec", "SYMMETRIC_DEFAULT"}, true},
			{userAlice, "kms:Decrypt", []string{"kms:KeySpec", "RSA_2048"}, false},
			{userAlice, "kms:GetPublicKey", []string{"kms:KeyUsage", "SIGN_VERIFY"}, true},
			{userAlice, "kms:GetPublicKey", []string{"kms:KeyUsage", "ENCRYPT_DECRYPT"}, false},
		}},
		{"kms:MacAlgorithm", []example{
			allowing([]string{"kms:GenerateMac", "kms:VerifyMac"}, on("StringEquals", "kms:MacAlgorithm", "HMAC_SHA_384")),
			allowing([]string{"kms:GenerateMac", "kms:VerifyMac"}, on("StringEquals", "kms:MacAlgorithm", "HMAC_SHA_512")),
		}, nil, []claim{
			{exampleUser, "kms:GenerateMac", []string{"kms:MacAlgorithm", "HMAC_SHA_384"}, true},
			{exampleUser, "kms:VerifyMac", []string{"kms:MacAlgorithm", "HMAC_SHA_512"}, true},
			{exampleUser, "kms:VerifyMac", []string{"kms:MacAlgorithm", "HMAC_SHA_256"}, false},
		}},
		{"kms:MessageType", []example{allowing("kms:Sign", on("StringEquals", "kms:MessageType", "RAW"))}, nil, []claim{
			{exampleUser, "kms:Sign", []string{"kms:MessageType", "RAW"}, true},
			{exampleUser, "kms:Sign", []string{"kms:MessageType", "DIGEST"}, false},
		}},
		{"kms:MultiRegionKeyType", []example{delegation}, []example{
			{Effect: "Allow", Action: []string{"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"}, Resource: "arn:aws:kms:*:111122223333:key/*",
				Condition: on("StringEquals", "kms:MultiRegionKeyType", "REPLICA")},
		}, []claim{
			{userAlice, "kms:ScheduleKeyDeletion", []string{"kms:MultiRegionKeyType", "REPLICA"}, true},
			{userAlice, "kms:ScheduleKeyDeletion", []string{"kms:MultiRegionKeyType", "PRIMARY"}, false},
			{userAlice, "kms:ScheduleKeyDeletion", nil, false},
		}},
		{"kms:PrimaryRegion and kms:ReplicaRegion", []example{
			allowing("kms:UpdatePrimaryRegion", on("StringEquals", "kms:PrimaryRegion", []string{"us-east-1", "us-west-2", "eu-west-3"})),
			allowing("kms:ReplicateKey", on("StringLike", "kms:ReplicaRegion", "eu-*")),
		}, nil, []claim{
			{exampleUser, "kms:UpdatePrimaryRegion", []string{"kms:PrimaryRegion", "us-west-2"}, true},
			{exampleUser, "kms:UpdatePrimaryRegion", []string{"kms:PrimaryRegion", "sa-east-1"}, false},
			{exampleUser, "kms:ReplicateKey", []string{"kms:ReplicaRegion", "eu-west-1"}, true},
			{exampleUser, "kms:ReplicateKey", []string{"kms:ReplicaRegion", "us-east-1"}, false},
		}},
		{"kms:ReEncryptOnSameKey", []example{allowing("kms:ReEncrypt*", on("Bool", "kms:ReEncryptOnSameKey", true))}, nil, []claim{
			{exampleUser, "kms:ReEncryptFrom", []string{"kms:ReEncryptOnSameKey", "true"}, true},
			{exampleUser, "kms:ReEncryptTo", []string{"kms:ReEncryptOnSameKey", "false"}, false},
		}},
		{"kms:RequestAlias", []example{allowing("kms:GenerateDataKey", on("StringEquals", "kms:RequestAlias", "alias/finance-key"))}, nil, []claim{
			{exampleUser, "kms:GenerateDataKey", []string{"kms:RequestAlias", "alias/finance-key"}, true},
			{exampleUser, "kms:GenerateDataKey", []string{"kms:RequestAlias", "alias/other"}, false},
			{exampleUser, "kms:GenerateDataKey", nil, false},
		}},
		{"kms:ResourceAliases", []example{delegation}, []example{
			{Effect: "Allow", Action: "kms:*", Resource: "arn:aws:kms:*:111122223333:key/*", Condition: on("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*test*")},
		}, []claim{
			{userAlice, "kms:Decrypt", []string{"kms:ResourceAliases", "alias/prod", "kms:ResourceAliases", "alias/my-test-1"}, true},
			{userAlice, "kms:Decrypt", []string{"kms:ResourceAliases", "alias/prod"}, false},
			{userAlice, "kms:Decrypt", nil, false},
		}},
		{"kms:ViaService, allowed and denied", []example{
			allowing(use, on("StringEquals", "kms:ViaService", []string{"ec2.us-west-2.amazonaws.com", "lambda.us-west-2.amazonaws.com"})),
			{Effect: "Deny", Principal: aws(exampleUser), Action: "kms:Encrypt", Resource: "*", Condition: on("StringEquals", "kms:ViaService", "lambda.us-west-2.amazonaws.com")},
		}, nil, []claim{
			{exampleUser, "kms:Encrypt", []string{"kms:ViaService", "ec2.us-west-2.amazonaws.com"}, true},
			{exampleUser, "kms:Encrypt", []string{"kms:ViaService", "lambda.us-west-2.amazonaws.com"}, false},
			{exampleUser, "kms:Decrypt", []string{"kms:ViaService", "lambda.us-west-2.amazonaws.com"}, true},
			{exampleUser, "kms:Decrypt", nil, false},
		}},
		{"kms:WrappingAlgorithm and kms:WrappingKeySpec", []example{allowing("kms:GetParametersForImport", conditions{
			"StringNotEquals": {"kms:WrappingAlgorithm": "RSAES_OAEP_SHA_1"}, "StringEquals": {"kms:WrappingKeySpec": "RSA_2048"}})}, nil, []claim{
			{exampleUser, "kms:GetParametersForImport", []string{"kms:WrappingAlgorithm", "RSAES_OAEP_SHA_256", "kms:WrappingKeySpec", "RSA_2048"}, true},
			{exampleUser, "kms:GetParametersForImport", []string{"kms:WrappingAlgorithm", "RSAES_OAEP_SHA_1", "kms:WrappingKeySpec", "RSA_2048"}, false},
		}},
		{"aws:ResourceTag", []example{delegation}, []example{
			{Effect: "Allow", Action: "kms:*", Resource: "*", Condition: on("StringEquals", "aws:ResourceTag/Project", []string{"Alpha", "Unit Test"})},
			{Effect: "Deny", Action: []string{"kms:TagResource", "kms:UntagResource"}, Resource: "*", Condition: on("StringEquals", "aws:ResourceTag/Project", "Alpha")},
		}, []claim{
			{userAlice, "kms:Decrypt", []string{"aws:ResourceTag/project", "Alpha"}, true},
			{userAlice, "kms:Decrypt", []string{"aws:ResourceTag/project", "Beta"}, false},
			{userAlice, "kms:TagResource", []string{"aws:ResourceTag/Project", "Alpha"}, false},
			{userAlice, "kms:TagResource", []string{"aws:ResourceTag/Project", "Unit Test"}, true},
		}},
		{"aws:SourceVpce and aws:SourceIp", []example{
			allowing("kms:*", nil),
			{Effect: "Deny", Principal: "*", Action: use, Resource: "*", Condition: on("StringNotEquals", "aws:SourceVpce", "vpce-1234abcdf5678c90a")},
		}, nil, []claim{
			{exampleUser, "kms:Decrypt", []string{"aws:sourceVpce", "vpce-1234abcdf5678c90a"}, true},
			{exampleUser, "kms:Decrypt", []string{"aws:sourceVpce", "vpce-0"}, false},
			{exampleUser, "kms:Decrypt", []string{"aws:SourceIp", "203.0.113.1"}, false},
			{exampleUser, "kms:ListGrants", nil, true},
		}},
		{"a service that must come for one resource", []example{
			{Effect: "Allow", Principal: map[string]any{"Service": "logs.us-west-2.amazonaws.com"}, Action: use, Resource: "*",
				Condition: on("ArnEquals", "aws:SourceArn", "arn:aws:logs:us-west-2:111122223333:log-group:*")},
		}, nil, []claim{
			{"logs.us-west-2.amazonaws.com", "kms:Decrypt", []string{"aws:SourceArn", "arn:aws:logs:us-west-2:111122223333:log-group:a"}, true},
			{"logs.us-west-2.amazonaws.com", "kms:Decrypt", []string{"aws:SourceArn", "arn:aws:logs:us-west-2:444455556666:log-group:a"}, false},
			{"logs.eu-west-1.amazonaws.com", "kms:Decrypt", []string{"aws:SourceArn", "arn:aws:logs:us-west-2:111122223333:log-group:a"}, false},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key := examples(t, KeyPolicy, tt.key)
			var identity []*Policy
			if tt.identity != nil {
				identity = []*Policy{examples(t, IdentityPolicy, tt.identity)}
			}
			for _, c := range tt.claims {
				q := question(t, c.caller, c.action, key, identity...)
				q.Lookup = keys(c.keys...)
				if d := Decide(q); d.Allowed != c.want {
					t.Errorf("%s by %s with %q: allowed %v: %s", c.action, c.caller, c.keys, d.Allowed, d.Reason())
				}
			}
		})
	}
}

// The guide's examples for operations without a key stand in IAM policies alone.
func TestGuideExamplesWithoutKey(t *testing.T) {
	t.Parallel()
	create := func(c conditions) []example {
		return []example{{Effect: "Allow", Action: "kms:CreateKey", Resource: "*", Condition: c}}
	}
	tests := []struct {
		name     string
		identity []example
		keys     []string
		want     bool
	}{
		{"origin", create(conditions{"StringEquals": {"kms:KeyOrigin": "EXTERNAL"}}), []string{"kms:KeyOrigin", "EXTERNAL"}, true},
		{"another origin", create(conditions{"StringEquals": {"kms:KeyOrigin": "EXTERNAL"}}), []string{"kms:KeyOrigin", "AWS_KMS"}, false},
		{"single-Region", create(conditions{"Bool": {"kms:MultiRegion": false}}), []string{"kms:MultiRegion", "false"}, true},
		{"multi-Region", create(conditions{"Bool": {"kms:MultiRegion": false}}), []string{"kms:MultiRegion", "true"}, false},
		{"bypass denied", append(create(nil), example{Effect: "Deny", Action: []string{"kms:CreateKey", "kms:PutKeyPolicy"}, Resource: "*",
			Condition: conditions{"Bool": {"kms:BypassPolicyLockoutSafetyCheck": true}}}), []string{"kms:BypassPolicyLockoutSafetyCheck", "true"}, false},
		{"no bypass", append(create(nil), example{Effect: "Deny", Action: []string{"kms:CreateKey", "kms:PutKeyPolicy"}, Resource: "*",
			Condition: conditions{"Bool": {"kms:BypassPolicyLockoutSafetyCheck": true}}}), []string{"kms:BypassPolicyLockoutSafetyCheck", "false"}, true},
		{"tags", create(conditions{"StringEquals": {"aws:RequestTag/CostCenter": "AB-1234"}, "ForAllValues:StringEquals": {"aws:TagKeys": "CostCenter"}}),
			[]string{"aws:RequestTag/CostCenter", "AB-1234", "aws:TagKeys", "CostCenter"}, true},
		{"a tag too many", create(conditions{"StringEquals": {"aws:RequestTag/CostCenter": "AB-1234"}, "ForAllValues:StringEquals": {"aws:TagKeys": "CostCenter"}}),
			[]string{"aws:RequestTag/CostCenter", "AB-1234", "aws:TagKeys", "CostCenter", "aws:TagKeys", "Other"}, false},
		{"tags missing", create(conditions{"StringEquals": {"aws:RequestTag/CostCenter": "AB-1234"}}), nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := question(t, userAlice, "kms:CreateKey", nil, examples(t, IdentityPolicy, tt.identity))
			q.Resource, q.Lookup = "*", keys(tt.keys...)
			if d := Decide(q); d.Allowed != tt.want {
				t.Errorf("allowed %v: %s", d.Allowed, d.Reason())
			}
		})
	}
}
