package service

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/keywrap"
	"example.com/kmsfake/internal/material"
)

const (
	tokenValidity   = 24 * time.Hour
	longestValidity = 365 // days that imported key material is valid
)

// getParametersForImport answers GetParametersForImport.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html
func getParametersForImport(c *call, in *kms.GetParametersForImportInput) (*kms.GetParametersForImportOutput, error) {
	to, err := c.importTarget(*in.KeyId)
	if err != nil {
		return nil, err
	}
	wrapping, ok := keywrap.For(in.WrappingKeySpec, c.who.Partition())
	if !ok || !wrapping.Fits(to.spec.Name, in.WrappingAlgorithm) {
		return nil, wrappingNotValid(in.WrappingAlgorithm, in.WrappingKeySpec, to.spec.Name)
	}
	token := importToken{
		KeyARN: to.arn, Algorithm: in.WrappingAlgorithm, Spec: in.WrappingKeySpec,
		ValidTo: stamp(c.now).Add(tokenValidity),
	}
	c.entropy.Read(token.Seed[:])
	pair, err := token.wrappingKey(c.who.Partition())
	if err != nil {
		return nil, internalFailure(err)
	}
	sealed, err := c.sealToken(token)
	if err != nil {
		return nil, internalFailure(err)
	}
	return &kms.GetParametersForImportOutput{
		KeyId: &to.arn, ImportToken: sealed, ParametersValidTo: &token.ValidTo, PublicKey: pair.PublicKey(),
	}, nil
}

// importTarget is what is to be known of a key before the wrapping key is made,
// which happens outside the lock.
type importTarget struct {
	id, arn string
	spec    *keyspec.Spec
}

func (c *call) importTarget(keyID string) (importTarget, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.findImported(keyID)
	if err != nil {
		return importTarget{}, err
	}
	return importTarget{k.id, k.arn, k.spec}, nil
}

// findImported finds a key whose key material is imported, in a state that fits.
// The lock must be held.
func (c *call) findImported(keyID string) (*key, error) {
	k, err := c.find(keyID, "kms:"+c.name)
	if err != nil {
		return nil, err
	}
	if err := c.checkTransient(k); err != nil {
		return nil, err
	}
	if k.origin != types.OriginTypeExternal {
		return nil, originNotValid(k.arn, k.origin)
	}
	return k, c.checkState(k)
}

// importKeyMaterial answers ImportKeyMaterial.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html
func importKeyMaterial(c *call, in *kms.ImportKeyMaterialInput) (*kms.ImportKeyMaterialOutput, error) {
	expires, err := c.validTo(in)
	if err != nil {
		return nil, err
	}
	if in.ImportType == types.ImportTypeNewKeyMaterial && in.KeyMaterialId != nil {
		return nil, newMaterialNamed()
	}
	to, err := c.importTarget(*in.KeyId)
	if err != nil {
		return nil, err
	}
	if err := to.checkMembers(in); err != nil {
		return nil, err
	}
	unwrapped, err := c.unwrap(to, in)
	if err != nil {
		return nil, err
	}
	km := newKeyMaterial(material.Identify(unwrapped, []byte(to.id)), func() (material.Material, error) { return unwrapped, nil })
	c.lock()
	defer c.unlock()
	k, err := c.findImported(*in.KeyId)
	if err != nil {
		return nil, err
	}
	if err := c.place(k, km, in); err != nil {
		return nil, err
	}
	wasPending := k.state(c.now) == types.KeyStatePendingImport
	k.importAs(km, expires, in.KeyMaterialDescription)
	if wasPending && k.whole(c.now) {
		k.enabled = true
		k.pauseOrResume(c.now)
	}
	arn := k.arn
	return &kms.ImportKeyMaterialOutput{KeyId: &arn, KeyMaterialId: km.shown(k.spec)}, nil
}

// validTo is when the key material shall expire: zero if never.
func (c *call) validTo(in *kms.ImportKeyMaterialInput) (time.Time, error) {
	if in.ExpirationModel == types.ExpirationModelTypeKeyMaterialDoesNotExpire {
		if in.ValidTo != nil {
			return time.Time{}, validToNotAllowed()
		}
		return time.Time{}, nil
	}
	if in.ValidTo == nil {
		return time.Time{}, validToMissing()
	}
	at := stamp(*in.ValidTo)
	if !at.After(c.now) || at.After(c.now.Add(longestValidity*day)) {
		return time.Time{}, validToOutOfRange()
	}
	return at, nil
}

