package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
	"example.com/kmsfake/examples/vault/store"
	"example.com/kmsfake/faultsweep"
)

// Whatever call of the store fails, and whatever an administrator does to the keys
// meanwhile: what Put kept is never lost, and Rewrap moves all secrets to one
// key, or none.
func TestNoFailureLosesASecret(t *testing.T) {
	secrets := map[string]string{"first": "one", "second": "two", "third": "three"}
	faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
		ctx := t.Context()
		older := newKey(t, fake)
		pointAlias(t, fake, "acme", older)
		path := filepath.Join(t.TempDir(), "vault.json")
		s, err := store.Open(path, fake)
		if err != nil {
			t.Fatal(err)
		}
		store.WithoutSync(s) // the disk is not what fails here
		kept := map[string]string{}
		for _, name := range []string{"first", "second", "third"} {
			if s.Put(ctx, "acme", name, []byte(secrets[name])) == nil {
				kept[name] = s.KeyOf("acme", name)
			}
		}
		if len(s.Names("acme")) != len(kept) {
			t.Errorf("names %v, kept %v", s.Names("acme"), kept)
		}

		newer := newKey(t, fake)
		pointAlias(t, fake, "acme", newer)
		_, err = s.Rewrap(ctx, "acme")
		under := map[string]bool{}
		for name, before := range kept {
			key := s.KeyOf("acme", name)
			under[key] = true
			if err != nil && key != before {
				t.Errorf("Rewrap failed, and %s was moved", name)
			}
		}
		if err == nil && (len(under) > 1 || under[older]) {
			t.Errorf("Rewrap went well, and the secrets are under %v", under)
		}

		again, err := store.Open(path, fake)
		if err != nil {
			t.Fatal(err)
		}
		for name := range kept {
			secret, err := again.Get(ctx, "acme", name)
			if errors.Is(err, store.ErrAltered) || errors.Is(err, store.ErrNotFound) || err == nil && string(secret) != secrets[name] {
				t.Errorf("%s: %q, %v", name, secret, err)
			}
		}

		// Once no call fails and all keys are usable again, every secret opens.
		later := fake.Clone()
		recoverKeys(t, later)
		if again, err = store.Open(path, later); err != nil {
			t.Fatal(err)
		}
		for name := range kept {
			wantSecret(t, again, name, secrets[name])
		}
	}, faultsweep.Operations("GenerateDataKey", "Decrypt", "ReEncrypt"), faultsweep.Interfere())
}

// recoverKeys saves all keys from deletion and enables them.
func recoverKeys(t *testing.T, fake *kmsfake.Fake) {
	t.Helper()
	keys, err := fake.ListKeys(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys.Keys {
		_, _ = fake.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: key.KeyId}) // fails if there is nothing to cancel
		if _, err := fake.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: key.KeyId}); err != nil {
			t.Fatal(err)
		}
	}
}
