package material

import (
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// What can be wrong with what material is given. Errors wrap one of these.
var (
	// ErrAlgorithm is an algorithm that does not go with the key spec.
	ErrAlgorithm = errors.New("algorithm is incompatible with the key spec")
	// ErrCiphertext is a ciphertext that does not open.
	ErrCiphertext = errors.New("invalid ciphertext")
	// ErrPlaintextLength is a plaintext longer than the algorithm takes.
	ErrPlaintextLength = errors.New("plaintext is too long for the algorithm")
	// ErrMessageType is a message type that the signing algorithm does not take.
	ErrMessageType = errors.New("message type is not allowed for the algorithm")
	// ErrDigestLength is a DIGEST or EXTERNAL_MU message of the wrong length.
	ErrDigestLength = errors.New("digest has the wrong length for the algorithm")
	// ErrPublicKey is a peer's public key that is malformed or on another curve.
	ErrPublicKey = errors.New("invalid public key")
	// ErrEncapsulatedLength is an encapsulated secret of the wrong length.
	ErrEncapsulatedLength = errors.New("encapsulated secret has the wrong length")
	// ErrEncoding is imported key material of the wrong length, form or spec.
	ErrEncoding = errors.New("key material is not valid for the key spec")
	// ErrSpec is a key spec that there is not, or not in the partition.
	ErrSpec = errors.New("key spec is not available")
)

// Material is the key material of one KMS key.
type Material interface {
	// Spec is the key spec that the material is for.
	Spec() types.KeySpec
	// Encode returns what [Parse] reads: the raw bytes of a symmetric key, the
	// PKCS #8 of a key pair. The caller owns the result.
	Encode() []byte
}

// Cipher is symmetric authenticated encryption. The arguments are those of
// [crypto/cipher.AEAD], but a nonce of the wrong length does not panic: Seal
// reports it as an error, Open as [ErrCiphertext].
type Cipher interface {
	Material
	NonceSize() int
	Overhead() int
	Seal(dst, nonce, plaintext, additional []byte) ([]byte, error)
	Open(dst, nonce, ciphertext, additional []byte) ([]byte, error)
}

// Encrypter is public key encryption.
type Encrypter interface {
	Public
	// Encrypt fails with ErrAlgorithm or ErrPlaintextLength.
	Encrypt(alg types.EncryptionAlgorithmSpec, plaintext []byte, rand io.Reader) ([]byte, error)
	// Decrypt fails with ErrAlgorithm or ErrCiphertext.
	Decrypt(alg types.EncryptionAlgorithmSpec, ciphertext []byte) ([]byte, error)
}

// Verifier checks signatures. Verify reports whether the signature is one of
// the message. It fails with ErrAlgorithm, ErrMessageType or ErrDigestLength;
// the empty message type is RAW.
type Verifier interface {
	Verify(alg types.SigningAlgorithmSpec, messageType types.MessageType, message, signature []byte) (bool, error)
}

// Signer makes and checks signatures. Sign fails as Verify does, and where it
// needs randomness and rand has none.
type Signer interface {
	Public
	Verifier
	Sign(alg types.SigningAlgorithmSpec, messageType types.MessageType, message []byte, rand io.Reader) ([]byte, error)
}

// Mac makes and checks message authentication codes. Both methods fail with
// ErrAlgorithm.
type Mac interface {
	Material
	Mac(alg types.MacAlgorithmSpec, message []byte) ([]byte, error)
	VerifyMac(alg types.MacAlgorithmSpec, message, mac []byte) (bool, error)
}

// Agreement derives the raw shared secret of two key pairs.
type Agreement interface {
	Public
	// Agree takes the peer's public key as SubjectPublicKeyInfo and returns the
	// x-coordinate of the shared point, as long as the curve's field elements.
	// It fails with ErrPublicKey or ErrAlgorithm.
	Agree(alg types.KeyAgreementAlgorithmSpec, peer []byte) ([]byte, error)
}

// KEM encapsulates 32-byte shared secrets.
type KEM interface {
	Public
	// Encapsulate makes a secret and its encapsulated form, or fails with
	// ErrAlgorithm.
	Encapsulate(alg types.EncapsulationAlgorithmSpec, rand io.Reader) (secret, encapsulated []byte, err error)
	// Decapsulate fails with ErrAlgorithm or ErrEncapsulatedLength. Anything
	// else of the right length gives a secret, as implicit rejection wants.
	Decapsulate(alg types.EncapsulationAlgorithmSpec, encapsulated []byte) ([]byte, error)
}

// Public is a key pair.
type Public interface {
	Material
	// PublicKey returns the DER of the SubjectPublicKeyInfo. The caller owns it.
	PublicKey() []byte
}

// family makes the key material of one family of specs. public is nil for a
// family that signs nothing.
type family struct {
	derive func(spec *keyspec.Spec, partition string, seed [32]byte) (Material, error)
	parse  func(spec *keyspec.Spec, partition string, encoded []byte) (Material, error)
	public func(spec *keyspec.Spec, spki []byte) (Verifier, error)
}

// Derive makes key material that the seed alone decides. It fails with ErrSpec
// if the partition does not offer the key spec.
func Derive(spec types.KeySpec, partition string, seed [32]byte) (Material, error) {
	s, f, err := find(spec, partition)
	if err != nil {
		return nil, err
	}
	return f.derive(s, partition, seed)
}

// Parse reads imported key material: the raw bytes of a symmetric key, the
// PKCS #8 of a key pair. It fails with ErrSpec if the partition does not offer
// the key spec, with ErrEncoding if the material is not of that spec.
func Parse(spec types.KeySpec, partition string, encoded []byte) (Material, error) {
	s, f, err := find(spec, partition)
	if err != nil {
		return nil, err
	}
	m, err := f.parse(s, partition, encoded)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrEncoding, spec, err)
	}
	return m, nil
}

// ParsePublic reads the SubjectPublicKeyInfo of a key pair that signs. It fails
// with ErrSpec if the partition does not offer the key spec or keys of the spec
// sign nothing, with ErrPublicKey if the key is not of that spec.
func ParsePublic(spec types.KeySpec, partition string, spki []byte) (Verifier, error) {
	s, f, err := find(spec, partition)
	if err != nil {
		return nil, err
	}
	if f.public == nil {
		return nil, fmt.Errorf("%w: %s signs nothing", ErrSpec, spec)
	}
	v, err := f.public(s, spki)
	if err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrPublicKey, spec, err)
	}
	return v, nil
}

func find(spec types.KeySpec, partition string) (*keyspec.Spec, family, error) {
	s, ok := keyspec.Lookup(spec)
	if !ok || !s.AvailableIn(partition) {
		return nil, family{}, fmt.Errorf("%w: %s in %s", ErrSpec, spec, partition)
	}
	return s, families[s.Family], nil
}

var families = map[keyspec.Family]family{
	keyspec.Symmetric: {deriveSymmetric, parseSymmetric, nil},
	keyspec.HMAC:      {deriveMac, parseMac, nil},
	keyspec.RSA:       {deriveRSA, parseRSA, parseRSAPublic},
	keyspec.ECC:       {deriveECC, parseECC, parseECCPublic},
	keyspec.Edwards:   {deriveEdwards, parseEdwards, parseEdwardsPublic},
	keyspec.MLDSA:     {deriveMLDSA, parseMLDSA, parseMLDSAPublic},
	keyspec.MLKEM:     {deriveMLKEM, parseMLKEM, nil},
	keyspec.SM2:       {deriveSM2, parseSM2, parseSM2Public},
}
