package service

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// sign answers Sign.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
func sign(c *call, in *kms.SignInput) (*kms.SignOutput, error) {
	u, err := c.use(*in.KeyId, "kms:Sign")
	if err != nil {
		return nil, err
	}
	if err := u.checkMessage(in.SigningAlgorithm, in.MessageType, in.Message); err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	signer, err := materialOf[material.Signer](u)
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(in.SigningAlgorithm, in.MessageType, in.Message, &c.entropy)
	if err != nil {
		return nil, internalFailure(err)
	}
	return &kms.SignOutput{KeyId: &u.arn, Signature: signature, SigningAlgorithm: in.SigningAlgorithm}, nil
}

// verify answers Verify: there is no answer that says that a signature is not
// valid, only an exception.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html
func verify(c *call, in *kms.VerifyInput) (*kms.VerifyOutput, error) {
	u, err := c.use(*in.KeyId, "kms:Verify")
	if err != nil {
		return nil, err
	}
	if err := u.checkMessage(in.SigningAlgorithm, in.MessageType, in.Message); err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	verifier, err := materialOf[material.Signer](u)
	if err != nil {
		return nil, err
	}
	valid, err := verifier.Verify(in.SigningAlgorithm, in.MessageType, in.Message, in.Signature)
	if err != nil {
		return nil, internalFailure(err)
	}
	if !valid {
		return nil, invalidSignature()
	}
	return &kms.VerifyOutput{KeyId: &u.arn, SignatureValid: true, SigningAlgorithm: in.SigningAlgorithm}, nil
}

// checkMessage says whether the key signs such a message with the algorithm.
// How long a message may be that is not a digest is the member's own bound.
func (u *usable) checkMessage(algorithm types.SigningAlgorithmSpec, kind types.MessageType, message []byte) error {
	signing, ok := keyspec.LookupSigning(algorithm)
	if !ok || !slices.Contains(u.spec.Signing, algorithm) {
		return algorithmNotValid(string(algorithm), u.spec.Name)
	}
	if !signing.Takes(kind) {
		return messageTypeNotValid(kind, algorithm)
	}
	if kind != "" && kind != types.MessageTypeRaw && len(message) != signing.DigestSize {
		return digestLength(algorithm)
	}
	return nil
}
