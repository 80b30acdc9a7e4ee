package iam

import (
	"maps"
	"slices"
	"strings"
)

// ConditionKey is a condition key that a request to AWS KMS can have.
type ConditionKey struct {
	// Name is the key as AWS spells it. A name that ends in ":" or "/" is a prefix.
	Name string
	// Many tells that the key has several values, so conditions on it take a set
	// operator.
	Many bool
	// Actions are the permissions whose requests have the key, without "kms:".
	// Nil is all of them.
	Actions []string
}

// Groups of actions, as the condition keys share them.
var (
	cryptographic = []string{
		"Decapsulate", "Decrypt", "DeriveSharedSecret", "Encapsulate", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
		"GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac",
		"ReEncryptFrom", "ReEncryptTo", "Sign", "Verify", "VerifyMac",
	}
	onKey = slices.Concat(cryptographic, []string{
		"CancelKeyDeletion", "CreateAlias", "CreateGrant", "DeleteAlias", "DeleteImportedKeyMaterial", "DescribeKey",
		"DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "GetKeyLastUsage", "GetKeyPolicy",
		"GetKeyRotationStatus", "GetParametersForImport", "GetPublicKey", "ImportKeyMaterial", "ListGrants",
		"ListKeyPolicies", "ListKeyRotations", "ListResourceTags", "PutKeyPolicy", "ReplicateKey", "RetireGrant",
		"RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias",
		"UpdateKeyDescription", "UpdatePrimaryRegion",
	})
	onKeyStore = []string{
		"ConnectCustomKeyStore", "CreateCustomKeyStore", "DeleteCustomKeyStore", "DescribeCustomKeyStores",
		"DisconnectCustomKeyStore", "UpdateCustomKeyStore",
	}
	withContext = []string{
		"CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
		"GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "RetireGrant",
	}
	withEncryption = []string{
		"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
		"GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
	}
	withRecipient = []string{
		"Decrypt", "DeriveSharedSecret", "GenerateDataKey", "GenerateDataKeyPair", "GenerateRandom",
	}
	createOrOnKey = append(slices.Clone(onKey), "CreateKey")
	withTags      = []string{"CreateKey", "ReplicateKey", "TagResource"}
)

