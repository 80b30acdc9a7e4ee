package service

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// encapsulate answers Encapsulate.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html
func encapsulate(c *call, in *kms.EncapsulateInput) (*kms.EncapsulateOutput, error) {
	u, err := c.useToEncapsulate(*in.KeyId, in.EncapsulationAlgorithm)
	if err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	kem, err := materialOf[material.KEM](u)
	if err != nil {
		return nil, err
	}
	secret, encapsulated, err := kem.Encapsulate(in.EncapsulationAlgorithm, &c.entropy)
	if err != nil {
		return nil, internalFailure(err)
	}
	return &kms.EncapsulateOutput{
		KeyId: &u.arn, EncapsulationAlgorithm: in.EncapsulationAlgorithm,
		SharedSecret: secret, SharedSecretCiphertextBlob: encapsulated,
	}, nil
}

// decapsulate answers Decapsulate. Only the length of what it is given can be
// wrong; anything else gives a secret, as implicit rejection wants.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html
func decapsulate(c *call, in *kms.DecapsulateInput) (*kms.DecapsulateOutput, error) {
	u, err := c.useToEncapsulate(*in.KeyId, in.EncapsulationAlgorithm)
	if err != nil {
		return nil, err
	}
	if len(in.SharedSecretCiphertextBlob) != u.spec.EncapsulatedSize {
		return nil, invalidCiphertext()
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	kem, err := materialOf[material.KEM](u)
	if err != nil {
		return nil, err
	}
	secret, err := kem.Decapsulate(in.EncapsulationAlgorithm, in.SharedSecretCiphertextBlob)
	if errors.Is(err, material.ErrEncapsulatedLength) {
		return nil, invalidCiphertext()
	}
	if err != nil {
		return nil, internalFailure(err)
	}
	return &kms.DecapsulateOutput{KeyId: &u.arn, EncapsulationAlgorithm: in.EncapsulationAlgorithm, SharedSecret: secret}, nil
}

// useToEncapsulate finds an ML-KEM key that goes with the algorithm. The China
// Regions have neither such keys nor the operations.
func (c *call) useToEncapsulate(name string, algorithm types.EncapsulationAlgorithmSpec) (*usable, error) {
	if c.who.Partition() == keyspec.China {
		return nil, notInRegion("The " + c.name + " operation")
	}
	u, err := c.use(name, "kms:"+c.name)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(u.spec.Encapsulation, algorithm) {
		return nil, algorithmNotValid(string(algorithm), u.spec.Name)
	}
	return u, nil
}
