package keyspec

import "github.com/aws/aws-sdk-go-v2/service/kms/types"

// UsageOf is the key usage that a cryptographic operation needs. ok is false
// for an operation that does not use key material.
func UsageOf(operation string) (usage types.KeyUsageType, ok bool) {
	usage, ok = usages[operation]
	return usage, ok
}

var usages = map[string]types.KeyUsageType{
	"Encrypt":                             types.KeyUsageTypeEncryptDecrypt,
	"Decrypt":                             types.KeyUsageTypeEncryptDecrypt,
	"ReEncrypt":                           types.KeyUsageTypeEncryptDecrypt,
	"GenerateDataKey":                     types.KeyUsageTypeEncryptDecrypt,
	"GenerateDataKeyWithoutPlaintext":     types.KeyUsageTypeEncryptDecrypt,
	"GenerateDataKeyPair":                 types.KeyUsageTypeEncryptDecrypt,
	"GenerateDataKeyPairWithoutPlaintext": types.KeyUsageTypeEncryptDecrypt,
	"Sign":                                types.KeyUsageTypeSignVerify,
	"Verify":                              types.KeyUsageTypeSignVerify,
	"GenerateMac":                         types.KeyUsageTypeGenerateVerifyMac,
	"VerifyMac":                           types.KeyUsageTypeGenerateVerifyMac,
	"DeriveSharedSecret":                  types.KeyUsageTypeKeyAgreement,
	"Encapsulate":                         types.KeyUsageTypeEncapsulateDecapsulate,
	"Decapsulate":                         types.KeyUsageTypeEncapsulateDecapsulate,
}
