package kmsfake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// The table "Key states of AWS KMS keys" of the AWS KMS Developer Guide, and for
// the operations that came after it what their documentation and their kin say.
// An entry is
//
//	ok   the state does not matter
//	dis  DisabledException: <key-arn> is disabled.
//	del  KMSInvalidStateException: <key-arn> is pending deletion. (or pending replica deletion)
//	not  KMSInvalidStateException: <key-arn> is not pending deletion.
//	imp  KMSInvalidStateException: <key-arn> is pending import.
//	una  KMSInvalidStateException: <key-arn> is unavailable.
//	cre  KMSInvalidStateException: <key-arn> is creating.
//	upd  KMSInvalidStateException: <key-arn> is updating.
//	aws  UnsupportedOperationException: <key-arn> origin is AWS_KMS which is not valid for this operation.
//	ext  UnsupportedOperationException: <key-arn> origin is EXTERNAL which is not valid for this operation.
//	hsm  UnsupportedOperationException, of a key in a custom key store
//	-    cannot occur, or nothing is known
//
// The keys have key material of AWS KMS, but for PendingImport (imported) and
// Unavailable (in a custom key store).
const keyStates = `
operation                           Enabled Disabled PendingDeletion PendingImport Unavailable Creating Updating
CancelKeyDeletion                   not     not      ok              not           not         not      not
CreateAlias                         ok      ok       del             ok            ok          ok       ok
CreateGrant                         ok      dis      del             imp           ok          cre      ok
Decapsulate                         ok      dis      del             imp           -           -        -
Decrypt                             ok      dis      del             imp           una         cre      ok
DeleteAlias                         ok      ok       ok              ok            ok          ok       ok
DeleteImportedKeyMaterial           aws     aws      aws             ok            -           cre      upd
DeriveSharedSecret                  ok      dis      del             imp           -           cre      ok
DescribeKey                         ok      ok       ok              ok            ok          ok       ok
DisableKey                          ok      ok       del             imp           ok          cre      upd
DisableKeyRotation                  ok      dis      del             ext           hsm         cre      ok
EnableKey                           ok      ok       del             imp           ok          cre      upd
EnableKeyRotation                   ok      dis      del             ext           hsm         cre      ok
Encapsulate                         ok      dis      del             imp           -           -        -
Encrypt                             ok      dis      del             imp           una         cre      ok
GenerateDataKey                     ok      dis      del             imp           una         cre      ok
GenerateDataKeyPair                 ok      dis      del             imp           una         cre      ok
GenerateDataKeyPairWithoutPlaintext ok      dis      del             imp           una         cre      ok
GenerateDataKeyWithoutPlaintext     ok      dis      del             imp           una         cre      ok
GenerateMac                         ok      dis      del             imp           -           cre      ok
GetKeyLastUsage                     ok      ok       ok              ok            ok          ok       ok
GetKeyPolicy                        ok      ok       ok              ok            ok          ok       ok
GetKeyRotationStatus                ok      ok       ok              ext           hsm         ok       ok
GetParametersForImport              aws     aws      aws             ok            -           cre      upd
GetPublicKey                        ok      dis      del             imp           -           cre      ok
ImportKeyMaterial                   aws     aws      aws             ok            -           cre      -
ListAliases                         ok      ok       ok              ok            ok          ok       ok
ListGrants                          ok      ok       ok              ok            ok          ok       ok
ListKeyPolicies                     ok      ok       ok              ok            ok          ok       ok
ListKeyRotations                    ok      ok       ok              ok            -           ok       ok
ListResourceTags                    ok      ok       ok              ok            ok          ok       ok
PutKeyPolicy                        ok      ok       ok              ok            ok          ok       ok
ReEncrypt                           ok      dis      del             imp           una         cre      ok
ReplicateKey                        ok      dis      del             imp           -           cre      upd
RetireGrant                         ok      ok       ok              -             ok          -        ok
RevokeGrant                         ok      ok       ok              -             ok          -        ok
RotateKeyOnDemand                   ok      dis      del             -             hsm         -        -
ScheduleKeyDeletion                 ok      ok       del             ok            ok          ok       upd
Sign                                ok      dis      del             imp           -           cre      ok
TagResource                         ok      ok       del             ok            ok          ok       ok
UntagResource                       ok      ok       del             ok            ok          ok       ok
UpdateAlias                         ok      ok       del             ok            ok          ok       ok
UpdateKeyDescription                ok      ok       del             ok            ok          ok       ok
UpdatePrimaryRegion                 ok      dis      del             -             -           -        -
Verify                              ok      dis      del             imp           -           cre      ok
VerifyMac                           ok      dis      del             imp           -           cre      ok
`

