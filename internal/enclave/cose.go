package enclave

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha512"
	"encoding/asn1"
	"math/big"

	"github.com/fxamacker/cbor/v2"
)

const (
	tagSign1      = 0xd2 // CBOR tag 18 in one byte
	algES384      = -35
	scalarLength  = 48 // bytes of r and of s
	sigContext    = "Signature1"
	cborMapHeader = 5 // major type
)

// sign1 is a COSE_Sign1 message (RFC 9052, section 4.2).
type sign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   octets
	Unprotected cbor.RawMessage
	Payload     octets
	Signature   octets
}

type protectedHeader struct {
	Algorithm int64 `cbor:"1,keyasint"`
}

func decodeSign1(document []byte) (*sign1, error) {
	if len(document) > 0 && document[0] == tagSign1 {
		document = document[1:]
	}
	var m sign1
	if err := decode(document, &m); err != nil {
		return nil, refuse("it is not a COSE_Sign1 message")
	}
	if len(m.Unprotected) == 0 || m.Unprotected[0]>>5 != cborMapHeader {
		return nil, refuse("its unprotected header is not a map")
	}
	var header protectedHeader
	if err := decode(m.Protected, &header); err != nil || header.Algorithm != algES384 {
		return nil, refuse("its signature algorithm is not ES384")
	}
	if !within(m.Payload, 1, maxPayload) {
		return nil, refuse("its payload is empty or too long")
	}
	if len(m.Signature) != 2*scalarLength {
		return nil, refuse("its signature is not as long as one of ES384")
	}
	return &m, nil
}

func (m *sign1) verify(key *ecdsa.PublicKey) bool {
	digest, err := m.digest()
	if err != nil {
		return false
	}
	r := new(big.Int).SetBytes(m.Signature[:scalarLength])
	s := new(big.Int).SetBytes(m.Signature[scalarLength:])
	return ecdsa.Verify(key, digest, r, s)
}

// digest is the hash of the Sig_structure (RFC 9052, section 4.4).
func (m *sign1) digest() ([]byte, error) {
	signed, err := encode([]any{sigContext, []byte(m.Protected), []byte{}, []byte(m.Payload)})
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum384(signed)
	return sum[:], nil
}

// encodeSign1 signs the payload, untagged as the Nitro hypervisor does. The
// signature is deterministic (RFC 6979).
func encodeSign1(payload []byte, key *ecdsa.PrivateKey) ([]byte, error) {
	protected, err := encode(protectedHeader{Algorithm: algES384})
	if err != nil {
		return nil, err
	}
	m := sign1{Protected: protected, Unprotected: cbor.RawMessage{cborMapHeader << 5}, Payload: payload}
	digest, err := m.digest()
	if err != nil {
		return nil, err
	}
	der, err := key.Sign(nil, digest, crypto.SHA384)
	if err != nil {
		return nil, err
	}
	var signature struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &signature); err != nil {
		return nil, err
	}
	m.Signature = make([]byte, 2*scalarLength)
	signature.R.FillBytes(m.Signature[:scalarLength])
	signature.S.FillBytes(m.Signature[scalarLength:])
	return encode(m)
}
