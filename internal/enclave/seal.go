package enclave

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The CMS message is BER as AWS KMS writes it, not DER: the outer
// constructions have indefinite lengths, which the AWS Nitro Enclaves SDK for C
// relies on.

var (
	oidEnvelopedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidRSAESOAEP     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 7}
	oidMGF1          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidAES256CBC     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

const (
	tagSequence = 0x30
	tagContext0 = 0xa0 // [0], constructed

	// segment is the most bytes of ciphertext in one octet string.
	segment = 1000
)

type keyTransRecipientInfo struct {
	Version                int
	SubjectKeyIdentifier   []byte `asn1:"tag:0"`
	KeyEncryptionAlgorithm pkix.AlgorithmIdentifier
	EncryptedKey           []byte
}

type oaepParameters struct {
	Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
	MaskGen pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
}

// Seal encrypts the plaintext for the holder of the private key: a CMS
// EnvelopedData (RFC 5652) with one recipient, named by the SHA-256 hash of its
// SubjectPublicKeyInfo, RSAES-OAEP with SHA-256 for the content-encryption key
// and AES-256-CBC for the content. It is the CiphertextForRecipient of AWS KMS.
//
// An error means that the key is too small for it, or that rand failed.
func Seal(publicKey *rsa.PublicKey, plaintext []byte, rand io.Reader) ([]byte, error) {
	if publicKey == nil || publicKey.N == nil {
		return nil, errors.New("enclave: no public key")
	}
	secret, err := read(rand, 32+aes.BlockSize)
	if err != nil {
		return nil, err
	}
	key, iv := secret[:32], secret[32:]
	recipient, err := recipientInfo(publicKey, key, rand)
	if err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	content, err := encryptCBC(key, iv, plaintext)
	if err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	message, err := envelopedData(recipient, iv, content)
	if err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	return message, nil
}

func recipientInfo(publicKey *rsa.PublicKey, key []byte, rand io.Reader) (keyTransRecipientInfo, error) {
	var none keyTransRecipientInfo
	encrypted, err := rsa.EncryptOAEP(sha256.New(), rand, publicKey, key, nil)
	if err != nil {
		return none, err
	}
	spki, err := x509.MarshalPKIXPublicKey(publicKey)
	if err != nil {
		return none, err
	}
	hash := pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}
	hashDER, err := asn1.Marshal(hash)
	if err != nil {
		return none, err
	}
	parameters, err := asn1.Marshal(oaepParameters{
		Hash:    hash,
		MaskGen: pkix.AlgorithmIdentifier{Algorithm: oidMGF1, Parameters: asn1.RawValue{FullBytes: hashDER}},
	})
	if err != nil {
		return none, err
	}
	id := sha256.Sum256(spki)
	return keyTransRecipientInfo{
		Version:              2, // the recipient is named by a key identifier
		SubjectKeyIdentifier: id[:],
		KeyEncryptionAlgorithm: pkix.AlgorithmIdentifier{
			Algorithm:  oidRSAESOAEP,
			Parameters: asn1.RawValue{FullBytes: parameters},
		},
		EncryptedKey: encrypted,
	}, nil
}

// encryptCBC pads as PKCS #7 says and encrypts.
func encryptCBC(key, iv, plaintext []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	content := make([]byte, len(plaintext)+pad)
	for i := copy(content, plaintext); i < len(content); i++ {
		content[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(content, content)
	return content, nil
}

func envelopedData(recipient keyTransRecipientInfo, iv, content []byte) ([]byte, error) {
	ivDER, err := asn1.Marshal(iv)
	if err != nil {
		return nil, err
	}
	parts := make([][]byte, 0, 5)
	for _, v := range []struct {
		value  any
		params string
	}{
		{oidEnvelopedData, ""},
		{2, ""}, // version
		{[]keyTransRecipientInfo{recipient}, "set"},
		{oidData, ""},
		{pkix.AlgorithmIdentifier{Algorithm: oidAES256CBC, Parameters: asn1.RawValue{FullBytes: ivDER}}, ""},
	} {
		der, err := asn1.MarshalWithParams(v.value, v.params)
		if err != nil {
			return nil, err
		}
		parts = append(parts, der)
	}
	var segments []byte
	for s := range slices.Chunk(content, segment) {
		der, err := asn1.Marshal(s)
		if err != nil {
			return nil, err
		}
		segments = append(segments, der...)
	}
	return indefinite(tagSequence,
		parts[0],
		indefinite(tagContext0,
			indefinite(tagSequence,
				parts[1],
				parts[2],
				indefinite(tagSequence, parts[3], parts[4], indefinite(tagContext0, segments))))), nil
}

// indefinite encodes a constructed value of indefinite length.
func indefinite(tag byte, contents ...[]byte) []byte {
	return slices.Concat([]byte{tag, 0x80}, slices.Concat(contents...), []byte{0, 0})
}
