package service

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Dump writes the state as text: every Region, account, key and alias, in order.
func (a *AWS) Dump(w io.Writer) {
	now := a.clock.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.removeDue(now)
	fmt.Fprintf(w, "AWS KMS (kmsfake, seed %d)\n", a.config.Seed)
	for _, name := range slices.Sorted(maps.Keys(a.regions)) {
		r := a.regions[name]
		for _, id := range slices.Sorted(maps.Keys(r.accounts)) {
			r.accounts[id].dump(w, now)
		}
	}
	for _, i := range a.Faults() {
		fmt.Fprintln(w, i)
	}
}

func (h *account) dump(w io.Writer, now time.Time) {
	if !h.inUse() {
		return
	}
	fmt.Fprintf(w, "account %s in %s\n", h.id, h.region.name)
	h.stores.Scan(func(_ string, s *keyStore) bool {
		fmt.Fprintf(w, "  custom key store %s %q %s %s, %d keys, made %s\n",
			s.id, s.name, s.kind, s.state(now), len(s.keys), s.created.Format(time.RFC3339Nano))
		return true
	})
	h.keys.Scan(func(_ string, k *key) bool {
		k.dump(w, now)
		return true
	})
}

func (k *key) dump(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "  key %s %s %s %s", k.id, k.spec.Name, k.usage, k.state(now))
	if !k.deletion.IsZero() {
		fmt.Fprintf(w, " until %s", k.deletion.Format(time.RFC3339Nano))
	}
	if k.window != 0 {
		fmt.Fprintf(w, ", %d days after the last replica key", k.window)
	}
	fmt.Fprintf(w, ", origin %s, made %s\n", k.origin, k.created.Format(time.RFC3339Nano))
	if k.relatives != nil {
		k.relatives.dump(w, k)
	}
	if k.store != nil {
		fmt.Fprintf(w, "    in custom key store %s", k.store.id)
		if k.external != "" {
			fmt.Fprintf(w, ", external key %s", k.external)
		}
		fmt.Fprintln(w)
	}
	if k.description != "" {
		fmt.Fprintf(w, "    description %q\n", k.description)
	}
	k.aliases.Scan(func(name string, a *alias) bool {
		fmt.Fprintf(w, "    %s made %s", name, a.created.Format(time.RFC3339Nano))
		if !a.updated.Equal(a.created) {
			fmt.Fprintf(w, ", updated %s", a.updated.Format(time.RFC3339Nano))
		}
		fmt.Fprintln(w)
		return true
	})
	for _, tag := range k.tags {
		fmt.Fprintf(w, "    tag %q = %q\n", *tag.TagKey, *tag.TagValue)
	}
	k.dumpMaterials(w, now)
	if k.policy != k.account.defaultPolicy {
		fmt.Fprintf(w, "    policy %s\n", strings.Join(strings.Fields(k.policy.Document()), " "))
	}
	k.dumpGrants(w)
}

// dumpMaterials writes the history of the key material and its schedule.
func (k *key) dumpMaterials(w io.Writer, now time.Time) {
	h := k.materials.at(now)
	list := h.list
	if pending := k.pending(now); pending != nil {
		list = append(list[:len(list):len(list)], pending)
	}
	for _, km := range list {
		fmt.Fprintf(w, "    key material %s", km.text)
		switch {
		case km == h.pending:
			fmt.Fprint(w, " pending rotation")
		case !km.rotated.IsZero():
			fmt.Fprintf(w, " rotated %s %s", km.rotation, km.rotated.Format(time.RFC3339Nano))
		}
		if i, ok := k.imports[km.id]; ok {
			if !k.has(km, now) {
				fmt.Fprint(w, ", not there")
			} else if !i.expires.IsZero() {
				fmt.Fprintf(w, ", valid to %s", i.expires.Format(time.RFC3339Nano))
			}
			if i.description != "" {
				fmt.Fprintf(w, ", %q", i.description)
			}
		}
		fmt.Fprintln(w)
	}
	if h.period != 0 {
		fmt.Fprintf(w, "    rotates every %d days, next %s\n", h.period, h.next.Format(time.RFC3339Nano))
	}
	if !h.started.IsZero() {
		fmt.Fprintf(w, "    rotation in progress since %s\n", h.started.Format(time.RFC3339Nano))
	}
}
