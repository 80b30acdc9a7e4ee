package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// generateDataKeyPair answers GenerateDataKeyPair.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html
func generateDataKeyPair(c *call, in *kms.GenerateDataKeyPairInput) (*kms.GenerateDataKeyPairOutput, error) {
	if err := c.attest(in.Recipient); err != nil {
		return nil, err
	}
	pair, err := c.dataKeyPair(in.KeyId, in.KeyPairSpec, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	out := &kms.GenerateDataKeyPairOutput{
		KeyId: &pair.arn, KeyPairSpec: in.KeyPairSpec, PublicKey: pair.public,
		PrivateKeyCiphertextBlob: pair.blob, KeyMaterialId: pair.material,
	}
	out.PrivateKeyPlaintext, out.CiphertextForRecipient, err = c.deliver(pair.private)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// generateDataKeyPairWithoutPlaintext answers GenerateDataKeyPairWithoutPlaintext.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPairWithoutPlaintext.html
func generateDataKeyPairWithoutPlaintext(c *call, in *kms.GenerateDataKeyPairWithoutPlaintextInput) (*kms.GenerateDataKeyPairWithoutPlaintextOutput, error) {
	pair, err := c.dataKeyPair(in.KeyId, in.KeyPairSpec, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	return &kms.GenerateDataKeyPairWithoutPlaintextOutput{
		KeyId: &pair.arn, KeyPairSpec: in.KeyPairSpec, PublicKey: pair.public,
		PrivateKeyCiphertextBlob: pair.blob, KeyMaterialId: pair.material,
	}, nil
}

type dataKeyPair struct {
	arn             string
	private, public []byte // PKCS #8 and SubjectPublicKeyInfo
	blob            []byte // the private key, encrypted
	material        *string
}

func (c *call) dataKeyPair(keyID *string, name types.DataKeyPairSpec, context map[string]string, dryRun *bool) (*dataKeyPair, error) {
	u, err := c.useToWrap(*keyID)
	if err != nil {
		return nil, err
	}
	if inKeyStore(u.origin) {
		return nil, originNotValid(u.arn, u.origin)
	}
	partition := c.who.Partition()
	if spec, ok := keyspec.LookupPair(name); !ok || !spec.AvailableIn(partition) {
		return nil, notInRegion("KeyPairSpec " + string(name))
	}
	if isSet(dryRun) {
		return nil, dryRunSucceeded()
	}
	pair := &dataKeyPair{arn: u.arn}
	pair.private, pair.public, err = material.NewKeyPair(name, partition, &c.entropy)
	if err != nil {
		return nil, internalFailure(err)
	}
	blob, km, err := c.seal(u, types.EncryptionAlgorithmSpecSymmetricDefault, pair.private, context)
	if err != nil {
		return nil, err
	}
	pair.blob, pair.material = blob, km.shown(u.spec)
	return pair, nil
}
