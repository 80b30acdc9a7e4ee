package service

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/smx509"

	"example.com/kmsfake/internal/material"
)

// importToken is what an import token holds, sealed: all that it takes to make
// the wrapping key again, so that the service need not remember it.
type importToken struct {
	KeyARN    string
	Algorithm types.AlgorithmSpec
	Spec      types.WrappingKeySpec
	Seed      [32]byte // of the wrapping key
	ValidTo   time.Time
}

// tokenCipher seals the import tokens of this AWS.
func (a *AWS) tokenCipher() (cipher.AEAD, error) {
	secret := a.entropy.derive("import token", "", 0)
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (a *AWS) sealToken(t importToken) ([]byte, error) {
	plaintext, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	aead, err := a.tokenCipher()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plaintext)+aead.Overhead())
	a.entropy.Read(nonce)
	return aead.Seal(nonce, nonce, plaintext, nil), nil
}

// openToken reads an import token that must be for the key and not expired.
func (c *call) openToken(sealed []byte, keyARN string) (importToken, error) {
	var t importToken
	aead, err := c.tokenCipher()
	if err != nil {
		return t, internalFailure(err)
	}
	if len(sealed) < aead.NonceSize() {
		return t, invalidImportToken()
	}
	plaintext, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
	if err != nil || json.Unmarshal(plaintext, &t) != nil || t.KeyARN != keyARN {
		return t, invalidImportToken()
	}
	if !c.now.Before(t.ValidTo) {
		return t, expiredImportToken()
	}
	return t, nil
}

// wrappingKey is the key pair that goes with the token.
func (t importToken) wrappingKey(partition string) (material.Public, error) {
	made, err := material.Derive(types.KeySpec(t.Spec), partition, t.Seed)
	if err != nil {
		return nil, err
	}
	pair, ok := made.(material.Public)
	if !ok {
		return nil, fmt.Errorf("%s is not a key pair", t.Spec)
	}
	return pair, nil
}

func (t importToken) privateKey(partition string) (crypto.PrivateKey, error) {
	pair, err := t.wrappingKey(partition)
	if err != nil {
		return nil, err
	}
	return smx509.ParsePKCS8PrivateKey(pair.Encode())
}
