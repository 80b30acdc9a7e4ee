package service

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/ciphertext"
	"example.com/kmsfake/internal/material"
)

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
		nonce := c.entropy.nonce()
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

func isSet(b *bool) bool { return b != nil && *b }

func ignoresCiphertext(dryRun *bool, modifiers []types.DryRunModifierType) bool {
	return isSet(dryRun) && slices.Contains(modifiers, types.DryRunModifierTypeIgnoreCiphertext)
}
