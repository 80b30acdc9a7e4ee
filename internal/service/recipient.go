package service

import (
	"crypto/rsa"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/enclave"
)

// A request that carries the attestation document of an enclave gets its secret
// back encrypted under the enclave's public key, and not in plaintext.

// attest reads the attestation document of a request, if it has one. It comes
// before the key is looked for, since key policies have conditions on what is
// attested.
func (c *call) attest(recipient *types.RecipientInfo) error {
	if recipient == nil {
		return nil
	}
	if len(recipient.AttestationDocument) == 0 {
		return recipientMember("attestationDocument")
	}
	if recipient.KeyEncryptionAlgorithm == "" {
		return recipientMember("keyEncryptionAlgorithm")
	}
	document, err := enclave.Parse(recipient.AttestationDocument)
	if err == nil {
		err = document.ValidAt(c.now)
	}
	if err != nil {
		return invalidAttestation(err)
	}
	c.attested = document
	return nil
}

// deliver is how a secret leaves: in plaintext, or encrypted for the enclave
// that the request attested.
func (c *call) deliver(secret []byte) (plaintext, forRecipient []byte, err error) {
	if c.attested == nil {
		return secret, nil, nil
	}
	forRecipient, err = enclave.Seal(c.attested.PublicKey, secret, &c.entropy)
	if err != nil {
		return nil, nil, invalidAttestation(err)
	}
	return nil, forRecipient, nil
}

// Attestation makes the attestation document that an enclave with these
// registers would get at the time of this AWS.
func (a *AWS) Attestation(publicKey *rsa.PublicKey, pcrs map[int][]byte) ([]byte, error) {
	return enclave.New(publicKey, pcrs, a.Now(), &a.entropy)
}

// invalidAttestation: that it is refused is documented, the words are a guess.
func invalidAttestation(err error) error {
	var refused *enclave.Error
	if errors.As(err, &refused) {
		return validation(refused.Error())
	}
	return validation("The attestation document is invalid: its public key cannot be used")
}
