package service

import (
	"time"

	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/iam"
)

// AWS KMS is eventually consistent: a new key, a changed alias, a changed policy
// is seen everywhere only after a while, the PropagationDelay. Operations that
// change a thing act on its newest state, so that no name is given twice;
// everything else sees what was before. What is seen follows from the records and
// the time alone.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html

// lag is how long it takes until others see what the call does.
func (c *call) lag() time.Duration {
	if c.settled {
		return 0
	}
	return c.config.PropagationDelay
}

// past is what something was before changes that are not seen yet, oldest first.
// A past is never written to, so copies of a record share it.
type past[T any] []before[T]

type before[T any] struct {
	until time.Time
	was   T
}

// at is what is seen at a time of something that is now what is given.
func (p past[T]) at(now time.Time, current T) T {
	for _, b := range p {
		if now.Before(b.until) {
			return b.was
		}
	}
	return current
}

// changed is the past after a change of what was: without what nobody sees any
// more.
func changed[T any](c *call, p past[T], was T) past[T] {
	if c.lag() == 0 {
		return nil
	}
	var next past[T]
	for _, b := range p {
		if c.now.Before(b.until) {
			next = append(next, b)
		}
	}
	return append(next, before[T]{c.seenFrom(), was})
}

// seenFrom is when other operations see what this one does. The zero time is at
// once.
func (c *call) seenFrom() time.Time {
	if c.lag() == 0 {
		return time.Time{}
	}
	return c.now.Add(c.lag())
}

// sees says whether the call sees that a key is there.
func (c *call) sees(k *key) bool { return !c.now.Before(k.seenFrom) }

// aliasState is what of an alias changes.
type aliasState struct {
	target  *key // nil: there is no such alias
	updated time.Time
}

func (a *alias) state() aliasState { return aliasState{a.target, a.updated} }

// seenState is what the call sees of an alias.
func (c *call) seenState(a *alias) aliasState {
	s := a.past.at(c.now, a.state())
	if len(a.past) > 0 && s.target != nil && s.target.account.region.keys[s.target.id] != s.target {
		s.target = nil // the key is gone meanwhile
	}
	return s
}

// seenTarget is the key that an alias leads to, as the call sees it, or nil.
func (c *call) seenTarget(owner *account, name string) *key {
	a, ok := owner.aliases.Get(name)
	if !ok {
		if a = owner.leaving[name]; a == nil {
			return nil
		}
	}
	if k := c.seenState(a).target; k != nil && c.sees(k) {
		return k
	}
	return nil
}

// leave keeps a deleted alias for those who still see it, and forgets those that
// nobody sees any more.
func (c *call) leave(a *alias) {
	if c.lag() == 0 {
		return
	}
	a.past = changed(c, a.past, a.state())
	a.target = nil
	for name, other := range c.home.leaving {
		if !c.now.Before(other.past[len(other.past)-1].until) {
			delete(c.home.leaving, name)
		}
	}
	if c.home.leaving == nil {
		c.home.leaving = map[string]*alias{}
	}
	c.home.leaving[a.name] = a
}

// arrive is the past of a new alias: that of one of the same name that is leaving,
// and that there was none.
func (c *call) arrive(name string) past[aliasState] {
	var p past[aliasState]
	if a := c.home.leaving[name]; a != nil {
		p = a.past
		delete(c.home.leaving, name)
	}
	return changed(c, p, aliasState{})
}

// aliasesSeen are the aliases of the caller's account, or of one key, as the call
// sees them.
func (c *call) aliasesSeen(of *key) *btree.Map[string, *alias] {
	if c.lag() == 0 {
		if of != nil {
			return &of.aliases
		}
		return &c.home.aliases
	}
	home := c.home
	if of != nil {
		home = of.account
	}
	seen := &btree.Map[string, *alias]{}
	add := func(name string, a *alias) {
		s := c.seenState(a)
		predefined := s.target == nil && a.created.IsZero()
		if of == nil && predefined || s.target != nil && c.sees(s.target) && (of == nil || of == s.target) {
			twin := *a
			twin.target, twin.updated = s.target, s.updated
			seen.Set(name, &twin)
		}
	}
	for name, a := range home.leaving {
		add(name, a)
	}
	home.aliases.Scan(func(name string, a *alias) bool {
		add(name, a)
		return true
	})
	return seen
}

// keysSeen are the keys of the caller's account as the call sees them.
func (c *call) keysSeen() *btree.Map[string, *key] {
	if c.lag() == 0 {
		return &c.home.keys
	}
	seen := &btree.Map[string, *key]{}
	c.home.keys.Scan(func(id string, k *key) bool {
		if c.sees(k) {
			seen.Set(id, k)
		}
		return true
	})
	return seen
}

// policySeen is the policy of a key as the call sees it.
func (c *call) policySeen(k *key) *iam.Policy { return k.policyPast.at(c.now, k.policy) }
