package service

import (
	"fmt"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

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
