package service

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

const (
	defaultRotationPeriod = 365 // days

	// No rotation on demand begins this shortly before an automatic one.
	rotationMargin = 20 * time.Minute

	defaultRotationPage = 100
	largestRotationPage = 1000
)

// rotatable says whether the key is of a kind that has rotation, automatic or on
// demand: a symmetric encryption key that is in no custom key store.
func (k *key) rotatable() bool {
	return k.spec.Family == keyspec.Symmetric && (k.origin == types.OriginTypeAwsKms || k.origin == types.OriginTypeExternal)
}

// checkRotatable refuses a key that has no rotation.
func (k *key) checkRotatable() error {
	switch {
	case k.spec.Family != keyspec.Symmetric:
		return rotationNotSupported()
	case !k.rotatable():
		return originNotValid(k.arn, k.origin)
	}
	return nil
}

// checkAutomatic refuses a key that has no automatic rotation.
func (k *key) checkAutomatic() error {
	if err := k.checkRotatable(); err != nil {
		return err
	}
	if k.origin != types.OriginTypeAwsKms {
		return originNotValid(k.arn, k.origin)
	}
	return nil
}

// pauseOrResume keeps the rotation in step with the key, which does not rotate
// while it is disabled or waits for deletion. One that has missed a date
// meanwhile rotates as soon as it is enabled, and a period later again. The lock
// must be held for writing.
func (k *key) pauseOrResume(now time.Time) {
	paused := !k.primary().enabled || k.primary().leaving()
	if k.materials.at(now).paused == paused {
		return
	}
	k.materials.change(now, func(h *history) {
		h.paused = paused
		if !paused && h.period != 0 && !h.next.After(now) {
			h.rotate(k.materials.source, stamp(now), types.RotationTypeAutomatic)
		}
	})
}

// enableKeyRotation answers EnableKeyRotation: the key rotates a period from now,
// whether or not it had another schedule, and every period thereafter.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
func enableKeyRotation(c *call, in *kms.EnableKeyRotationInput) (*kms.EnableKeyRotationOutput, error) {
	period := int32(defaultRotationPeriod)
	if in.RotationPeriodInDays != nil {
		period = *in.RotationPeriodInDays
	}
	err := c.changeSchedule(*in.KeyId, func(h *history) {
		h.period, h.next = period, stamp(c.now).AddDate(0, 0, int(period))
	})
	if err != nil {
		return nil, err
	}
	return &kms.EnableKeyRotationOutput{}, nil
}

// disableKeyRotation answers DisableKeyRotation.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html
func disableKeyRotation(c *call, in *kms.DisableKeyRotationInput) (*kms.DisableKeyRotationOutput, error) {
	err := c.changeSchedule(*in.KeyId, func(h *history) { h.period, h.next = 0, time.Time{} })
	if err != nil {
		return nil, err
	}
	return &kms.DisableKeyRotationOutput{}, nil
}

func (c *call) changeSchedule(keyID string, do func(*history)) error {
	c.lock()
	defer c.unlock()
	k, err := c.find(keyID, "kms:"+c.name)
	if err != nil {
		return err
	}
	if err := c.checkTransient(k); err != nil {
		return err
	}
	if err := k.checkAutomatic(); err != nil {
		return err
	}
	if err := c.checkState(k); err != nil {
		return err
	}
	if err := k.checkPrimary(c.now); err != nil {
		return err
	}
	k.materials.change(c.now, do)
	return nil
}

// getKeyRotationStatus answers GetKeyRotationStatus. While a key waits for
// deletion its rotation shows as off; it comes back when the deletion is
// cancelled.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
func getKeyRotationStatus(c *call, in *kms.GetKeyRotationStatusInput) (*kms.GetKeyRotationStatusOutput, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.find(*in.KeyId, "kms:GetKeyRotationStatus")
	if err != nil {
		return nil, err
	}
	if err := k.checkAutomatic(); err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	id, h := k.arn, k.materials.at(c.now)
	out := &kms.GetKeyRotationStatusOutput{KeyId: &id}
	if h.period != 0 && !k.leaving() && !k.primary().leaving() {
		period, next := h.period, h.next
		out.KeyRotationEnabled = true
		out.RotationPeriodInDays, out.NextRotationDate = &period, &next
	}
	if !h.started.IsZero() {
		started := h.started
		out.OnDemandRotationStartDate = &started
	}
	return out, nil
}

