package kmsfake_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

var modelDataKeyCommands = []modelCommand{
	modelOperation("GenerateDataKey", (*kmsfake.Fake).GenerateDataKey,
		func(d *modelDraw) *kms.GenerateDataKeyInput {
			in := &kms.GenerateDataKeyInput{KeyId: d.keyID("KeyId"), EncryptionContext: d.context("context"), DryRun: d.dryRun()}
			in.KeySpec, in.NumberOfBytes = d.dataKeySize()
			return in
		},
		func(c *modelCall, in *kms.GenerateDataKeyInput, got *kms.GenerateDataKeyOutput) (*kms.GenerateDataKeyOutput, *modelRefusal) {
			k, secret, refusal := c.dataKey(in.KeyId, in.KeySpec, in.NumberOfBytes, in.DryRun)
			if refusal != nil {
				return nil, refusal
			}
			out := &kms.GenerateDataKeyOutput{KeyId: aws.String(k.arn()), KeyMaterialId: &k.material}
			if got != nil {
				out.Plaintext = secret.as(got.Plaintext)
				out.CiphertextBlob = c.seal(k, in.EncryptionContext, secret, got.CiphertextBlob)
			}
			return out, nil
		}),
	modelOperation("GenerateDataKeyWithoutPlaintext", (*kmsfake.Fake).GenerateDataKeyWithoutPlaintext,
		func(d *modelDraw) *kms.GenerateDataKeyWithoutPlaintextInput {
			in := &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: d.keyID("KeyId"), EncryptionContext: d.context("context"), DryRun: d.dryRun()}
			in.KeySpec, in.NumberOfBytes = d.dataKeySize()
			return in
		},
		func(c *modelCall, in *kms.GenerateDataKeyWithoutPlaintextInput, got *kms.GenerateDataKeyWithoutPlaintextOutput) (*kms.GenerateDataKeyWithoutPlaintextOutput, *modelRefusal) {
			k, secret, refusal := c.dataKey(in.KeyId, in.KeySpec, in.NumberOfBytes, in.DryRun)
			if refusal != nil {
				return nil, refusal
			}
			out := &kms.GenerateDataKeyWithoutPlaintextOutput{KeyId: aws.String(k.arn()), KeyMaterialId: &k.material}
			if got != nil {
				out.CiphertextBlob = c.seal(k, in.EncryptionContext, secret, got.CiphertextBlob)
			}
			return out, nil
		}),
	modelOperation("GenerateRandom", (*kmsfake.Fake).GenerateRandom,
		func(d *modelDraw) *kms.GenerateRandomInput {
			return &kms.GenerateRandomInput{NumberOfBytes: modelUsually[int32](d, "NumberOfBytes", 1, 1024, 16, 0, 1025, -1)}
		},
		func(c *modelCall, in *kms.GenerateRandomInput, got *kms.GenerateRandomOutput) (*kms.GenerateRandomOutput, *modelRefusal) {
			c.checks.between("numberOfBytes", in.NumberOfBytes, 1, 1024)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			if in.NumberOfBytes == nil {
				return nil, modelRefuse("ValidationException", "NumberOfBytes is required.")
			}
			out := &kms.GenerateRandomOutput{}
			if got != nil {
				out.Plaintext = (&modelSecret{size: int(*in.NumberOfBytes)}).as(got.Plaintext)
			}
			return out, nil
		}),
}

// dataKeySize draws how long a data key shall be: mostly one of the two ways to
// say it, at times neither or both.
func (d *modelDraw) dataKeySize() (types.DataKeySpec, *int32) {
	spec := modelPick[types.DataKeySpec](d, "KeySpec", "AES_256", "AES_128", "")
	if (spec != "") == d.oneIn(12, "another way") {
		return spec, aws.Int32(modelPick[int32](d, "NumberOfBytes", 1, 1024, 64, 0, 1025))
	}
	return spec, nil
}

// dataKey finds the key that a data key shall be encrypted under, which must be a
// symmetric one, and makes a data key that the answer will tell.
func (c *modelCall) dataKey(keyID *string, spec types.DataKeySpec, numberOfBytes *int32, dryRun *bool) (*modelKey, *modelSecret, *modelRefusal) {
	c.checks.required("KeyId", keyID != nil)
	c.checks.keyID("keyId", keyID)
	c.checks.between("numberOfBytes", numberOfBytes, 1, 1024)
	if refusal := c.checked(); refusal != nil {
		return nil, nil, refusal
	}
	size := map[types.DataKeySpec]int{"AES_256": 32, "AES_128": 16}[spec]
	switch {
	case (spec == "") == (numberOfBytes == nil):
		return nil, nil, modelRefuse("ValidationException", "Please specify either number of bytes or key spec.")
	case numberOfBytes != nil:
		size = int(*numberOfBytes)
	}
	k, refusal := c.usable(*keyID, "kms:"+c.operation)
	if refusal != nil {
		return nil, nil, refusal
	}
	if k.spec != types.KeySpecSymmetricDefault {
		return nil, nil, modelRefuseSomehow("InvalidKeyUsageException")
	}
	if refusal := c.dryRun(dryRun); refusal != nil {
		return nil, nil, refusal
	}
	return k, &modelSecret{size: size}, nil
}
