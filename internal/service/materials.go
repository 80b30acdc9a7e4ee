package service

import (
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// materials is the key material of a KMS key and its rotation. Related
// multi-Region keys share one.
//
// The history is never written to: a request goes on with the one that it found,
// and a change puts another in its place. Rotations that the schedule holds
// happen when the key is next looked at, with the dates that they were due.
type materials struct {
	source  source
	history atomic.Pointer[history]
}

// history is what has become of the key material of a KMS key.
type history struct {
	list    []*keyMaterial // what belongs to the key for good, oldest first; the last is current
	pending *keyMaterial   // imported, and current only after the next rotation

	period   int32     // days between automatic rotations; zero when they are off
	next     time.Time // when the next one is due
	paused   bool      // the key is disabled, or about to be deleted
	onDemand int       // rotations on demand so far
	started  time.Time // of the rotation on demand in progress; zero when there is none
	done     time.Time // when it is complete
}

// keyMaterial makes its material when it is first used, once. It is immutable.
type keyMaterial struct {
	id       [32]byte // KeyMaterialId
	text     string   // the same in hexadecimal
	made     func() (material.Material, error)
	rotated  time.Time          // when it became current; zero for the first
	rotation types.RotationType // how
}

func newKeyMaterial(id [32]byte, source func() (material.Material, error)) *keyMaterial {
	return &keyMaterial{id: id, text: hex.EncodeToString(id[:]), made: sync.OnceValues(source)}
}

// source is where generated key material comes from.
type source struct {
	seed      uint64
	keyID     string
	spec      types.KeySpec
	partition string
}

// generate is the nth key material that the service makes for a key.
func (s source) generate(n int) *keyMaterial {
	e := entropy{seed: s.seed}
	seed := e.derive("key material", s.keyID, uint64(n))
	return newKeyMaterial(e.derive("key material id", s.keyID, uint64(n)), func() (material.Material, error) {
		return material.Derive(s.spec, s.partition, seed)
	})
}

// newMaterials is the key material of a new key: the first that the service
// generates, or none if it is to be imported.
func (a *AWS) newMaterials(k *key) *materials {
	m := &materials{source: source{a.entropy.seed, k.id, k.spec.Name, k.account.region.partition}}
	h := &history{}
	if k.origin != types.OriginTypeExternal {
		h.list = []*keyMaterial{m.source.generate(0)}
	}
	m.history.Store(h)
	return m
}

func (m *materials) clone() *materials {
	twin := &materials{source: m.source}
	twin.history.Store(m.history.Load())
	return twin
}

// at is the history at a time, with the rotations that have come due. The lock
// must be held, for reading at least: what one reader finds due, another finds
// too, and both make the same of it.
func (m *materials) at(now time.Time) *history {
	for {
		h := m.history.Load()
		settled := h.settle(m.source, now)
		if settled == h || m.history.CompareAndSwap(h, settled) {
			return settled
		}
	}
}

// change puts a changed history in place. The lock must be held for writing.
func (m *materials) change(now time.Time, do func(*history)) {
	h := m.at(now).clone()
	do(h)
	m.history.Store(h)
}

func (h *history) clone() *history {
	twin := *h
	twin.list = slices.Clone(h.list)
	return &twin
}

func (h *history) settle(s source, now time.Time) *history {
	at, how := h.due()
	if at.IsZero() || at.After(now) {
		return h
	}
	h = h.clone()
	for ; !at.IsZero() && !at.After(now); at, how = h.due() {
		h.rotate(s, at, how)
	}
	return h
}

// due is when the next rotation happens, and which: zero if none is to come.
func (h *history) due() (time.Time, types.RotationType) {
	scheduled := h.period != 0 && !h.paused
	switch {
	case !h.done.IsZero() && !(scheduled && h.next.Before(h.done)):
		return h.done, types.RotationTypeOnDemand
	case scheduled:
		return h.next, types.RotationTypeAutomatic
	}
	return time.Time{}, ""
}

// rotate makes other key material current: what was imported for it, or else what
// the service generates. h must be a clone.
func (h *history) rotate(s source, at time.Time, how types.RotationType) {
	next := h.pending
	if next == nil {
		next = s.generate(len(h.list))
	}
	rotated := *next
	rotated.rotated, rotated.rotation = at, how
	h.list = append(h.list, &rotated)
	h.pending = nil
	if how == types.RotationTypeAutomatic {
		h.next = at.AddDate(0, 0, int(h.period))
	} else {
		h.started, h.done = time.Time{}, time.Time{}
	}
}

// current is the key material that encrypts, or nil while the key never had any.
func (h *history) current() *keyMaterial {
	if len(h.list) == 0 {
		return nil
	}
	return h.list[len(h.list)-1]
}

// imported is what a KMS key has of key material that was imported into it, in
// its Region alone.
type imported struct {
	there       bool      // not deleted since
	expires     time.Time // zero if it does not
	description string
}

// has says whether imported key material is there at a time.
func (k *key) has(km *keyMaterial, now time.Time) bool {
	i, ok := k.imports[km.id]
	return ok && i.there && (i.expires.IsZero() || now.Before(i.expires))
}

// whole says whether all key material that belongs to the key is there.
func (k *key) whole(now time.Time) bool {
	list := k.materials.at(now).list
	if k.origin == types.OriginTypeExternal {
		for _, km := range list {
			if !k.has(km, now) {
				return false
			}
		}
	}
	return len(list) > 0
}

// pending is the key material that waits for rotation, or nil: the primary key's.
// It does not belong to the key yet. Once it is deleted or expired, it is as if it
// had never been.
func (k *key) pending(now time.Time) *keyMaterial {
	h := k.materials.at(now)
	if h.pending == nil || !k.primary().has(h.pending, now) && h.done.IsZero() {
		return nil
	}
	return h.pending
}

// everywhere says whether imported key material is there in all related keys.
func (k *key) everywhere(km *keyMaterial, now time.Time) bool {
	return !slices.ContainsFunc(k.related(), func(r *key) bool { return !r.has(km, now) })
}

// material is the key material that is associated with the key and has the id, or
// nil.
func (k *key) material(id string, now time.Time) *keyMaterial {
	for _, km := range k.materials.at(now).list {
		if km.text == id {
			return km
		}
	}
	if km := k.pending(now); km != nil && km.text == id {
		return km
	}
	return nil
}

// expiration is what a key shows of the expiration of its key material: the
// earliest. It shows none while key material is missing.
func (k *key) expiration(now time.Time) (types.ExpirationModelType, time.Time) {
	if k.origin != types.OriginTypeExternal || !k.whole(now) {
		return "", time.Time{}
	}
	var earliest time.Time
	for _, km := range k.materials.at(now).list {
		if at := k.imports[km.id].expires; !at.IsZero() && (earliest.IsZero() || at.Before(earliest)) {
			earliest = at
		}
	}
	if earliest.IsZero() {
		return types.ExpirationModelTypeKeyMaterialDoesNotExpire, earliest
	}
	return types.ExpirationModelTypeKeyMaterialExpires, earliest
}
