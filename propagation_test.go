package kmsfake_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// leadsTo is the ARN of the key that a name leads to, or "" if none is found.
func leadsTo(t *testing.T, fake *kmsfake.Fake, name string) string {
	t.Helper()
	out, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name})
	var missing *types.NotFoundException
	switch {
	case errors.As(err, &missing):
		return ""
	case err != nil:
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

func aliasCount(t *testing.T, fake *kmsfake.Fake, key *string) int {
	t.Helper()
	out, err := fake.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: key})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Aliases)
}

// What is made or changed is seen a while later, and until then what was before;
// a clone sees the same as the AWS that it was made of.
func TestPropagationDelay(t *testing.T) {
	t.Parallel()
	const delay = time.Minute
	ctx := t.Context()
	fake := newFake(kmsfake.WithPropagationDelay(delay), kmsfake.WithoutAWSAliases())
	step := func(within, after string, see func(*kmsfake.Fake) string) {
		t.Helper()
		for _, moment := range []struct {
			when string
			pass time.Duration
			want string
		}{{"at once", 0, within}, {"just before", delay - time.Millisecond, within}, {"then", time.Millisecond, after}} {
			fake.Advance(moment.pass)
			if got := see(fake); got != moment.want {
				t.Errorf("%s: got %q, want %q", moment.when, got, moment.want)
			}
			if got := see(fake.Clone()); got != moment.want {
				t.Errorf("%s, clone: got %q, want %q", moment.when, got, moment.want)
			}
		}
	}
	alias := "alias/app"
	behind := func(fake *kmsfake.Fake) string { return leadsTo(t, fake, alias) }

	first, second := freshKey(t, fake), freshKey(t, fake)
	if list, err := fake.ListKeys(ctx, nil); err != nil || len(list.Keys) != 0 {
		t.Errorf("new keys are listed: %v %v", list, err)
	}
	_, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &first})
	var missing *types.NotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("an alias of a key that is not seen: %v", err)
	}
	step("", first, func(fake *kmsfake.Fake) string { return leadsTo(t, fake, first) })
	if list, err := fake.ListKeys(ctx, nil); err != nil || len(list.Keys) != 2 {
		t.Errorf("keys that are seen: %v %v", list, err)
	}

	if _, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &first}); err != nil {
		t.Fatal(err)
	}
	_, err = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &first})
	var exists *types.AlreadyExistsException
	if !errors.As(err, &exists) || aliasCount(t, fake, nil) != 0 {
		t.Errorf("the same alias again: %v", err)
	}
	step("", first, behind)

	if _, err := fake.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &alias, TargetKeyId: &second}); err != nil {
		t.Fatal(err)
	}
	if aliasCount(t, fake, &first) != 1 || aliasCount(t, fake, &second) != 0 {
		t.Error("the new target is listed at once")
	}
	step(first, second, behind)
	if aliasCount(t, fake, &first) != 0 || aliasCount(t, fake, &second) != 1 {
		t.Error("the old target is listed still")
	}

	if _, err := fake.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &alias}); err != nil {
		t.Fatal(err)
	}
	if aliasCount(t, fake, nil) != 1 {
		t.Error("the deleted alias is not listed")
	}
	step(second, "", behind)

	policyOf := func(fake *kmsfake.Fake) string {
		out, err := fake.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &first})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Policy
	}
	older := policyOf(fake)
	newer := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}`
	if _, err := fake.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: &first, Policy: &newer}); err != nil {
		t.Fatal(err)
	}
	step(older, newer, policyOf)
}

// Changes that follow one another quickly are seen one after another, each in its
// turn, also where an alias is deleted and made again.
func TestPropagationOfManyChanges(t *testing.T) {
	t.Parallel()
	ctx, alias := t.Context(), "alias/app"
	fake := newFake(kmsfake.WithPropagationDelay(time.Minute))
	keys := []string{freshKey(t, fake), freshKey(t, fake), freshKey(t, fake)}
	fake.Advance(time.Minute)
	change := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		fake.Advance(10 * time.Second)
	}
	change(fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &keys[0]})) // seen at 60 s
	change(fake.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &alias, TargetKeyId: &keys[1]})) // at 70 s
	change(fake.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &alias}))                        // at 80 s
	change(fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &keys[2]})) // at 90 s
	fake.Advance(15 * time.Second)                                                                 // 55 s
	for i, want := range []string{"", keys[0], keys[1], "", keys[2], keys[2]} {
		if got := leadsTo(t, fake, alias); got != want {
			t.Errorf("step %d: leads to %q, want %q", i, got, want)
		}
		fake.Advance(10 * time.Second)
	}
}

// A key that goes takes what was seen of its aliases along.
func TestPropagationAndDeletedKeys(t *testing.T) {
	t.Parallel()
	ctx, alias := t.Context(), "alias/app"
	fake := newFake(kmsfake.WithPropagationDelay(30 * day))
	first, second := freshKey(t, fake), freshKey(t, fake)
	fake.Advance(30 * day)
	if _, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &first}); err != nil {
		t.Fatal(err)
	}
	fake.Advance(30 * day)
	if _, err := fake.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &alias, TargetKeyId: &second}); err != nil {
		t.Fatal(err)
	}
	if _, err := fake.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &first, PendingWindowInDays: aws.Int32(7)}); err != nil {
		t.Fatal(err)
	}
	if got := leadsTo(t, fake, alias); got != first {
		t.Errorf("before: leads to %q", got)
	}
	fake.Advance(7 * day)
	if got := leadsTo(t, fake.Clone(), alias); got != "" {
		t.Errorf("the key is gone: leads to %q", got)
	}
	fake.Advance(23 * day)
	if got := leadsTo(t, fake, alias); got != second {
		t.Errorf("after: leads to %q", got)
	}
}

// What is there from the start is seen from the start.
func TestPropagationOfKeysFromTheStart(t *testing.T) {
	t.Parallel()
	fake := newFake(kmsfake.WithPropagationDelay(time.Hour), kmsfake.WithKeys(kmsfake.Key{Aliases: []string{"alias/app"}}))
	if leadsTo(t, fake, "alias/app") == "" {
		t.Error("the alias leads nowhere")
	}
}

// A grant permits a while later, its token at once; one that was revoked permits
// a while longer.
func TestPropagationOfGrants(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	fake := newFake(kmsfake.WithPropagationDelay(time.Minute))
	key := freshKey(t, fake)
	fake.Advance(time.Minute)
	worker := fake.As("arn:aws:iam::111122223333:role/worker")
	encrypt := func(tokens ...string) bool {
		_, err := worker.Encrypt(ctx, &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), GrantTokens: tokens})
		return err == nil
	}
	grant, err := fake.CreateGrant(ctx, &kms.CreateGrantInput{
		KeyId: &key, GranteePrincipal: aws.String(worker.Principal()), Operations: []types.GrantOperation{types.GrantOperationEncrypt},
	})
	if err != nil {
		t.Fatal(err)
	}
	if encrypt() || !encrypt(*grant.GrantToken) {
		t.Error("at once: the grant permits without its token, or does not with it")
	}
	fake.Advance(time.Minute)
	if !encrypt() {
		t.Error("a while later the grant does not permit")
	}
	if _, err := fake.RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: &key, GrantId: grant.GrantId}); err != nil {
		t.Fatal(err)
	}
	if !encrypt() {
		t.Error("the grant ended at once")
	}
	fake.Advance(time.Minute)
	if encrypt() {
		t.Error("a while later the grant permits still")
	}
}
