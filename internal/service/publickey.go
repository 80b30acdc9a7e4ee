package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// getPublicKey answers GetPublicKey: the public key of a key pair of any usage,
// and the algorithms that KMS itself would use it with.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html
func getPublicKey(c *call, in *kms.GetPublicKeyInput) (*kms.GetPublicKeyOutput, error) {
	u, usage, err := c.usePublic(*in.KeyId)
	if err != nil {
		return nil, err
	}
	pair, err := materialOf[material.Public](u)
	if err != nil {
		return nil, err
	}
	list := algorithmsOf(u.spec, usage)
	return &kms.GetPublicKeyOutput{
		KeyId:                   &u.arn,
		KeySpec:                 u.spec.Name,
		CustomerMasterKeySpec:   types.CustomerMasterKeySpec(u.spec.Name),
		KeyUsage:                usage,
		PublicKey:               pair.PublicKey(),
		EncryptionAlgorithms:    list.encryption,
		SigningAlgorithms:       list.signing,
		KeyAgreementAlgorithms:  list.agreement,
		EncapsulationAlgorithms: list.encapsulation,
	}, nil
}

// usePublic finds a key pair, whatever it is for.
func (c *call) usePublic(name string) (*usable, types.KeyUsageType, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(name, "kms:GetPublicKey")
	if err != nil {
		return nil, "", err
	}
	if k.spec.Kind() != keyspec.KindAsymmetric {
		return nil, "", noPublicKey(k.arn, k.spec.Name)
	}
	return k.usable(c.now), k.usage, nil
}