// rotateKeyOnDemand answers RotateKeyOnDemand. The automatic rotations go on as
// they were scheduled. The rotation is complete when what the key has become can
// be seen: at once, unless changes take time to propagate.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html
func rotateKeyOnDemand(c *call, in *kms.RotateKeyOnDemandInput) (*kms.RotateKeyOnDemandOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.find(*in.KeyId, "kms:RotateKeyOnDemand")
	if err != nil {
		return nil, err
	}
	if err := c.checkTransient(k); err != nil {
		return nil, err
	}
	if err := k.checkRotatable(); err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	if err := k.checkPrimary(c.now); err != nil {
		return nil, err
	}
	h, pending := k.materials.at(c.now), k.pending(c.now)
	switch {
	case h.onDemand >= c.quotas.OnDemandRotations:
		return nil, onDemandExhausted(k.arn)
	case !h.started.IsZero(), h.period != 0 && h.next.Sub(c.now) <= rotationMargin:
		return nil, rotationInProgress()
	case k.origin == types.OriginTypeExternal && (pending == nil || !k.everywhere(pending, c.now)):
		return nil, nothingPending(k.arn)
	}
	k.materials.change(c.now, func(h *history) {
		h.onDemand++
		h.started = stamp(c.now)
		h.done = h.started.Add(c.config.PropagationDelay)
	})
	id := k.arn
	return &kms.RotateKeyOnDemandOutput{KeyId: &id}, nil
}

// listKeyRotations answers ListKeyRotations, oldest first. The history of a key
// only grows, so a marker is a place in it.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html
func listKeyRotations(c *call, in *kms.ListKeyRotationsInput) (*kms.ListKeyRotationsOutput, error) {
	limit, err := pageLimit(in.Limit, defaultRotationPage, largestRotationPage)
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	k, err := c.find(*in.KeyId, "kms:ListKeyRotations")
	if err != nil {
		return nil, err
	}
	if err := k.checkRotatable(); err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	after, err := c.position(in.Marker, k.id)
	if err != nil {
		return nil, err
	}
	shown := k.materials.at(c.now).list
	if pending := k.pending(c.now); pending != nil {
		shown = append(shown[:len(shown):len(shown)], pending)
	}
	start, _ := strconv.Atoi(after) // the marker is our own: empty or a number
	out := &kms.ListKeyRotationsOutput{Rotations: []types.RotationsListEntry{}}
	for i := start; i < len(shown); i++ {
		if in.IncludeKeyMaterial != types.IncludeKeyMaterialAllKeyMaterial && shown[i].rotated.IsZero() {
			continue
		}
		if len(out.Rotations) == limit {
			out.NextMarker, out.Truncated = c.marker(strconv.Itoa(i), k.id)
			break
		}
		out.Rotations = append(out.Rotations, c.rotationEntry(k, shown[i]))
	}
	return out, nil
}

// rotationEntry is key material as ListKeyRotations shows it. What was not made
// current by a rotation has no date; what was imported tells how it stands.
func (c *call) rotationEntry(k *key, km *keyMaterial) types.RotationsListEntry {
	cells := &struct {
		key, material, description string
		rotated, validTo           time.Time
	}{key: k.arn, material: km.text}
	entry := types.RotationsListEntry{KeyId: &cells.key, KeyMaterialId: &cells.material, KeyMaterialState: c.materialState(k, km)}
	if !km.rotated.IsZero() {
		cells.rotated = km.rotated
		entry.RotationDate, entry.RotationType = &cells.rotated, km.rotation
	}
	if k.origin != types.OriginTypeExternal {
		return entry
	}
	i := k.imports[km.id]
	if i.description != "" {
		cells.description = i.description
		entry.KeyMaterialDescription = &cells.description
	}
	if !k.has(km, c.now) {
		entry.ImportState = types.ImportStatePendingImport
		return entry
	}
	entry.ImportState = types.ImportStateImported
	entry.ExpirationModel = types.ExpirationModelTypeKeyMaterialDoesNotExpire
	if !i.expires.IsZero() {
		cells.validTo = i.expires
		entry.ExpirationModel, entry.ValidTo = types.ExpirationModelTypeKeyMaterialExpires, &cells.validTo
	}
	return entry
}

func (c *call) materialState(k *key, km *keyMaterial) types.KeyMaterialState {
	switch h := k.materials.at(c.now); {
	case km == h.pending && !k.everywhere(km, c.now):
		return types.KeyMaterialStatePendingMultiRegionImportAndRotation
	case km == h.pending:
		return types.KeyMaterialStatePendingRotation
	case km == h.current():
		return types.KeyMaterialStateCurrent
	}
	return types.KeyMaterialStateNonCurrent
}
