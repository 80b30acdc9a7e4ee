package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/ciphertext"
	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// sealed is a ciphertext and what a request says of it.
type sealed struct {
	blob      []byte
	keyID     *string
	algorithm types.EncryptionAlgorithmSpec // by default the symmetric one; open sets it
	context   map[string]string
	action    string
	member    string // the one that names the key
	ignore    bool   // the ciphertext is not looked at, nor needed
}

// open finds the key of a ciphertext and decrypts it. A symmetric ciphertext
// names its key; an asymmetric one says nothing, so the request must.
func (c *call) open(s *sealed) (*usable, []byte, *keyMaterial, error) {
	if s.algorithm == "" {
		s.algorithm = types.EncryptionAlgorithmSpecSymmetricDefault
	}
	if s.ignore {
		return c.openNothing(s)
	}
	if s.blob == nil {
		return nil, nil, nil, validationf("Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null")
	}
	if s.algorithm != types.EncryptionAlgorithmSpecSymmetricDefault {
		return c.openAsymmetric(s)
	}
	blob, ok := ciphertext.Parse(s.blob)
	u, err := c.findSealed(s, blob, ok)
	if err != nil {
		return nil, nil, nil, err
	}
	km := u.named(blob.Material)
	if km == nil {
		return nil, nil, nil, invalidCiphertext()
	}
	made, err := km.made()
	if err != nil {
		return nil, nil, nil, internalFailure(err)
	}
	cipher, ok := made.(material.Cipher)
	if !ok {
		return nil, nil, nil, invalidCiphertext()
	}
	plaintext, ok := blob.Open(cipher, s.context)
	if !ok {
		return nil, nil, nil, invalidCiphertext()
	}
	return u, plaintext, km, nil
}

// findSealed finds the key of a symmetric ciphertext: the one that it names,
// which must be the one that the request names, if it names one.
func (c *call) findSealed(s *sealed, blob ciphertext.Blob, parsed bool) (*usable, error) {
	c.rlock()
	defer c.runlock()
	if s.keyID != nil {
		k, err := c.find(*s.keyID, s.action)
		if err != nil {
			return nil, err
		}
		u, err := c.useKey(k)
		if err != nil {
			return nil, err
		}
		if !parsed {
			return nil, invalidCiphertext()
		}
		if _, err := u.encryptionAlgorithm(s.algorithm); err != nil {
			return nil, err
		}
		if blob.KeyID != k.id {
			return nil, incorrectKey()
		}
		return u, nil
	}
	if !parsed {
		return nil, invalidCiphertext()
	}
	k := c.home.region.keys[blob.KeyID]
	if k == nil || !c.sees(k) {
		c.why = "there is no KMS key " + blob.KeyID + " in " + c.who.Region
		return nil, ciphertextOfUnknownKey()
	}
	c.found(k)
	if err := c.authorizeSealed(s.action, k); err != nil {
		return nil, err
	}
	return c.useKey(k)
}

func (c *call) openAsymmetric(s *sealed) (*usable, []byte, *keyMaterial, error) {
	if s.keyID == nil {
		return nil, nil, nil, keyIDForAsymmetric(s.member)
	}
	u, err := c.use(*s.keyID, s.action)
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := u.encryptionAlgorithm(s.algorithm); err != nil {
		return nil, nil, nil, err
	}
	if err := checkContext(s.algorithm, s.context); err != nil {
		return nil, nil, nil, err
	}
	m, err := materialOf[material.Encrypter](u)
	if err != nil {
		return nil, nil, nil, err
	}
	plaintext, err := m.Decrypt(s.algorithm, s.blob)
	if err != nil {
		return nil, nil, nil, invalidCiphertext()
	}
	return u, plaintext, u.current(), nil
}

// openNothing is open for a dry run that ignores the ciphertext: it asks only
// whether the key is there for the caller to use.
func (c *call) openNothing(s *sealed) (*usable, []byte, *keyMaterial, error) {
	if s.keyID == nil {
		return nil, nil, nil, keyIDForDryRun(s.member)
	}
	u, err := c.use(*s.keyID, s.action)
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := u.encryptionAlgorithm(s.algorithm); err != nil {
		return nil, nil, nil, err
	}
	return u, nil, u.current(), nil
}

// shown is the key material id as answers tell it: of symmetric keys alone.
func (km *keyMaterial) shown(spec *keyspec.Spec) *string {
	if spec.Family != keyspec.Symmetric {
		return nil
	}
	id := km.text
	return &id
}