// checkMembers refuses what only symmetric encryption keys take.
func (to importTarget) checkMembers(in *kms.ImportKeyMaterialInput) error {
	if to.spec.Family == keyspec.Symmetric {
		return nil
	}
	switch {
	case in.ImportType != "":
		return symmetricMember("ImportType")
	case in.KeyMaterialId != nil:
		return symmetricMember("KeyMaterialId")
	case in.KeyMaterialDescription != nil:
		return symmetricMember("KeyMaterialDescription")
	}
	return nil
}

// unwrap opens the key material with the wrapping key that goes with the token.
// It needs no lock.
func (c *call) unwrap(to importTarget, in *kms.ImportKeyMaterialInput) (material.Material, error) {
	token, err := c.openToken(in.ImportToken, to.arn)
	if err != nil {
		return nil, err
	}
	private, err := token.privateKey(c.who.Partition())
	if err != nil {
		return nil, internalFailure(err)
	}
	encoded, err := keywrap.Unwrap(token.Algorithm, private, in.EncryptedKeyMaterial)
	if err != nil {
		return nil, invalidCiphertext()
	}
	m, err := material.Parse(to.spec.Name, c.who.Partition(), encoded)
	if err != nil {
		return nil, incorrectKeyMaterial("The key material is not valid for key spec " + string(to.spec.Name) + ".")
	}
	return m, nil
}

// place finds the place of imported key material in the history of the key, and
// makes it if it is new: the first is current at once, a later one waits for
// rotation. The lock must be held for writing.
func (c *call) place(k *key, km *keyMaterial, in *kms.ImportKeyMaterialInput) error {
	h, pending := k.materials.at(c.now), k.pending(c.now)
	first := len(h.list) == 0
	known := k.material(km.text, c.now) != nil
	isNew := in.ImportType == types.ImportTypeNewKeyMaterial || in.ImportType == "" && first
	switch {
	case isNew && known:
		return incorrectKeyMaterial("The key material is already associated with the KMS key.")
	case isNew && pending != nil:
		return otherMaterialPending(km.text, k.arn, pending.text)
	case !isNew && !known:
		return incorrectKeyMaterial("The key material is not the same as the key material that was previously imported.")
	case in.KeyMaterialId != nil && *in.KeyMaterialId != km.text:
		return incorrectKeyMaterial("The key material does not match the specified key material ID.")
	case !isNew:
		return nil
	}
	if err := k.checkPrimary(c.now); err != nil {
		return err
	}
	if h.pending != nil {
		k.disown(h.pending)
	}
	k.materials.change(c.now, func(h *history) {
		if first {
			h.list = append(h.list, km)
		} else {
			h.pending = km
		}
	})
	return nil
}

// importAs notes that key material is there from now on.
func (k *key) importAs(km *keyMaterial, expires time.Time, description *string) {
	i := imported{there: true, expires: expires, description: k.imports[km.id].description}
	if description != nil {
		i.description = *description
	}
	if k.imports == nil {
		k.imports = map[[32]byte]imported{}
	}
	k.imports[km.id] = i
}

// deleteImportedKeyMaterial answers DeleteImportedKeyMaterial: the current key
// material unless the request names another. What is not there already stays so.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html
func deleteImportedKeyMaterial(c *call, in *kms.DeleteImportedKeyMaterialInput) (*kms.DeleteImportedKeyMaterialOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.findImported(*in.KeyId)
	if err != nil {
		return nil, err
	}
	km := k.materials.at(c.now).current()
	if in.KeyMaterialId != nil {
		km = k.material(*in.KeyMaterialId, c.now)
		if km == nil || k.spec.Family != keyspec.Symmetric {
			return nil, noSuchKeyMaterial(*in.KeyMaterialId, k.arn)
		}
	}
	arn := k.arn
	out := &kms.DeleteImportedKeyMaterialOutput{KeyId: &arn}
	if km == nil {
		return out, nil
	}
	out.KeyMaterialId = km.shown(k.spec)
	k.forget(km, c.now)
	return out, nil
}

// disown removes all trace of key material that only waited for rotation.
func (k *key) disown(km *keyMaterial) {
	for _, r := range k.related() {
		delete(r.imports, km.id)
	}
}

// forget deletes imported key material. What only waited for rotation is gone
// from all related keys when it is deleted from the primary key, unless the
// rotation has begun.
func (k *key) forget(km *keyMaterial, now time.Time) {
	if h := k.materials.at(now); km == h.pending && h.done.IsZero() && k.primary() == k {
		k.materials.change(now, func(h *history) { h.pending = nil })
		k.disown(km)
		return
	}
	if i, ok := k.imports[km.id]; ok {
		i.there = false
		k.imports[km.id] = i
	}
}