// keyStateOf is the entry of the table for an operation and a state.
func keyStateOf(t *testing.T, operation string, state types.KeyState) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(keyStates), "\n")
	for _, line := range lines[1:] {
		entries := strings.Fields(line)
		if entries[0] != operation {
			continue
		}
		for i, column := range strings.Fields(lines[0]) {
			if column == string(state) {
				return entries[i]
			}
		}
	}
	t.Fatalf("the table has nothing on %s and %s", operation, state)
	return ""
}

// deleteAliasOperation names no key, and is in the table of key states.
var deleteAliasOperation = keyOperation{name: "DeleteAlias", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
	newAlias(t, f, "alias/ExampleAlias", id)
	return &kms.DeleteAliasInput{AliasName: aws.String("alias/ExampleAlias")}
}}

func TestKeyStates(t *testing.T) {
	t.Parallel()
	states := map[types.KeyState]func(t *testing.T, op *keyOperation) (f *kmsfake.Fake, id string, in any){
		types.KeyStateEnabled:                inStateEnabled,
		types.KeyStateDisabled:               inStateDisabled,
		types.KeyStatePendingDeletion:        inStatePendingDeletion,
		types.KeyStatePendingReplicaDeletion: inStatePendingReplicaDeletion,
		types.KeyStatePendingImport:          inStatePendingImport,
		types.KeyStateUnavailable:            inStateUnavailable,
		types.KeyStateCreating:               inStateCreating,
		types.KeyStateUpdating:               inStateUpdating,
	}
	for state, reach := range states {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			for _, op := range append(keyOperations[:len(keyOperations):len(keyOperations)], deleteAliasOperation) {
				t.Run(op.String(), func(t *testing.T) {
					column := state
					if state == types.KeyStatePendingReplicaDeletion {
						column = types.KeyStatePendingDeletion
					}
					entry := keyStateOf(t, op.name, column)
					if entry == "-" {
						t.SkipNow()
					}
					f, id, in := reach(t, &op)
					if have := describe(t, f, id).KeyState; have != state {
						t.Fatalf("the key is %s, not %s", have, state)
					}
					before := dump(f)
					_, err := invoke(t, f, op.name, in)
					if entry == "ok" {
						if err != nil {
							t.Error(err)
						}
						return
					}
					if have := dump(f); have != before {
						t.Errorf("the refused call changed the state:\n%s\nwas:\n%s", have, before)
					}
					checkStateError(t, op.name, err, entry, keyARN(f, id), state)
				})
			}
		})
	}
}

func checkStateError(t *testing.T, operation string, err error, entry, arn string, state types.KeyState) {
	t.Helper()
	words := map[string]string{"del": "pending deletion", "not": "not pending deletion", "imp": "pending import", "una": "unavailable", "cre": "creating", "upd": "updating"}
	if state == types.KeyStatePendingReplicaDeletion {
		words["del"] = "pending replica deletion"
	}
	switch entry {
	case "dis":
		checkError(t, operation, err, "DisabledException", arn+" is disabled.")
	case "aws":
		checkError(t, operation, err, "UnsupportedOperationException", arn+" origin is AWS_KMS which is not valid for this operation.")
	case "ext":
		checkError(t, operation, err, "UnsupportedOperationException", arn+" origin is EXTERNAL which is not valid for this operation.")
	case "hsm":
		var exception smithy.APIError
		if !errors.As(err, &exception) || exception.ErrorCode() != "UnsupportedOperationException" {
			t.Errorf("%v, want UnsupportedOperationException", err)
		}
	default:
		checkError(t, operation, err, "KMSInvalidStateException", fmt.Sprintf("%s is %s.", arn, words[entry]))
	}
}

