package service

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

// This file and errors_*.go are the catalogue of what the service answers when it
// refuses. The
// words are AWS's, recorded or reported by its users, except where a comment
// says that they are a guess.

// generic is an exception for which the SDK has no type.
func generic(code, text string) error {
	return &smithy.GenericAPIError{Code: code, Message: text, Fault: smithy.FaultUnknown}
}

func validation(text string) error { return generic("ValidationException", text) }

// validationf is one failure in the form of the constraint failures, for a bound
// that the operation has and the model has not.
func validationf(format string, args ...any) error {
	return validation("1 validation error detected: " + fmt.Sprintf(format, args...))
}

// notAuthorized has no text in AWS; the SDK reads that as UnknownError.
func notAuthorized() error { return generic("NotAuthorizedException", "") }

func accessDenied(text string) error { return generic("AccessDeniedException", text) }

func text(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	return &s
}

func unsupported(words string) error {
	return &types.UnsupportedOperationException{Message: &words}
}

// internalFailure is what should not happen.
func internalFailure(err error) error {
	return &types.KMSInternalException{Message: text("%v", err)}
}

// Finding the key.

func noSuchKey(arn string) error {
	return &types.NotFoundException{Message: text("Key '%s' does not exist", arn)}
}

func invalidKeyID(v string) error {
	return &types.NotFoundException{Message: text("Invalid keyId '%s'", v)}
}

func otherRegion(region string) error {
	return &types.NotFoundException{Message: text("Invalid arn %s", region)}
}

func noSuchAlias(arn string) error {
	return &types.NotFoundException{Message: text("Alias %s is not found.", arn)}
}

func aliasNotSupported() error {
	return &types.InvalidArnException{Message: text("Key Aliases are not supported for this operation.")}
}

// invalidARN: the type is documented, the words are a guess.
func invalidARN(v string) error {
	return &types.InvalidArnException{Message: text("Invalid arn %s", v)}
}

// Aliases.

func aliasExists(arn string) error {
	return &types.AlreadyExistsException{Message: text("An alias with the name %s already exists", arn)}
}

