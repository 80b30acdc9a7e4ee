package service

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Rotation.

// rotationNotSupported has no text.
func rotationNotSupported() error { return &types.UnsupportedOperationException{} }

func onDemandExhausted(arn string) error {
	return &types.LimitExceededException{
		Message: text("The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: %s", arn),
	}
}

// rotationInProgress: the type is documented, the words are a guess.
func rotationInProgress() error {
	return &types.ConflictException{
		Message: text("An automatic rotation of this key is currently in progress or scheduled to begin within the next 20 minutes."),
	}
}

func nothingPending(arn string) error {
	return &types.KMSInvalidStateException{Message: text("No available key material pending rotation for the key: %s.", arn)}
}

func notPrimary(arn string) error { return unsupported(arn + " is not a multi-region primary key.") }

// Importing.

func validToMissing() error {
	return validation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
}

// validToNotAllowed: that it is refused is documented, the words are a guess.
func validToNotAllowed() error {
	return validation("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE")
}

// validToOutOfRange: the bounds are documented, the words are a guess.
func validToOutOfRange() error {
	return validation(fmt.Sprintf("The validTo date must be in the future and at most %d days from now", longestValidity))
}

// newMaterialNamed: that it is refused is documented, the words are a guess.
func newMaterialNamed() error {
	return validation("KeyMaterialId must not be set if the ImportType is NEW_KEY_MATERIAL")
}

// symmetricMember: that it is refused is documented, the words are a guess.
func symmetricMember(member string) error {
	return unsupported(member + " is only supported for symmetric encryption KMS keys.")
}

// wrappingNotValid: that it is refused is documented, the words are a guess.
func wrappingNotValid(algorithm types.AlgorithmSpec, wrapping types.WrappingKeySpec, spec types.KeySpec) error {
	return unsupported(fmt.Sprintf("Wrapping algorithm %s and wrapping key spec %s cannot be used to import key material of key spec %s.", algorithm, wrapping, spec))
}

// invalidImportToken, expiredImportToken, incorrectKeyMaterial and
// noSuchKeyMaterial: the types are documented, the words are guesses.

func invalidImportToken() error {
	return &types.InvalidImportTokenException{Message: text("The import token is invalid or is associated with a different KMS key.")}
}

func expiredImportToken() error {
	return &types.ExpiredImportTokenException{Message: text("The import token is expired.")}
}

func incorrectKeyMaterial(words string) error {
	return &types.IncorrectKeyMaterialException{Message: &words}
}

func noSuchKeyMaterial(id, arn string) error {
	return &types.NotFoundException{Message: text("Key material '%s' is not associated with %s", id, arn)}
}

func otherMaterialPending(id, arn, pending string) error {
	return &types.KMSInvalidStateException{
		Message: text("New key material (id: %s) cannot be imported into KMS key %s, because another key material (id: %s) is pending rotation.", id, arn, pending),
	}
}

// Multi-Region keys. The types are documented, the words are guesses.

func replicaExists(id, region string) error {
	return &types.AlreadyExistsException{Message: text("A multi-Region key with the key ID %s already exists in Region %s.", id, region)}
}

func otherPartition(region, partition string) error {
	return unsupported(fmt.Sprintf("Region %s is not in the partition %s.", region, partition))
}

func primaryAlready(arn, region string) error {
	return unsupported(fmt.Sprintf("%s is the primary key in Region %s already.", arn, region))
}
