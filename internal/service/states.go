package service

import "github.com/aws/aws-sdk-go-v2/service/kms/types"

// stateRow says what becomes of an operation in each key state, a character a
// state in the order of keyStates: with '+' it goes on, with '-' it fails with the
// state's own exception, with '!' it fails since the key is not pending deletion.
//
// What depends on more than the state (the origin of the key material, the
// target that an alias has now) is decided in the handler, before the state.
type stateRow string

// keyStates are the columns of the table.
var keyStates = []types.KeyState{
	types.KeyStateEnabled,
	types.KeyStateDisabled,
	types.KeyStateCreating,
	types.KeyStatePendingImport,
	types.KeyStatePendingDeletion,
	types.KeyStatePendingReplicaDeletion,
	types.KeyStateUnavailable,
	types.KeyStateUpdating,
}

const (
	cryptographic stateRow = "+------+"
	always        stateRow = "++++++++"
	exists        stateRow = "++++--++" // not while the key is on its way out
)

// states is the table "Key states of AWS KMS keys" of the AWS KMS Developer
// Guide. Operations that came after it behave as their documentation and their
// kin say.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
var states = map[string]stateRow{
	//                         E D C I P R U X
	"CancelKeyDeletion":         "!!!!++!!",
	"CreateAlias":               exists,
	"CreateGrant":               "+-----++",
	"DeleteAlias":               always,
	"DeleteImportedKeyMaterial": "++-++++-",
	"DescribeKey":               always,
	"DisableKey":                "++----+-",
	"DisableKeyRotation":        "+------+",
	"EnableKey":                 "++----+-",
	"EnableKeyRotation":         "+------+",
	"GetKeyLastUsage":           always,
	"GetKeyPolicy":              always,
	"GetKeyRotationStatus":      always,
	"GetParametersForImport":    "++-+----",
	"ImportKeyMaterial":         "++-+---+",
	"ListAliases":               always,
	"ListGrants":                always,
	"ListKeyPolicies":           always,
	"ListKeyRotations":          always,
	"ListResourceTags":          always,
	"PutKeyPolicy":              always,
	"ReplicateKey":              "+-------",
	"RetireGrant":               always,
	"RevokeGrant":               always,
	"RotateKeyOnDemand":         "+------+",
	"ScheduleKeyDeletion":       "++++--+-",
	"TagResource":               exists,
	"UntagResource":             exists,
	"UpdateAlias":               exists, // of the new target; the old one may be in any state
	"UpdateKeyDescription":      exists,
	"UpdatePrimaryRegion":       "+------+",

	"Decapsulate":                         cryptographic,
	"Decrypt":                             cryptographic,
	"DeriveSharedSecret":                  cryptographic,
	"Encapsulate":                         cryptographic,
	"Encrypt":                             cryptographic,
	"GenerateDataKey":                     cryptographic,
	"GenerateDataKeyPair":                 cryptographic,
	"GenerateDataKeyPairWithoutPlaintext": cryptographic,
	"GenerateDataKeyWithoutPlaintext":     cryptographic,
	"GenerateMac":                         cryptographic,
	"GetPublicKey":                        cryptographic,
	"ReEncrypt":                           cryptographic,
	"Sign":                                cryptographic,
	"Verify":                              cryptographic,
	"VerifyMac":                           cryptographic,
}

// KeyStates are the states of a KMS key in which an operation goes on, and false
// if the operation is about no key. The caller owns the slice.
func KeyStates(operation string) (works []types.KeyState, ok bool) {
	row, ok := states[operation]
	for i := range len(row) {
		if row[i] == '+' {
			works = append(works, keyStates[i])
		}
	}
	return works, ok
}

// checkTransient is checkState for a key that is being created or updated. For such
// keys the guide's table knows no other refusal than that of their state, so this
// comes before what their key material is refused for.
func (c *call) checkTransient(k *key) error {
	switch k.state(c.now) {
	case types.KeyStateCreating, types.KeyStateUpdating:
		return c.checkState(k)
	}
	return nil
}

// findInState is find for an operation that goes on in some key states only.
func (c *call) findInState(name, action string) (*key, error) {
	k, err := c.find(name, action)
	if err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	return k, nil
}

// checkState says whether the operation goes on with a key in its state of now.
func (c *call) checkState(k *key) error {
	state := k.state(c.now)
	for i, column := range keyStates {
		if column != state {
			continue
		}
		switch c.traits.states[i] {
		case '+':
			return nil
		case '!':
			return invalidState(k.arn, "not pending deletion")
		}
	}
	if state == types.KeyStateDisabled {
		return disabled(k.arn)
	}
	return invalidState(k.arn, stateWords[state])
}

// stateWords is how the texts of KMSInvalidStateException name a state.
var stateWords = map[types.KeyState]string{
	types.KeyStateCreating:               "creating",
	types.KeyStatePendingImport:          "pending import",
	types.KeyStatePendingDeletion:        "pending deletion",
	types.KeyStatePendingReplicaDeletion: "pending replica deletion",
	types.KeyStateUnavailable:            "unavailable",
	types.KeyStateUpdating:               "updating",
}
