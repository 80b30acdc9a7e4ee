package material

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

type rsaKey struct {
	keyPair
	rsaPublic
	private *rsa.PrivateKey
}

type rsaPublic struct {
	of  *keyspec.Spec
	key *rsa.PublicKey
}

var (
	_ Encrypter = (*rsaKey)(nil)
	_ Signer    = (*rsaKey)(nil)
)

var rsaSignings = map[types.SigningAlgorithmSpec]struct {
	hash crypto.Hash
	pss  bool
}{
	types.SigningAlgorithmSpecRsassaPssSha256:      {crypto.SHA256, true},
	types.SigningAlgorithmSpecRsassaPssSha384:      {crypto.SHA384, true},
	types.SigningAlgorithmSpecRsassaPssSha512:      {crypto.SHA512, true},
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha256: {crypto.SHA256, false},
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha384: {crypto.SHA384, false},
	types.SigningAlgorithmSpecRsassaPkcs1V15Sha512: {crypto.SHA512, false},
}

var oaepHashes = map[types.EncryptionAlgorithmSpec]crypto.Hash{
	types.EncryptionAlgorithmSpecRsaesOaepSha1:   crypto.SHA1,
	types.EncryptionAlgorithmSpecRsaesOaepSha256: crypto.SHA256,
}

// pssOptions wants a salt as long as the hash, in signing and in verifying.
var pssOptions = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}

func deriveRSA(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	private, err := pooledRSA(spec.Bits, seed)
	if err != nil {
		return nil, err
	}
	return newRSA(spec, private)
}

func parseRSA(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	private, err := parseStandard[*rsa.PrivateKey](encoded)
	if err != nil {
		return nil, err
	}
	if bits := private.N.BitLen(); bits != spec.Bits {
		return nil, fmt.Errorf("modulus has %d bits", bits)
	}
	if len(private.Primes) != 2 {
		return nil, fmt.Errorf("modulus has %d primes", len(private.Primes))
	}
	return newRSA(spec, private)
}

func newRSA(spec *keyspec.Spec, private *rsa.PrivateKey) (Material, error) {
	pair, err := marshalStandard(spec, private)
	if err != nil {
		return nil, err
	}
	return &rsaKey{pair, rsaPublic{spec, &private.PublicKey}, private}, nil
}

func parseRSAPublic(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	key, err := parseStandardPublic[*rsa.PublicKey](spki)
	if err != nil {
		return nil, err
	}
	if bits := key.N.BitLen(); bits != spec.Bits {
		return nil, fmt.Errorf("modulus has %d bits", bits)
	}
	return rsaPublic{spec, key}, nil
}

func (k *rsaKey) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	s := rsaSignings[alg]
	d := digest(s.hash, t, message)
	if s.pss {
		return rsa.SignPSS(rand, k.private, s.hash, d, pssOptions)
	}
	return rsa.SignPKCS1v15(rand, k.private, s.hash, d)
}

func (k rsaPublic) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	s := rsaSignings[alg]
	d := digest(s.hash, t, message)
	if s.pss {
		return rsa.VerifyPSS(k.key, s.hash, d, signature, pssOptions) == nil, nil
	}
	return rsa.VerifyPKCS1v15(k.key, s.hash, d, signature) == nil, nil
}

func (k *rsaKey) Encrypt(alg types.EncryptionAlgorithmSpec, plaintext []byte, rand io.Reader) ([]byte, error) {
	if err := checkPlaintext(k.spec, alg, plaintext); err != nil {
		return nil, err
	}
	return rsa.EncryptOAEP(oaepHashes[alg].New(), rand, k.key, plaintext, nil)
}

func (k *rsaKey) Decrypt(alg types.EncryptionAlgorithmSpec, ciphertext []byte) ([]byte, error) {
	if err := checkEncryption(k.spec, alg); err != nil {
		return nil, err
	}
	// RFC 8017 wants the full length; the library would take less.
	if len(ciphertext) != k.private.Size() {
		return nil, ErrCiphertext
	}
	plaintext, err := rsa.DecryptOAEP(oaepHashes[alg].New(), nil, k.private, ciphertext, nil)
	if err != nil {
		return nil, ErrCiphertext
	}
	return plaintext, nil
}
