package service

import "slices"

// traits is what AWS states of an operation in tables.
type traits struct {
	states       stateRow // what becomes of it in each key state
	takesAliases bool     // an alias name or ARN may stand for the key
	crossAccount bool     // the key may be another account's
	onAccount    bool     // it is authorized before its handler, on no resource
	action       string   // the permission of its name
}

func traitsOf(operation string) traits {
	return traits{
		states:       states[operation],
		takesAliases: slices.Contains(takeAliases, operation),
		crossAccount: slices.Contains(crossAccount, operation),
		onAccount:    slices.Contains(onAccount, operation),
		action:       "kms:" + operation,
	}
}

// takeAliases are the operations whose KeyId may be an alias name or an alias
// ARN, as the documentation of the member says. The others refuse one.
var takeAliases = []string{
	"Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt",
	"GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext",
	"GenerateMac", "GetPublicKey", "ReEncrypt", "Sign", "Verify", "VerifyMac",
}

// crossAccount are the operations that can use a KMS key of another account, as
// the documentation of each says. GenerateRandom uses no key, and
// ListRetirableGrants none that it is asked about.
var crossAccount = []string{
	"CreateGrant", "Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt",
	"GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext",
	"GenerateMac", "GetKeyRotationStatus", "GetPublicKey", "ListGrants", "ReEncrypt", "RetireGrant", "RevokeGrant",
	"Sign", "Verify", "VerifyMac",
}

// onAccount are the operations whose permission is for the account and no
// resource, and needs nothing that the handler finds out.
var onAccount = []string{
	"ConnectCustomKeyStore", "CreateCustomKeyStore", "DeleteCustomKeyStore", "DescribeCustomKeyStores",
	"DisconnectCustomKeyStore", "ListAliases", "ListKeys", "UpdateCustomKeyStore",
}
