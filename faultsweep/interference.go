package faultsweep

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// interference is what an administrator does before a call.
type interference struct {
	call int // calls that pass before it
	do   func(fake *kmsfake.Fake)
}

// watcher plans interferences in a run in which none happens: before every call,
// those that the state then allows.
type watcher struct {
	sweep *sweep

	mu   sync.Mutex
	seen int
}

func (w *watcher) look(fake *kmsfake.Fake) {
	w.mu.Lock()
	n := w.seen
	w.seen++
	w.mu.Unlock()
	if n >= len(w.sweep.calls) {
		return
	}
	if c := &w.sweep.calls[n]; len(w.sweep.chosenCalls(w.sweep.calls[n:n+1])) > 0 {
		clone := fake.Clone()
		keys := keysOf(clone, c)
		for _, m := range keys {
			suffix := ""
			if len(keys) > 1 {
				suffix = "/" + (*m.KeyId)[:min(8, len(*m.KeyId))]
			}
			w.plan(clone, c, n, m, suffix)
		}
	}
}

// keysOf are the customer managed keys that a call is about, as far as they are
// there before it.
func keysOf(clone *kmsfake.Fake, c *call) (keys []*types.KeyMetadata) {
	handle := clone.InAccount(c.Account).InRegion(c.Region)
	for _, name := range append([]string{c.KeyARN}, service.KeyNames(c.Input)...) {
		out, err := handle.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &name})
		if err != nil || out.KeyMetadata.KeyManager == types.KeyManagerTypeAws {
			continue
		}
		if !slices.ContainsFunc(keys, func(k *types.KeyMetadata) bool { return *k.Arn == *out.KeyMetadata.Arn }) {
			keys = append(keys, out.KeyMetadata)
		}
	}
	return keys
}

// plan adds the interferences with one key. The clone is only looked at.
func (w *watcher) plan(clone *kmsfake.Fake, c *call, n int, m *types.KeyMetadata, suffix string) {
	ctx, key := context.Background(), *m.Arn
	admin := administrator(clone, key)
	add := func(name, words string, do func(admin *kmsfake.Fake)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sweep.meddling = append(w.sweep.meddling, &trial{
			call: c.name(), group: c.name() + "/interference", name: name + suffix, words: "an administrator " + words + " before " + c.name(),
			before: &interference{n, func(fake *kmsfake.Fake) { do(administrator(fake, key)) }},
		})
	}
	if m.KeyState == types.KeyStateEnabled {
		add("DisableKey", "disables the key", func(admin *kmsfake.Fake) {
			_, _ = admin.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &key})
		})
		if m.KeySpec == types.KeySpecSymmetricDefault && m.Origin == types.OriginTypeAwsKms {
			add("RotateKeyOnDemand", "rotates the key material", func(admin *kmsfake.Fake) {
				_, _ = admin.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: &key})
			})
		}
	}
	if m.DeletionDate == nil {
		add("ScheduleKeyDeletion", "schedules the deletion of the key", func(admin *kmsfake.Fake) {
			_, _ = admin.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key})
		})
	}
	if aliases, err := admin.ListAliases(ctx, &kms.ListAliasesInput{KeyId: &key}); err == nil {
		for _, a := range aliases.Aliases {
			alias, short := *a.AliasName, strings.TrimPrefix(*a.AliasName, "alias/")
			add("UpdateAlias/"+short, "points "+alias+" to another key", func(admin *kmsfake.Fake) {
				other, err := admin.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: m.KeySpec, KeyUsage: m.KeyUsage})
				if err == nil {
					_, _ = admin.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &alias, TargetKeyId: other.KeyMetadata.KeyId})
				}
			})
			add("DeleteAlias/"+short, "deletes "+alias, func(admin *kmsfake.Fake) {
				_, _ = admin.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &alias})
			})
		}
	}
	if grants, err := admin.ListGrants(ctx, &kms.ListGrantsInput{KeyId: &key}); err == nil {
		for _, g := range grants.Grants {
			id := *g.GrantId
			add("RevokeGrant/"+id[:min(8, len(id))], "revokes grant "+id, func(admin *kmsfake.Fake) {
				_, _ = admin.RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: &key, GrantId: &id})
			})
		}
	}
}

// administrator is a handle of the account and the Region of a key.
func administrator(fake *kmsfake.Fake, key string) *kmsfake.Fake {
	a, err := arn.Parse(key)
	if err != nil {
		return fake
	}
	return fake.InAccount(a.AccountID).InRegion(a.Region)
}
