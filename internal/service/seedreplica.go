package service

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/constraint"
	"example.com/kmsfake/internal/material"
)

// The first Seed with a multi-Region key id is the primary key. Those after it, in
// other Regions, are its replica keys.

// primarySeed is the primary key of a multi-Region key id, or nil.
func (a *AWS) primarySeed(id string) *key {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, r := range a.regions {
		if k := r.keys[id]; k != nil && k.relatives != nil {
			return k.primary()
		}
	}
	return nil
}

// inherit takes over what a replica key shares with its primary key and does not
// say itself, and refuses what it says otherwise.
func (s *Seed) inherit(primary *key) error {
	if s.Account != primary.account.id {
		return wrong("account", "the multi-Region key %s is one of the account %s", s.ID, primary.account.id)
	}
	where := primary.account.region.name
	if s.Spec == "" {
		s.Spec = primary.spec.Name
	}
	if s.Usage == "" {
		s.Usage = primary.usage
	}
	if s.Origin == "" {
		s.Origin = primary.origin
	}
	switch {
	case s.Spec != primary.spec.Name:
		return wrong("spec", "%s is not that of the primary key in %s, %s", s.Spec, where, primary.spec.Name)
	case s.Usage != primary.usage:
		return wrong("usage", "%s is not that of the primary key in %s, %s", s.Usage, where, primary.usage)
	case s.Origin != primary.origin:
		return wrong("origin", "%s is not that of the primary key in %s, %s", s.Origin, where, primary.origin)
	}
	return nil
}

// replicateSeed makes a replica key as ReplicateKey does, and as it is when it has
// been created.
func (a *AWS) replicateSeed(who *Caller, s Seed, primary *key, known material.Material) error {
	in := &kms.ReplicateKeyInput{KeyId: &s.ID, ReplicaRegion: &s.Region}
	if s.Description != "" {
		in.Description = &s.Description
		if text, ok := constraint.CheckAll(ReplicateKey.Name, in); !ok {
			return &SeedError{"description", validation(text)}
		}
	}
	in.Tags = s.tags()
	if text, ok := constraint.CheckAll(ReplicateKey.Name, in); !ok {
		return &SeedError{"tags", validation(text)}
	}
	if _, err := withTags(nil, in.Tags); err != nil {
		return &SeedError{"tags", err}
	}
	if _, err := perform(a, who.In(primary.account.region.name), ReplicateKey, in); err != nil {
		return &SeedError{"id", err}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.regions[s.Region].keys[s.ID]
	k.creating = time.Time{}
	if known == nil {
		return nil
	}
	km := k.materials.at(a.Now()).current()
	if km == nil || km.id != material.Identify(known, []byte(s.ID)) {
		return wrong("material", "it is not that of the primary key in %s", primary.account.region.name)
	}
	if k.origin == types.OriginTypeExternal {
		k.importAs(km, time.Time{}, nil)
	}
	return nil
}

// tags are the tags of the key, by tag key.
func (s *Seed) tags() []types.Tag {
	var list []types.Tag
	for _, name := range slices.Sorted(maps.Keys(s.Tags)) {
		value := s.Tags[name]
		list = append(list, types.Tag{TagKey: &name, TagValue: &value})
	}
	return list
}
