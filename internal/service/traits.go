package service

import "slices"

// traits is what AWS states of an operation in tables.
type traits struct {
	states       stateRow // what becomes of it in each key state
	takesAliases bool     // an alias name or ARN may stand for the key
}

func traitsOf(operation string) traits {
	return traits{
		states:       states[operation],
		takesAliases: slices.Contains(takeAliases, operation),
	}
}

// takeAliases are the operations whose KeyId may be an alias name or an alias
// ARN, as the documentation of the member says. The others refuse one.
var takeAliases = []string{
	"Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt",
	"GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext",
	"GenerateMac", "GetPublicKey", "ReEncrypt", "Sign", "Verify", "VerifyMac",
}
