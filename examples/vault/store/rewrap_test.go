package store_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/examples/vault/store"
)

func TestASecretStaysUnderItsKeyUntilItIsRewrapped(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "old", "first")
	newer := newKey(t, b.fake)
	pointAlias(t, b.fake, "acme", newer)
	b.put(t, "new", "second")
	if got := b.KeyOf("acme", "old"); got != b.key {
		t.Errorf("before Rewrap, old is under %s, want %s", got, b.key)
	}
	wantSecret(t, b.Store, "old", "first")

	if n, err := b.Rewrap(t.Context(), "acme"); n != 1 || err != nil {
		t.Errorf("Rewrap = %d, %v, want 1", n, err)
	}
	if n, err := b.Rewrap(t.Context(), "acme"); n != 0 || err != nil {
		t.Errorf("Rewrap again = %d, %v, want 0", n, err)
	}
	deleteKey(t, b.fake, b.key)
	again := reopen(t, b.path, b.fake)
	wantSecret(t, again, "old", "first")
	wantSecret(t, again, "new", "second")
	if got := again.KeyOf("acme", "old"); got != newer {
		t.Errorf("after Rewrap, old is under %s, want %s", got, newer)
	}
}

func TestASecretIsLostWithItsKey(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	pointAlias(t, b.fake, "acme", newKey(t, b.fake))
	deleteKey(t, b.fake, b.key)
	if _, err := b.Get(t.Context(), "acme", "password"); !isA[*types.NotFoundException](err) {
		t.Errorf("Get: %v, want NotFoundException", err)
	}
	if _, err := b.Rewrap(t.Context(), "acme"); !isA[*types.NotFoundException](err) {
		t.Errorf("Rewrap: %v, want NotFoundException", err)
	}
}

func TestKMSErrorsReachTheCaller(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	if _, err := b.fake.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &b.key}); err != nil {
		t.Fatal(err)
	}
	_, getErr := b.Get(t.Context(), "acme", "password")
	_, rewrapErr := b.Rewrap(t.Context(), "acme")
	for call, err := range map[string]error{
		"Get": getErr, "Rewrap": rewrapErr, "Put": b.Put(t.Context(), "acme", "other", nil),
	} {
		if !isA[*types.DisabledException](err) {
			t.Errorf("%s: %v, want DisabledException", call, err)
		}
	}
	if err := b.Put(t.Context(), "globex", "password", nil); !isA[*types.NotFoundException](err) {
		t.Errorf("Put for a tenant without an alias: %v, want NotFoundException", err)
	}
	if got := b.Names("acme"); !slices.Equal(got, []string{"password"}) {
		t.Errorf("Names = %v after refused calls", got)
	}
}

// breaking is a KMS whose ReEncrypt fails after some calls.
type breaking struct {
	store.KMS
	left int
}

func (b *breaking) ReEncrypt(ctx context.Context, in *kms.ReEncryptInput, o ...func(*kms.Options)) (*kms.ReEncryptOutput, error) {
	if b.left == 0 {
		return nil, &types.KMSInternalException{}
	}
	b.left--
	return b.KMS.ReEncrypt(ctx, in, o...)
}

func TestARewrapThatFailsHalfWayMovesNothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	for i := range 3 {
		b.put(t, fmt.Sprint(i), "secret")
	}
	before := readFile(t, b.path)
	pointAlias(t, b.fake, "acme", newKey(t, b.fake))
	s := reopen(t, b.path, &breaking{b.fake, 2})
	if _, err := s.Rewrap(t.Context(), "acme"); !isA[*types.KMSInternalException](err) {
		t.Fatalf("Rewrap: %v, want KMSInternalException", err)
	}
	after := readFile(t, b.path)
	for name, r := range after.Tenants["acme"] {
		if r.Key != before.Tenants["acme"][name].Key {
			t.Errorf("secret %s was moved", name)
		}
		wantSecret(t, s, name, "secret")
	}
}

// overtaken is a KMS during whose ReEncrypt something else happens to the store.
type overtaken struct {
	store.KMS
	meanwhile func()
}

func (o *overtaken) ReEncrypt(ctx context.Context, in *kms.ReEncryptInput, fns ...func(*kms.Options)) (*kms.ReEncryptOutput, error) {
	out, err := o.KMS.ReEncrypt(ctx, in, fns...)
	o.meanwhile()
	return out, err
}

