// Package enclave reads and makes the attestation documents of AWS Nitro
// Enclaves and NitroTPM, and seals what AWS KMS returns to them.
//
// A request with a Recipient carries an attestation document: [Parse] reads
// it. The answer carries no plaintext but a CMS message that only the attested
// environment can open: [Seal] makes it. [New] makes documents for tests.
//
// The package keeps no state. All functions are safe for concurrent use, and
// nothing they return shares memory with what they were given.
package enclave

// Error says why an attestation document is refused. Its text is written as
// the message of a ValidationException; AWS does not publish its own.
type Error struct {
	Reason string
}

func (e *Error) Error() string { return "The attestation document is invalid: " + e.Reason }

func refuse(reason string) error { return &Error{Reason: reason} }
