package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// dataKeySizes are the lengths of the data keys that have a name, in bytes.
var dataKeySizes = map[types.DataKeySpec]int{
	types.DataKeySpecAes128: 16,
	types.DataKeySpecAes256: 32,
}

// generateDataKey answers GenerateDataKey.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
func generateDataKey(c *call, in *kms.GenerateDataKeyInput) (*kms.GenerateDataKeyOutput, error) {
	if err := c.attest(in.Recipient); err != nil {
		return nil, err
	}
	dk, err := c.dataKey(in.KeyId, in.KeySpec, in.NumberOfBytes, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	out := &kms.GenerateDataKeyOutput{KeyId: &dk.arn, CiphertextBlob: dk.blob}
	if out.Plaintext, out.CiphertextForRecipient, err = c.deliver(dk.plaintext); err != nil {
		return nil, err
	}
	if c.attested == nil {
		out.KeyMaterialId = dk.material
	}
	return out, nil
}

// generateDataKeyWithoutPlaintext answers GenerateDataKeyWithoutPlaintext.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html
func generateDataKeyWithoutPlaintext(c *call, in *kms.GenerateDataKeyWithoutPlaintextInput) (*kms.GenerateDataKeyWithoutPlaintextOutput, error) {
	dk, err := c.dataKey(in.KeyId, in.KeySpec, in.NumberOfBytes, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	return &kms.GenerateDataKeyWithoutPlaintextOutput{
		KeyId: &dk.arn, CiphertextBlob: dk.blob, KeyMaterialId: dk.material,
	}, nil
}

type dataKey struct {
	arn             string
	plaintext, blob []byte
	material        *string
}

func (c *call) dataKey(keyID *string, spec types.DataKeySpec, numberOfBytes *int32, context map[string]string, dryRun *bool) (*dataKey, error) {
	if (spec == "") == (numberOfBytes == nil) {
		return nil, dataKeyLength()
	}
	size := dataKeySizes[spec]
	if numberOfBytes != nil {
		size = int(*numberOfBytes)
	}
	u, err := c.useToWrap(*keyID)
	if err != nil {
		return nil, err
	}
	if isSet(dryRun) {
		return nil, dryRunSucceeded()
	}
	dk := &dataKey{arn: u.arn, plaintext: make([]byte, size)}
	c.entropy.Read(dk.plaintext)
	blob, km, err := c.seal(u, types.EncryptionAlgorithmSpecSymmetricDefault, dk.plaintext, context)
	if err != nil {
		return nil, err
	}
	dk.blob, dk.material = blob, km.shown(u.spec)
	return dk, nil
}

// useToWrap finds the symmetric encryption key that shall encrypt a data key.
// That an asymmetric one is refused is documented; that it is refused as by
// Encrypt is a guess.
func (c *call) useToWrap(name string) (*usable, error) {
	u, err := c.use(name, "kms:"+c.name)
	if err != nil {
		return nil, err
	}
	if _, err := u.encryptionAlgorithm(types.EncryptionAlgorithmSpecSymmetricDefault); err != nil {
		return nil, err
	}
	return u, nil
}