func TestARewrapDoesNotBringBackWhatWasPutOrDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "deleted", "gone")
	b.put(t, "put", "old")
	b.put(t, "same", "same")
	pointAlias(t, b.fake, "acme", newKey(t, b.fake))
	kms := &overtaken{KMS: b.fake}
	s := reopen(t, b.path, kms)
	done := false
	kms.meanwhile = func() {
		if done {
			return
		}
		done = true
		if err := s.Delete("acme", "deleted"); err != nil {
			t.Error(err)
		}
		if err := s.Put(t.Context(), "acme", "put", []byte("newer")); err != nil {
			t.Error(err)
		}
	}
	if n, err := s.Rewrap(t.Context(), "acme"); n != 1 || err != nil {
		t.Errorf("Rewrap = %d, %v, want 1", n, err)
	}
	if got := s.Names("acme"); !slices.Equal(got, []string{"put", "same"}) {
		t.Errorf("Names = %v", got)
	}
	wantSecret(t, s, "put", "newer")
	wantSecret(t, s, "same", "same")
}

// A store is a map from tenant and name to secret, whatever happens to keys and
// aliases, and however often it is read back from its file.
func TestTheStoreIsAMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		fake := kmsfake.New()
		folder, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "secrets.json")
		open := func(t *rapid.T) *store.Store {
			s, err := store.Open(path, fake)
			if err != nil {
				t.Fatal(err)
			}
			return store.WithoutSync(s)
		}
		s := open(t)
		tenants := []string{"acme", "globex"}
		for _, tenant := range tenants {
			pointAlias(t, fake, tenant, newKey(t, fake))
		}
		want := map[string]map[string]string{"acme": {}, "globex": {}}
		tenantOf := rapid.SampledFrom(tenants)
		nameOf := rapid.StringMatching(`[a-c]|é/\n`)
		ctx := context.Background()

		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				tenant, name := tenantOf.Draw(t, "tenant"), nameOf.Draw(t, "name")
				secret := rapid.String().Draw(t, "secret")
				if err := s.Put(ctx, tenant, name, []byte(secret)); err != nil {
					t.Fatal(err)
				}
				want[tenant][name] = secret
			},
			"delete": func(t *rapid.T) {
				tenant, name := tenantOf.Draw(t, "tenant"), nameOf.Draw(t, "name")
				_, there := want[tenant][name]
				if err := s.Delete(tenant, name); (err == nil) != there {
					t.Fatalf("Delete: %v, though the secret is there: %v", err, there)
				}
				delete(want[tenant], name)
			},
			"replace the key": func(t *rapid.T) {
				pointAlias(t, fake, tenantOf.Draw(t, "tenant"), newKey(t, fake))
			},
			"rewrap and delete all other keys": func(t *rapid.T) {
				tenant := tenantOf.Draw(t, "tenant")
				old := map[string]bool{}
				for name := range want[tenant] {
					old[s.KeyOf(tenant, name)] = true
				}
				if _, err := s.Rewrap(ctx, tenant); err != nil {
					t.Fatal(err)
				}
				for name := range want[tenant] {
					delete(old, s.KeyOf(tenant, name))
				}
				for key := range old {
					deleteKey(t, fake, key)
				}
			},
			"read back": func(t *rapid.T) { s = open(t) },
			"": func(t *rapid.T) {
				for tenant, secrets := range want {
					if got := s.Names(tenant); !slices.Equal(got, slices.Sorted(maps.Keys(secrets))) {
						t.Fatalf("Names(%s) = %q, want those of %q", tenant, got, secrets)
					}
					for name, secret := range secrets {
						if got, err := s.Get(ctx, tenant, name); err != nil || string(got) != secret {
							t.Fatalf("Get(%s, %q) = %q, %v, want %q", tenant, name, got, err, secret)
						}
					}
				}
			},
		})
	})
}

func deleteKey(t fataler, fake *kmsfake.Fake, key string) {
	t.Helper()
	_, err := fake.ScheduleKeyDeletion(context.Background(), &kms.ScheduleKeyDeletionInput{
		KeyId: &key, PendingWindowInDays: aws.Int32(7),
	})
	if err != nil {
		t.Fatal(err)
	}
	fake.Advance(7 * 24 * time.Hour)
}
