package service

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// generateMac answers GenerateMac.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
func generateMac(c *call, in *kms.GenerateMacInput) (*kms.GenerateMacOutput, error) {
	u, err := c.useForMac(*in.KeyId, in.MacAlgorithm)
	if err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	m, err := materialOf[material.Mac](u)
	if err != nil {
		return nil, err
	}
	mac, err := m.Mac(in.MacAlgorithm, in.Message)
	if err != nil {
		return nil, internalFailure(err)
	}
	return &kms.GenerateMacOutput{KeyId: &u.arn, Mac: mac, MacAlgorithm: in.MacAlgorithm}, nil
}

// verifyMac answers VerifyMac: there is no answer that says that a MAC is not
// valid, only an exception.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html
func verifyMac(c *call, in *kms.VerifyMacInput) (*kms.VerifyMacOutput, error) {
	u, err := c.useForMac(*in.KeyId, in.MacAlgorithm)
	if err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	m, err := materialOf[material.Mac](u)
	if err != nil {
		return nil, err
	}
	valid, err := m.VerifyMac(in.MacAlgorithm, in.Message, in.Mac)
	if err != nil {
		return nil, internalFailure(err)
	}
	if !valid {
		return nil, invalidMac()
	}
	return &kms.VerifyMacOutput{KeyId: &u.arn, MacValid: true, MacAlgorithm: in.MacAlgorithm}, nil
}

// useForMac finds an HMAC key that goes with the algorithm.
func (c *call) useForMac(name string, algorithm types.MacAlgorithmSpec) (*usable, error) {
	u, err := c.use(name, "kms:"+c.name)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(u.spec.Mac, algorithm) {
		return nil, algorithmNotValid(string(algorithm), u.spec.Name)
	}
	return u, nil
}
