package service

import "github.com/aws/aws-sdk-go-v2/service/kms"

// generateRandom answers GenerateRandom.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html
func generateRandom(c *call, in *kms.GenerateRandomInput) (*kms.GenerateRandomOutput, error) {
	if in.NumberOfBytes == nil {
		return nil, numberOfBytesMissing()
	}
	if err := c.attest(in.Recipient); err != nil {
		return nil, err
	}
	if err := c.authorizeOn("kms:GenerateRandom", "*", nil); err != nil {
		return nil, err
	}
	if in.CustomKeyStoreId != nil {
		if err := c.checkRandom(*in.CustomKeyStoreId); err != nil {
			return nil, err
		}
	}
	random := make([]byte, *in.NumberOfBytes)
	c.entropy.Read(random)
	plaintext, forRecipient, err := c.deliver(random)
	if err != nil {
		return nil, err
	}
	return &kms.GenerateRandomOutput{Plaintext: plaintext, CiphertextForRecipient: forRecipient}, nil
}
