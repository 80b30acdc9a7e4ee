package kmsfake_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// tour is every operation, each with an input that it succeeds with, after those
// before it.
var tour = []func(*visited) (operation string, in any){
	func(*visited) (string, any) {
		return "CreateKey", &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: ptr("a"), TagValue: ptr("")}}}
	},
	func(v *visited) (string, any) {
		return "CreateAlias", &kms.CreateAliasInput{AliasName: ptr("alias/tour"), TargetKeyId: v.key()}
	},
	func(*visited) (string, any) { return "DescribeKey", &kms.DescribeKeyInput{KeyId: ptr("alias/tour")} },
	func(v *visited) (string, any) {
		return "UpdateAlias", &kms.UpdateAliasInput{AliasName: ptr("alias/tour"), TargetKeyId: &twinKeys[0].ID}
	},
	func(v *visited) (string, any) { return "ListAliases", &kms.ListAliasesInput{Limit: ptr[int32](3)} },
	func(v *visited) (string, any) {
		return "ListAliases", &kms.ListAliasesInput{Marker: of[kms.ListAliasesOutput](v).NextMarker}
	},
	func(*visited) (string, any) {
		return "DeleteAlias", &kms.DeleteAliasInput{AliasName: ptr("alias/tour")}
	},
	func(*visited) (string, any) { return "ListKeys", &kms.ListKeysInput{Limit: ptr[int32](2)} },
	func(v *visited) (string, any) {
		return "UpdateKeyDescription", &kms.UpdateKeyDescriptionInput{KeyId: v.key(), Description: ptr("wörds \u2028 <&>")}
	},
	func(v *visited) (string, any) {
		return "TagResource", &kms.TagResourceInput{KeyId: v.key(), Tags: []types.Tag{{TagKey: ptr("b"), TagValue: ptr("c")}}}
	},
	func(v *visited) (string, any) {
		return "UntagResource", &kms.UntagResourceInput{KeyId: v.key(), TagKeys: []string{"a"}}
	},
	func(v *visited) (string, any) {
		return "ListResourceTags", &kms.ListResourceTagsInput{KeyId: v.key()}
	},
	func(v *visited) (string, any) { return "GetKeyPolicy", &kms.GetKeyPolicyInput{KeyId: v.key()} },
	func(v *visited) (string, any) {
		return "PutKeyPolicy", &kms.PutKeyPolicyInput{KeyId: v.key(), Policy: of[kms.GetKeyPolicyOutput](v).Policy}
	},
	func(v *visited) (string, any) { return "ListKeyPolicies", &kms.ListKeyPoliciesInput{KeyId: v.key()} },

	func(v *visited) (string, any) {
		return "Encrypt", &kms.EncryptInput{KeyId: v.key(), Plaintext: []byte("a secret"), EncryptionContext: map[string]string{"a": "b"}}
	},
	func(v *visited) (string, any) {
		return "Decrypt", &kms.DecryptInput{CiphertextBlob: of[kms.EncryptOutput](v).CiphertextBlob, EncryptionContext: map[string]string{"a": "b"}}
	},
	func(v *visited) (string, any) {
		return "ReEncrypt", &kms.ReEncryptInput{
			CiphertextBlob: of[kms.EncryptOutput](v).CiphertextBlob, SourceEncryptionContext: map[string]string{"a": "b"}, DestinationKeyId: &twinKeys[0].ID,
		}
	},
	func(v *visited) (string, any) {
		return "GenerateDataKey", &kms.GenerateDataKeyInput{KeyId: v.key(), NumberOfBytes: ptr[int32](5)}
	},
	func(v *visited) (string, any) {
		return "GenerateDataKeyWithoutPlaintext", &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: v.key(), KeySpec: types.DataKeySpecAes256}
	},
	func(v *visited) (string, any) {
		return "GenerateDataKeyPair", &kms.GenerateDataKeyPairInput{KeyId: v.key(), KeyPairSpec: types.DataKeyPairSpecEccNistP384}
	},
	func(v *visited) (string, any) {
		return "GenerateDataKeyPairWithoutPlaintext", &kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: v.key(), KeyPairSpec: types.DataKeyPairSpecRsa2048}
	},
	func(*visited) (string, any) {
		return "GenerateRandom", &kms.GenerateRandomInput{NumberOfBytes: ptr[int32](1)}
	},
	func(v *visited) (string, any) { return "GetKeyLastUsage", &kms.GetKeyLastUsageInput{KeyId: v.key()} },
	func(*visited) (string, any) {
		return "Sign", &kms.SignInput{KeyId: ptr("alias/ecc-sign"), Message: []byte("a message"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256}
	},
	func(v *visited) (string, any) {
		return "Verify", &kms.VerifyInput{
			KeyId: ptr("alias/ecc-sign"), Message: []byte("a message"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
			Signature: of[kms.SignOutput](v).Signature,
		}
	},
	func(*visited) (string, any) {
		return "GenerateMac", &kms.GenerateMacInput{KeyId: ptr("alias/mac"), Message: []byte("a message"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256}
	},
	func(v *visited) (string, any) {
		return "VerifyMac", &kms.VerifyMacInput{
			KeyId: ptr("alias/mac"), Message: []byte("a message"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Mac: of[kms.GenerateMacOutput](v).Mac,
		}
	},
	func(*visited) (string, any) {
		return "GetPublicKey", &kms.GetPublicKeyInput{KeyId: ptr("alias/agree")}
	},
	func(v *visited) (string, any) {
		return "DeriveSharedSecret", &kms.DeriveSharedSecretInput{
			KeyId: ptr("alias/agree"), KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh, PublicKey: of[kms.GetPublicKeyOutput](v).PublicKey,
		}
	},
	func(*visited) (string, any) {
		return "Encapsulate", &kms.EncapsulateInput{KeyId: ptr("alias/encapsulate"), EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}
	},
	func(v *visited) (string, any) {
		return "Decapsulate", &kms.DecapsulateInput{
			KeyId: ptr("alias/encapsulate"), EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem,
			SharedSecretCiphertextBlob: of[kms.EncapsulateOutput](v).SharedSecretCiphertextBlob,
		}
	},

	func(v *visited) (string, any) {
		return "CreateGrant", &kms.CreateGrantInput{
			KeyId: v.key(), GranteePrincipal: ptr("arn:aws:iam::111122223333:role/app"), RetiringPrincipal: ptr("arn:aws:iam::111122223333:user/kmsfake"),
			Operations:  []types.GrantOperation{types.GrantOperationDecrypt, types.GrantOperationCreateGrant},
			Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}},
		}
	},
	func(v *visited) (string, any) { return "ListGrants", &kms.ListGrantsInput{KeyId: v.key()} },
	func(*visited) (string, any) {
		return "ListRetirableGrants", &kms.ListRetirableGrantsInput{RetiringPrincipal: ptr("arn:aws:iam::111122223333:user/kmsfake")}
	},
	func(v *visited) (string, any) {
		return "RetireGrant", &kms.RetireGrantInput{GrantToken: of[kms.CreateGrantOutput](v).GrantToken}
	},
	func(v *visited) (string, any) {
		return "CreateGrant", &kms.CreateGrantInput{
			KeyId: v.key(), GranteePrincipal: ptr("arn:aws:iam::111122223333:role/app"), Operations: []types.GrantOperation{types.GrantOperationEncrypt},
		}
	},
	func(v *visited) (string, any) {
		return "RevokeGrant", &kms.RevokeGrantInput{KeyId: v.key(), GrantId: of[kms.CreateGrantOutput](v).GrantId}
	},

	func(v *visited) (string, any) {
		return "EnableKeyRotation", &kms.EnableKeyRotationInput{KeyId: v.key()}
	},
	func(v *visited) (string, any) {
		return "GetKeyRotationStatus", &kms.GetKeyRotationStatusInput{KeyId: v.key()}
	},
	func(v *visited) (string, any) {
		return "RotateKeyOnDemand", &kms.RotateKeyOnDemandInput{KeyId: v.key()}
	},
	func(v *visited) (string, any) {
		return "ListKeyRotations", &kms.ListKeyRotationsInput{KeyId: v.key(), IncludeKeyMaterial: types.IncludeKeyMaterialAllKeyMaterial}
	},
	func(v *visited) (string, any) {
		return "DisableKeyRotation", &kms.DisableKeyRotationInput{KeyId: v.key()}
	},
	func(*visited) (string, any) {
		return "GetParametersForImport", &kms.GetParametersForImportInput{
			KeyId: &twinKeys[7].ID, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
		}
	},
	func(v *visited) (string, any) {
		parameters := of[kms.GetParametersForImportOutput](v)
		wrapping := must(x509.ParsePKIXPublicKey(parameters.PublicKey)).(*rsa.PublicKey)
		return "ImportKeyMaterial", &kms.ImportKeyMaterialInput{
			KeyId: &twinKeys[7].ID, ImportToken: parameters.ImportToken, ValidTo: ptr(start.Add(100 * day)),
			EncryptedKeyMaterial: must(rsa.EncryptOAEP(sha256.New(), rand.Reader, wrapping, make([]byte, 32), nil)),
		}
	},
	func(*visited) (string, any) {
		return "DeleteImportedKeyMaterial", &kms.DeleteImportedKeyMaterialInput{KeyId: &twinKeys[7].ID}
	},

	func(*visited) (string, any) {
		return "ReplicateKey", &kms.ReplicateKeyInput{KeyId: &twinKeys[9].ID, ReplicaRegion: ptr(otherRegion)}
	},
	func(v *visited) (string, any) {
		v.pass = time.Minute
		return "UpdatePrimaryRegion", &kms.UpdatePrimaryRegionInput{KeyId: &twinKeys[9].ID, PrimaryRegion: ptr(otherRegion)}
	},
	func(*visited) (string, any) {
		return "CreateCustomKeyStore", &kms.CreateCustomKeyStoreInput{
			CustomKeyStoreName: ptr("store"), CloudHsmClusterId: ptr("cluster-2a23b4cdefg"),
			KeyStorePassword: ptr("password-1"), TrustAnchorCertificate: ptr("-----BEGIN CERTIFICATE-----"),
		}
	},
	func(*visited) (string, any) {
		return "DescribeCustomKeyStores", &kms.DescribeCustomKeyStoresInput{}
	},
	func(v *visited) (string, any) {
		return "UpdateCustomKeyStore", &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: v.store(), NewCustomKeyStoreName: ptr("another")}
	},
	func(v *visited) (string, any) {
		return "ConnectCustomKeyStore", &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: v.store()}
	},
	func(v *visited) (string, any) {
		v.pass = time.Hour
		return "DisconnectCustomKeyStore", &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: v.store()}
	},
	func(v *visited) (string, any) {
		v.pass = time.Hour
		return "DeleteCustomKeyStore", &kms.DeleteCustomKeyStoreInput{CustomKeyStoreId: v.store()}
	},

	func(v *visited) (string, any) { return "DisableKey", &kms.DisableKeyInput{KeyId: v.key()} },
	func(v *visited) (string, any) { return "EnableKey", &kms.EnableKeyInput{KeyId: v.key()} },
	func(v *visited) (string, any) {
		return "ScheduleKeyDeletion", &kms.ScheduleKeyDeletionInput{KeyId: v.key(), PendingWindowInDays: ptr[int32](7)}
	},
	func(v *visited) (string, any) { return "DescribeKey", &kms.DescribeKeyInput{KeyId: v.key()} },
	func(v *visited) (string, any) {
		return "CancelKeyDeletion", &kms.CancelKeyDeletionInput{KeyId: v.key()}
	},
}

