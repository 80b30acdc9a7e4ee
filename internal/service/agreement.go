package service

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake/internal/material"
)

// deriveSharedSecret answers DeriveSharedSecret: the raw shared secret, from
// which the caller derives keys.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html
func deriveSharedSecret(c *call, in *kms.DeriveSharedSecretInput) (*kms.DeriveSharedSecretOutput, error) {
	if err := c.attest(in.Recipient); err != nil {
		return nil, err
	}
	u, err := c.use(*in.KeyId, "kms:DeriveSharedSecret")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(u.spec.Agreement, in.KeyAgreementAlgorithm) {
		return nil, algorithmNotValid(string(in.KeyAgreementAlgorithm), u.spec.Name)
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	pair, err := materialOf[material.Agreement](u)
	if err != nil {
		return nil, err
	}
	secret, err := pair.Agree(in.KeyAgreementAlgorithm, in.PublicKey)
	if errors.Is(err, material.ErrPublicKey) {
		return nil, invalidPeerKey()
	}
	if err != nil {
		return nil, internalFailure(err)
	}
	out := &kms.DeriveSharedSecretOutput{KeyId: &u.arn, KeyAgreementAlgorithm: in.KeyAgreementAlgorithm, KeyOrigin: u.origin}
	out.SharedSecret, out.CiphertextForRecipient, err = c.deliver(secret)
	if err != nil {
		return nil, err
	}
	return out, nil
}
