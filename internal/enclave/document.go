package enclave

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/hex"
	"time"
)

// Document is what an attestation document attests.
type Document struct {
	// ModuleID names the Nitro hypervisor module that issued the document.
	ModuleID string
	// Timestamp is when the document was made, to the millisecond.
	Timestamp time.Time
	// PCRs are an enclave's platform configuration registers by number; nil
	// in a document of a NitroTPM.
	PCRs map[int][]byte
	// TPMPCRs are a NitroTPM's registers; nil in a document of an enclave.
	TPMPCRs map[int][]byte
	// PublicKey is the key that answers are sealed to.
	PublicKey *rsa.PublicKey
	// UserData and Nonce are what the enclave put into the document, or nil.
	UserData, Nonce []byte
	// NotBefore and NotAfter bound the time in which every certificate of the
	// document is valid.
	NotBefore, NotAfter time.Time
}

// Parse reads an attestation document: a COSE_Sign1 message, tagged or not,
// over the CBOR map that the Nitro hypervisor signs.
//
// It checks the form of every field, the chain from the first certificate of
// the bundle to the document's own at the time of the document, and the ES384
// signature. It trusts whatever root the bundle begins with: AWS KMS trusts
// only AWS's, which signs nothing made for a test. Whether the certificates
// are still valid is for [Document.ValidAt].
//
// Errors are of type [*Error].
func Parse(document []byte) (*Document, error) {
	message, err := decodeSign1(document)
	if err != nil {
		return nil, err
	}
	fields, err := decodeFields(message.Payload)
	if err != nil {
		return nil, err
	}
	chain, err := fields.chain()
	if err != nil {
		return nil, err
	}
	signer, ok := chain[0].PublicKey.(*ecdsa.PublicKey)
	if !ok || signer.Curve != elliptic.P384() {
		return nil, refuse("its certificate does not hold a P-384 key")
	}
	if !message.verify(signer) {
		return nil, refuse("its signature does not verify")
	}
	if err := verifyChain(chain, fields.time()); err != nil {
		return nil, err
	}
	key, err := fields.publicKey()
	if err != nil {
		return nil, err
	}
	d := &Document{
		ModuleID:  fields.ModuleID,
		Timestamp: fields.time(),
		PCRs:      registers(fields.PCRs),
		TPMPCRs:   registers(fields.TPMPCRs),
		PublicKey: key,
		UserData:  fields.UserData.bytes(),
		Nonce:     fields.Nonce.bytes(),
		NotBefore: chain[0].NotBefore,
		NotAfter:  chain[0].NotAfter,
	}
	for _, c := range chain[1:] {
		if c.NotBefore.After(d.NotBefore) {
			d.NotBefore = c.NotBefore
		}
		if c.NotAfter.Before(d.NotAfter) {
			d.NotAfter = c.NotAfter
		}
	}
	return d, nil
}

// ValidAt returns an [*Error] if a certificate of the document is not valid
// at the given time. Those that Nitro issues last three hours.
func (d *Document) ValidAt(now time.Time) error {
	switch {
	case now.Before(d.NotBefore):
		return refuse("its certificate is not yet valid")
	case now.After(d.NotAfter):
		return refuse("its certificate has expired")
	}
	return nil
}

// ImageSHA384 returns the value of kms:RecipientAttestation:ImageSha384, the
// enclave's PCR 0 in lower-case hexadecimal digits, or "" if there is none.
func (d *Document) ImageSHA384() string { return d.PCR(0) }

// PCR returns the value of kms:RecipientAttestation:PCR<n>, the enclave's
// register in lower-case hexadecimal digits, or "" if there is none.
func (d *Document) PCR(n int) string { return hex.EncodeToString(d.PCRs[n]) }

// TPMPCR returns the value of kms:RecipientAttestation:NitroTPMPCR<n>, the
// NitroTPM's register in lower-case hexadecimal digits, or "" if there is none.
func (d *Document) TPMPCR(n int) string { return hex.EncodeToString(d.TPMPCRs[n]) }
