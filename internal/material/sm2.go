package material

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"

	"example.com/kmsfake/internal/keyspec"
)

var oidSM2 = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}

// sm2Key is a key pair on the curve of GB/T 32918.
type sm2Key struct {
	keyPair
	sm2Public
	private *sm2.PrivateKey
	agree   *ecdh.PrivateKey
}

type sm2Public struct {
	of  *keyspec.Spec
	key *ecdsa.PublicKey
}

var (
	_ Encrypter = (*sm2Key)(nil)
	_ Signer    = (*sm2Key)(nil)
	_ Agreement = (*sm2Key)(nil)
)

const sm2Size = 32

// rawMessage makes SM2DSA hash a message with SM3 after the default
// distinguishing ID; without it, it signs a digest.
var rawMessage = sm2.NewSM2SignerOption(true, nil)

// sm2Limit is one more than the largest private key, n-2.
func sm2Limit() *big.Int {
	return new(big.Int).Sub(sm2.P256().Params().N, big.NewInt(1))
}

func deriveSM2(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return newSM2(spec, scalar(seed, string(spec.Name), sm2Limit()), nil)
}

func parseSM2(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	d, point, err := parseECPrivate(oidSM2, sm2Size, encoded)
	if err != nil {
		return nil, err
	}
	return newSM2(spec, d, point)
}

func newSM2(spec *keyspec.Spec, scalar, point []byte) (Material, error) {
	d := new(big.Int).SetBytes(scalar)
	if d.Sign() == 0 || d.Cmp(sm2Limit()) >= 0 {
		return nil, errors.New("private scalar is out of range")
	}
	agree, err := ecdh.P256().NewPrivateKey(scalar)
	if err != nil {
		return nil, err
	}
	encoded := agree.PublicKey().Bytes()
	if len(point) != 0 && !bytes.Equal(point, encoded) {
		return nil, errors.New("public key does not belong to the private key")
	}
	pkcs8, spki, err := marshalEC(oidSM2, scalar, encoded)
	if err != nil {
		return nil, err
	}
	private := &sm2.PrivateKey{PrivateKey: ecdsa.PrivateKey{D: d, PublicKey: *sm2Point(encoded)}}
	return &sm2Key{keyPair{spec, pkcs8, spki}, sm2Public{spec, &private.PublicKey}, private, agree}, nil
}

// sm2Point is a public key from its uncompressed point, which is valid.
func sm2Point(encoded []byte) *ecdsa.PublicKey {
	return &ecdsa.PublicKey{
		Curve: sm2.P256(),
		X:     new(big.Int).SetBytes(encoded[1 : 1+sm2Size]),
		Y:     new(big.Int).SetBytes(encoded[1+sm2Size:]),
	}
}

func parseSM2Public(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	key, err := parseSM2Peer(spki)
	if err != nil {
		return nil, err
	}
	return sm2Public{spec, sm2Point(key.Bytes())}, nil
}

func parseSM2Peer(spki []byte) (*ecdh.PublicKey, error) {
	point, err := parseECPublic(oidSM2, spki)
	if err != nil {
		return nil, err
	}
	return ecdh.P256().NewPublicKey(point)
}

func (k *sm2Key) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	if isRaw(t) {
		return sm2.SignASN1(steady{rand}, k.private, message, rawMessage)
	}
	return sm2.SignASN1(steady{rand}, k.private, message, nil)
}

func (k sm2Public) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	if isRaw(t) {
		return sm2.VerifyASN1WithSM2(k.key, rawMessage.UID, message, signature), nil
	}
	return sm2.VerifyASN1(k.key, message, signature), nil
}

// sm2Short is the length up to which the mask of a plaintext may well equal it,
// which the library makes a ciphertext of that it refuses to open.
const sm2Short = 8

// Encrypt gives the DER form of the ciphertext. SM2 encrypts no empty message.
func (k *sm2Key) Encrypt(alg types.EncryptionAlgorithmSpec, plaintext []byte, rand io.Reader) ([]byte, error) {
	if err := checkPlaintext(k.spec, alg, plaintext); err != nil {
		return nil, err
	}
	if len(plaintext) == 0 {
		return nil, fmt.Errorf("%w: none", ErrPlaintextLength)
	}
	for {
		ciphertext, err := sm2.EncryptASN1(steady{rand}, k.key, plaintext)
		if err != nil || len(plaintext) > sm2Short {
			return ciphertext, err
		}
		if _, err := sm2.Decrypt(k.private, ciphertext); err == nil {
			return ciphertext, nil
		}
	}
}

func (k *sm2Key) Decrypt(alg types.EncryptionAlgorithmSpec, ciphertext []byte) ([]byte, error) {
	if err := checkEncryption(k.spec, alg); err != nil {
		return nil, err
	}
	// The library takes the raw forms too, AWS the DER form alone.
	const sequence = 0x30
	if len(ciphertext) == 0 || ciphertext[0] != sequence {
		return nil, ErrCiphertext
	}
	plaintext, err := sm2.Decrypt(k.private, ciphertext)
	if err != nil {
		return nil, ErrCiphertext
	}
	return plaintext, nil
}

func (k *sm2Key) Agree(alg types.KeyAgreementAlgorithmSpec, peer []byte) ([]byte, error) {
	if err := checkAgreement(k.spec, alg); err != nil {
		return nil, err
	}
	public, err := parseSM2Peer(peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	secret, err := k.agree.ECDH(public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	return secret, nil
}