// madeByKMS is the operation on keys whose key material AWS KMS makes.
func madeByKMS(op *keyOperation) *keyOperation {
	made := *op
	made.key.Origin = types.OriginTypeAwsKms
	return &made
}

func inStateEnabled(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f, op := newFake(), madeByKMS(op)
	id := op.newKey(t, f)
	return f, id, op.input(t, f, id)
}

func inStateDisabled(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f, id, in := inStateEnabled(t, op)
	disable(t, f, id)
	return f, id, in
}

func inStatePendingDeletion(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	if op.replica {
		t.Skip("a primary key with replicas is pending replica deletion")
	}
	f, id, in := inStateEnabled(t, op)
	scheduleDeletion(t, f, id, 7)
	return f, id, in
}

// replicated is the operation on a multi-Region primary key with a replica.
func replicated(op *keyOperation) *keyOperation {
	primary := *op
	primary.key.MultiRegion, primary.replica = aws.Bool(true), true
	return &primary
}

// A multi-Region primary key waits for its replicas to be deleted.
func inStatePendingReplicaDeletion(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f, id, in := inStateEnabled(t, replicated(op))
	scheduleDeletion(t, f, id, 7)
	return f, id, in
}

func inStatePendingImport(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f, imported := newFake(), op.key
	imported.Origin = types.OriginTypeExternal
	id := newKeyLike(t, f, &imported)
	if op.name == "ImportKeyMaterial" || op.name == "DeleteAlias" {
		return f, id, op.input(t, f, id)
	}
	sibling := madeByKMS(op)
	return f, id, sibling.naming(sibling.input(t, f, sibling.newKey(t, f)), id)
}

// A key in a custom key store is unavailable while the key store is disconnected.
func inStateUnavailable(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f := newFake()
	storeID := got(f.CreateCustomKeyStore(t.Context(), &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: aws.String("ExampleKeyStore"), CloudHsmClusterId: aws.String("cluster-abcdefghijk"),
		KeyStorePassword: aws.String("kmsPswd"), TrustAnchorCertificate: aws.String("certificate"),
	})).ok(t).CustomKeyStoreId
	got(f.ConnectCustomKeyStore(t.Context(), &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: storeID})).ok(t)
	f.Advance(day)
	in := op.key
	in.Origin, in.CustomKeyStoreId = types.OriginTypeAwsCloudhsm, storeID
	id := newKeyLike(t, f, &in)
	input := op.input(t, f, id)
	got(f.DisconnectCustomKeyStore(t.Context(), &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: storeID})).ok(t)
	f.Advance(day)
	return f, id, input
}

// A replica is being created for a while.
func inStateCreating(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	if op.replica || op.name == "ReplicateKey" {
		t.Skip("for primary keys")
	}
	f, primary := newFake(), madeByKMS(op)
	primary.key.MultiRegion = aws.Bool(true)
	id := primary.newKey(t, f)
	got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: aws.String(otherRegion)})).ok(t)
	elsewhere := f.InRegion(otherRegion)
	if op.name == "DeleteAlias" {
		return elsewhere, id, op.input(t, elsewhere, id)
	}
	sibling := madeByKMS(op)
	return elsewhere, id, sibling.naming(sibling.input(t, elsewhere, sibling.newKey(t, elsewhere)), id)
}

// The primary and the replica are updating for a while after UpdatePrimaryRegion.
func inStateUpdating(t *testing.T, op *keyOperation) (*kmsfake.Fake, string, any) {
	f, id, in := inStateEnabled(t, replicated(op))
	got(f.UpdatePrimaryRegion(t.Context(), &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: aws.String(otherRegion)})).ok(t)
	return f, id, in
}