// visited is what the operations of a tour have answered.
type visited struct {
	outputs []any
	pass    time.Duration // before the call
}

// of is the last output of a type.
func of[O any](v *visited) *O {
	for _, out := range slices.Backward(v.outputs) {
		if out, ok := out.(*O); ok {
			return out
		}
	}
	return new(O)
}

func (v *visited) key() *string   { return of[kms.CreateKeyOutput](v).KeyMetadata.KeyId }
func (v *visited) store() *string { return of[kms.CreateCustomKeyStoreOutput](v).CustomKeyStoreId }

// Every operation answers the same on every way when it succeeds.
func TestTwinsOfEveryOperation(t *testing.T) {
	t.Parallel()
	list := newTwins(t).fresh(kmsfake.WithKeys(twinKeys...))
	left := slices.Clone(operationNames)
	v := &visited{}
	for _, stop := range tour {
		operation, in := stop(v)
		for _, tw := range list {
			tw.fake.Advance(v.pass)
		}
		v.pass = 0
		out := step(t, list, operation, func(tw *twin) (any, error) {
			return call(context.Background(), tw.api(tw.fake), operation, in)
		})
		if out == nil {
			_, err := call(context.Background(), list[0].api(list[0].fake), operation, in)
			t.Fatalf("%s: %v", operation, err)
		}
		v.outputs = append(v.outputs, out)
		left = slices.DeleteFunc(left, func(name string) bool { return name == operation })
	}
	if len(left) > 0 {
		t.Errorf("the tour leaves out %v", left)
	}
}
