package service

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/ciphertext"
	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// usable is what a cryptographic operation needs of a key that it may use, taken
// under the lock and kept beyond it.
type usable struct {
	id, arn   string
	spec      *keyspec.Spec
	origin    types.OriginType
	materials []*keyMaterial // oldest first; the slice is never written to
}

func (u *usable) current() *keyMaterial { return u.materials[len(u.materials)-1] }

func (u *usable) named(prefix [16]byte) *keyMaterial {
	for _, km := range u.materials {
		if [16]byte(km.id[:16]) == prefix {
			return km
		}
	}
	return nil
}

// use finds a key for a cryptographic operation: authorization, state, usage.
func (c *call) use(name, action string) (*usable, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.find(name, action)
	if err != nil {
		return nil, err
	}
	return c.useKey(k)
}

func (c *call) useKey(k *key) (*usable, error) {
	if err := c.throttleUse(k); err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	if c.source == nil {
		c.source = k
	}
	if wanted, _ := keyspec.UsageOf(c.name); k.usage != wanted {
		return nil, usageNotValid(k.arn, k.usage, c.name)
	}
	c.uses(k)
	return k.usable(c.now), nil
}

func (k *key) usable(now time.Time) *usable {
	return &usable{id: k.id, arn: k.arn, spec: k.spec, origin: k.origin, materials: k.materials.at(now).list}
}

// materialOf is the current key material as what its usage makes of it.
func materialOf[M material.Material](u *usable) (m M, err error) {
	made, err := u.current().made()
	if err != nil {
		return m, internalFailure(err)
	}
	m, ok := made.(M)
	if !ok {
		return m, internalFailure(fmt.Errorf("%T is no %s", made, reflect.TypeFor[M]()))
	}
	return m, nil
}

// encryptionAlgorithm is the algorithm to use with a key, by default the
// symmetric one.
func (u *usable) encryptionAlgorithm(wanted types.EncryptionAlgorithmSpec) (types.EncryptionAlgorithmSpec, error) {
	if wanted == "" {
		wanted = types.EncryptionAlgorithmSpecSymmetricDefault
	}
	if !slices.Contains(u.spec.Encryption, wanted) {
		return "", algorithmNotValid(string(wanted), u.spec.Name)
	}
	return wanted, nil
}

