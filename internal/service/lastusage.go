package service

import (
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// lastUse is the last successful cryptographic operation with a KMS key. It has a
// lock of its own, so that those who use a key need only read the rest.
type lastUse struct {
	mu        sync.Mutex
	operation types.KeyLastUsageTrackingOperation
	at        time.Time
	requestID string
}

// trackingBegan is when AWS KMS began to record the usage of keys.
var trackingBegan = time.Date(2026, time.April, 23, 0, 0, 0, 0, time.UTC)

// uses notes a key whose material the operation is about to use.
func (c *call) uses(k *key) {
	if c.used[0] == nil {
		c.used[0] = k
	} else {
		c.used[1] = k
	}
}

// recordUse records a successful cryptographic operation with the keys that it
// used. What is not one, such as GetPublicKey, leaves no trace; nor does a dry
// run, which never succeeds.
func (c *call) recordUse() {
	if c.used[0] == nil {
		return
	}
	if _, cryptographic := keyspec.UsageOf(c.name); !cryptographic {
		return
	}
	for _, k := range c.used {
		if k != nil {
			k.lastUse.record(c)
		}
	}
}

func (l *lastUse) record(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.now.Before(l.at) {
		return // it began before one that is recorded already
	}
	l.operation, l.at, l.requestID = types.KeyLastUsageTrackingOperation(c.name), c.now, c.id()
}

func (l *lastUse) cloneTo(to *lastUse) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to.operation, to.at, to.requestID = l.operation, l.at, l.requestID
}

// getKeyLastUsage answers GetKeyLastUsage.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
func getKeyLastUsage(c *call, in *kms.GetKeyLastUsageInput) (*kms.GetKeyLastUsageOutput, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(*in.KeyId, "kms:GetKeyLastUsage")
	if err != nil {
		return nil, err
	}
	id, created, tracked := k.arn, k.created, k.trackedSince(c.now)
	return &kms.GetKeyLastUsageOutput{
		KeyId:             &id,
		KeyCreationDate:   &created,
		TrackingStartDate: &tracked,
		KeyLastUsage:      c.lastUsage(k, tracked),
	}, nil
}

// trackedSince is the day from which the usage of a key is known: the one on which
// it was made or, for older keys, on which AWS KMS began to record. While the
// clock itself stands before that, there are no older keys.
func (k *key) trackedSince(now time.Time) time.Time {
	since := k.created.Truncate(day)
	if since.Before(trackingBegan) && !now.Before(trackingBegan) {
		return trackingBegan
	}
	return since
}

// lastUsage is what is known of the last use since a day: an empty object when
// there was none. The CloudTrail event is that of the key owner's account.
func (c *call) lastUsage(k *key, since time.Time) *types.KeyLastUsageData {
	var last lastUse
	k.lastUse.cloneTo(&last)
	if last.operation == "" || last.at.Before(since) {
		return &types.KeyLastUsageData{}
	}
	drawn := c.entropy.derive("CloudTrail event", last.requestID+k.account.id, 0)
	event, at := uuid([16]byte(drawn[:16])), stamp(last.at)
	return &types.KeyLastUsageData{
		CloudTrailEventId: &event,
		KmsRequestId:      &last.requestID,
		Operation:         last.operation,
		Timestamp:         &at,
	}
}
