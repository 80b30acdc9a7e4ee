package material

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// keyPair is what every key pair has: its spec and its two encodings.
type keyPair struct {
	spec        *keyspec.Spec
	pkcs8, spki []byte
}

func (k *keyPair) Spec() types.KeySpec { return k.spec.Name }
func (k *keyPair) Encode() []byte      { return bytes.Clone(k.pkcs8) }
func (k *keyPair) PublicKey() []byte   { return bytes.Clone(k.spki) }

// marshalStandard encodes a key pair that crypto/x509 knows.
func marshalStandard(spec *keyspec.Spec, private crypto.Signer) (keyPair, error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return keyPair{}, err
	}
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return keyPair{}, err
	}
	return keyPair{spec: spec, pkcs8: pkcs8, spki: spki}, nil
}

// parseStandard reads the PKCS #8 of a key pair that crypto/x509 knows. The
// library lets data follow it; that is an error here.
func parseStandard[K any](pkcs8 []byte) (key K, err error) {
	var whole asn1.RawValue
	if err := unmarshalAll(pkcs8, &whole); err != nil {
		return key, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return key, err
	}
	key, ok := parsed.(K)
	if !ok {
		return key, fmt.Errorf("private key is a %T", parsed)
	}
	return key, nil
}

// parseStandardPublic reads a SubjectPublicKeyInfo that crypto/x509 knows.
func parseStandardPublic[K any](spki []byte) (key K, err error) {
	parsed, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return key, err
	}
	key, ok := parsed.(K)
	if !ok {
		return key, fmt.Errorf("public key is a %T", parsed)
	}
	return key, nil
}

// checkMessage says whether the spec signs such a message with the algorithm,
// in the order in which the service complains.
func checkMessage(spec *keyspec.Spec, alg types.SigningAlgorithmSpec, t types.MessageType, message []byte) error {
	signing, ok := keyspec.LookupSigning(alg)
	if !ok || !slices.Contains(spec.Signing, alg) {
		return fmt.Errorf("%w: %s, %s", ErrAlgorithm, alg, spec.Name)
	}
	if !signing.Takes(t) {
		return fmt.Errorf("%w: %s, %s", ErrMessageType, t, alg)
	}
	if !isRaw(t) && len(message) != signing.DigestSize {
		return fmt.Errorf("%w: %d bytes, %s", ErrDigestLength, len(message), alg)
	}
	return nil
}

func isRaw(t types.MessageType) bool {
	return t == "" || t == types.MessageTypeRaw
}

// digest is the message as it is signed: hashed unless it is a digest already.
func digest(h crypto.Hash, t types.MessageType, message []byte) []byte {
	if !isRaw(t) {
		return message
	}
	sum := h.New()
	sum.Write(message)
	return sum.Sum(nil)
}

func checkEncryption(spec *keyspec.Spec, alg types.EncryptionAlgorithmSpec) error {
	if !slices.Contains(spec.Encryption, alg) {
		return fmt.Errorf("%w: %s, %s", ErrAlgorithm, alg, spec.Name)
	}
	return nil
}

func checkPlaintext(spec *keyspec.Spec, alg types.EncryptionAlgorithmSpec, plaintext []byte) error {
	if err := checkEncryption(spec, alg); err != nil {
		return err
	}
	if limit := spec.MaxPlaintext(alg); len(plaintext) > limit {
		return fmt.Errorf("%w: %d bytes, at most %d for %s", ErrPlaintextLength, len(plaintext), limit, alg)
	}
	return nil
}

func checkAgreement(spec *keyspec.Spec, alg types.KeyAgreementAlgorithmSpec) error {
	if !slices.Contains(spec.Agreement, alg) {
		return fmt.Errorf("%w: %s, %s", ErrAlgorithm, alg, spec.Name)
	}
	return nil
}