// encrypt answers Encrypt.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
func encrypt(c *call, in *kms.EncryptInput) (*kms.EncryptOutput, error) {
	u, err := c.use(*in.KeyId, "kms:Encrypt")
	if err != nil {
		return nil, err
	}
	algorithm, err := u.encryptionAlgorithm(in.EncryptionAlgorithm)
	if err != nil {
		return nil, err
	}
	if err := u.checkPlaintext(algorithm, in.Plaintext, in.EncryptionContext); err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	blob, _, err := c.seal(u, algorithm, in.Plaintext, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	arn := u.arn
	return &kms.EncryptOutput{CiphertextBlob: blob, KeyId: &arn, EncryptionAlgorithm: algorithm}, nil
}

// decrypt answers Decrypt.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
func decrypt(c *call, in *kms.DecryptInput) (*kms.DecryptOutput, error) {
	if err := c.attest(in.Recipient); err != nil {
		return nil, err
	}
	source := sealed{
		blob: in.CiphertextBlob, keyID: in.KeyId, algorithm: in.EncryptionAlgorithm,
		context: in.EncryptionContext, action: "kms:Decrypt", member: "KeyId",
		ignore: ignoresCiphertext(in.DryRun, in.DryRunModifiers),
	}
	u, plaintext, km, err := c.open(&source)
	if err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	out := &kms.DecryptOutput{KeyId: &u.arn, EncryptionAlgorithm: source.algorithm}
	if out.Plaintext, out.CiphertextForRecipient, err = c.deliver(plaintext); err != nil {
		return nil, err
	}
	if c.attested == nil {
		out.KeyMaterialId = km.shown(u.spec)
	}
	return out, nil
}

// The permissions that ReEncrypt asks for: on the key that decrypts, and on the one
// that encrypts.
const (
	reEncryptFrom = "kms:ReEncryptFrom"
	reEncryptTo   = "kms:ReEncryptTo"
)

// reEncrypt answers ReEncrypt: Decrypt and Encrypt, and the plaintext never
// leaves.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html
func reEncrypt(c *call, in *kms.ReEncryptInput) (*kms.ReEncryptOutput, error) {
	source := sealed{
		blob: in.CiphertextBlob, keyID: in.SourceKeyId, algorithm: in.SourceEncryptionAlgorithm,
		context: in.SourceEncryptionContext, action: reEncryptFrom, member: "SourceKeyId",
		ignore: ignoresCiphertext(in.DryRun, in.DryRunModifiers),
	}
	from, plaintext, fromMaterial, err := c.open(&source)
	if err != nil {
		return nil, err
	}
	to, err := c.use(*in.DestinationKeyId, reEncryptTo)
	if err != nil {
		return nil, err
	}
	algorithm, err := to.encryptionAlgorithm(in.DestinationEncryptionAlgorithm)
	if err != nil {
		return nil, err
	}
	if err := to.checkPlaintext(algorithm, plaintext, in.DestinationEncryptionContext); err != nil {
		return nil, err
	}
	if isSet(in.DryRun) {
		return nil, dryRunSucceeded()
	}
	blob, toMaterial, err := c.seal(to, algorithm, plaintext, in.DestinationEncryptionContext)
	if err != nil {
		return nil, err
	}
	fromARN, toARN := from.arn, to.arn
	return &kms.ReEncryptOutput{
		CiphertextBlob:                 blob,
		KeyId:                          &toARN,
		SourceKeyId:                    &fromARN,
		SourceEncryptionAlgorithm:      source.algorithm,
		DestinationEncryptionAlgorithm: algorithm,
		SourceKeyMaterialId:            fromMaterial.shown(from.spec),
		DestinationKeyMaterialId:       toMaterial.shown(to.spec),
	}, nil
}

// checkPlaintext refuses what the algorithm of an asymmetric key cannot encrypt.
// The bounds of the symmetric algorithm are the member's own.
func (u *usable) checkPlaintext(algorithm types.EncryptionAlgorithmSpec, plaintext []byte, context map[string]string) error {
	if limit := u.spec.MaxPlaintext(algorithm); len(plaintext) > limit {
		return plaintextTooLong(algorithm, u.spec.Name, limit)
	}
	return checkContext(algorithm, context)
}

// checkContext refuses an encryption context where nothing would authenticate it.
func checkContext(algorithm types.EncryptionAlgorithmSpec, context map[string]string) error {
	if algorithm != types.EncryptionAlgorithmSpecSymmetricDefault && len(context) > 0 {
		return contextNotValid(algorithm)
	}
	return nil
}

// seal encrypts under the current key material. It needs no lock.
func (c *call) seal(u *usable, algorithm types.EncryptionAlgorithmSpec, plaintext []byte, context map[string]string) ([]byte, *keyMaterial, error) {
	km := u.current()
	made, err := km.made()
	if err != nil {
		return nil, nil, internalFailure(err)
	}
	var blob []byte
	switch m := made.(type) {
	case material.Cipher:
		var nonce [ciphertext.NonceSize]byte
		c.entropy.Read(nonce[:])
		header := ciphertext.Header{KeyID: u.id, Material: [16]byte(km.id[:16])}
		blob, err = ciphertext.Seal(m, header, nonce, plaintext, context)
	case material.Encrypter:
		blob, err = m.Encrypt(algorithm, plaintext, &c.entropy)
	default:
		err = fmt.Errorf("%T does not encrypt", made)
	}
	if err != nil {
		return nil, nil, internalFailure(err)
	}
	return blob, km, nil
}

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

func isSet(b *bool) bool { return b != nil && *b }

func ignoresCiphertext(dryRun *bool, modifiers []types.DryRunModifierType) bool {
	return isSet(dryRun) && slices.Contains(modifiers, types.DryRunModifierTypeIgnoreCiphertext)
}
