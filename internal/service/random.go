package service

import "github.com/aws/aws-sdk-go-v2/service/kms"

// generateRandom answers GenerateRandom.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html
func generateRandom(c *call, in *kms.GenerateRandomInput) (*kms.GenerateRandomOutput, error) {
	if in.NumberOfBytes == nil {
		return nil, numberOfBytesMissing()
	}
	plaintext := make([]byte, *in.NumberOfBytes)
	c.entropy.Read(plaintext)
	return &kms.GenerateRandomOutput{Plaintext: plaintext}, nil
}
