package material

import (
	"crypto/mlkem"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

	"example.com/kmsfake/internal/keyspec"
)

// encapsulation is what the parameter sets have in common.
type encapsulation interface {
	public() []byte
	decapsulate(encapsulated []byte) ([]byte, error)
}

type mlkemKey struct {
	keyPair
	kem    encapsulation
	scheme kem.Scheme
	public kem.PublicKey // of the scheme
}

var _ KEM = (*mlkemKey)(nil)

const mlkemSeedSize = 64

var mlkemSets = map[types.KeySpec]struct {
	oid asn1.ObjectIdentifier
	new func(seed []byte) (encapsulation, error)
	// scheme expands a seed, to compare it with an expanded key beside it, and
	// encapsulates, since the standard library draws its own randomness for that.
	scheme kem.Scheme
}{
	types.KeySpecMlKem512:  {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 4, 1}, newMLKEM512, mlkem512.Scheme()},
	types.KeySpecMlKem768:  {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 4, 2}, newMLKEM768, mlkem768.Scheme()},
	types.KeySpecMlKem1024: {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 4, 3}, newMLKEM1024, mlkem1024.Scheme()},
}

func deriveMLKEM(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return newMLKEM(spec, expand(seed, string(spec.Name), mlkemSeedSize))
}

func parseMLKEM(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	set := mlkemSets[spec.Name]
	seed, err := parseSeed(set.oid, mlkemSeedSize, encoded, func(seed []byte) ([]byte, error) {
		_, private := set.scheme.DeriveKeyPair(seed)
		return private.MarshalBinary()
	})
	if err != nil {
		return nil, err
	}
	return newMLKEM(spec, seed)
}

func newMLKEM(spec *keyspec.Spec, seed []byte) (Material, error) {
	set, ok := mlkemSets[spec.Name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrSpec, spec.Name)
	}
	kem, err := set.new(seed)
	if err != nil {
		return nil, err
	}
	public, err := set.scheme.UnmarshalBinaryPublicKey(kem.public())
	if err != nil {
		return nil, err
	}
	pkcs8, spki, err := marshalSeed(set.oid, seed, kem.public())
	if err != nil {
		return nil, err
	}
	return &mlkemKey{keyPair{spec, pkcs8, spki}, kem, set.scheme, public}, nil
}

func (k *mlkemKey) check(alg types.EncapsulationAlgorithmSpec) error {
	if !slices.Contains(k.spec.Encapsulation, alg) {
		return fmt.Errorf("%w: %s, %s", ErrAlgorithm, alg, k.spec.Name)
	}
	return nil
}

func (k *mlkemKey) Encapsulate(alg types.EncapsulationAlgorithmSpec, rand io.Reader) (secret, encapsulated []byte, err error) {
	if err := k.check(alg); err != nil {
		return nil, nil, err
	}
	seed := make([]byte, k.scheme.EncapsulationSeedSize())
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, nil, err
	}
	encapsulated, secret, err = k.scheme.EncapsulateDeterministically(k.public, seed)
	return secret, encapsulated, err
}

func (k *mlkemKey) Decapsulate(alg types.EncapsulationAlgorithmSpec, encapsulated []byte) ([]byte, error) {
	if err := k.check(alg); err != nil {
		return nil, err
	}
	if len(encapsulated) != k.spec.EncapsulatedSize {
		return nil, fmt.Errorf("%w: %d bytes, not %d", ErrEncapsulatedLength, len(encapsulated), k.spec.EncapsulatedSize)
	}
	return k.kem.decapsulate(encapsulated)
}

// kem768 and kem1024 are the standard library's.
type kem768 struct{ key *mlkem.DecapsulationKey768 }

func newMLKEM768(seed []byte) (encapsulation, error) {
	key, err := mlkem.NewDecapsulationKey768(seed)
	return kem768{key}, err
}

func (k kem768) public() []byte { return k.key.EncapsulationKey().Bytes() }

func (k kem768) decapsulate(encapsulated []byte) ([]byte, error) {
	return k.key.Decapsulate(encapsulated)
}

type kem1024 struct{ key *mlkem.DecapsulationKey1024 }

func newMLKEM1024(seed []byte) (encapsulation, error) {
	key, err := mlkem.NewDecapsulationKey1024(seed)
	return kem1024{key}, err
}

func (k kem1024) public() []byte { return k.key.EncapsulationKey().Bytes() }

func (k kem1024) decapsulate(encapsulated []byte) ([]byte, error) {
	return k.key.Decapsulate(encapsulated)
}

// kem512 is the parameter set that the standard library leaves out.
type kem512 struct {
	private *mlkem512.PrivateKey
	key     *mlkem512.PublicKey
}

func newMLKEM512(seed []byte) (encapsulation, error) {
	if len(seed) != mlkem512.KeySeedSize {
		return nil, errors.New("seed has the wrong length")
	}
	public, private := mlkem512.NewKeyFromSeed(seed)
	return kem512{private, public}, nil
}

func (k kem512) public() []byte {
	out := make([]byte, mlkem512.PublicKeySize)
	k.key.Pack(out)
	return out
}

func (k kem512) decapsulate(encapsulated []byte) ([]byte, error) {
	secret := make([]byte, mlkem512.SharedKeySize)
	k.private.DecapsulateTo(secret, encapsulated)
	return secret, nil
}
