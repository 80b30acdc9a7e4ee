package service

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
)

// Access.

// sealedResource is what a refusal calls a key that only a ciphertext names.
const sealedResource = "the resource associated with this ciphertext"

// notAllowed is the refusal of a principal: what the resource is called comes
// with its preposition's object, "resource: ...".
func notAllowed(principal, action, resource string, why iam.Denial) error {
	text := "User: " + principal + " is not authorized to perform: " + action + " on " + resource
	switch why {
	case iam.DenyInIdentity:
		text += " with an explicit deny in an identity-based policy"
	case iam.DenyInResource:
		text += " with an explicit deny in a resource-based policy"
	case iam.NoIdentityAllow:
		text += " because no identity-based policy allows the " + action + " action"
	default:
		text += " because no resource-based policy allows the " + action + " action"
	}
	return accessDenied(text)
}

// malformedPolicy has AWS's text where AWS has one.
func malformedPolicy(err error) error {
	var malformed *iam.Malformed
	if !errors.As(err, &malformed) {
		return internalFailure(err)
	}
	return &types.MalformedPolicyDocumentException{Message: textOrNil(malformed.Message)}
}

func policyLocksOut() error {
	return &types.MalformedPolicyDocumentException{
		Message: text("The new key policy will not allow you to update the key policy in the future."),
	}
}

// Grants.

// noSuchPrincipal: the words are reported by users.
func noSuchPrincipal(principal string) error {
	return &types.InvalidArnException{Message: text("ARN does not refer to a valid principal: %s", principal)}
}

// eitherPrincipal: that it is refused is documented, the words are a guess, and
// so are those of the other texts of grants.
func eitherPrincipal(principal, service string) error {
	return validation("You must specify either " + principal + " or " + service + ", but not both.")
}

func serviceNeeds(what string) error {
	return validation("You must specify " + what + " when you specify a GranteeServicePrincipal.")
}

func serviceFilter(member string) error {
	return validation(member + " can be used only by callers in a service principal.")
}

func grantOperationNotValid(operation types.GrantOperation, k *key) error {
	return validation(fmt.Sprintf("Grant operation %s is not supported for a KMS key with key spec %s and key usage %s.", operation, k.spec.Name, k.usage))
}

func contextConstraintNotValid(spec types.KeySpec) error {
	return validation(fmt.Sprintf("Encryption context grant constraints are not supported for key spec %s.", spec))
}

func tooManyPairs(limit int) error {
	return validation(fmt.Sprintf("A grant constraint can have at most %d encryption context pairs.", limit))
}

func constraintTooLong(limit int) error {
	return validation(fmt.Sprintf("The encryption context value in a grant constraint cannot exceed %d characters.", limit))
}

func sameConstraintKey() error {
	return validation("The encryption context keys in a grant constraint must differ by more than case.")
}

func grantNotIdentified() error {
	return validation("You must specify either a GrantToken, or both a GrantId and a KeyId.")
}

// invalidGrantToken, invalidGrantID and noSuchGrant: the types are documented.

func invalidGrantToken() error {
	return &types.InvalidGrantTokenException{Message: text("Invalid grant token.")}
}

func invalidGrantID() error {
	return &types.InvalidGrantIdException{Message: text("Invalid grant ID.")}
}

func noSuchGrant(id string) error {
	return &types.NotFoundException{Message: text("Grant ID %s not found", id)}
}

// Quotas. The words follow those of the quota on aliases.

func grantsPerKey(quota, usage int) error {
	return &types.LimitExceededException{
		Message: text("Grants per key quota for this account in this region is %d, current usage is %d.", quota, usage),
	}
}

func keysPerRegion(quota, usage int) error {
	return &types.LimitExceededException{
		Message: text("Keys quota for this account in this region is %d, current usage is %d.", quota, usage),
	}
}

func rateExceeded() error {
	return generic("ThrottlingException", throttlingText)
}
