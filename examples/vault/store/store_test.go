package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/examples/vault/store"
)

var _ store.KMS = (*kms.Client)(nil)

// bench is a store on a fake of its own, with a tenant acme that has a key.
type bench struct {
	*store.Store
	fake *kmsfake.Fake
	path string
	key  string // the ARN of acme's key
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{fake: kmsfake.New(), path: filepath.Join(t.TempDir(), "secrets.json")}
	b.key = newKey(t, b.fake)
	pointAlias(t, b.fake, "acme", b.key)
	b.Store = reopen(t, b.path, b.fake)
	return b
}

func reopen(t *testing.T, path string, client store.KMS) *store.Store {
	t.Helper()
	s, err := store.Open(path, client)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func newKey(t fataler, fake *kmsfake.Fake) string {
	t.Helper()
	out, err := fake.CreateKey(context.Background(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

// pointAlias makes a tenant's alias refer to a key, whether there is one or not.
func pointAlias(t fataler, fake *kmsfake.Fake, tenant, key string) {
	t.Helper()
	alias := aws.String(store.Alias(tenant))
	_, err := fake.CreateAlias(context.Background(), &kms.CreateAliasInput{AliasName: alias, TargetKeyId: &key})
	if exists := (*types.AlreadyExistsException)(nil); errors.As(err, &exists) {
		_, err = fake.UpdateAlias(context.Background(), &kms.UpdateAliasInput{AliasName: alias, TargetKeyId: &key})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) put(t *testing.T, name, secret string) {
	t.Helper()
	if err := b.Put(t.Context(), "acme", name, []byte(secret)); err != nil {
		t.Fatal(err)
	}
}

func wantSecret(t *testing.T, s *store.Store, name, want string) {
	t.Helper()
	got, err := s.Get(t.Context(), "acme", name)
	if err != nil || string(got) != want {
		t.Errorf("Get(%q) = %q, %v, want %q", name, got, err, want)
	}
}

func TestSecretsOutliveTheProgram(t *testing.T) {
	t.Parallel()
	b := open(t)
	long := strings.Repeat("longer than KMS encrypts by itself. ", 500)
	b.put(t, "password", "s3cret")
	b.put(t, "password", "newer")
	b.put(t, "long", long)
	b.put(t, "empty", "")

	again := reopen(t, b.path, b.fake)
	wantSecret(t, again, "password", "newer")
	wantSecret(t, again, "long", long)
	wantSecret(t, again, "empty", "")
	if got, want := again.Names("acme"), []string{"empty", "long", "password"}; !slices.Equal(got, want) {
		t.Errorf("Names = %v, want %v", got, want)
	}
}

func TestTheFileTellsNoSecretAndIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	data, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("s3cret")) || bytes.Contains(data, []byte("czNjcmV0")) {
		t.Errorf("the secret stands in the file:\n%s", data)
	}
	info, err := os.Stat(b.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
}

func TestEverySecretHasADataKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "one", "same")
	b.put(t, "two", "same")
	records := readFile(t, b.path).Tenants["acme"]
	if bytes.Equal(records["one"].DataKey, records["two"].DataKey) {
		t.Error("two secrets share a data key")
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	if err := b.Delete("acme", "password"); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*store.Store{b.Store, reopen(t, b.path, b.fake)} {
		if _, err := s.Get(t.Context(), "acme", "password"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get: %v, want ErrNotFound", err)
		}
		if err := s.Delete("acme", "password"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Delete: %v, want ErrNotFound", err)
		}
	}
}

func TestIllegalNames(t *testing.T) {
	t.Parallel()
	b := open(t)
	for _, c := range []struct{ tenant, name string }{
		{"", "a"}, {"acme/db", "a"}, {"ac me", "a"}, {strings.Repeat("a", 65), "a"},
		{"acme", ""}, {"acme", strings.Repeat("a", 257)}, {"acme", "\xff"},
	} {
		if err := b.Put(t.Context(), c.tenant, c.name, []byte("x")); !errors.Is(err, store.ErrName) {
			t.Errorf("Put(%q, %q): %v, want ErrName", c.tenant, c.name, err)
		}
	}
	if _, err := os.Stat(b.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused Put wrote the file: %v", err)
	}
}

func TestARecordThatWasAlteredDoesNotOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alter func(acme map[string]record)
		want  func(error) bool
	}{
		"moved to another name": {
			func(acme map[string]record) { acme["one"] = acme["two"] },
			isA[*types.InvalidCiphertextException],
		},
		"sealed part of another": {
			func(acme map[string]record) {
				acme["one"] = record{acme["one"].Key, acme["one"].DataKey, acme["two"].Sealed}
			},
			isAltered,
		},
		"a bit of the secret": {
			func(acme map[string]record) { acme["one"].Sealed[len(acme["one"].Sealed)-1] ^= 1 },
			isAltered,
		},
		"the version": {
			func(acme map[string]record) { acme["one"].Sealed[0]++ },
			isAltered,
		},
		"cut off": {
			func(acme map[string]record) {
				acme["one"] = record{acme["one"].Key, acme["one"].DataKey, acme["one"].Sealed[:1]}
			},
			isAltered,
		},
		"nothing sealed": {
			func(acme map[string]record) { acme["one"] = record{acme["one"].Key, acme["one"].DataKey, nil} },
			isAltered,
		},
		"a bit of the data key": {
			func(acme map[string]record) { acme["one"].DataKey[len(acme["one"].DataKey)-1] ^= 1 },
			isA[*types.InvalidCiphertextException],
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			b.put(t, "one", "first")
			b.put(t, "two", "other")
			f := readFile(t, b.path)
			c.alter(f.Tenants["acme"])
			writeFile(t, b.path, f)
			s := reopen(t, b.path, b.fake)
			if secret, err := s.Get(t.Context(), "acme", "one"); !c.want(err) {
				t.Errorf("Get = %q, %v", secret, err)
			}
			wantSecret(t, s, "two", "other")
		})
	}
}

func TestAFileThatIsNoVaultIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":           "",
		"not JSON":        "secrets",
		"other version":   `{"version":2,"tenants":{}}`,
		"no version":      `{"tenants":{}}`,
		"more than one":   `{"version":1} {"version":1}`,
		"bad name":        `{"version":1,"tenants":{"acme":{"":{}}}}`,
		"bad tenant":      `{"version":1,"tenants":{"a/b":{"x":{}}}}`,
		"no records":      `{"version":1,"tenants":{"acme":null}}`,
		"not base64":      `{"version":1,"tenants":{"acme":{"x":{"sealed":"!"}}}}`,
		"tenants, a list": `{"version":1,"tenants":[]}`,
	} {
		path := filepath.Join(t.TempDir(), "secrets.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(path, kmsfake.New()); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestAPutThatIsNotOnDiskChangesNothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	full := errors.New("disk full")
	store.FailSync(b.Store, full)
	if err := b.Put(t.Context(), "acme", "password", []byte("newer")); !errors.Is(err, full) {
		t.Errorf("Put: %v, want %v", err, full)
	}
	wantSecret(t, b.Store, "password", "s3cret")
	wantSecret(t, reopen(t, b.path, b.fake), "password", "s3cret")
	if left, err := os.ReadDir(filepath.Dir(b.path)); err != nil || len(left) != 1 {
		t.Errorf("temporary files are left behind: %v, %v", left, err)
	}
}

func TestAPutThatCannotBeWrittenChangesNothing(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.put(t, "password", "s3cret")
	// A directory in the file's place lets no file be renamed onto it.
	if err := os.Remove(b.path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(b.path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "acme", "password", []byte("newer")); err == nil {
		t.Fatal("Put answered no error")
	}
	wantSecret(t, b.Store, "password", "s3cret")
	left, err := os.ReadDir(filepath.Dir(b.path))
	if err != nil || len(left) != 1 {
		t.Errorf("temporary files are left behind: %v, %v", left, err)
	}
}

// The file as it is on disk, stated again.
type record struct {
	Key     string `json:"kms_key"`
	DataKey []byte `json:"data_key"`
	Sealed  []byte `json:"sealed"`
}

type file struct {
	Version int                          `json:"version"`
	Tenants map[string]map[string]record `json:"tenants"`
}

func readFile(t *testing.T, path string) (f file) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func writeFile(t *testing.T, path string, f file) {
	t.Helper()
	data, err := json.Marshal(f)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func isAltered(err error) bool { return errors.Is(err, store.ErrAltered) }
