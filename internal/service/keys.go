package service

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

const (
	defaultKeyPage = 100
	largestKeyPage = 1000

	shortestWindow = 7 // days
	longestWindow  = 30
	day            = 24 * time.Hour
)

// createKey answers CreateKey.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
func createKey(c *call, in *kms.CreateKeyInput) (*kms.CreateKeyOutput, error) {
	spec, usage, err := c.keyType(in)
	if err != nil {
		return nil, err
	}
	origin, err := originOf(in, spec)
	if err != nil {
		return nil, err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	c.lock()
	defer c.unlock()
	k := &key{
		account:  c.home,
		spec:     spec,
		usage:    usage,
		origin:   origin,
		manager:  types.KeyManagerTypeCustomer,
		created:  stamp(c.now),
		enabled:  true,
		external: aws.ToString(in.XksKeyId),
	}
	if isSet(in.MultiRegion) {
		k.relatives = &relatives{primary: k}
	}
	c.identify(k)
	if err := c.authorizeNew(k, tags); err != nil {
		return nil, err
	}
	k.tags = tags
	if in.Description != nil {
		k.description = *in.Description
	}
	if k.policy, err = c.policyOfNew(k, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	if err := c.checkKeyQuota(c.home); err != nil {
		return nil, err
	}
	store, err := c.storeFor(in)
	if err != nil {
		return nil, err
	}
	c.add(k)
	if store != nil {
		store.hold(k)
	}
	return &kms.CreateKeyOutput{KeyMetadata: k.metadata(c.now)}, nil
}

// keyType is the key spec and usage that a new key shall have.
func (c *call) keyType(in *kms.CreateKeyInput) (*keyspec.Spec, types.KeyUsageType, error) {
	name := in.KeySpec
	switch {
	case in.KeySpec != "" && in.CustomerMasterKeySpec != "":
		return nil, "", bothSpecs()
	case in.CustomerMasterKeySpec != "":
		name = types.KeySpec(in.CustomerMasterKeySpec)
	case name == "":
		name = types.KeySpecSymmetricDefault
	}
	spec, ok := keyspec.Lookup(name)
	if !ok || !spec.AvailableIn(c.who.Partition()) {
		return nil, "", notInRegion("KeySpec " + string(name))
	}
	usage := in.KeyUsage
	if usage == "" {
		if usage, ok = spec.DefaultUsage(); !ok {
			return nil, "", usageMissing()
		}
	}
	if !spec.Allows(usage) {
		return nil, "", usageNotCompatible(usage, name)
	}
	return spec, usage, nil
}

// identify gives a new key the id that the next key shall have. The lock must be
// held for writing.
func (c *call) identify(k *key) {
	drawn := c.entropy.derive("key", "", c.made+1)
	if c.keyID != "" {
		k.id = c.keyID
	} else if k.relatives != nil {
		k.id = multiRegionPrefix + strings.ReplaceAll(uuid([16]byte(drawn[:16])), "-", "")
	} else {
		k.id = uuid([16]byte(drawn[:16]))
	}
	k.arn = k.account.arn("key/" + k.id)
}

// add gives a new key its key material, and puts it in its place. The lock must
// be held for writing.
func (c *call) add(k *key) {
	c.made++
	k.materials = c.newMaterials(k)
	k.seenFrom = c.seenFrom()
	k.account.put(k)
	c.found(k)
}

// listKeys answers ListKeys, by key id.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html
func listKeys(c *call, in *kms.ListKeysInput) (*kms.ListKeysOutput, error) {
	limit, err := pageLimit(in.Limit, defaultKeyPage, largestKeyPage)
	if err != nil {
		return nil, err
	}
	after, err := c.position(in.Marker, "")
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	page, next := pageAfter(c.keysSeen(), after, limit)
	out := &kms.ListKeysOutput{Keys: make([]types.KeyListEntry, 0, len(page))}
	for _, k := range page {
		cells := &struct{ id, arn string }{k.id, k.arn}
		out.Keys = append(out.Keys, types.KeyListEntry{KeyId: &cells.id, KeyArn: &cells.arn})
	}
	out.NextMarker, out.Truncated = c.marker(next, "")
	return out, nil
}

// enableKey answers EnableKey.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html
func enableKey(c *call, in *kms.EnableKeyInput) (*kms.EnableKeyOutput, error) {
	if err := c.change(*in.KeyId, func(k *key) { k.enabled = true; k.pauseOrResume(c.now) }); err != nil {
		return nil, err
	}
	return &kms.EnableKeyOutput{}, nil
}

// disableKey answers DisableKey.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html
func disableKey(c *call, in *kms.DisableKeyInput) (*kms.DisableKeyOutput, error) {
	if err := c.change(*in.KeyId, func(k *key) { k.enabled = false; k.pauseOrResume(c.now) }); err != nil {
		return nil, err
	}
	return &kms.DisableKeyOutput{}, nil
}

// updateKeyDescription answers UpdateKeyDescription.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html
func updateKeyDescription(c *call, in *kms.UpdateKeyDescriptionInput) (*kms.UpdateKeyDescriptionOutput, error) {
	if err := c.change(*in.KeyId, func(k *key) { k.description = *in.Description }); err != nil {
		return nil, err
	}
	return &kms.UpdateKeyDescriptionOutput{}, nil
}

// change does something to a key for which permission and a fitting state are
// all that it takes.
func (c *call) change(keyID string, do func(*key)) error {
	c.lock()
	defer c.unlock()
	k, err := c.findInState(keyID, "kms:"+c.name)
	if err != nil {
		return err
	}
	do(k)
	return nil
}

// scheduleKeyDeletion answers ScheduleKeyDeletion.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
func scheduleKeyDeletion(c *call, in *kms.ScheduleKeyDeletionInput) (*kms.ScheduleKeyDeletionOutput, error) {
	window := int32(longestWindow)
	if in.PendingWindowInDays != nil {
		window = *in.PendingWindowInDays
	}
	if window < shortestWindow {
		return nil, validationf("Value '%d' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to %d", window, shortestWindow)
	}
	if window > longestWindow {
		return nil, validationf("Value '%d' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to %d", window, longestWindow)
	}
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:ScheduleKeyDeletion")
	if err != nil {
		return nil, err
	}
	id := k.arn
	out := &kms.ScheduleKeyDeletionOutput{KeyId: &id, PendingWindowInDays: &window}
	if k.hasReplicas() {
		k.window = window
	} else {
		c.due.schedule(k, stamp(c.now).Add(time.Duration(window)*day))
		date := k.deletion
		out.DeletionDate = &date
	}
	k.pauseOrResume(c.now)
	out.KeyState = k.state(c.now)
	return out, nil
}

// cancelKeyDeletion answers CancelKeyDeletion: the key is there, and disabled.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
func cancelKeyDeletion(c *call, in *kms.CancelKeyDeletionInput) (*kms.CancelKeyDeletionOutput, error) {
	var id string
	err := c.change(*in.KeyId, func(k *key) {
		c.due.schedule(k, time.Time{})
		k.window = 0
		k.enabled = false
		k.pauseOrResume(c.now)
		id = k.arn
	})
	if err != nil {
		return nil, err
	}
	return &kms.CancelKeyDeletionOutput{KeyId: &id}, nil
}
