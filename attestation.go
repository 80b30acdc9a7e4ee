package kmsfake

import (
	"crypto/rand"
	"crypto/rsa"
	"time"

	"example.com/kmsfake/internal/enclave"
)

// Attestation makes an attestation document such as the Nitro hypervisor gives
// to an enclave, for the Recipient of a request: the fake takes it and encrypts
// its answer for the holder of the private key. AWS refuses it, since the root of
// its certificates is not AWS's.
//
// The public key has 2048 bits or more. The PCRs are those from PCR0 on, each 32,
// 48 or 64 bytes; those that are left out, or nil, are zero, as in an enclave in
// debug mode. Anything else is an error. The caller owns the document.
//
// The document is made at [time.Now] and valid for three hours. A fake whose
// clock shows another time makes its own with [Fake.Attestation].
func Attestation(publicKey *rsa.PublicKey, pcrs ...[]byte) ([]byte, error) {
	return enclave.New(publicKey, registers(pcrs), time.Now(), rand.Reader)
}

// Attestation makes the document that the function [Attestation] makes, at the time
// of this AWS and with randomness from its seed. It fails for the same reasons.
func (f *Fake) Attestation(publicKey *rsa.PublicKey, pcrs ...[]byte) ([]byte, error) {
	return f.aws.Attestation(publicKey, registers(pcrs))
}

func registers(pcrs [][]byte) map[int][]byte {
	byNumber := make(map[int][]byte, len(pcrs))
	for n, value := range pcrs {
		if value != nil {
			byNumber[n] = value
		}
	}
	return byNumber
}
