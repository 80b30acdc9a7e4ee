package material

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// eccKey is a key pair on one of the NIST curves.
type eccKey struct {
	keyPair
	eccPublic
	private *ecdsa.PrivateKey
	agree   func() (*ecdh.PrivateKey, error)
}

type eccPublic struct {
	of  *keyspec.Spec
	key *ecdsa.PublicKey
}

var (
	_ Signer    = (*eccKey)(nil)
	_ Agreement = (*eccKey)(nil)
)

var nistCurves = map[types.KeySpec]elliptic.Curve{
	types.KeySpecEccNistP256: elliptic.P256(),
	types.KeySpecEccNistP384: elliptic.P384(),
	types.KeySpecEccNistP521: elliptic.P521(),
}

var ecdsaHashes = map[types.SigningAlgorithmSpec]crypto.Hash{
	types.SigningAlgorithmSpecEcdsaSha256: crypto.SHA256,
	types.SigningAlgorithmSpecEcdsaSha384: crypto.SHA384,
	types.SigningAlgorithmSpecEcdsaSha512: crypto.SHA512,
}

// scalar draws a private key from 1 to limit-1. The surplus of 16 bytes leaves
// a bias of 2^-128.
func scalar(seed [32]byte, label string, limit *big.Int) []byte {
	size := (limit.BitLen() + 7) / 8
	d := new(big.Int).SetBytes(expand(seed, label, size+16))
	one := big.NewInt(1)
	d.Mod(d, new(big.Int).Sub(limit, one))
	return d.Add(d, one).FillBytes(make([]byte, size))
}

func deriveECC(spec *keyspec.Spec, partition string, seed [32]byte) (Material, error) {
	curve, ok := nistCurves[spec.Name]
	if !ok {
		return deriveSecp256k1(spec, partition, seed)
	}
	private, err := ecdsa.ParseRawPrivateKey(curve, scalar(seed, string(spec.Name), curve.Params().N))
	if err != nil {
		return nil, err
	}
	return newECC(spec, private)
}

func parseECC(spec *keyspec.Spec, partition string, encoded []byte) (Material, error) {
	curve, ok := nistCurves[spec.Name]
	if !ok {
		return parseSecp256k1(spec, partition, encoded)
	}
	private, err := parseStandard[*ecdsa.PrivateKey](encoded)
	if err != nil {
		return nil, err
	}
	if private.Curve != curve {
		return nil, fmt.Errorf("private key is on %s", private.Curve.Params().Name)
	}
	return newECC(spec, private)
}

func newECC(spec *keyspec.Spec, private *ecdsa.PrivateKey) (Material, error) {
	pair, err := marshalStandard(spec, private)
	if err != nil {
		return nil, err
	}
	return &eccKey{pair, eccPublic{spec, &private.PublicKey}, private, sync.OnceValues(private.ECDH)}, nil
}

func parseECCPublic(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	curve, ok := nistCurves[spec.Name]
	if !ok {
		return parseSecp256k1Public(spec, spki)
	}
	key, err := parseNIST(curve, spki)
	if err != nil {
		return nil, err
	}
	return eccPublic{spec, key}, nil
}

func parseNIST(curve elliptic.Curve, spki []byte) (*ecdsa.PublicKey, error) {
	key, err := parseStandardPublic[*ecdsa.PublicKey](spki)
	if err != nil {
		return nil, err
	}
	if key.Curve != curve {
		return nil, fmt.Errorf("public key is on %s", key.Curve.Params().Name)
	}
	return key, nil
}

func (k *eccKey) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	return ecdsa.SignASN1(steady{rand}, k.private, digest(ecdsaHashes[alg], t, message))
}

func (k eccPublic) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	return ecdsa.VerifyASN1(k.key, digest(ecdsaHashes[alg], t, message), signature), nil
}

func (k *eccKey) Agree(alg types.KeyAgreementAlgorithmSpec, peer []byte) ([]byte, error) {
	if err := checkAgreement(k.spec, alg); err != nil {
		return nil, err
	}
	public, err := parseNIST(k.private.Curve, peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	remote, err := public.ECDH()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	private, err := k.agree()
	if err != nil {
		return nil, err
	}
	secret, err := private.ECDH(remote)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	return secret, nil
}
