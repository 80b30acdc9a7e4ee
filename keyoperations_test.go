package kmsfake_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// keyOperation is an operation that names a KMS key, and a call of it that is
// good in all that it says.
type keyOperation struct {
	name    string
	member  string             // that names the key
	key     kms.CreateKeyInput // a key that the operation is for
	replica bool               // the key has a replica in otherRegion

	// input is for a key that is enabled. What else it needs, it makes.
	input func(t *testing.T, f *kmsfake.Fake, keyID string) any
}

var (
	symmetricKey  = kms.CreateKeyInput{}
	signingKey    = kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify}
	agreementKey  = kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeKeyAgreement}
	macKey        = kms.CreateKeyInput{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac}
	encapsulation = kms.CreateKeyInput{KeySpec: types.KeySpecMlKem768, KeyUsage: types.KeyUsageTypeEncapsulateDecapsulate}
	importedKey   = kms.CreateKeyInput{Origin: types.OriginTypeExternal}
	primaryKey    = kms.CreateKeyInput{MultiRegion: aws.Bool(true)}
)

const grantee = "arn:aws:iam::" + account + ":root"

// keyOperations are all operations with a member that names a KMS key, as the
// SDK has them; ReEncrypt has two.
var keyOperations = []keyOperation{
	{name: "CancelKeyDeletion", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.CancelKeyDeletionInput{KeyId: &id}
	}},
	{name: "CreateAlias", member: "TargetKeyId", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.CreateAliasInput{AliasName: aws.String("alias/new"), TargetKeyId: &id}
	}},
	{name: "CreateGrant", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.CreateGrantInput{
			KeyId: &id, GranteePrincipal: aws.String(grantee), RetiringPrincipal: aws.String(grantee), Name: aws.String("a-grant"),
			Operations:  []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
			Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"purpose": "test"}},
		}
	}},
	{name: "Decapsulate", key: encapsulation, input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		algorithm := types.EncapsulationAlgorithmSpecMlKem
		out := got(f.Encapsulate(t.Context(), &kms.EncapsulateInput{KeyId: &id, EncapsulationAlgorithm: algorithm})).ok(t)
		return &kms.DecapsulateInput{KeyId: &id, EncapsulationAlgorithm: algorithm, SharedSecretCiphertextBlob: out.SharedSecretCiphertextBlob}
	}},
	{name: "Decrypt", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		sealed := got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("hello"), EncryptionContext: map[string]string{"purpose": "test"}})).ok(t)
		return &kms.DecryptInput{KeyId: &id, CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: map[string]string{"purpose": "test"}}
	}},
	{name: "DeleteImportedKeyMaterial", key: importedKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.DeleteImportedKeyMaterialInput{KeyId: &id}
	}},
	{name: "DeriveSharedSecret", key: agreementKey, input: func(t *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.DeriveSharedSecretInput{KeyId: &id, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh, PublicKey: peerPublicKey(t)}
	}},
	{name: "DescribeKey", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.DescribeKeyInput{KeyId: &id}
	}},
	{name: "DisableKey", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.DisableKeyInput{KeyId: &id}
	}},
	{name: "DisableKeyRotation", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.DisableKeyRotationInput{KeyId: &id}
	}},
	{name: "EnableKey", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.EnableKeyInput{KeyId: &id}
	}},
	{name: "EnableKeyRotation", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: aws.Int32(180)}
	}},
	{name: "Encapsulate", key: encapsulation, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.EncapsulateInput{KeyId: &id, EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}
	}},
	{name: "Encrypt", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.EncryptInput{KeyId: &id, Plaintext: []byte("hello"), EncryptionContext: map[string]string{"purpose": "test"}}
	}},
	{name: "GenerateDataKey", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: types.DataKeySpecAes256, EncryptionContext: map[string]string{"purpose": "test"}}
	}},
	{name: "GenerateDataKeyPair", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: types.DataKeyPairSpecEccNistP256, EncryptionContext: map[string]string{"purpose": "test"}}
	}},
	{name: "GenerateDataKeyPairWithoutPlaintext", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: &id, KeyPairSpec: types.DataKeyPairSpecEccNistP256}
	}},
	{name: "GenerateDataKeyWithoutPlaintext", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: &id, NumberOfBytes: aws.Int32(64)}
	}},
	{name: "GenerateMac", key: macKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GenerateMacInput{KeyId: &id, MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Message: []byte("message")}
	}},
	{name: "GetKeyLastUsage", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GetKeyLastUsageInput{KeyId: &id}
	}},
	{name: "GetKeyPolicy", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")}
	}},
	{name: "GetKeyRotationStatus", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GetKeyRotationStatusInput{KeyId: &id}
	}},
	{name: "GetParametersForImport", key: importedKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GetParametersForImportInput{KeyId: &id, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048}
	}},
	{name: "GetPublicKey", key: signingKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.GetPublicKeyInput{KeyId: &id}
	}},
	{name: "ImportKeyMaterial", key: importedKey, input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		return importInput(t, f, id)
	}},
	{name: "ListAliases", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ListAliasesInput{KeyId: &id}
	}},
	{name: "ListGrants", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ListGrantsInput{KeyId: &id}
	}},
	{name: "ListKeyPolicies", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ListKeyPoliciesInput{KeyId: &id}
	}},
	{name: "ListKeyRotations", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ListKeyRotationsInput{KeyId: &id}
	}},
	{name: "ListResourceTags", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ListResourceTagsInput{KeyId: &id}
	}},
	{name: "PutKeyPolicy", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.PutKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default"), Policy: aws.String(`{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": {"AWS": "` + grantee + `"}, "Action": "kms:*", "Resource": "*"}]}`)}
	}},
	{name: "ReEncrypt", member: "DestinationKeyId", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		sealed := got(encrypt(t, f, newKey(t, f), "hello")).ok(t)
		return &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: &id, DestinationEncryptionContext: map[string]string{"purpose": "test"}}
	}},
	{name: "ReEncrypt", member: "SourceKeyId", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		sealed := got(encrypt(t, f, id, "hello")).ok(t)
		return &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, SourceKeyId: &id, DestinationKeyId: aws.String(newKey(t, f))}
	}},
	{name: "ReplicateKey", key: primaryKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: aws.String("ap-southeast-2"), Description: aws.String("a replica"),
			Tags: []types.Tag{{TagKey: aws.String("Purpose"), TagValue: aws.String("Test")}}}
	}},
	{name: "RetireGrant", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		arn := *describe(t, f, id).Arn
		return &kms.RetireGrantInput{KeyId: &arn, GrantId: aws.String(newGrant(t, f, id))}
	}},
	{name: "RevokeGrant", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		return &kms.RevokeGrantInput{KeyId: &id, GrantId: aws.String(newGrant(t, f, id))}
	}},
	{name: "RotateKeyOnDemand", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.RotateKeyOnDemandInput{KeyId: &id}
	}},
	{name: "ScheduleKeyDeletion", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(7)}
	}},
	{name: "Sign", key: signingKey, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.SignInput{KeyId: &id, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Message: []byte("message")}
	}},
	{name: "TagResource", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.TagResourceInput{KeyId: &id, Tags: []types.Tag{
			{TagKey: aws.String("Purpose"), TagValue: aws.String("Test")}, {TagKey: aws.String("Cost"), TagValue: aws.String("")},
		}}
	}},
	{name: "UntagResource", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.UntagResourceInput{KeyId: &id, TagKeys: []string{"Purpose", "CostCenter"}}
	}},
	{name: "UpdateAlias", member: "TargetKeyId", input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		newAlias(t, f, "alias/moves", newKey(t, f))
		return &kms.UpdateAliasInput{AliasName: aws.String("alias/moves"), TargetKeyId: &id}
	}},
	{name: "UpdateKeyDescription", input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.UpdateKeyDescriptionInput{KeyId: &id, Description: aws.String("what it is for")}
	}},
	{name: "UpdatePrimaryRegion", key: primaryKey, replica: true, input: func(_ *testing.T, _ *kmsfake.Fake, id string) any {
		return &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: aws.String(otherRegion)}
	}},
	{name: "Verify", key: signingKey, input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		in := &kms.VerifyInput{KeyId: &id, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Message: []byte("message")}
		in.Signature = got(f.Sign(t.Context(), &kms.SignInput{KeyId: &id, SigningAlgorithm: in.SigningAlgorithm, Message: in.Message})).ok(t).Signature
		return in
	}},
	{name: "VerifyMac", key: macKey, input: func(t *testing.T, f *kmsfake.Fake, id string) any {
		in := &kms.VerifyMacInput{KeyId: &id, MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Message: []byte("message")}
		in.Mac = got(f.GenerateMac(t.Context(), &kms.GenerateMacInput{KeyId: &id, MacAlgorithm: in.MacAlgorithm, Message: in.Message})).ok(t).Mac
		return in
	}},
}

// invoke calls an operation by its name.
func invoke(t testing.TB, f *kmsfake.Fake, operation string, in any) (out any, err error) {
	t.Helper()
	method := reflect.ValueOf(f).MethodByName(operation)
	results := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(in)})
	err, _ = results[1].Interface().(error)
	if results[0].IsNil() {
		if err == nil {
			t.Errorf("%s: neither output nor error", operation)
		}
		return nil, err
	}
	if err != nil {
		t.Errorf("%s: an output beside the error %v", operation, err)
	}
	return results[0].Interface(), err
}

// newKey makes a key that the operation is for.
func (op *keyOperation) newKey(t *testing.T, f *kmsfake.Fake) string {
	t.Helper()
	in := op.key
	id := newKeyLike(t, f, &in)
	if op.replica {
		got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: aws.String(otherRegion)})).ok(t)
		f.Advance(day) // for the replica to be there
	}
	return id
}

// naming is the input with another name for the key.
func (op *keyOperation) naming(in any, name string) any {
	reflect.ValueOf(in).Elem().FieldByName(op.keyMember()).Set(reflect.ValueOf(&name))
	return in
}

func (op *keyOperation) keyMember() string {
	if op.member != "" {
		return op.member
	}
	return "KeyId"
}

func (op *keyOperation) String() string {
	if op.member != "" {
		return op.name + " " + op.member
	}
	return op.name
}

// newGrant makes a grant of what every key takes and answers its id, or an id of
// the right form if the state of the key takes no grant.
func newGrant(t *testing.T, f *kmsfake.Fake, keyID string) string {
	t.Helper()
	out, err := f.CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &keyID, GranteePrincipal: aws.String(grantee), RetiringPrincipal: aws.String(f.Principal()), Operations: []types.GrantOperation{types.GrantOperationDescribeKey},
	})
	var state *types.KMSInvalidStateException
	if errors.As(err, &state) {
		return strings.Repeat("0123456789abcdef", 4)
	}
	return *got(out, err).ok(t).GrantId
}

// importInput wraps new key material for a key, or gives bytes that are none if
// the key does not take any.
func importInput(t *testing.T, f *kmsfake.Fake, keyID string) *kms.ImportKeyMaterialInput {
	t.Helper()
	in := &kms.ImportKeyMaterialInput{
		KeyId: &keyID, ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
		EncryptedKeyMaterial: []byte("material"), ImportToken: []byte("token"),
	}
	parameters, err := f.GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
		KeyId: &keyID, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	})
	if err != nil {
		return in
	}
	public, err := x509.ParsePKIXPublicKey(parameters.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	in.ImportToken = parameters.ImportToken
	in.EncryptedKeyMaterial, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// peerPublicKey is the public key of somebody else.
func peerPublicKey(t *testing.T) []byte {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(private.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestKeyOperationsAreAll finds an operation that the SDK has and the table
// above has not.
func TestKeyOperationsAreAll(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for i := range keyOperations {
		known[keyOperations[i].name+"."+keyOperations[i].keyMember()] = true
	}
	client := reflect.TypeFor[*kms.Client]()
	for m := range client.NumMethod() {
		operation := client.Method(m)
		if operation.Type.NumIn() != 4 || operation.Type.In(2).Kind() != reflect.Pointer {
			continue
		}
		in := operation.Type.In(2).Elem()
		for i := range in.NumField() {
			member := in.Field(i).Name
			// XksKeyId is no name of a KMS key.
			if strings.HasSuffix(member, "KeyId") && member != "XksKeyId" && !known[operation.Name+"."+member] {
				t.Errorf("%s of %s is not in the table", member, operation.Name)
			}
		}
	}
}
