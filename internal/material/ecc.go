package material

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
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
	private *ecdsa.PrivateKey
	agree   func() (*ecdh.PrivateKey, error)
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
	return &eccKey{pair, private, sync.OnceValues(private.ECDH)}, nil
}

func (k *eccKey) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	return ecdsa.SignASN1(rand, k.private, digest(ecdsaHashes[alg], t, message))
}

func (k *eccKey) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return false, err
	}
	return ecdsa.VerifyASN1(&k.private.PublicKey, digest(ecdsaHashes[alg], t, message), signature), nil
}

func (k *eccKey) Agree(alg types.KeyAgreementAlgorithmSpec, peer []byte) ([]byte, error) {
	if err := checkAgreement(k.spec, alg); err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Curve != k.private.Curve {
		return nil, fmt.Errorf("%w: not on the curve of %s", ErrPublicKey, k.spec.Name)
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