func aliasPrefixMissing() error {
	return validation(`Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
}

func aliasCharacters(name string) error {
	return &types.InvalidAliasNameException{Message: text("%s contains invalid characters for an alias", name)}
}

// aliasEmpty: the type follows from the documentation, the words are a guess.
func aliasEmpty() error {
	return &types.InvalidAliasNameException{Message: text("Alias name must not be empty")}
}

func aliasOfAlias() error { return validation("Aliases must refer to keys. Not aliases") }

func aliasesPerKey(quota, usage int) error {
	return &types.LimitExceededException{
		Message: text("Aliases per key quota for this account in this region is %d, current usage is %d.", quota, usage),
	}
}

// aliasKind: that it is refused is documented, the words are a guess.
func aliasKind(current, target string) error {
	return validation("Alias cannot be updated from " + current + " to " + target + ": the current and new KMS key must be the same type and have the same key usage.")
}

// Key state.

func disabled(arn string) error {
	return &types.DisabledException{Message: text("%s is disabled.", arn)}
}

func invalidState(arn, words string) error {
	return &types.KMSInvalidStateException{Message: text("%s is %s.", arn, words)}
}

// Usage and algorithm.

func usageNotValid(arn string, usage types.KeyUsageType, operation string) error {
	return &types.InvalidKeyUsageException{
		Message: text("%s key usage is %s which is not valid for %s.", arn, usage, operation),
	}
}

func algorithmNotValid(algorithm string, spec types.KeySpec) error {
	return &types.InvalidKeyUsageException{
		Message: text("Algorithm %s is incompatible with key spec %s.", algorithm, spec),
	}
}

// messageTypeNotValid: that it is refused is documented, the words are a guess.
func messageTypeNotValid(kind types.MessageType, algorithm types.SigningAlgorithmSpec) error {
	if kind == "" {
		kind = types.MessageTypeRaw
	}
	return validation(fmt.Sprintf("MessageType %s is not valid for algorithm %s.", kind, algorithm))
}

func digestLength(algorithm types.SigningAlgorithmSpec) error {
	return validation(fmt.Sprintf("Digest is invalid length for algorithm %s.", algorithm))
}

// contextNotValid: that it is refused is documented, the words are a guess.
func contextNotValid(algorithm types.EncryptionAlgorithmSpec) error {
	return validation(fmt.Sprintf("EncryptionContext is not supported for algorithm %s.", algorithm))
}

// noPublicKey: the type is documented, the words are a guess.
func noPublicKey(arn string, spec types.KeySpec) error {
	return unsupported(fmt.Sprintf("%s key spec is %s which is not valid for GetPublicKey.", arn, spec))
}

// notInRegion: that it is refused is documented, type and words are a guess.
func notInRegion(what string) error { return unsupported(what + " is not supported in this Region.") }

// Neither has a text.
func invalidSignature() error { return &types.KMSInvalidSignatureException{} }
func invalidMac() error       { return &types.KMSInvalidMacException{} }

// invalidPeerKey has no text, whatever is wrong with the public key.
func invalidPeerKey() error { return validation("") }

// recipientMember: the words are those of members that the model requires.
func recipientMember(member string) error {
	return validationf("Value null at 'recipient.%s' failed to satisfy constraint: Member must not be null", member)
}

func originNotValid(arn string, origin types.OriginType) error {
	return unsupported(fmt.Sprintf("%s origin is %s which is not valid for this operation.", arn, origin))
}

func usageMissing() error {
	return validation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
}

func usageNotCompatible(usage types.KeyUsageType, spec types.KeySpec) error {
	return validation(fmt.Sprintf("KeyUsage %s is not compatible with KeySpec %s", usage, spec))
}

func bothSpecs() error {
	return validation("You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.")
}

// Ciphertext and data keys.

// invalidCiphertext has no text, whatever is wrong with the ciphertext.
func invalidCiphertext() error { return &types.InvalidCiphertextException{} }

func incorrectKey() error {
	return &types.IncorrectKeyException{
		Message: text("The key ID in the request does not identify a CMK that can perform this operation."),
	}
}

func ciphertextOfUnknownKey() error {
	return accessDenied("The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
}

func dryRunSucceeded() error {
	return &types.DryRunOperationException{Message: text("The request would have succeeded, but the DryRun option is set.")}
}

func numberOfBytesMissing() error { return validation("NumberOfBytes is required.") }

func dataKeyLength() error {
	return validation("Please specify either number of bytes or key spec.")
}

// keyIDForDryRun: that a KeyId is needed is documented, the words are a guess.
func keyIDForDryRun(member string) error {
	return validation(member + " is required when DryRunModifiers is IGNORE_CIPHERTEXT.")
}

// Lists.

// invalidMarker: the words are a guess.
func invalidMarker() error {
	return &types.InvalidMarkerException{Message: text("Invalid marker.")}
}

// Tags.

func duplicateTagKeys() error { return &types.TagException{Message: text("Duplicate tag keys")} }

func tooManyTags() error { return &types.TagException{Message: text("Too many tags")} }

func reservedTagKey() error {
	return &types.TagException{Message: text("Tags beginning with aws: are reserved")}
}

// Policies.

func noSuchPolicy() error {
	return &types.NotFoundException{Message: text("No such policy exists")}
}

// policyTooLong: the type is documented, the words are a guess.
func policyTooLong(limit int) error {
	return &types.LimitExceededException{Message: text("Key policy size quota is %d bytes.", limit)}
}

func plaintextTooLong(algorithm types.EncryptionAlgorithmSpec, spec types.KeySpec, limit int) error {
	return validation(fmt.Sprintf("Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", algorithm, spec, limit))
}

// keyIDForAsymmetric: that a KeyId is needed is documented, the words are a guess.
func keyIDForAsymmetric(member string) error {
	return validation(member + " is required when the ciphertext was encrypted under an asymmetric KMS key.")
}
