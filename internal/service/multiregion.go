package service

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// AWS says "a few seconds" of both.
const (
	creatingTime = 2 * time.Second // of a replica key, in the state Creating
	updatingTime = 2 * time.Second // of the old and the new primary key, in the state Updating
)

// replicateKey answers ReplicateKey. The replica key has the key material of the
// primary key; if that was imported, it must be imported again.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html
func replicateKey(c *call, in *kms.ReplicateKeyInput) (*kms.ReplicateKeyOutput, error) {
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	region := *in.ReplicaRegion
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:ReplicateKey")
	if err != nil {
		return nil, err
	}
	if k.relatives == nil || k.primary() != k {
		return nil, notPrimary(k.arn)
	}
	if partition := k.account.region.partition; partitionOf(region) != partition {
		return nil, otherPartition(region, partition)
	}
	if r := c.regions[region]; r != nil && r.keys[k.id] != nil {
		return nil, replicaExists(k.id, region)
	}
	there := *c // in the replica Region, where the replica key is authorized too
	there.who = c.who.In(region)
	there.findHome()
	replica := there.newReplica(k)
	if err := there.authorizeNew(replica, tags); err != nil {
		c.why = there.why
		return nil, err
	}
	replica.tags = tags
	if in.Description != nil {
		replica.description = *in.Description
	}
	if replica.policy, err = there.policyOfNew(replica, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
		c.why = there.why
		return nil, err
	}
	if err := c.checkKeyQuota(there.home); err != nil {
		return nil, err
	}
	there.addReplica(replica)
	policy := replica.policy.Document()
	out := &kms.ReplicateKeyOutput{ReplicaKeyMetadata: replica.metadata(c.now), ReplicaPolicy: &policy}
	if len(tags) > 0 {
		out.ReplicaTags = copyTags(tags)
	}
	return out, nil
}

// newReplica is a replica key in the caller's Region, with the default properties
// but for its policy. The lock must be held.
func (c *call) newReplica(primary *key) *key {
	return &key{
		account:   c.home,
		id:        primary.id,
		arn:       c.home.arn("key/" + primary.id),
		spec:      primary.spec,
		usage:     primary.usage,
		origin:    primary.origin,
		manager:   primary.manager,
		created:   stamp(c.now),
		creating:  c.now.Add(creatingTime),
		enabled:   true,
		relatives: primary.relatives,
		materials: primary.materials,
	}
}

// addReplica puts a replica key in its place. The lock must be held for writing.
func (c *call) addReplica(replica *key) {
	if c.known(c.home.id, c.home.region.name) == nil {
		c.keep(c.home)
	}
	replica.seenFrom = c.seenFrom()
	replica.relatives.replicas = append(replica.relatives.replicas, replica)
	c.home.put(replica)
}

// updatePrimaryRegion answers UpdatePrimaryRegion. The new primary key is the
// primary key at once; for a short time it and the former one are Updating.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html
func updatePrimaryRegion(c *call, in *kms.UpdatePrimaryRegionInput) (*kms.UpdatePrimaryRegionOutput, error) {
	const action = "kms:UpdatePrimaryRegion"
	region := *in.PrimaryRegion
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, action)
	if err != nil {
		return nil, err
	}
	if k.relatives == nil || k.primary() != k {
		return nil, notPrimary(k.arn)
	}
	if region == k.account.region.name {
		return nil, primaryAlready(k.arn, region)
	}
	replica := k.relatives.replicaIn(region)
	if replica == nil {
		return nil, noSuchKey("arn:" + partitionOf(region) + ":kms:" + region + ":" + k.account.id + ":key/" + k.id)
	}
	if err := c.authorize(action, replica, replica.arn); err != nil {
		return nil, err
	}
	if err := c.checkState(replica); err != nil {
		return nil, err
	}
	k.relatives.promote(replica)
	until := c.now.Add(updatingTime)
	k.updating, replica.updating = until, until
	return &kms.UpdatePrimaryRegionOutput{}, nil
}

// describeRelations tells what DescribeKey shows of a multi-Region key alone.
func (k *key) describeRelations(m *types.KeyMetadata) {
	if k.relatives == nil {
		return
	}
	m.MultiRegionConfiguration = k.relatives.configuration(k)
	if k.window != 0 {
		window := k.window
		m.PendingDeletionWindowInDays = &window
	}
}
