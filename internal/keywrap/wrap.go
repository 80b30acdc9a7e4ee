package keywrap

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm2"
)

// ErrWrapped means that the wrapped key material does not unwrap under the
// private key and algorithm. AWS KMS answers InvalidCiphertextException.
var ErrWrapped = errors.New("keywrap: the wrapped key material does not unwrap")

var (
	errKey   = errors.New("keywrap: the wrapping key is not one for the algorithm")
	errEmpty = errors.New("keywrap: no key material to wrap")
)

// aesKeyLength is the length in bytes of the AES key of RSA_AES_KEY_WRAP.
const aesKeyLength = 32

// scheme is what an algorithm is made of.
type scheme struct {
	hash   func() hash.Hash // of RSAES-OAEP and its MGF1; nil for SM2PKE
	hybrid bool             // OAEP carries an AES key that carries the material
}

var schemes = map[types.AlgorithmSpec]scheme{
	types.AlgorithmSpecRsaesOaepSha1:       {hash: sha1.New},
	types.AlgorithmSpecRsaesOaepSha256:     {hash: sha256.New},
	types.AlgorithmSpecRsaAesKeyWrapSha1:   {hash: sha1.New, hybrid: true},
	types.AlgorithmSpecRsaAesKeyWrapSha256: {hash: sha256.New, hybrid: true},
	types.AlgorithmSpecSm2pke:              {},
}

func schemeOf(algorithm types.AlgorithmSpec) (scheme, error) {
	s, ok := schemes[algorithm]
	if !ok {
		return scheme{}, fmt.Errorf("keywrap: unsupported wrapping algorithm %q", algorithm)
	}
	return s, nil
}

// Unwrap returns the key material that was wrapped for the private key, an
// [*rsa.PrivateKey] or, for SM2PKE, an [*sm2.PrivateKey].
//
// The error is [ErrWrapped] if the bytes do not unwrap, and another if the
// algorithm is none that AWS KMS supports or the key is not one for it. An
// SM2PKE ciphertext has the ASN.1 form, the only one that AWS KMS reads.
func Unwrap(algorithm types.AlgorithmSpec, privateKey crypto.PrivateKey, wrapped []byte) ([]byte, error) {
	s, err := schemeOf(algorithm)
	if err != nil {
		return nil, err
	}
	if s.hash == nil {
		return unwrapSM2(privateKey, wrapped)
	}
	key, ok := privateKey.(*rsa.PrivateKey)
	if !ok || key == nil {
		return nil, errKey
	}
	if !s.hybrid {
		return unwrapOAEP(s.hash, key, wrapped)
	}
	if len(wrapped) < key.Size() {
		return nil, ErrWrapped
	}
	kek, err := unwrapOAEP(s.hash, key, wrapped[:key.Size()])
	if err != nil || len(kek) != aesKeyLength {
		return nil, ErrWrapped
	}
	return unwrapKWP(kek, wrapped[key.Size():])
}

// Wrap wraps key material for the public key, a DER SubjectPublicKeyInfo such
// as GetParametersForImport returns. The material is at least one byte; how
// many fit RSAES_OAEP depends on the key and hash.
func Wrap(algorithm types.AlgorithmSpec, publicDER, material []byte, rand io.Reader) ([]byte, error) {
	s, err := schemeOf(algorithm)
	if err != nil {
		return nil, err
	}
	if len(material) == 0 {
		return nil, errEmpty
	}
	if s.hash == nil {
		return wrapSM2(publicDER, material, rand)
	}
	parsed, err := x509.ParsePKIXPublicKey(publicDER)
	key, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, errKey
	}
	if !s.hybrid {
		return wrapOAEP(s.hash, key, material, rand)
	}
	kek := make([]byte, aesKeyLength)
	if _, err := io.ReadFull(rand, kek); err != nil {
		return nil, fmt.Errorf("keywrap: %w", err)
	}
	head, err := wrapOAEP(s.hash, key, kek, rand)
	if err != nil {
		return nil, err
	}
	tail, err := wrapKWP(kek, material)
	if err != nil {
		return nil, err
	}
	return append(head, tail...), nil
}

func unwrapOAEP(hash func() hash.Hash, key *rsa.PrivateKey, wrapped []byte) ([]byte, error) {
	if len(wrapped) != key.Size() {
		return nil, ErrWrapped
	}
	material, err := rsa.DecryptOAEP(hash(), nil, key, wrapped, nil)
	if err != nil {
		return nil, ErrWrapped
	}
	return material, nil
}

func wrapOAEP(hash func() hash.Hash, key *rsa.PublicKey, material []byte, rand io.Reader) ([]byte, error) {
	wrapped, err := rsa.EncryptOAEP(hash(), rand, key, material, nil)
	if err != nil {
		return nil, fmt.Errorf("keywrap: %w", err)
	}
	return wrapped, nil
}

func unwrapSM2(privateKey crypto.PrivateKey, wrapped []byte) ([]byte, error) {
	key, ok := privateKey.(*sm2.PrivateKey)
	if !ok || key == nil {
		return nil, errKey
	}
	const sequence = 0x30
	if len(wrapped) == 0 || wrapped[0] != sequence {
		return nil, ErrWrapped
	}
	material, err := sm2.Decrypt(key, wrapped)
	if err != nil {
		return nil, ErrWrapped
	}
	return material, nil
}

func wrapSM2(publicDER, material []byte, rand io.Reader) ([]byte, error) {
	key, err := parseSM2(publicDER)
	if err != nil {
		return nil, err
	}
	wrapped, err := sm2.EncryptASN1(rand, key, material)
	if err != nil {
		return nil, fmt.Errorf("keywrap: %w", err)
	}
	return wrapped, nil
}

var (
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidSM2Curve    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
)

// parseSM2 reads the SubjectPublicKeyInfo of an SM2 key, which crypto/x509
// does not know.
func parseSM2(publicDER []byte) (*ecdsa.PublicKey, error) {
	var spki struct {
		Algorithm struct {
			Algorithm, Curve asn1.ObjectIdentifier
		}
		Point asn1.BitString
	}
	rest, err := asn1.Unmarshal(publicDER, &spki)
	if err != nil || len(rest) > 0 ||
		!spki.Algorithm.Algorithm.Equal(oidECPublicKey) || !spki.Algorithm.Curve.Equal(oidSM2Curve) {
		return nil, errKey
	}
	const coordinate, uncompressed = 32, 4
	point := spki.Point.RightAlign()
	if spki.Point.BitLength != 8*(1+2*coordinate) || point[0] != uncompressed {
		return nil, errKey
	}
	key := &ecdsa.PublicKey{
		Curve: sm2.P256(),
		X:     new(big.Int).SetBytes(point[1 : 1+coordinate]),
		Y:     new(big.Int).SetBytes(point[1+coordinate:]),
	}
	if !key.Curve.IsOnCurve(key.X, key.Y) {
		return nil, errKey
	}
	return key, nil
}