// conditionKeys are the keys of AWS KMS and the global ones, from the Service
// Authorization Reference and the AWS KMS Developer Guide.
var conditionKeys = []ConditionKey{
	{Name: "kms:BypassPolicyLockoutSafetyCheck", Actions: []string{"CreateKey", "PutKeyPolicy"}},
	{Name: "kms:CallerAccount", Actions: slices.Concat(onKey, onKeyStore)},
	{Name: "kms:CustomerMasterKeySpec", Actions: createOrOnKey},
	{Name: "kms:CustomerMasterKeyUsage", Actions: createOrOnKey},
	{Name: "kms:DataKeyPairSpec", Actions: []string{"GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"}},
	{Name: "kms:EncryptionAlgorithm", Actions: withEncryption},
	{Name: "kms:EncryptionContext:", Actions: withContext},
	{Name: "kms:EncryptionContextKeys", Many: true, Actions: withContext},
	{Name: "kms:ExpirationModel", Actions: []string{"ImportKeyMaterial"}},
	{Name: "kms:GrantConstraintType", Actions: []string{"CreateGrant", "RetireGrant"}},
	{Name: "kms:GrantIsForAWSResource", Actions: []string{"CreateGrant", "ListGrants", "RevokeGrant"}},
	{Name: "kms:GrantOperations", Many: true, Actions: []string{"CreateGrant"}},
	{Name: "kms:GranteePrincipal", Actions: []string{"CreateGrant"}},
	{Name: "kms:KeyAgreementAlgorithm", Actions: []string{"DeriveSharedSecret"}},
	{Name: "kms:KeyOrigin", Actions: createOrOnKey},
	{Name: "kms:KeySpec", Actions: createOrOnKey},
	{Name: "kms:KeyUsage", Actions: createOrOnKey},
	{Name: "kms:MacAlgorithm", Actions: []string{"GenerateMac", "VerifyMac"}},
	{Name: "kms:MessageType", Actions: []string{"Sign", "Verify"}},
	{Name: "kms:MultiRegion", Actions: createOrOnKey},
	{Name: "kms:MultiRegionKeyType", Actions: createOrOnKey},
	{Name: "kms:PrimaryRegion", Actions: []string{"UpdatePrimaryRegion"}},
	{Name: "kms:ReEncryptOnSameKey", Actions: []string{"ReEncryptFrom", "ReEncryptTo"}},
	{Name: "kms:RecipientAttestation:", Actions: withRecipient},
	{Name: "kms:ReplicaRegion", Actions: []string{"ReplicateKey"}},
	{Name: "kms:RequestAlias", Actions: append(slices.Clone(cryptographic), "DescribeKey", "GetPublicKey")},
	{Name: "kms:ResourceAliases", Many: true, Actions: onKey},
	{Name: "kms:RetiringPrincipal", Actions: []string{"CreateGrant"}},
	{Name: "kms:RotationPeriodInDays", Actions: []string{"EnableKeyRotation"}},
	{Name: "kms:ScheduleKeyDeletionPendingWindowInDays", Actions: []string{"ScheduleKeyDeletion"}},
	{Name: "kms:SigningAlgorithm", Actions: []string{"Sign", "Verify"}},
	{Name: "kms:ValidTo", Actions: []string{"ImportKeyMaterial"}},
	{Name: "kms:ViaService", Actions: onKey},
	{Name: "kms:WrappingAlgorithm", Actions: []string{"GetParametersForImport"}},
	{Name: "kms:WrappingKeySpec", Actions: []string{"GetParametersForImport"}},

	{Name: "aws:RequestTag/", Actions: withTags},
	{Name: "aws:TagKeys", Many: true, Actions: append(slices.Clone(withTags), "UntagResource")},
	{Name: "aws:ResourceTag/", Actions: onKey},
	{Name: "aws:CalledVia", Many: true},
	{Name: "aws:CalledViaFirst"},
	{Name: "aws:CalledViaLast"},
	{Name: "aws:CurrentTime"},
	{Name: "aws:EpochTime"},
	{Name: "aws:FederatedProvider"},
	{Name: "aws:MultiFactorAuthAge"},
	{Name: "aws:MultiFactorAuthPresent"},
	{Name: "aws:PrincipalAccount"},
	{Name: "aws:PrincipalArn"},
	{Name: "aws:PrincipalIsAWSService"},
	{Name: "aws:PrincipalOrgID"},
	{Name: "aws:PrincipalOrgPaths", Many: true},
	{Name: "aws:PrincipalServiceName"},
	{Name: "aws:PrincipalServiceNamesList", Many: true},
	{Name: "aws:PrincipalTag/"},
	{Name: "aws:PrincipalType"},
	{Name: "aws:RequestedRegion"},
	{Name: "aws:ResourceAccount"},
	{Name: "aws:ResourceOrgID"},
	{Name: "aws:ResourceOrgPaths", Many: true},
	{Name: "aws:SecureTransport"},
	{Name: "aws:SourceAccount"},
	{Name: "aws:SourceArn"},
	{Name: "aws:SourceIdentity"},
	{Name: "aws:SourceIp"},
	{Name: "aws:SourceOrgID"},
	{Name: "aws:SourceOrgPaths", Many: true},
	{Name: "aws:SourceVpc"},
	{Name: "aws:SourceVpcArn"},
	{Name: "aws:SourceVpce"},
	{Name: "aws:TokenIssueTime"},
	{Name: "aws:UserAgent"},
	{Name: "aws:ViaAWSService"},
	{Name: "aws:VpceAccount"},
	{Name: "aws:VpceOrgID"},
	{Name: "aws:VpceOrgPaths", Many: true},
	{Name: "aws:VpcSourceIp"},
	{Name: "aws:referer"},
	{Name: "aws:userid"},
	{Name: "aws:username"},
}

// conditionKeyIndex finds a key, or its prefix, by name in lower case.
var conditionKeyIndex = maps.Collect(func(yield func(string, *ConditionKey) bool) {
	for i := range conditionKeys {
		if !yield(strings.ToLower(conditionKeys[i].Name), &conditionKeys[i]) {
			return
		}
	}
})

// ConditionKeys returns the condition keys that are known, as a copy.
func ConditionKeys() []ConditionKey {
	out := slices.Clone(conditionKeys)
	for i := range out {
		out[i].Actions = slices.Clone(out[i].Actions)
	}
	return out
}

// findConditionKey returns the condition key of a name in lower case, or nil if
// none is known.
func findConditionKey(name string) *ConditionKey {
	if strings.HasSuffix(name, ":") || strings.HasSuffix(name, "/") {
		return nil
	}
	if k := conditionKeyIndex[name]; k != nil {
		return k
	}
	// The rest of a prefixed key may hold colons and slashes itself.
	vendor, rest, _ := strings.Cut(name, ":")
	end := strings.IndexAny(rest, ":/")
	if end < 0 {
		return nil
	}
	return conditionKeyIndex[vendor+":"+rest[:end+1]]
}

// carriedBy reports whether requests for an action ("kms:Decrypt") can have the key.
func (k *ConditionKey) carriedBy(action string) bool {
	return k.Actions == nil || slices.Contains(k.Actions, strings.TrimPrefix(action, "kms:"))
}
