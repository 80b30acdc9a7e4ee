package service

import (
	"maps"
	"slices"
)

// Clone copies the whole state. What never changes (key material, specs, tags)
// is shared; every record is copied.
func (a *AWS) Clone() *AWS {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := New(a.config)
	b.clock.offset.Store(a.clock.offset.Load())
	b.sequences.Store(a.sequences.Load())
	a.entropy.cloneTo(&b.entropy)
	b.made, b.grantsMade = a.made, a.grantsMade
	a.rates.cloneTo(&b.rates)
	copied := map[*key]*key{}
	for name, r := range a.regions {
		if b.regions == nil {
			b.regions = make(map[string]*region, len(a.regions))
		}
		b.regions[name] = r.clone(copied)
	}
	cloneRelatives(copied)
	for _, k := range a.due.queue {
		b.due.queue = append(b.due.queue, copied[k])
	}
	b.due.setNext()
	return b
}

func (e *entropy) cloneTo(to *entropy) {
	to.nonces.Store(e.nonces.Load())
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stream != nil {
		stream := *e.stream
		to.stream = &stream
	}
}

func (r *region) clone(copied map[*key]*key) *region {
	to := &region{name: r.name, partition: r.partition, keys: make(map[string]*key, len(r.keys)), accounts: maps.Clone(r.accounts)}
	for id, home := range r.accounts {
		to.accounts[id] = home.clone(to, copied)
	}
	return to
}

func (h *account) clone(r *region, copied map[*key]*key) *account {
	to := &account{id: h.id, region: r, defaultPolicy: h.defaultPolicy}
	h.stores.Scan(func(id string, s *keyStore) bool {
		to.stores.Set(id, s.clone())
		return true
	})
	h.keys.Scan(func(id string, k *key) bool {
		twin := k.clone(to)
		if k.store != nil {
			store, _ := to.stores.Get(k.store.id)
			store.hold(twin)
		}
		copied[k] = twin
		k.cloneGrants(twin)
		to.keys.Set(id, twin)
		r.keys[id] = twin
		return true
	})
	h.aliases.Scan(func(name string, a *alias) bool {
		twin := *a
		twin.past = clonePast(a.past, copied)
		if a.target != nil {
			twin.target = copied[a.target]
			twin.target.aliases.Set(name, &twin)
		}
		to.aliases.Set(name, &twin)
		return true
	})
	for name, a := range h.leaving {
		twin := *a
		twin.past = clonePast(a.past, copied)
		if to.leaving == nil {
			to.leaving = map[string]*alias{}
		}
		to.leaving[name] = &twin
	}
	return to
}

func clonePast(p past[aliasState], copied map[*key]*key) past[aliasState] {
	twin := slices.Clone(p)
	for i := range twin {
		twin[i].was.target = copied[twin[i].was.target]
	}
	return twin
}

// clone copies a record without what points to other records: its aliases, its
// relatives and its custom key store.
func (k *key) clone(to *account) *key {
	twin := &key{
		account: to, id: k.id, arn: k.arn,
		spec: k.spec, usage: k.usage, origin: k.origin, manager: k.manager, created: k.created,
		creating: k.creating, updating: k.updating, window: k.window, external: k.external,
		description: k.description, enabled: k.enabled, deletion: k.deletion, place: k.place, policy: k.policy, policyPast: k.policyPast, seenFrom: k.seenFrom,
		tags:      slices.Clone(k.tags),
		materials: k.materials.clone(),
		imports:   maps.Clone(k.imports),
	}
	k.lastUse.cloneTo(&twin.lastUse)
	return twin
}
