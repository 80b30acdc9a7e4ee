package material

import (
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// NewKeyPair makes a data key pair from 32 bytes of rand: the private key as
// PKCS #8, the public key as SubjectPublicKeyInfo. It fails with ErrSpec if the
// partition does not offer the spec. The caller owns both results.
func NewKeyPair(spec types.DataKeyPairSpec, partition string, rand io.Reader) (pkcs8, spki []byte, err error) {
	s, ok := keyspec.LookupPair(spec)
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s", ErrSpec, spec)
	}
	var seed [32]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, nil, err
	}
	m, err := Derive(s.Name, partition, seed)
	if err != nil {
		return nil, nil, err
	}
	pair, ok := m.(Public)
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s", ErrSpec, spec)
	}
	return pair.Encode(), pair.PublicKey(), nil
}
